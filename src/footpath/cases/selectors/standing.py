"""How things stand with the open cases: what waits for somebody, and how old what is open is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from footpath.accounts.rules import Role
from footpath.cases import rules
from footpath.cases.models import Case, Participant
from footpath.cases.presenting import ROW_COLUMNS, Row, rows_of
from footpath.cases.rules import State
from footpath.cases.selectors.listing import raised_within
from footpath.cases.selectors.reading import cases_for
from footpath.core import tree
from footpath.directory.models import Person

WORKERS = frozenset({Role.OFFICER, Role.HEAD, Role.OFFICE})
AT_HAND = frozenset({State.RAISED, State.ACCEPTED, State.GUIDED})


def waits_for(person: Person) -> Q:
    """Return the condition that the next step of a case is this person's.

    The owner accepts and rectifies; whoever was made responsible by escalation sees to it; who
    raised a returned case sends it in again; in the places of an officer, head or office the cases
    to verify wait, but never for somebody who worked on them.
    """
    parts = Participant.objects.filter(person=person)
    condition = Q(owner=person, state__in=AT_HAND)
    condition |= Q(raised_by=person, state=State.RETURNED)
    condition |= Q(
        pk__in=parts.filter(part=Participant.Part.RESPONSIBLE).values("case_id"),
        state__in=AT_HAND,
    )
    paths = person.scope.paths(WORKERS)
    if paths:
        places = Q()
        for path in paths:
            places |= tree.in_subtree(path)
        worked = parts.filter(part__in=Participant.WORKED).values("case_id")
        condition |= places & Q(state=State.RECTIFIED) & ~Q(pk__in=worked)
    return Q(is_open=True) & condition


def waiting_for(person: Person, today: date, limit: int) -> list[Row]:
    """Return the open cases that wait for this person, by due date: one query."""
    rows = Case.objects.filter(waits_for(person)).order_by("due_on", "pk")
    return rows_of(rows.values(*ROW_COLUMNS)[:limit], today)


def open_by_path(path: str) -> dict[str, int]:
    """Return how many cases are open in a place and below, by the path of the place they lie in.

    One query; part of the weight of a place when assignments are planned.
    """
    rows = (
        Case.objects.open()
        .in_subtree(path)
        .values_list("area__path")
        .annotate(open_now=Count("pk"))
        .order_by("area__path")
    )
    return dict(rows)


@dataclass(frozen=True)
class LevelCounts:
    """The open cases that one tier deals with: how many of each age, and of those overdue."""

    level: int
    by_age: dict[str, int]
    overdue_by_age: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many are open."""
        return sum(self.by_age.values())

    @property
    def overdue(self) -> int:
        """Return how many are overdue."""
        return sum(self.overdue_by_age.values())


def counts_by_level_and_age(person: Person, path: str | None, today: date) -> list[LevelCounts]:
    """Return the open cases of a subtree by the tier that deals with them and by age: one query.

    One row for each tier that has any, from the root down; ages as in ``rules.AGES``.
    """
    counted: dict[str, Any] = {}
    for number, age in enumerate(rules.AGES):
        within = raised_within(age.code, today)
        counted[f"open{number}"] = Count("pk", filter=within)
        counted[f"late{number}"] = Count("pk", filter=within & Q(due_on__lt=today))
    open_cases = cases_for(person, path=path).open().order_by("level")
    rows: Iterable[Mapping[str, Any]] = open_cases.values("level").annotate(**counted)
    return [
        LevelCounts(
            row["level"],
            {age.code: row[f"open{number}"] for number, age in enumerate(rules.AGES)},
            {age.code: row[f"late{number}"] for number, age in enumerate(rules.AGES)},
        )
        for row in rows
    ]
