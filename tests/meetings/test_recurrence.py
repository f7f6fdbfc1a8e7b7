"""When a series comes again: the part of RRULE that is taken, its days, and its words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice, takewhile

import pytest
from dateutil.rrule import rrulestr
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from footpath.meetings.recurring import in_words
from footpath.meetings.rules import recurrence
from footpath.meetings.rules.recurrence import NotUnderstood, days_of, next_days, parse

FIRST = date(2026, 3, 10)  # a Tuesday


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("RRULE:FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=1MO"),
        ("freq=weekly;byday=we,mo;interval=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE"),
        ("FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3"),
        (" FREQ=MONTHLY;BYMONTHDAY=15,9 ", "FREQ=MONTHLY;BYMONTHDAY=9,15"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1FR"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270101T000000Z",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270101",
        ),
    ],
)
def test_a_rule_is_kept_in_one_form(written: str, kept: str) -> None:
    assert str(parse(written)) == kept
    assert parse(kept) == parse(written)


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("", "FREQ"),
        ("every Monday", "EVERY MONDAY"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("BYDAY=MO", "FREQ="),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=DAILY;BYHOUR=3", "BYHOUR=3"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=²", "INTERVAL=²"),
        ("FREQ=DAILY;COUNT=100000", "COUNT=100000"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "COUNT, UNTIL"),
        ("FREQ=DAILY;UNTIL=20260231", "UNTIL=20260231"),
        ("FREQ=DAILY;UNTIL=99990101", "UNTIL=99990101"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL=TOMORROW"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYDAY=20MO", "BYDAY=20MO"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY=0MO"),
        ("FREQ=MONTHLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32"),
        ("FREQ=MONTHLY;BYMONTHDAY=x", "BYMONTHDAY=X"),
        ("FREQ=MONTHLY;BYMONTH=-1", "BYMONTH=-1"),
        ("FREQ=DAILY;" + "A" * 300, "A" * 300),
    ],
)
def test_anything_else_is_refused_and_named(written: str, part: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(written)
    assert refused.value.part == part


def test_a_rule_longer_than_its_column_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        parse("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 150))


def test_what_a_rule_leaves_open_comes_from_its_first_day() -> None:
    assert days_of(parse("FREQ=WEEKLY"), first_day=FIRST, after=None, until=date(2026, 3, 24)) == (
        FIRST,
        date(2026, 3, 17),
        date(2026, 3, 24),
    )
    assert next_days(parse("FREQ=MONTHLY"), first_day=FIRST, number=2) == [FIRST, date(2026, 4, 10)]
    assert next_days(parse("FREQ=YEARLY"), first_day=FIRST, number=2) == [FIRST, date(2027, 3, 10)]


def test_a_day_that_a_month_lacks_is_left_out() -> None:
    rule = parse("FREQ=MONTHLY;BYMONTHDAY=31")
    assert next_days(rule, first_day=FIRST, number=3) == [
        date(2026, 3, 31),
        date(2026, 5, 31),
        date(2026, 7, 31),
    ]


def test_days_after_a_day_are_the_same_as_all_days_without_the_earlier() -> None:
    rule = parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    until = date(2026, 6, 30)
    every = days_of(rule, first_day=FIRST, after=None, until=until)
    assert days_of(rule, first_day=FIRST, after=date(2026, 4, 1), until=until) == tuple(
        day for day in every if day > date(2026, 4, 1)
    )
    assert days_of(rule, first_day=FIRST, after=until, until=until) == ()
    assert days_of(rule, first_day=until, after=None, until=FIRST) == ()


@pytest.mark.parametrize(
    "never",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7"],
)
def test_a_rule_without_days_is_found_out_at_once(never: str) -> None:
    assert next_days(parse(never), first_day=FIRST) == []


def test_a_rule_ends_with_its_last_day() -> None:
    rule = parse("FREQ=DAILY;UNTIL=20260312")
    assert next_days(rule, first_day=FIRST) == [FIRST + timedelta(days=n) for n in range(3)]


weekdays = st.lists(st.sampled_from(recurrence.WEEKDAYS), min_size=1, max_size=3, unique=True)
nths = st.tuples(st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(recurrence.WEEKDAYS))
rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds(
        lambda n, days: f"FREQ=WEEKLY;INTERVAL={n};BYDAY={','.join(days)}",
        st.integers(1, 6),
        weekdays,
    ),
    st.builds(
        lambda n, nth: f"FREQ=MONTHLY;INTERVAL={n};BYDAY={nth[0]}{nth[1]}", st.integers(1, 7), nths
    ),
    st.builds(
        lambda n, day: f"FREQ=MONTHLY;INTERVAL={n};BYMONTHDAY={day}",
        st.sampled_from([1, 2, 3]),
        st.integers(1, 28),
    ),
    st.builds(
        lambda days, at: f"FREQ=MONTHLY;BYDAY={','.join(days)};BYSETPOS={at}",
        weekdays,
        st.sampled_from([1, -1]),
    ),
    st.builds("FREQ=MONTHLY;BYMONTHDAY=9;COUNT={}".format, st.integers(1, 30)),
)


@given(
    rules,
    st.dates(date(2020, 1, 1), date(2028, 12, 31)),
    st.integers(0, 800),
)
def test_the_days_are_those_of_the_standard(written: str, first: date, after: int) -> None:
    begins = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - as the package takes it
    said = takewhile(
        lambda day: day <= first + timedelta(days=900),
        (moment.date() for moment in islice(rrulestr(written, dtstart=begins), 1000)),
    )
    since = first + timedelta(days=after)
    rule = parse(written)
    assert list(days_of(rule, first_day=first, after=since, until=first + timedelta(days=900))) == [
        day for day in said if day > since
    ]
    assert str(parse(str(rule))) == str(rule)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "every week on Monday, Wednesday"),
        ("FREQ=WEEKLY;INTERVAL=2", "every 2 weeks on Tuesday"),
        ("FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday"),
        ("FREQ=MONTHLY;BYDAY=2WE", "every month on the second Wednesday"),
        ("FREQ=MONTHLY;BYDAY=3SU", "every month on the third Sunday"),
        ("FREQ=MONTHLY;BYDAY=4TH", "every month on the fourth Thursday"),
        ("FREQ=MONTHLY;BYDAY=5SA", "every month on the fifth Saturday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "every 3 months on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=9,15,-1", "every month on day 9, day 15, the last day"),
        ("FREQ=YEARLY", "every year in March on day 10"),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "every month on the first Monday, 3 times"),
        ("FREQ=DAILY;UNTIL=20260401", "every day, until 1 April 2026"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "by the rule FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "by the rule FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"),
        ("FREQ=MONTHLY;BYDAY=-2FR", "by the rule FREQ=MONTHLY;BYDAY=-2FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "by the rule FREQ=MONTHLY;BYMONTHDAY=-2"),
        ("FREQ=WEEKLY;BYMONTH=3", "by the rule FREQ=WEEKLY;BYMONTH=3;BYDAY=TU"),
        ("FREQ=DAILY;BYMONTH=3", "by the rule FREQ=DAILY;BYMONTH=3"),
        ("FREQ=YEARLY;INTERVAL=2", "by the rule FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=10"),
    ],
)
def test_a_rule_is_told_in_words(written: str, words: str) -> None:
    with translation.override("en"):
        assert in_words(parse(written), first_day=FIRST) == words
