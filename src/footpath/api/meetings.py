"""Meetings over the API: list, convene, read, hold, attendance, minutes, and cases from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema
from pydantic import ConfigDict, Field, JsonValue

from footpath.accounts.permissions import may
from footpath.api import pages
from footpath.api.reading import Day, Key
from footpath.cases.models import Category
from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Organization, Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Hall, Meeting, MeetingKind, MinuteItem

router = Router()

Attendance = Literal["present", "late", "excused", "substitute", "absent", "unknown"]
BY_START = Order("starts_at", read=datetime.fromisoformat)
NEWEST = Order("starts_at", descending=True, read=datetime.fromisoformat)
LIST_COLUMNS = (
    "id",
    "kind__code",
    "title",
    "area__code",
    "area__name",
    "starts_at",
    "ends_at",
    "where",
    "state",
    "series_id",
    "hall_id",
    "hall__name",
    "organization__code",
    "extraordinary_reason",
    "sequence",
    "topic",
    *(f"a{level}" for level in range(tree.LEVELS)),
)
EXAMPLE: dict[str, JsonValue] = {
    "kind": "review",
    "area": "28804",
    "starts_at": "2026-03-10T08:00:00+07:00",
    "ends_at": "2026-03-10T09:30:00+07:00",
    "organization": "UBND-28804",
    "extraordinary_reason": "",
    "client_key": "6f1c2b0e-0a55-4c38-9f5e-2d7d0b6f9a10",
}


class PersonOut(Schema):
    """Somebody in office."""

    id: int
    name: str


class MeetingRow(Schema):
    """A meeting in a list."""

    id: int
    kind: str
    title: str
    area: str
    area_name: str
    starts_at: datetime
    ends_at: datetime
    where: str
    state: str
    series: int | None
    hall: int | None
    hall_name: str | None
    organization: str | None
    extraordinary: bool
    sequence: int
    topic: str
    provisional: bool


class MeetingPage(Schema):
    """One page of meetings."""

    items: list[MeetingRow]
    next: str | None


class DutyOut(Schema):
    """Somebody expected at a meeting, and what became of it; invited when in charge of nothing."""

    person: PersonOut
    attendance: str
    reason: str
    elsewhere: int | None
    substitute: PersonOut | None
    is_invited: bool


class ItemOut(Schema):
    """An item of the minutes and the case raised from it."""

    number: int
    text: str
    state: str
    case: int | None
    owner: PersonOut | None
    due_on: date | None
    answer: str


class MeetingOut(MeetingRow):
    """A meeting with its list of attendance and its minutes."""

    agenda: str
    convened_by: PersonOut
    held_at: datetime | None
    headcount: int | None
    minutes: str
    cancel_reason: str
    extraordinary_reason: str
    material: str
    duties: list[DutyOut]
    items: list[ItemOut]
    may_convene: bool
    may_keep: bool


class MeetingFilter(Schema):
    """Which meetings: a place and everything below it, a month (2026-03), a state, a kind."""

    area: str | None = None
    month: str | None = None
    state: Literal["planned", "held", "cancelled"] | None = None
    kind: str | None = None
    order: Literal["next", "newest"] = "next"
    after: str | None = None
    limit: int = pages.ROWS


class MeetingIn(Schema):
    """A meeting to convene; moments carry their time zone."""

    kind: str
    area: str
    starts_at: datetime
    ends_at: datetime
    where: str = ""
    agenda: str = ""
    title: str = ""
    hall: Key | None = None
    organization: str | None = None
    extraordinary_reason: str = ""
    client_key: UUID | None = None

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})


class MoveIn(Schema):
    """Where a meeting goes; without ``where`` and ``hall`` it stays in its room."""

    starts_at: datetime
    ends_at: datetime
    where: str | None = None
    hall: Key | None = None
    extraordinary_reason: str = ""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "starts_at": "2026-03-17T08:00:00+07:00",
                "ends_at": "2026-03-17T09:30:00+07:00",
            }
        }
    )


class CancelIn(Schema):
    """Why a meeting is not held."""

    reason: str

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "Flood"}})


class MarkIn(Schema):
    """What became of one duty to attend; leave needs a reason, a substitute a name."""

    person: Key
    attendance: Attendance
    reason: str = ""
    substitute: Key | None = None


class HeldIn(Schema):
    """The attendance list by exception: everybody who is not named was present."""

    exceptions: tuple[MarkIn, ...] = ()
    headcount: Annotated[int, Field(ge=0, le=100_000)] | None = None


class AttendanceIn(HeldIn):
    """The whole list of attendance; ``seen`` gives the marks known before, by person."""

    seen: dict[Key, Attendance] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "exceptions": [{"person": 12, "attendance": "absent"}],
                "seen": {"12": "unknown", "13": "unknown"},
                "headcount": 21,
            }
        }
    )


class ApproveIn(Schema):
    """The language of the minutes as PDF; without one that of the call."""

    language: str | None = None


class ApprovedOut(Schema):
    """Approved minutes: their version and the SHA-256 of what they say."""

    version: int
    digest: str
    approved_at: datetime
    pdf: str


class MinutesIn(Schema):
    """The running text of the minutes, in place of what stands there."""

    minutes: str


class ItemIn(Schema):
    """One more item of the minutes; with a ``category`` it is a promise and becomes a case."""

    text: str
    category: str | None = None
    owner: Key | None = None
    due_on: Day | None = None
    client_key: UUID | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "text": "Mend the sluice gate.",
                "category": "irrigation",
                "owner": 12,
                "due_on": "2026-03-31",
            }
        }
    )


class CaseFromItemIn(Schema):
    """The case to raise from an item; the meeting's place and the item's words unless given."""

    title: str
    category: str
    area: str | None = None
    text: str | None = None
    client_key: UUID | None = None


class CaseFromItemOut(Schema):
    """The case that was raised."""

    id: int
    number: str
    item: int


@router.get("/meetings", response=MeetingPage, summary="List meetings")
def list_meetings(request: HttpRequest, filters: Query[MeetingFilter]) -> HttpResponse:
    """List the meetings you may read by their beginning, or the newest first."""
    person: Person = request.person
    path = None
    if filters.area is not None:
        path = directory.get_area_for(person, code=filters.area).path
    rows = selectors.meetings_for(
        person,
        path=path,
        month=_month(filters.month),
        state=filters.state,
        kind=filters.kind,
    )
    return pages.answer(
        request,
        rows.select_related(None).values(*LIST_COLUMNS),
        order=BY_START if filters.order == "next" else NEWEST,
        after=filters.after,
        limit=filters.limit,
        shaped=_rows,
    )


@router.post("/meetings", response={201: MeetingOut}, summary="Convene a meeting")
def convene(
    request: HttpRequest,
    said: MeetingIn,
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> HttpResponse:
    """Convene a meeting of a place; who is in charge there has the duty to attend.

    Sent again with the same key it is the same meeting. 409 when a day rule forbids the day
    (``breaches``, ``free_days``), the hall is taken (``meetings``), or somebody is expected in
    another meeting then (``clashes``).
    """
    person: Person = request.person
    made = services.convene_meeting(
        kind=kind_of(said.kind),
        area=directory.get_area_for(person, code=said.area),
        starts_at=_aware(said.starts_at, "starts_at"),
        ends_at=_aware(said.ends_at, "ends_at"),
        where=said.where,
        agenda=said.agenda,
        title=said.title,
        organization=organization_of(person, said.organization),
        hall=hall_of(person, said.hall),
        extraordinary_reason=said.extraordinary_reason,
        client_key=idempotency_key or said.client_key,
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.get("/meetings/{pk}", response=MeetingOut, summary="Read a meeting")
def get_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a meeting with its list of attendance and its minutes."""
    return _answer(request.person, pk)


