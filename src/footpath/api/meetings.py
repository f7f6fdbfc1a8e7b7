"""Meetings over the API: list, convene, read, hold, attendance, minutes, and cases from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Header, Query, Router

from footpath.api import pages
from footpath.api.lookups import (
    category_of,
    checked_moment,
    hall_of,
    kind_of,
    month_of,
    organization_of,
    person_of,
)
from footpath.api.meeting_answers import LIST_COLUMNS, item_out, meeting_out, rows_of_page
from footpath.api.meeting_schemas import (
    ApprovedOut,
    ApproveIn,
    AttendanceIn,
    CancelIn,
    CaseFromItemIn,
    CaseFromItemOut,
    HeldIn,
    ItemIn,
    ItemOut,
    MarkIn,
    MeetingFilter,
    MeetingIn,
    MeetingOut,
    MeetingPage,
    MinutesIn,
    MoveIn,
)
from footpath.core import clock
from footpath.core.errors import InvalidValue
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors, services

router = Router()
BY_START = Order("starts_at", read=datetime.fromisoformat)
NEWEST = Order("starts_at", descending=True, read=datetime.fromisoformat)


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
        month=month_of(filters.month),
        state=filters.state,
        kind=filters.kind,
    )
    return pages.answer(
        request,
        rows.select_related(None).values(*LIST_COLUMNS),
        order=BY_START if filters.order == "next" else NEWEST,
        after=filters.after,
        limit=filters.limit,
        shaped=rows_of_page,
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
        starts_at=checked_moment(said.starts_at, "starts_at"),
        ends_at=checked_moment(said.ends_at, "ends_at"),
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
        starts_at=checked_moment(said.starts_at, "starts_at"),
        ends_at=checked_moment(said.ends_at, "ends_at"),
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
            category=category_of(said.category),
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
    return JsonResponse(item_out(item), status=201)


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
    category = category_of(said.category)
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


def _mark(said: MarkIn) -> services.Mark:
    substitute = person_of(said.substitute, field="substitute")
    return services.Mark(said.attendance, reason=said.reason, substitute=substitute)


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(
        meeting_out(person, selectors.get_meeting_for(person, pk=pk)), status=status
    )
