"""The month's report: what each figure counts, and that it opens exactly its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import services as cases
from footpath.cases.models import Case, Category
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.meetings.models import Duty, Meeting
from footpath.reports import rules
from footpath.reports import selectors as reports
from footpath.reports.selectors.rows import open_at_end
from tests import world as build
from tests.reports.links import rows_behind
from tests.world import NOON

FEBRUARY, MARCH, APRIL = Month(2026, 2), Month(2026, 3), Month(2026, 4)


def on(month: int, day: int, hour: int = 5) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def close(case: Case, world, at: datetime) -> None:
    if case.state == Case.State.RAISED:
        cases.accept_case(case=case, by=world.head, at=at)
    cases.rectify_case(case=case, text="Done.", by=world.head, at=at)
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=at)


def reopen(case: Case, world, at: datetime) -> None:
    cases.reopen_case(case=case, text="It leaks again.", by=world.officer, at=at)


def meeting(world, starts_at: datetime, state: str = "held", marks: dict | None = None) -> Meeting:
    made = Meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        state=state,
        convened_by=world.officer,
        **{f"a{level}": pk for level, pk in enumerate(world.hue.ancestor_ids)},
    )
    made.save()
    for person, mark in (marks or {}).items():
        Duty.objects.create(meeting=made, person=person, attendance=mark)
    return made


@pytest.fixture
def busy(world, at):
    """A district with cases of three months on every path, and meetings in every state."""
    world.roads = Category.objects.create(code="roads", name_en="Roads", days_to_close=10)
    world.old = world.case("Lamp", at=on(1, 5))
    close(world.old, world, on(2, 10))
    reopen(world.old, world, on(3, 3))
    world.february = world.case("Pump", at=on(2, 1), category=world.roads)
    close(world.february, world, on(3, 2))
    world.late = world.case("Bridge", at=on(2, 2), category=world.roads)
    world.march = world.case("Drain", at=on(3, 9), area=world.phuoc, by=world.far)
    world.above = world.case("Office hours", at=on(3, 8), area=world.district, by=world.office)
    world.copy = world.case("Drain again", at=on(3, 9, 8), area=world.phuoc, by=world.far)
    cases.mark_duplicate(case=world.copy, of=world.march, by=world.far, at=on(3, 9, 9))
    cases.accept_case(case=world.late, by=world.head, at=on(2, 3))
    cases.escalate_case(case=world.late, by=world.head, at=on(3, 4), text="Needs the district.")
    meeting(
        world,
        on(3, 2, 12),
        marks={
            world.officer: "present",
            world.second: "late",
            world.lead: "substitute",
            world.head: "excused",
            world.far: "absent",
            world.boss: "unknown",
        },
    )
    meeting(world, on(3, 20, 12), "planned", {world.officer: "unknown"})
    meeting(world, on(3, 5, 12), "cancelled")
    meeting(world, on(2, 5, 12), marks={world.officer: "present"})
    return world


def values(report) -> dict[str, object]:
    return {line.key: line.figure.value for section in report.sections for line in section.lines}


def test_the_report_of_the_present_month_counts_what_happened_in_it_and_what_is_open_now(busy):
    report = reports.month_report(busy.office, busy.district, MARCH)
    assert report.is_present
    assert values(report) == {
        "held": 1,
        "planned": 1,
        "cancelled": 1,
        "attended": Rate(3, 5),
        "excused": 1,
        "absent": 1,
        "covered-commune": Rate(1, 2),
        "nobody-commune": 1,
        "covered-hamlet": Rate(3, 3),
        "covered-group": Rate(0, 1),
        "nobody-group": 1,
        "raised": 3,
        "closed": 2,
        "closed-solved": 1,
        "closed-explained": 0,
        "closed-passed_on": 0,
        "closed-duplicate": 1,
        "closed-elsewhere": 0,
        "reopened": 1,
        "escalated": 1,
        "open": 4,
        "overdue": Rate(1, 4),
        "overdue-1": 0,
        "overdue-2": 1,
        "overdue-3": 0,
    }


def test_the_report_of_a_past_month_tells_what_stood_open_at_its_end(busy):
    report = reports.month_report(busy.office, busy.district, FEBRUARY)
    found = values(report)
    assert not report.is_present
    # The lamp was closed at the end of February and is open again since March.
    assert found["open"] == 2
    assert found["overdue"] == Rate(2, 2)
    assert set(open_at_end(busy.district.path, FEBRUARY)) == {busy.february, busy.late}
    # Closed in February, but it did not stay closed.
    assert found["closed"] == 0


@pytest.mark.parametrize("month", [Month(2026, 1), FEBRUARY, MARCH], ids=str)
def test_every_figure_opens_exactly_its_rows(busy, month):
    for area in (busy.province, busy.district, busy.thach, busy.hue, busy.group):
        report = reports.month_report(busy.administrator, area, month)
        figures = [line.figure for section in report.sections for line in section.lines]
        figures += [
            figure
            for table in (report.by_place, report.by_category)
            for row in table.rows
            for figure in row.figures
        ]
        for figure in figures:
            if figure.rows:
                assert rows_behind(busy.administrator, figure.href) == figure.rows, figure
            elif isinstance(figure.value, Rate):
                assert figure.value.part == 0
            else:
                assert figure.value == 0


@pytest.mark.parametrize("month", [Month(2026, 1), FEBRUARY, MARCH], ids=str)
def test_the_lines_by_place_and_by_category_add_up_to_the_whole(busy, month):
    report = reports.month_report(busy.office, busy.district, month)
    whole = [report.figure(key).value for key in ("raised", "closed", "open")]
    whole.append(report.figure("overdue").value.part)
    for table in (report.by_place, report.by_category):
        sums = [sum(row.figures[at].value for row in table.rows) for at in (-4, -3, -2, -1)]
        assert sums == whole


def test_a_case_of_the_place_itself_stands_in_a_line_of_its_own(busy):
    table = reports.month_report(busy.office, busy.district, MARCH).by_place
    assert [row.label for row in table.rows] == [
        "Xã Quới Sơn",
        "Xã Tân Thạch",
        "In no place below",
    ]
    assert table.rows[-1].figures[3].value == 1


def test_an_abolished_place_keeps_its_cases_in_the_report_of_the_place_above(busy):
    busy.son.valid_until = busy.phuoc.valid_until = NOON.date() - timedelta(days=1)
    busy.son.save()
    busy.phuoc.save()
    table = reports.month_report(busy.office, busy.district, MARCH).by_place
    assert [row.label for row in table.rows] == ["Xã Tân Thạch", "In no place below"]
    raised = table.rows[-1].figures[3]
    assert raised.value == rows_behind(busy.office, raised.href) == 3


def test_what_stood_open_is_what_the_threads_say(world, at):
    """Walk cases through closings and reopenings and compare with the plain rule."""
    steps = {
        "never closed": [],
        "closed": [(2, 10, "close")],
        "closed and reopened in one month": [(2, 10, "close"), (2, 20, "reopen")],
        "reopened a month later": [(2, 10, "close"), (3, 2, "reopen")],
        "closed again later": [(1, 20, "close"), (2, 5, "reopen"), (3, 5, "close")],
        "in and out": [(1, 20, "close"), (2, 5, "reopen"), (2, 25, "close"), (3, 5, "reopen")],
    }
    events = {}
    for title, path in steps.items():
        case = world.case(title, at=on(1, 10))
        events[case.pk] = []
        for month, day, deed in path:
            (close if deed == "close" else reopen)(case, world, on(month, day))
            event = rules.Event.CLOSED if deed == "close" else rules.Event.REOPENED
            events[case.pk].append((on(month, day), event))
    for month in (Month(2025, 12), Month(2026, 1), FEBRUARY, MARCH):
        end = datetime(month.next.year, month.next.month, 1, tzinfo=UTC) - timedelta(hours=7)
        expected = {
            pk
            for pk, done in events.items()
            if on(1, 10) < end and rules.was_open(event for when, event in done if when < end)
        }
        assert set(open_at_end("", month).values_list("pk", flat=True)) == expected, month


def test_months_begin_at_midnight_of_the_organisation_not_of_greenwich(world, at):
    world.case("Late on the last of February", at=datetime(2026, 2, 28, 16, 59, tzinfo=UTC))
    world.case("Early on the first of March", at=datetime(2026, 2, 28, 17, 0, tzinfo=UTC))
    report = reports.month_report(world.office, world.district, MARCH)
    assert report.figure("raised").value == 1


def test_the_number_of_queries_does_not_depend_on_the_size(world, at):
    world.case(at=on(3, 1))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reports.month_report(world.office, world.district, MARCH)
        return len(captured)

    before = queries()
    for number in range(3):
        commune = build.area(f"Xã {number}", world.district, type_name="Xã")
        category = Category.objects.create(code=f"c{number}", name_en=f"C {number}")
        world.case(f"Case {number}", area=commune, category=category, by=world.office, at=on(3, 2))
        meeting(world, on(3, 2 + number), marks={world.officer: "present"})
    assert queries() == before


def test_the_report_as_a_table_has_a_line_for_every_figure_in_the_readers_form(busy):
    report = reports.month_report(busy.office, busy.district, MARCH)
    table = reports.month_report_as_table(report)
    assert len(table) == sum(1 + len(section.lines) for section in report.sections)
    assert table[0] == ("Meetings", "")
    assert ("  Raised", "3") in table
    assert ("  Attended, of those with the duty to", "3/5\u00a0=\u00a060.00\u00a0%") in table


def test_a_figure_without_data_says_so(world, at):
    report = reports.month_report(world.office, world.district, MARCH)
    assert report.figure("attended").value == Rate(0, 0)
    assert ("  Attended, of those with the duty to", "No data") in reports.month_report_as_table(
        report
    )
    with pytest.raises(KeyError):
        report.figure("nothing")


def test_somebody_elses_place_has_no_report(world):
    with pytest.raises(NotThere):
        reports.area_to_report(world.officer, code=world.khanh.code)
    with pytest.raises(NotThere):
        reports.area_to_report(world.officer, code="no such place")
    with pytest.raises(NotThere):
        reports.area_to_report(world.member, code=None)
    assert reports.area_to_report(world.officer, code=None) == world.hue
    assert reports.area_to_report(world.administrator, code=None) == world.province
    assert reports.area_to_report(world.head, code=world.hue.code) == world.hue


def test_a_figure_that_there_is_not_has_no_rows(world, at):
    with pytest.raises(NotThere):
        reports.rows_of(world.office, world.district, MARCH, "nonsense")
