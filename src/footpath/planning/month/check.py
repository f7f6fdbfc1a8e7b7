"""Is a month's calendar what its problem allows? Independent of everything that makes one.

Nothing here but the problem's own words: dates, names and the prices written in ``problem``. Days
before ``problem.today`` are as they were; of those only the pins are looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from footpath.planning.checking import Violation, register
from footpath.planning.month.plan import Entry, Finding, MonthPlan, StandIn
from footpath.planning.month.problem import (
    MISSING,
    NOT_HELD,
    STEPS_IN,
    Meeting,
    MonthProblem,
    Rule,
    Slot,
    habit_cost,
    minutes_between,
    minutes_free,
)

WISHES = Rule.PAST | Rule.WINDOW | Rule.CLOSED | Rule.KIND | Rule.WEEKDAY | Rule.PART


class Facts:
    """The problem by name."""

    def __init__(self, problem: MonthProblem) -> None:
        """Look everything up once."""
        self.problem = problem
        self.policy = problem.policy
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.slots = {slot.id: slot for slot in problem.slots}
        self.people = {person.id: person for person in problem.people}
        self.halls = {hall.id: hall for hall in problem.halls}
        self.pools = {pool.id: pool for pool in problem.pools}
        self.spots = {spot.id: spot for spot in problem.spots}
        self.pins: defaultdict[str, set[str]] = defaultdict(set)
        self.pins_away: defaultdict[str, set[str]] = defaultdict(set)
        for pin in problem.pins:
            (self.pins_away if pin.away else self.pins)[pin.meeting].add(pin.slot)

    def away(self, person: str, slot: Slot) -> bool:
        """Return whether somebody is away in a slot."""
        return any(first <= slot.day <= last for first, last in self.people[person].away)

    def attendees(self, meeting: Meeting) -> list[str]:
        """Return those who have to be there, without those who are excused."""
        excused = {w.excused for w in self.problem.waivers if w.meeting == meeting.id}
        return sorted({*meeting.attendees} - excused)

    def waived(self, meeting: Meeting, slot: Slot) -> Rule:
        """Return the rules that somebody waived for a meeting in a slot."""
        rules = Rule(0)
        for waiver in self.problem.waivers:
            if (waiver.meeting, waiver.slot) == (meeting.id, slot.id):
                rules |= waiver.rules
        return rules

    def broken(self, meeting: Meeting, slot: Slot) -> Rule:
        """Return the rules that bar a meeting from a slot, whatever the others do."""
        rules = Rule(0)
        for rule, applies in self._rules(meeting, slot):
            if applies:
                rules |= rule
        pinned = self.pins[meeting.id]
        if slot.id in pinned:
            rules &= ~WISHES
        if pinned - {slot.id} or slot.id in self.pins_away[meeting.id]:
            rules |= Rule.PIN
        return rules & ~self.waived(meeting, slot)

    def _rules(self, meeting: Meeting, slot: Slot) -> Iterator[tuple[Rule, bool]]:
        day, problem = slot.day, self.problem
        yield Rule.PAST, problem.today is not None and day < problem.today
        yield Rule.WINDOW, meeting.first is not None and day < meeting.first
        yield Rule.WINDOW, meeting.last is not None and day > meeting.last
        for blocked in problem.blocked:
            kind = not blocked.kinds or meeting.kind in blocked.kinds
            spot = not blocked.spots or meeting.spot in blocked.spots
            rule = Rule.KIND if blocked.kinds else Rule.CLOSED
            yield rule, blocked.day == day and kind and spot
        weekdays, parts = meeting.weekdays, meeting.parts
        yield Rule.WEEKDAY, weekdays is not None and day.weekday() not in weekdays
        yield Rule.PART, parts is not None and slot.part not in parts
        yield Rule.HALL, bool(meeting.hall) and day in self.halls[meeting.hall].closed
        for person in self.attendees(meeting):
            who = (person, *meeting.deputies.get(person, ()))
            yield Rule.AWAY, person in meeting.essential and all(self.away(p, slot) for p in who)
        if meeting.chairs:
            yield Rule.CHAIR, all(self.away(p, slot) for p in self.pools[meeting.chairs].people)


@register(MonthPlan)
def check_month(plan: MonthPlan, problem: MonthProblem) -> list[Violation]:
    """Return all that is wrong with a calendar, in the words of the problem.

    Rules: meeting, slot, each ``Rule`` by name, hall, person, travel, deputy, missing, chair,
    guests, cost, bound, status, finding.
    """
    facts = Facts(problem)
    found = [*_names(plan, facts)]
    if found:
        return found
    past = {
        entry.meeting
        for entry in plan.entries
        if entry.slot and problem.today and facts.slots[entry.slot].day < problem.today
    }
    now = [entry for entry in plan.entries if entry.meeting not in past]
    held = [entry for entry in now if entry.slot]
    for entry in held:
        found += _place(entry, facts)
    for entry in plan.entries:
        if entry.meeting in past and entry.slot not in facts.pins[entry.meeting]:
            found.append(Violation("past", "not_pinned", (entry.meeting, entry.slot)))
    found += _halls(held, facts)
    found += _people(held, facts)
    if not past:
        found += _figures(plan, facts)
    found += _findings(plan, now, facts)
    return found


def _names(plan: MonthPlan, facts: Facts) -> Iterator[Violation]:
    counts = Counter(entry.meeting for entry in plan.entries)
    for meeting in facts.meetings:
        if counts[meeting] != 1:
            yield Violation("meeting", "missing" if not counts[meeting] else "twice", (meeting,))
    for entry in plan.entries:
        if entry.meeting not in facts.meetings:
            yield Violation("meeting", "unknown", (entry.meeting,))
        if entry.slot and entry.slot not in facts.slots:
            yield Violation("slot", "unknown", (entry.meeting, entry.slot))
        people = {entry.chair, *entry.missing, *entry.guests_missing} - {""}
        for pair in entry.stand_ins:
            people |= {pair.attendee, pair.deputy}
        for person in sorted(people - {*facts.people}):
            yield Violation("person", "unknown", (person, entry.meeting))


def _place(entry: Entry, facts: Facts) -> Iterator[Violation]:
    """Look at one meeting by itself: its slot, its stand-ins, its chair."""
    meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
    for rule in facts.broken(meeting, slot):
        yield Violation(str(rule.name).lower(), "broken", (meeting.id, slot.id))
    away = [person for person in facts.attendees(meeting) if facts.away(person, slot)]
    stands_in = Counter(pair.attendee for pair in entry.stand_ins)
    may_miss = bool(facts.waived(meeting, slot) & Rule.AWAY)
    for person in away:
        if stands_in[person] + entry.missing.count(person) != 1:
            yield Violation("missing", "not_told", (person, meeting.id))
        if person in entry.missing and person in meeting.essential and not may_miss:
            yield Violation("away", "essential", (person, meeting.id))
    for person in sorted({*stands_in, *entry.missing} - {*away}):
        yield Violation("missing", "is_there", (person, meeting.id))
    for pair in entry.stand_ins:
        if pair.deputy not in meeting.deputies.get(pair.attendee, ()):
            yield Violation("deputy", "not_named", (pair.deputy, meeting.id))
        if facts.away(pair.deputy, slot):
            yield Violation("deputy", "away", (pair.deputy, meeting.id))
    yield from _chair(entry, meeting, slot, facts)


def _chair(entry: Entry, meeting: Meeting, slot: Slot, facts: Facts) -> Iterator[Violation]:
    leaders = facts.pools[meeting.chairs].people if meeting.chairs else ()
    if entry.chair:
        if entry.chair not in leaders:
            yield Violation("chair", "not_of_pool", (entry.chair, meeting.id))
        if facts.away(entry.chair, slot):
            yield Violation("chair", "away", (entry.chair, meeting.id))
    elif meeting.chairs and not facts.waived(meeting, slot) & Rule.CHAIR:
        yield Violation("chair", "nobody", (meeting.id,))


def _halls(held: Sequence[Entry], facts: Facts) -> Iterator[Violation]:
    inside: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in held:
        meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
        if meeting.hall and not facts.waived(meeting, slot) & Rule.HALL:
            inside[meeting.hall, slot.id].append(meeting.id)
    for (hall, slot_id), meetings in sorted(inside.items()):
        if len(meetings) > facts.halls[hall].capacity:
            yield Violation("hall", "too_many", (hall, slot_id, *meetings))


def _duties(held: Sequence[Entry], facts: Facts) -> dict[str, list[tuple[Slot, Meeting]]]:
    """Return for each person when and for what they are expected, chairs and deputies too."""
    duties: defaultdict[str, list[tuple[Slot, Meeting]]] = defaultdict(list)
    for entry in held:
        meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
        come = [p for p in facts.attendees(meeting) if not facts.away(p, slot)]
        come += [pair.deputy for pair in entry.stand_ins]
        if entry.chair and entry.chair not in facts.attendees(meeting):
            come.append(entry.chair)
        for person in come:
            duties[person].append((slot, meeting))
    return duties


def _people(held: Sequence[Entry], facts: Facts) -> Iterator[Violation]:
    """Look at everybody's month: two places at once, too many in a day, too far to travel."""
    for person, duties in sorted(_duties(held, facts).items()):
        days = Counter(slot.day for slot, _ in duties)
        for day, count in sorted(days.items()):
            if count > facts.policy.most_a_day:
                yield Violation("person", "too_often", (person, day.isoformat()))
        for (slot, meeting), (other_slot, other) in combinations(duties, 2):
            ids = (person, *sorted((meeting.id, other.id)))
            if slot.id == other_slot.id:
                yield Violation("person", "two_places", ids)
                continue
            free = minutes_free(slot, other_slot)
            spots = facts.spots[meeting.spot], facts.spots[other.spot]
            if free is not None and minutes_between(*spots, facts.policy) > free:
                yield Violation("travel", "too_far", ids)


