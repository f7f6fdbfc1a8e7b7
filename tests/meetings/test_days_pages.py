"""Making, changing and ending day rules, and the pages that show which days are free."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.core import clock, tree
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, StaleState
from footpath.directory.models import Area, Person, SpecialDay
from footpath.meetings import selectors, services
from footpath.meetings.models import DayRule, Duty, Meeting, MeetingKind
from footpath.meetings.services import Terms
from tests.meetings.test_day_rules import at, kind, rule
from tests.world import NOON, World, fresh, person

pytestmark = pytest.mark.django_db

FROM = date(2026, 4, 1)
NINTH = Terms(title="Offices on the 9th", test="only_days", of_offices=True, days=[9])


def begin(world: World, area: Area, terms: Terms = NINTH, **values: Any) -> DayRule:
    values = {"valid_from": FROM, "by": world.office, "at": NOON} | values
    return services.begin_rule(area=area, terms=terms, **values)


def deeds() -> list[str]:
    return list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))


# --- deeds ----------------------------------------------------------------------------------------


def test_a_rule_is_made_with_what_its_test_looks_at_and_nothing_else(world: World) -> None:
    terms = Terms(
        title="  Offices  on the 9th",
        test="only_days",
        of_offices=True,
        kinds=[kind("conference")],
        days=[15, 9, 9],
        next_working_day=True,
        others=[kind("cell")],
        basis="Notice 12",
    )
    made = begin(world, world.district, terms)
    assert (made.title, made.code, made.days) == (
        "Offices on the 9th",
        "offices-on-the-9th",
        [9, 15],
    )
    assert (made.path, made.next_working_day) == (world.district.path, True)
    assert list(made.kinds.all()) == [kind("conference")]
    assert not made.others.exists()
    assert deeds()[-1] == "meeting.day_rule_begun"


def test_a_code_is_never_given_to_two_rules_by_chance(world: World) -> None:
    codes = [begin(world, place).code for place in (world.district, world.thach, world.son)]
    assert codes == ["offices-on-the-9th", "offices-on-the-9th-2", "offices-on-the-9th-3"]
    unwritten = Terms(title="部门会议", test="days_off")
    assert begin(world, world.district, unwritten).code == "rule"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(title=" ", test="days_off"), "title"),
        (Terms(title="x" * 201, test="days_off"), "title"),
        (Terms(title="A", test="full_moon"), "test"),
        (Terms(title="A", test="only_days"), "days"),
        (Terms(title="A", test="only_days", days=[0]), "days"),
        (Terms(title="A", test="weekdays", days=[7]), "days"),
        (Terms(title="A", test="not_with"), "others"),
    ],
)
def test_a_rule_lacks_nothing_that_its_test_looks_at(
    world: World, terms: Terms, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        begin(world, world.district, terms)
    assert refused.value.field == field


def test_a_place_has_one_rule_with_a_code_at_a_time(world: World) -> None:
    begin(world, world.thach, code="offices", valid_until=date(2026, 5, 31))
    with pytest.raises(InvalidValue, match="has this rule already"):
        begin(world, world.thach, code="offices", valid_from=date(2026, 5, 31))
    begin(world, world.thach, code="offices", valid_from=date(2026, 6, 1))
    begin(
        world,
        world.thach,
        code="offices",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 3, 31),
    )
    with pytest.raises(InvalidValue, match="ends before it begins"):
        begin(world, world.son, valid_until=date(2026, 3, 31))


def test_rules_are_set_by_the_head_the_office_and_the_administrator_in_their_places(
    world: World,
) -> None:
    begin(world, world.hue, by=world.head)
    begin(world, world.province, by=world.administrator)
    for who, place in (
        (world.head, world.son),
        (world.officer, world.hue),
        (world.boss, world.hue),
    ):
        with pytest.raises(NotAllowed):
            begin(world, place, by=who)


def test_a_change_ends_the_old_rule_the_day_before_and_keeps_it(world: World) -> None:
    old = begin(world, world.district)
    day = date(2026, 5, 1)
    changed = services.change_rule(
        rule=old,
        terms=Terms(title="Offices on the 9th and the 15th", test="only_days", days=[9, 15]),
        valid_from=day,
        by=world.office,
        at=NOON,
    )
    old.refresh_from_db()
    assert (old.valid_until, changed.valid_from) == (date(2026, 4, 30), day)
    assert (old.code, old.days, changed.days) == (changed.code, [9], [9, 15])
    assert selectors.history_of(changed) == [old]
    assert deeds()[-1] == "meeting.day_rule_changed"


@pytest.mark.parametrize("day", [FROM, date(2026, 3, 1), date(2026, 8, 1)])
def test_a_rule_is_changed_only_while_it_holds(world: World, day: date) -> None:
    old = begin(world, world.district, valid_until=date(2026, 7, 31))
    with pytest.raises(InvalidValue):
        services.change_rule(rule=old, terms=NINTH, valid_from=day, by=world.office, at=NOON)


def test_what_held_in_the_past_stays_as_it_was(world: World) -> None:
    old = begin(world, world.district, valid_from=date(2026, 1, 1))
    past = date(2026, 3, 9)  # the day before NOON
    with pytest.raises(InvalidValue, match="in the past"):
        services.change_rule(rule=old, terms=NINTH, valid_from=past, by=world.office, at=NOON)
    with pytest.raises(InvalidValue, match="in the past"):
        services.end_rule(rule=old, last_day=past, by=world.office, at=NOON)


def test_a_rule_is_ended_once(world: World) -> None:
    old = begin(world, world.district)
    again = DayRule.objects.get(pk=old.pk)
    services.end_rule(rule=old, last_day=date(2026, 4, 30), by=world.office, at=NOON)
    assert DayRule.objects.get(pk=old.pk).valid_until == date(2026, 4, 30)
    assert deeds()[-1] == "meeting.day_rule_ended"
    with pytest.raises(StaleState):
        services.end_rule(rule=again, last_day=date(2026, 4, 30), by=world.office, at=NOON)
    with pytest.raises(InvalidValue, match="does not hold"):
        services.end_rule(rule=old, last_day=date(2026, 5, 1), by=world.office, at=NOON)


def test_a_rule_that_has_not_begun_is_taken_back_whole(world: World) -> None:
    old = begin(world, world.district)
    services.end_rule(rule=old, last_day=date(2026, 3, 10), by=world.office, at=NOON)
    assert not DayRule.objects.exists()
    assert deeds()[-1] == "meeting.day_rule_withdrawn"


# --- look-ups -------------------------------------------------------------------------------------


def test_a_place_lists_its_own_rules_and_those_from_above(world: World) -> None:
    above = begin(world, world.district, code="offices")
    own = begin(world, world.thach, code="offices")
    lines = selectors.rule_lines(world.thach, on=FROM)
    assert [(line.rule, line.inherited, line.replaced) for line in lines] == [
        (above, True, True),
        (own, False, False),
    ]
    lines = selectors.rule_lines(world.son, on=FROM)
    assert [(line.rule, line.inherited, line.replaced) for line in lines] == [(above, True, False)]
    assert selectors.rules_below(world.district, on=FROM) == 1
    assert selectors.rules_below(world.thach, on=FROM) == 0


def test_rules_are_no_secret_to_readers_and_not_there_for_others(world: World) -> None:
    made = begin(world, world.district)
    assert selectors.get_rule_for(world.officer, pk=made.pk) == made
    for who, pk in ((world.member, made.pk), (world.officer, 0)):
        with pytest.raises(NotThere):
            selectors.get_rule_for(who, pk=pk)


def test_a_rule_says_for_whom_it_is(world: World) -> None:
    every = rule(world, world.district, "a", "days_off")
    some = rule(world, world.district, "b", "not_with", kinds=["coffee"], others=["cell", "group"])
    offices = rule(world, world.district, "c", "only_days", of_offices=True, days=[9])
    assert selectors.words_of_whom(every) == "every meeting"
    assert selectors.words_of_whom(some) == "Professional coffee"
    assert selectors.words_of_whom(offices) == "meetings of offices among themselves"
    assert selectors.words_of_test(some) == (
        "Not on days with: Cell meeting, Household group meeting."
    )


# --- pages ----------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def page(who: Person, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    address = reverse(f"meetings:{name}", args=args, query=query or None)
    response = client_of(who).get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return " ".join(response.content.decode().split())


def test_the_days_page_shows_free_days_blocked_days_and_why(world: World) -> None:
    begin(world, world.district, valid_from=date(2026, 1, 1))
    shown = page(world.officer, "days", place=world.hue.code, month="2026-02")
    assert "Offices on the 9th" in shown
    assert "from Huyện Châu Thành" in shown
    assert shown.count("fp-daygrid-free") == 1
    assert "Tue 17 February is a public holiday: Lunar New Year." in shown
    assert "Make a rule" not in shown
    coffee = page(world.officer, "days", month="2026-08", kind="coffee")
    assert "Working day for 31 Aug" in coffee
    assert coffee.count("fp-daygrid-free") == 30


def test_a_month_in_a_year_nobody_settled_is_blocked_with_a_sentence(world: World) -> None:
    shown = page(world.office, "days", month="2044-02")
    assert "fp-daygrid-free" not in shown
    assert "holidays and swapped working days of 2044 are not settled yet" in shown


def test_extraordinary_meetings_are_shown_with_reason_name_and_fraction(world: World) -> None:
    Meeting.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=at("2026-04-09"),
        ends_at=at("2026-04-09", 10),
        convened_by=world.head,
        extraordinary_reason="A dyke has broken.",
        extraordinary_by=world.head,
        **tree.ancestor_values(world.hue.path),
    )
    shown = page(world.head, "days", month="2026-04")
    assert "A dyke has broken. (Phạm Văn Tuấn)" in shown
    assert "<b>1/1</b>" in shown
    assert "By place" in shown


def test_the_days_page_is_for_readers_of_the_place(world: World) -> None:
    page(world.member, "days", status=404)
    page(world.officer, "days", place=world.son.code, status=404)
    page(world.auditor, "days", month="never", kind="none")


def test_without_kinds_the_page_says_who_adds_them(world: World) -> None:
    MeetingKind.objects.update(is_active=False)
    assert "There are no kinds of meetings yet" in page(world.office, "days")


def test_the_head_makes_a_rule_instead_of_one_from_above(world: World) -> None:
    above = begin(world, world.district, code="offices", valid_from=date(2026, 1, 1))
    assert "Stands instead of" in page(world.head, "day-rule-new")
    typed = {
        "title": "Offices on the 5th",
        "instead_of": "offices",
        "of_offices": "on",
        "test": "only_days",
        "days": "5; 20",
        "valid_from": "2026-05-01",
    }
    client = client_of(world.head)
    address = reverse("meetings:day-rule-new")
    assert client.post(address, typed | {"days": "5, 32"}).status_code == 422
    assert client.post(address, typed | {"days": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    made = DayRule.objects.exclude(pk=above.pk).get()
    assert (made.code, made.area, made.days) == ("offices", world.thach, [5, 20])


def test_a_rule_about_days_of_the_week_is_made_and_changed_on_the_pages(world: World) -> None:
    client = client_of(world.office)
    typed = {
        "title": "Coffee on Fridays",
        "kinds": [kind("coffee").pk],
        "test": "weekdays",
        "weekdays": ["4"],
        "valid_from": "2026-01-01",
    }
    assert client.post(reverse("meetings:day-rule-new"), typed).status_code == 302
    made = DayRule.objects.get()
    assert made.days == [4]
    shown = page(world.office, "day-rule", made.pk)
    assert "Only on these days of the week: Friday." in shown
    assert "Professional coffee" in shown
    tomorrow = clock.today() + timedelta(days=1)
    change = typed | {"deed": "change", "weekdays": ["2"], "valid_from": tomorrow.isoformat()}
    address = reverse("meetings:day-rule", args=[made.pk])
    assert client.post(address, change | {"valid_from": "2025-12-31"}).status_code == 422
    assert client.post(address, change).status_code == 302
    changed = DayRule.objects.get(valid_until=None)
    assert changed.days == [2]
    shown = page(world.office, "day-rule", changed.pk)
    assert "Only on these days of the week: Friday." in shown


def test_a_rule_is_ended_on_its_page_by_whoever_may(world: World) -> None:
    made = begin(world, world.district, valid_from=date(2026, 1, 1))
    assert "End the rule" not in page(world.head, "day-rule", made.pk)
    address = reverse("meetings:day-rule", args=[made.pk])
    typed = {"deed": "end", "last_day": "2026-01-02"}
    assert client_of(world.head).post(address, typed).status_code == 403
    client = client_of(world.office)
    assert client.post(address, typed).status_code == 422
    assert client.post(address, typed | {"last_day": "2026-01-02x"}).status_code == 422
    assert client.post(address, typed | {"last_day": clock.today()}).status_code == 302
    made.refresh_from_db()
    assert made.valid_until == clock.today()
    DayRule.objects.update(valid_until=date(2026, 2, 1))
    assert "Ended" in page(world.office, "day-rule", made.pk)
    assert "Change or end it" not in page(world.office, "day-rule", made.pk)


def test_a_rule_to_come_says_so(world: World) -> None:
    made = begin(world, world.district, valid_from=clock.today() + timedelta(days=30))
    assert "To come" in page(world.officer, "day-rule", made.pk)


# --- is the day free? -----------------------------------------------------------------------------


def test_the_form_hears_whether_a_day_is_free_while_it_is_filled_in(world: World) -> None:
    begin(world, world.district, valid_from=date(2026, 1, 1))
    office = {"area": world.thach.code, "kind": kind("office").pk}
    free = page(world.head, "day-check", **office, day="2026-04-09")
    assert "Thu 9 April is free." in free
    taken = page(world.head, "day-check", **office, day="2026-02-17")
    assert "Tue 17 February is not free." in taken
    assert "Free days: Mon 9 March; Thu 9 April; Sat 9 May." in taken
    asked = {**office, "day": "2026-04-09"}
    part = client_of(world.head).get(
        reverse("meetings:day-check"), asked, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.content.decode()
    assert "is free." in part.content.decode()


def test_a_form_half_filled_in_or_of_another_place_hears_nothing(world: World) -> None:
    asked = {"area": world.son.code, "kind": kind("office").pk, "day": "2026-04-09"}
    for query in ({}, asked, asked | {"area": world.hue.code, "day": "soon"}):
        assert "Give the place" in page(world.head, "day-check", **query)


def test_a_meeting_that_moves_does_not_stand_in_its_own_way_on_the_page(world: World) -> None:
    rule(world, world.hue, "apart", "not_with", kinds=["cell"], others=["cell"])
    there = Meeting.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=at("2026-04-09", 19),
        ends_at=at("2026-04-09", 21),
        convened_by=world.head,
        **tree.ancestor_values(world.hue.path),
    )
    Duty.objects.create(meeting=there, person=world.officer)
    query = {"area": world.hue.code, "kind": world.cell_meeting.pk, "day": "2026-04-09"}
    taken = page(world.head, "day-check", **query)
    assert "is not free" in taken
    assert "Expected there: Lê Thị Mai" in taken
    assert "is free" in page(world.head, "day-check", meeting=there.pk, day="2026-04-09")
    page(world.head, "day-check", meeting=0, day="2026-04-09", status=404)


# --- queries --------------------------------------------------------------------------------------


def test_the_days_page_takes_as_many_queries_with_one_rule_as_with_three(world: World) -> None:
    counts = []
    page(world.head, "days", month="2026-04")
    for number in (1, 2):
        for _count in range(number):
            rule(world, world.district, f"r{DayRule.objects.count()}", "not_with", others=["cell"])
            day = f"2026-04-{10 + Meeting.objects.count()}"
            meeting = Meeting.objects.create(
                kind=world.cell_meeting,
                area=world.hue,
                starts_at=at(day, 19),
                ends_at=at(day, 21),
                convened_by=world.head,
                extraordinary_reason="A dyke has broken.",
                extraordinary_by=world.head,
                **tree.ancestor_values(world.hue.path),
            )
            Duty.objects.create(meeting=meeting, person=person(f"Guest {day}", signs_in=False))
            SpecialDay.objects.create(
                area=world.thach,
                path=world.thach.path,
                kind="closed",
                first=date(2026, 4, 25),
                last=date(2026, 4, 25),
                reason="Flood",
                noted_by=world.head,
                noted_at=NOON,
            )
        with CaptureQueriesContext(connection) as caught:
            page(fresh(world.head), "days", month="2026-04")
        counts.append(len(caught))
    assert counts[0] == counts[1]
