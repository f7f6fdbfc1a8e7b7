"""Who has to attend a meeting, and who is expected in two at once. Source: S2.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


def clashes(meeting: Meeting) -> list[Clash]:
    """Return the meetings at the same time that expect somebody of this one; one query.

    In the order of their beginning. A cancelled meeting is in nobody's way. Source: S2.2.
    """
    rows = (
        Duty.objects.filter(
            person__in=Duty.objects.filter(meeting=meeting).values("person_id"),
            meeting__starts_at__lt=meeting.ends_at,
            meeting__ends_at__gt=meeting.starts_at,
        )
        .exclude(meeting=meeting)
        .exclude(meeting__state=rules.State.CANCELLED)
        .select_related("person", "meeting__kind", "meeting__area")
        .order_by("meeting__starts_at", "meeting_id", "person__name", "pk")
    )
    found: dict[int, Clash] = {}
    for row in rows:
        found.setdefault(row.meeting_id, Clash(row.meeting, [])).people.append(row.person)
    return list(found.values())
