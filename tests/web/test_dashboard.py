"""The figures of a place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.reports import selectors as reports
from tests import world as build
from tests.reports.links import rows_behind
from tests.reports.test_month_report import meeting
from tests.world import NOON, later

MARCH = Month(2026, 3)


def address(**query) -> str:
    return reverse("web:dashboard", query=query)


@pytest.fixture
def filled(world):
    world.case("Fresh")
    world.case("Week", at=later(days=-8))
    world.case("Month", at=later(days=-31))
    world.case("Quarter", at=later(days=-91))
    world.closed_case(title="Done")
    meeting(world, later(days=-2), "held", {world.officer: "present", world.second: "absent"})
    meeting(world, later(days=-3), "planned")
    return world


def test_the_widest_place_of_a_person_is_shown_first(client, filled):
    for who, place in ((filled.officer, "Ấp Tân Huề"), (filled.office, "Huyện Châu Thành")):
        client.force_login(who.user)
        page = client.get(address()).content.decode()
        assert f'<h1 lang="vi">{place}</h1>' in page


def test_what_is_not_yours_is_not_there(client, filled):
    client.force_login(filled.officer.user)
    assert client.get(address(place=filled.khanh.code)).status_code == 404
    assert client.get(address(place="nowhere")).status_code == 404
    client.force_login(filled.member.user)
    assert client.get(address()).status_code == 404


def test_the_figures_are_fractions(filled):
    board = reports.dashboard(filled.office, filled.district, MARCH)
    assert [(found.tier.code, figure.value) for found, figure in board.coverage] == [
        ("hamlet", Rate(3, 3)),
        ("group", Rate(0, 1)),
    ]
    assert board.overdue.value == Rate(2, 4)
    assert board.held.value == Rate(1, 2)
    assert board.attended.value == Rate(1, 2)
    assert board.closed_of_raised.value == Rate(1, 3)


def test_open_cases_stand_by_tier_and_age(filled):
    board = reports.dashboard(filled.office, filled.district, MARCH)
    hamlet = next(row for row in board.heat if row.label == "Hamlet")
    assert [figure.value for figure in hamlet.cells] == [1, 1, 1, 1]
    assert [figure.value for figure in board.heat_foot.cells] == [1, 1, 1, 1]
    assert (board.heat_foot.total.value, board.heat_foot.overdue.value) == (4, 2)


def test_the_line_counts_what_was_raised_and_closed_each_month(filled):
    board = reports.dashboard(filled.office, filled.district, MARCH)
    raised = {str(month): n.value for month, n in zip(board.months, board.raised, strict=True)}
    assert (raised["2026-03"], raised["2026-02"], raised["2025-12"]) == (3, 1, 1)
    assert [figure.value for figure in board.closed][-2:] == [0, 1]


def test_every_figure_opens_exactly_its_rows(filled):
    board = reports.dashboard(filled.office, filled.district, MARCH)
    waiting = reports.waiting(filled.district)
    figures = [board.overdue, board.held, board.attended, board.closed_of_raised]
    figures += [figure for _found, figure in board.coverage]
    figures += [*board.raised, *board.closed]
    figures += [waiting.overdue, waiting.unowned, waiting.verify, waiting.returned]
    for row in (*board.heat, board.heat_foot):
        figures += [*row.cells, row.total, row.overdue]
    for figure in figures:
        assert rows_behind(filled.office, figure.href) == figure.rows, figure


def test_a_tile_shows_who_is_missing_and_what_is_overdue(client, filled):
    build.area("Ấp Mới", filled.son, type_name="Ấp")
    board = reports.dashboard(filled.office, filled.district, MARCH)
    assert [(tile.area.code, tile.covered, tile.overdue) for tile in board.tiles] == [
        (filled.son.code, Rate(1, 2), 0),
        (filled.thach.code, Rate(2, 2), 2),
    ]
    client.force_login(filled.office.user)
    page = client.get(address(place="831")).content.decode()
    assert page.count("fp-tile-missing") == 1


def test_tiles_lead_down_to_the_page_of_the_lowest_place(filled):
    below = reports.dashboard(filled.office, filled.hue, MARCH).tiles
    assert [tile.href for tile in below] == [filled.group.get_absolute_url()]
    assert reports.dashboard(filled.office, filled.group, MARCH).tiles == ()


@pytest.mark.parametrize("place", ["83", "831", "28804", "28804-01", "28804-01-1"])
def test_every_tier_has_a_dashboard(client, filled, place):
    client.force_login(filled.administrator.user)
    assert client.get(address(place=place)).status_code == 200
    assert client.get(address(place=place, month="2026-01")).status_code == 200


def test_the_dashboard_costs_the_same_queries_at_any_size(client, filled):
    client.force_login(filled.office.user)

    def queries() -> int:
        client.get(address(place="831"))
        with CaptureQueriesContext(connection) as captured:
            client.get(address(place="831"))
        return len(captured)

    before = queries()
    for number in range(3):
        place = build.area(f"Xã {number}", filled.district, type_name="Xã")
        filled.case(
            f"Case {number}", area=place, by=filled.office, at=NOON - timedelta(days=number)
        )
    assert queries() == before
