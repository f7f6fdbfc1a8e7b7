"""Who has to attend a meeting, and who is expected in two at once. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from footpath.assignments.models import Assignment
from footpath.assignments.selectors import absent_people, who_is_in_charge
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting


@dataclass(frozen=True)
class Due:
    """Somebody who must attend, and the assignment the duty comes from."""

    assignment: Assignment
    person: Person


def duties_due(by: Person, area: Area, *, on: date) -> list[Due]:
    """Return who must attend a meeting of the place on a day, and by which assignment.

    Everybody in charge of the place itself: lead, deputy, cluster lead, monitors; each person
    once, by the first of these roles. For an absent lead whoever stands in attends; others who are
    absent are not expected. Who leads the place above is invited when wanted, not obliged.
    Source: S2.2 (officers attend the meetings of their place).
    """
    found: dict[int, Due] = {}
    charge = who_is_in_charge(by, area, on=on)
    away = absent_people([row.person_id for row in charge.rows], on=on)
    for row in charge.rows:
        who = row.person
        if row == charge.lead and charge.acting is not None:
            who = charge.acting.person
        elif who.pk in away:
            continue
        found.setdefault(who.pk, Due(row, who))
    return list(found.values())


@dataclass(frozen=True)
class Clash:
    """Another meeting at the same time, and who is expected in both, by name."""

    other: Meeting
    people: list[Person]


COMES = (
    rules.Attendance.UNKNOWN,
    rules.Attendance.PRESENT,
    rules.Attendance.LATE,
    rules.Attendance.ABSENT,
)
"""Marks with which the person of a duty is expected in person."""

INSTEAD = rules.Attendance.SUBSTITUTE


def expected(people: Iterable[int] | None = None) -> QuerySet[Any]:
    """Return the duties by which somebody (one of ``people``) is expected, each with ``who``.

    The person of the duty, unless there is leave or the person is expected elsewhere; the deputy
    where one comes instead. ``who`` is the key of whoever is expected.
    """
    rows = Duty.objects.annotate(
        who=Case(
            When(attendance=INSTEAD, then=F("substitute_id")),
            default=F("person_id"),
        )
    )
    comes, instead = Q(attendance__in=COMES, elsewhere=None), Q(attendance=INSTEAD)
    if people is not None:
        keys = list(people)
        comes &= Q(person__in=keys)
        instead &= Q(substitute__in=keys)
    return rows.filter(comes | instead)


def expected_of(duties: Iterable[Duty]) -> set[int]:
    """Return the keys of the people expected by duties in hand; no query."""
    found = set()
    for duty in duties:
        if duty.attendance == INSTEAD:
            found.add(duty.substitute_id)
        elif duty.attendance in COMES and duty.elsewhere_id is None:
            found.add(duty.person_id)
    return found - {None}  # type: ignore[return-value]


def expected_in(meetings: Iterable[int]) -> dict[int, set[int]]:
    """Return the keys of the people expected in each of the meetings; one query."""
    keys = list(meetings)
    found: dict[int, set[int]] = {pk: set() for pk in keys}
    for meeting, who in expected().filter(meeting__in=keys).values_list("meeting_id", "who"):
        found[meeting].add(who)
    return found


def expected_elsewhere(
    people: Iterable[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    besides: Iterable[int] = (),
) -> list[Clash]:
    """Return the planned meetings in a span of time that expect some of the people.

    In the order of their beginning, with those people by name; ``besides`` leaves meetings out.
    The end is not included: who meets until 9:00 is free at 9:00. Two queries. Source: S2.2.
    """
    rows = (
        expected(people)
        .filter(
            meeting__state=rules.State.PLANNED,
            meeting__starts_at__lt=ends_at,
            meeting__ends_at__gt=starts_at,
        )
        .exclude(meeting__in=list(besides))
        .select_related("meeting__kind", "meeting__area")
        .order_by("meeting__starts_at", "meeting_id", "pk")
    )
    return _by_meeting([(row.meeting, row.who) for row in rows])


def clashes(meeting: Meeting) -> list[Clash]:
    """Return the planned meetings at the same time that expect somebody of this one.

    In the order of their beginning; empty, unless rows are older than the rule. Source: S2.2.
    """
    here = expected_in([meeting.pk])[meeting.pk]
    return expected_elsewhere(here, meeting.starts_at, meeting.ends_at, besides=[meeting.pk])


def _by_meeting(rows: list[tuple[Meeting, int]]) -> list[Clash]:
    if not rows:
        return []
    people = Person.objects.in_bulk({who for _meeting, who in rows})
    found: dict[int, Clash] = {}
    for meeting, who in rows:
        clash = found.setdefault(meeting.pk, Clash(meeting, []))
        if people[who] not in clash.people:
            clash.people.append(people[who])
    for clash in found.values():
        clash.people.sort(key=lambda person: (person.name, person.pk))
    return list(found.values())
