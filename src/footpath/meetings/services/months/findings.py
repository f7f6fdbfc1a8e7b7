"""The findings of a plan as it keeps them: what finds no time, and the ways out. Source: S4.5."""

from __future__ import annotations

from typing import Any

from footpath.meetings.planning_month import Picture, key_of
from footpath.meetings.services.months.working import Made
from footpath.planning.month.plan import Entry, Finding


def beside_what_stands(
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


def finding_of(finding: Finding, picture: Picture, shown: set[str]) -> dict[str, Any] | None:
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
