"""Which places have somebody in charge, today and on any date (S2.1)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.assignments import selectors
from footpath.assignments.models import Assignment
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Area, Tier
from tests.world import World, area, assign, person

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


def tier(code: str) -> Tier:
    """Return a tier of the world."""
    return Tier.objects.get(code=code)


def rates(path: str, on: date = DAY) -> dict[str, Rate]:
    """Return the coverage of each tier by its code."""
    return {row.tier.code: row.rate for row in selectors.coverage_rates(path, on=on)}


def test_each_tier_below_has_its_rate_from_the_highest_down(world: World) -> None:
    found = rates(world.district.path)
    assert list(found.items()) == [
        ("commune", Rate(1, 2)),
        ("hamlet", Rate(3, 3)),
        ("group", Rate(0, 1)),
    ]
    assert rates(world.group.path) == {}


def test_the_whole_tree_has_a_rate_for_its_root_too(world: World) -> None:
    assert rates("")["province"] == Rate(0, 1)


def test_a_tier_that_needs_no_lead_has_no_rate(world: World) -> None:
    Tier.objects.filter(code="group").update(needs_lead=False)
    assert "group" not in rates(world.district.path)


def test_coverage_holds_on_the_day_that_is_asked_for(world: World) -> None:
    world.hue.assignments.update(start=date(2026, 3, 1), until=date(2026, 3, 31))
    hamlets = [
        rates(world.thach.path, on=day)["hamlet"].part
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    ]
    assert hamlets == [1, 2, 2, 1]


def test_a_place_of_the_past_is_counted_in_the_past_only(world: World) -> None:
    area("Ấp Cũ", world.thach, valid_until=date(2026, 2, 28))
    assert rates(world.thach.path, on=date(2026, 2, 28))["hamlet"] == Rate(2, 3)
    assert rates(world.thach.path)["hamlet"] == Rate(2, 2)


def test_a_deputy_or_a_monitor_does_not_cover_a_place(world: World) -> None:
    assign(world.second, world.group, "deputy")
    assign(world.far, world.group, "monitor")
    assert rates(world.hue.path)["group"] == Rate(0, 1)
    assign(world.boss, world.group)
    assert rates(world.hue.path)["group"] == Rate(1, 1)


def test_many_in_charge_of_one_place_never_count_double(world: World) -> None:
    assign(world.second, world.hue, "deputy")
    assign(world.far, world.hue, start=date(2019, 1, 1), until=date(2019, 12, 31))
    assert rates(world.thach.path)["hamlet"] == Rate(2, 2)


def test_rows_say_who_leads_and_the_missing_can_be_shown_alone(world: World) -> None:
    world.khanh.assignments.all().delete()

    def found(missing: bool) -> list[tuple[str, str]]:
        page = selectors.coverage(
            world.head, tier("hamlet"), world.district.path, on=DAY, missing=missing
        )
        return [
            (row.area.name, row.lead.person.name if row.lead else "nobody") for row in page.rows
        ]

    assert found(missing=False) == [
        ("Ấp Tân Huề", "Lê Thị Mai"),
        ("Ấp Vĩnh Khánh", "nobody"),
        ("Ấp Phước Hòa", "Bùi Thanh Sơn"),
    ]
    assert found(missing=True) == [("Ấp Vĩnh Khánh", "nobody")]


def test_the_rate_is_the_number_of_rows(world: World) -> None:
    hamlet = tier("hamlet")
    rate = selectors.rate_of(world.head, hamlet, world.district.path, on=DAY)
    assert rate == Rate(3, 3)
    rows = selectors.places_of_tier(world.head, hamlet, world.district.path, on=DAY)
    assert rows.count() == rate.whole


def test_each_child_has_its_own_rate_and_lead(world: World) -> None:
    empty = area("Xã Trống", world.district)
    found = selectors.coverage_by_child(world.district, tier("hamlet"), on=DAY)
    assert [(row.area, row.rate, row.lead) for row in found] == [
        (world.son, Rate(1, 1), None),
        (empty, Rate(0, 0), None),
        (world.thach, Rate(2, 2), world.lead),
    ]


def test_children_of_the_tier_itself_stand_for_themselves(world: World) -> None:
    found = selectors.coverage_by_child(world.thach, tier("hamlet"), on=DAY)
    assert [(row.area, row.rate) for row in found] == [
        (world.hue, Rate(1, 1)),
        (world.khanh, Rate(1, 1)),
    ]


def test_the_places_right_below_are_counted_for_many_at_once(world: World) -> None:
    found = selectors.rates_of_children([world.thach.pk, world.hue.pk, world.group.pk], on=DAY)
    assert {key: (row.tier.code, row.rate) for key, row in found.items()} == {
        world.thach.pk: ("hamlet", Rate(2, 2)),
        world.hue.pk: ("group", Rate(0, 1)),
    }


def test_in_charge_come_lead_first(world: World) -> None:
    for role in ("monitor", "cluster_lead", "deputy"):
        assign(world.boss, world.hue, role)
    rows = selectors.in_charge_of(world.head, world.hue, on=DAY)
    assert [row.role for row in rows] == ["lead", "deputy", "cluster_lead", "monitor"]


def test_a_person_is_in_charge_of_places_and_organizations(world: World) -> None:
    made = Assignment.objects.create(
        person=world.officer, organization=world.agency, start=date(2026, 1, 1)
    )
    found = selectors.assignments_of(world.officer, on=DAY)
    assert set(found) == {world.hue.assignments.get(), made}
    assert selectors.assignments_of(world.officer, on=date(2019, 1, 1)) == []


def test_an_assignment_is_there_for_everybody_who_has_a_role(world: World) -> None:
    made = world.hue.assignments.get()
    assert selectors.get_assignment_for(world.far, pk=made.pk) == made
    with pytest.raises(NotThere):
        selectors.get_assignment_for(person("New"), pk=made.pk)


def test_history_is_the_latest_first_and_of_one_thing(world: World) -> None:
    old = assign(world.far, world.hue, start=date(2019, 1, 1), until=date(2019, 6, 1))
    now = world.hue.assignments.get(person=world.officer)
    assert selectors.history_of(now) == [now, old]
    assert selectors.history_of_area(world.hue) == [now, old]


def test_documents_come_the_newest_first(world: World) -> None:
    from footpath.assignments.models import BasisDocument

    old, new = (
        BasisDocument.objects.create(number=number, issued_on=date(year, 1, 1))
        for number, year in (("1", 2020), ("2", 2022))
    )
    assert selectors.basis_documents() == [new, old]


@pytest.mark.parametrize("number", [1, 3])
def test_coverage_costs_the_same_queries_whatever_its_length(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for at in range(number - 1):
        assign(world.far, area(f"Tổ {at + 2}", world.hue))
    group = tier("group")
    with django_assert_num_queries(4):
        page = selectors.coverage(world.head, group, world.hue.path, on=DAY)
        assert [row.area.parent for row in page.rows] == [world.hue] * number
    with django_assert_num_queries(3):
        selectors.coverage_rates(world.district.path, on=DAY)
    with django_assert_num_queries(4):
        selectors.coverage_by_child(world.district, group, on=DAY)


def test_a_province_of_eleven_thousand_places_is_counted_in_as_few_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hamlet = tier("hamlet")
    first = 1_000_000
    Area.objects.bulk_create(
        Area(
            pk=first + number,
            tier=hamlet,
            code=f"H{number}",
            name=f"Ấp {number}",
            parent=world.thach,
            path=world.thach.path + tree.step(first + number),
        )
        for number in range(11_000)
    )
    Assignment.objects.bulk_create(
        Assignment(person=world.far, area_id=first + number, role="lead", start=DAY)
        for number in range(0, 11_000, 2)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself after an import
    assert rates(world.province.path)["hamlet"] == Rate(5_503, 11_003)
    with django_assert_num_queries(8):
        found = selectors.coverage_by_child(world.district, hamlet, on=DAY)
        page = selectors.coverage(world.head, hamlet, world.province.path, on=DAY, missing=True)
    assert {row.area.name: row.rate.whole for row in found} == {
        "Xã Quới Sơn": 1,
        "Xã Tân Thạch": 11_002,
    }
    assert len(page.rows) == 50


def test_being_in_charge_makes_an_officer_of_the_place(world: World) -> None:
    Assignment.objects.create(
        person=world.officer, organization=world.agency, start=date(2020, 1, 1)
    )
    grants = selectors.grants_of_assignments(world.officer.pk)
    assert [(grant.role, grant.area_path, grant.organization_id) for grant in grants] == [
        ("officer", world.hue.path, None),
        ("officer", world.district.path, world.agency.pk),
    ]
    assert str(world.hue.assignments.get()) == "Lê Thị Mai, Ấp Tân Huề"
