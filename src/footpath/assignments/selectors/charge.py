"""Looking up who is in charge, and who could be. Source: S2.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from footpath.accounts.permissions import may
from footpath.accounts.rules import Grant, Role
from footpath.assignments import rules
from footpath.assignments.models import Assignment, BasisDocument, Handover, StandIn
from footpath.assignments.selectors.absences import stand_ins_of
from footpath.core import clock, search, tree
from footpath.core.errors import NotThere
from footpath.directory.models import Area, Membership, Person


def grants_of_assignments(person_id: int) -> list[Grant]:
    """Return the officer's role over all that the person is in charge of today, or stands in at."""
    rows = (
        Assignment.objects.in_force(clock.today())
        .filter(person_id=person_id)
        .select_related("area", "organization__area")
        .order_by("pk")
    )
    grants = []
    for row in rows:
        if row.area is not None:
            grants.append(Grant(Role.OFFICER, row.area.path))
        elif row.organization is not None:
            home = row.organization.area
            path = home.path if home is not None else None
            grants.append(Grant(Role.OFFICER, path, row.organization_id))
    stand_ins = StandIn.objects.filter(
        person=person_id,
        start__lte=clock.today(),
        until__gte=clock.today(),
        absence__withdrawn_at=None,
    )
    paths = stand_ins.order_by("pk").values_list("assignment__area__path", flat=True)
    return [*grants, *(Grant(Role.OFFICER, path) for path in paths)]


def in_charge_of(person: Person, area: Area, *, on: date) -> list[Assignment]:
    """Return who is in charge of the place on a day: lead, deputy, cluster lead, monitors."""
    order = {role: at for at, role in enumerate(Assignment.Role.values)}
    rows = (
        Assignment.objects.in_force(on).filter(area=area).select_related("person", "basis", "area")
    )
    return sorted(rows, key=lambda row: (order[row.role], row.start, row.pk))


@dataclass(frozen=True)
class Charge:
    """Who is in charge of a place on a day.

    ``acting`` stands in for the absent lead; ``above`` is the nearest place above that has a lead,
    told when the place itself has nobody.
    """

    area: Area
    on: date
    rows: list[Assignment]
    acting: StandIn | None
    above: Assignment | None

    @property
    def lead(self) -> Assignment | None:
        """Return the lead, absent or not, or None."""
        return next((row for row in self.rows if row.role == Assignment.Role.LEAD), None)


def who_is_in_charge(person: Person, area: Area, *, on: date) -> Charge:
    """Return who is in charge of a place on a day, who acts, and who is when nobody is.

    Two queries, and a third when the place has no lead. Source: S2.1.
    """
    rows = in_charge_of(person, area, on=on)
    if any(row.role == Assignment.Role.LEAD for row in rows):
        acting = stand_ins_of([area.pk], on=on).get(area.pk)
        return Charge(area, on, rows, acting, None)
    above = (
        Assignment.objects.in_force(on)
        .filter(area__in=area.ancestor_ids[:-1], role=Assignment.Role.LEAD)
        .select_related("person", "area", "basis")
        .order_by("-area__path")
        .first()
    )
    return Charge(area, on, rows, None, above)


def lead_of(area_ids: list[int], *, on: date) -> dict[int, Person]:
    """Return the lead of each place on a day, by its key; places without one are missing."""
    rows = (
        Assignment.objects.in_force(on)
        .filter(area__in=area_ids, role=Assignment.Role.LEAD)
        .select_related("person")
    )
    return {row.area_id: row.person for row in rows if row.area_id is not None}


def overlapping(wanted: Assignment, *, by: Person | None = None) -> Assignment | None:
    """Return the first assignment that leaves no room for the wanted one, or None.

    The same thing, the same role, a day in common; with ``by`` only those of this person. A monitor
    is only in the way of the same person, because monitors may be many.
    """
    rows = Assignment.objects.filter(
        Q(until=None) | Q(until__gte=wanted.start),
        area=wanted.area_id,
        organization=wanted.organization_id,
        role=wanted.role,
    ).exclude(pk=wanted.pk)
    if wanted.until is not None:
        rows = rows.filter(start__lte=wanted.until)
    if by is not None:
        rows = rows.filter(person=by)
    elif wanted.role not in rules.ONE_AT_A_TIME:
        rows = rows.filter(person=wanted.person_id)
    return rows.select_related("person", "area", "organization").order_by("start", "pk").first()


