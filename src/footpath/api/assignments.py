"""Assignments over the API: who is in charge of what; put in charge and end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from footpath.accounts.permissions import may
from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.api.reading import Day, Key
from footpath.assignments import selectors, services
from footpath.assignments.models import Assignment, BasisDocument
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere
from footpath.core.paging import Order
from footpath.directory import selectors as directory
from footpath.directory.models import Person

router = Router()

Role = Literal["lead", "deputy", "cluster_lead", "monitor"]
BY_START = Order("start", descending=True, read=date.fromisoformat)
LIST_COLUMNS = (
    "id",
    "role",
    "start",
    "until",
    "person_id",
    "person__name",
    "area__code",
    "area__name",
    "organization__code",
    "organization__name",
    "basis__number",
)


class AssignmentRow(Schema):
    """Somebody in charge of a place or an organization; both days are included."""

    id: int
    person: PersonOut
    role: str
    area: str | None
    area_name: str | None
    organization: str | None
    organization_name: str | None
    start: date
    until: date | None
    basis: str | None


class AssignmentPage(Schema):
    """One page of assignments."""

    items: list[AssignmentRow]
    next: str | None


class AssignmentOut(AssignmentRow):
    """An assignment with the note for whoever comes next."""

    handover_note: str


class AbsenceRow(Schema):
    """Somebody is away from a day until a day, both included."""

    id: int
    person: PersonOut
    start: date
    until: date


class AbsencePage(Schema):
    """One page of absences."""

    items: list[AbsenceRow]
    next: str | None


class DutyListOut(Schema):
    """A titled list of what a role has to do in a place and below."""

    id: int
    area: str
    role: str
    title: str
    items: list[str]
    basis: str | None
    start: date
    until: date | None


class DutyListsOut(Schema):
    """The duty lists of a place."""

    items: list[DutyListOut]


class AssignmentFilter(Schema):
    """Which assignments: in force on a day (today), of a person, in a place and below, a role."""

    on: Day | None = None
    person: Key | None = None
    area: str | None = None
    role: Role | None = None
    after: str | None = None
    limit: int = pages.ROWS


class ChargeIn(Schema):
    """Whom to put in charge, of which place or organization, from when until when (included)."""

    person: Key
    area: str | None = None
    organization: str | None = None
    role: Role = "lead"
    start: Day
    until: Day | None = None
    basis_number: str = ""
    basis_date: Day | None = None
    exception: str = ""


class EndIn(Schema):
    """The last day (included), a note for whoever comes next, and who takes over (a person's id).

    With ``in_charge`` the successor is put in charge from the day after.
    """

    last_day: Day
    handover_note: str = ""
    successor: Key | None = None
    in_charge: bool = False
    exception: str = ""


@router.get("/assignments", response=AssignmentPage, summary="List assignments")
def list_assignments(request: HttpRequest, filters: Query[AssignmentFilter]) -> HttpResponse:
    """List who is in charge on a day, the latest first; who is in charge is no secret."""
    person: Person = request.person
    if not may(person, "directory.see"):
        raise NotThere
    rows = Assignment.objects.in_force(filters.on or clock.today())
    if filters.person is not None:
        rows = rows.filter(person=filters.person)
    if filters.area is not None:
        area = directory.get_area_for(person, code=filters.area)
        rows = rows.filter(area__in=directory.areas_for(person).within(area.path).values("pk"))
    if filters.role is not None:
        rows = rows.filter(role=filters.role)
    return pages.answer(
        request,
        rows.values(*LIST_COLUMNS),
        order=BY_START,
        after=filters.after,
        limit=filters.limit,
        shape=_row,
    )


@router.get("/assignments/{pk}", response=AssignmentOut, summary="Read an assignment")
def get_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an assignment with the note for whoever comes next."""
    person: Person = request.person
    return JsonResponse(_whole(selectors.get_assignment_for(person, pk=pk)))


@router.post("/assignments", response={201: AssignmentOut}, summary="Put somebody in charge")
def put_in_charge(request: HttpRequest, said: ChargeIn) -> HttpResponse:
    """Put a person in charge of a place or an organization; refused when the role is held."""
    by: Person = request.person
    chosen = _person(said.person, "person")
    area = organization = None
    if said.area is not None:
        area = directory.get_area_for(by, code=said.area)
    if said.organization is not None:
        organization = directory.get_organization_for(by, code=said.organization)
    made = services.put_in_charge(
        person=chosen,
        area=area,
        organization=organization,
        role=said.role,
        basis=_basis(said),
        start=said.start,
        until=said.until,
        exception=said.exception,
        by=by,
        at=clock.now(),
    )
    return JsonResponse(_whole(made), status=201)


@router.post("/assignments/{pk}/end", response=AssignmentOut, summary="End an assignment")
def end_assignment(request: HttpRequest, pk: int, said: EndIn) -> HttpResponse:
    """End an assignment after its last day; an end can only be brought forward.

    Answers 409 with ``open``, the list of what is still open, when nobody takes it over.
    """
    by: Person = request.person
    found = selectors.get_assignment_for(by, pk=pk)
    successor = _person(said.successor, "successor") if said.successor is not None else None
    if successor is not None and said.in_charge:
        services.move(
            assignment=found,
            to_person=successor,
            from_day=said.last_day + timedelta(days=1),
            note=said.handover_note,
            exception=said.exception,
            by=by,
            at=clock.now(),
        )
    else:
        services.end_assignment(
            assignment=found,
            last_day=said.last_day,
            handover_note=said.handover_note,
            successor=successor,
            by=by,
            at=clock.now(),
        )
    return JsonResponse(_whole(selectors.get_assignment_for(by, pk=pk)))


@router.get("/absences", response=AbsencePage, summary="List absences")
def list_absences(request: HttpRequest, after: str | None = None) -> HttpResponse:
    """List absences of today and later: in the places one heads or works for, else one's own."""
    person: Person = request.person
    page = selectors.absences_in(
        person, selectors.widest_led(person), on=clock.today(), after=after
    )
    items = [
        {
            "id": row.pk,
            "person": {"id": row.person_id, "name": row.person.name},
            "start": row.start,
            "until": row.until,
        }
        for row in page.rows
    ]
    return JsonResponse({"items": items, "next": page.next_after})


@router.get("/areas/{code}/duties", response=DutyListsOut, summary="What do those in charge do?")
def list_duties(
    request: HttpRequest, code: str, on: Day | None = None, role: Role | None = None
) -> HttpResponse:
    """Read the duty lists that hold for a place on a day, those of the widest places first."""
    person: Person = request.person
    area = directory.get_area_for(person, code=code)
    rows = selectors.duty_lists_of(area, role=role, on=on or clock.today())
    items = [
        {
            "id": row.pk,
            "area": row.area.code,
            "role": row.role,
            "title": row.title,
            "items": [item.text for item in row.items.all()],
            "basis": row.basis.number if row.basis is not None else None,
            "start": row.start,
            "until": row.until,
        }
        for row in rows
    ]
    return JsonResponse({"items": items})


def _person(pk: int, field: str) -> Person:
    chosen = Person.objects.select_related("user").filter(pk=pk).first()
    if chosen is None:
        raise InvalidValue(_("There is nobody with this id."), field=field)
    return chosen


def _basis(said: ChargeIn) -> BasisDocument | None:
    if not said.basis_number:
        return None
    found = BasisDocument.objects.filter(number=said.basis_number)
    if said.basis_date is not None:
        found = found.filter(issued_on=said.basis_date)
    document = found.order_by("-issued_on").first()
    if document is None:
        raise InvalidValue(_("There is no document with this number."), field="basis_number")
    return document


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "person": {"id": row["person_id"], "name": row["person__name"]},
        "role": row["role"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "organization": row["organization__code"],
        "organization_name": row["organization__name"],
        "start": row["start"],
        "until": row["until"],
        "basis": row["basis__number"],
    }


def _whole(row: Assignment) -> dict[str, Any]:
    area, organization = row.area, row.organization
    return {
        "id": row.pk,
        "person": {"id": row.person_id, "name": row.person.name},
        "role": row.role,
        "area": area.code if area is not None else None,
        "area_name": area.name if area is not None else None,
        "organization": organization.code if organization is not None else None,
        "organization_name": organization.name if organization is not None else None,
        "start": row.start,
        "until": row.until,
        "basis": row.basis.number if row.basis is not None else None,
        "handover_note": row.handover_note,
    }