def _figures(plan: MonthPlan, facts: Facts) -> Iterator[Violation]:
    """Look at what the plan says of itself: guests, cost, bound, status."""
    busy: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in plan.entries:
        if entry.slot:
            meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
            come = {p for p in facts.attendees(meeting) if not facts.away(p, slot)}
            for person in come | {pair.deputy for pair in entry.stand_ins}:
                busy[person, slot.id].add(meeting.id)
    cost = 0
    for entry in plan.entries:
        if not entry.slot:
            cost += NOT_HELD
            continue
        meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
        guests = {
            person
            for person in {*meeting.invited} - {*meeting.attendees}
            if facts.away(person, slot) or busy[person, slot.id] - {meeting.id}
        }
        if {*entry.guests_missing} != guests:
            yield Violation("guests", "wrong", (meeting.id,))
        cost += habit_cost(meeting.habit, slot, facts.policy.weights)
        cost += STEPS_IN * len(entry.stand_ins) + MISSING * len(entry.missing)
        cost += facts.policy.weights.gather * len(guests)
    if plan.cost != cost:
        yield Violation("cost", "wrong", (str(plan.cost), str(cost)))
    if plan.bound > plan.cost:
        yield Violation("bound", "above_cost", (str(plan.bound), str(plan.cost)))
    if (plan.status == "proven") != (plan.bound == plan.cost):
        yield Violation("status", "wrong", (plan.status,))


