"""Moving and replacing assignments; what is open goes to whoever comes. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import handing, rules, selectors
from footpath.assignments.models import Assignment, BasisDocument, Handover
from footpath.assignments.services import later
from footpath.assignments.services.charge import (
    refuse_if_closed,
    refuse_lead_as_deputy,
    refuse_without_reason,
    said_of_holder,
    snapshot,
)
from footpath.assignments.services.handover import DAY, StillOpen, hand_over, left_open, until_then
from footpath.assignments.services.locking import lock
from footpath.assignments.services.standing import cover_absences_of, release
from footpath.assignments.services.values import check_days
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person


@dataclass(frozen=True)
class Change:
    """Who is to hold a role at a place from now on; ``person`` None leaves it without anybody."""

    area: Area
    role: str
    person: Person | None


@transaction.atomic
def replace(  # noqa: PLR0913 - the values of an assignment
    *,
    area: Area,
    role: str,
    successor: Person,
    from_day: date,
    by: Person,
    at: datetime,
    until: date | None = None,
    basis: BasisDocument | None = None,
    note: str = "",
    exception: str = "",
) -> Assignment:
    """Put a successor in charge of a place from a day on, and return the new assignment.

    Whoever holds the role is in charge until the day before, and hands over what is open. With
    ``until`` the successor's last day (included) is set, too. Raises what ``put_in_charge``
    raises: NeedsReason unless ``exception`` gives one. Source: S2.1.
    """
    require(by, "assignments.assign", area)
    check_days(from_day, until)
    wanted = Assignment(
        person=successor,
        area=area,
        role=role,
        start=from_day,
        until=until,
        exception=exception.strip() or None,
    )
    refuse_lead_as_deputy(wanted)
    refuse_without_reason(wanted)
    made = replace_together(
        [Change(area, role, successor)],
        from_day=from_day,
        until=until,
        basis=basis,
        note=note,
        by=by,
        at=at,
        exceptions={area.pk: wanted.exception or ""},
    )
    if not made:
        raise RuleBroken(
            _("%(person)s is in charge of %(place)s already.")
            % {"person": successor.name, "place": area.name}
        )
    # Whoever goes on begins after a last day of their own, which may lie after the one asked for.
    check_days(made[0].start, until)
    if until is not None:
        later.wake_on(until + DAY)
    return made[0]


@transaction.atomic
def move(
    *,
    assignment: Assignment,
    to_person: Person,
    from_day: date,
    by: Person,
    at: datetime,
    note: str = "",
    exception: str = "",
) -> Assignment:
    """Give an assignment to another person from a day on, on the same basis; see ``replace``.

    RuleBroken when it has ended before: whoever came since is not the one to be replaced.
    """
    if assignment.area is None:
        raise InvalidValue(_("Choose one place or one organization."), field="place")
    if assignment.until is not None and assignment.until < from_day - DAY:
        raise RuleBroken(
            _("This assignment already ends on %(day)s.")
            % {"day": formats.day_year(assignment.until)}
        )
    return replace(
        area=assignment.area,
        role=assignment.role,
        successor=to_person,
        from_day=from_day,
        basis=assignment.basis,
        note=note,
        exception=exception,
        by=by,
        at=at,
    )


@transaction.atomic
def replace_together(
    changes: Sequence[Change],
    *,
    from_day: date,
    basis: BasisDocument | None,
    note: str,
    by: Person,
    at: datetime,
    exceptions: dict[int, str] | None = None,
    until: date | None = None,
) -> list[Assignment]:
    """Make many changes of who is in charge, all or none, and return the new assignments.

    They stand in the order of the changes; where the same person goes on, nothing changes and
    nothing is returned. Whoever held a role is in charge until the day before ``from_day`` and
    hands over to the successor; StillOpen names all places left with nobody where something is
    open. Limits and conflicts of interest are not asked here: the plan has weighed them. The
    number of queries for each line is bounded. Source: S2.1.
    """
    _check_changes(changes, from_day, by)
    areas = {change.area.pk: change.area for change in changes}
    rows = _holders(areas, from_day)
    people = {row.person_id for row in rows}
    people |= {change.person.pk for change in changes if change.person is not None}
    people |= {
        row.person_id
        for found in selectors.deputies_during(areas, rules.Span(from_day)).values()
        for row in found
    }
    lock(areas=areas, people=people)
    holders: dict[tuple[int | None, str], list[Assignment]] = {}
    for row in _holders(areas, from_day):
        holders.setdefault((row.area_id, row.role), []).append(row)
    ended: list[tuple[Assignment, Person | None]] = []
    made: list[Assignment] = []
    leads = _leads_after(changes, holders)
    for change in changes:
        held = holders.get((change.area.pk, change.role), [])
        start = _take_over(change, held, from_day, ended, leads.get(change.area.pk))
        if start is not None and change.person is not None:
            made.append(
                Assignment(
                    person=change.person,
                    area=change.area,
                    role=change.role,
                    basis=basis,
                    start=start,
                    until=until,
                    exception=(exceptions or {}).get(change.area.pk) or None,
                )
            )
    befores = _end_together([row for row, _successor in ended], from_day - DAY, note)
    Assignment.objects.bulk_create(made)
    for row in made:
        audit.first_line("assignment.made", by=by, subject=row, at=at, after=snapshot(row))
    # Deputies first: whoever leaves as lead may have gone to one of them.
    for row, successor in ended:
        audit.record(
            "assignment.ended",
            by=by,
            subject=row,
            at=at,
            before=befores[row.pk],
            after=snapshot(row),
        )
        release(row, from_day - DAY, successor, by=by, at=at)
    cover_absences_of(made, by=by, at=at)
    _hand_over_together(ended, from_day, note, by=by, at=at)
    handing.follow(sorted(areas), from_day, None, by=by, at=at)
    scope_changed({row.person.user_id for row in [*made, *(row for row, _to in ended)]})
    return made


def _check_changes(changes: Sequence[Change], from_day: date, by: Person) -> None:
    seen = set()
    for change in changes:
        require(by, "assignments.assign", change.area)
        key = change.area.pk, str(change.role)
        if change.role not in rules.ONE_AT_A_TIME or key in seen:
            raise InvalidValue(_("There is no such role."), field="role")
        seen.add(key)
        refuse_if_closed(change.area, from_day)


def _holders(areas: dict[int, Area], from_day: date) -> list[Assignment]:
    """Return who holds a role at the places on the day or later, the earliest first."""
    rows = Assignment.objects.filter(
        area__in=list(areas), role__in=sorted(rules.ONE_AT_A_TIME)
    ).exclude(until__lt=from_day)
    return list(
        rows.select_related("person", "area", "organization").order_by("area__path", "start", "pk")
    )


def _take_over(
    change: Change,
    held: Sequence[Assignment],
    from_day: date,
    ended: list[tuple[Assignment, Person | None]],
    lead: Person | None,
) -> date | None:
    """Note whose assignment ends, and return the first day of the new one, or None for no new one.

    The same person goes on; where that assignment has a last day, a new one follows it. Whoever
    leaves without a successor hands over to the lead of the place, if there is one.
    """
    same = change.person.pk if change.person is not None else None
    start: date | None = from_day
    for row in held:
        if row.person_id == same and row.start <= from_day:
            start = row.until + DAY if row.until is not None else None
        elif row.start >= from_day:
            raise RuleBroken(said_of_holder(row, from_day - DAY))
        else:
            to_lead = lead if lead is not None and lead.pk != row.person_id else None
            ended.append((row, change.person or to_lead))
    return start


def _leads_after(
    changes: Sequence[Change], holders: dict[tuple[int | None, str], list[Assignment]]
) -> dict[int, Person | None]:
    """Return who leads each place after the changes, by its key."""
    lead = Assignment.Role.LEAD
    found: dict[int, Person | None] = {}
    for (area_id, role), rows in holders.items():
        if role == lead and area_id is not None:
            found[area_id] = rows[0].person
    return found | {change.area.pk: change.person for change in changes if change.role == lead}


def _end_together(
    rows: Sequence[Assignment], last_day: date, note: str
) -> dict[int, dict[str, object]]:
    """End the assignments in one statement and return how they stood before, by their keys."""
    befores = {row.pk: snapshot(row) for row in rows}
    values: dict[str, object] = {"until": last_day}
    if note.strip():
        values["handover_note"] = note.strip()
    changed = Assignment.objects.filter(pk__in=list(befores)).update(**values)
    if changed != len(befores):
        raise StaleState(_("Somebody else has already changed this assignment."))
    for row in rows:
        row.until = last_day
        row.handover_note = note.strip() or row.handover_note
    return befores


def _hand_over_together(
    ended: Sequence[tuple[Assignment, Person | None]],
    from_day: date,
    note: str,
    *,
    by: Person,
    at: datetime,
) -> None:
    left = [
        found
        for row, successor in ended
        if successor is None
        for found in [left_open(row, from_day - DAY)]
        if found is not None
    ]
    if left:
        raise StillOpen(left)
    hand_over(
        [
            Handover(
                assignment=row,
                successor=to,
                by=by,
                due_on=from_day,
                note=note.strip() or row.handover_note,
            )
            for row, successor in ended
            for to in [successor or until_then(row, from_day - DAY, at)]
            if to is not None
        ],
        at=at,
    )
