"""The three rates on page, in files and over the API: fractions, ranks with ties, their rows."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from footpath.cases import services
from footpath.cases.models import Case, Reporter, Round, Tally
from footpath.cases.services import tallies
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.reports import rules, selectors
from tests.cases.test_pages import text_of
from tests.world import World, later

pytestmark = pytest.mark.django_db
MARCH = Month(2026, 3)
RATES = reverse("reports:rates")


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: later(days=20))
    monkeypatch.setattr(clock, "today", lambda: clock.day_of(later(days=20)))


def asking(person: Person) -> Client:
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


def lived(world: World) -> Case:
    """One case verified in time in Tân Huề, one only raised in Vĩnh Khánh; return the first."""
    world.case("Only raised", area=world.khanh, by=world.second)
    done = world.closed_case()
    Reporter.objects.create(case=done, answer="yes", code_digest="x")
    tallies.follow(done, at=later(days=1))
    return done


def of(rate: Any) -> tuple[int, int]:
    return rate.part, rate.whole


def test_the_rates_of_a_place_and_its_parts_keep_their_fractions(world: World) -> None:
    lived(world)
    report = selectors.rates_of(world.thach, MARCH)
    counts = report.total.counts
    assert counts["raised"] == 2
    assert of(counts.response) == of(counts.resolution) == of(counts.satisfaction) == (1, 1)
    assert [(line.name, line.rank) for line in report.lines] == [
        (world.hue.name, 1),
        (world.khanh.name, None),
    ]
    assert [of(point.counts.resolution) for point in report.trend[-2:]] == [(0, 0), (1, 1)]


def test_they_are_the_same_before_and_after_adding_up(world: World) -> None:
    lived(world)
    before = selectors.rates_of(world.district, MARCH)
    tallies.add_up(later())
    assert Tally.objects.exists()
    assert selectors.rates_of(world.district, MARCH) == before


def test_equal_rates_share_a_rank_and_no_data_has_none() -> None:
    assert rules.ranks([(3, 3), (1, 2), (2, 4), (1, 3)]) == [1, 2, 2, 4]
    assert rules.ranks([]) == []


def test_they_are_divided_by_organization_and_by_tier(world: World) -> None:
    done = lived(world)
    Case.objects.filter(pk=done.pk).update(organization=world.commune_office)
    tallies.follow(done, at=later(days=1))
    by = selectors.rates_of(world.thach, MARCH, by="organization", sort="satisfaction")
    assert [(line.code, line.name, line.rank) for line in by.lines] == [
        (world.commune_office.code, world.commune_office.name, 1),
        ("", "No organization", None),
    ]
    tiers = selectors.rates_of(world.thach, MARCH, by="tier")
    assert [(line.name, line.counts["raised"]) for line in tiers.lines] == [("Hamlet", 2)]
    assert not selectors.rates_of(world.thach, MARCH, level=1).lines


def test_twelve_months_are_added_up(world: World) -> None:
    lived(world)
    report = selectors.rates_of(world.thach, Month(2026, 5), span=12)
    assert report.total.counts["raised"] == 2
    assert selectors.rates_of(world.thach, Month(2026, 5)).total.counts["raised"] == 0


def test_each_figure_opens_exactly_the_cases_of_its_whole(world: World) -> None:
    done = lived(world)
    Round.objects.filter(case=done).update(is_superficial=True)
    tallies.follow(done, at=later(days=1))
    client = asking(world.office)
    report = selectors.rates_of(world.thach, MARCH)
    numbers = {"response": 1, "resolution": 1, "satisfaction": 1, "raised": 2, "superficial": 1}
    for name, number in {**numbers, "elsewhere": 0}.items():
        said = text_of(client.get(report.total.rows[name]))
        assert (name, done.title in said) == (name, number > 0)
        rows = selectors.rows_of(world.office, world.thach, MARCH, f"rate-{name}")
        assert (name, rows.count()) == (name, number)
    own = selectors.rows_of(world.office, world.thach, MARCH, "rate-raised", organization="-")
    assert own.count() == 2
    for narrowed in ({"own": "1"}, {"organization": world.cell.code}, {"level": "1"}):
        found = selectors.rows_of(world.office, world.thach, MARCH, "rate-raised", **narrowed)
        assert found.count() == 0
    year = {"span": "12", "organization": world.cell.code}
    assert selectors.words_of(year) == [world.cell.name, "and the eleven months before"]
    assert (
        selectors.rows_of(world.office, world.thach, MARCH, "rate-raised", span="12").count() == 2
    )


def test_the_page_shows_the_rates_and_says_no_data_apart_from_zero(world: World) -> None:
    lived(world)
    client = asking(world.office)
    said = text_of(client.get(RATES, {"place": world.thach.code, "month": "2026-03"}))
    assert "1/1" in said
    assert "No data" in said
    for query in (
        {"by": "organization"},
        {"by": "tier", "sort": "response"},
        {"span": "12", "level": "3"},
        {"by": "x", "level": "y", "month": "2025-01"},
    ):
        answer = client.get(RATES, {"place": world.thach.code, **query})
        assert answer.status_code == 200
    assert asking(world.member).get(RATES).status_code == 404


def test_the_page_costs_as_many_queries_for_many_units_as_for_one(world: World) -> None:
    client = asking(world.office)
    address = f"{RATES}?place={world.thach.code}"
    world.case()
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    world.case("B", area=world.khanh, by=world.second)
    services.accept_case(case=world.case("C"), by=world.head, at=later(hours=1))
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


def test_the_rates_are_exported_with_empty_cells_where_there_is_no_data(world: World) -> None:
    lived(world)
    client = asking(world.office)
    address = f"{RATES}?place={world.thach.code}&month=2026-03&format="
    lines = client.get(address + "csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Place,Months,Unit,Code,Rank,Raised,Response")
    assert lines[1].endswith("2,1,1,1.0,1,1,1.0,1,1,1.0,0,0")
    assert lines[3].endswith(",1,,,,,,,,,,0,0")
    book = load_workbook(io.BytesIO(client.get(address + "xlsx").content))
    assert book.sheetnames == ["Units", "Months"]
    assert book["Units"]["D4"].value == 2


def test_the_rates_come_over_the_api(world: World) -> None:
    lived(world)
    client = asking(world.office)
    answer = client.get("/api/v1/case-rates", {"area": world.thach.code, "month": "2026-03"})
    said = answer.json()
    assert said["total"]["resolution"] == {"part": 1, "of": 1, "percent": "100.00"}
    assert said["items"][1]["response"] == {"part": 0, "of": 0, "percent": None}
    assert [row["rank"] for row in said["items"]] == [1, None]
    assert len(said["trend"]) == 12
    for query in ({"month": "soon"}, {"level": "77"}):
        assert client.get("/api/v1/case-rates", query).status_code == 422
    assert asking(world.member).get("/api/v1/case-rates").status_code == 404
