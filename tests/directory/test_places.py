"""Deeds on places: added, corrected and closed, each with its line in the trail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.core import tree
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory import services
from footpath.directory.models import Area, Tier
from footpath.directory.services import values
from tests.world import NOON, World, area, holder, later, tiers

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)


def add(world: World, **changes: Any) -> Area:
    """Add the commune Xã Phú Túc to the district through the service."""
    given: dict[str, Any] = {
        "tier": tiers()[2],
        "code": "28816",
        "name": "Xã  Phú Túc ",
        "type_name": "Xã",
        "parent": world.district,
        "by": world.administrator,
        "at": NOON,
    }
    return services.create_area(**given | changes)


def correct(world: World, place: Area, **changes: Any) -> None:
    """Correct a place, with the values it has unless others are given."""
    given: dict[str, Any] = {
        "code": place.code,
        "name": place.name,
        "type_name": place.type_name,
        "valid_from": place.valid_from,
        "by": world.administrator,
        "at": later(hours=1),
    }
    services.correct_area(area=place, **given | changes)


def deeds(place: Area) -> list[str]:
    """Return the deeds of a place's trail in their order."""
    lines = TrailLine.objects.filter(subject=f"directory.area:{place.pk}").order_by("number")
    return list(lines.values_list("deed", flat=True))


def test_a_new_place_has_its_path_its_search_text_and_a_line(world: World) -> None:
    made = add(world, centre=(10.3, 106.3), valid_from=APRIL)
    made.refresh_from_db()
    assert (made.name, made.short_name) == ("Xã Phú Túc", "Phú Túc")
    assert made.path == world.district.path + tree.step(made.pk)
    assert made.search == "xa phu tuc 28816"
    assert (made.latitude, made.longitude, made.valid_from) == (10.3, 106.3, APRIL)
    assert deeds(made) == ["directory.area_created"]


def test_a_root_needs_an_administrator_of_everything(world: World) -> None:
    assert add(world, tier=tiers()[0], code="84", name="Tỉnh Trà Vinh", parent=None).parent is None
    local = holder("Local", Role.ADMINISTRATOR, world.commune_office, world.thach)
    local.memberships.get().post.__class__.objects.filter(
        pk=local.memberships.get().post_id
    ).update(covers_everything=False)
    with pytest.raises(NotAllowed):
        add(world, tier=tiers()[0], code="85", parent=None, by=local)
    with pytest.raises(NotAllowed):
        add(world, by=local)
    assert add(world, tier=tiers()[3], parent=world.thach, by=local).parent == world.thach


