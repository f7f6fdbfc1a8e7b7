"""Making the plan of a month: the engine's work, watched, checked and kept. Source: S2.2, S4.5."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath import planning as engine
from footpath.accounts import audit
from footpath.core import clock
from footpath.meetings import planning_month as planning
from footpath.meetings.models import Meeting, MonthLine, MonthPin, MonthPlan
from footpath.meetings.planning_month import Picture, key_of
from footpath.meetings.services.months.starting import STATE, fail_month
from footpath.planning import files
from footpath.planning.checking import check
from footpath.planning.month.events import Absent
from footpath.planning.month.plan import Change, Entry, Finding, Reason
from footpath.planning.month.plan import MonthPlan as Calendar
from footpath.planning.month.problem import MonthProblem, Rule

log = logging.getLogger(__name__)

WORK, SECONDS = 20_000, 120.0
"""The limits of one plan: by work, so that it can be repeated, and by time as an outer stop."""
TELL_EVERY_S = 0.4
MOST_POINTS = 120
NOTHING_KNOWN = 1e300


@dataclass(frozen=True)
class Made:
    """What the engine found: the calendar, how good it is, and for a repair all that changes."""

    problem: MonthProblem
    calendar: Calendar
    status: str
    cost: int
    bound: int
    changes: tuple[Change, ...] | None = None


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
    teller = _Teller(plan, at)
    try:
        picture = planning.picture_of(plan, at=at)
        made = _repaired(plan, picture, teller) if plan.events else _scheduled(picture, teller)
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


def _scheduled(picture: Picture, teller: _Teller) -> Made:
    found = engine.schedule(
        picture.problem,
        budget=engine.Budget(work=WORK, seconds=SECONDS),
        on_progress=teller,
    )
    return Made(picture.problem, found, found.status, found.cost, found.bound)


def _repaired(plan: MonthPlan, picture: Picture, teller: _Teller) -> Made:
    events = [
        Absent(
            str(event["absent"]),
            date.fromisoformat(event["first"]),
            date.fromisoformat(event["last"]),
        )
        for event in plan.events
    ]
    found = engine.repair(
        picture.problem,
        picture.standing(events_of(plan)),
        events,
        budget=engine.Budget(work=WORK, seconds=SECONDS),
        on_progress=teller,
    )
    return Made(found.problem, found.plan, found.status, found.cost, found.bound, found.changes)


def events_of(plan: MonthPlan) -> set[int]:
    """Return the keys of those whose absence a repair is about."""
    return {int(event["absent"]) for event in plan.events}


class _Teller:
    """Keeps what the engine says on the way, and tells it to stop when somebody asks."""

    def __init__(self, plan: MonthPlan, at: datetime) -> None:
        self.plan, self.at = plan, at
        self.points: list[list[float | None]] = []
        self.told: float | None = None
        self.stopped = False
        self.elapsed = 0.0

    def __call__(self, cost: float, bound: float, elapsed: float) -> bool:
        """Keep a step; return whether to go on."""
        self.elapsed = elapsed
        values = (value if abs(value) < NOTHING_KNOWN else None for value in (cost, bound))
        point = [round(elapsed, 3), *values]
        if not self.points or self.points[-1][1:] != point[1:]:
            self.points.append(point)
        if self.told is not None and elapsed - self.told < TELL_EVERY_S:
            return not self.stopped
        self.told = elapsed
        rows = MonthPlan.objects.filter(pk=self.plan.pk, state=STATE.RUNNING)
        rows.update(progress=self.shown(), heard_at=self.now())
        self.stopped = rows.values_list("stop", flat=True).first() in (True, None)
        return not self.stopped

    def now(self) -> datetime:
        """Return the moment of the last step."""
        return self.at + timedelta(seconds=self.elapsed)

    def shown(self) -> list[list[float | None]]:
        """Return at most so many steps, the first and the last among them."""
        thin = -(-len(self.points) // MOST_POINTS)
        kept = self.points[::thin] if thin > 1 else list(self.points)
        if self.points and kept[-1] != self.points[-1]:
            kept.append(self.points[-1])
        return kept


# --- keeping --------------------------------------------------------------------------------------


@transaction.atomic
def _propose(plan: MonthPlan, picture: Picture, made: Made, teller: _Teller) -> None:
    teller(made.cost, made.bound, teller.elapsed)
    at = teller.now()
    pins = {pin.meeting_id: pin for pin in plan.pins.filter(off=False, away=False)}
    entries = {entry.meeting: entry for entry in made.calendar.entries}
    refused = _beside_what_stands(picture, made, entries)
    shown = _shown(picture, made)
    lines = [
        _line(plan, picture, entries[name], name in refused, pins, made)
        for name in picture.rows.movers
        if name in shown
    ]
    findings = [
        found for finding in made.calendar.findings if (found := _finding(finding, picture, shown))
    ]
    findings += [
        {"kind": "stands", "meetings": [int(name)], "fixed": sorted(fixed), "people": sorted(who)}
        for name, (fixed, who) in sorted(refused.items())
    ]
    if made.changes is not None:
        lines += _aside(plan, picture)
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


def _beside_what_stands(
    picture: Picture, made: Made, entries: dict[str, Entry]
) -> dict[str, tuple[set[int], set[int]]]:
    """Return meetings that would stand in the way of what stands fast, with whom they concern.

    What stands fast gives way to a pin in the engine; here it does not.
    """
    meetings = {one.id: one for one in made.problem.meetings}
    pinned = {pin.meeting: pin.slot for pin in made.problem.pins}
    found: dict[str, tuple[set[int], set[int]]] = {}
    for name, row in picture.fixed.items():
        if entries[name].slot:
            continue
        fast = meetings[name]
        for other in picture.rows.movers:
            entry = entries[other]
            if entry.slot != pinned[name]:
                continue
            comers = {*meetings[other].attendees, *(p.deputy for p in entry.stand_ins)}
            common = {key_of(one) for one in {*fast.attendees} & comers}
            if common or (fast.hall and fast.hall == meetings[other].hall):
                fixed, who = found.setdefault(other, (set(), set()))
                fixed.add(row.pk)
                who |= common
    return found


def _line(  # noqa: PLR0917 - all that one line is made from
    plan: MonthPlan,
    picture: Picture,
    entry: Entry,
    refused: bool,
    pins: dict[int, MonthPin],
    made: Made,
) -> MonthLine:
    meeting = picture.rows.movers[entry.meeting]
    starts_at, ends_at = _times(meeting, entry, pins) if not refused else (None, None)
    stand_ins = [
        {"for": key_of(pair.attendee), "by": key_of(pair.deputy)} for pair in entry.stand_ins
    ] + [{"for": key_of(who), "by": None} for who in entry.missing]
    if made.changes is not None:
        concerned = {
            key_of(change.person)
            for change in made.changes
            if change.meeting == entry.meeting and change.person
        }
        stand_ins = [pair for pair in stand_ins if pair["for"] in concerned]
    change = MonthLine.Change.KEPT
    if starts_at is None:
        change = MonthLine.Change.NOT_HELD
    elif starts_at != meeting.starts_at:
        change = MonthLine.Change.MOVED
    elif stand_ins:
        change = MonthLine.Change.STOOD_IN
    before = picture.rows.last_month.get(meeting.pk)
    return MonthLine(
        plan=plan,
        meeting=meeting,
        starts_before=meeting.starts_at,
        ends_before=meeting.ends_at,
        sequence_before=meeting.sequence,
        starts_at=starts_at,
        ends_at=ends_at,
        hall_id=None if _outside_hall(plan, meeting, entry.slot) else meeting.hall_id,
        last_month_at=before.starts_at if before is not None else None,
        change=change,
        why=[] if refused else [_why(reason) for reason in entry.why],
        stand_ins=stand_ins if starts_at is not None else [],
    )


def _times(
    meeting: Meeting, entry: Entry, pins: dict[int, MonthPin]
) -> tuple[datetime | None, datetime | None]:
    """Return when a line is held; a pin's own time where one put it there."""
    if not entry.slot:
        return None, None
    pin = pins.get(meeting.pk)
    if pin is not None and planning.slot_at(pin) == entry.slot:
        return pin.starts_at, pin.starts_at + (meeting.ends_at - meeting.starts_at)
    return planning.times_in(meeting, entry.slot) or (None, None)


