"""The ladder of reminders on plain values: when a rung comes, which is missed, who is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from footpath.cases.rules import ladder
from footpath.cases.rules.clocks import ClockKind
from footpath.cases.rules.ladder import Around, Step

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
USUAL = (
    Step(-3, "digest"),
    Step(0, "digest"),
    Step(1, "chat"),
    Step(3, "telephone"),
    Step(7, "notice"),
    Step(12, "on_site", is_weekly=True),
)
HOLIDAY = date(2026, 3, 12)
DUE = date(2026, 3, 11)  # a Wednesday, the day before the holiday


def works(day: date) -> bool:
    return day.weekday() < 5 and day != HOLIDAY


def rungs(count: int = 8, due_on: date = DUE) -> list[ladder.Rung]:
    return list(islice(ladder.rungs(USUAL, due_on, works, ZONE), count))


def test_rungs_lie_on_working_days_and_the_last_comes_every_week() -> None:
    assert [(rung.code, rung.at.date().isoformat()) for rung in rungs()] == [
        ("-3", "2026-03-06"),
        ("0", "2026-03-11"),
        ("+1", "2026-03-13"),
        ("+3", "2026-03-17"),
        ("+7", "2026-03-23"),
        ("week-1", "2026-03-30"),
        ("week-2", "2026-04-06"),
        ("week-3", "2026-04-13"),
    ]


def test_a_weekly_rung_moves_off_a_holiday_and_comes_back_to_its_weekday() -> None:
    weekly = (Step(1, "on_site", is_weekly=True),)
    found = islice(ladder.rungs(weekly, date(2026, 3, 4), works, ZONE), 3)
    assert [rung.at.date().day for rung in found] == [5, 13, 19]


def test_the_digest_is_early_and_everything_else_at_eight() -> None:
    hours = {rung.channel: rung.at.hour for rung in rungs()}
    assert hours == {"digest": 5, "chat": 8, "telephone": 8, "notice": 8, "on_site": 8}
    assert {rung.at.tzinfo for rung in rungs()} == {ZONE}


@pytest.mark.parametrize(
    ("offset", "day"),
    [(-2, "2026-03-10"), (-1, "2026-03-11"), (0, "2026-03-11"), (1, "2026-03-13")],
)
def test_a_due_date_on_a_holiday_is_reminded_of_on_the_working_day_before(
    offset: int, day: str
) -> None:
    assert ladder.working_day(HOLIDAY, offset, works).isoformat() == day


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def look(since: datetime, now: datetime) -> tuple[str | None, datetime | None]:
    found = ladder.look(ladder.rungs(USUAL, DUE, works, ZONE), since=since, now=now)
    return (found.due.code if found.due else None, found.next_at)


def test_of_several_missed_rungs_only_the_latest_is_climbed() -> None:
    assert look(at(1), at(5)) == (None, at(6, 5).replace(minute=30))
    assert look(at(1), at(6)) == ("-3", at(11, 5).replace(minute=30))
    assert look(at(1), at(18)) == ("+3", at(23, 8))
    assert look(at(1), at(14, month=4)) == ("week-3", at(20, 8, month=4))


def test_rungs_before_the_clock_began_are_not_made_up_for() -> None:
    assert look(at(10), at(10, 13)) == (None, at(11, 5).replace(minute=30))


def test_a_ladder_without_a_weekly_step_ends_and_one_without_steps_never_begins() -> None:
    once = ladder.look(ladder.rungs(USUAL[:2], DUE, works, ZONE), since=at(1), now=at(30))
    assert (once.due.code if once.due else None, once.next_at) == ("0", None)
    none = ladder.look(ladder.rungs((), DUE, works, ZONE), since=at(1), now=at(30))
    assert none == ladder.Look(None, None)


def test_no_step_may_lie_before_the_moment_from_which_the_ladder_is_looked_at() -> None:
    worst = ladder.working_day(date(2026, 3, 2), -ladder.MOST_BEFORE, lambda d: d.weekday() < 5)
    assert timedelta(days=10) < date(2026, 3, 2) - worst < ladder.LOOK_AHEAD
    assert datetime(2026, 3, 2, tzinfo=UTC) - ladder.LOOK_AHEAD < datetime(2026, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "offered"),
    [
        ((), "chat"),
        (("digest",), "chat"),
        (("digest", "chat"), "telephone"),
        (("telephone",), "notice"),
        (("on_site",), "on_site"),
    ],
)
def test_the_next_channel_is_the_mildest_above_those_used(
    used: tuple[str, ...], offered: str
) -> None:
    assert ladder.next_channel(used, USUAL) == offered


def test_channels_outside_the_ladder_are_offered_only_when_it_has_none() -> None:
    short = (Step(0, "digest"), Step(3, "telephone"))
    assert ladder.next_channel((), short) == "telephone"
    assert ladder.next_channel((), ()) == "chat"
    assert ladder.next_channel((), (Step(0, "digest"),)) == "chat"


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        (USUAL, ""),
        ((), ""),
        ((Step(1, "chat"), Step(1, "notice")), "twice"),
        ((Step(-21, "chat"),), "far"),
        ((Step(121, "chat"),), "far"),
        ((Step(1, "chat", is_weekly=True), Step(2, "notice")), "weekly"),
        ((Step(1, "notice"), Step(2, "chat")), "order"),
    ],
)
def test_a_ladder_is_refused_with_the_reason(steps: tuple[Step, ...], word: str) -> None:
    assert ladder.refused(steps) == word


OWNER, LEAD, ABOVE, HEAD, CALLED = 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("kind", "around", "person"),
    [
        (ClockKind.ACCEPT, Around(owner=OWNER, leads=(LEAD,)), OWNER),
        (ClockKind.ACCEPT, Around(leads=(LEAD, ABOVE)), LEAD),
        (ClockKind.ACCEPT, Around(leads=(LEAD,), heads=(HEAD,)), HEAD),
        (ClockKind.RECTIFY, Around(owner=OWNER, leads=(LEAD,), heads=(HEAD,)), OWNER),
        (ClockKind.REPLY, Around(owner=OWNER), OWNER),
        (ClockKind.GUIDE, Around(owner=OWNER, responsible=CALLED, leads=(LEAD,)), CALLED),
        (ClockKind.GUIDE, Around(owner=OWNER, leads=(LEAD,)), LEAD),
        (
            ClockKind.VERIFY,
            Around(owner=OWNER, leads=(LEAD, ABOVE), worked=frozenset({OWNER, LEAD})),
            ABOVE,
        ),
        (ClockKind.VERIFY, Around(leads=(LEAD,), worked=frozenset({LEAD})), None),
        (
            ClockKind.RECTIFY,
            Around(owner=OWNER, leads=(LEAD,), absent=frozenset({OWNER})),
            LEAD,
        ),
        (
            ClockKind.RECTIFY,
            Around(owner=OWNER, leads=(LEAD,), absent=frozenset({OWNER, LEAD})),
            OWNER,
        ),
        (ClockKind.ACCEPT, Around(), None),
    ],
)
def test_who_is_reminded(kind: str, around: Around, person: int | None) -> None:
    assert ladder.waits_for(kind, around) == person
