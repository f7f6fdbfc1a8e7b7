"""What the officers of a district do in 30 days, made up from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 11, 1)
DAYS = 30
OFFICERS = 60
QUESTIONS = 25
LONGEST_DELAY_H = 72
FIRST_SPENDING_DAY = 4
LAST_WRITING_DAY = 25


@dataclass(frozen=True)
class Visit:
    """An officer opens a page: perhaps signing in anew, perhaps sending what is due.

    ``sends`` are the numbers of the questions whose delay is over; ``seconds`` how long after the
    page was opened each of them leaves.
    """

    at: datetime
    officer: int
    signs_in: bool
    sends: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Script:
    """All visits in the order of time, and who asks which question."""

    visits: tuple[Visit, ...]
    askers: tuple[int, ...]


def moment(day: int, hour: float) -> datetime:
    """Return a moment of the script: day 1 is the first, hours are local."""
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE)
    return start + timedelta(days=day - 1, hours=hour)


def script(seed: int) -> Script:
    """Return the script of a seed.

    Some officers open a page nearly every day and some once or twice a week, between 7 and 21
    hours. Askers are drawn evenly; each writes at some visit, and the question leaves at the first
    visit after a delay of up to 72 hours, from day 4 on.
    """
    chance = random.Random(seed)
    times = {officer: _times(chance) for officer in range(OFFICERS)}
    sends: dict[tuple[int, datetime], list[int]] = {}
    askers = []
    for question in range(QUESTIONS):
        asker = chance.choice([one for one in times if _sending(times[one], chance) is not None])
        askers.append(asker)
        sent = None
        while sent is None:
            sent = _sending(times[asker], chance)
        sends.setdefault((asker, sent), []).append(question)
    visits = []
    for officer, moments in times.items():
        for at in moments:
            numbers = tuple(sends.get((officer, at), ()))
            visits.append(
                Visit(
                    at,
                    officer,
                    signs_in=chance.random() < 0.25,
                    sends=numbers,
                    seconds=tuple(chance.randint(5, 600) for _ in numbers),
                )
            )
    return Script(tuple(sorted(visits, key=lambda visit: visit.at)), tuple(askers))


def _times(chance: random.Random) -> list[datetime]:
    """Return when an officer opens a page; everybody does so on one of the first three days."""
    often = chance.uniform(0.2, 0.5)
    days = {chance.randint(1, 3)} | {day for day in range(1, DAYS + 1) if chance.random() < often}
    return [moment(day, chance.uniform(7, 21)) for day in sorted(days)]


def _sending(moments: list[datetime], chance: random.Random) -> datetime | None:
    """Return the visit at which a question leaves that is written at some earlier one."""
    written = chance.choice(moments)
    if written >= moment(LAST_WRITING_DAY + 1, 0):
        return None
    due = max(
        written + timedelta(hours=chance.uniform(0, LONGEST_DELAY_H)),
        moment(FIRST_SPENDING_DAY, 0),
    )
    return next((at for at in moments if at >= due), None)
