"""The calendar of days: who settles a year, what a place notes, and what the page shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.core.workdays import DayOff, ExtraDay, Off, Workdays, YearNotKnown
from footpath.directory import selectors, services
from footpath.directory.checks import check_country
from footpath.directory.models import Area, CalendarYear, Person, SpecialDay
from tests.world import NOON, World, fresh, person

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)


def note(world: World, place: Area | None, **values: Any) -> SpecialDay:
    values = {"kind": "closed", "first": DAY, "last": DAY, "reason": "Flood"} | values
    values.setdefault("by", world.office if place else world.administrator)
    return services.note_special_days(area=place, at=NOON, **values)


def deeds() -> list[str]:
    return list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))


# --- deeds ----------------------------------------------------------------------------------------


def test_an_administrator_settles_a_year_with_its_basis_once(world: World) -> None:
    made = services.settle_year(year=2044, basis="Notice  9-TB", by=world.administrator, at=NOON)
    assert (made.year, made.basis, made.settled_by) == (2044, "Notice 9-TB", world.administrator)
    assert deeds()[-1] == "directory.year_settled"
    assert selectors.settled_year(2044) == made
    with pytest.raises(RuleBroken, match="settled already"):
        services.settle_year(year=2044, basis="Notice 10", by=world.administrator, at=NOON)
    with pytest.raises(NotAllowed):
        services.settle_year(year=2045, basis="Notice 9-TB", by=world.office, at=NOON)


@pytest.mark.parametrize(("year", "basis"), [(2044, " "), (9999, "Notice 9-TB")])
def test_a_year_is_not_settled_without_a_basis_or_a_calendar(
    world: World, year: int, basis: str
) -> None:
    with pytest.raises(InvalidValue):
        services.settle_year(year=year, basis=basis, by=world.administrator, at=NOON)


def test_a_year_that_is_known_needs_no_settling(world: World) -> None:
    with pytest.raises(RuleBroken, match="need not be settled"):
        services.settle_year(year=2026, basis="Notice", by=world.administrator, at=NOON)


def test_a_note_holds_in_the_place_and_everything_below_it(world: World) -> None:
    note(world, world.thach)
    for place, closed in ((world.thach, True), (world.group, True), (world.son, False)):
        assert (not selectors.workdays_for(place.path, [2026]).is_working(DAY)) is closed
    below = selectors.workdays_below(world.district.path, [2026])
    assert below(world.hue.path).day_off(DAY) is not None
    assert below(world.son.path).is_working(DAY)
    assert below(world.hue.path) is below(world.khanh.path)
    assert deeds()[-1] == "directory.days_noted"


def test_a_note_for_the_whole_country_asks_for_the_power_to_settle_a_year(world: World) -> None:
    note(world, None, kind="working", first=date(2026, 6, 13), last=date(2026, 6, 13))
    found = selectors.workdays_for(world.son.path, [2026]).extra_day(date(2026, 6, 13))
    assert isinstance(found, ExtraDay)
    assert selectors.words_of_extra_day(found) == "Flood"
    assert selectors.workdays_below("", [2026])("").extra_day(date(2026, 6, 13)) is not None
    with pytest.raises(NotAllowed):
        note(world, None, by=world.office)


def test_only_whoever_leads_the_place_closes_it(world: World) -> None:
    note(world, world.thach, by=world.head)
    for who, place in ((world.head, world.son), (world.officer, world.hue)):
        with pytest.raises(NotAllowed):
            note(world, place, by=who)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "half"},
        {"last": date(2026, 6, 14)},
        {"last": date(2027, 6, 16)},
        {"reason": " "},
    ],
)
def test_a_note_says_what_when_and_why(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        note(world, world.thach, **values)


def test_a_note_is_taken_back_once_by_whoever_could_make_it(world: World) -> None:
    days, everywhere = note(world, world.thach), note(world, None)
    with pytest.raises(NotAllowed):
        services.withdraw_special_days(days=days, by=world.officer, at=NOON)
    with pytest.raises(NotAllowed):
        services.withdraw_special_days(days=everywhere, by=world.office, at=NOON)
    services.withdraw_special_days(days=everywhere, by=world.administrator, at=NOON)
    services.withdraw_special_days(days=days, by=world.head, at=NOON)
    assert selectors.workdays_for(world.thach.path, [2026]).is_working(DAY)
    with pytest.raises(StaleState):
        services.withdraw_special_days(days=days, by=world.head, at=NOON)
    with pytest.raises(NotThere):
        selectors.get_special_days_for(world.office, pk=days.pk)


# --- look-ups and words ---------------------------------------------------------------------------


def test_an_unknown_year_is_refused_until_somebody_settles_it(world: World) -> None:
    with pytest.raises(YearNotKnown):
        selectors.workdays_for(world.hue.path, [2044]).is_working(date(2044, 5, 5))
    services.settle_year(year=2044, basis="Notice", by=world.administrator, at=NOON)
    assert selectors.workdays_for(world.hue.path, [2044]).is_working(date(2044, 5, 5))
    assert selectors.settled_years([2043, 2044]) == [2044]


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("en", "2026-02-18", "Second Day of Lunar New Year"),
        ("vi", "2026-02-18", "Mùng hai Tết Nguyên Đán"),
        ("en", "2026-08-31", "Day off instead of 22 Aug"),
        ("en", "2026-03-08", "Weekend"),
    ],
)
def test_a_day_off_has_its_words(language: str, day: str, words: str) -> None:
    off = Workdays("VN").day_off(date.fromisoformat(day))
    assert off is not None
    with translation.override(language):
        assert selectors.words_of_day_off(off) == words


def test_a_language_that_the_package_lacks_takes_the_names_from_our_own_texts() -> None:
    with translation.override("ru"):
        for day in (date(2026, 4, 26), date(2026, 4, 27)):
            off = Workdays("VN").day_off(day)
            assert off is not None
            assert selectors.words_of_day_off(off)
        unnamed = DayOff(date(2026, 3, 3), Off.HOLIDAY, "VN")
        assert selectors.words_of_day_off(unnamed)


def test_a_day_that_is_worked_has_its_words() -> None:
    extra = Workdays("VN").extra_day(date(2026, 8, 22))
    assert extra is not None
    assert selectors.words_of_extra_day(extra) == "Working day for 31 Aug"
    assert selectors.words_of_extra_day(ExtraDay(DAY)) == "Working day"


def test_the_days_of_a_place_take_two_queries_however_many_notes_there_are(
    world: World, django_assert_num_queries: Any
) -> None:
    for number in (1, 3):
        for _count in range(number):
            note(world, world.thach)
        with django_assert_num_queries(2):
            days = selectors.workdays_for(world.group.path, [2026, 2027])
            days.is_working(DAY)
    assert selectors.workdays_for(world.group.path, []).is_working(date(2026, 6, 16))


def test_whoever_may_not_read_places_reads_no_notes(world: World) -> None:
    note(world, world.thach)
    nobody = person("Nobody")
    assert selectors.special_days_for(fresh(nobody), world.thach.path, 2026) == []
    assert len(selectors.special_days_for(world.member, world.thach.path, 2026)) == 1


def test_a_country_whose_holidays_nobody_knows_is_an_error_at_start(settings: Any) -> None:
    assert check_country() == []
    settings.COUNTRY = "XX"
    assert [error.id for error in check_country()] == ["directory.E001"]


@pytest.mark.parametrize(
    ("country", "language", "day", "words"),
    [
        ("CN", "zh-hans", "2026-02-17", "春节"),
        ("CN", "en", "2026-02-14", "Working day for 20 Feb"),
        ("RU", "ru", "2026-06-12", "День России"),
        ("RU", "en", "2026-01-09", "Day off instead of 3 Jan"),
    ],
)
def test_another_country_has_its_own_days(
    settings: Any, country: str, language: str, day: str, words: str
) -> None:
    settings.COUNTRY = country
    days = selectors.workdays_for("", [2026])
    asked = date.fromisoformat(day)
    off, extra = days.day_off(asked), days.extra_day(asked)
    with translation.override(language):
        if off is not None:
            assert words == selectors.words_of_day_off(off)
        else:
            assert extra is not None
            assert words == selectors.words_of_extra_day(extra)


# --- the page -------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def page(who: Person, status: int = 200, **query: Any) -> str:
    response = client_of(who).get(reverse("directory:calendar", query=query))
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_page_shows_the_marked_days_of_the_year_in_words(world: World) -> None:
    note(world, world.thach, last=date(2026, 6, 16))
    shown = page(world.officer, place=world.hue.code, year=2026)
    assert "Day off instead of 22 Aug" in shown
    assert "Working day for 31 Aug" in shown
    assert '<b class="fp-num">15 Jun – 16 Jun</b> Flood (Xã Tân Thạch)' in shown
    assert "Settle the year" not in shown
    assert "Note the days" not in shown


def test_a_year_nobody_settled_shows_no_days_but_to_whoever_settles_it(world: World) -> None:
    shown = page(world.officer, year=2044)
    assert "The days of 2044 are not known" in shown
    assert "fp-small-month" not in shown
    shown = page(world.administrator, year=2044)
    assert "What would hold" in shown
    assert "fp-small-month" in shown


def test_an_administrator_settles_the_year_on_the_page(world: World) -> None:
    client = client_of(world.administrator)
    address = reverse("directory:calendar", query={"year": 2044})
    assert client.post(address, {"deed": "settle", "basis": ""}).status_code == 422
    assert client.post(address, {"deed": "settle", "basis": "Notice 9-TB"}).status_code == 302
    assert CalendarYear.objects.get(year=2044).basis == "Notice 9-TB"
    assert "Notice 9-TB" in page(world.administrator, year=2044)
    assert client.post(address, {"deed": "settle", "basis": "Notice 9-TB"}).status_code == 422


def test_the_head_notes_days_on_the_page_and_takes_them_back(world: World) -> None:
    client = client_of(world.head)
    address = reverse("directory:calendar", query={"place": world.thach.code, "year": 2026})
    typed = {
        "deed": "note",
        "kind": "closed",
        "first": "2026-06-15",
        "last": "2026-06-14",
        "reason": "Flood",
        "everywhere": "on",
    }
    assert client.post(address, typed).status_code == 422
    assert client.post(address, typed | {"last": "2026-06-16"}).status_code == 302
    (row,) = SpecialDay.objects.all()
    assert (row.area, row.path, row.noted_by) == (world.thach, world.thach.path, world.head)
    assert "Take back" in page(world.head, place=world.thach.code, year=2026)
    taken = {"deed": "withdraw", "days": str(row.pk)}
    assert client.post(address, taken).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert client.post(address, taken).status_code == 404
    assert client.post(address, {"deed": "withdraw", "days": "x"}).status_code == 404


def test_a_note_taken_back_meanwhile_is_said_on_the_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = note(world, world.thach)
    monkeypatch.setattr(selectors, "get_special_days_for", lambda person, pk: row)
    SpecialDay.objects.update(withdrawn_at=NOON)
    address = reverse("directory:calendar", query={"place": world.thach.code, "year": 2026})
    response = client_of(world.head).post(
        address, {"deed": "withdraw", "days": str(row.pk)}, follow=True
    )
    assert "already taken this back" in response.content.decode()


def test_the_administrator_notes_days_for_the_whole_country(world: World) -> None:
    client = client_of(world.administrator)
    typed = {
        "deed": "note",
        "kind": "working",
        "first": "2044-06-18",
        "last": "2044-06-18",
        "reason": "Swapped",
        "everywhere": "on",
    }
    address = reverse("directory:calendar", query={"year": 2044})
    assert client.post(address, typed).status_code == 302
    assert SpecialDay.objects.get().area is None
    assert "the whole country" in page(world.administrator, year=2044)


def test_a_year_that_cannot_be_read_is_this_year(world: World) -> None:
    for typed in ("", "abcd", "0000", "20266", "٢٠٢٦"):
        assert f"Calendar of days {clock.today().year}" in page(world.officer, year=typed)


def test_administration_leads_to_the_calendar(world: World) -> None:
    response = client_of(world.administrator).get(reverse("directory:administration"))
    assert reverse("directory:calendar") in response.content.decode()


def test_the_page_takes_as_many_queries_with_one_note_as_with_three(world: World) -> None:
    counts = []
    page(world.head, place=world.thach.code, year=2026)
    for number in (1, 2):
        for _count in range(number):
            note(world, world.thach)
        with CaptureQueriesContext(connection) as caught:
            page(world.head, place=world.thach.code, year=2026)
        counts.append(len(caught))
    assert counts[0] == counts[1]
