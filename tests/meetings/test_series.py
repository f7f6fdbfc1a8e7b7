"""Series: their meetings stand 13 months ahead, follow changes, and call nobody to two places."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from footpath.accounts import audit
from footpath.accounts.models import TrailLine
from footpath.core.errors import InvalidValue, NotAllowed, StaleState
from footpath.meetings import services
from footpath.meetings.models import Duty, Meeting, Series
from footpath.notifications.models import Notice
from tests.world import NOON, World, assign, later, person

pytestmark = pytest.mark.django_db


def begin(world: World, **values: Any) -> Series:
    """Begin a series in hamlet hue: every first Monday at eight, 90 minutes."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "rrule": "FREQ=MONTHLY;BYDAY=1MO",
        "first_day": date(2026, 3, 10),
        "begins": time(8),
        "minutes": 90,
        "by": world.head,
        "at": NOON,
    } | values
    return services.create_series(**values)


def change(series: Series, **values: Any) -> services.Changed:
    """Change a series from 1 May on; what is not said stays."""
    series.refresh_from_db()
    values = {
        "series": series,
        "from_day": date(2026, 5, 1),
        "rrule": series.rrule,
        "begins": series.begins,
        "minutes": series.minutes,
        "title": series.title,
        "hall": series.hall,
        "where": series.where,
        "agenda": series.agenda,
        "at": NOON,
    } | values
    return services.change_series(**values)


def days(series: Series) -> list[date]:
    """Return the days on which the meetings of a series stand."""
    return [timezone.localdate(row.starts_at) for row in meetings(series)]


def meetings(series: Series) -> list[Meeting]:
    return list(Meeting.objects.filter(series=series).order_by("starts_at"))


def test_a_series_stands_thirteen_months_ahead(world: World) -> None:
    series = begin(world, title="Cell of Hue", where="Hall of the hamlet", agenda="Water")
    found = meetings(series)
    assert days(series)[:3] == [date(2026, 4, 6), date(2026, 5, 4), date(2026, 6, 1)]
    assert len(found) == 13
    assert days(series)[-1] == date(2027, 4, 5)
    first = found[0]
    assert first.starts_at == datetime(2026, 4, 6, 1, tzinfo=UTC)
    assert first.ends_at - first.starts_at == timedelta(minutes=90)
    assert (first.title, first.where, first.agenda) == (
        "Cell of Hue",
        "Hall of the hamlet",
        "Water",
    )
    assert (first.kind, first.area, first.convened_by) == (
        world.cell_meeting,
        world.hue,
        world.head,
    )
    assert first.area_path == world.hue.path
    assert (first.occurrence_on, first.sequence, first.changed_at) == (date(2026, 4, 6), 0, NOON)
    assert [duty.person for duty in first.duties.all()] == [world.officer]
    assert series.made_until == date(2027, 4, 10)
    assert services.ahead(date(2026, 1, 31)) == date(2027, 2, 28)


def test_making_again_makes_nothing_and_a_night_later_only_what_is_new(world: World) -> None:
    series = begin(world)
    assert services.make_all(NOON) == 0
    Series.objects.update(made_until=None)
    assert services.make_all(NOON) == 0
    assert services.make_all(later(days=31)) == 1
    assert days(series)[-1] == date(2027, 5, 3)
    assert services.make_all(later(days=31)) == 0
    assert (
        TrailLine.objects.filter(subject=audit.subject_key(series), deed="series.made")
        .values_list("actor", flat=True)
        .order_by("number")
        .last()
        == "system"
    )


