"""What an officer can take, conflicts of interest, and what each tier needs (S2.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.accounts.models import TrailLine
from footpath.assignments import selectors, services
from footpath.assignments.models import Assignment, Conflict, CoverageRule, Limit, Policy
from footpath.assignments.rules import Hindrance
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.core.figures import Rate
from footpath.directory.models import Person, Tier
from tests.world import NOON, World, area, assign, tiers

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def put(world: World, person: Person, **values: Any) -> Assignment:
    """Put a person in charge of the household group."""
    return services.put_in_charge(
        person=person, area=world.group, start=TODAY, by=world.head, at=NOON, **values
    )


def tier(code: str) -> Tier:
    return next(row for row in tiers() if row.code == code)


def test_somebody_who_lives_there_needs_a_reason(world: World) -> None:
    world.far.home_area = world.group
    world.far.save()
    with pytest.raises(services.NeedsReason, match="Bùi Thanh Sơn lives in Tổ 1") as refused:
        put(world, world.far)
    assert refused.value.against == (Hindrance.HOME,)
    made = put(world, world.far, exception="Nobody else knows the dike.")
    assert made.exception == "Nobody else knows the dike."
    assert put(world, world.second, role="monitor").exception is None


def test_relatives_and_a_declared_home_count_until_they_no_longer_do(world: World) -> None:
    for kind, against in (("relatives", Hindrance.RELATIVES), ("home", Hindrance.HOME)):
        conflict = services.declare_conflict(
            person=world.far, area=world.group, kind=kind, on=TODAY, by=world.far, at=NOON
        )
        with pytest.raises(services.NeedsReason) as refused:
            put(world, world.far, role="deputy")
        assert refused.value.against == (against,)
        services.end_conflict(conflict=conflict, on=TODAY, by=world.far, at=NOON)
    put(world, world.far, role="deputy")


def test_a_conflict_is_declared_once_by_the_officer_or_the_office(world: World) -> None:
    values = {"person": world.far, "area": world.group, "on": TODAY, "at": NOON}
    with pytest.raises(NotAllowed):
        services.declare_conflict(kind="home", by=world.second, **values)
    with pytest.raises(InvalidValue):
        services.declare_conflict(kind="mood", by=world.office, **values)
    conflict = services.declare_conflict(kind="home", by=world.office, **values)
    with pytest.raises(RuleBroken, match="already"):
        services.declare_conflict(kind="home", by=world.far, **values)
    services.end_conflict(conflict=conflict, on=TODAY, by=world.far, at=NOON)
    with pytest.raises(StaleState):
        services.end_conflict(conflict=conflict, on=TODAY, by=world.far, at=NOON)
    assert str(conflict) == "Bùi Thanh Sơn, Tổ 1"


def test_nobody_leads_more_places_than_the_limit_without_a_reason(world: World) -> None:
    services.set_limit(person=world.far, places=1, bound=False, by=world.office, at=NOON)
    with pytest.raises(services.NeedsReason, match="as many places as the limit") as refused:
        put(world, world.far)
    assert refused.value.against == (Hindrance.FULL,)
    services.set_limit(person=world.far, places=5, bound=True, by=world.office, at=NOON)
    with pytest.raises(services.NeedsReason, match="bound to the desk"):
        put(world, world.far)
    services.set_limit(person=world.far, places=2, bound=False, by=world.office, at=NOON)
    put(world, world.far)
    assert str(Limit.objects.get()) == "Bùi Thanh Sơn: 2"


def test_a_limit_is_set_from_above(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.set_limit(person=world.far, places=9, bound=False, by=world.far, at=NOON)
    with pytest.raises(InvalidValue):
        services.set_limit(person=world.far, places=101, bound=False, by=world.office, at=NOON)


def test_the_policy_of_the_nearest_place_limits_places_and_years(world: World) -> None:
    Policy.objects.create(area=world.province, tier=tier("group"), places_each=9)
    Policy.objects.create(area=world.thach, tier=tier("group"), places_each=2, term_limit_years=5)
    assign(world.far, world.group, start=date(2020, 1, 1), until=TODAY - DAY)
    with pytest.raises(services.NeedsReason, match="as long as the policy allows") as refused:
        put(world, world.far)
    assert refused.value.against == (Hindrance.TERM,)
    assign(world.far, area("Tổ 2", world.hue))
    assert selectors.hindrances_for(world.far, world.group, role="lead", start=TODAY) == [
        Hindrance.FULL,
        Hindrance.TERM,
    ]


def test_what_an_officer_can_take_is_told(world: World) -> None:
    room = selectors.room_of(world.far, on=TODAY)
    assert (room.most, room.led, room.free) == (None, 1, None)
    services.set_limit(person=world.far, places=3, bound=False, by=world.office, at=NOON)
    assert selectors.room_of(world.far, on=TODAY).free == 2
    services.set_limit(person=world.far, places=3, bound=True, by=world.office, at=NOON)
    assert selectors.room_of(world.far, on=TODAY).free == 0
    loads = selectors.loads_of([world.far.pk, world.member.pk], on=TODAY)
    assert (loads[world.far.pk], loads[world.member.pk]) == (1, 0)


# --- what each tier needs -------------------------------------------------------------------------


def rule(world: World, place: Any, code: str, *, lead: bool = True, deputy: bool = False) -> None:
    services.set_coverage_rule(
        area=place,
        tier=tier(code),
        needs_lead=lead,
        needs_deputy=deputy,
        by=world.office,
        at=NOON,
    )


def rates(world: World) -> dict[str, tuple[Rate, Rate]]:
    return {
        row.tier.code: (row.rate, row.deputies)
        for row in selectors.coverage_rates(world.district.path, on=TODAY)
    }


def test_without_a_rule_the_tier_decides(world: World) -> None:
    assert rates(world)["hamlet"] == (Rate(3, 3), Rate(0, 0))
    assert rates(world)["group"] == (Rate(0, 1), Rate(0, 0))


def test_the_rule_of_the_nearest_place_decides(world: World) -> None:
    rule(world, world.district, "hamlet", deputy=True)
    rule(world, world.son, "hamlet", lead=False)
    rule(world, world.district, "group", lead=False)
    assign(world.far, world.hue, "deputy")
    assert rates(world)["hamlet"] == (Rate(2, 2), Rate(1, 2))
    assert "group" not in rates(world)
    page = selectors.coverage(
        world.office, tier("hamlet"), world.district.path, on=TODAY, missing="deputy"
    )
    assert [(row.area, row.no_deputy) for row in page.rows] == [(world.khanh, True)]
    whole = selectors.coverage(world.office, tier("hamlet"), world.district.path, on=TODAY)
    assert [(row.area, row.no_deputy) for row in whole.rows] == [
        (world.hue, False),
        (world.khanh, True),
    ]
    asked = {row.tier.code: row for row in selectors.asked_of_tiers(world.son)}
    assert (asked["hamlet"].needs_lead, asked["group"].needs_lead) == (False, False)
    assert asked["group"].rule is not None
    children = selectors.coverage_by_child(world.district, tier("hamlet"), on=TODAY)
    assert {row.area: row.rate for row in children} == {
        world.thach: Rate(2, 2),
        world.son: Rate(0, 0),
    }
    assert selectors.rates_of_children([world.son.pk], on=TODAY) == {}


def test_a_rule_can_ask_where_the_tier_does_not(world: World) -> None:
    Tier.objects.filter(code="group").update(needs_lead=False)
    assert "group" not in rates(world)
    rule(world, world.thach, "group")
    assert rates(world)["group"] == (Rate(0, 1), Rate(0, 0))


def test_rules_are_set_above_and_make_sense(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.set_coverage_rule(
            area=world.thach, tier=tier("hamlet"), needs_lead=True, needs_deputy=False,
            by=world.head, at=NOON,
        )  # fmt: skip
    with pytest.raises(InvalidValue):
        rule(world, world.thach, "district")
    with pytest.raises(InvalidValue):
        rule(world, world.thach, "hamlet", lead=False, deputy=True)
    rule(world, world.thach, "hamlet")
    rule(world, world.thach, "hamlet", deputy=True)
    found = CoverageRule.objects.get()
    assert (found.needs_deputy, str(found)) == (True, "Xã Tân Thạch, Hamlet")
    again = CoverageRule.objects.get()
    services.remove_coverage_rule(rule=found, by=world.office, at=NOON)
    with pytest.raises(StaleState):
        services.remove_coverage_rule(rule=again, by=world.office, at=NOON)
    assert TrailLine.objects.filter(deed__startswith="assignment.cover").count() == 3


# --- the trend ------------------------------------------------------------------------------------


def test_the_trend_counts_every_month_anew(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.hue.assignments.update(until=date(2025, 12, 30))
    assign(world.far, world.hue, start=date(2026, 2, 28))
    world.khanh.valid_from = date(2026, 1, 15)
    world.khanh.save()
    hamlet = tier("hamlet")
    with django_assert_num_queries(3):
        found = selectors.coverage_trend(hamlet, world.district.path, on=TODAY)
    assert [row.day for row in found][-4:] == [
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        TODAY,
    ]
    assert [row.rate for row in found][-5:] == [
        Rate(2, 2),
        Rate(1, 2),
        Rate(2, 3),
        Rate(3, 3),
        Rate(3, 3),
    ]
    assert len(found) == 12


def test_the_trend_leaves_out_what_needs_no_lead(world: World) -> None:
    rule(world, world.son, "hamlet", lead=False)
    found = selectors.coverage_trend(tier("hamlet"), world.district.path, on=TODAY)
    assert found[-1].rate == Rate(2, 2)


# --- pages ----------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_the_page_of_an_officer_sets_the_limit_and_declares(world: World) -> None:
    address = reverse("assignments:officer", args=[world.far.pk])
    office, own = client_of(world.office), client_of(world.far)
    assert "No limit is set" in office.get(address).content.decode()
    assert office.post(address, {"what": "limit", "places": "200"}).status_code == 422
    assert office.post(address, {"what": "limit", "places": "2"}).status_code == 302
    assert "1 place more" in office.get(address).content.decode()
    assert own.post(address, {"what": "limit", "places": "9"}).status_code == 403
    assert own.post(address, {"what": "conflict", "area": "no such"}).status_code == 422
    sent = {"what": "conflict", "area": world.group.code, "kind": "relatives"}
    assert own.post(address, sent).status_code == 302
    assert own.post(address, sent).status_code == 422
    page = own.get(address).content.decode()
    assert "Has relatives there" in page
    conflict = Conflict.objects.get()
    assert own.post(address, {"what": str(conflict.pk)}).status_code == 302
    assert own.post(address, {"what": str(conflict.pk)}).status_code == 404
    assert client_of(world.second).get(address).status_code == 404
    services.set_limit(person=world.far, places=1, bound=True, by=world.office, at=NOON)
    assert "Bound to the desk" in office.get(address).content.decode()


def test_the_page_of_rules_sets_one_and_takes_it_back(world: World) -> None:
    address = reverse("assignments:cover", query={"place": world.district.code})
    office = client_of(world.office)
    sent = {"tier": tier("hamlet").pk, "needs_lead": "on", "needs_deputy": "on"}
    assert (
        office.post(address, {"tier": tier("hamlet").pk, "needs_deputy": "on"}).status_code == 422
    )
    assert office.post(address, sent).status_code == 302
    assert "each place needs a deputy" in office.get(address).content.decode()
    coverage = reverse("assignments:coverage", query={"place": "831", "tier": "hamlet"})
    page = office.get(coverage).content.decode()
    assert "3 places have no deputy." in " ".join(page.split())
    missing = office.get(f"{coverage}&missing=deputy").content.decode()
    assert "Show all places of this tier" in missing
    found = CoverageRule.objects.get()
    assert client_of(world.head).post(address, {"remove": found.pk}).status_code == 403
    assert "Take back" not in client_of(world.member).get(address).content.decode()
    assert office.post(address, {"remove": found.pk}).status_code == 302
    assert office.post(address, {"remove": found.pk}).status_code == 404


def test_the_form_asks_for_the_reason_of_an_exception(world: World) -> None:
    services.set_limit(person=world.far, places=0, bound=False, by=world.office, at=NOON)
    address = reverse("assignments:assign", query={"place": world.group.code})
    sent = {"who": world.far.pk, "role": "lead", "start": clock.today().isoformat()}
    client = client_of(world.head)
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert 'name="exception"' in refused.content.decode()
    answer = client.post(address, sent | {"exception": "Only until spring."})
    assert answer.status_code == 302
    assert "Only until spring." in client.get(answer["Location"]).content.decode()


def test_the_form_lets_the_holder_hand_over(world: World) -> None:
    address = reverse("assignments:assign", query={"place": world.hue.code})
    sent = {
        "who": world.far.pk,
        "role": "lead",
        "start": clock.today().isoformat(),
        "replaces": "on",
    }
    assert client_of(world.head).post(address, sent).status_code == 302
    assert selectors.lead_of([world.hue.pk], on=clock.today()) == {world.hue.pk: world.far}
