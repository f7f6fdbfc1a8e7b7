"""Paths and ancestor columns say the same as the parents do."""

from __future__ import annotations

import pytest

from footpath.cases.models import Case
from footpath.core import tree
from footpath.directory.models import Area
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_path_is_read_back() -> None:
    path = tree.step(31) + tree.step(2594)
    assert path == "0000001f00000a22"
    assert tree.ids_of(path) == [31, 2594]


def test_everything_below_a_place_is_one_range(world: World) -> None:
    below = set(Area.objects.within(world.thach.path))
    assert below == {world.thach, world.hue, world.khanh, world.group}
    assert Area.objects.within("").count() == Area.objects.count()


def test_a_row_knows_its_place_from_its_columns(world: World) -> None:
    case = world.case()
    assert case.area_path == world.hue.path
    assert list(Case.objects.in_subtree(world.district.path)) == [case]
    assert list(Case.objects.in_subtree(world.son.path)) == []
    assert list(Case.objects.in_subtree("")) == [case]
