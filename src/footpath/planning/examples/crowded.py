"""Months that cannot be held, each for one known reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from random import Random

from footpath.planning.examples.drawing import drawing
from footpath.planning.examples.month import FIRST, month
from footpath.planning.month.problem import Blocked, Hall, Meeting, MonthProblem, Pin

CASES = 30


def infeasible_month(seed: int) -> MonthProblem:
    """Return one of thirty months (seed 1 to 30) in which not every meeting finds a slot.

    Six reasons in turn: a lead with more meetings than evenings; a hamlet closed all month; a
    hall with too few days; two pins that need one person at once; a pool whose leaders are all
    away; somebody essential away, without a deputy.
    """
    makers: tuple[Callable[[Random, MonthProblem], MonthProblem], ...] = (
        _too_few_evenings,
        _closed_all_month,
        _hall_too_small,
        _pinned_together,
        _nobody_chairs,
        _away,
    )
    random = drawing("crowded month", seed)
    return makers[(seed - 1) % len(makers)](random, month(100 + seed))


def _changed(
    problem: MonthProblem, names: Iterable[str], change: Callable[[Meeting], Meeting]
) -> MonthProblem:
    chosen = {*names}
    return replace(
        problem,
        meetings=tuple(change(m) if m.id in chosen else m for m in problem.meetings),
    )


def _too_few_evenings(random: Random, problem: MonthProblem) -> MonthProblem:
    """Four meetings of one lead, all in the evenings of three days."""
    counts = Counter(p for m in problem.meetings for p in m.attendees if p.startswith("K"))
    lead = random.choice(sorted(p for p, count in counts.items() if count >= 6))
    theirs = [m.id for m in problem.meetings if lead in m.attendees and m.kind == "cell"]
    chosen = random.sample(theirs, 4)
    people = tuple(replace(p, away=()) for p in problem.people)

    def change(meeting: Meeting) -> Meeting:
        window = FIRST.replace(day=16), FIRST.replace(day=18)
        evening = frozenset({"evening"})
        return replace(meeting, first=window[0], last=window[1], parts=evening)

    return _changed(replace(problem, people=people), chosen, change)


def _closed_all_month(random: Random, problem: MonthProblem) -> MonthProblem:
    """The way to one hamlet is closed on every working day."""
    spot = random.choice([m.spot for m in problem.meetings if m.kind == "cell"])
    days = sorted({slot.day for slot in problem.slots})
    closed = tuple(Blocked(day, "flood", spots=frozenset({spot})) for day in days)
    return replace(problem, blocked=(*problem.blocked, *closed))


def _hall_too_small(random: Random, problem: MonthProblem) -> MonthProblem:
    """Four communes meet in the mornings in a hall that is open on three days."""
    chosen = random.sample([m.id for m in problem.meetings if m.kind == "commune"], 4)
    days = sorted({slot.day for slot in problem.slots})
    open_days = {date(2026, 12, n) for n in random.sample((2, 3, 4, 8, 10, 11), 3)}
    hall = Hall("culture house", closed=tuple(day for day in days if day not in open_days))
    morning = frozenset({"morning"})
    return _changed(
        replace(problem, halls=(*problem.halls, hall)),
        chosen,
        lambda meeting: replace(meeting, hall=hall.id, parts=morning),
    )


def _pinned_together(random: Random, problem: MonthProblem) -> MonthProblem:
    """Two meetings of one person pinned to the same evening."""
    lead = f"K{random.randint(1, 12):02}"
    theirs = sorted(m.id for m in problem.meetings if lead in m.attendees)
    people = tuple(replace(p, away=()) if p.id == lead else p for p in problem.people)
    pins = tuple(Pin(name, "16-evening") for name in random.sample(theirs, 2))
    return replace(problem, people=people, pins=pins)


def _nobody_chairs(random: Random, problem: MonthProblem) -> MonthProblem:
    """All leaders of a commune are away while one of its hamlets has to meet."""
    pool = random.choice([pool for pool in problem.pools if pool.id != "committee"])
    leave = (FIRST.replace(day=14), FIRST.replace(day=19))
    people = tuple(
        replace(p, away=(*p.away, leave)) if p.id in pool.people else p for p in problem.people
    )
    name = random.choice([m.id for m in problem.meetings if m.chairs == pool.id])
    return _changed(
        replace(problem, people=people),
        [name],
        lambda meeting: replace(meeting, first=leave[0], last=leave[1]),
    )


def _away(random: Random, problem: MonthProblem) -> MonthProblem:
    """Somebody a meeting cannot do without is away all month, and nobody stands in."""
    meeting = random.choice([m for m in problem.meetings if m.kind == "cell"])
    person = meeting.attendees[0]
    leave = (FIRST, FIRST.replace(day=31))
    people = tuple(replace(p, away=(leave,)) if p.id == person else p for p in problem.people)
    return _changed(
        replace(problem, people=people),
        [meeting.id],
        lambda meeting: replace(meeting, essential=frozenset({person})),
    )
