"""When somebody is told: quiet hours, the day's digest, and the next try after a failure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

TRIES_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long to wait after the first, second … failure; after the last one nothing is tried."""

MOST_CHANNELS = 5
MOST_WRONG_CODES = 5
MOST_GREETINGS_A_DAY = 10


def after_quiet(moment: datetime, quiet_from: time | None, quiet_until: time | None) -> datetime:
    """Return the moment itself, or the end of the quiet hours in which it lies.

    ``moment`` is in the reader's time zone. Quiet hours may go over midnight (21:00 to 06:30);
    their beginning belongs to them, their end does not. Without both ends, or with two equal ones,
    no hour is quiet.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    wall = moment.time()
    over_midnight = quiet_from > quiet_until
    if over_midnight:
        is_quiet = wall >= quiet_from or wall < quiet_until
    else:
        is_quiet = quiet_from <= wall < quiet_until
    if not is_quiet:
        return moment
    ends_on = moment.date() + timedelta(days=int(over_midnight and wall >= quiet_from))
    return datetime.combine(ends_on, quiet_until, tzinfo=moment.tzinfo)


def latest_digest(now: datetime, at: time, days: Collection[int]) -> datetime | None:
    """Return the last moment, up to ``now``, at which a digest was due; in the zone of ``now``.

    ``days`` are weekdays, Monday 0 to Sunday 6; none means every day. None when ``days`` names no
    weekday.
    """
    for back in range(8):
        day = now.date() - timedelta(days=back)
        moment = datetime.combine(day, at, tzinfo=now.tzinfo)
        if moment <= now and (not days or day.weekday() in days):
            return moment
    return None


def wait_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failed tries of one message; None to give up."""
    return TRIES_AFTER[failures - 1] if 1 <= failures <= len(TRIES_AFTER) else None
