"""The minutes of a series compiled: page and paper."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.cases import services as cases
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, Series
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

PERIOD = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


@pytest.fixture
def series(world: World) -> Series:
    """Return the monthly cell meeting of hamlet hue."""
    return Series.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        path=world.hue.path,
        rrule="FREQ=MONTHLY;BYMONTHDAY=3",
        first_day=date(2026, 1, 3),
        begins=NOON.time(),
        convened_by=world.head,
        created_at=NOON,
    )


def sitting(world: World, series: Series, days: int, **values: Any) -> Meeting:
    """Hold a meeting of the series with a promise, an answer and two who were expected."""
    meeting = Meeting.objects.create(
        **{
            "kind": series.kind,
            "area": series.area,
            "series": series,
            "starts_at": later(days=days),
            "ends_at": later(days=days, hours=2),
            "occurrence_on": later(days=days).date(),
            "state": Meeting.State.HELD,
            "held_at": later(days=days),
            "convened_by": world.head,
            "headcount": 18,
            **tree.ancestor_values(world.hue.path),
        }
        | values
    )
    Duty.objects.create(meeting=meeting, person=world.officer, attendance="present")
    Duty.objects.create(meeting=meeting, person=world.lead, attendance="absent")
    services.add_action(
        meeting=meeting,
        text=f"Promise of day {days}",
        category=world.category,
        owner=world.head,
        by=world.head,
        at=NOON,
    )
    services.add_minute_item(meeting=meeting, text="Said", by=world.head, at=NOON)
    return meeting


def client_of(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_a_series_is_compiled_with_what_became_of_its_promises(
    world: World, series: Series
) -> None:
    first, second = sitting(world, series, 0), sitting(world, series, 30)
    sitting(world, series, 400)
    sitting(world, series, 60, state="planned", held_at=None)
    case = first.items.get(number=1).case
    assert case is not None
    cases.rectify_case(case=case, text="Done.", by=world.head, at=NOON)
    case.refresh_from_db()
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=NOON)
    found = selectors.compile_series(world.officer, pk=series.pk, **PERIOD)
    assert [row.meeting for row in found.sittings] == [first, second]
    assert [row.kept for row in found.sittings] == [Rate(1, 1), Rate(0, 1)]
    assert (found.attended, found.kept, found.item_count) == (Rate(2, 4), Rate(1, 2), 4)


def test_a_series_of_another_place_is_not_there(world: World, series: Series) -> None:
    sitting(world, series, 0)
    for reader in (world.far, world.member):
        with pytest.raises(NotThere):
            selectors.compile_series(reader, pk=series.pk, **PERIOD)
    with pytest.raises(NotThere):
        selectors.compile_series(world.office, pk=series.pk + 1, **PERIOD)


def test_the_page_shows_every_meeting_of_the_period(world: World, series: Series) -> None:
    sitting(world, series, 0)
    address = reverse("meetings:series-minutes", args=[series.pk])
    period = {"first": "2026-01-01", "last": "2026-12-31"}
    page = client_of(world.officer).get(address, period).content.decode()
    for words in ("Promise of day 0", "10 March 2026", "1/2", "Phạm Văn Tuấn", "Said"):
        assert words in page
    earlier = {"first": "2020-01-01", "last": "2020-12-31"}
    empty = client_of(world.officer).get(address, earlier).content.decode()
    assert "No meeting of this series was held in this period" in empty


@pytest.mark.parametrize(
    ("language", "rate"),
    [("en", "50.00 %"), ("vi", "50,00%"), ("zh-hans", "50.00%"), ("ru", "50,00 %")],
)
def test_the_paper_has_every_meeting_in_four_languages(
    world: World, series: Series, language: str, rate: str
) -> None:
    for number in range(11):
        sitting(world, series, number * 20)
    client = client_of(world.officer)
    client.cookies["footpath_language"] = language
    address = reverse("meetings:series-minutes-pdf", args=[series.pk])
    answer = client.get(address, {"first": "2026-01-01", "last": "2026-12-31"})
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    for number in range(11):
        assert f"Promise of day {number * 20}" in said
    assert "11/22" not in said
    assert f"1/2 = {rate}" in said.replace("\u00a0", " ")


@pytest.mark.parametrize("number", [1, 3])
def test_compiling_costs_the_same_queries(
    world: World, series: Series, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for at in range(number):
        sitting(world, series, at * 30)
    selectors.compile_series(world.officer, pk=series.pk, **PERIOD)
    with django_assert_num_queries(4):
        found = selectors.compile_series(world.officer, pk=series.pk, **PERIOD)
        owners = [item.case.owner for row in found.sittings for item in row.items if item.case]
    assert len(owners) == number
