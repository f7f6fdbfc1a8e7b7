"""What a title and a list of kept views may hold at most."""

from __future__ import annotations

from datetime import date

import pytest

from footpath.cases import selectors, services
from footpath.core.errors import InvalidValue
from tests.world import World, holder, member

pytestmark = pytest.mark.django_db


def test_a_title_has_at_most_two_hundred_characters(world: World) -> None:
    with pytest.raises(InvalidValue, match="longer than 200"):
        world.case("a" * 201)
    assert world.case("  a \n b ").title == "a b"


def test_a_name_or_a_filter_that_is_too_long_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue, match="too long"):
        services.save_view(name="a" * 61, query="view=open", by=world.head)


def test_a_person_keeps_at_most_twenty_views_and_a_name_is_replaced(world: World) -> None:
    for number in range(20):
        services.save_view(name=f"View {number}", query="view=open", by=world.head)
    with pytest.raises(InvalidValue, match="20 views"):
        services.save_view(name="One more", query="view=open", by=world.head)
    kept = services.save_view(name="View 3", query="view=all", by=world.head)
    assert (kept.query, len(selectors.views_of(world.head))) == ("view=all", 20)


def test_somebody_without_a_place_has_nowhere_to_raise_a_case(world: World) -> None:
    from footpath.accounts.rules import Role
    from tests.world import person

    nobody = person("Nobody")
    assert selectors.places_to_raise_in(nobody) == []
    office = holder("Office", Role.OFFICE, world.district_office, world.thach)
    assert world.khanh in selectors.places_to_raise_in(office)
    assert selectors.places_to_raise_in(member("M", world.cell))[0] == world.hue


def test_a_case_is_not_raised_in_a_place_that_is_closed(world: World) -> None:
    world.hue.valid_until = date(2026, 3, 9)
    world.hue.save()
    with pytest.raises(InvalidValue, match="is closed"):
        world.case()