@router.post("/meetings/{pk}/move", response=MeetingOut, summary="Move a meeting")
def move(request: HttpRequest, pk: int, said: MoveIn) -> HttpResponse:
    """Move a planned meeting; everybody called is told. Refused as convening is."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    elsewhere = said.where is not None or "hall" in said.model_fields_set
    services.move_meeting(
        meeting=meeting,
        starts_at=_aware(said.starts_at, "starts_at"),
        ends_at=_aware(said.ends_at, "ends_at"),
        where=(said.where if said.where is not None else meeting.where) if elsewhere else None,
        hall=hall_of(person, said.hall) if "hall" in said.model_fields_set else meeting.hall,
        extraordinary_reason=said.extraordinary_reason,
        by=person,
        at=clock.now(),
    )
    return _answer(person, pk)


@router.post("/meetings/{pk}/cancel", response=MeetingOut, summary="Cancel a meeting")
def cancel(request: HttpRequest, pk: int, said: CancelIn) -> HttpResponse:
    """Cancel a planned meeting with a reason; everybody called is told."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    services.cancel_meeting(meeting=meeting, reason=said.reason, by=person, at=clock.now())
    return _answer(person, pk)


@router.post("/meetings/{pk}/hold", response=MeetingOut, summary="Say that it was held")
def hold(request: HttpRequest, pk: int, said: HeldIn) -> HttpResponse:
    """Say that a meeting was held, with its attendance by exception."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    services.hold_meeting(
        meeting=meeting,
        exceptions={mark.person: _mark(mark) for mark in said.exceptions},
        headcount=said.headcount,
        by=person,
        at=clock.now(),
    )
    return _answer(person, pk)


@router.post("/meetings/{pk}/attendance", response=MeetingOut, summary="Correct the attendance")
def mark_attendance(request: HttpRequest, pk: int, said: MarkIn) -> HttpResponse:
    """Correct one line of the attendance; before the meeting only leave can be noted."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    duty = next((row for row in meeting.duties.all() if row.person_id == said.person), None)
    if duty is None:
        raise InvalidValue(_("This person was not expected at the meeting."), field="person")
    services.mark_attendance(duty=duty, mark=_mark(said), by=person, at=clock.now())
    return _answer(person, pk)


