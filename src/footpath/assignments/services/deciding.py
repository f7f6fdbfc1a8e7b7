"""Deciding about a plan: approved, it is in force on its day; or rejected with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments import selectors
from footpath.assignments.models import Assignment, Letter, Plan, PlanLine
from footpath.assignments.services.letters import issue_letters
from footpath.assignments.services.replacing import Change, replace_together
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person

ROLE = Assignment.Role


class ChangedSince(StaleState):
    """Who is in charge has changed since the plan was made; ``changes`` says where, in words."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__(_("Something has changed since this plan was made. Plan again."))
        self.changes = tuple(changes)


@transaction.atomic
def approve_plan(*, plan: Plan, by: Person, at: datetime) -> list[Letter]:
    """Put a proposed plan in force on its day, all or nothing, and return the numbered letters.

    Every place gets its lead and its deputy as proposed; those who go hand over to whoever comes.
    Whoever started the plan may approve it, and the trail names both; whom the plan itself puts in
    charge, or relieves, may not. Raises ChangedSince when somebody else is in charge now than when
    it was made, StillOpen when a place would be left with open matters and nobody, RuleBroken or
    StaleState when the plan cannot be approved any more. Source: S2.1, S2.7.
    """
    require(by, "assignments.approve_plan", plan)
    today = clock.day_of(at)
    taken = Plan.objects.filter(pk=plan.pk, state=Plan.State.PROPOSED).update(
        state=Plan.State.APPROVED, decided_by=by, decided_at=at
    )
    if not taken:
        raise StaleState(_("This plan has been decided already, or is not ready."))
    if plan.starts_on < today:
        raise RuleBroken(
            _("The first day of this plan, %(day)s, has passed. Plan again.")
            % {"day": formats.day_year(plan.starts_on)}
        )
    lines = list(
        selectors.lines_of(plan).select_related("area__tier", "lead__user", "deputy__user")
    )
    prolonged = _prolonged(plan, lines)
    _refuse_own(lines, prolonged, by)
    changed = selectors.changed_since(plan) or selectors.broken_since(plan, lines)
    if changed:
        raise ChangedSince(changed)
    made = replace_together(
        [*_changes(lines), *prolonged],
        from_day=plan.starts_on,
        basis=plan.basis,
        note=_("Plan %(number)s") % {"number": plan.pk},
        by=by,
        at=at,
        exceptions=_exceptions(plan),
    )
    letters = issue_letters(
        made,
        plan=plan,
        leads_before={
            line.area_id: line.lead_today
            for line in lines
            if line.lead_today and line.lead_today_id != line.lead_id
        },
        by=by,
        at=at,
    )
    audit.record(
        "plan.approved",
        by=by,
        subject=plan,
        at=at,
        before={"started_by": plan.started_by_id, "digest": plan.digest},
        after={"assignments": sorted(row.pk for row in made)},
    )
    plan.refresh_from_db(fields=["state", "decided_by", "decided_at"])
    return letters


@transaction.atomic
def reject_plan(*, plan: Plan, reason: str, by: Person, at: datetime) -> None:
    """Reject a proposed plan with a reason; InvalidValue without one, StaleState when decided."""
    require(by, "assignments.approve_plan", plan)
    reason = reason.strip()
    if not reason:
        raise InvalidValue(_("Say why the plan is rejected."), field="reason")
    taken = Plan.objects.filter(pk=plan.pk, state=Plan.State.PROPOSED).update(
        state=Plan.State.REJECTED, decided_by=by, decided_at=at, decision_note=reason
    )
    if not taken:
        raise StaleState(_("This plan has been decided already, or is not ready."))
    audit.record("plan.rejected", by=by, subject=plan, at=at, after={"reason": reason})
    plan.refresh_from_db(fields=["state", "decided_by", "decided_at", "decision_note"])


def _changes(lines: Sequence[PlanLine]) -> list[Change]:
    """Return what the plan asks for, the lines that stay as they are left out."""
    changes = []
    for line in lines:
        if line.lead_id != line.lead_today_id:
            changes.append(Change(line.area, ROLE.LEAD, line.lead))
        if line.deputy_id != line.deputy_today_id:
            changes.append(Change(line.area, ROLE.DEPUTY, line.deputy))
    return changes


def _prolonged(plan: Plan, lines: Sequence[PlanLine]) -> list[Change]:
    """Return whom the plan keeps although a last day is set and nobody comes after it: they go on.

    Also where somebody else comes on the first day of the plan: that is in its way. One query.
    """
    held: dict[tuple[int | None, str], list[Assignment]] = {}
    rows = Assignment.objects.filter(area__in=[line.area_id for line in lines])
    for row in rows.filter(role__in=(ROLE.LEAD, ROLE.DEPUTY)).order_by("start", "pk"):
        held.setdefault((row.area_id, row.role), []).append(row)
    found = []
    for line in lines:
        for role, person, today in (
            (ROLE.LEAD, line.lead, line.lead_today_id),
            (ROLE.DEPUTY, line.deputy, line.deputy_today_id),
        ):
            if person is None or person.pk != today:
                continue
            last = held[line.area_id, role][-1]
            goes_on = last.person_id == person.pk and last.until is not None
            in_the_way = last.person_id != person.pk and last.start <= plan.starts_on
            if goes_on or in_the_way:
                found.append(Change(line.area, role, person))
    return found


def _refuse_own(lines: Sequence[PlanLine], prolonged: Sequence[Change], by: Person) -> None:
    """Refuse whoever would approve a change of their own places."""
    going_on = {row.area.pk for row in prolonged if row.person is not None and row.person == by}
    for line in lines:
        moved = {line.lead_id, line.lead_today_id} if line.lead_id != line.lead_today_id else set()
        if line.deputy_id != line.deputy_today_id:
            moved |= {line.deputy_id, line.deputy_today_id}
        if by.pk in moved or line.area_id in going_on:
            raise RuleBroken(
                _(
                    "This plan changes what you are in charge of (%(place)s). "
                    "Somebody else approves it."
                )
                % {"place": line.area.name}
            )


def _exceptions(plan: Plan) -> dict[int, str]:
    """Return for each place the reason of the exception that was allowed there."""
    rows = plan.waivers.filter(area__isnull=False).order_by("pk")
    return {row.area_id: row.reason for row in rows if row.area_id is not None}
