"""Which meeting may be held on which day: a table made by hand, and what is said about a breach."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from django.utils import timezone, translation

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.errors import NotAllowed
from footpath.core.figures import Rate
from footpath.directory.models import Area, CalendarYear, SpecialDay
from footpath.meetings import selectors, services
from footpath.meetings.models import DayRule, Duty, Meeting, MeetingKind
from footpath.meetings.rules.days import Broken, Refusal
from footpath.meetings.services import DayRefused
from tests.world import LONG_AGO, NOON, World, settle

pytestmark = pytest.mark.django_db

# In force in this table: the offices of the district meet among themselves on the 9th and the 15th,
# or on the next working day (offices); not on days of cell meetings (hamlets); conferences on
# working days; coffees on Fridays, from 1 July on Wednesdays; study sessions of the province on
# days off. Commune Quới Sơn has its own days for offices: the 5th and the 20th, whatever they are.
# Cells meet: Tân Huề on 15 January and 9 March, Vĩnh Khánh on 9 June, Phước Hòa (Quới Sơn) on
# 15 October; the meeting of 9 December is cancelled. Closed: Tân Thạch on 9 April, Tân Huề on 15
# and 16 June. Quới Sơn works on Saturday 18 July. Nobody has settled 2035; 2036 is settled.
TABLE = """
office      district  2026-01-09  free
office      district  2026-01-15  hamlets
office      district  2026-01-14  offices
office      district  2026-01-16  offices
office      district  2026-02-09  free
office      district  2026-03-09  hamlets
office      thach     2026-03-09  hamlets
office      hue       2026-03-09  hamlets
office      khanh     2026-03-09  free
office      son       2026-03-09  offices
office      province  2026-03-09  free
office      province  2026-03-10  free
office      district  2026-04-15  free
office      district  2026-04-09  free
office      thach     2026-04-09  closed, offices
office      thach     2026-04-10  free
office      district  2026-04-10  offices
office      district  2026-03-15  offices
office      district  2026-03-16  free
office      district  2026-03-17  offices
office      district  2026-05-09  offices
office      district  2026-05-10  offices
office      district  2026-05-11  free
office      district  2026-05-15  free
office      district  2026-08-09  offices
office      district  2026-08-10  free
office      district  2026-08-15  offices
office      district  2026-08-17  free
office      district  2026-11-16  free
office      district  2026-02-15  offices
office      district  2026-02-16  holiday, offices
office      district  2026-02-20  holiday, offices
office      district  2026-02-23  free
office      district  2026-02-24  offices
cell        hue       2026-02-15  free
cell        hue       2026-02-16  holiday
cell        hue       2026-02-17  holiday
cell        hue       2026-02-20  holiday
cell        hue       2026-02-21  free
conference  district  2026-02-23  free
conference  district  2026-02-21  conferences
conference  district  2026-08-22  free
conference  district  2026-08-29  conferences
conference  district  2026-08-31  instead
cell        hue       2026-08-31  instead
cell        hue       2026-08-22  free
study       district  2026-08-22  study
study       district  2026-08-23  free
study       district  2026-08-31  instead
study       district  2026-09-01  holiday
study       district  2026-09-02  holiday
conference  district  2026-04-27  holiday
conference  district  2026-11-24  holiday
cell        hue       2026-06-14  free
cell        hue       2026-06-15  closed
cell        hue       2026-06-16  closed
cell        hue       2026-06-17  free
cell        khanh     2026-06-15  free
cell        group     2026-06-16  closed
conference  son       2026-07-18  free
conference  thach     2026-07-18  conferences
office      son       2026-05-20  free
office      phuoc     2026-05-20  free
office      phuoc     2026-05-15  offices
office      son       2026-09-05  free
office      son       2026-09-07  offices
coffee      district  2026-06-26  free
coffee      district  2026-07-01  free
coffee      district  2026-07-03  coffee
office      district  2026-06-09  hamlets
office      hue       2026-06-09  free
office      district  2026-10-15  hamlets
office      thach     2026-10-15  free
office      district  2026-12-09  free
cell        hue       2026-03-09  free
cell        hue       2035-03-09  year 2035
study       district  2035-06-02  year 2035
office      district  2036-01-09  free
office      district  2036-01-02  year 2035
conference  district  2036-01-02  free
"""

LINES = [tuple(line.split(maxsplit=3)) for line in TABLE.strip().splitlines()]


def kind(code: str) -> MeetingKind:
    return MeetingKind.objects.get(code=code)


def rule(world: World, place: Area, code: str, test: str, **values: Any) -> DayRule:
    kinds, others = values.pop("kinds", ()), values.pop("others", ())
    values.setdefault("valid_from", LONG_AGO)
    made = DayRule.objects.create(
        area=place,
        path=place.path,
        code=code,
        title=values.pop("title", code),
        test=test,
        made_by=world.office,
        **values,
    )
    made.kinds.set([kind(one) for one in kinds])
    made.others.set([kind(one) for one in others])
    return made


def at(day: str | date, hour: int = 8) -> datetime:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return timezone.make_aware(datetime.combine(day, time(hour)))


def meeting(world: World, place: Area, day: str, state: str = "planned") -> Meeting:
    return Meeting.objects.create(
        kind=world.cell_meeting,
        area=place,
        starts_at=at(day, 19),
        ends_at=at(day, 21),
        state=state,
        convened_by=world.officer,
        **tree.ancestor_values(place.path),
    )


def note(world: World, place: Area | None, kind: str, first: str, last: str) -> SpecialDay:
    return SpecialDay.objects.create(
        area=place,
        path=place.path if place else "",
        kind=kind,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        reason="Flood",
        noted_by=world.office,
        noted_at=NOON,
    )


@pytest.fixture
def ruled(world: World) -> World:
    """Return the small world with the rules, meetings and days that the table names."""
    CalendarYear.objects.all().delete()
    settle(world, 2036)
    district = world.district
    rule(
        world,
        district,
        "offices",
        "only_days",
        title="Offices meet on the 9th and the 15th",
        basis="Notice 12-TB/HU",
        days=[9, 15],
        of_offices=True,
        next_working_day=True,
    )
    rule(world, district, "hamlets", "not_with", of_offices=True, others=["cell"])
    rule(world, district, "conferences", "working_days", kinds=["conference"])
    until = {"valid_until": date(2026, 6, 30)}
    rule(world, district, "coffee", "weekdays", kinds=["coffee"], days=[4], **until)
    begins = {"valid_from": date(2026, 7, 1)}
    rule(world, district, "coffee", "weekdays", kinds=["coffee"], days=[2], **begins)
    rule(world, world.province, "study", "days_off", kinds=["study"])
    rule(world, world.son, "offices", "only_days", days=[5, 20], of_offices=True)
    meeting(world, world.hue, "2026-01-15", "held")
    meeting(world, world.hue, "2026-03-09")
    meeting(world, world.khanh, "2026-06-09")
    meeting(world, world.phuoc, "2026-10-15")
    meeting(world, world.hue, "2026-12-09", "cancelled")
    note(world, world.thach, "closed", "2026-04-09", "2026-04-09")
    note(world, world.hue, "closed", "2026-06-15", "2026-06-16")
    note(world, world.son, "working", "2026-07-18", "2026-07-18")
    return world


def answer(broken: list[Broken]) -> str:
    """Return what stands against a meeting as the table writes it."""
    said = []
    for row in broken:
        if row.why is Refusal.YEAR:
            said.append(f"year {row.year}")
        elif row.rule is not None:
            said.append(row.rule.code)
        else:
            assert row.day_off is not None
            said.append(str(row.day_off.why))
    return ", ".join(said) or "free"


def test_the_table_has_at_least_sixty_cases_and_none_twice() -> None:
    assert len(LINES) >= 60
    assert len({line[:3] for line in LINES}) == len(LINES)


def test_each_line_of_the_table_is_answered_as_it_was_written(ruled: World) -> None:
    kinds = {row.code: row for row in MeetingKind.objects.all()}
    book = selectors.day_book("", date(2026, 1, 1), date(2036, 12, 31))
    found = [
        (code, place, day, answer(book.broken(kinds[code], getattr(ruled, place).path, asked)))
        for code, place, day, _expected in LINES
        for asked in [date.fromisoformat(day)]
    ]
    assert found == LINES


def test_one_meeting_is_judged_as_the_book_of_the_whole_country_judges_it(ruled: World) -> None:
    kinds = {row.code: row for row in MeetingKind.objects.all()}
    refused = [
        (code, place, day)
        for code, place, day, _expected in LINES
        if selectors.breaches(
            kind=kinds[code], area=getattr(ruled, place), starts_at=at(day), ends_at=at(day, 10)
        )
    ]
    assert refused == [line[:3] for line in LINES if line[3] != "free"]


# --- free days ------------------------------------------------------------------------------------

FREE = (
    # kind, place, after, the next three free days
    ("office", "district", "2026-02-09", "2026-02-23 2026-03-16 2026-04-09"),
    ("office", "thach", "2026-04-08", "2026-04-10 2026-04-15 2026-05-11"),
    ("office", "son", "2026-05-05", "2026-05-20 2026-06-05 2026-06-20"),
    ("conference", "district", "2026-08-28", "2026-09-03 2026-09-04 2026-09-07"),
    ("conference", "district", "2026-08-20", "2026-08-21 2026-08-22 2026-08-24"),
    ("study", "district", "2026-08-28", "2026-08-29 2026-08-30 2026-09-05"),
    ("coffee", "district", "2026-06-25", "2026-06-26 2026-07-01 2026-07-08"),
    ("cell", "hue", "2026-06-14", "2026-06-17 2026-06-18 2026-06-19"),
)


@pytest.mark.parametrize(("code", "place", "after", "expected"), FREE)
def test_the_next_free_days_are_those_of_the_table(
    ruled: World, code: str, place: str, after: str, expected: str
) -> None:
    found = selectors.next_free_days(
        kind=kind(code), area=getattr(ruled, place), after=date.fromisoformat(after)
    )
    assert [str(day) for day in found] == expected.split()


def test_days_of_a_year_that_nobody_has_settled_are_not_offered(ruled: World) -> None:
    after = date(2035, 12, 30)
    found = selectors.next_free_days(kind=kind("cell"), area=ruled.hue, after=after, limit=1)
    assert found == [date(2036, 1, 2)]


# --- what is said ---------------------------------------------------------------------------------


def refusal(world: World, code: str, place: Area, day: str, **values: Any) -> DayRefused:
    values.setdefault("by", world.office)
    with pytest.raises(DayRefused) as caught:
        services.check_day(
            kind=kind(code), area=place, starts_at=at(day), ends_at=at(day, 10), **values
        )
    return caught.value


def test_a_breach_names_the_rule_its_place_and_basis_and_the_next_free_days(ruled: World) -> None:
    refused = refusal(ruled, "office", ruled.thach, "2026-01-14")
    assert str(refused) == (
        "“Offices meet on the 9th and the 15th”: Only on these days of the month: 9, 15; for a day"
        " off the next working day. Free days: Mon 9 February; Mon 23 February; Mon 16 March."
    )
    assert [breach.source for breach in refused.breaches] == [
        "Rule of Huyện Châu Thành. Basis: Notice 12-TB/HU."
    ]
    assert not refused.final


def test_a_breach_names_the_meetings_in_the_way_and_who_is_expected_there(ruled: World) -> None:
    held = Meeting.objects.get(area=ruled.hue, starts_at=at("2026-03-09", 19))
    Duty.objects.create(meeting=held, person=ruled.officer)
    Duty.objects.create(meeting=held, person=ruled.second, attendance="excused", reason="Ill")
    refused = refusal(ruled, "office", ruled.district, "2026-03-09")
    (breach,) = refused.breaches
    assert breach.meetings == [held]
    assert breach.people == [ruled.officer]
    assert breach.reason == (
        "“hamlets”: on Mon 9 March there is Cell meeting, Ấp Tân Huề at 19:00."
    )
    assert breach.source == "Rule of Huyện Châu Thành."


def test_many_meetings_in_the_way_are_counted_after_three(ruled: World) -> None:
    for place in (ruled.khanh, ruled.phuoc, ruled.thach):
        meeting(ruled, place, "2026-03-09")
    (breach,) = refusal(ruled, "office", ruled.district, "2026-03-09").breaches
    assert len(breach.meetings) == 4
    assert breach.reason.endswith(", and 1 more meeting.")


@pytest.mark.parametrize(
    ("code", "place", "day", "reason"),
    [
        ("cell", "hue", "2026-02-17", "Tue 17 February is a public holiday: Lunar New Year."),
        ("cell", "hue", "2026-08-31", "Mon 31 August: Day off instead of 22 Aug."),
        ("cell", "hue", "2026-06-15", "Closed on Mon 15 June: Flood (Ấp Tân Huề)."),
        ("conference", "thach", "2026-07-18", "“conferences”: Only on working days."),
        ("study", "thach", "2026-07-17", "“study”: Only on days off."),
        ("coffee", "thach", "2026-07-17", "“coffee”: Only on these days of the week: Wednesday."),
        ("office", "son", "2026-07-17", "“offices”: Only on these days of the month: 5, 20."),
    ],
)
def test_each_test_has_its_sentence(
    ruled: World, code: str, place: str, day: str, reason: str
) -> None:
    found = refusal(ruled, code, getattr(ruled, place), day).breaches
    assert [breach.reason for breach in found] == [reason]


@pytest.mark.parametrize(
    ("language", "day", "name"),
    [
        ("vi", "2026-09-02", "Quốc khánh"),
        ("en", "2026-09-02", "National Day"),
        ("en", "2026-04-27", "Hung Kings' Commemoration Day (observed)"),
    ],
)
def test_a_holiday_is_named_in_the_language_of_the_reader(
    ruled: World, language: str, day: str, name: str
) -> None:
    with translation.override(language):
        (breach,) = refusal(ruled, "cell", ruled.hue, day).breaches
    assert name in breach.reason


def test_an_unknown_year_says_who_settles_it_and_where(ruled: World) -> None:
    refused = refusal(ruled, "cell", ruled.hue, "2035-03-09", extraordinary_reason="Flood")
    assert refused.final
    assert refused.free_days == []
    assert str(refused) == (
        "The holidays and swapped working days of 2035 are not settled yet. An administrator"
        " settles the year under Administration, Calendar of days, when the state has published"
        " them."
    )


# --- extraordinary meetings -----------------------------------------------------------------------


def asked(world: World, day: str, **values: Any) -> list[str]:
    found = services.check_day(
        kind=kind("office"),
        area=world.thach,
        starts_at=at(day),
        ends_at=at(day, 10),
        **values,
    )
    return [breach.rule.code if breach.rule else "calendar" for breach in found]


def test_the_head_sets_a_rule_aside_with_a_reason_and_others_may_not(ruled: World) -> None:
    said = {"extraordinary_reason": "A dyke has broken."}
    assert asked(ruled, "2026-01-14", by=ruled.head, **said) == ["offices"]
    assert asked(ruled, "2026-02-17", by=ruled.office, **said) == ["calendar", "offices"]
    with pytest.raises(NotAllowed):
        asked(ruled, "2026-01-14", by=ruled.officer, **said)
    with pytest.raises(DayRefused):
        asked(ruled, "2026-01-14", by=ruled.head, extraordinary_reason="  ")


def test_a_reason_on_a_free_day_leaves_nothing_with_the_meeting(ruled: World) -> None:
    assert asked(ruled, "2026-01-09", by=ruled.head, extraordinary_reason="In a hurry") == []
    assert services.extraordinary([], reason="In a hurry", by=ruled.head) == {
        "extraordinary_reason": "",
        "extraordinary_by": None,
    }


def test_what_was_set_aside_is_kept_with_who_gave_the_reason(ruled: World) -> None:
    found = services.check_day(
        kind=kind("office"),
        area=ruled.thach,
        starts_at=at("2026-01-14"),
        ends_at=at("2026-01-14", 10),
        by=ruled.head,
        extraordinary_reason="A  dyke has broken.",
    )
    assert services.extraordinary(found, reason="A  dyke has broken.", by=ruled.head) == {
        "extraordinary_reason": "A dyke has broken.",
        "extraordinary_by": ruled.head,
    }


def test_extraordinary_meetings_are_counted_with_all_others_by_place(ruled: World) -> None:
    month = Month(2026, 3)
    for place in (ruled.hue, ruled.khanh, ruled.phuoc):
        meeting(ruled, place, "2026-03-10")
    Meeting.objects.filter(area=ruled.khanh).update(
        extraordinary_reason="A dyke has broken.", extraordinary_by=ruled.head
    )
    meeting(ruled, ruled.khanh, "2026-03-11", "cancelled")
    assert selectors.extraordinary_figures(ruled.district.path, month) == Rate(1, 4)
    assert selectors.extraordinary_by_child(ruled.district, month) == {
        ruled.thach.pk: Rate(1, 3),
        ruled.son.pk: Rate(0, 1),
    }
    assert selectors.extraordinary_by_child(ruled.hue, month) == {}
    (row,) = selectors.extraordinary_meetings(ruled.district.path, month)
    assert (row.area, row.extraordinary_by) == (ruled.khanh, ruled.head)


# --- a meeting that moves, lasts, or is one of many -----------------------------------------------


def test_a_meeting_does_not_stand_in_its_own_way(ruled: World) -> None:
    rule(ruled, ruled.hue, "apart", "not_with", kinds=["cell"], others=["cell"])
    there = Meeting.objects.get(area=ruled.hue, starts_at=at("2026-03-09", 19))
    times = {"starts_at": at("2026-03-09", 18), "ends_at": at("2026-03-09", 20)}
    asked = {"kind": ruled.cell_meeting, "area": ruled.hue, **times}
    assert [row.rule.code for row in selectors.breaches(**asked) if row.rule] == ["apart"]
    assert selectors.breaches(**asked, besides=there) == []
    assert services.check_day(**asked, besides=there, by=ruled.officer) == []


def test_each_day_of_a_conference_of_three_days_is_asked_about(ruled: World) -> None:
    found = selectors.breaches(
        kind=kind("conference"),
        area=ruled.district,
        starts_at=at("2026-08-28"),
        ends_at=at("2026-08-31", 17),
    )
    assert [str(breach.day) for breach in found] == ["2026-08-29", "2026-08-30", "2026-08-31"]


def test_a_book_answers_for_its_own_days_only(ruled: World) -> None:
    book = selectors.day_book(ruled.district.path, date(2026, 3, 1), date(2026, 3, 31))
    assert book.free(kind("office"), ruled.son, date(2026, 3, 5))
    assert book.breaches(kind("office"), ruled.son, date(2026, 3, 6))[0].rule is not None
    with pytest.raises(ValueError, match="is not in the book"):
        book.free(kind("office"), ruled.son, date(2026, 4, 5))


def test_a_month_of_questions_takes_as_many_queries_as_one(
    ruled: World, django_assert_num_queries: Any
) -> None:
    office, cell = kind("office"), kind("cell")
    places = [ruled.district, ruled.thach, ruled.son, ruled.hue, ruled.khanh, ruled.phuoc]
    with django_assert_num_queries(6):
        book = selectors.day_book(ruled.district.path, date(2026, 3, 1), date(2026, 3, 31))
    with django_assert_num_queries(0):
        broken = [
            row
            for number in range(1, 32)
            for place in places
            for one in (office, cell)
            for row in book.broken(one, place.path, date(2026, 3, number))
        ]
    with django_assert_num_queries(2):
        book.explain(broken)
