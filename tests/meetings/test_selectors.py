"""Looking meetings up: what is not theirs is not there; figures with their fraction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Area
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, MeetingKind
from footpath.meetings.services import Mark
from tests.world import NOON, World, area, later

pytestmark = pytest.mark.django_db

MARCH = Month(2026, 3)


def convene(world: World, place: Area, days: float = 0, **values: Any) -> Meeting:
    """Convene a meeting of a place some days after noon of 10 March 2026."""
    start = later(days=days)
    return services.convene_meeting(
        kind=values.pop("kind", world.cell_meeting),
        area=place,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        by=world.office,
        at=NOON,
        **values,
    )


def hold(world: World, meeting: Meeting, **marks: str) -> None:
    """Hold the meeting at its end; ``officer="late"`` marks the officer of the world."""
    services.hold_meeting(
        meeting=meeting,
        exceptions={getattr(world, name).pk: Mark(mark) for name, mark in marks.items()},
        by=world.office,
        at=meeting.ends_at,
    )


def test_meetings_elsewhere_are_not_there(world: World) -> None:
    here, there = convene(world, world.hue), convene(world, world.phuoc)
    assert list(selectors.meetings_for(world.officer)) == [here]
    assert list(selectors.meetings_for(world.head, path=world.district.path)) == [here]
    assert set(selectors.meetings_for(world.office, path=world.district.path)) == {here, there}
    assert set(selectors.meetings_for(world.administrator)) == {here, there}
    assert selectors.get_meeting_for(world.officer, pk=here.pk) == here
    for pk in (there.pk, 10**6):
        with pytest.raises(NotThere):
            selectors.get_meeting_for(world.officer, pk=pk)


def test_who_is_invited_sees_the_meeting(world: World) -> None:
    meeting = convene(world, world.hue)
    assert list(selectors.meetings_for(world.far)) == []
    services.add_duty(meeting=meeting, person=world.far, by=world.office, at=NOON)
    assert list(selectors.meetings_for(world.far)) == [meeting]
    assert selectors.get_meeting_for(world.far, pk=meeting.pk) == meeting


def test_a_list_shows_one_month_one_state_one_kind(world: World) -> None:
    coffee = MeetingKind.objects.get(code="coffee")
    first = convene(world, world.hue)
    convene(world, world.hue, days=30)
    second = convene(world, world.khanh, days=1, kind=coffee)
    hold(world, first)

    def found(**values: Any) -> set[Meeting]:
        return set(selectors.meetings_for(world.office, path=world.thach.path, **values))

    assert found(month=MARCH) == {first, second}
    assert found(month=MARCH, state="held") == {first}
    assert found(kind="coffee") == {second}


def test_a_month_begins_at_midnight_of_the_place(world: World) -> None:
    evening = convene(world, world.hue, days=21, title="31 March 12:00")
    services.move_meeting(
        meeting=evening,
        starts_at=later(days=21, hours=11.5),
        ends_at=later(days=21, hours=13),
        by=world.office,
        at=NOON,
    )  # 31 March 23:30 in Bến Tre
    assert list(selectors.meetings_for(world.office, month=MARCH)) == [evening]
    assert list(selectors.meetings_for(world.office, month=MARCH.next)) == []


def test_pages_follow_each_other_without_a_gap(world: World) -> None:
    made = [
        convene(world, (world.hue, world.phuoc)[day % 2], days=day // 2, title=str(day))
        for day in range(7)
    ]
    seen, after = [], None
    while True:
        rows = selectors.meetings_for(world.office, path=world.district.path)
        page = selectors.page_of_meetings(rows, after=after, size=3)
        seen += [row.meeting for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert seen == made


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_two_queries_whatever_its_length(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        hold(world, convene(world, world.hue))
    world.office.scope  # noqa: B018 - read before counting
    with django_assert_num_queries(2):
        rows = selectors.meetings_for(world.office, path=world.district.path)
        page = selectors.page_of_meetings(rows, after=None)
        assert [(str(row.meeting), row.meeting.area.name, row.attended) for row in page.rows] == [
            ("Cell meeting, Ấp Tân Huề", "Ấp Tân Huề", Rate(1, 1))
        ] * number


def test_the_next_meetings_are_those_not_yet_over(world: World) -> None:
    over, soon, next_week = (convene(world, world.hue, days=day) for day in (-1, 0, 7))
    cancelled = convene(world, world.hue, days=2)
    services.cancel_meeting(meeting=cancelled, reason="Flood", by=world.office, at=NOON)
    convene(world, world.khanh)
    assert selectors.upcoming_for(world.officer, now=NOON) == [soon, next_week]
    assert selectors.upcoming_for(world.officer, now=NOON, limit=1) == [soon]
    assert selectors.upcoming_in(world.officer, world.hue, now=NOON) == [soon, next_week]
    assert selectors.upcoming_in(world.far, world.hue, now=NOON) == []
    assert over.state == "planned"


def test_somebody_expected_in_two_places_is_named(world: World) -> None:
    meeting = convene(world, world.hue)
    other = convene(world, world.khanh, days=0.02)
    convene(world, world.phuoc, days=1)
    assert selectors.clashes(meeting) == []
    Duty.objects.create(meeting=other, person=world.officer)  # as rows older than the rule may be
    assert selectors.clashes(meeting) == [selectors.Clash(other, [world.officer])]
    services.cancel_meeting(meeting=other, reason="Flood", by=world.office, at=NOON)
    assert selectors.clashes(meeting) == []


def test_the_figures_of_a_month_keep_their_fraction(world: World) -> None:
    for place, mark in ((world.hue, "absent"), (world.hue, "late")):
        hold(world, convene(world, place), officer=mark)
    hold(world, convene(world, world.phuoc))
    convene(world, world.hue, days=1)
    cancelled = convene(world, world.phuoc, days=2)
    services.cancel_meeting(meeting=cancelled, reason="Flood", by=world.office, at=NOON)
    convene(world, world.hue, days=30)
    whole = selectors.month_figures(world.district.path, MARCH)
    assert whole == selectors.MonthFigures(planned=1, held=3, cancelled=1, attended=Rate(2, 3))
    assert whole.held_rate == Rate(3, 4)
    assert selectors.month_figures_by_child(world.district, MARCH) == {
        world.thach.pk: selectors.MonthFigures(2 - 1, 2, 0, Rate(1, 2)),
        world.son.pk: selectors.MonthFigures(0, 1, 1, Rate(1, 1)),
    }
    assert selectors.attendance_rate(world.officer, MARCH) == Rate(1, 2)
    assert selectors.attendance_rate("", (date(2026, 3, 11), date(2026, 3, 31))) == Rate(0, 0)


def test_a_place_on_the_last_level_has_no_children_to_show(world: World) -> None:
    leaf = Area(path="0000000100000002000000030000000400000005" + "00000006")
    assert selectors.month_figures_by_child(leaf, MARCH) == {}


def test_the_open_cases_of_the_place_are_offered_for_the_agenda(world: World) -> None:
    meeting = convene(world, world.hue)
    case = world.case(title="Leak")
    world.closed_case(title="Done")
    world.case(title="Elsewhere", area=world.khanh, by=world.second)
    agenda = selectors.agenda_of(world.officer, meeting, today=NOON.date())
    assert agenda.open_cases == [case]


def test_kinds_come_by_code(world: World) -> None:
    added = MeetingKind.objects.create(code="water", name_en="Water users")
    found = selectors.kinds()
    assert {world.cell_meeting, added} <= set(found)
    assert [kind.code for kind in found] == sorted(kind.code for kind in found)


def test_places_without_meetings_have_no_data(world: World) -> None:
    empty = area("Xã Trống", world.district)
    assert selectors.month_figures(empty.path, MARCH).attended.percent is None