def test_a_form_sent_twice_is_one_series(world: World) -> None:
    key = uuid4()
    assert begin(world, client_key=key) == begin(world, client_key=key)
    assert Meeting.objects.count() == 13


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"last_day": date(2026, 3, 1)}, "last_day"),
        ({"minutes": 0}, "minutes"),
    ],
)
def test_what_makes_no_series_is_refused(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        begin(world, **values)
    assert refused.value.field == field
    assert not Series.objects.exists()


def test_only_who_keeps_the_place_begins_a_series(world: World) -> None:
    with pytest.raises(NotAllowed):
        begin(world, by=world.far)


def test_the_duty_list_is_that_of_each_day(world: World) -> None:
    successor = person("Successor")
    row = world.officer.assignments.get()
    row.until = date(2026, 6, 30)
    row.save()
    assign(successor, world.hue, start=date(2026, 7, 1))
    deputy = assign(person("Deputy"), world.hue, role="deputy").person
    series = begin(world)
    called = {
        row.occurrence_on: set(row.duties.values_list("person", flat=True))
        for row in meetings(series)
    }
    assert called[date(2026, 6, 1)] == {world.officer.pk, deputy.pk}
    assert called[date(2026, 7, 6)] == {successor.pk, deputy.pk}


def test_where_heads_are_counted_only_who_is_in_charge_is_called(world: World) -> None:
    assign(person("Deputy"), world.hue, role="deputy")
    world.cell_meeting.counts_heads = True
    world.cell_meeting.save()
    series = begin(world)
    assert [row.person for row in meetings(series)[0].duties.all()] == [world.officer]


def test_who_is_expected_elsewhere_stands_on_the_list_and_is_not_expected(world: World) -> None:
    first = begin(world)
    assign(world.officer, world.khanh, role="deputy")
    second = begin(world, area=world.khanh, begins=time(9))
    duty = Duty.objects.get(meeting=meetings(second)[0], person=world.officer)
    assert duty.elsewhere == meetings(first)[0]
    services.cancel_meeting(meeting=meetings(first)[0], reason="Flood", by=world.head, at=NOON)
    duty.refresh_from_db()
    assert duty.elsewhere is None


def test_it_is_eight_by_the_clock_on_the_wall_in_summer_and_winter(
    world: World, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        timezone.get_default_timezone.cache_clear()
        series = begin(world)
        hours = {timezone.localtime(row.starts_at).time() for row in meetings(series)}
        offsets = {timezone.localtime(row.starts_at).utcoffset() for row in meetings(series)}
    timezone.get_default_timezone.cache_clear()
    assert hours == {time(8)}
    assert len(offsets) == 2


def test_a_change_moves_the_coming_meetings_that_nobody_touched(world: World) -> None:
    series = begin(world)
    april, may, june, july, august, *_rest = meetings(series)
    services.move_meeting(
        meeting=june,
        starts_at=june.starts_at + timedelta(days=1),
        ends_at=june.ends_at + timedelta(days=1),
        by=world.head,
        at=NOON,
    )
    services.add_minute_item(meeting=july, text="Water", by=world.head, at=NOON)
    services.cancel_meeting(meeting=august, reason="Flood", by=world.head, at=NOON)
    changed = change(series, rrule="FREQ=MONTHLY;BYDAY=1TU", begins=time(14), by=world.head)
    assert changed == services.Changed(moved=9, removed=0, made=0, kept=3)
    after = meetings(series)
    assert len(after) == 13
    assert (after[0], after[0].starts_at) == (april, april.starts_at)
    assert (after[1].pk, after[1].starts_at) == (may.pk, datetime(2026, 5, 5, 7, tzinfo=UTC))
    assert after[1].sequence == 1
    assert after[2].starts_at == june.starts_at
    assert after[3].starts_at == july.starts_at
    assert after[4].state == "cancelled"
    assert days(series)[5] == date(2026, 9, 1)
    series.refresh_from_db()
    assert (series.rrule, series.first_day) == ("FREQ=MONTHLY;BYDAY=1TU", date(2026, 5, 1))
    assert services.make_all(NOON) == 0


def test_a_change_removes_and_makes_where_the_number_of_days_changes(world: World) -> None:
    series = begin(world, rrule="FREQ=MONTHLY;BYMONTHDAY=9,15")
    assert days(series)[:3] == [date(2026, 3, 15), date(2026, 4, 9), date(2026, 4, 15)]
    changed = change(series, rrule="FREQ=MONTHLY;BYMONTHDAY=12", by=world.head)
    assert (changed.moved, changed.removed, changed.made) == (11, 12, 0)
    assert days(series)[:5] == [
        date(2026, 3, 15),
        date(2026, 4, 9),
        date(2026, 4, 15),
        date(2026, 5, 12),
        date(2026, 6, 12),
    ]
    changed = change(series, rrule="FREQ=WEEKLY;BYDAY=TU", by=world.head)
    assert changed.made > 30
    assert Duty.objects.filter(meeting__series=series).count() == len(days(series))


def test_a_change_leaves_the_meeting_that_has_begun_where_it_is(world: World) -> None:
    series = begin(world, rrule="FREQ=WEEKLY;BYDAY=TU", begins=time(11))
    today = meetings(series)[0]
    assert (timezone.localdate(today.starts_at), today.starts_at < NOON) == (NOON.date(), True)
    change(series, rrule="FREQ=WEEKLY;BYDAY=WE", from_day=NOON.date(), by=world.head)
    assert days(series)[:2] == [date(2026, 3, 10), date(2026, 3, 18)]
    series.refresh_from_db()
    changed = change(series, rrule="FREQ=MONTHLY;BYDAY=1MO", from_day=NOON.date(), by=world.head)
    assert changed.kept == 1
    assert days(series)[:2] == [date(2026, 3, 10), date(2026, 4, 6)]


def test_a_change_removes_no_meeting_that_somebody_has_prepared(world: World) -> None:
    series = begin(world, rrule="FREQ=MONTHLY;BYMONTHDAY=9,15")
    april, may = (
        row for row in meetings(series)[1:6] if timezone.localdate(row.starts_at).day == 15
    )
    services.add_duty(meeting=april, person=world.far, by=world.head, at=NOON)
    services.set_material(
        meeting=may, topic="Directive 13", material="", upload=None, by=world.head, at=NOON
    )
    changed = change(
        series, rrule="FREQ=MONTHLY;BYDAY=1MO", from_day=date(2026, 4, 1), by=world.head
    )
    assert changed.removed > 8
    assert Duty.objects.filter(meeting=april, person=world.far).exists()
    assert Meeting.objects.filter(pk=may.pk, topic="Directive 13").exists()
    assert {timezone.localdate(row.starts_at) for row in meetings(series)} >= {date(2026, 4, 6)}


def test_a_change_that_removes_frees_the_people_for_their_other_meetings(world: World) -> None:
    first = begin(world)
    assign(world.officer, world.khanh, role="deputy")
    second = begin(world, area=world.khanh)
    waiting = Duty.objects.filter(meeting__series=second, person=world.officer)
    assert waiting.exclude(elsewhere=None).count() == 13
    change(first, last_day=date(2026, 6, 30), by=world.head)
    assert days(first) == [date(2026, 4, 6), date(2026, 5, 4), date(2026, 6, 1)]
    assert waiting.exclude(elsewhere=None).count() == 3
    change(first, begins=time(14), last_day=date(2026, 6, 30), by=world.head)
    assert waiting.exclude(elsewhere=None).count() == 1
    change(second, begins=time(14), by=world.head)
    assert waiting.exclude(elsewhere=None).count() == 3


def test_words_and_place_follow_without_a_new_time(world: World) -> None:
    series = begin(world)
    by_hand = meetings(series)[3]
    Meeting.objects.filter(pk=by_hand.pk).update(title="By hand")
    change(series, title="New", where="Elsewhere", by=world.head)
    found = meetings(series)
    assert {row.title for row in found[1:]} == {"New", "By hand"}
    assert found[0].title == ""
    assert {row.where for row in found[1:]} == {"Elsewhere"}


def test_people_hear_of_a_change_to_meetings_that_are_near(world: World) -> None:
    series = begin(world)
    change(series, from_day=date(2026, 3, 11), begins=time(14), by=world.head)
    assert [(row.user, row.kind) for row in Notice.objects.filter(kind="meeting.moved")] == [
        (world.officer.user, "meeting.moved")
    ]


def test_a_series_ends_and_its_later_meetings_are_cancelled(world: World) -> None:
    series = begin(world)
    with pytest.raises(InvalidValue):
        services.end_series(
            series=series, last_day=date(2026, 6, 30), reason=" ", by=world.head, at=NOON
        )
    ended = services.end_series(
        series=series,
        last_day=date(2026, 6, 30),
        reason="The cell is gone.",
        by=world.head,
        at=NOON,
    )
    assert ended == 10
    assert [row.state for row in meetings(series)] == ["planned"] * 3 + ["cancelled"] * 10
    assert {(row.sequence, row.cancel_reason) for row in meetings(series)[3:]} == {
        (1, "The cell is gone.")
    }
    assert services.make_all(later(days=400)) == 0
    with pytest.raises(StaleState):
        change(series, by=world.head)


def test_who_waited_for_a_series_that_ends_is_expected_again(world: World) -> None:
    first = begin(world)
    assign(world.officer, world.khanh, role="deputy")
    second = begin(world, area=world.khanh)
    services.end_series(series=first, last_day=NOON.date(), reason="Gone", by=world.head, at=NOON)
    assert not Duty.objects.filter(meeting__series=second).exclude(elsewhere=None).exists()
    assert Notice.objects.filter(kind="meeting.cancelled").count() == 1


def test_a_full_or_closed_hall_is_left_out_for_that_day(world: World) -> None:
    hall = services.add_hall(area=world.hue, name="Hall", by=world.head, at=NOON)
    services.close_hall(
        hall=hall,
        first=date(2026, 5, 1),
        last=date(2026, 5, 10),
        reason="Roof",
        by=world.head,
        at=NOON,
    )
    first = begin(world, hall=hall, rrule="FREQ=MONTHLY;BYDAY=1MO;COUNT=2")
    assert [row.hall for row in meetings(first)] == [hall, None]
    second = begin(world, area=world.khanh, hall=hall, begins=time(9))
    assert [row.hall for row in meetings(second)[:3]] == [None, None, hall]
    services.change_hall(
        hall=hall, name="Hall", seats=None, at_once=1, is_active=False, by=world.head, at=NOON
    )
    third = begin(world, area=world.thach, hall=hall, begins=time(15))
    assert {row.hall for row in meetings(third)} == {None}


def test_the_night_asks_the_same_questions_for_one_and_for_three(world: World) -> None:
    asked = []
    for number, place in enumerate((world.hue, world.khanh, world.phuoc), start=1):
        begin(world, area=place, by=world.office)
        Meeting.objects.all().delete()
        Series.objects.update(made_until=None)
        with CaptureQueriesContext(connection) as found:
            assert services.make_all(NOON) == 13 * number
        asked.append(len(found))
    assert asked[0] == asked[2] <= 17
