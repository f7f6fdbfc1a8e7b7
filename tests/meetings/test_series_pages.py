"""The pages of series and halls, and of a meeting that cannot stand where it was put."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from footpath.core import clock
from footpath.directory.models import Person, SpecialDay
from footpath.meetings import services
from footpath.meetings.models import Duty, Hall, Meeting, Series
from tests.world import World, assign, person

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def soon(days: int = 3) -> date:
    return clock.today() + timedelta(days=days)


def typed(**values: Any) -> dict[str, Any]:
    """Return what is typed for a series of hamlet hue on every first Monday."""
    return {
        "deed": "begin",
        "area": "28804-01",
        "kind": "",
        "unit": "nth",
        "nth": ["1"],
        "weekdays": ["0"],
        "every": "1",
        "begins": "08:00",
        "minutes": "90",
        "first_day": soon().isoformat(),
    } | values


def begin(world: World, **values: Any) -> Series:
    """Begin a weekly series in hamlet hue."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "rrule": "FREQ=WEEKLY",
        "first_day": soon(),
        "begins": time(8),
        "minutes": 90,
        "by": world.head,
        "at": clock.now(),
    } | values
    return services.create_series(**values)


def close(world: World, day: date) -> None:
    """Close every office on a day."""
    SpecialDay.objects.create(
        kind=SpecialDay.Kind.CLOSED,
        area=world.district,
        path=world.district.path,
        first=day,
        last=day,
        reason="Flood",
        noted_by=world.administrator,
        noted_at=clock.now(),
    )


# --- series ---------------------------------------------------------------------------------------


def test_a_series_is_chosen_in_words_shown_and_begun(world: World) -> None:
    client = signed_in(world.head)
    address = reverse("meetings:series-new", query={"place": "28804-01"})
    assert client.get(address).status_code == 200
    asked = typed(kind=world.cell_meeting.pk)
    shown = client.post(address, asked | {"deed": "preview"})
    assert shown.status_code == 200
    assert "every month on the first Monday" in shown.content.decode()
    assert not Series.objects.exists()
    begun = client.post(address, asked, follow=True)
    series = Series.objects.get()
    assert begun.redirect_chain == [(series.get_absolute_url(), 302)]
    assert series.rrule == "FREQ=MONTHLY;BYDAY=1MO"
    assert series.meetings.count() in {12, 13}
    assert "Every month on the first Monday" in begun.content.decode()


@pytest.mark.parametrize(
    ("values", "rrule"),
    [
        (
            {"unit": "week", "weekdays": ["0", "2"], "every": "2"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
        ),
        ({"unit": "day", "days": "9, 15; -1"}, "FREQ=MONTHLY;BYMONTHDAY=-1,9,15"),
        ({"unit": "rule", "written": "RRULE:FREQ=DAILY;COUNT=3"}, "FREQ=DAILY;COUNT=3"),
        ({"nth": ["1", "-1"], "every": "3"}, "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1MO,1MO"),
    ],
)
def test_what_is_chosen_becomes_the_rule_and_comes_back(
    world: World, values: dict[str, Any], rrule: str
) -> None:
    client = signed_in(world.head)
    client.post(reverse("meetings:series-new"), typed(kind=world.cell_meeting.pk, **values))
    series = Series.objects.get()
    assert series.rrule == rrule
    page = client.get(series.get_absolute_url()).content.decode()
    asked = typed(**values) | {"deed": "change", "begins": "09:00"}
    assert client.post(series.get_absolute_url(), asked).status_code == 302
    series.refresh_from_db()
    assert (series.rrule, series.begins) == (rrule, time(9))
    assert 'name="unit"' in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"weekdays": []}, "Choose at least one weekday."),
        ({"nth": []}, "Choose which of the month."),
        ({"unit": "day", "days": "40"}, "Give numbers from 1 to 31"),
        ({"unit": "day", "days": ""}, "Give numbers from 1 to 31"),
        ({"unit": "rule"}, "Write the rule."),
        ({"unit": "rule", "written": "FREQ=HOURLY"}, "FREQ=HOURLY” is not understood."),
        ({"last_day": "2020-01-01"}, "The series ends before it begins."),
    ],
)
def test_what_is_not_clear_is_said_beside_its_field(
    world: World, values: dict[str, Any], said: str
) -> None:
    asked = typed(kind=world.cell_meeting.pk) | values
    refused = signed_in(world.head).post(reverse("meetings:series-new"), asked)
    assert refused.status_code == 422
    assert said in refused.content.decode()


