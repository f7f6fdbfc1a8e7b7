"""Office hours: noted on places, inherited down the tree, in the zone of the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from footpath.accounts.models import TrailLine
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, StaleState
from footpath.core.officehours import noted_of
from footpath.directory import selectors, services
from footpath.directory.models import OfficeHours, SpecialDay
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

MORNING = {"0": [["08:00", "12:00"]]}
LATER = {"1": [["09:00", "12:00"]]}


def test_the_usual_hours_hold_where_nothing_is_noted(world: World) -> None:
    calendar = selectors.office_calendar_for(world.hue.path, [2026])
    assert noted_of(calendar.week) == selectors.USUAL_HOURS
    assert calendar.zone.key == "Asia/Ho_Chi_Minh"


def test_the_nearest_place_with_hours_counts(world: World) -> None:
    services.note_hours(area=None, hours=MORNING, time_zone="", by=world.administrator, at=NOON)
    services.note_hours(
        area=world.thach, hours=LATER, time_zone="Asia/Tokyo", by=world.office, at=NOON
    )

    def of(path: str) -> tuple[Any, str]:
        calendar = selectors.office_calendar_for(path, [2026])
        return noted_of(calendar.week), calendar.zone.key

    assert of(world.hue.path) == (LATER, "Asia/Tokyo")
    assert of(world.son.path) == (MORNING, "Asia/Ho_Chi_Minh")
    assert of("") == (MORNING, "Asia/Ho_Chi_Minh")
    below = selectors.office_calendars_below(world.district.path, [2026])
    assert below(world.hue.path) is selectors.office_calendar_for(world.hue.path, [2026])
    assert noted_of(selectors.office_calendars_below("", [2026])(world.hue.path).week) == LATER


def test_a_calendar_costs_three_queries(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        selectors.office_calendar_for(world.hue.path, [2026])


def test_hours_are_changed_and_taken_back_with_a_trail(world: World) -> None:
    first = services.note_hours(
        area=world.thach, hours=MORNING, time_zone="", by=world.office, at=NOON
    )
    second = services.note_hours(
        area=world.thach, hours=LATER, time_zone="", by=world.office, at=later(hours=1)
    )
    assert (first.pk, OfficeHours.objects.get().hours) == (second.pk, LATER)
    services.withdraw_hours(hours=second, by=world.office, at=later(hours=2))
    assert not OfficeHours.objects.exists()
    gone = OfficeHours(pk=first.pk, area=world.thach)
    with pytest.raises(StaleState):
        services.withdraw_hours(hours=gone, by=world.office, at=NOON)
    deeds = TrailLine.objects.filter(deed__startswith="directory.hours").order_by("pk")
    assert [line.deed for line in deeds] == [
        "directory.hours_noted",
        "directory.hours_noted",
        "directory.hours_withdrawn",
    ]


def test_hours_are_for_those_who_set_up_the_place(world: World) -> None:
    for area, who in ((world.thach, world.head), (None, world.office), (world.thach, world.boss)):
        with pytest.raises(NotAllowed):
            services.note_hours(area=area, hours=MORNING, time_zone="", by=who, at=NOON)


@pytest.mark.parametrize(
    ("hours", "zone", "field", "says"),
    [
        ({"0": [["8", "12:00"]]}, "", "day_0", "Monday: write the hours as"),
        ({"6": [["12:00", "08:00"]]}, "", "day_6", "Sunday: each span ends after"),
        ({}, "", "day_0", "at least one day"),
        (MORNING, "Mars/Olympus", "time_zone", "no such time zone"),
    ],
)
def test_what_is_no_hours_is_refused(
    world: World, hours: Any, zone: str, field: str, says: str
) -> None:
    with pytest.raises(InvalidValue, match=says) as refused:
        services.note_hours(area=world.thach, hours=hours, time_zone=zone, by=world.office, at=NOON)
    assert refused.value.field == field


def test_on_blocked_days_offices_work(world: World) -> None:
    SpecialDay.objects.create(
        kind="blocked", first=date(2026, 3, 11), last=date(2026, 3, 12), reason="Flood watch",
        area=world.thach, path=world.thach.path, noted_by=world.head, noted_at=NOON,
    )  # fmt: skip
    assert selectors.workdays_for(world.hue.path, [2026]).is_working(date(2026, 3, 11))
    assert selectors.workdays_below("", [2026])(world.hue.path).extra_day(date(2026, 3, 11)) is None
    calendar = selectors.office_calendar_for(world.hue.path, [2026])
    found = calendar.day(date(2026, 3, 11))
    assert found.mark is not None
    assert (found.spans, found.mark.why, found.mark.said) == (
        (), "blocked", "Flood watch (Xã Tân Thạch)",
    )  # fmt: skip
    assert calendar.day(date(2026, 3, 13)).spans


# --- the page -------------------------------------------------------------------------------------


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(who.user, backend="footpath.accounts.backends.ByPost")
    return client


def test_hours_are_noted_changed_and_taken_back_on_the_page(world: World) -> None:
    client = signed_in(world.office)
    page = client.get("/places/hours/").content.decode()
    assert "Where nothing is noted" in page
    said = {"place": "28804", "day_0": "08:00-12:00, 14:00 – 17:00", "time_zone": "Asia/Tokyo"}
    assert client.post("/places/hours/", said).status_code == 302
    row = OfficeHours.objects.get()
    assert row.hours == {"0": [["08:00", "12:00"], ["14:00", "17:00"]]}
    page = client.get("/places/hours/", {"change": row.pk}).content.decode()
    assert "08:00-12:00, 14:00-17:00" in page
    bad = client.post("/places/hours/", said | {"day_0": "8 till late"})
    assert (bad.status_code, "write the hours as" in bad.content.decode()) == (422, True)
    for wrong in ("x", "999999"):
        assert client.get("/places/hours/", {"change": wrong}).status_code == 404
    taken = {"deed": "withdraw", "hours": row.pk}
    assert client.post("/places/hours/", taken).status_code == 302
    assert not OfficeHours.objects.exists()
    assert client.post("/places/hours/", {"deed": "withdraw"}).status_code == 404


def test_hours_are_not_there_for_those_who_read_nothing(world: World) -> None:
    row = services.note_hours(
        area=world.thach, hours=MORNING, time_zone="", by=world.office, at=NOON
    )
    assert selectors.get_hours_for(world.office, pk=row.pk) == row
    with pytest.raises(NotThere):
        selectors.get_hours_for(world.office, pk=row.pk + 1)


def test_an_administrator_changes_the_hours_of_the_whole_country(world: World) -> None:
    services.note_hours(area=None, hours=MORNING, time_zone="", by=world.administrator, at=NOON)
    assert "Change" in signed_in(world.administrator).get("/places/hours/").content.decode()
    assert 'href="/places/hours/?change' not in (
        signed_in(world.office).get("/places/hours/").content.decode()
    )
