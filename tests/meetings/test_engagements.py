"""Engagements: every dated demand on a unit, what clashes, what stands close, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings import engagements, selectors
from footpath.meetings.engagements import Engagement, Unit
from footpath.meetings.models import Hall, Meeting
from footpath.meetings.rules.engagements import Burden, clusters, overlaps
from tests.world import World, fresh, organization

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def demand(start: float, hours: float = 1, *, place: int = 1, **values: Any) -> Engagement:
    """Return an engagement that begins so many hours after Monday at eight in Bến Tre."""
    begins = MONDAY + timedelta(hours=start)
    values = {
        "title": f"at {start}",
        "href": "",
        "kind": "visit",
        "area_name": "",
        "path": "",
        "people": frozenset(values.pop("people", ())),
    } | values
    ends = begins + timedelta(hours=hours)
    return Engagement(starts_at=begins, ends_at=ends, area_id=place, **values)


def day_of(row: Engagement) -> date:
    return row.starts_at.date()


# --- the rules ------------------------------------------------------------------------------------


def test_two_demands_clash_when_they_share_people_and_time() -> None:
    rows = [
        demand(0, 2, people=[1, 2]),
        demand(1, 2, people=[2, 3]),
        demand(2, 1, people=[1]),
        demand(9, 1, people=[1, 2, 3]),
    ]
    found = [(one.first.title, one.second.title, one.people) for one in overlaps(rows)]
    assert found == [("at 0", "at 1", frozenset({2}))]


def test_a_hall_clashes_only_when_it_is_full() -> None:
    rows = [demand(at, 3, room="hall:1", at_once=2) for at in (0, 1, 2)]
    rows += [demand(0, 3, room="hall:2"), demand(1, 1, room="hall:2")]
    found = {(one.first.title, one.second.title, one.same_hall) for one in overlaps(rows)}
    assert found == {("at 0", "at 1", True), ("at 0", "at 2", True), ("at 1", "at 2", True)}
    pairs = [(one.first.room, one.second.title) for one in overlaps(rows)]
    assert sorted(pairs) == [("hall:1", "at 2"), ("hall:1", "at 2"), ("hall:2", "at 1")]


def test_three_demands_on_one_place_within_three_days_stand_close() -> None:
    close = [demand(at) for at in (0, 24, 48)]
    apart = [demand(at, place=2) for at in (0, 24, 72)]
    found = clusters([*apart, *close], day_of=day_of)
    assert [(one.area_id, [row.title for row in one.rows]) for one in found] == [
        (1, ["at 0", "at 24", "at 48"])
    ]


def test_runs_that_overlap_are_one_cluster_and_others_are_not() -> None:
    rows = [demand(24 * at) for at in (0, 1, 2, 3, 10, 10.1, 10.2)]
    assert [len(one.rows) for one in clusters(rows, day_of=day_of)] == [4, 3]
    assert [len(one.rows) for one in clusters(rows, day_of=day_of, most=3)] == []
    assert [len(one.rows) for one in clusters(rows, day_of=day_of, most=1, days=1)] == [3]


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 100),
            st.integers(1, 10),
            st.frozensets(st.integers(1, 4), max_size=3),
            st.integers(1, 2),
        ),
        max_size=25,
    )
)
@settings(deadline=None)
def test_the_clashes_and_clusters_are_those_that_one_finds_by_trying_all(
    rows: list[tuple[int, int, frozenset[int], int]],
) -> None:
    made = [demand(at, long, people=who, place=place) for at, long, who, place in rows]
    ordered = sorted(made, key=lambda row: (row.starts_at, row.ends_at))
    pairs = sorted(
        (id(one), id(two))
        for number, two in enumerate(ordered)
        for one in ordered[:number]
        if one.ends_at > two.starts_at and one.people & two.people
    )
    assert sorted((id(pair.first), id(pair.second)) for pair in overlaps(made)) == pairs
    crowded = {
        id(row)
        for row in made
        for first in range(3)
        if sum(
            other.area_id == row.area_id
            and timedelta() <= day_of(other) - (day_of(row) - timedelta(days=first))
            and day_of(other) - (day_of(row) - timedelta(days=first)) < timedelta(days=3)
            for other in made
        )
        > 2
    }
    found = [id(row) for one in clusters(made, day_of=day_of) for row in one.rows]
    assert (set(found), len(found)) == (crowded, len(crowded))


def test_a_burden_counts_hours_and_hours_of_people() -> None:
    assert Burden().plus(1.5, 4).plus(2, 0) == Burden(2, 3.5, 6.0)


# --- the register ---------------------------------------------------------------------------------


def test_a_unit_is_a_place_or_an_organization() -> None:
    with pytest.raises(ValueError, match="a unit is"):
        Unit()
    with pytest.raises(ValueError, match="a unit is"):
        Unit(Area(), organization=object())  # type: ignore[arg-type]


def test_meetings_are_the_first_source_and_none_is_registered_twice() -> None:
    assert engagements.sources()[0] is selectors.meetings_of_unit
    with pytest.raises(ValueError, match="twice"):
        engagements.register_source(selectors.meetings_of_unit)


# --- what is read ---------------------------------------------------------------------------------


def write(world: World, day: date, hour: int = 8, **values: Any) -> Meeting:
    """Write a planned meeting of two hours in hamlet hue or another place."""
    area = values.pop("place", world.hue)
    people = values.pop("people", ())
    start = timezone.make_aware(datetime.combine(day, time(hour)))
    values = {
        "kind": world.cell_meeting,
        "area": area,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "convened_by": world.office,
        **{f"a{level}": pk for level, pk in enumerate(area.ancestor_ids)},
    } | values
    made = Meeting.objects.create(**values)
    for person in people:
        made.duties.create(person=person)
    return made


@pytest.mark.django_db
def test_meetings_are_engagements_with_those_who_are_expected(world: World) -> None:
    hall = Hall.objects.create(area=world.hue, name="Hall", at_once=2)
    meeting = write(world, date(2026, 3, 10), hall=hall, organization=world.cell)
    meeting.duties.create(person=world.officer)
    meeting.duties.create(person=world.second, attendance="excused")
    meeting.duties.create(person=world.far, attendance="substitute", substitute=world.lead)
    (found,) = selectors.engagements_of(
        fresh(world.office), Unit(world.thach), date(2026, 3, 1), date(2026, 3, 31)
    )
    assert found == Engagement(
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=f"{world.cell_meeting.name}, Ấp Tân Huề",
        href=meeting.get_absolute_url(),
        kind=world.cell_meeting.name,
        area_id=world.hue.pk,
        area_name="Ấp Tân Huề",
        path=world.hue.path,
        people=frozenset({world.officer.pk, world.lead.pk}),
        organization_id=world.cell.pk,
        state="planned",
        room=f"hall:{hall.pk}",
        at_once=2,
    )
    assert found.hours == 2


@pytest.mark.django_db
def test_what_is_cancelled_burdens_nobody_and_clashes_with_nothing(world: World) -> None:
    for hour in (8, 9, 10):
        write(
            world,
            date(2026, 3, 10),
            hour,
            people=[world.officer],
            state=Meeting.State.CANCELLED,
        )
    demands = selectors.demands_of(
        fresh(world.office), Unit(world.hue), date(2026, 3, 1), date(2026, 3, 31)
    )
    assert (len(demands.rows), demands.overlaps, demands.clusters) == (3, [], [])
    bearers = selectors.burdens_of(demands.rows, world.hue, [Month(2026, 3)], "Hue")
    assert [(row.name, row.months) for row in bearers] == [("Hue", [Burden()])]


@pytest.mark.django_db
def test_the_burden_stands_by_place_and_month(world: World) -> None:
    write(world, date(2026, 3, 10), people=[world.officer, world.lead])
    write(world, date(2026, 3, 31), 23, place=world.group)
    write(world, date(2026, 4, 10), place=world.khanh)
    write(world, date(2026, 3, 12), place=world.thach, people=[world.lead])
    rows = selectors.engagements_of(
        fresh(world.office), Unit(world.thach), date(2026, 3, 1), date(2026, 4, 30)
    )
    months = [Month(2026, 3), Month(2026, 4)]
    found = selectors.burdens_of(rows, world.thach, months, world.thach.name)
    assert [(row.name, row.months) for row in found] == [
        ("Xã Tân Thạch", [Burden(1, 2, 2), Burden()]),
        ("Ấp Tân Huề", [Burden(2, 4, 4), Burden()]),
        ("Ấp Vĩnh Khánh", [Burden(), Burden(1, 2, 0)]),
    ]


@pytest.mark.django_db
def test_an_organization_bears_its_own_in_one_line(world: World) -> None:
    write(world, date(2026, 3, 10), organization=world.cell)
    write(world, date(2026, 3, 11))
    rows = selectors.engagements_of(
        fresh(world.office), Unit(organization=world.cell), date(2026, 3, 1), date(2026, 3, 31)
    )
    found = selectors.burdens_of(rows, None, [Month(2026, 3)], world.cell.name)
    assert [(row.name, row.months) for row in found] == [("Cell of Tân Huề", [Burden(1, 2, 0)])]


# --- the page -------------------------------------------------------------------------------------


def shown(reader: Person, **query: Any) -> str:
    """Return the text of the page, every kind of space as one."""
    client = Client(headers={"Accept-Language": "en"})
    assert reader.user is not None
    client.force_login(reader.user)
    response = client.get(reverse("meetings:engagements"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def _visits(world: World) -> Iterator[None]:
    """Let visits be a second source, as a room above would."""

    def visits(_person: Person, unit: Unit, first: date, last: date) -> list[Engagement]:
        start = timezone.make_aware(datetime.combine(date(2026, 3, 10), time(9)))
        assert first <= date(2026, 3, 10) <= last
        return [
            Engagement(
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                title="Visit to household 7",
                href="/visits/7/",
                kind="Visit",
                area_id=world.hue.pk,
                area_name=world.hue.name,
                path=world.hue.path,
                people=frozenset({world.officer.pk}),
            )
        ]

    engagements.register_source(visits)
    yield
    engagements._sources.remove(visits)


@pytest.mark.django_db
@pytest.mark.usefixtures("_visits")
def test_the_page_shows_demands_of_every_source_and_where_they_clash(world: World) -> None:
    write(world, date(2026, 3, 10), title="Cell", people=[world.officer])
    write(world, date(2026, 3, 11), title="Review")
    page = shown(world.office, place=world.hue.code, month="2026-03")
    assert "Visit to household 7" in page
    assert f"Expected in both: {world.officer.name}" in page
    assert "Nothing stands too close together" not in page
    assert "5 h" in page
    assert "2 demands" in page


@pytest.mark.django_db
def test_two_meetings_in_one_hall_are_shown(world: World) -> None:
    hall = Hall.objects.create(area=world.hue, name="Hall")
    write(world, date(2026, 3, 10), hall=hall)
    write(world, date(2026, 3, 10), 9, hall=hall)
    assert "Both want the same hall." in shown(world.office, place="831", month="2026-03")


@pytest.mark.django_db
def test_an_empty_month_says_so(world: World) -> None:
    page = shown(world.officer, month="x")
    assert "No engagement in" in page
    assert "Nobody is expected in two places at once" in page


@pytest.mark.django_db
def test_the_page_shows_what_its_reader_may_read(world: World) -> None:
    write(world, date(2026, 3, 10), title="Theirs", place=world.phuoc)
    write(world, date(2026, 3, 10), title="Ours", organization=world.cell)
    assert "Theirs" not in shown(world.officer, place=world.phuoc.code, month="2026-03")
    assert "Ours" in shown(world.officer, organization=world.cell.code, month="2026-03")
    assert "Theirs" in shown(world.office, place=world.phuoc.code, month="2026-03")
    nowhere = organization("Nowhere", world.son)
    assert "Theirs" not in shown(world.office, organization=nowhere.code, month="2026-03")


@pytest.mark.django_db
def test_somebody_without_a_place_names_one(world: World) -> None:
    from tests.world import person

    stranger = person("Stranger")
    client = Client()
    assert stranger.user is not None
    client.force_login(stranger.user)
    assert client.get(reverse("meetings:engagements")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_queries_whatever_it_shows(
    world: World, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hall = Hall.objects.create(area=world.hue, name="Hall")
    for hour in range(number):
        write(world, date(2026, 3, 10), 8 + hour, hall=hall, people=[world.officer])
        write(world, date(2026, 3, 10), 8 + hour, hall=hall, people=[world.officer])
    client = Client()
    assert world.office.user is not None
    client.force_login(world.office.user)
    address = reverse("meetings:engagements", query={"place": "831", "month": "2026-03"})
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
