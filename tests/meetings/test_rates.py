"""Rates of attendance: fractions, drilling down to the rows, and small groups kept to readers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Area, Membership, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.rules.periods import Period, choices
from footpath.meetings.selectors import Which
from tests.world import LONG_AGO, World, fresh, person

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def held(world: World, place: Area, marks: dict[Person, str], day: int = 10) -> Meeting:
    """Write a meeting of March that was held, with what became of the duties."""
    start = datetime(2026, 3, day, 12, tzinfo=UTC)
    meeting = Meeting.objects.create(
        kind=world.cell_meeting,
        area=place,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        state="held",
        convened_by=world.head,
        **tree.ancestor_values(place.path),
    )
    for who, mark in marks.items():
        Duty.objects.create(meeting=meeting, person=who, attendance=mark)
    return meeting


def crowd(number: int, name: str = "Crowd") -> list[Person]:
    """Return people who do not sign in."""
    return [person(f"{name} {at}", signs_in=False) for at in range(number)]


def filled(world: World) -> dict[str, list[Person]]:
    """Fill March: hue 5 of 6 people came, khanh 1 of 2, the commune itself 6 of 6."""
    hue, khanh, itself = crowd(6, "Hue"), crowd(2, "Khanh"), crowd(6, "Commune")
    held(world, world.hue, dict(zip(hue, ["present"] * 4 + ["late", "absent"], strict=True)))
    held(world, world.khanh, dict(zip(khanh, ["substitute", "excused"], strict=True)))
    held(world, world.thach, dict.fromkeys(itself, "present"))
    held(world, world.thach, {world.member: "unknown"}, day=11)
    return {"hue": hue, "khanh": khanh, "itself": itself}


def lines_of(table: selectors.RateTable) -> dict[str, tuple[Rate, int, bool]]:
    """Return rate, people and whether it is shown, by the name of the group."""
    return {line.thing.name: (line.rate, line.people, line.shown) for line in table.lines}


# --- the figures ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rates_of_a_place_by_what_lies_in_it_add_up_to_its_own(world: World) -> None:
    filled(world)
    table = selectors.rates_by_area(world.office, Which(world.thach), MARCH)
    assert lines_of(table) == {
        world.thach.name: (Rate(6, 6), 6, True),
        world.hue.name: (Rate(5, 6), 6, True),
        world.khanh.name: (Rate(1, 2), 2, True),
    }
    assert (table.total.rate, table.total.people, table.hidden) == (Rate(12, 14), 14, 0)
    parts = [line.rate for line in table.lines]
    assert Rate(sum(r.part for r in parts), sum(r.whole for r in parts)) == table.total.rate
    assert table.total.rate == selectors.attendance_rate(world.thach.path, MARCH)


@pytest.mark.django_db
def test_rates_by_tier_and_by_organization(world: World) -> None:
    people = filled(world)
    tiers = selectors.rates_by_tier(world.office, Which(world.district), MARCH)
    assert lines_of(tiers) == {
        "Commune": (Rate(6, 6), 6, True),
        "Hamlet": (Rate(6, 8), 8, True),
    }
    for who in (*people["hue"], *people["khanh"]):
        Membership.objects.create(person=who, organization=world.cell, start=LONG_AGO)
    Membership.objects.create(
        person=people["itself"][0],
        organization=world.cell,
        start=LONG_AGO,
        until=date(2026, 3, 30),
    )
    units = selectors.rates_by_organization(world.office, Which(world.district), MARCH)
    assert lines_of(units) == {world.cell.name: (Rate(6, 8), 8, True)}
    one = Which(world.district, organization=world.cell)
    assert selectors.total_rate(world.office, one, MARCH).rate == Rate(6, 8)
    hamlets = Which(world.district, tier=world.hue.tier)
    assert selectors.total_rate(world.office, hamlets, MARCH).rate == Rate(6, 8)


@pytest.mark.django_db
def test_the_rows_behind_a_figure_add_up_to_it(world: World) -> None:
    filled(world)
    for which in (
        Which(world.thach),
        Which(world.thach, only_here=True),
        Which(world.thach, tier=world.hue.tier),
    ):
        figure = selectors.total_rate(world.head, which, MARCH).rate
        rows = selectors.page_of_rate_rows(world.head, which, MARCH).rows
        assert Rate(sum(r.rate.part for r in rows), sum(r.rate.whole for r in rows)) == figure


@pytest.mark.django_db
def test_no_data_is_not_zero(world: World) -> None:
    table = selectors.rates_by_area(world.office, Which(world.thach), MARCH)
    assert (table.lines, table.total.rate, table.total.rate.percent) == ([], Rate(0, 0), None)
    page = shown(world.office, place=world.thach.code, period="2026-03")
    assert "No data" in page


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_others_see_groups_of_five_and_more_and_nothing_can_be_subtracted(world: World) -> None:
    filled(world)
    table = selectors.rates_by_area(world.member, Which(world.thach), MARCH)
    assert {name: seen for name, (_rate, _people, seen) in lines_of(table).items()} == {
        world.thach.name: False,  # one of the smallest others: the hidden one is no remainder
        world.hue.name: True,
        world.khanh.name: False,
    }
    assert table.total.shown
    assert table.hidden == 2
    assert not selectors.total_rate(world.member, Which(world.khanh), MARCH).shown
    assert selectors.total_rate(world.head, Which(world.khanh), MARCH).shown
    with pytest.raises(NotThere):
        selectors.page_of_rate_rows(world.member, Which(world.thach), MARCH)


@pytest.mark.django_db
def test_everybody_sees_their_own_rate_and_its_rows(world: World) -> None:
    filled(world)
    mine = held(world, world.thach, {world.member: "late", world.far: "absent"}, day=12)
    assert [
        (line.thing, line.rate)
        for line in selectors.page_of_people(world.member, Which(world.thach), MARCH).rows
    ] == [(world.member, Rate(1, 1))]
    own = Which(person=world.member)
    line = selectors.total_rate(world.member, own, MARCH)
    assert (line.rate, line.shown) == (Rate(1, 1), True)
    rows = selectors.page_of_rate_rows(world.member, own, MARCH).rows
    assert [(row.meeting, row.duty.attendance if row.duty else "") for row in rows] == [
        (mine, "late")
    ]
    other = Which(world.thach, person=world.far)
    assert not selectors.total_rate(world.member, other, MARCH).shown
    with pytest.raises(NotThere):
        selectors.page_of_rate_rows(world.member, other, MARCH)
    names = [
        line.thing.name
        for line in selectors.page_of_people(world.head, Which(world.thach), MARCH).rows
    ]
    assert len(names) == 16
    assert names == sorted(names)


# --- the page -------------------------------------------------------------------------------------


def shown(who: Person, **query: Any) -> str:
    """Return the words of the page."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    response = client.get(reverse("meetings:rates", query=query or None))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["area", "tier", "organization", "person", "meetings"])
