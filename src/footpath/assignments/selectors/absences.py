"""Looking up who is absent, who stands in, and who acts. Source: S2.1, S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.assignments import rules
from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.assignments.rules import Away, Held, Span, Standing
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Membership, Person

BY_START = Order("start", descending=True, read=date.fromisoformat)


def span_of(row: Assignment | Absence | StandIn) -> Span:
    """Return the days of an assignment, an absence or a stand-in."""
    return Span(row.start, row.until)


def held(row: Assignment) -> Held:
    """Return an assignment as the rules take it."""
    return Held(row.pk, row.person_id, span_of(row))


def stand_ins_of(area_ids: Iterable[int], *, on: date) -> dict[int, StandIn]:
    """Return who stands in for the lead of each place on a day, by the place's key; one query."""
    rows = _in_force(on).filter(
        assignment__area__in=list(area_ids), assignment__role=Assignment.Role.LEAD
    )
    return {row.assignment.area_id: row for row in rows if row.assignment.area_id is not None}


def stands_in_at(person: Person, *, on: date) -> list[StandIn]:
    """Return the places where a person acts for an absent lead on a day, in the order of the tree.

    With the place, who is absent, and until when.
    """
    return list(
        _in_force(on)
        .filter(person=person)
        .select_related("assignment__area__tier", "assignment__person")
        .order_by("assignment__area__path", "pk")
    )


def stands_in_later(person: Person, *, on: date) -> list[StandIn]:
    """Return where a person will act for an absent lead after the day, the soonest first."""
    return list(
        StandIn.objects.filter(person=person, start__gt=on, absence__withdrawn_at=None)
        .select_related("absence__person", "assignment__area__tier", "assignment__person")
        .order_by("start", "pk")
    )


def absent_people(person_ids: Iterable[int], *, on: date) -> frozenset[int]:
    """Return which of the people are absent on the day, by their keys."""
    rows = Absence.objects.in_force(on).filter(person__in=list(person_ids))
    return frozenset(rows.values_list("person_id", flat=True))


def away(person_ids: Iterable[int], days: Span, *, but: Absence | None = None) -> list[Away]:
    """Return the absences of the people that share a day with the span."""
    rows = _within(Absence.objects.filter(person__in=list(person_ids), withdrawn_at=None), days)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [Away(row.person_id, span_of(row)) for row in rows.order_by("start", "pk")]


def leads_during(person: Person, days: Span) -> list[Assignment]:
    """Return what a person leads on a day of the span, in the order of the tree."""
    rows = Assignment.objects.filter(person=person, role=Assignment.Role.LEAD, area__isnull=False)
    return list(_within(rows, days).select_related("area").order_by("area__path", "pk"))


def deputies_during(area_ids: Iterable[int | None], days: Span) -> dict[int, list[Assignment]]:
    """Return the deputies of the places on a day of the span, by the place's key."""
    rows = Assignment.objects.filter(area__in=list(area_ids), role=Assignment.Role.DEPUTY)
    found: dict[int, list[Assignment]] = {}
    for row in _within(rows, days).select_related("person").order_by("start", "pk"):
        if row.area_id is not None:
            found.setdefault(row.area_id, []).append(row)
    return found


@dataclass(frozen=True)
class Cover:
    """A place somebody leads while absent: on which days, who its deputy is, who would act."""

    assignment: Assignment
    days: Span
    deputy: Person | None
    acts: int | None


def covers_for(
    person: Person,
    days: Span,
    *,
    named: dict[int, Person] | None = None,
    but: Absence | None = None,
) -> list[Cover]:
    """Return who would act at each place a person leads on the days; ``acts`` None is nobody.

    ``named`` gives people to stand in by the assignment's key; otherwise the deputy does, when
    present on all of the days. Three queries, whatever the number of places.
    """
    leads = leads_during(person, days)
    chosen = named or {}
    deputies = deputies_during([row.area_id for row in leads], days)
    people = {row.person_id for rows in deputies.values() for row in rows}
    people |= {who.pk for who in chosen.values()}
    absent = away(people, days, but=but)
    found = []
    for row in leads:
        shared = span_of(row).within(days)
        if shared is None or row.area_id is None:
            continue
        seconds = deputies.get(row.area_id, [])
        who = chosen.get(row.pk)
        acts = rules.stand_in_for(
            shared,
            person.pk,
            [held(second) for second in seconds],
            who.pk if who is not None else None,
            absent,
        )
        deputy = next((second.person for second in seconds if second.person_id == acts), None)
        found.append(Cover(row, shared, deputy, acts))
    return found


