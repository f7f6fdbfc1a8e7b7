"""Problems for the tests of visits: one by hand, many drawn from a seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from footpath.planning.visits import Area, Group, Pin, Unit, VisitProblem

MONDAY = date(2026, 12, 7)


def day(number: int) -> date:
    """Return a day counted from Monday, 7 December 2026."""
    return MONDAY + timedelta(number)


def drawn(  # noqa: PLR0917
    seed: int,
    units: int = 4,
    areas: int = 2,
    groups: int = 2,
    days: int = 4,
    gap: int = 2,
    capacity: int = 2,
) -> VisitProblem:
    """Return a small, tight problem in which each rule bites now and then."""
    random = Random(f"visits {seed}")
    names = [f"g{n}" for n in range(groups)]
    return VisitProblem(
        units=tuple(
            Unit(
                f"u{n}",
                f"a{n % areas}",
                random.choice((0, 1, 1, 1, 2)),
                frozenset(random.sample(names, random.choice((0, 0, 1)))),
                frozenset(day(d) for d in range(days) if random.random() < 0.2),
                frozenset({day(-1)} if random.random() < 0.2 else ()),
            )
            for n in range(units)
        ),
        groups=tuple(
            Group(
                name,
                random.randint(1, capacity),
                frozenset(day(d) for d in range(days) if random.random() < 0.2),
            )
            for name in names
        ),
        areas=tuple(Area(f"a{n}", random.randint(0, 30)) for n in range(areas)),
        days=tuple(day(d) for d in range(days)),
        gap_days=gap,
        pins=tuple(
            Pin(f"u{random.randrange(units)}", day(random.randrange(days)), random.choice(names))
            for _ in range(random.choice((0, 0, 1, 2)))
        ),
    )


def district(seed: int, *, groups: int = 6, owners: tuple[int, ...] = (0, 1, 1, 2)) -> VisitProblem:
    """Return a whole district: 117 units in 21 communes, 22 working days, a gap of five."""
    random = Random(f"district of visits {seed}")
    days = [day(d) for d in range(30) if day(d).weekday() < 5]
    names = [f"g{n}" for n in range(groups)]
    return VisitProblem(
        units=tuple(
            Unit(
                f"u{n:03}",
                f"a{n % 21:02}",
                random.choice((1, 1, 1, 2)),
                frozenset(random.sample(names, random.choice(owners))),
                frozenset(d for d in days if random.random() < 0.1),
                frozenset({day(-random.randint(1, 9))} if random.random() < 0.3 else ()),
            )
            for n in range(117)
        ),
        groups=tuple(
            Group(name, 4, frozenset(d for d in days if random.random() < 0.15)) for name in names
        ),
        areas=tuple(Area(f"a{n:02}", random.randint(10, 80)) for n in range(21)),
        days=tuple(days),
    )
