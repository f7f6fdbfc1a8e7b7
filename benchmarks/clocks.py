"""Measure the counting of due dates: one warm, and 100,000 in bulk.

    python -m benchmarks.clocks

Pure code: no database, so the engine of the figures is "python", and the time is the processor's:
what else the machine does changes nothing. The slowest case is measured:
working hours with a lunch break, two pauses, holidays, a closure and a blocked day in between. The
figures stand beside the others in ``benchmarks/results.json``.
"""

from __future__ import annotations

import random
import time
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from footpath.cases.rules.working_time import Pause, TimeUnit, compute
from footpath.core.officehours import OfficeCalendar, week_of
from footpath.core.workdays import Noted, Special, Workdays

TIMES = 20_000
BULK = 100_000
PLACES = 50
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 2, 10, 9, tzinfo=ZONE)


def main() -> None:
    """Measure both figures and write them; the baseline of each is what it may take at most."""
    from benchmarks.__main__ import Figure, merge, table

    one, bulk = one_us(), bulk_s()
    figures = [
        Figure(name, "python", size, value, f"{unit} of this process", None, None, most, ratio)
        for name, size, value, unit, most, ratio in (
            ("cases.clock.one_us", TIMES, one, "us", 50.0, round(one / 50, 3)),
            ("cases.clock.bulk_100k_s", BULK, bulk, "s", 5.0, round(bulk / 5, 3)),
        )
    ]
    merge(figures)
    print(table(figures))


def one_us() -> float:
    """Return how long the slowest kind of due date takes, warm, in microseconds."""
    calendar, pauses = _calendar(0), _pauses(START)
    worst = 0.0
    for unit in TimeUnit:
        compute(calendar, START, 40, unit, pauses)
        began = time.process_time()
        for _number in range(TIMES):
            compute(calendar, START, 40, unit, pauses)
        worst = max(worst, (time.process_time() - began) / TIMES)
    return round(worst * 1e6, 2)


def bulk_s() -> float:
    """Return how long 100,000 due dates of 50 places take, calendars made on the way, in seconds.

    Each is turned into what is kept beside its clock.
    """
    chance = random.Random(2026)
    units = islice(cycle(TimeUnit), BULK)
    asked = [
        (
            chance.randrange(PLACES),
            START + timedelta(minutes=chance.randrange(200 * 24 * 60)),
            chance.randint(1, 30),
            unit,
        )
        for unit in units
    ]
    began = time.process_time()
    calendars = [_calendar(number) for number in range(PLACES)]
    for at, (place, start, amount, unit) in enumerate(asked):
        pauses = _pauses(start) if at % 10 == 0 else ()
        compute(calendars[place], start, amount, unit, pauses).as_json()
    return round(time.process_time() - began, 3)


def _calendar(number: int) -> OfficeCalendar:
    """Return a place with a closure and a blocked day of its own."""
    first = date(2026, 2, 25) + timedelta(days=number)
    workdays = Workdays("VN", settled=[2027], specials=[Special(Noted.CLOSED, first, first, "x")])
    week = week_of({str(day): [["07:30", "11:30"], ["13:30", "17:00"]] for day in range(5)})
    block = Special(Noted.CLOSED, first + timedelta(days=9), first + timedelta(days=10), "y")
    return OfficeCalendar(workdays, week, ZONE, blocked=[block])


def _pauses(start: datetime) -> list[Pause]:
    return [
        Pause(start + timedelta(days=2), start + timedelta(days=4), "waiting for the seal"),
        Pause(start + timedelta(days=3), start + timedelta(days=6), "high water"),
    ]


if __name__ == "__main__":
    main()
