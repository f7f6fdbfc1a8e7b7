"""The calendar of a district: what it shows of a day, how one gets on, and who sees what."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area, CalendarYear, Person, SpecialDay
from footpath.meetings import selectors
from footpath.meetings.models import DayRule, Hall, Meeting, MeetingKind, MonthPlan
from footpath.meetings.views import calendar as view
from tests.world import NOON, World, organization, settle

pytestmark = pytest.mark.django_db

MARCH = Month(2026, 3)


def signed_in(who: Person) -> Client:
    """Return a client signed in as the person, reading English."""
    client = Client(headers={"Accept-Language": "en"})
    assert who.user is not None
    client.force_login(who.user)
    return client


def shown(reader: Person, **query: Any) -> str:
    """Return the text of the calendar, every kind of space as one."""
    response = signed_in(reader).get(reverse("meetings:calendar"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def days(reader: Person, **query: Any) -> dict[date, view.Day]:
    """Return the days that the calendar shows."""
    response = signed_in(reader).get(reverse("meetings:calendar"), query)
    return {day.day: day for day in _context(response)["days"]}


def _context(response: Any) -> dict[str, Any]:
    """Return what the template was given."""
    found: dict[str, Any] = response.wsgi_request.calendar_context
    return found


@pytest.fixture(autouse=True)
def _keep_context(monkeypatch: pytest.MonkeyPatch) -> None:
    render = view.render

    def kept(request: Any, template: str, context: dict[str, Any]) -> Any:
        request.calendar_context = context
        return render(request, template, context)

    monkeypatch.setattr(view, "render", kept)


def write(world: World, day: date, place: Area | None = None, **values: Any) -> Meeting:
    """Write a planned meeting of ninety minutes at eight o'clock."""
    area = place or world.hue
    start = timezone.make_aware(datetime.combine(day, values.pop("hour", time(8))))
    values = {
        "kind": world.cell_meeting,
        "area": area,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=90),
        "convened_by": world.office,
        **{f"a{level}": pk for level, pk in enumerate(area.ancestor_ids)},
    } | values
    return Meeting.objects.create(**values)


def names(day: view.Day) -> list[str]:
    return [item.name for item in day.items]


# --- the month ------------------------------------------------------------------------------------


def test_a_month_shows_whole_weeks_and_each_meeting_on_its_day(world: World) -> None:
    write(world, date(2026, 3, 10), title="Dykes")
    write(world, date(2026, 3, 10), hour=time(23, 30), title="Late")
    write(world, date(2026, 2, 28), title="Before")
    found = days(world.officer, month="2026-03")
    assert (min(found), max(found)) == (date(2026, 2, 23), date(2026, 4, 5))
    assert names(found[date(2026, 3, 10)]) == ["Dykes", "Late"]
    assert found[date(2026, 3, 10)].items[1].begins == "23:30"
    assert (found[date(2026, 2, 28)].inside, names(found[date(2026, 2, 28)])) == (False, [])


def test_a_full_day_names_some_and_leads_to_the_others(world: World) -> None:
    most = view.SHOWN["month"]
    for number in range(most + 3):
        write(world, date(2026, 3, 10), title=f"Meeting {number}", hour=time(8 + number))
    for number in range(most + 1):
        write(world, date(2026, 3, 11), title=f"Other {number}", hour=time(8 + number))
    found = days(world.officer, month="2026-03")
    full, almost = found[date(2026, 3, 10)], found[date(2026, 3, 11)]
    assert (len(full.items), full.more, full.number) == (most, 3, most + 3)
    assert (len(almost.items), almost.more) == (most + 1, 0)
    page = shown(world.officer, month="2026-03")
    assert "3 more" in page
    whole = signed_in(world.officer).get(full.href)
    assert [len(day.items) for day in _context(whole)["days"]] == [most + 3]


def test_today_is_marked(world: World) -> None:
    assert [day.day for day in days(world.officer).values() if day.today] == [clock.today()]
    assert 'aria-current="date"' in shown(world.officer)
    assert "This month" not in shown(world.officer)
    assert "This month" in shown(world.officer, month="2026-03")


def test_cancelled_held_and_provisional_meetings_say_so(world: World) -> None:
    write(world, date(2026, 3, 10), title="Gone", state=Meeting.State.CANCELLED)
    write(world, date(2026, 3, 11), title="Was", state=Meeting.State.HELD)
    write(world, date(2026, 3, 12), title="Perhaps")
    MonthPlan.objects.create(
        area=world.thach,
        path=world.thach.path,
        month=MARCH.first,
        state=MonthPlan.State.PROPOSED,
        started_by=world.office,
        started_at=NOON,
    )
    found = days(world.officer, month="2026-03", view="list")
    assert [(item.name, item.word) for day in found.values() for item in day.items] == [
        ("Gone", "Cancelled"),
        ("Was", "Held"),
        ("Perhaps", "Provisional"),
    ]
    page = shown(world.officer, month="2026-03")
    assert "fp-cal-cancelled" in page
    assert "fp-cal-provisional" in page