@router.post("/meetings/{pk}/list", response=MeetingOut, summary="Keep the attendance")
def keep_list(request: HttpRequest, pk: int, said: AttendanceIn) -> HttpResponse:
    """Keep a whole list of attendance, for the first time or corrected, by exception.

    With ``seen``, 409 and ``changed`` when somebody else has changed a line since.
    """
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    services.keep_attendance(
        meeting=meeting,
        marks={mark.person: _mark(mark) for mark in said.exceptions},
        seen=said.seen,
        headcount=said.headcount,
        by=person,
        at=clock.now(),
    )
    return _answer(person, pk)


@router.post("/meetings/{pk}/minutes", response=MeetingOut, summary="Write the minutes")
def write_minutes(request: HttpRequest, pk: int, said: MinutesIn) -> HttpResponse:
    """Write the running text of the minutes in place of what stands there."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    services.write_minutes(meeting=meeting, minutes=said.minutes, by=person, at=clock.now())
    return _answer(person, pk)


@router.post("/meetings/{pk}/approve", response={201: ApprovedOut}, summary="Approve the minutes")
def approve(request: HttpRequest, pk: int, said: ApproveIn) -> HttpResponse:
    """Approve the minutes of a meeting that was held: what they say is frozen with its digest."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    language = said.language or get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise InvalidValue(_("There is no such language."), field="language")
    made = services.approve_minutes(
        meeting=meeting,
        by=person,
        at=clock.now(),
        language=language,
        address=request.build_absolute_uri(reverse("meetings:minutes", args=[pk])),
    )
    pdf = reverse("meetings:minutes-pdf", args=[pk, made.version])
    return JsonResponse(
        {
            "version": made.version,
            "digest": made.digest,
            "approved_at": made.approved_at,
            "pdf": request.build_absolute_uri(pdf),
        },
        status=201,
    )


