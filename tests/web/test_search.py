"""Search: places, cases and people in one page, never more than one may see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.cases import services as cases
from footpath.web import selectors
from tests import world as build


def address(**query) -> str:
    return reverse("web:search", query=query)


def test_places_are_found_without_diacritics(world):
    found = selectors.search(world.officer, "tan thach")
    assert [(row.area, row.above) for row in found.places.rows] == [
        (world.thach, "Huyện Châu Thành, Tỉnh Bến Tre")
    ]


def test_only_cases_one_may_read_are_found(world):
    mine = world.case("Dark lamps in the lane")
    other = world.case("Dark lamps elsewhere", area=world.phuoc, by=world.far)
    assert [row.pk for row in selectors.search(world.officer, "lamps").cases.rows] == [mine.pk]
    assert {row.pk for row in selectors.search(world.office, "lamps").cases.rows} == {
        mine.pk,
        other.pk,
    }
    assert selectors.search(world.member, "lamps").cases.rows == []


@pytest.mark.parametrize("form", ["{0}", "C-{0:04d}", "c-{0}", "C{0}"])
def test_a_case_is_found_by_its_number_if_one_may_read_it(world, form):
    case = world.case(area=world.phuoc, by=world.far)
    typed = form.format(case.pk)
    assert [row.pk for row in selectors.search(world.far, typed).cases.rows] == [case.pk]
    assert selectors.search(world.officer, typed).cases.rows == []


def test_people_in_office_are_found_with_their_posts(client, world):
    client.force_login(world.officer.user)
    page = client.get(address(q="luong minh vu")).content.decode()
    assert "Lương Minh Vũ" in page
    assert "office" in page


def test_an_empty_question_and_one_without_an_answer_have_words(client, world):
    client.force_login(world.officer.user)
    assert "Diacritics do not matter" in client.get(address()).content.decode()
    page = client.get(address(q="<b>zzz</b>")).content.decode()
    assert "Nothing found" in page
    assert "<b>zzz" not in page


def test_a_long_group_goes_on_in_a_list_of_its_own(client, world):
    for number in range(40):
        world.case(f"Pothole {number}")
    client.force_login(world.officer.user)
    first = client.get(address(q="pothole")).content.decode()
    assert first.count("fp-row-link") == selectors.FIRST_FOUND
    assert "kind=cases" in first
    seen, after = [], None
    while True:
        found = selectors.search(world.officer, "pothole", kind="cases", after=after).cases
        seen += [row.pk for row in found.rows]
        after = found.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 40
    page = client.get(address(q="pothole", kind="cases")).content.decode()
    assert page.count("fp-row-link") == selectors.PAGE
    assert "after=" in page


def test_searching_costs_the_same_queries_with_one_row_and_with_three(client, world):
    client.force_login(world.officer.user)

    def fill(number: int) -> None:
        for at in range(number):
            world.case(f"Sluice {at}")
            build.area(f"Ấp Sluice {number}{at}", world.thach)
            build.member(f"Sluice {number}{at}", world.cell)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address(q="sluice"))
        return len(captured)

    fill(1)
    client.get(address(q="sluice"))
    before = queries()
    fill(3)
    assert queries() == before


def test_guidance_given_in_a_case_is_found_by_who_may_read_the_case(client, world):
    for place, who in ((world.hue, world.officer), (world.phuoc, world.far)):
        case = world.case("Gate leaks", area=place, by=who)
        cases.accept_case(case=case, by=who, at=build.later(hours=1))
        cases.give_guidance(
            case=case, text="Replace the rubber seal.", by=who, at=build.later(hours=2)
        )
    found = selectors.search(world.officer, "rubber se")
    assert [entry.case.area for entry in found.in_cases] == [world.hue]
    assert [row.place for row in found.cases.rows] == ["Ấp Tân Huề, Tân Thạch"]
    assert not found.nothing
    client.force_login(world.officer.user)
    page = client.get(address(q="rubber")).content.decode()
    assert "Guidance in cases" in page
    assert "Replace the rubber seal." in page
    assert selectors.search(world.officer, "gate rubber").in_cases == []
    assert selectors.search(world.officer, "，").in_cases == []