def get_assignment_for(person: Person, *, pk: int) -> Assignment:
    """Return an assignment with its people and papers; who is in charge is no secret."""
    found = (
        Assignment.objects.select_related(
            "person", "basis", "area__tier", "area__parent", "organization__area"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def history_of(assignment: Assignment, *, limit: int = 100) -> list[Assignment]:
    """Return everybody who was, is or will be in charge of the same thing, the latest first."""
    return list(
        Assignment.objects.filter(area=assignment.area_id, organization=assignment.organization_id)
        .select_related("person", "basis")
        .order_by("-start", "-pk")[:limit]
    )


def history_of_area(area: Area, *, limit: int = 100) -> list[Assignment]:
    """Return everybody who was, is or will be in charge of a place, the latest first."""
    return list(
        Assignment.objects.filter(area=area)
        .select_related("person", "basis", "area")
        .order_by("-start", "-pk")[:limit]
    )


def assignments_of(person: Person, *, on: date) -> list[Assignment]:
    """Return what a person is in charge of on a day, by place."""
    return list(
        Assignment.objects.in_force(on)
        .filter(person=person)
        .select_related("area__tier", "area__parent", "organization")
        .order_by("area__path", "organization__name", "pk")
    )


def places_kept(assignment: Assignment, *, after: date) -> list[str]:
    """Return the paths of what the person is still in charge of after the day, by another
    assignment: what lies there does not change hands.
    """
    rows = (
        Assignment.objects.in_force(after + timedelta(days=1))
        .filter(person=assignment.person_id, area__isnull=False)
        .exclude(pk=assignment.pk)
    )
    return sorted(rows.values_list("area__path", flat=True))


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be put in charge, where they work, and of how much they are in charge."""

    person: Person
    organization: str
    load: int


def candidates(typed: str, *, near: str, on: date, limit: int = 20) -> list[Candidate]:
    """Return people to put in charge: those found by what was typed, by name.

    When nothing is typed: the members of the organizations of the place (by its path) and of all
    places above it. Three queries.
    """
    people: QuerySet[Person] = Person.objects.all()
    if typed.strip():
        people = search.matching(people, typed)
    else:
        people = people.filter(
            pk__in=_memberships(on)
            .filter(organization__area__in=tree.ids_of(near))
            .values("person_id")
        )
    found = list(people.order_by("name", "pk")[:limit])
    keys = [person.pk for person in found]
    places: dict[int, str] = {}
    memberships = _memberships(on).filter(person__in=keys).select_related("organization")
    for row in memberships.order_by("-start", "pk"):
        places.setdefault(row.person_id, row.organization.name)
    loads = dict(
        Assignment.objects.in_force(on)
        .filter(person__in=keys)
        .values_list("person_id")
        .annotate(load=Count("pk"))
        .order_by("person_id")
    )
    return [
        Candidate(person, places.get(person.pk, ""), loads.get(person.pk, 0)) for person in found
    ]


def handover_of(assignment: Assignment) -> Handover | None:
    """Return the handover of an assignment, done or to come, or None."""
    rows = Handover.objects.filter(assignment=assignment).select_related("successor", "by")
    return rows.first()


def contacts_of(area: Area, *, on: date, limit: int = 40) -> list[Membership]:
    """Return who holds a post in an organization of the place or below on a day: whom to know.

    With person, post and organization, those of the place itself first.
    """
    rows = _memberships(on).filter(
        post__isnull=False,
        organization__area__in=Area.objects.within(area.path).values("pk"),
    )
    return list(
        rows.select_related("person", "post", "organization").order_by(
            "organization__area__path", "organization__name", "post__title", "person__name", "pk"
        )[:limit]
    )


def basis_documents(*, limit: int = 100) -> list[BasisDocument]:
    """Return the documents an assignment may rest on, the newest first."""
    return list(BasisDocument.objects.order_by("-issued_on", "number")[:limit])


def _memberships(on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until=None) | Q(until__gte=on), start__lte=on)