@router.post("/meetings/{pk}/items", response={201: ItemOut}, summary="Add an item")
def add_item(
    request: HttpRequest,
    pk: int,
    said: ItemIn,
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> HttpResponse:
    """Add the next item to the minutes; a promise goes into the ledger with owner and day."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    key = idempotency_key or said.client_key
    if said.category is not None:
        item = services.add_action(
            meeting=meeting,
            text=said.text,
            category=_category(said.category),
            owner=person_of(said.owner, field="owner"),
            due_on=said.due_on,
            client_key=key,
            by=person,
            at=clock.now(),
        )
    elif said.owner is not None or said.due_on is not None:
        raise InvalidValue(_("Choose what the case is about."), field="category")
    else:
        item = services.add_minute_item(
            meeting=meeting, text=said.text, client_key=key, by=person, at=clock.now()
        )
    return JsonResponse(_item(item), status=201)


@router.post(
    "/meetings/{pk}/items/{number}/case", response={201: CaseFromItemOut}, summary="Raise a case"
)
def raise_case(
    request: HttpRequest,
    pk: int,
    number: int,
    said: CaseFromItemIn,
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> HttpResponse:
    """Raise a case from an item of the minutes. Sent again with the same key, it is the same."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    item = next((row for row in meeting.items.all() if row.number == number), None)
    if item is None:
        raise Http404
    category = _category(said.category)
    area = None
    if said.area is not None:
        area = directory.get_area_for(person, code=said.area)
    case = services.raise_case_from_item(
        item=item,
        title=said.title,
        category=category,
        text=said.text,
        area=area,
        client_key=idempotency_key or said.client_key,
        by=person,
        at=clock.now(),
    )
    return JsonResponse({"id": case.pk, "number": case.number, "item": number}, status=201)


def _category(code: str) -> Category:
    category = Category.objects.filter(code=code, is_active=True).first()
    if category is None:
        raise InvalidValue(_("There is no category with this code."), field="category")
    return category


def kind_of(code: str) -> MeetingKind:
    """Return the kind of meeting with this code; InvalidValue without one."""
    kind = MeetingKind.objects.filter(code=code).first()
    if kind is None:
        raise InvalidValue(_("There is no kind of meeting with this code."), field="kind")
    return kind


def person_of(pk: int | None, *, field: str) -> Person | None:
    """Return the person with this id, None for none; InvalidValue when there is nobody."""
    if pk is None:
        return None
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise InvalidValue(_("There is nobody with this id."), field=field)
    return found


def hall_of(person: Person, pk: int | None) -> Hall | None:
    """Return the hall with this id, None for none; InvalidValue when there is no such hall."""
    if pk is None:
        return None
    try:
        return selectors.get_hall_for(person, pk=pk)
    except NotThere as nowhere:
        raise InvalidValue(_("There is no hall with this id."), field="hall") from nowhere


def organization_of(person: Person, code: str | None) -> Organization | None:
    """Return the organization with this code, None for none."""
    return directory.get_organization_for(person, code=code) if code else None


def refused(error: RuleBroken) -> dict[str, Any]:
    """Return what a program needs to know of a refusal besides its sentence."""
    if isinstance(error, services.DayRefused):
        return {
            "breaches": [_breach(breach) for breach in error.breaches],
            "free_days": error.free_days,
            "final": error.final,
        }
    if isinstance(error, services.ExpectedElsewhere):
        return {
            "clashes": [
                {
                    "meeting": clash.other.pk,
                    "starts_at": clash.other.starts_at,
                    "ends_at": clash.other.ends_at,
                    "people": [_person(one) for one in clash.people],
                }
                for clash in error.clashes
            ]
        }
    if isinstance(error, services.HallTaken):
        return {"meetings": [meeting.pk for meeting in error.meetings]}
    if isinstance(error, services.AttendanceChanged):
        return {"changed": sorted(error.changed)}
    return {}


def _breach(breach: selectors.Breach) -> dict[str, Any]:
    return {
        "day": breach.day,
        "reason": breach.reason,
        "rule": breach.rule.pk if breach.rule else None,
        "source": breach.source,
        "final": breach.final,
        "meetings": [meeting.pk for meeting in breach.meetings],
        "people": [_person(one) for one in breach.people],
    }


def _month(text: str | None) -> Month | None:
    if text is None:
        return None
    try:
        return Month.parse(text)
    except ValueError as unreadable:
        raise InvalidValue(_("Write the month like 2026-03."), field="month") from unreadable


def _aware(moment: datetime, field: str) -> datetime:
    if moment.tzinfo is None or not FIRST.year <= moment.year <= LAST.year:
        raise InvalidValue(
            _("Write the moment with its time zone, like 2026-03-10T19:00:00+07:00."), field=field
        )
    return moment


def _mark(said: MarkIn) -> services.Mark:
    substitute = person_of(said.substitute, field="substitute")
    return services.Mark(said.attendance, reason=said.reason, substitute=substitute)


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(_whole(person, selectors.get_meeting_for(person, pk=pk)), status=status)


def _rows(rows: Sequence[Mapping[str, Any]]) -> pages.Shape:
    """Return how a row of this page is said: what is provisional is looked up for all at once."""
    days = [clock.day_of(row["starts_at"]) for row in rows] or [clock.today()]
    provisional = selectors.provisional_between(min(days), max(days))
    return lambda row: _row(row, provisional=row in provisional)


def _row(row: Mapping[str, Any], *, provisional: bool) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind__code"],
        "title": row["title"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "starts_at": row["starts_at"],
        "ends_at": row["ends_at"],
        "where": row["where"],
        "state": row["state"],
        "series": row["series_id"],
        "hall": row["hall_id"],
        "hall_name": row["hall__name"],
        "organization": row["organization__code"],
        "extraordinary": bool(row["extraordinary_reason"]),
        "sequence": row["sequence"],
        "topic": row["topic"],
        "provisional": provisional,
    }


def _person(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person is not None else None


def _duty(duty: Duty, person: Person, *, reasons: bool) -> dict[str, Any]:
    own = duty.person_id == person.pk
    return {
        "person": _person(duty.person),
        "attendance": duty.attendance,
        "reason": duty.reason if reasons or own else "",
        "elsewhere": duty.elsewhere_id,
        "substitute": _person(duty.substitute),
        "is_invited": duty.assignment_id is None,
    }


def _item(item: MinuteItem) -> dict[str, Any]:
    case = item.case
    owner = case.owner if case is not None else item.proposed_owner
    return {
        "number": item.number,
        "text": item.text,
        "state": item.state,
        "case": item.case_id,
        "owner": _person(owner),
        "due_on": case.due_on if case is not None else None,
        "answer": item.answer,
    }


def _whole(person: Person, meeting: Meeting) -> dict[str, Any]:
    row = {
        "id": meeting.pk,
        "kind__code": meeting.kind.code,
        "title": meeting.title,
        "area__code": meeting.area.code,
        "area__name": meeting.area.name,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "where": meeting.where,
        "state": meeting.state,
        "series_id": meeting.series_id,
        "hall_id": meeting.hall_id,
        "hall__name": meeting.hall.name if meeting.hall else None,
        "organization__code": meeting.organization.code if meeting.organization else None,
        "extraordinary_reason": meeting.extraordinary_reason,
        "sequence": meeting.sequence,
        "topic": meeting.topic,
        **{f"a{level}": getattr(meeting, f"a{level}") for level in range(tree.LEVELS)},
    }
    reasons = selectors.reasons_shown_to(person, meeting)
    return {
        **_rows([row])(row),
        "agenda": meeting.agenda,
        "convened_by": _person(meeting.convened_by),
        "held_at": meeting.held_at,
        "headcount": meeting.headcount,
        "minutes": meeting.minutes,
        "cancel_reason": meeting.cancel_reason,
        "extraordinary_reason": meeting.extraordinary_reason,
        "material": meeting.material,
        "duties": [_duty(duty, person, reasons=reasons) for duty in meeting.duties.all()],
        "items": [_item(item) for item in meeting.items.all()],
        "may_convene": may(person, "meetings.convene", meeting),
        "may_keep": may(person, "meetings.keep", meeting),
    }
