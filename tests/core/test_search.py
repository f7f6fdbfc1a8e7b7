"""The same words find the same rows on both engines."""

from __future__ import annotations

import pytest
from django.db import connection

from footpath.core import search
from footpath.directory.models import Area
from tests.world import World, area

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rare", [5000, 0], ids=["rare words", "common words"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("chau thanh", ["Huyện Châu Thành"]),
        ("thanh chau", ["Huyện Châu Thành"]),
        ("Châu Thà", ["Huyện Châu Thành"]),
        ("hau", []),
        ("831", ["Huyện Châu Thành"]),
        ("西宁", ["西宁市"]),
        ("宁西", []),
        ("nowhere", []),
        ("!?", []),
    ],
)
def test_places_are_found(
    world: World, monkeypatch: pytest.MonkeyPatch, rare: int, typed: str, found: list[str]
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    if not rare and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE directory_area")
    area("西宁市")
    assert [place.name for place in Area.objects.matching(typed)] == found


def test_nothing_typed_gives_everything(world: World) -> None:
    assert Area.objects.matching("").count() == Area.objects.count()


def test_a_changed_name_is_found_anew_and_no_longer_by_the_old(world: World) -> None:
    world.hue.name = "Ấp Mới"
    world.hue.search = world.hue.searchable()
    world.hue.save()
    assert list(Area.objects.matching("ap moi")) == [world.hue]
    assert list(Area.objects.matching("tan hue")) == []


def test_a_deleted_row_is_no_longer_found(world: World) -> None:
    world.group.delete()
    assert list(Area.objects.matching("to 1")) == []