def test_the_page_shows_fractions_and_links_to_their_rows(world: World, by: str) -> None:
    people = filled(world)
    Membership.objects.create(person=people["hue"][0], organization=world.cell, start=LONG_AGO)
    page = shown(world.office, place=world.thach.code, period="2026-Q1", by=by)
    assert "12/14" in page
    assert "Quarter 1 of 2026" in page
    wanted = {
        "area": "5/6 = 83.33 %",
        "tier": "6/8 = 75.00 %",
        "organization": "1/1 = 100.00 %",
        "person": "0/1 = 0.00 %",
        "meetings": "5/6 = 83.33 %",
    }[by]
    assert wanted.replace(" ", "\xa0") in page.replace(" ", "\xa0")
    assert "by=meetings" in page


@pytest.mark.django_db
def test_the_page_of_somebody_who_reads_nothing_there_hides_small_groups(world: World) -> None:
    filled(world)
    page = shown(world.member, place=world.thach.code, period="2026-03")
    assert page.count("Fewer than 5 people") == 2
    assert "1/2" not in page
    assert "Rates of others are for readers" in shown(
        world.member, place=world.thach.code, period="2026-03", by="person"
    )
    mine = shown(world.member, person=world.member.pk, by="meetings", period="2026")
    assert "No data" in mine


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        {"place": "nowhere"},
        {"organization": "nothing"},
        {"tier": "none"},
        {"person": "x"},
        {"person": "999999"},
        {"by": "meetings"},
    ],
)
def test_what_is_not_there_is_not_found(world: World, query: dict[str, str]) -> None:
    client = Client()
    assert world.member.user is not None
    client.force_login(world.member.user)
    address = reverse("meetings:rates", query=query)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_page_costs_the_same_queries_with_one_row_and_with_three(world: World) -> None:
    def queries(by: str) -> int:
        client = Client()
        assert world.office.user is not None
        client.force_login(world.office.user)
        address = reverse(
            "meetings:rates", query={"place": world.thach.code, "period": "2026", "by": by}
        )
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def fill(day: int, place: Area) -> None:
        who = person(f"Somebody {day}", signs_in=False)
        Membership.objects.create(
            person=who, organization=world.cell, start=LONG_AGO + timedelta(days=day)
        )
        held(world, place, {who: "present"}, day=day)

    views = ("area", "tier", "organization", "person", "meetings")
    fill(1, world.hue)
    before = [queries(by) for by in views]
    fill(2, world.khanh)
    fill(3, world.thach)
    assert [queries(by) for by in views] == before
    assert max(before) <= 16


@pytest.mark.django_db
def test_posts_are_named_once_a_person(world: World) -> None:
    found = selectors.posts_of([world.head.pk, world.officer.pk, world.far.pk], on=LONG_AGO)
    assert found[world.officer.pk] == "District office"
    assert found[world.head.pk].endswith(", Commune office")
    assert selectors.posts_of([world.head.pk], on=LONG_AGO - timedelta(days=1)) == {}
    assert fresh(world.head).scope.grants


# --- the rules ------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 20), max_size=8))
def test_no_small_number_of_people_can_be_found_out_by_subtraction(sizes: list[int]) -> None:
    hidden = rules.hidden_groups(sizes)
    assert {at for at, size in enumerate(sizes) if size < 5} <= hidden
    if hidden and len(hidden) < len(sizes):
        assert len(hidden) > 1
        assert sum(sizes[at] for at in hidden) >= 5
    if all(size >= 5 for size in sizes):
        assert hidden == frozenset()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods_are_read_and_written_alike(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (str(period), period.days) == (text, (first, last))


@pytest.mark.parametrize("text", ["", "26", "2026-Q5", "2026-13", "2026-1", "0999", "2026-Q1 "])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        Period.parse(text)


def test_periods_to_choose_from_begin_with_the_latest() -> None:
    found = [str(period) for period in choices(date(2026, 2, 10))]
    assert found == [
        *("2026", "2025", "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2"),
        *("2026-02", "2026-01", "2025-12", "2025-11", "2025-10", "2025-09"),
    ]
    assert Period(Month(2026, 5), 1).quarter == 2