@pytest.mark.parametrize("role", ["member", "officer", "head", "office", "auditor"])
def test_only_an_administrator_adds_places(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        add(world, by=getattr(world, role))
    assert not Area.objects.filter(code="28816").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "28804"}, "code"),
        ({"code": "  "}, "code"),
        ({"code": "28/04"}, "code"),
        ({"code": "1" * 41}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"type_name": "x" * 61}, "type_name"),
        ({"centre": (91.0, 0.0)}, "latitude"),
        ({"centre": (0.0, 181.0)}, "longitude"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_field(
    world: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        add(world, **changes)
    assert refused.value.field == field
    assert Area.objects.filter(parent=world.district).count() == 2


def test_a_place_lies_below_a_higher_tier_only(world: World) -> None:
    with pytest.raises(InvalidValue, match="cannot lie below") as refused:
        add(world, tier=tiers()[1])
    assert refused.value.field == "tier"


def test_the_tree_holds_six_levels(world: World) -> None:
    lowest = [Tier.objects.create(code=f"t{n}", level=n, name_en=f"Tier {n}") for n in (5, 6)]
    sixth = add(world, tier=lowest[0], parent=world.group, code="6")
    assert len(sixth.ancestor_ids) == 6
    with pytest.raises(InvalidValue, match="holds 6 levels") as refused:
        add(world, tier=lowest[1], parent=sixth, code="7")
    assert refused.value.field == "parent"


def test_nothing_is_added_below_a_closed_place(world: World) -> None:
    Area.objects.filter(pk=world.son.pk).update(valid_until=date(2026, 1, 31))
    with pytest.raises(InvalidValue, match="closed") as refused:
        add(world, tier=tiers()[3], parent=world.son)
    assert refused.value.field == "parent"


def test_two_who_take_one_code_at_once_are_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footpath.directory.services.places._free_code", lambda code, **_: code)
    with pytest.raises(InvalidValue) as refused:
        add(world, code="28804")
    assert refused.value.field == "code"
    assert isinstance(refused.value.__cause__, IntegrityError)
    with pytest.raises(InvalidValue):
        correct(world, world.son, code="28804")


def test_a_renamed_place_is_found_by_its_new_name(world: World) -> None:
    correct(world, world.thach, name="Xã Tân Thạch Mới", code="28805")
    assert [row.pk for row in Area.objects.all().matching("moi")] == [world.thach.pk]
    assert deeds(world.thach) == ["directory.area_corrected"]
    world.thach.refresh_from_db()
    assert (world.thach.name, world.thach.code) == ("Xã Tân Thạch Mới", "28805")


def test_nothing_changed_leaves_no_line(world: World) -> None:
    correct(world, world.thach)
    assert deeds(world.thach) == []


def test_a_correction_of_what_somebody_else_has_changed_is_refused(world: World) -> None:
    Area.objects.filter(pk=world.thach.pk).update(name="Xã Khác")
    with pytest.raises(StaleState):
        correct(world, world.thach, name="Xã Tân Thạch Mới")
    assert deeds(world.thach) == []


def test_a_closed_place_keeps_its_code_although_another_bears_it(world: World) -> None:
    services.close_area(area=world.group, until=APRIL, by=world.administrator, at=NOON)
    add(world, tier=tiers()[4], parent=world.khanh, code=world.group.code)
    correct(world, world.group, name="Tổ Một")
    with pytest.raises(InvalidValue) as refused:
        correct(world, world.group, valid_from=date(2026, 5, 1))
    assert refused.value.field == "valid_from"


def test_a_closed_place_stays_and_frees_its_code(world: World) -> None:
    services.close_area(area=world.group, until=APRIL, by=world.administrator, at=NOON)
    world.group.refresh_from_db()
    assert world.group.valid_until == APRIL
    assert deeds(world.group) == ["directory.area_closed"]
    with pytest.raises(RuleBroken, match="closed already"):
        services.close_area(area=world.group, until=APRIL, by=world.administrator, at=NOON)


def test_a_place_with_places_below_is_not_closed(world: World) -> None:
    with pytest.raises(RuleBroken, match=r"Close these first: Tổ 1\. They lie below Ấp Tân Huề\."):
        services.close_area(area=world.hue, until=APRIL, by=world.administrator, at=NOON)
    for number in range(2, 9):
        area(f"Tổ {number}", world.hue)
    with pytest.raises(RuleBroken, match="and 3 more places below"):
        services.close_area(area=world.hue, until=APRIL, by=world.administrator, at=NOON)
    world.hue.refresh_from_db()
    assert world.hue.valid_until is None


def test_places_that_end_no_later_do_not_stand_in_the_way(world: World) -> None:
    services.close_area(area=world.group, until=APRIL, by=world.administrator, at=NOON)
    with pytest.raises(RuleBroken):
        services.close_area(
            area=world.hue, until=date(2026, 3, 31), by=world.administrator, at=NOON
        )
    services.close_area(area=world.hue, until=APRIL, by=world.administrator, at=NOON)
    assert world.hue.valid_until == APRIL


def test_a_place_does_not_end_before_it_begins(world: World) -> None:
    Area.objects.filter(pk=world.group.pk).update(valid_from=date(2026, 5, 1))
    world.group.refresh_from_db()
    with pytest.raises(InvalidValue) as refused:
        services.close_area(area=world.group, until=APRIL, by=world.administrator, at=NOON)
    assert refused.value.field == "until"


def test_an_officer_closes_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.close_area(area=world.group, until=APRIL, by=world.officer, at=NOON)
    with pytest.raises(NotAllowed):
        correct(world, world.hue, by=world.officer)


def test_a_value_is_told_to_the_trail_as_text(world: World) -> None:
    assert values.told({"day": APRIL, "name": "x"}) == {"day": "2026-04-01", "name": "x"}


# --- tiers ----------------------------------------------------------------------------------------


def tier_deeds(tier_id: int) -> list[str]:
    """Return the deeds of a tier's trail in their order."""
    lines = TrailLine.objects.filter(subject=f"directory.tier:{tier_id}").order_by("number")
    return list(lines.values_list("deed", flat=True))


def test_a_tier_is_added_changed_and_removed_with_lines(world: World) -> None:
    made = Tier(code="street", level=7, name_en="Street")
    services.save_tier(tier=made, by=world.administrator, at=NOON)
    made.name_vi = "Đường"
    services.save_tier(tier=made, by=world.administrator, at=NOON)
    services.save_tier(tier=made, by=world.administrator, at=NOON)
    key = made.pk
    services.remove_tier(tier=made, by=world.administrator, at=NOON)
    assert tier_deeds(key) == [
        "directory.tier_created",
        "directory.tier_changed",
        "directory.tier_removed",
    ]


def test_a_tier_with_places_stays(world: World) -> None:
    with pytest.raises(RuleBroken, match="so it stays"):
        services.remove_tier(tier=tiers()[2], by=world.administrator, at=NOON)


def test_a_tier_cannot_turn_the_tree_upside_down(world: World) -> None:
    hamlet = tiers()[3]
    hamlet.level = 9
    with pytest.raises(InvalidValue) as refused:
        services.save_tier(tier=hamlet, by=world.administrator, at=NOON)
    assert refused.value.field == "level"
    group = tiers()[4]
    group.level = 9
    services.save_tier(tier=group, by=world.administrator, at=NOON)
    assert Tier.objects.get(code="group").level == 9


def test_an_office_keeps_no_tiers(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.save_tier(tier=tiers()[0], by=world.office, at=NOON)