def standing_during(person: Person, days: Span) -> list[StandIn]:
    """Return where a person is to stand in for somebody on a day of the span."""
    rows = StandIn.objects.filter(person=person, absence__withdrawn_at=None)
    return list(
        _within(rows, days)
        .select_related("assignment__area", "assignment__person", "absence")
        .order_by("start", "pk")
    )


def get_absence_for(person: Person, *, pk: int) -> Absence:
    """Return an absence to whoever may record it; NotThere for others: why is not for everybody."""
    found = Absence.objects.select_related("person", "recorded_by").filter(pk=pk).first()
    if found is None or not may(person, "assignments.absence", found.person):
        raise NotThere
    return found


def stand_ins_of_absence(absence: Absence) -> list[StandIn]:
    """Return who stands in during an absence, in the order of the tree and of the days."""
    return list(
        absence.stand_ins.select_related("person", "assignment__area").order_by(
            "assignment__area__path", "start", "pk"
        )
    )


def absences_in(
    person: Person, path: str | None, *, on: date, after: str | None = None, size: int = 50
) -> Page[Absence]:
    """Return the absences that are not over on the day, of people who lead in the subtree or whose
    home organization lies there; None: the person's own. The latest first.
    """
    rows = Absence.objects.filter(until__gte=on, withdrawn_at=None).select_related("person")
    if path is None:
        rows = rows.filter(person=person)
    else:
        rows = rows.filter(Q(person__in=people_of(path, on=on)) | Q(person=person))
    return page_of(rows, order=BY_START, after=after, size=size)


LEADERS = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)


def widest_led(person: Person) -> str | None:
    """Return the path of the widest place that somebody heads or works for, or None."""
    return min(person.scope.paths(LEADERS), key=lambda path: (len(path), path), default=None)


def absences_of(person: Person, *, limit: int = 20) -> list[Absence]:
    """Return the absences of a person, the latest first."""
    return list(person.absences.order_by("-start", "-pk")[:limit])


def people_of(path: str, *, on: date) -> QuerySet[Person]:
    """Return who belongs to an organization of the subtree, or is in charge there, on a day."""
    inside = Area.objects.within(path).values("pk")
    now = (Q(until=None) | Q(until__gte=on)) & Q(start__lte=on)
    return Person.objects.filter(
        Q(pk__in=Assignment.objects.filter(now, area__in=inside).values("person_id"))
        | Q(pk__in=_members(path, on))
    )


def _members(path: str, on: date) -> QuerySet[Person]:
    rows = Membership.objects.filter(Q(until=None) | Q(until__gte=on), start__lte=on)
    if path:
        rows = rows.filter(organization__area__in=Area.objects.within(path).values("pk"))
    return rows.values("person_id")  # type: ignore[return-value]


def acting_on(area_ids: Sequence[int], day: date) -> dict[int, int]:
    """Return who acts as lead of each place on a day: the person's key by the place's key.

    Worked out by the rule from all assignments, absences and stand-ins; places where nobody acts
    are missing. Four queries. Source: S2.1.
    """
    rows = Assignment.objects.in_force(day).filter(
        area__in=list(area_ids), role__in=(Assignment.Role.LEAD, Assignment.Role.DEPUTY)
    )
    leads: dict[int, list[Held]] = {}
    deputies: dict[int, list[Held]] = {}
    for row in rows:
        if row.area_id is not None:
            into = leads if row.role == Assignment.Role.LEAD else deputies
            into.setdefault(row.area_id, []).append(held(row))
    standing: dict[int, list[Standing]] = {}
    for place, stand_in in stand_ins_of(area_ids, on=day).items():
        standing.setdefault(place, []).append(
            Standing(stand_in.assignment_id, stand_in.person_id, span_of(stand_in))
        )
    people = {one.person for many in (*leads.values(), *deputies.values()) for one in many}
    people |= {one.person for many in standing.values() for one in many}
    absent = away(people, Span(day, day))
    found = {}
    for place, held_there in leads.items():
        acts = rules.acting_lead(
            day, held_there, deputies.get(place, []), absent, standing.get(place, [])
        )
        if acts is not None:
            found[place] = acts
    return found


def _in_force(on: date) -> QuerySet[StandIn]:
    return StandIn.objects.filter(
        start__lte=on, until__gte=on, absence__withdrawn_at=None
    ).select_related("absence", "person", "assignment")


def _within(rows: QuerySet, days: Span) -> QuerySet:  # type: ignore[type-arg]
    """Keep the rows that share a day with the span."""
    rows = rows.filter(Q(until=None) | Q(until__gte=days.start))
    return rows.filter(start__lte=days.until) if days.until is not None else rows
