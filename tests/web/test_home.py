"""My day: what waits for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.core.figures import Rate
from footpath.meetings.models import Duty
from footpath.web import selectors
from tests import world as build
from tests.reports.test_month_report import meeting
from tests.world import NOON, later


def names(day) -> list[str]:
    return [row.title for row in day.waiting]


def test_a_day_without_anything_says_so_and_does_not_look_broken(client, world):
    client.force_login(world.member.user)
    page = client.get(reverse("web:home")).content.decode()
    for sentence in ("No meeting is coming", "No case waits for you", "No place is yours"):
        assert sentence in page
    assert "0 meetings today" in page


def test_the_cases_whose_next_step_is_mine_wait_for_me(world):
    mine = world.rectified_case(title="To verify")
    world.case("Somebody else accepts")
    assert names(selectors.my_day(world.officer)) == [mine.title]
    assert names(selectors.my_day(world.far)) == []


def test_the_chips_count_what_is_overdue_and_due_today(client, world):
    world.rectified_case(title="Over", at=NOON - timedelta(days=31))
    world.rectified_case(title="Today", at=NOON - timedelta(days=30))
    world.rectified_case(title="Later")
    day = selectors.my_day(world.officer)
    assert (day.overdue, day.due_today) == (1, 1)
    client.force_login(world.officer.user)
    page = client.get(reverse("web:home")).content.decode()
    assert "1 case overdue" in page
    assert "1 case due today" in page
    assert "fp-row-late" in page


def test_the_next_meeting_stands_first_and_the_others_below(client, world):
    for hours in (30, 4, 80):
        meeting(world, later(hours=hours), "planned", {world.officer: "unknown"})
    meeting(world, later(hours=2), "cancelled", {world.officer: "unknown"})
    meeting(world, later(hours=3), "planned", {world.second: "unknown"})
    day = selectors.my_day(world.officer)
    assert [row.meeting.starts_at for row in day.today_duties] == [later(hours=4)]
    assert day.next_duty is None
    assert [row.meeting.starts_at for row in day.later_duties] == [
        later(hours=30),
        later(hours=80),
    ]
    assert [row.starts_at for row in day.to_keep] == [later(hours=3)]
    assert day.meetings_today == 2
    client.force_login(world.officer.user)
    assert "2 meetings today" in client.get(reverse("web:home")).content.decode()


def test_my_attendance_is_a_fraction_of_what_is_known(world):
    for days, mark in ((1, "present"), (2, "absent"), (3, "unknown")):
        meeting(world, later(days=-days), "held", {world.officer: mark})
    assert selectors.my_day(world.officer).attended == Rate(1, 2)


def test_my_places_say_which_group_has_nobody_and_what_is_open(client, world):
    build.area("Tổ 2", world.hue)
    build.assign(world.member, world.group)
    world.case(at=NOON - timedelta(days=40))
    world.case()
    (place,) = selectors.my_day(world.officer).places
    assert (place.area, place.covered, place.missing) == (world.hue, Rate(1, 2), ("Tổ 2",))
    assert (place.open.value, place.overdue.value) == (2, 1)
    assert not place.in_order
    client.force_login(world.officer.user)
    page = client.get(reverse("web:home")).content.decode()
    assert "Tổ 2 has nobody" in page
    assert "2, 1 overdue" in page


def test_heads_and_offices_see_what_waits_in_their_place(client, world):
    world.case(at=NOON - timedelta(days=40))
    world.rectified_case()
    leading = selectors.my_day(world.office).leading
    assert leading.area == world.district
    assert leading.waiting.overdue.value == 1
    assert leading.waiting.unowned.value == 1
    assert leading.waiting.verify.value == 1
    assert [tier for tier, _figure in leading.nobody] == ["Commune", "Household group"]
    assert selectors.my_day(world.head).leading.area == world.thach
    assert selectors.my_day(world.officer).leading is None
    client.force_login(world.office.user)
    page = client.get(reverse("web:home")).content.decode()
    assert "Waiting in Huyện Châu Thành" in page
    assert "Commune: 1 without anybody in charge" in page


def test_what_waits_opens_exactly_its_rows(world):
    from tests.reports.links import rows_behind

    world.case(at=NOON - timedelta(days=40))
    world.rectified_case()
    leading = selectors.my_day(world.office).leading
    figures = [leading.waiting.overdue, leading.waiting.unowned, leading.waiting.verify]
    figures += [leading.waiting.returned, *(figure for _tier, figure in leading.nobody)]
    for figure in figures:
        assert rows_behind(world.office, figure.href) == figure.rows == figure.value
    (place,) = selectors.my_day(world.officer).places
    for figure in (place.open, place.overdue):
        assert rows_behind(world.officer, figure.href) == figure.value


def test_a_place_in_order_says_so_when_nothing_waits(client, world):
    build.assign(world.member, world.group)
    client.force_login(world.head.user)
    page = client.get(reverse("web:home")).content.decode()
    assert "Waiting in Xã Tân Thạch" in page
    assert "Nothing waits here" in page


@pytest.mark.parametrize("who", ["member", "officer", "head", "office"])
def test_my_day_costs_the_same_queries_with_one_row_and_with_three(client, world, who):
    person = getattr(world, who)

    def fill(number: int) -> None:
        for at in range(number):
            place = build.area(f"Ấp {number}{at}", world.thach, type_name="Ấp")
            build.area(f"Tổ {at}", place)
            build.assign(person, place)
            world.rectified_case(title=f"Case {number}{at}", by=world.head, area=place)
            made = meeting(world, later(hours=number + at), "planned")
            Duty.objects.create(meeting=made, person=person)

    def queries() -> int:
        from footpath.accounts import selectors as accounts

        accounts.forget_everybody()
        client.force_login(person.user)
        client.get(reverse("web:home"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("web:home")).status_code == 200
        return len(captured)

    fill(1)
    before = queries()
    fill(3)
    assert queries() == before
    assert before <= 26


def test_groups_of_my_own_hamlet_are_told_with_the_hamlet(world):
    build.assign(world.officer, world.group)
    assert [place.area for place in selectors.my_day(world.officer).places] == [world.hue]
