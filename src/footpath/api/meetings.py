"""Meetings over the API: list, convene, read, hold, attendance, minutes, and cases from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema
from pydantic import Field

from footpath.accounts.permissions import may
from footpath.api import pages
from footpath.api.reading import Key
from footpath.cases.models import Category
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import InvalidValue
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, MeetingKind, MinuteItem

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
)


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


class MeetingPage(Schema):
    """One page of meetings."""

    items: list[MeetingRow]
    next: str | None


class DutyOut(Schema):
    """Somebody expected at a meeting, and what became of it; invited when in charge of nothing."""

    person: PersonOut
    attendance: str
    reason: str
    substitute: PersonOut | None
    is_invited: bool


class ItemOut(Schema):
    """An item of the minutes and the case raised from it."""

    number: int
    text: str
    case: int | None


class MeetingOut(MeetingRow):
    """A meeting with its list of attendance and its minutes."""

    agenda: str
    convened_by: PersonOut
    held_at: datetime | None
    headcount: int | None
    minutes: str
    cancel_reason: str
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


class MinutesIn(Schema):
    """The running text of the minutes, in place of what stands there."""

    minutes: str


class ItemIn(Schema):
    """One more item of the minutes."""

    text: str


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
        shape=_row,
    )


@router.post("/meetings", response={201: MeetingOut}, summary="Convene a meeting")
def convene(request: HttpRequest, said: MeetingIn) -> HttpResponse:
    """Convene a meeting of a place; who is in charge there has the duty to attend."""
    person: Person = request.person
    kind = MeetingKind.objects.filter(code=said.kind).first()
    if kind is None:
        raise InvalidValue(_("There is no kind of meeting with this code."), field="kind")
    made = services.convene_meeting(
        kind=kind,
        area=directory.get_area_for(person, code=said.area),
        starts_at=_aware(said.starts_at, "starts_at"),
        ends_at=_aware(said.ends_at, "ends_at"),
        where=said.where,
        agenda=said.agenda,
        title=said.title,
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.get("/meetings/{pk}", response=MeetingOut, summary="Read a meeting")
def get_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a meeting with its list of attendance and its minutes."""
    return _answer(request.person, pk)


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


@router.post("/meetings/{pk}/minutes", response=MeetingOut, summary="Write the minutes")
def write_minutes(request: HttpRequest, pk: int, said: MinutesIn) -> HttpResponse:
    """Write the running text of the minutes in place of what stands there."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    services.write_minutes(meeting=meeting, minutes=said.minutes, by=person, at=clock.now())
    return _answer(person, pk)


@router.post("/meetings/{pk}/items", response={201: ItemOut}, summary="Add an item")
def add_item(request: HttpRequest, pk: int, said: ItemIn) -> HttpResponse:
    """Add the next item to the minutes."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    item = services.add_minute_item(meeting=meeting, text=said.text, by=person, at=clock.now())
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
    category = Category.objects.filter(code=said.category, is_active=True).first()
    if category is None:
        raise InvalidValue(_("There is no category with this code."), field="category")
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
    substitute = None
    if said.substitute is not None:
        substitute = Person.objects.filter(pk=said.substitute).first()
        if substitute is None:
            raise InvalidValue(_("There is nobody with this id."), field="substitute")
    return services.Mark(said.attendance, reason=said.reason, substitute=substitute)


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(_whole(person, selectors.get_meeting_for(person, pk=pk)), status=status)


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
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
    }


def _person(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person is not None else None


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "person": _person(duty.person),
        "attendance": duty.attendance,
        "reason": duty.reason,
        "substitute": _person(duty.substitute),
        "is_invited": duty.assignment_id is None,
    }


def _item(item: MinuteItem) -> dict[str, Any]:
    return {"number": item.number, "text": item.text, "case": item.case_id}


def _whole(person: Person, meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.pk,
        "kind": meeting.kind.code,
        "title": meeting.title,
        "area": meeting.area.code,
        "area_name": meeting.area.name,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "where": meeting.where,
        "state": meeting.state,
        "agenda": meeting.agenda,
        "convened_by": _person(meeting.convened_by),
        "held_at": meeting.held_at,
        "headcount": meeting.headcount,
        "minutes": meeting.minutes,
        "cancel_reason": meeting.cancel_reason,
        "duties": [_duty(duty) for duty in meeting.duties.all()],
        "items": [_item(item) for item in meeting.items.all()],
        "may_convene": may(person, "meetings.convene", meeting),
        "may_keep": may(person, "meetings.keep", meeting),
    }
