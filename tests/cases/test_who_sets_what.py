"""What holds below a place is set by its offices and those above; everywhere by those above all."""

from __future__ import annotations

from typing import Any

import pytest

from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.cases import services
from footpath.cases.models import EscalationRule, Route
from footpath.core.errors import InvalidValue, NotAllowed
from footpath.directory.models import Person, Post
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn, at_the_top
from tests.world import NOON, World, area, holder

pytestmark = pytest.mark.django_db

EVERYWHERE = "Only the office of the place above all others, and administrators, change it."
HERE = "Only an office in charge of this place, or of one above it, changes this."


def route(world: World, by: Person, **values: Any) -> Route:
    values = {"area": None, "category": None, "organization": world.agency} | values
    return services.add_route(by=by, at=NOON, **values)


def rule(by: Person, **values: Any) -> EscalationRule:
    values = {"trigger": "overdue", "number": 3, "area": None} | values
    return services.add_escalation_rule(by=by, at=NOON, **values)


def test_routes_and_rules_of_everywhere_are_for_those_above_all(world: World) -> None:
    top = at_the_top(world)
    for made in (route(world, top), rule(top)):
        assert made.path == ""
    for deed in (lambda: route(world, world.office), lambda: rule(world.office)):
        with pytest.raises(InvalidValue) as refused:
            deed()
        assert refused.value.field == "area"
    for withdraw in (
        lambda by: services.withdraw_route(route=Route.objects.get(), by=by, at=NOON),
        lambda by: services.withdraw_escalation_rule(
            rule=EscalationRule.objects.get(), by=by, at=NOON
        ),
    ):
        with pytest.raises(NotAllowed):
            withdraw(world.office)
        withdraw(world.administrator)


def test_an_office_below_sets_nothing_for_the_places_above(world: World) -> None:
    below = holder("Below", Role.OFFICE, world.commune_office, world.thach)
    for deed in (
        lambda: route(world, below, area=world.district),
        lambda: rule(below, area=world.son),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert route(world, below, area=world.hue).area == world.hue
    assert rule(below, area=world.thach).area == world.thach


def test_an_office_reads_the_rules_above_it_and_is_told_who_changes_them(
    world: World, sign_in: SignIn
) -> None:
    below = holder("Below", Role.OFFICE, world.commune_office, world.thach)
    top = at_the_top(world)
    made = [
        (route(world, top), "routes", EVERYWHERE),
        (rule(top), "escalation", EVERYWHERE),
        (route(world, world.office, area=world.district), "routes", HERE),
        (rule(world.office, area=world.district), "escalation", HERE),
    ]
    client = sign_in(below)
    for row, table, sentence in made:
        there = f"/cases/{table}/{row.pk}/"
        page = text_of(client.get(there))
        assert sentence in page
        assert "Withdraw" not in page
        assert client.post(there, {"deed": "withdraw"}).status_code == 403
        assert "Withdraw" in text_of(sign_in(top).get(there))


def test_with_two_places_at_the_top_only_who_covers_everything_sets_what_holds_everywhere(
    world: World,
) -> None:
    top = at_the_top(world)
    deeds = ("cases.targets", "cases.ladder", "cases.route_all", "cases.read_import")
    assert all(may(top, deed) for deed in deeds)
    area("Tỉnh Trà Vinh", code="84")
    assert not any(may(top, deed) for deed in deeds)
    assert all(may(world.administrator, deed) for deed in deeds)


def test_an_administrator_of_a_place_connects_no_other_systems(world: World) -> None:
    placed = holder("Placed", Role.ADMINISTRATOR, world.commune_office, world.thach)
    Post.objects.filter(memberships__person=placed).update(covers_everything=False)
    assert not may(Person.objects.get(pk=placed.pk), "cases.systems")
    assert may(world.administrator, "cases.systems")
