"""The writer of iCalendar, read back by the package icalendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footpath.core import ical
from footpath.core.ical import Event, Party

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
ZONES = ("Asia/Ho_Chi_Minh", "Asia/Shanghai", "Europe/Moscow", "Europe/Berlin", "America/St_Johns")
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from("\n,;:\\\"'"),
    max_size=200,
).filter(lambda said: said == said.strip() and "\x85" not in said)


def event(**values: object) -> Event:
    """Return an event of two hours at eight o'clock in Bến Tre."""
    return Event(
        **(  # type: ignore[arg-type]
            {
                "uid": "meeting-1@test",
                "starts_at": START,
                "ends_at": START + timedelta(hours=2),
                "changed_at": START - timedelta(days=3),
                "summary": "Họp chi bộ, Ấp Tân Huề",
            }
            | values
        )
    )


def read(events: list[Event], zone: str = "Asia/Ho_Chi_Minh", **options: str) -> icalendar.Calendar:
    """Return what the package reads of a calendar of ours."""
    return icalendar.Calendar.from_ical(
        ical.calendar(events, zone=ZoneInfo(zone), product="-//Footpath//EN", **options)
    )


def test_an_event_is_read_back_as_it_was_written() -> None:
    found = read(
        [
            event(
                sequence=3,
                status="CANCELLED",
                location="Hall 1; first floor",
                description="1. Roads\n2. Water, light\\dark",
                url="https://footpath.example/meetings/1/",
                category="Cell meeting",
            )
        ],
        name="My meetings",
        refresh="PT1H",
    ).events[0]
    assert {name: str(found[name]) for name in ("UID", "SUMMARY", "STATUS", "LOCATION", "URL")} == {
        "UID": "meeting-1@test",
        "SUMMARY": "Họp chi bộ, Ấp Tân Huề",
        "STATUS": "CANCELLED",
        "LOCATION": "Hall 1; first floor",
        "URL": "https://footpath.example/meetings/1/",
    }
    assert str(found["DESCRIPTION"]) == "1. Roads\n2. Water, light\\dark"
    assert found["CATEGORIES"].cats == ["Cell meeting"]
    assert (found["SEQUENCE"], found.start, found.end) == (3, START, START + timedelta(hours=2))
    assert found.start.tzinfo.key == "Asia/Ho_Chi_Minh"
    assert found["DTSTAMP"].dt == found["LAST-MODIFIED"].dt == START - timedelta(days=3)


def test_a_calendar_says_its_name_and_when_to_ask_again() -> None:
    found = read([], name="Xã Tân Thạch", language="vi", refresh="PT1H")
    assert str(found["X-WR-CALNAME"]) == str(found["NAME"]) == "Xã Tân Thạch"
    assert found["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert found.walk("VTIMEZONE") == []


def test_an_invitation_names_who_invites_and_who_is_invited() -> None:
    found = read(
        [
            event(
                organizer=Party('The "office"', "mailto:office@footpath.example"),
                attendee=Party("Lê Thị Mai", "mailto:mai@footpath.example"),
            )
        ],
        method="REQUEST",
    )
    invited = found.events[0]["ATTENDEE"]
    assert str(found["METHOD"]) == "REQUEST"
    assert str(found.events[0]["ORGANIZER"]) == "mailto:office@footpath.example"
    assert found.events[0]["ORGANIZER"].params["CN"] == "The 'office'"
    assert str(invited) == "mailto:mai@footpath.example"
    assert dict(invited.params) == {
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "FALSE",
        "CN": "Lê Thị Mai",
    }


@pytest.mark.parametrize("zone", ZONES)
def test_the_time_zone_is_right_at_every_hour_of_the_span(zone: str) -> None:
    local = ZoneInfo(zone)
    first, last = date(2026, 2, 1), date(2027, 3, 31)
    written = "\r\n".join(ical.timezone_lines(local, first, last))
    theirs = icalendar.Timezone.from_ical(written).to_tz(lookup_tzid=False)
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    while moment.date() <= last:
        here = moment.astimezone(local).replace(tzinfo=None)
        if here.replace(tzinfo=local).astimezone(UTC) == moment and not _twice(here, local):
            assert here.replace(tzinfo=theirs).utcoffset() == moment.astimezone(local).utcoffset()
        moment += timedelta(hours=1)


def _twice(here: datetime, local: ZoneInfo) -> bool:
    """Return whether the clock shows this hour twice, when it is set back."""
    first, second = (here.replace(tzinfo=local, fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def test_an_offset_with_seconds_is_written_with_them() -> None:
    old = ical.timezone_lines(ZoneInfo("Asia/Ho_Chi_Minh"), date(1905, 1, 1), date(1905, 1, 2))
    assert "TZOFFSETTO:+070630" in old


@given(said=TEXTS)
@settings(deadline=None, max_examples=200)
def test_any_text_comes_back_and_no_line_is_too_long(said: str) -> None:
    written = ical.calendar([event(summary=said)], zone=SAIGON, product="x")
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= ical.LINE
    for line in lines:
        line.decode()  # no letter is cut in two
    found = icalendar.Calendar.from_ical(written).events[0]
    assert str(found["SUMMARY"]) == said
