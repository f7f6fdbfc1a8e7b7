"""A district's month drawn from a seed: its meetings, who attends, and who is away."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random

from footpath.planning.examples.district import COMMUNES, HAMLETS
from footpath.planning.examples.drawing import drawing
from footpath.planning.month.problem import (
    Attendee,
    Blocked,
    Habit,
    Hall,
    Meeting,
    MonthProblem,
    Pool,
    Slot,
    Spot,
)

FIRST = date(2026, 12, 1)
LAST_MONTH = date(2026, 11, 1)
PARTS = (
    ("morning", time(7, 30), time(10, 30)),
    ("afternoon", time(14, 0), time(17, 0)),
    ("evening", time(18, 30), time(20, 30)),
)
OFFICERS = 150
COMMITTEE = 11
CLUSTERS = 12
CENTRE = (13.9, 108.4)
COFFEE = "coffee"


def month(seed: int, *, hard: bool = True) -> MonthProblem:
    """Return the December of a district: 117 hamlet meetings, 21 of communes, one coffee.

    About 690 people. ``hard``: last month everybody met in the evenings of the 3rd to the 12th,
    and wants to again; else on any working day. One in twenty is away for some days.
    """
    random = drawing("month", seed)
    communes = _communes(random)
    spots = tuple(spot for commune in communes for spot in commune)
    slots = _slots()
    people: dict[str, Attendee] = {}
    committee = [f"S{n + 1:02}" for n in range(COMMITTEE)]
    officers = [f"D{n + 1:03}" for n in range(OFFICERS - COMMITTEE - CLUSTERS)]
    leads = [f"K{n + 1:02}" for n in range(CLUSTERS)]
    town = communes[COMMUNES // 2][0]
    for name in (*committee, *officers, *leads):
        people[name] = Attendee(name, home=town.id)
    meetings: list[Meeting] = []
    pools = [Pool("committee", tuple(committee))]
    hamlet = 0
    for number, (seat, *hamlets) in enumerate(communes):
        leaders = [f"{seat.id}-L{n + 1}" for n in range(4)]
        staff = [f"{seat.id}-M{n + 1}" for n in range(5)]
        for name in (*leaders, *staff):
            people[name] = Attendee(name, home=seat.id)
        pools.append(Pool(seat.id, tuple(leaders)))
        grasp = committee[number % COMMITTEE]
        for spot in hamlets:
            local = [f"{spot.id}-P{n + 1}" for n in range(3)]
            for name in local:
                people[name] = Attendee(name, home=spot.id)
            lead = leads[hamlet * CLUSTERS // HAMLETS]
            officer, deputy = random.sample(officers, 2)
            meetings.append(
                Meeting(
                    f"{spot.id}-cell", "cell", spot.id,
                    attendees=(*local, officer, random.choice(staff), lead, grasp),
                    chairs=seat.id,
                    deputies={officer: (deputy,), lead: (random.choice(officers),)},
                    habit=_habit(random, hard=hard),
                )
            )  # fmt: skip
            hamlet += 1
        meetings.append(
            Meeting(
                f"{seat.id}-commune", "commune", seat.id,
                attendees=(*leaders, *staff, leads[number * CLUSTERS // COMMUNES]),
                chairs="committee",
                habit=_habit(random, hard=hard),
            )
        )  # fmt: skip
    meetings.append(
        Meeting(
            COFFEE, COFFEE, town.id, hall="town hall", weekdays=frozenset({5}),
            attendees=(committee[0], committee[1]), chairs="committee",
            invited=tuple(p for p in people if "-P" not in p and p not in committee[:2]),
        )
    )  # fmt: skip
    everybody = tuple(_with_leave(random, person) for person in people.values())
    return MonthProblem(
        meetings=tuple(meetings),
        slots=slots,
        people=everybody,
        spots=spots,
        halls=(Hall("town hall", closed=(date(2026, 12, 12),)),),
        pools=tuple(pools),
        blocked=_blocked(slots),
    )


def _slots() -> tuple[Slot, ...]:
    days = [FIRST + timedelta(n) for n in range(31)]
    return tuple(
        Slot(f"{day:%d}-{part}", day, part, begins, ends)
        for day in days
        for part, begins, ends in PARTS
    )


def _blocked(slots: tuple[Slot, ...]) -> tuple[Blocked, ...]:
    """Nobody meets on Sundays; on the 9th and 15th departments meet; the 25th is a holiday."""
    days = sorted({slot.day for slot in slots})
    return (
        *(Blocked(day, "Sunday") for day in days if day.weekday() == 6),
        *(
            Blocked(FIRST.replace(day=number), "departments", kinds=frozenset({"cell", "commune"}))
            for number in (9, 15)
        ),
        Blocked(FIRST.replace(day=25), "Christmas"),
    )


def _communes(random: Random) -> list[list[Spot]]:
    """Return the spots of each commune, the seat first, then its 3 to 8 hamlets."""
    sizes = [3] * COMMUNES
    while sum(sizes) < HAMLETS:
        number = random.randrange(COMMUNES)
        if sizes[number] < 8:
            sizes[number] += 1
    found = []
    for number, size in enumerate(sizes):
        row, column = divmod(number, 7)
        at = _near(random, (CENTRE[0] + row * 0.065, CENTRE[1] + column * 0.065), 0.02)
        name = f"C{number + 1:02}"
        found.append(
            [Spot(name, at)]
            + [Spot(f"{name}-H{n + 1:02}", _near(random, at, 0.028)) for n in range(size)]
        )
    return found


def _habit(random: Random, *, hard: bool) -> Habit:
    """Return when a meeting was held last month."""
    if hard:
        return Habit(LAST_MONTH + timedelta(random.randint(2, 11)), "evening")
    return Habit(
        LAST_MONTH + timedelta(random.randint(1, 27)), random.choice([p[0] for p in PARTS])
    )


def _with_leave(random: Random, person: Attendee) -> Attendee:
    if random.random() >= 0.05:
        return person
    first = FIRST + timedelta(random.randrange(31))
    leave = (first, first + timedelta(random.randint(0, 6)))
    return Attendee(person.id, person.home, (leave,))


def _near(random: Random, point: tuple[float, float], reach: float) -> tuple[float, float]:
    return (
        round(point[0] + random.uniform(-reach, reach), 5),
        round(point[1] + random.uniform(-reach, reach), 5),
    )
