"""The pages of the month's report, its files, and the rows behind a figure."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from footpath.core.calendar import Month
from footpath.reports import exports
from footpath.reports import selectors as reports
from tests.reports.test_month_report import busy, meeting, on

MARCH = Month(2026, 3)
__all__ = ["busy"]


@pytest.fixture
def office(client, busy):
    client.force_login(busy.office.user)
    return client


def month(**query) -> str:
    return reverse("reports:month", query={"month": "2026-03", **query})


def test_the_page_shows_the_figures_and_links_each_to_its_rows(office, busy):
    page = office.get(month(place=busy.district.code)).content.decode()
    assert "Month report" in page
    ledger = reverse("cases:ledger", query={"place": "831", "view": "all", "raised": "2026-03"})
    assert f'href="{ledger.replace("&", "&amp;")}"' in page
    assert "3/5\u00a0=\u00a060.00\u00a0%" in page


@pytest.mark.parametrize("asked", ["2026-02", "2026-03", "nonsense", "2030-01"])
def test_every_month_can_be_asked_for(office, busy, asked):
    assert office.get(month(place="831", month=asked)).status_code == 200


def test_a_past_month_leads_to_the_months_before_and_after_it(office, busy):
    page = office.get(month(place="831", month="2026-02")).content.decode()
    assert "month=2026-01" in page
    assert 'rel="next"' in page
    assert 'rel="next"' not in office.get(month(place="831")).content.decode()


def test_the_lowest_place_and_the_whole_tree_have_reports_too(client, busy):
    client.force_login(busy.administrator.user)
    for area in (busy.province, busy.hue, busy.group):
        assert client.get(month(place=area.code)).status_code == 200


def test_figures_of_places_that_are_not_yours_are_not_there(client, busy):
    client.force_login(busy.officer.user)
    rows = reverse("reports:rows", query={"place": "831", "month": "2026-03", "figure": "raised"})
    assert client.get(month(place=busy.khanh.code)).status_code == 404
    assert client.get(month(place=busy.district.code)).status_code == 404
    assert client.get(rows).status_code == 404
    assert client.get(month()).status_code == 200


def test_a_member_without_a_place_and_a_stranger_read_no_figures(client, busy):
    assert client.get(month()).status_code == 302
    client.force_login(busy.member.user)
    assert client.get(month()).status_code == 404


def test_the_workbook_has_a_sheet_a_section_with_numbers_as_numbers(office, busy):
    answer = office.get(month(place="831", format="xlsx"))
    assert answer["Content-Disposition"] == 'attachment; filename="footpath-831-2026-03.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "Meetings",
        "Who is in charge",
        "Cases",
        "By place",
        "By category",
    ]
    lines = {row[0]: row[1:4] for row in book["Meetings"].iter_rows(min_row=4, values_only=True)}
    assert lines["Attended, of those with the duty to"] == (3, 5, 0.6)
    assert lines["Held"][0] == 1
    places = list(book["By place"].iter_rows(min_row=3, values_only=True))
    assert places[0][:4] == (
        "Commune",
        "In charge (Hamlet)",
        "In charge (Hamlet), of",
        "Meetings held",
    )
    assert places[1][:4] == ("Xã Quới Sơn", 1, 1, 0)


def test_the_comma_separated_file_opens_in_a_spreadsheet(office, busy):
    busy.thach.name = "=HYPERLINK(1)"
    busy.thach.save()
    answer = office.get(month(place="831", format="csv"))
    text = answer.content.decode("utf-8")
    assert text.startswith(exports.BYTE_ORDER_MARK)
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert ["Huyện Châu Thành", "2026-03", "Cases", "", "Raised", "3", ""] in rows
    assert {len(row) for row in rows} == {7}
    assert {row[3] for row in rows if "HYPERLINK" in row[3]} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize(
    "query",
    [
        {"figure": "open"},
        {"figure": "overdue", "level": "2"},
        {"figure": "closed", "outcome": "duplicate"},
        {"figure": "raised", "category": "irrigation", "own": "1"},
        {"figure": "escalated"},
        {"figure": "reopened"},
        {"figure": "duties"},
        {"figure": "attended"},
        {"figure": "meetings"},
        {"figure": "absent", "own": "1"},
        {"figure": "open", "level": "nine"},
    ],
    ids=str,
)
@pytest.mark.parametrize("asked", ["2026-02", "2026-03"])
def test_the_rows_of_a_figure_are_listed(office, busy, query, asked):
    address = reverse("reports:rows", query={"place": "831", "month": asked, **query})
    assert office.get(address).status_code == 200


def test_a_figure_that_there_is_not_is_not_there(office, busy):
    address = reverse("reports:rows", query={"place": "831", "figure": "opinions"})
    assert office.get(address).status_code == 404


def test_the_rows_of_a_large_figure_come_in_pages(office, busy, django_assert_num_queries):
    address = reverse(
        "reports:rows", query={"place": "831", "month": "2026-03", "figure": "raised"}
    )
    office.get(address)
    with CaptureQueriesContext(connection) as captured:
        office.get(address)
    for number in range(60):
        busy.case(f"More {number}", at=on(3, 1))
    with django_assert_num_queries(len(captured)):
        page = office.get(address).content.decode()
    assert "after=" in page
    assert page.count("fp-row-link") == 50


def test_the_page_costs_the_same_queries_at_any_size(office, busy, django_assert_num_queries):
    address = month(place="831")
    office.get(address)
    with CaptureQueriesContext(connection) as captured:
        office.get(address)
    for number in range(3):
        busy.case(f"More {number}", at=on(3, 1), area=busy.group)
        meeting(busy, on(3, 1 + number), marks={busy.officer: "present"})
    with django_assert_num_queries(len(captured)):
        office.get(address)


def test_the_dashboard_has_the_same_numbers_as_the_report(busy):
    board = reports.dashboard(busy.office, busy.district, MARCH)
    report = reports.month_report(busy.office, busy.district, MARCH)
    assert board.overdue.value == report.figure("overdue").value
    assert board.attended.value == report.figure("attended").value
    assert board.raised[-1].value == report.figure("raised").value
    assert board.closed[-1].value == report.figure("closed").value
    assert board.heat_foot.total.value == report.figure("open").value