def _outside_hall(plan: MonthPlan, meeting: Meeting, slot: str) -> bool:
    """Return whether somebody allowed that the meeting is held elsewhere than in its hall."""
    return any(
        row.meeting == meeting.pk and row.slot == slot and Rule(row.rules) & Rule.HALL
        for row in planning.Terms.from_json(plan.policy).waivers
    )


def _aside(plan: MonthPlan, picture: Picture) -> list[MonthLine]:
    """Return lines for meetings that stand fast and lose somebody by a repair's absence.

    Their time stays; the first deputy who is free then stands in.
    """
    found = []
    for meeting in picture.rows.stand:
        if meeting.opened_at is not None:
            continue
        day = clock.day_of(meeting.starts_at)
        gone = {
            int(event["absent"])
            for event in plan.events
            if event["first"] <= day.isoformat() <= event["last"]
        } & {one.person for one in picture.rows.people.get(meeting.pk, ())}
        if gone:
            found.append(
                MonthLine(
                    plan=plan,
                    meeting=meeting,
                    starts_before=meeting.starts_at,
                    ends_before=meeting.ends_at,
                    sequence_before=meeting.sequence,
                    starts_at=meeting.starts_at,
                    ends_at=meeting.ends_at,
                    hall_id=meeting.hall_id,
                    change=MonthLine.Change.STOOD_IN,
                    stand_ins=[
                        {"for": who, "by": _free_deputy(picture, who, meeting)}
                        for who in sorted(gone)
                    ],
                )
            )
    return found


