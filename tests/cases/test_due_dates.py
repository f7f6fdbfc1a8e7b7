"""Due dates written by hand, from the calendars that the states published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from footpath.cases.rules.working_time import Computation, Pause, compute
from footpath.core.officehours import OfficeCalendar, week_of
from footpath.core.workdays import Noted, Special, Workdays, YearNotKnown

# --- the calendars --------------------------------------------------------------------------------

VIETNAMESE = [["07:30", "11:30"], ["13:30", "17:00"]]
CHINESE = [["09:00", "12:00"], ["13:30", "17:30"]]
RUSSIAN = [["09:00", "13:00"], ["14:00", "18:00"]]
FRIDAY = [["09:00", "13:00"], ["14:00", "16:45"]]
LONG = [["08:00", "12:00"], ["14:00", "18:00"]]
NIGHT = [["00:00", "06:00"]]


def _noted(kind: Noted, first: str, last: str = "") -> Special:
    return Special(kind, date.fromisoformat(first), date.fromisoformat(last or first), "Flood")


def _calendar(
    country: str,
    zone: str,
    days: dict[int, list[list[str]]],
    *,
    specials: list[Special] | None = None,
    blocked: list[Special] | None = None,
    settled: list[int] | None = None,
) -> OfficeCalendar:
    return OfficeCalendar(
        Workdays(country, settled=settled or [], specials=specials or []),
        week_of({str(day): spans for day, spans in days.items()}),
        ZoneInfo(zone),
        blocked=blocked or [],
    )


def _vn(**more: object) -> OfficeCalendar:
    days = dict.fromkeys(range(5), VIETNAMESE)
    return _calendar("VN", "Asia/Ho_Chi_Minh", days, **more)  # type: ignore[arg-type]


WORKWEEK = range(5)
CALENDARS = {
    "VN": _vn(),
    "VN27": _vn(settled=[2027]),
    "CLOSED": _vn(specials=[_noted(Noted.CLOSED, "2026-03-11", "2026-03-12")]),
    "BLOCKED": _vn(blocked=[_noted(Noted.CLOSED, "2026-03-11", "2026-03-12")]),
    "WORKED": _vn(
        specials=[_noted(Noted.WORKING, "2026-03-14"), _noted(Noted.WORKING, "2026-04-30")]
    ),
    "SATURDAY": _calendar(
        "VN", "Asia/Ho_Chi_Minh", dict.fromkeys(WORKWEEK, VIETNAMESE) | {5: VIETNAMESE[:1]}
    ),
    "TUE-SAT": _calendar("VN", "Asia/Ho_Chi_Minh", dict.fromkeys(range(1, 6), LONG)),
    "CN": _calendar("CN", "Asia/Shanghai", dict.fromkeys(WORKWEEK, CHINESE)),
    "RU": _calendar("RU", "Europe/Moscow", dict.fromkeys(range(4), RUSSIAN) | {4: FRIDAY}),
    "EAST": _calendar("RU", "Asia/Vladivostok", dict.fromkeys(WORKWEEK, RUSSIAN)),
    "YORK": _calendar("VN", "America/New_York", dict.fromkeys(WORKWEEK, VIETNAMESE)),
    "NIGHT": _calendar("VN", "Europe/Berlin", dict.fromkeys(range(7), NIGHT)),
}

# --- the table ------------------------------------------------------------------------------------
# Calendar, start in its zone (Z: in UTC), how long (h working hours, w working days, d calendar
# days), pauses, and when the time is up: a day alone is the closing at 17:00 for w, and midnight
# after it for d.

TABLE = """
# Tet 2026: Monday 16 to Friday 20 February, with both weekends the 14th to the 22nd
VN | 2026-02-10 09:00 | 1w  | | 2026-02-11
VN | 2026-02-10 09:00 | 3w  | | 2026-02-13
VN | 2026-02-10 09:00 | 4w  | | 2026-02-23
VN | 2026-02-10 09:00 | 10w | | 2026-03-03
VN | 2026-02-12 08:00 | 5w  | | 2026-02-26
VN | 2026-02-13 16:59 | 1w  | | 2026-02-23
VN | 2026-02-13 23:59 | 1w  | | 2026-02-23
VN | 2026-02-14 10:00 | 1w  | | 2026-02-23
VN | 2026-02-17 08:00 | 1w  | | 2026-02-23
VN | 2026-02-17 08:00 | 2w  | | 2026-02-24
VN | 2026-02-22 23:59 | 1w  | | 2026-02-23
VN | 2026-02-23 00:00 | 1w  | | 2026-02-24
VN | 2026-02-13 16:00 | 2h  | | 2026-02-23 08:30
VN | 2026-02-13 17:00 | 15h | | 2026-02-24 17:00
VN | 2026-02-10 09:00 | 10d | | 2026-02-20
# Hung Kings on Sunday 26 April: Monday off; 30 April and 1 May are Thursday and Friday
VN | 2026-04-24 08:00 | 1w  | | 2026-04-28
VN | 2026-04-24 08:00 | 2w  | | 2026-04-29
VN | 2026-04-24 08:00 | 3w  | | 2026-05-04
VN | 2026-04-29 10:00 | 1w  | | 2026-05-04
VN | 2026-04-30 10:00 | 5w  | | 2026-05-08
VN | 2026-04-29 16:00 | 9h  | | 2026-05-05 08:00
# National Day: Saturday 22 August is worked, Monday 31 August is off for it, then 1 and 2 September
VN | 2026-08-20 08:00 | 1w  | | 2026-08-21
VN | 2026-08-20 08:00 | 2w  | | 2026-08-22
VN | 2026-08-20 08:00 | 3w  | | 2026-08-24
VN | 2026-08-21 16:00 | 1w  | | 2026-08-22
VN | 2026-08-22 10:00 | 1w  | | 2026-08-24
VN | 2026-08-28 10:00 | 1w  | | 2026-09-03
VN | 2026-08-27 10:00 | 2w  | | 2026-09-03
VN | 2026-08-19 10:00 | 10w | | 2026-09-04
VN | 2026-08-21 16:00 | 2h  | | 2026-08-22 08:30
VN | 2026-08-22 08:00 | 8h  | | 2026-08-24 08:30
VN | 2026-08-28 16:30 | 1h  | | 2026-09-03 08:00
# Culture Day, Tuesday 24 November, for the first time
VN | 2026-11-23 10:00 | 1w  | | 2026-11-25
VN | 2026-11-20 10:00 | 3w  | | 2026-11-26
# Plain weeks
VN | 2026-03-03 10:00 | 3w  | | 2026-03-06
VN | 2026-03-04 10:00 | 15w | | 2026-03-25
VN | 2026-12-30 10:00 | 1w  | | 2026-12-31
VN27 | 2026-12-31 10:00 | 1w | | 2027-01-04
VN27 | 2026-12-28 10:00 | 4w | | 2027-01-04
# Hours: four in the morning, three and a half in the afternoon
VN | 2026-03-10 08:00 | 1h  | | 2026-03-10 09:00
VN | 2026-03-10 08:00 | 3h  | | 2026-03-10 11:00
VN | 2026-03-10 08:00 | 4h  | | 2026-03-10 14:00
VN | 2026-03-10 11:00 | 1h  | | 2026-03-10 14:00
VN | 2026-03-10 12:00 | 1h  | | 2026-03-10 14:30
VN | 2026-03-10 12:00 | 3h  | | 2026-03-10 16:30
VN | 2026-03-10 12:00 | 4h  | | 2026-03-11 08:00
VN | 2026-03-10 07:30 | 4h  | | 2026-03-10 11:30
VN | 2026-03-10 06:00 | 4h  | | 2026-03-10 11:30
VN | 2026-03-10 11:30 | 1h  | | 2026-03-10 14:30
VN | 2026-03-10 13:30 | 8h  | | 2026-03-11 14:00
VN | 2026-03-10 16:30 | 1h  | | 2026-03-11 08:00
VN | 2026-03-13 16:00 | 2h  | | 2026-03-16 08:30
VN | 2026-03-13 20:00 | 1h  | | 2026-03-16 08:30
VN | 2026-03-14 10:00 | 8h  | | 2026-03-17 08:00
VN | 2026-03-10 07:30 | 75h | | 2026-03-23 17:00
VN | 2026-12-31 16:00 | 1h  | | 2026-12-31 17:00
# Calendar days
VN | 2026-02-10 23:59 | 1d  | | 2026-02-11
VN | 2026-03-10 00:00 | 1d  | | 2026-03-11
VN | 2026-02-28 10:00 | 1d  | | 2026-03-01
VN | 2026-03-10 10:00 | 30d | | 2026-04-09
VN | 2026-12-31 10:00 | 1d  | | 2027-01-01
VN | 2026-02-14 10:00 | 365d | | 2027-02-14
# Pauses, working days: without one it would be 25 March
VN | 2026-03-04 10:00 | 15w | 03-12 09:00 > 03-18 00:00 | 2026-03-31
VN | 2026-03-04 10:00 | 15w | 03-12 09:00 > 03-16 10:00 | 2026-03-27
VN | 2026-03-04 10:00 | 15w | 03-12 09:00 > 03-16 17:00 | 2026-03-30
VN | 2026-03-04 10:00 | 15w | 03-12 17:00 > 03-13 09:00 | 2026-03-25
VN | 2026-03-04 10:00 | 15w | 03-12 09:00 > 03-16 00:00, 03-13 08:00 > 03-18 00:00 | 2026-03-31
VN | 2026-03-04 10:00 | 15w | 03-14 00:00 > 03-16 00:00 | 2026-03-25
VN | 2026-03-10 10:00 | 3w  | 03-16 00:00 > 03-20 00:00 | 2026-03-13
VN | 2026-03-10 10:00 | 3w  | 03-13 17:00 > 03-20 00:00 | 2026-03-13
VN | 2026-03-10 10:00 | 3w  | 03-13 16:59 > 03-14 00:00 | 2026-03-16
VN | 2026-03-10 10:00 | 3w  | 03-01 00:00 > 03-05 00:00 | 2026-03-13
VN | 2026-03-10 10:00 | 3w  | 03-09 00:00 > 03-12 00:00 | 2026-03-16
VN | 2026-03-10 10:00 | 3w  | 03-11 17:00 > 03-11 17:00 | 2026-03-13
VN | 2026-02-10 09:00 | 4w  | 02-12 08:00 > 02-25 00:00 | 2026-02-27
# Pauses, hours
VN | 2026-03-10 08:00 | 4h  | 03-10 09:00 > 03-10 10:00 | 2026-03-10 15:00
VN | 2026-03-10 08:00 | 4h  | 03-10 11:30 > 03-10 13:30 | 2026-03-10 14:00
VN | 2026-03-10 16:30 | 1h  | 03-10 17:00 > 03-11 07:30 | 2026-03-11 08:00
VN | 2026-03-10 15:00 | 3h  | 03-10 16:00 > 03-12 00:00 | 2026-03-12 09:30
VN | 2026-03-10 08:00 | 2h | 03-10 09:00 > 03-10 10:00, 03-10 09:30 > 03-10 10:30 | 2026-03-10 11:30
VN | 2026-03-10 08:00 | 2h  | 03-10 10:00 > 03-10 12:00 | 2026-03-10 10:00
VN | 2026-03-10 08:00 | 2h  | 03-09 08:00 > 03-10 09:00 | 2026-03-10 11:00
# Pauses, calendar days
VN | 2026-03-10 10:00 | 10d | 03-12 09:00 > 03-18 00:00 | 2026-03-26
VN | 2026-03-10 10:00 | 10d | 03-12 09:00 > 03-17 12:00 | 2026-03-25
VN | 2026-03-10 10:00 | 10d | 03-12 08:00 > 03-12 20:00 | 2026-03-20
# The place is closed on 11 and 12 March
CLOSED | 2026-03-10 10:00 | 1w | | 2026-03-13
CLOSED | 2026-03-10 10:00 | 3w | | 2026-03-17
CLOSED | 2026-03-10 16:30 | 1h | | 2026-03-13 08:00
CLOSED | 2026-03-10 10:00 | 2d | | 2026-03-12
# Clocks stand on 11 and 12 March
BLOCKED | 2026-03-10 10:00 | 1w  | | 2026-03-13
BLOCKED | 2026-03-10 16:30 | 1h  | | 2026-03-13 08:00
BLOCKED | 2026-03-10 10:00 | 2d  | | 2026-03-14
BLOCKED | 2026-03-10 10:00 | 10d | | 2026-03-22
BLOCKED | 2026-03-10 10:00 | 10d | 03-12 00:00 > 03-14 00:00 | 2026-03-23
# The place works on Saturday 14 March and on 30 April
WORKED | 2026-03-13 10:00 | 1w | | 2026-03-14
WORKED | 2026-03-13 16:30 | 1h | | 2026-03-14 08:00
WORKED | 2026-04-29 10:00 | 1w | | 2026-04-30
# Offices with a Saturday morning, and from Tuesday to Saturday
SATURDAY | 2026-03-13 10:00 | 1w | | 2026-03-14 11:30
SATURDAY | 2026-03-13 16:00 | 2h | | 2026-03-14 08:30
SATURDAY | 2026-03-14 10:00 | 2h | | 2026-03-16 08:00
TUE-SAT | 2026-03-13 10:00 | 2w | | 2026-03-17 18:00
TUE-SAT | 2026-03-14 17:00 | 2h | | 2026-03-17 09:00
TUE-SAT | 2026-08-29 10:00 | 1w | | 2026-09-03 18:00
# Golden Week: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked
CN | 2026-09-30 10:00 | 1w | | 2026-10-08 17:30
CN | 2026-09-30 10:00 | 3w | | 2026-10-10 17:30
CN | 2026-09-30 10:00 | 4w | | 2026-10-12 17:30
CN | 2026-09-30 16:30 | 2h | | 2026-10-08 10:00
CN | 2026-10-09 17:00 | 1h | | 2026-10-10 09:30
CN | 2026-09-18 10:00 | 1w | | 2026-09-20 17:30
CN | 2026-09-18 10:00 | 6w | | 2026-09-28 17:30
# Labour Day: 1 to 5 May off, Saturday 9 May worked
CN | 2026-04-30 10:00 | 1w | | 2026-05-06 17:30
CN | 2026-04-30 10:00 | 3w | | 2026-05-08 17:30
CN | 2026-04-30 10:00 | 4w | | 2026-05-09 17:30
CN | 2026-04-30 10:00 | 5w | | 2026-05-11 17:30
# Spring Festival: 15 to 23 February off, Saturdays 14 and 28 worked; Qingming; Dragon Boat
CN | 2026-02-13 10:00 | 1w | | 2026-02-14 17:30
CN | 2026-02-13 10:00 | 2w | | 2026-02-24 17:30
CN | 2026-02-27 10:00 | 1w | | 2026-02-28 17:30
CN | 2026-04-03 10:00 | 1w | | 2026-04-07 17:30
CN | 2026-06-18 10:00 | 1w | | 2026-06-22 17:30
# New Year holidays 2026: 31 December to 9 January off; Fridays close at 16:45
RU | 2025-12-30 10:00 | 1w | | 2026-01-12 18:00
RU | 2025-12-30 10:00 | 5w | | 2026-01-16 16:45
RU | 2025-12-29 10:00 | 2w | | 2026-01-12 18:00
RU | 2025-12-30 17:00 | 2h | | 2026-01-12 10:00
RU | 2026-02-20 10:00 | 1w | | 2026-02-24 18:00
RU | 2026-03-06 10:00 | 1w | | 2026-03-10 18:00
RU | 2026-04-30 10:00 | 1w | | 2026-05-04 18:00
RU | 2026-05-08 10:00 | 1w | | 2026-05-12 18:00
RU | 2026-06-11 10:00 | 1w | | 2026-06-15 18:00
# Saturday 1 November 2025 worked for Monday 3 November, with the hours of a Monday
RU | 2025-10-31 10:00 | 1w | | 2025-11-01 18:00
RU | 2025-10-31 10:00 | 2w | | 2025-11-05 18:00
RU | 2025-10-31 16:00 | 2h | | 2025-11-01 10:15
# One moment is another day elsewhere; summer time begins and ends
VN   | 2026-03-10 17:30Z | 1w | | 2026-03-12
RU   | 2026-03-10 17:30Z | 1w | | 2026-03-11 18:00
EAST | 2026-03-10 22:00Z | 1w | | 2026-03-12 18:00
EAST | 2026-03-10 07:30Z | 1h | | 2026-03-11 09:30
YORK | 2026-03-06 16:00 | 2h | | 2026-03-09 08:30
YORK | 2026-03-06 16:00 | 1w | | 2026-03-09
NIGHT | 2026-03-28 23:00 | 5h | | 2026-03-29 06:00
NIGHT | 2026-10-24 23:00 | 6h | | 2026-10-25 05:00
"""

UNITS = {"h": "hours", "w": "working_days", "d": "days"}


def _rows() -> Iterator[tuple[str, str, str, str, str]]:
    for line in TABLE.strip().splitlines():
        if not line.startswith("#"):
            calendar, start, span, pauses, due = (cell.strip() for cell in line.split("|"))
            yield calendar, start, span, pauses, due


def _moment(typed: str, zone: ZoneInfo) -> datetime:
    if typed.endswith("Z"):
        return datetime.fromisoformat(typed.removesuffix("Z")).replace(tzinfo=UTC)
    return datetime.fromisoformat(typed).replace(tzinfo=zone)


def _pauses(typed: str, year: str, zone: ZoneInfo) -> list[Pause]:
    found = []
    for pause in filter(None, typed.split(",")):
        since, until = (f"{year}-{edge.strip()}" for edge in pause.split(">"))
        found.append(Pause(_moment(since, zone), _moment(until, zone), "waiting for the seal"))
    return found


def test_the_table_has_at_least_120_due_dates() -> None:
    rows = list(_rows())
    assert len(rows) >= 120
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(("calendar", "start", "span", "pauses", "due"), list(_rows()))
def test_due_date(calendar: str, start: str, span: str, pauses: str, due: str) -> None:
    offices = CALENDARS[calendar]
    unit = UNITS[span[-1]]
    found = compute(
        offices,
        _moment(start, offices.zone),
        int(span[:-1]),
        unit,
        _pauses(pauses, start[:4], offices.zone),
    )
    day, _blank, hour = due.partition(" ")
    assert found.due_on.isoformat() == day
    if unit == "days":
        assert found.due_at.strftime("%H:%M") == "00:00"
    else:
        assert found.due_at.strftime("%Y-%m-%d %H:%M") == f"{day} {hour or '17:00'}"
    assert Computation.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("start", "amount", "unit"),
    [
        ("2026-12-31 10:00", 1, "working_days"),
        ("2026-12-28 10:00", 4, "working_days"),
        ("2026-12-31 16:30", 1, "hours"),
        ("2031-03-10 10:00", 1, "working_days"),
        ("2031-03-10 10:00", 1, "hours"),
    ],
)
def test_a_year_that_nobody_has_settled_is_refused(start: str, amount: int, unit: str) -> None:
    offices = CALENDARS["VN"]
    with pytest.raises(YearNotKnown) as refused:
        compute(offices, _moment(start, offices.zone), amount, unit)
    assert refused.value.year == (2031 if start.startswith("2031") else 2027)


def test_a_pause_into_a_year_that_nobody_has_settled_is_refused() -> None:
    offices = CALENDARS["VN"]
    start = _moment("2026-12-28 10:00", offices.zone)
    pause = Pause(start, _moment("2027-01-02 00:00", offices.zone))
    with pytest.raises(YearNotKnown):
        compute(offices, start, 1, "working_days", [pause])
    with pytest.raises(YearNotKnown):
        compute(offices, start, 8, "hours", [pause])
    assert compute(offices, start, 3, "days", [pause]).due_on == date(2027, 1, 4)


def test_the_steps_of_a_due_date_tell_what_was_not_counted() -> None:
    offices = CALENDARS["VN"]
    start = _moment("2026-08-20 10:00", offices.zone)
    pause = Pause(
        _moment("2026-08-25 08:00", offices.zone), _moment("2026-08-27 00:00", offices.zone), "Tide"
    )
    found = compute(offices, start, 7, "working_days", [pause])
    assert found.due_on == date(2026, 9, 4)
    assert [(step.first.day, step.last.day, step.why, step.said) for step in found.steps] == [
        (22, 22, "worked", "2026-08-31"),
        (25, 26, "paused", "Tide"),
        (31, 31, "instead", "2026-08-22"),
        (1, 2, "holiday", ""),
    ]
    assert found.weekends == 3
