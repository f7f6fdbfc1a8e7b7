"""Small months, and the cheapest calendar of one by trying everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from itertools import product
from random import Random

from footpath.planning.month.check import Facts, _halls, _people
from footpath.planning.month.plan import Entry, MonthPlan, StandIn
from footpath.planning.month.problem import (
    Attendee,
    Blocked,
    Habit,
    Hall,
    Meeting,
    MonthPolicy,
    MonthProblem,
    Pin,
    Pool,
    Rule,
    Slot,
    Spot,
    Waiver,
    Weights,
    habit_cost,
)

PARTS = {
    "morning": (time(8), time(11)),
    "noon": (time(11, 30), time(13)),
    "evening": (time(18), time(20)),
}
FIRST = date(2026, 12, 7)  # a Monday

Price = Callable[[Entry, Meeting, Slot], int]


def slots(days: int = 3, parts: Sequence[str] = tuple(PARTS)) -> tuple[Slot, ...]:
    """Return the parts of some days from Monday the 7th: "07-morning" and so on."""
    return tuple(
        Slot(f"{FIRST.day + day:02}-{part}", FIRST.replace(day=FIRST.day + day), part, *PARTS[part])
        for day in range(days)
        for part in parts
    )


def meeting(name: str, *attendees: str, **fields: object) -> Meeting:
    """Return a meeting of these people at the spot "near"."""
    return Meeting(
        name, str(fields.pop("kind", "cell")), str(fields.pop("spot", "near")), attendees, **fields
    )  # type: ignore[arg-type]


def month(*meetings: Meeting, **fields: object) -> MonthProblem:
    """Return a month of three days with these meetings, and with everybody they name."""
    pools = fields.get("pools", ())
    names = {p for m in meetings for p in (*m.attendees, *m.invited, *m.essential)}
    names |= {d for m in meetings for deputies in m.deputies.values() for d in deputies}
    names |= {p for pool in pools for p in pool.people}  # type: ignore[attr-defined]
    known = {"slots": slots(), "spots": (Spot("near", (13.0, 108.0)), Spot("far", (13.6, 108.0)))}
    known["people"] = tuple(Attendee(name, "near") for name in sorted(names))
    return MonthProblem(meetings=meetings, **(known | fields))  # type: ignore[arg-type]


def drawn(seed: int, most: int = 4) -> MonthProblem:
    """Return a month of at most so many meetings, with a little of everything."""
    random = Random(f"small month {seed}")
    people = [f"p{n}" for n in range(random.randint(3, 5))]
    when = slots(random.randint(1, 3), random.sample(list(PARTS), random.randint(1, 3)))
    leaders = [f"l{n}" for n in range(random.randint(1, 3))]
    pools = (Pool("a", tuple(leaders)), Pool("b", tuple(leaders[:1] + people[:1])))
    meetings = tuple(_drawn(random, n, people, when) for n in range(random.randint(2, most)))
    blocked = [
        Blocked(
            random.choice(when).day,
            "closed",
            kinds=frozenset(random.choice(((), ("cell",), ("review",)))),
            spots=frozenset(random.choice(((), (), ("far",)))),
        )
        for _ in range(random.choice((0, 0, 1, 2)))
    ]
    pins = [
        Pin(random.choice(meetings).id, random.choice(when).id, away=random.random() < 0.5)
        for _ in range(random.choice((0, 0, 0, 1, 2)))
    ]
    waivers = [_waiver(random, meetings, when) for _ in range(random.choice((0, 0, 0, 1)))]
    return MonthProblem(
        meetings=meetings,
        slots=when,
        people=tuple(_person(random, name, when) for name in (*people, *leaders)),
        spots=(Spot("near", (13.0, 108.0)), Spot("far", (13.3, 108.0)), Spot("nowhere")),
        halls=(Hall("hall", random.randint(1, 2), tuple({random.choice(when).day})),),
        pools=pools,
        blocked=tuple(blocked),
        policy=MonthPolicy(
            Weights(random.randint(0, 3), random.randint(0, 3)), most_a_day=random.randint(1, 2)
        ),
        pins=tuple(pins),
        waivers=tuple(waivers),
    )


def _drawn(random: Random, number: int, people: list[str], when: Sequence[Slot]) -> Meeting:
    attendees = random.sample(people, random.randint(1, 3))
    others = [person for person in people if person not in attendees]
    absent = random.choice(attendees)
    deputies = random.sample(people, random.randint(0, 2))
    return Meeting(
        f"m{number}",
        random.choice(("cell", "review")),
        random.choice(("near", "near", "far", "nowhere")),
        tuple(attendees),
        hall=random.choice(("", "hall")),
        chairs=random.choice(("", "", "a", "b")),
        deputies={absent: tuple(deputies)} if deputies else {},
        essential=frozenset({absent} if random.random() < 0.3 else ()),
        invited=tuple(others) if random.random() < 0.3 else (),
        parts=frozenset(random.sample(list(PARTS), 2)) if random.random() < 0.2 else None,
        weekdays=frozenset({0, 1}) if random.random() < 0.2 else None,
        first=random.choice(when).day if random.random() < 0.2 else None,
        last=random.choice(when).day if random.random() < 0.2 else None,
        habit=Habit(date(2026, 11, random.randint(1, 28)), random.choice(list(PARTS)))
        if random.random() < 0.8
        else None,
    )


def _person(random: Random, name: str, when: Sequence[Slot]) -> Attendee:
    if random.random() < 0.6:
        return Attendee(name, random.choice(("near", "")))
    first, last = sorted(random.choice(when).day for _ in range(2))
    return Attendee(name, "far", ((first, last),))


def _waiver(random: Random, meetings: Sequence[Meeting], when: Sequence[Slot]) -> Waiver:
    meeting = random.choice(meetings)
    if random.random() < 0.5:
        return Waiver(meeting.id, excused=random.choice(meeting.attendees))
    rules = random.choice((Rule.HALL, Rule.CHAIR, Rule.AWAY, Rule.CLOSED | Rule.PART))
    return Waiver(meeting.id, slot=random.choice(when).id, rules=rules)


# --- trying everything ----------------------------------------------------------------------------


def least_cost(problem: MonthProblem, before: MonthPlan | None = None) -> int:
    """Return what the cheapest calendar pays, or the cheapest repair of ``before``."""
    facts = Facts(problem)
    old = {entry.meeting: entry for entry in before.entries} if before else None
    ways = [
        sorted(_ways(meeting, facts, old), key=lambda way: (way[0], repr(way[1])))
        for meeting in problem.meetings
    ]
    least = [sum(way[0][0] for way in ways)]
    floor = sum(least)
    best = [10_000 * len(ways)]

    def go(number: int, paid: int, held: list[Entry]) -> None:
        if paid >= best[0]:
            return
        if number == len(ways):
            total = paid + guests_price(problem, held, old)
            best[0] = min(best[0], total)
            return
        for price, entry in ways[number]:
            now = [*held, entry] if entry.slot else held
            if entry.slot and (any(_halls(now, facts)) or any(_people(now, facts))):
                continue
            go(number + 1, paid + price, now)

    go(0, 0, [])
    assert best[0] >= floor or best[0] >= 0
    return best[0]


def _ways(
    meeting: Meeting, facts: Facts, old: dict[str, Entry] | None
) -> Iterator[tuple[int, Entry]]:
    """Yield every way to hold a meeting or not, with what it pays but for guests."""
    was = old[meeting.id] if old else None
    yield 10_000, Entry(meeting.id, "")
    for slot in facts.slots.values():
        if facts.broken(meeting, slot):
            continue
        stays = was is not None and was.slot == slot.id
        price = 0 if stays else habit_cost(meeting.habit, slot, facts.policy.weights)
        price += 60 if was and not stays else 0
        away = [p for p in facts.attendees(meeting) if facts.away(p, slot)]
        known = {pair.attendee: pair.deputy for pair in was.stand_ins} if was and stays else {}
        choices = []
        for person in away:
            must = person in meeting.essential and not facts.waived(meeting, slot) & Rule.AWAY
            missed = was is not None and stays and person in was.missing
            deputies = [d for d in meeting.deputies.get(person, ()) if not facts.away(d, slot)]
            choices.append(
                [(0 if known.get(person) == d else 8, d) for d in deputies]
                + ([] if must else [(0 if missed else 100, "")])
            )
        for chosen in product(*choices):
            entry = Entry(
                meeting.id,
                slot.id,
                stand_ins=tuple(StandIn(p, d) for p, (_, d) in zip(away, chosen, strict=True) if d),
                missing=tuple(p for p, (_, d) in zip(away, chosen, strict=True) if not d),
            )
            paid = price + sum(cost for cost, _ in chosen)
            for more, chair in _chairs(meeting, slot, facts, was):
                yield paid + more, replace(entry, chair=chair)


def _chairs(
    meeting: Meeting, slot: Slot, facts: Facts, was: Entry | None
) -> Iterator[tuple[int, str]]:
    free = [
        p
        for p in (facts.pools[meeting.chairs].people if meeting.chairs else ())
        if not facts.away(p, slot)
    ]
    here = [p for p in free if p in facts.attendees(meeting)]
    if here or not meeting.chairs or facts.waived(meeting, slot) & Rule.CHAIR:
        yield 0, (here or [""])[0]
        return
    for person in free:
        yield 0 if was is None or was.chair in {"", person} else 8, person


def guests_price(
    problem: MonthProblem, held: Sequence[Entry], old: dict[str, Entry] | None = None
) -> int:
    """Return what the guests pay who cannot come; in a repair those who could before."""
    facts = Facts(problem)
    busy: dict[tuple[str, str], set[str]] = {}
    for entry in held:
        slot = facts.slots[entry.slot]
        come = [
            p for p in facts.attendees(facts.meetings[entry.meeting]) if not facts.away(p, slot)
        ]
        for person in (*come, *(pair.deputy for pair in entry.stand_ins)):
            busy.setdefault((person, slot.id), set()).add(entry.meeting)
    missing = 0
    for entry in held:
        meeting, slot = facts.meetings[entry.meeting], facts.slots[entry.slot]
        known = set()
        if old and old[meeting.id].slot == slot.id:
            known = {*old[meeting.id].guests_missing}
        for person in {*meeting.invited} - {*meeting.attendees} - known:
            away = facts.away(person, slot)
            missing += away or bool(busy.get((person, slot.id), set()) - {meeting.id})
    return missing * problem.policy.weights.gather