def test_a_day_that_is_not_free_is_shown_with_the_next_free_days_and_moved(world: World) -> None:
    series = begin(world)
    first, second, *_rest = series.meetings.order_by("starts_at")
    close(world, soon())
    client = signed_in(world.head)
    page = client.get(series.get_absolute_url()).content.decode()
    assert page.count("Needs another day") == 1
    assert "Flood" in page
    asked = {
        "deed": "move",
        "day": soon(4).isoformat(),
        "starts_at": "08:00",
        "ends_at": "09:30",
        "hall": "",
        "where": "",
    }
    assert f'value="{asked["day"]}"' in page
    on_meeting = client.get(first.get_absolute_url()).content.decode()
    assert "Needs another day" in on_meeting
    assert "every week on" in on_meeting
    assert client.post(first.get_absolute_url(), asked).status_code == 302
    assert "Needs another day" not in client.get(series.get_absolute_url()).content.decode()
    assert "Needs another day" not in client.get(second.get_absolute_url()).content.decode()


def test_a_year_that_is_not_settled_is_shown_as_provisional(world: World) -> None:
    far = clock.today().replace(year=clock.today().year + 4, month=6, day=15)
    series = begin(world, first_day=far, at=timezone.make_aware(datetime.combine(far, time(7))))
    page = signed_in(world.head).get(series.get_absolute_url()).content.decode()
    assert "Provisional" in page
    assert "Needs another day" not in page
    meeting = series.meetings.order_by("starts_at").first()
    assert meeting is not None
    on_meeting = signed_in(world.head).get(meeting.get_absolute_url()).content.decode()
    assert "The days of that year are not settled yet." in on_meeting


def test_a_series_is_changed_and_ended_on_its_page(world: World) -> None:
    series = begin(world)
    client = signed_in(world.head)
    asked = typed(deed="preview", unit="week", weekdays=["1"], begins="10:00")
    shown = client.post(series.get_absolute_url(), asked)
    assert "every week on Tuesday" in shown.content.decode()
    changed = client.post(series.get_absolute_url(), asked | {"deed": "change"}, follow=True)
    assert "The series is changed:" in changed.content.decode()
    ended = {"deed": "end", "last_day": soon(40).isoformat(), "reason": ""}
    assert client.post(series.get_absolute_url(), ended).status_code == 422
    done = client.post(series.get_absolute_url(), ended | {"reason": "Over."}, follow=True)
    assert "The series is ended." in done.content.decode()
    assert client.post(series.get_absolute_url(), asked | {"deed": "change"}).status_code == 422
    assert client.post(series.get_absolute_url(), {"deed": "dance"}).status_code == 404
    assert (
        series.title
        in client.get(reverse("meetings:series-list", query={"view": "ended"})).content.decode()
    )


def test_series_elsewhere_are_not_there_and_whoever_began_one_sees_it(world: World) -> None:
    series = begin(world)
    assert signed_in(world.far).get(series.get_absolute_url()).status_code == 404
    assert signed_in(world.officer).get(series.get_absolute_url()).status_code == 200
    Series.objects.filter(pk=series.pk).update(convened_by=world.far)
    assert signed_in(world.far).get(series.get_absolute_url()).status_code == 200
    assert signed_in(world.far).get("/meetings/series/0/").status_code == 404