def _findings(plan: MonthPlan, now: Sequence[Entry], facts: Facts) -> Iterator[Violation]:
    """Look whether whatever could not be done is told."""
    told = {meeting for finding in plan.findings for meeting in finding.meetings}
    for entry in now:
        if (not entry.slot or entry.missing) and entry.meeting not in told:
            yield Violation("finding", "not_told", (entry.meeting,))
    for finding in plan.findings:
        for meeting in finding.meetings:
            if meeting not in facts.meetings:
                yield Violation("finding", "unknown", (meeting,))


# --- can these meetings be held together? ---------------------------------------------------------


def can_be_held(problem: MonthProblem, meetings: Collection[str]) -> bool:
    """Return whether these meetings could all be held, were there no others. Tries everything.

    Meant for the few meetings of a finding: the time it takes grows with every one of them.
    """
    facts = Facts(problem)
    left = [facts.meetings[name] for name in sorted(meetings)]
    slots = {
        meeting.id: [slot for slot in problem.slots if not facts.broken(meeting, slot)]
        for meeting in left
    }
    left.sort(key=lambda meeting: (len(slots[meeting.id]), meeting.id))
    return _hold(left, slots, [], facts)


def blocks(problem: MonthProblem, finding: Finding) -> bool:
    """Return whether a finding's meetings really cannot all be held, and any fewer could."""
    return not can_be_held(problem, finding.meetings) and all(
        can_be_held(problem, {*finding.meetings} - {meeting}) for meeting in finding.meetings
    )


def _hold(
    left: Sequence[Meeting], slots: dict[str, list[Slot]], held: list[Entry], facts: Facts
) -> bool:
    """Try every slot and every deputy for what is left, and then every chair for all of it."""
    if not left:
        return _chaired(held, [], facts)
    meeting, *others = left
    for slot in slots[meeting.id]:
        for entry in _ways(meeting, slot, facts):
            now = [*held, entry]
            broken = any(_halls(now, facts)) or any(_people(now, facts))
            if not broken and _hold(others, slots, now, facts):
                return True
    return False


def _chaired(left: Sequence[Entry], done: list[Entry], facts: Facts) -> bool:
    """Try every chair for each of the entries, beside those that have theirs."""
    if not left:
        return True
    entry, *others = left
    for chair in _chairs(facts.meetings[entry.meeting], facts.slots[entry.slot], facts):
        now = [*done, replace(entry, chair=chair)]
        if not any(_people([*now, *others], facts)) and _chaired(others, now, facts):
            return True
    return False


def _ways(meeting: Meeting, slot: Slot, facts: Facts) -> Iterator[Entry]:
    """Yield every way to hold a meeting in a slot: with each of the deputies who are needed."""
    ways = [Entry(meeting.id, slot.id)]
    may_miss = facts.waived(meeting, slot) & Rule.AWAY
    for person in facts.attendees(meeting):
        if facts.away(person, slot) and person in meeting.essential and not may_miss:
            ways = [
                replace(entry, stand_ins=(*entry.stand_ins, StandIn(person, deputy)))
                for entry in ways
                for deputy in meeting.deputies.get(person, ())
                if not facts.away(deputy, slot)
            ]
    yield from ways


def _chairs(meeting: Meeting, slot: Slot, facts: Facts) -> Iterable[str]:
    """Return who may chair a meeting; one of those who attend anyway, if there is one."""
    if not meeting.chairs or facts.waived(meeting, slot) & Rule.CHAIR:
        return ("",)
    free = [p for p in facts.pools[meeting.chairs].people if not facts.away(p, slot)]
    here = [p for p in free if p in facts.attendees(meeting)]
    return here[:1] or free