# --- days off, worked days, rule days -------------------------------------------------------------


def test_days_off_and_worked_days_stand_in_the_calendar(world: World) -> None:
    SpecialDay.objects.create(
        area=world.thach,
        path=world.thach.path,
        kind=SpecialDay.Kind.CLOSED,
        first=date(2026, 8, 5),
        last=date(2026, 8, 6),
        reason="Flood",
        noted_by=world.head,
        noted_at=NOON,
    )
    found = days(world.officer, month="2026-08", place=world.hue.code)
    assert found[date(2026, 8, 5)].note.off == "Flood (Xã Tân Thạch)"
    assert found[date(2026, 8, 5)].note.stops
    assert found[date(2026, 8, 8)].note.off == "Weekend"
    assert not found[date(2026, 8, 8)].note.stops
    assert found[date(2026, 8, 22)].note.worked == "Working day for 31 Aug"
    assert found[date(2026, 8, 31)].note.off == "Day off instead of 22 Aug"
    elsewhere = days(world.office, month="2026-08", place=world.phuoc.code)
    assert elsewhere[date(2026, 8, 5)].note.off == ""


def rule(world: World, place: Area, days: list[int], **values: Any) -> DayRule:
    values = {
        "code": "departments",
        "title": "Meetings of departments",
        "valid_from": date(2020, 1, 1),
        "made_by": world.office,
    } | values
    return DayRule.objects.create(
        area=place, path=place.path, test=DayRule.Test.ONLY_DAYS, days=days, **values
    )


def test_days_that_a_rule_names_bear_its_title(world: World) -> None:
    rule(world, world.district, [9, 15], next_working_day=True)
    found = days(world.officer, month="2026-03", place=world.hue.code)
    named = [day for day, there in found.items() if there.note.rules]
    assert named == [date(2026, 3, 9), date(2026, 3, 16)]  # the 15th is a Sunday
    assert found[date(2026, 3, 9)].note.rules == ("Meetings of departments",)


def test_the_nearest_rule_stands_and_a_rule_holds_only_while_it_is_valid(world: World) -> None:
    rule(world, world.district, [9])
    rule(world, world.thach, [12, 31], title="Ours", valid_until=date(2026, 3, 20))
    rule(world, world.son, [1], title="Theirs")
    found = days(world.officer, month="2026-03", place=world.hue.code)
    named = {day: there.note.rules for day, there in found.items() if there.note.rules}
    assert named == {date(2026, 3, 12): ("Ours",)}
    february = days(world.officer, month="2026-02", place=world.hue.code)
    assert [day for day, there in february.items() if there.note.rules] == [date(2026, 2, 12)]


def test_a_year_that_nobody_has_settled_is_said_and_its_days_are_not_guessed(
    world: World,
) -> None:
    write(world, date(2041, 5, 7), title="Far")
    rule(world, world.thach, [9], next_working_day=True)
    page = shown(world.officer, month="2041-05", place=world.hue.code)
    assert "The holidays and swapped working days of 2041 are not settled yet." in page
    found = days(world.officer, month="2041-05", place=world.hue.code)
    assert [day for day, there in found.items() if there.note.off] == []
    assert [day for day, there in found.items() if there.note.rules] == [date(2041, 5, 9)]
    assert found[date(2041, 5, 7)].items[0].word == "Provisional"
    settle(world, 2041)
    assert "not settled" not in shown(world.officer, month="2041-05", place=world.hue.code)


def test_the_next_working_day_is_not_looked_for_beyond_the_settled_years(world: World) -> None:
    CalendarYear.objects.all().delete()
    settle(world, 2050)
    rule(world, world.thach, [31], next_working_day=True)
    found, unsettled = selectors.notes_of(world.hue, date(2050, 12, 25), date(2050, 12, 31))
    # 31 December 2050 is a Saturday; what follows lies in a year that is not known.
    assert [day for day, note in found.items() if note.rules] == []
    assert unsettled == []


# --- weeks, lists, and getting on -----------------------------------------------------------------


def test_a_week_begins_on_monday(world: World) -> None:
    found = days(world.officer, view="week", day="2026-03-11")
    assert list(found) == [date(2026, 3, 9) + timedelta(days=number) for number in range(7)]
    assert next(iter(days(world.officer, view="week", month="2026-04"))) == date(2026, 3, 30)


def test_a_list_shows_the_days_with_meetings(world: World) -> None:
    write(world, date(2026, 3, 10), title="Dykes")
    write(world, date(2026, 3, 12), title="Roads")
    assert list(days(world.officer, view="list", month="2026-03")) == [
        date(2026, 3, 10),
        date(2026, 3, 12),
    ]
    one = days(world.officer, view="list", day="2026-03-12")
    assert [names(day) for day in one.values()] == [["Roads"]]
    assert "No meeting" in shown(world.officer, view="list", day="2026-03-13")
    assert "No meeting" in shown(world.officer, month="2026-04")


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ({"month": "2026-03"}, "month=2026-02", "month=2026-04"),
        ({"month": "2026-12", "view": "list"}, "month=2026-11", "month=2027-01"),
        ({"day": "2026-03-11", "view": "week"}, "day=2026-03-02", "day=2026-03-16"),
        ({"day": "2026-03-11", "view": "list"}, "day=2026-03-10", "day=2026-03-12"),
    ],
)
def test_one_gets_to_what_is_before_and_after(
    world: World, query: dict[str, str], before: str, after: str
) -> None:
    response = signed_in(world.officer).get(reverse("meetings:calendar"), query)
    steps = _context(response)["steps"]
    assert before in steps["before"][1]
    assert after in steps["after"][1]
    assert steps["now"][1]