def _free_deputy(picture: Picture, who: int, meeting: Meeting) -> int | None:
    day = clock.day_of(meeting.starts_at)
    for deputy in picture.rows.deputies.get((who, meeting.pk), ()):
        busy = any(
            starts < meeting.ends_at and ends > meeting.starts_at and pk != meeting.pk
            for starts, ends, pk in picture.busy.get(deputy, ())
        )
        if not busy and not picture.rows.is_away(deputy, day):
            return deputy
    return None


def _why(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, **dict(reason.values)}


def _finding(finding: Finding, picture: Picture, shown: set[str]) -> dict[str, Any] | None:
    """Return a finding as plain values; None for what only concerns what stands fast."""
    movers = [name for name in finding.meetings if name in shown]
    if not movers:
        return None
    fixed = sorted({picture.fixed[n].pk for n in finding.meetings if n in picture.fixed})
    return {
        "kind": finding.kind,
        "meetings": [int(name) for name in movers],
        "fixed": fixed,
        "slots": list(finding.slots),
        "people": [key_of(name) for name in finding.people],
        "halls": [int(name) for name in finding.halls],
        "rules": int(finding.rules),
        "funnels": [
            {
                "meeting": int(funnel.meeting),
                "slots": funnel.slots,
                "steps": [[int(step.rule), step.slots] for step in funnel.steps],
                "left": list(funnel.left),
            }
            for funnel in finding.funnels
            if funnel.meeting in picture.rows.movers
        ],
        "offers": [
            {
                "kind": offer.kind,
                "meeting": int(offer.meeting),
                "person": key_of(offer.person) if offer.person else None,
                "slot": offer.slot,
                "rules": int(offer.rules),
            }
            for offer in finding.offers
            if offer.meeting in picture.rows.movers
        ],
    }


def _figures(picture: Picture, lines: Sequence[MonthLine]) -> dict[str, Any]:
    """Return what the tiles of the page show."""
    changes = Counter(str(line.change) for line in lines)
    same = sum(_as_last_month(line) for line in lines)
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


def _as_last_month(line: MonthLine) -> bool:
    return any(reason["code"] == "as_before" for reason in line.why) and (
        line.last_month_at is not None
    )
