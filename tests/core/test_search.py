"""The same words find the same rows on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footpath.core import search, textsearch
from footpath.directory.models import Area
from tests.world import World, area

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rare", "many"),
    [(5000, 20_000), (0, 20_000), (0, 0)],
    ids=["rare words", "words in between", "common words"],
)
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
    *,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    rare: int,
    many: int,
    typed: str,
    found: list[str],
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    monkeypatch.setattr(search, "MANY", many)
    if not rare and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE directory_area")
    area("西宁市")
    assert [place.name for place in Area.objects.matching(typed)] == found


WORDS = ("ab", "abc", "abd", "b", "ba", "ban", "c", "路", "路灯")


@given(
    documents=st.lists(st.lists(st.sampled_from(WORDS), max_size=4), max_size=12),
    typed=st.lists(st.sampled_from(("a", *WORDS, "z")), min_size=1, max_size=3),
    rare=st.integers(0, 3),
    more=st.integers(0, 3),
    few=st.integers(0, 3),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_often_words_stand_somewhere_the_same_rows_are_found(
    *,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    documents: list[list[str]],
    typed: list[str],
    rare: int,
    more: int,
    few: int,
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    monkeypatch.setattr(search, "MANY", rare + more)
    monkeypatch.setattr(search, "FEW_WORDS", few)
    texts = [textsearch.document(*words) for words in documents]
    with transaction.atomic():
        places = Area.objects.bulk_create(
            Area(tier=world.hue.tier, code=f"S-{at}", name=f"{at}", path=f"s{at}", search=text)
            for at, text in enumerate(texts)
        )
        terms = textsearch.query_terms(" ".join(typed))
        expected = [at for at, text in enumerate(texts) if holds(text, terms)]
        within = Area.objects.filter(pk__in=[place.pk for place in places])
        found = within.matching(" ".join(typed))
        assert [int(place.name) for place in found.order_by("pk")] == expected
        below = Area.objects.filter(pk__in=within.matching(" ".join(typed)).values("pk"))
        assert [int(place.name) for place in below.order_by("pk")] == expected
        transaction.set_rollback(True)


def holds(text: str, terms: list[tuple[str, bool]]) -> bool:
    """Return whether a text holds every term, by looking at each of its words."""
    words = text.split()
    return all(
        any(word.startswith(term) if prefix else word == term for word in words)
        for term, prefix in terms
    )


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


@pytest.mark.parametrize("words", [1, 40], ids=["one word", "many words"])
def test_a_search_asks_no_more_for_more_words(
    world: World, words: int, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        list(Area.objects.matching(" ".join(f"w{at}" for at in range(words))))
