"""Who has to attend, for many places and days at once. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from footpath.assignments.models import Absence, Assignment, StandIn


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment as the book keeps it, in the order in which people are called."""

    role: str
    start: date
    until: date | None
    pk: int
    person: int

    def on(self, day: date) -> bool:
        """Return whether it holds on the day."""
        return self.start <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody away, or somebody standing in, from a day until a day, both included."""

    start: date
    until: date
    person: int

    def on(self, day: date) -> bool:
        """Return whether it holds on the day."""
        return self.start <= day <= self.until


@dataclass(frozen=True)
class DueBook:
    """Answers who has to attend a meeting of a place on a day, without further queries.

    As ``duties_due`` does for one: everybody in charge of the place itself; for an absent lead
    whoever stands in; others who are absent are not expected.
    """

    held: dict[int, list[Held]]
    away: dict[int, list[Span]]
    acting: dict[int, list[Span]]

    def due(self, area: int, day: date, *, first_only: bool = False) -> dict[int, int]:
        """Return the assignment of each person who has to attend, the lead first.

        ``first_only`` stops after the first: where heads are counted, only who is in charge is
        called by name.
        """
        found: dict[int, int] = {}
        for row in self.held.get(area, ()):
            if not row.on(day):
                continue
            who = row.person
            acting = None
            if row.role == Assignment.Role.LEAD:
                acting = next((one for one in self.acting.get(area, ()) if one.on(day)), None)
            if acting is not None:
                who = acting.person
            elif any(one.on(day) for one in self.away.get(row.person, ())):
                continue
            found.setdefault(who, row.pk)
            if first_only:
                break
        return found


def due_book(areas: Iterable[int], first: date, last: date) -> DueBook:
    """Return the book of some places from a day until a day, both included; three queries."""
    keys = list(set(areas))
    order = {role: at for at, role in enumerate(Assignment.Role.values)}
    rows = (
        Assignment.objects.filter(Q(until=None) | Q(until__gte=first))
        .filter(area__in=keys, start__lte=last)
        .values_list("area_id", "role", "start", "until", "pk", "person_id")
    )
    held: dict[int, list[Held]] = {}
    for area, *row in rows:
        held.setdefault(area, []).append(Held(*row))  # type: ignore[arg-type]
    for found in held.values():
        found.sort(key=lambda row: (order[row.role], row.start, row.pk))
    people = {row.person for found in held.values() for row in found}
    away: dict[int, list[Span]] = {}
    for start, until, person in (
        Absence.objects.filter(
            person__in=people, start__lte=last, until__gte=first, withdrawn_at=None
        )
        .order_by("pk")
        .values_list("start", "until", "person_id")
    ):
        away.setdefault(person, []).append(Span(start, until, person))
    acting: dict[int, list[Span]] = {}
    for area, start, until, person in (
        StandIn.objects.filter(start__lte=last, until__gte=first, absence__withdrawn_at=None)
        .filter(assignment__area__in=keys, assignment__role=Assignment.Role.LEAD)
        .order_by("-pk")
        .values_list("assignment__area_id", "start", "until", "person_id")
    ):
        acting.setdefault(area, []).append(Span(start, until, person))
    return DueBook(held, away, acting)