@pytest.mark.parametrize(
    "query",
    [
        {"month": "x", "day": "y", "view": "z", "kind": "none", "hall": "x"},
        {"day": "0001-01-01", "view": "week"},
        {"day": "9999-12-31", "view": "list"},
        {"month": "9998-12"},
        {"month": "1900-01", "view": "list"},
        {"hall": "9" * 30},
        {"hall": "²"},
    ],
)
def test_what_cannot_be_read_leads_to_a_page_all_the_same(
    world: World, query: dict[str, str]
) -> None:
    shown(world.officer, **query)


# --- filters and rights ---------------------------------------------------------------------------


def test_each_filter_leaves_the_others_out(world: World) -> None:
    hall = Hall.objects.create(area=world.thach, name="Big hall")
    coffee = MeetingKind.objects.get(code="coffee")
    expected = write(world, date(2026, 3, 10), title="expected")
    expected.duties.create(person=world.office)
    write(world, date(2026, 3, 10), title="in the hall", hall=hall)
    write(world, date(2026, 3, 10), title="coffee", kind=coffee)
    write(world, date(2026, 3, 10), title="of the cell", organization=world.cell)
    write(world, date(2026, 3, 10), world.phuoc, title="elsewhere")

    def found(**query: Any) -> list[str]:
        listed = days(world.office, month="2026-03", view="list", **query)
        return [name for day in listed.values() for name in names(day)]

    assert len(found()) == 5
    assert found(person="me") == ["expected"]
    assert found(person="me", place=world.phuoc.code) == []
    assert found(hall=hall.pk) == ["in the hall"]
    assert found(kind="coffee") == ["coffee"]
    assert found(organization=world.cell.code) == ["of the cell"]
    assert found(place=world.son.code) == ["elsewhere"]
    page = shown(world.office, place=world.thach.code, hall=hall.pk, kind="coffee", person="me")
    assert "Filter, 4 set" in page
    assert "Big hall" in page


def test_the_calendar_keeps_its_filters_from_one_month_to_the_next(world: World) -> None:
    response = signed_in(world.office).get(
        reverse("meetings:calendar"),
        {"place": world.hue.code, "month": "2026-03", "kind": "cell", "person": "me"},
    )
    address = _context(response)["steps"]["after"][1]
    assert all(
        part in address
        for part in (f"place={world.hue.code}", "kind=cell", "person=me", "month=2026-04")
    )


def test_what_is_not_theirs_is_not_in_the_calendar(world: World) -> None:
    write(world, date(2026, 3, 10), title="Mine")
    write(world, date(2026, 3, 10), world.phuoc, title="Theirs")
    page = shown(world.officer, month="2026-03")
    assert "Mine" in page
    assert "Theirs" not in page
    there = shown(world.officer, month="2026-03", place=world.phuoc.code)
    assert "Theirs" not in there
    assert "Follow in my calendar program" not in there
    assert Client().get(reverse("meetings:calendar")).status_code == 302
    unknown = signed_in(world.officer).get(reverse("meetings:calendar"), {"place": str(uuid4())})
    assert unknown.status_code == 404


@pytest.mark.parametrize("query", [{}, {"view": "week", "day": "2026-03-10"}, {"view": "list"}])
@pytest.mark.parametrize("number", [1, 3])
def test_the_calendar_asks_the_same_number_of_queries_whatever_it_shows(
    world: World,
    number: int,
    query: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for hour in range(number):
        write(world, date(2026, 3, 10), hour=time(8 + hour), title=f"M{hour}")
    client = signed_in(world.office)
    address = reverse("meetings:calendar", query={"month": "2026-03", "place": "831"} | query)
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)


def test_the_way_to_the_calendar_stands_on_the_page_of_a_place(world: World) -> None:
    page = signed_in(world.officer).get(world.hue.get_absolute_url()).content.decode()
    assert reverse("meetings:calendar", query={"place": world.hue.code}) in page
    other = signed_in(world.officer).get(world.phuoc.get_absolute_url()).content.decode()
    assert reverse("meetings:calendar", query={"place": world.phuoc.code}) not in other


def test_an_organization_has_a_calendar(world: World) -> None:
    unit = organization("Health station", world.thach)
    write(world, date(2026, 3, 10), title="Vaccines", organization=unit)
    page = shown(world.head, organization=unit.code, month="2026-03")
    assert "Health station" in page
    assert "Vaccines" in page