def test_lists_cost_the_same_queries_for_one_and_for_three(world: World) -> None:
    client = signed_in(world.office)
    asked: dict[str, list[int]] = {"meetings:series-list": [], "meetings:halls": []}
    for place in (world.hue, world.khanh, world.phuoc):
        begin(world, area=place, by=world.office)
        Hall.objects.create(area=place, name="Hall")
        for name, found in asked.items():
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name)).status_code == 200
            found.append(len(queries))
    assert {len(set(found)) for found in asked.values()} == {1}


def test_the_page_of_a_series_costs_the_same_queries_for_few_and_many(world: World) -> None:
    few = begin(world, rrule="FREQ=WEEKLY;COUNT=2")
    many = begin(world, area=world.khanh, by=world.office)
    close(world, soon())
    close(world, soon(7))
    client = signed_in(world.office)
    counted = []
    for series in (few, many):
        client.get(series.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(series.get_absolute_url()).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- halls ----------------------------------------------------------------------------------------


def test_a_hall_is_added_changed_closed_and_opened(world: World) -> None:
    client = signed_in(world.head)
    asked = {"area": "28804", "name": "Big hall", "seats": "40", "at_once": "1"}
    assert client.post(reverse("meetings:halls"), asked).status_code == 302
    hall = Hall.objects.get()
    again = client.post(reverse("meetings:halls"), asked)
    assert again.status_code == 422
    assert "already has a hall called Big hall" in again.content.decode()
    address = reverse("meetings:hall", args=[hall.pk])
    change = {"deed": "change", "name": "Hall", "seats": "", "at_once": "2", "is_active": "on"}
    assert client.post(address, change).status_code == 302
    hall.refresh_from_db()
    assert (hall.name, hall.seats, hall.at_once, hall.is_active) == ("Hall", None, 2, True)
    assert client.post(address, change | {"name": ""}).status_code == 422
    shut = {"deed": "close", "first": soon(1).isoformat(), "last": soon(2).isoformat()}
    assert client.post(address, shut | {"reason": ""}).status_code == 422
    assert client.post(address, shut | {"reason": "Roof", "last": "2020-01-01"}).status_code == 422
    assert client.post(address, shut | {"reason": "Roof"}).status_code == 302
    assert "Roof" in client.get(address).content.decode()
    closure = hall.closures.get()
    assert client.post(address, {"deed": "open", "closure": closure.pk}).status_code == 302
    assert not hall.closures.exists()
    assert client.post(address, {"deed": "open", "closure": closure.pk}).status_code == 404
    assert signed_in(world.officer).post(address, change).status_code == 403
    assert client.get("/meetings/halls/0/").status_code == 404


def test_a_taken_hall_is_refused_with_the_meeting_in_it_and_free_days(world: World) -> None:
    hall = services.add_hall(area=world.thach, name="Hall", by=world.head, at=clock.now())
    begun = timezone.make_aware(datetime.combine(soon(), time(8)))
    services.convene_meeting(
        kind=world.cell_meeting,
        area=world.khanh,
        starts_at=begun,
        ends_at=begun + timedelta(hours=2),
        hall=hall,
        title="Cell of Khanh",
        by=world.head,
        at=clock.now(),
    )
    asked = {
        "area": "28804-01",
        "kind": world.cell_meeting.pk,
        "day": soon().isoformat(),
        "starts_at": "09:00",
        "ends_at": "",
        "hall": hall.pk,
        "title": "Kept as typed",
    }
    client = signed_in(world.head)
    refused = client.post(reverse("meetings:convene"), asked)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "The hall cannot be used at this time" in page
    assert "Cell of Khanh" in page
    assert "Kept as typed" in page
    assert f'name="day" value="{soon(4).isoformat()}"' in page
    assert (
        client.post(reverse("meetings:convene"), asked | {"day": soon(4).isoformat()}).status_code
        == 302
    )
    made = Meeting.objects.get(title="Kept as typed")
    assert made.hall == hall
    assert made.ends_at - made.starts_at == timedelta(minutes=world.cell_meeting.minutes)
    assert "Cell of Khanh" in client.get(reverse("meetings:hall", args=[hall.pk])).content.decode()


# --- a meeting that cannot stand there ------------------------------------------------------------


def test_a_closed_day_is_refused_and_an_extraordinary_reason_sets_it_aside(world: World) -> None:
    close(world, soon())
    asked = {
        "area": "28804-01",
        "kind": world.cell_meeting.pk,
        "day": soon().isoformat(),
        "starts_at": "09:00",
        "ends_at": "10:00",
    }
    client = signed_in(world.head)
    refused = client.post(reverse("meetings:convene"), asked)
    assert refused.status_code == 422
    assert "The meeting cannot be held on this day" in refused.content.decode()
    assert "It cannot wait for another day" in refused.content.decode()
    by_officer = signed_in(world.officer).post(reverse("meetings:convene"), asked)
    assert "It cannot wait for another day" not in by_officer.content.decode()
    done = client.post(
        reverse("meetings:convene"), asked | {"extraordinary_reason": "The dyke"}, follow=True
    )
    assert "Against a day rule." in done.content.decode()
    made = Meeting.objects.get()
    assert (made.extraordinary_reason, made.extraordinary_by) == ("The dyke", world.head)


def test_a_move_to_where_somebody_is_expected_elsewhere_names_who_and_where(world: World) -> None:
    begun = timezone.make_aware(datetime.combine(soon(), time(8)))
    lasts = timedelta(hours=2)
    common = {"kind": world.cell_meeting, "by": world.head, "at": clock.now()}
    services.convene_meeting(
        area=world.hue, starts_at=begun, ends_at=begun + lasts, title="Cell of Hue", **common
    )
    assign(world.officer, world.khanh, role="deputy")
    moved = services.convene_meeting(
        area=world.khanh,
        starts_at=begun + timedelta(days=1),
        ends_at=begun + timedelta(days=1) + lasts,
        **common,
    )
    asked = {
        "deed": "move",
        "day": soon().isoformat(),
        "starts_at": "09:00",
        "ends_at": "10:00",
        "where": "Kept",
    }
    refused = signed_in(world.head).post(moved.get_absolute_url(), asked)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Nobody can be in two places at once" in page
    assert "Lê Thị Mai" in page
    assert "Cell of Hue" in page
    assert 'value="Kept"' in page


def test_everybody_of_an_organization_is_invited_but_who_is_expected_elsewhere(
    world: World,
) -> None:
    begun = timezone.make_aware(datetime.combine(soon(), time(8)))
    common = {
        "kind": world.cell_meeting,
        "starts_at": begun,
        "ends_at": begun + timedelta(hours=2),
        "by": world.head,
        "at": clock.now(),
    }
    services.convene_meeting(area=world.khanh, **common)
    meeting = services.convene_meeting(area=world.thach, **common)
    client = signed_in(world.head)
    asked = {"deed": "invite-all", "organization": world.district_office.code}
    said = client.post(meeting.get_absolute_url(), asked, follow=True).content.decode()
    assert "Expected elsewhere then, and not invited: Tô Thị Hiền." in said
    on_list = set(Duty.objects.filter(meeting=meeting).values_list("person__name", flat=True))
    assert "Lê Thị Mai" in on_list
    assert "Tô Thị Hiền" not in on_list
    number = len(on_list)
    client.post(meeting.get_absolute_url(), asked)
    assert Duty.objects.filter(meeting=meeting).count() == number
    empty = {"deed": "invite-all", "organization": world.agency.code}
    assert client.post(meeting.get_absolute_url(), empty).status_code == 422


def test_more_people_than_seats_are_said(world: World) -> None:
    hall = services.add_hall(area=world.hue, name="Hut", seats=1, by=world.head, at=clock.now())
    assign(person("Deputy"), world.hue, role="deputy")
    begun = timezone.make_aware(datetime.combine(soon(), time(8)))
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=begun,
        ends_at=begun + timedelta(hours=2),
        hall=hall,
        by=world.head,
        at=clock.now(),
    )
    page = signed_in(world.head).get(meeting.get_absolute_url()).content.decode()
    assert "2 people are expected, Hut has 1 seats." in page
