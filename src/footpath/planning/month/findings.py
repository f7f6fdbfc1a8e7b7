"""What stands in the way of meetings that find no slot, and what a person might allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from footpath.planning.month.entries import Calendar
from footpath.planning.month.grid import Grid
from footpath.planning.month.plan import Barred, Entry, Finding, Funnel, Offer, Step
from footpath.planning.month.problem import MonthProblem, Rule, Waiver
from footpath.planning.month.room import Room, claims, violator
from footpath.planning.month.why import first_rule

# What an exception costs a person to allow, in the order in which they are offered.
PRICES = {
    Rule.PART: 10,
    Rule.WEEKDAY: 15,
    Rule.WINDOW: 20,
    Rule.HALL: 25,
    Rule.KIND: 40,
    Rule.CHAIR: 50,
    Rule.CLOSED: 60,
}
UNPIN = 30
EXCUSE = 100
MOST_OFFERS = 3
MOST_TRIED = 16
WIDEST = 40  # meetings looked at together at most


def findings(
    grid: Grid, calendar: Calendar, entries: Sequence[Entry], backend: str
) -> tuple[Finding, ...]:
    """Return all that a person must know: first what is not held, then who is missing."""
    found = [
        _not_held(grid, calendar, m, backend) for m, entry in enumerate(entries) if not entry.slot
    ]
    found += [_against_rules(grid, m, entries[m]) for m in sorted(grid.overruled)]
    found += [
        Finding("missing", (entry.meeting,), slots=(entry.slot,), people=entry.missing)
        for entry in entries
        if entry.missing
    ]
    return tuple(found)


def _against_rules(grid: Grid, m: int, entry: Entry) -> Finding:
    """Return what a pin goes against that was respected."""
    slots = (entry.slot,) if entry.slot else ()
    return Finding(
        "pin", (entry.meeting,), slots=slots, funnels=(funnel(grid, m),), rules=grid.overruled[m]
    )


def _not_held(grid: Grid, calendar: Calendar, m: int, backend: str) -> Finding:
    """Return why a meeting is not held: a smallest set of meetings that cannot all be.

    Looked for among this one and those that are held. These fit together, so it is in the set.
    """
    for names in _suspects(grid, calendar, m):
        room = Room(grid.problem, names, backend)
        if room.fits(room.everything) is False:
            smallest = room.smallest(room.everything)
            if smallest is not None:
                to_blame = sorted(room.grid.meetings[number].id for number in smallest)
                return _explained(grid, [grid.meeting_of[name] for name in to_blame], backend)
    return Finding("unknown", (grid.meetings[m].id,), funnels=(funnel(grid, m),))


def _suspects(grid: Grid, calendar: Calendar, m: int) -> Iterator[list[str]]:
    """Yield sets of meetings that might not fit together, the smallest first."""
    yield [grid.meetings[m].id]
    held = [number for number, slot in enumerate(calendar.slot) if slot >= 0 or number == m]
    shared = [violator(claim) for claim in claims(grid, held, of=m)]
    for found in sorted(filter(None, shared), key=lambda found: (len(found), found)):
        yield [grid.meetings[number].id for number in found]
    near = _neighbours(grid, [m], held)
    if len(near) <= WIDEST:
        yield [grid.meetings[number].id for number in near]
    in_the_way = [m]
    for _ in range(3):
        in_the_way = _in_the_way(grid, calendar, in_the_way, held)
        if len(in_the_way) <= WIDEST:
            yield [grid.meetings[number].id for number in in_the_way]


def _neighbours(grid: Grid, meetings: Sequence[int], held: Sequence[int]) -> list[int]:
    """Return the meetings and those held that share a person, a hall or a pool with one of them."""
    people = {person for m in meetings for person in grid.attendees[m]}
    people |= {p for m in meetings if grid.pool[m] >= 0 for p in grid.leaders[grid.pool[m]]}
    halls = {grid.hall[m] for m in meetings} - {-1}
    pools = {grid.pool[m] for m in meetings} - {-1}
    pools |= {number for number, leaders in enumerate(grid.leaders) if people & {*leaders}}
    return [
        m
        for m in held
        if m in meetings
        or people & {*grid.attendees[m]}
        or grid.hall[m] in halls
        or grid.pool[m] in pools
    ]


def _in_the_way(
    grid: Grid, calendar: Calendar, meetings: Sequence[int], held: Sequence[int]
) -> list[int]:
    """Return the meetings and those of their neighbours that hold a slot on a day left to them."""
    free = (grid.rules[[*meetings]] == 0).any(axis=0)
    days = {int(day) for day in grid.day[np.flatnonzero(free)]}
    return [
        m
        for m in _neighbours(grid, meetings, held)
        if m in meetings or (calendar.slot[m] >= 0 and int(grid.day[calendar.slot[m]]) in days)
    ]


def _explained(grid: Grid, meetings: Sequence[int], backend: str) -> Finding:
    """Return the finding on a smallest set of meetings."""
    names = tuple(grid.meetings[m].id for m in meetings)
    funnels = tuple(funnel(grid, m) for m in meetings)
    people = Counter(person for m in meetings for person in grid.attendees[m])
    halls = Counter(grid.meetings[m].hall for m in meetings)
    pools = Counter(grid.meetings[m].chairs for m in meetings)
    least = min(2, len(meetings))
    alone = len(meetings) == 1
    away = {b.what for f in funnels for b in f.barred if b.rule is Rule.AWAY} if alone else set()
    common = sorted(grid.people[p].id for p, count in people.items() if count >= 2)
    finding = Finding(
        kind="nowhere" if alone else "crowded",
        meetings=names,
        slots=tuple(
            grid.slots[s].id for s in range(grid.shape[1]) if not grid.rules[[*meetings], s].all()
        ),
        people=tuple(sorted(away)) if alone else tuple(common),
        halls=_shared(halls, least) if not alone else (),
        pools=_shared(pools, least) if not alone else (),
        funnels=funnels,
    )
    if any(m in grid.pinned or m in grid.pinned_away for m in meetings):
        rules = Rule(0)
        for m in meetings:
            rules |= grid.overruled.get(m, Rule(0))
        finding = replace(finding, kind="pin", rules=rules | Rule.PIN)
    return replace(finding, offers=tuple(_offers(grid, meetings, finding, backend)))


def _shared(counts: Counter[str], least: int) -> tuple[str, ...]:
    return tuple(sorted(name for name, count in counts.items() if name and count >= least))


def funnel(grid: Grid, m: int) -> Funnel:
    """Return which rule takes which slot from a meeting, the first rule that does."""
    barred = []
    for s in np.flatnonzero(grid.rules[m]).tolist():
        rule, what = first_rule(grid, m, s)
        barred.append(Barred(grid.slots[s].id, rule, what))
    counts = Counter(one.rule for one in barred)
    return Funnel(
        meeting=grid.meetings[m].id,
        slots=grid.shape[1],
        steps=tuple(Step(rule, counts[rule]) for rule in Rule if counts[rule]),
        barred=tuple(barred),
        left=tuple(grid.slots[s].id for s in np.flatnonzero(grid.rules[m] == 0).tolist()),
    )


# --- ways out -------------------------------------------------------------------------------------


def _offers(grid: Grid, meetings: Sequence[int], finding: Finding, backend: str) -> list[Offer]:
    """Return the cheapest exceptions, each of which lets all the meetings be held together."""
    candidates = sorted(
        {*_exceptions(grid, meetings, finding)},
        key=lambda o: (o.price, o.meeting, grid.slot_of.get(o.slot, -1), o.person),
    )
    names = [grid.meetings[m].id for m in meetings]
    found: list[Offer] = []
    seen: set[tuple[str, ...]] = set()
    for offer in candidates[:MOST_TRIED]:
        where = offer.slot if offer.kind == "unpin" else str(int(offer.rules))
        sort = (offer.kind, offer.meeting, offer.person, where)
        if sort in seen or len(found) >= MOST_OFFERS:
            continue
        room = Room(allowed(grid.problem, offer), names, backend)
        if room.fits(room.everything):
            found.append(offer)
            seen.add(sort)
    return found


def allowed(problem: MonthProblem, offer: Offer) -> MonthProblem:
    """Return the problem once a person has allowed what was offered."""
    if offer.kind == "unpin":
        pins = tuple(p for p in problem.pins if (p.meeting, p.slot) != (offer.meeting, offer.slot))
        return replace(problem, pins=pins)
    waiver = Waiver(offer.meeting, excused=offer.person, slot=offer.slot, rules=offer.rules)
    return replace(problem, waivers=(*problem.waivers, waiver))


def _exceptions(grid: Grid, meetings: Sequence[int], finding: Finding) -> Iterator[Offer]:
    """Yield what might be allowed: a slot, an excuse, a pin lifted."""
    count = len(meetings)
    liftable = Rule(0)
    for rule in PRICES:
        liftable |= rule
    for m in meetings:
        name = grid.meetings[m].id
        for pin in grid.problem.pins:
            if pin.meeting == name:
                yield Offer("unpin", name, "", pin.slot, Rule.PIN, count, UNPIN)
        for person in finding.people:
            if grid.person_of[person] in grid.attendees[m]:
                yield Offer("excuse", name, person, "", Rule(0), count, EXCUSE)
        for s in range(grid.shape[1]):
            broken = Rule(int(grid.rules[m, s]))
            if broken and not broken & ~liftable:
                price = sum(PRICES[rule] for rule in broken)
                yield Offer("slot", name, "", grid.slots[s].id, broken, count, price)
            elif not broken and finding.halls:
                slot = grid.slots[s].id
                yield Offer("slot", name, "", slot, Rule.HALL, count, PRICES[Rule.HALL])
