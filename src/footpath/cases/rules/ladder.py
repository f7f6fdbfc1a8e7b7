"""Which rung of the ladder of reminders comes when, and who is reminded. No Django here.

A ladder is a list of steps, each so many working days before or after the due date of a clock.
Nobody is reminded on a weekend or a holiday: a rung lies on a working day of the clock's calendar,
early for the digest and at eight for everything else. Source: S4.3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from footpath.cases.rules.clocks import ClockKind

CHANNELS = ("digest", "chat", "telephone", "notice", "on_site")
"""How somebody is reminded, from the mildest on; the values are those of ``LadderChannel``."""

WRITTEN = frozenset({"digest", "chat"})
"""Channels on which the server reminds by itself; the others are work for somebody."""

MOST_BEFORE, MOST_AFTER = 20, 120
"""A step lies at most so many working days before and after the due date."""

LOOK_AHEAD = timedelta(days=45)
"""No rung lies further before a due date than this: twenty working days and the longest holiday."""

EARLY, MORNING = time(5, 30), time(8, 0)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)

IsWorking = Callable[[date], bool]


@dataclass(frozen=True)
class Step:
    """One step: so many working days after the due date (before it: negative), and how."""

    offset: int
    channel: str
    is_weekly: bool = False


@dataclass(frozen=True)
class Rung:
    """One step on its day; ``code`` tells it from the other rungs of the same due date."""

    code: str
    channel: str
    at: datetime


def working_day(due_on: date, offset: int, is_working: IsWorking) -> date:
    """Return the day that lies ``offset`` working days from the due date.

    0 is the due date itself or, when it is off, the last working day before it.
    """
    day = due_on
    if offset == 0:
        while not is_working(day):
            day -= _DAY
        return day
    one = _DAY if offset > 0 else -_DAY
    for _n in range(abs(offset)):
        day += one
        while not is_working(day):
            day += one
    return day


def rungs(
    steps: Sequence[Step], due_on: date, is_working: IsWorking, zone: tzinfo
) -> Iterator[Rung]:
    """Yield the rungs of a due date in their order; without an end when the last one is weekly.

    A weekly step comes on the working day of its offset, and then each week on the same weekday
    or the first working day after it.
    """
    for step in sorted(steps, key=lambda step: step.offset):
        day = working_day(due_on, step.offset, is_working)
        if not step.is_weekly:
            yield _rung(_code(step.offset), step.channel, day, zone)
            continue
        week = 0
        while True:
            shown = day + week * _WEEK
            while not is_working(shown):
                shown += _DAY
            week += 1
            yield _rung(f"week-{week}", step.channel, shown, zone)


def _rung(code: str, channel: str, day: date, zone: tzinfo) -> Rung:
    hour = EARLY if channel == "digest" else MORNING
    return Rung(code, channel, datetime.combine(day, hour, tzinfo=zone))


def _code(offset: int) -> str:
    return f"{offset:+d}" if offset else "0"


@dataclass(frozen=True)
class Look:
    """What a look at the ladder finds: the rung to climb now, and when to look again."""

    due: Rung | None
    next_at: datetime | None


def look(ladder: Iterator[Rung], *, since: datetime, now: datetime) -> Look:
    """Return the latest rung from ``since`` up to ``now``, and the moment of the one after it.

    Of several that were missed only the latest counts; nobody is reminded three times at once.
    """
    due = None
    for rung in ladder:
        if rung.at > now:
            return Look(due, rung.at)
        if rung.at >= since:
            due = rung
    return Look(due, None)


def next_channel(used: Collection[str], ladder: Sequence[Step]) -> str:
    """Return the channel to offer next: the mildest of the ladder above all that were used.

    The highest one is offered again when nothing lies above it.
    """
    known = {step.channel for step in ladder} or set(CHANNELS)
    offered = [channel for channel in CHANNELS if channel in known and channel != "digest"]
    offered = offered or list(CHANNELS[1:])
    reached = max((CHANNELS.index(channel) for channel in used), default=-1)
    return next((one for one in offered if CHANNELS.index(one) > reached), offered[-1])


def refused(steps: Sequence[Step]) -> str:
    """Return what is wrong with the steps of one leg as a word, "" when nothing is.

    "twice": two steps on one day; "far": too far from the due date; "order": a later step is
    milder than an earlier one; "weekly": only the last step may come again every week.
    """
    offsets = [step.offset for step in steps]
    if len(set(offsets)) < len(offsets):
        return "twice"
    if any(not -MOST_BEFORE <= offset <= MOST_AFTER for offset in offsets):
        return "far"
    in_order = sorted(steps, key=lambda step: step.offset)
    if any(step.is_weekly for step in in_order[:-1]):
        return "weekly"
    channels = [CHANNELS.index(step.channel) for step in in_order]
    return "" if channels == sorted(channels) else "order"


# --- who is reminded ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """Who stands around a case: keys of people. ``leads`` are those who act in its place and above
    it, the nearest first; ``heads`` lead the organization that it belongs to.
    """

    owner: int | None = None
    responsible: int | None = None
    leads: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()
    worked: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()


def waits_for(kind: str, around: Around) -> int | None:
    """Return who is to do what the clock waits for, None when nobody is known.

    Accepting, rectifying and answering wait for the owner, else for the head of the owning
    organization, else for who acts as lead; guidance for who became responsible by escalation;
    verification for the nearest lead who did no part of the work. Of somebody absent the next in
    that order is reminded, because it stands in; when all are absent the first.
    """
    if kind == ClockKind.VERIFY:
        fit = [pk for pk in (*around.leads, *around.heads) if pk not in around.worked]
    elif kind == ClockKind.GUIDE:
        fit = _known(around.responsible, *around.leads, *around.heads)
    else:
        fit = _known(around.owner, *around.heads, *around.leads)
    present = (pk for pk in fit if pk not in around.absent)
    return next(present, fit[0] if fit else None)


def _known(*people: int | None) -> list[int]:
    return [pk for pk in people if pk is not None]
