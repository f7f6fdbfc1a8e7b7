"""Making the plan of a month: the engine's work, watched, checked and kept. Source: S2.2, S4.5."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.assignments.services.telling import Teller
from footpath.meetings import planning_month as planning
from footpath.meetings.models import MonthLine, MonthPlan
from footpath.meetings.planning_month import Picture
from footpath.meetings.services.months.findings import beside_what_stands, finding_of
from footpath.meetings.services.months.lines import as_last_month, line_of, lines_aside
from footpath.meetings.services.months.starting import STATE, fail_month
from footpath.meetings.services.months.working import Made, repaired, scheduled
from footpath.planning import files
from footpath.planning.checking import check

log = logging.getLogger(__name__)


def make_month(*, plan: MonthPlan, at: datetime) -> None:
    """Make a waiting plan: it ends proposed, or failed with a sentence. Never raises for a plan
    that cannot be made.

    Meant for the background: it works outside a transaction and tells how far it is after each
    step. A plan that somebody else has taken, stopped or decided meanwhile is left alone.
    """
    taken = MonthPlan.objects.filter(pk=plan.pk, state=STATE.WAITING).update(
        state=STATE.RUNNING, heard_at=at, progress=[]
    )
    if not taken:
        return
    plan.refresh_from_db()
    teller = Teller(MonthPlan.objects.filter(pk=plan.pk, state=STATE.RUNNING), at)
    try:
        picture = planning.picture_of(plan, at=at)
        made = repaired(plan, picture, teller) if plan.events else scheduled(picture, teller)
        wrong = check(made.calendar, made.problem)
    except Exception:
        log.exception("the month of plan %s could not be made", plan.pk)
        fail_month(plan=plan, sentence=_("The plan could not be made. Plan again."), at=at)
        return
    if wrong:
        log.error("the month of plan %s breaks its own rules: %s", plan.pk, wrong[:20])
        fail_month(
            plan=plan,
            sentence=_(
                "The plan did not pass the check that every plan must pass, so it was not kept."
            ),
            at=at,
        )
        return
    _propose(plan, picture, made, teller)


@transaction.atomic
def _propose(plan: MonthPlan, picture: Picture, made: Made, teller: Teller) -> None:
    teller(made.cost, made.bound, teller.elapsed)
    at = teller.now()
    pins = {pin.meeting_id: pin for pin in plan.pins.filter(off=False, away=False)}
    entries = {entry.meeting: entry for entry in made.calendar.entries}
    refused = beside_what_stands(picture, made, entries)
    shown = _shown(picture, made)
    lines = [
        line_of(plan, picture, entries[name], name in refused, pins, made)
        for name in picture.rows.movers
        if name in shown
    ]
    findings = [
        found
        for finding in made.calendar.findings
        if (found := finding_of(finding, picture, shown))
    ]
    findings += [
        {"kind": "stands", "meetings": [int(name)], "fixed": sorted(fixed), "people": sorted(who)}
        for name, (fixed, who) in sorted(refused.items())
    ]
    if made.changes is not None:
        lines += lines_aside(plan, picture)
    changed = MonthPlan.objects.filter(pk=plan.pk, state=STATE.RUNNING).update(
        state=STATE.PROPOSED,
        finished_at=at,
        heard_at=at,
        progress=teller.shown(),
        problem=planning.packed(made.problem),
        digest=made.calendar.digest,
        status=made.status,
        cost=made.cost,
        bound=made.bound,
        findings=findings,
        figures=_figures(picture, lines),
    )
    if not changed:
        return
    MonthLine.objects.bulk_create(lines)
    plan.refresh_from_db()
    audit.record(
        "month.proposed",
        by=plan.started_by,
        subject=plan,
        at=at,
        after={
            "digest": plan.digest,
            "problem": files.digest(made.problem),
            "status": plan.status,
        },
    )


def _shown(picture: Picture, made: Made) -> set[str]:
    """Return which meetings get a line: all of them; of a repair those that change."""
    if made.changes is None:
        return set(picture.rows.movers)
    return {change.meeting for change in made.changes} & set(picture.rows.movers)


def _figures(picture: Picture, lines: Sequence[MonthLine]) -> dict[str, Any]:
    """Return what the tiles of the page show."""
    changes = Counter(str(line.change) for line in lines)
    same = sum(as_last_month(line) for line in lines)
    missing = sum(pair["by"] is None for line in lines for pair in line.stand_ins)
    return {
        "meetings": len(lines),
        "kept": changes["kept"],
        "moved": changes["moved"],
        "stood_in": changes["stood_in"],
        "not_held": changes["not_held"],
        "aside": len(picture.rows.stand),
        "last_month": sum(line.last_month_at is not None for line in lines),
        "as_last_month": same,
        "stand_ins": sum(pair["by"] is not None for line in lines for pair in line.stand_ins),
        "missing": missing,
        "people": len({one.person for rows in picture.rows.people.values() for one in rows}),
    }
