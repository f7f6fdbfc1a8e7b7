"""Questions that were asked in one language keep every word when there are four."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from footpath.cases.models import Category
from footpath.cases.rules.questions import read

pytestmark = pytest.mark.django_db

OLD = [
    {
        "code": "SIDE", "datatype": "singlevaluelist", "required": True, "order": 7,
        "description": "Bên nào?", "datatype_description": "Nhìn từ sông",
        "values": [{"key": "l", "name": "Trái"}, {"key": "r"}],
    },
    {"code": "HINT", "variable": False, "description": "Xem số trên trụ."},
    {"code": "BOTH", "description": "Chung", "description_en": "English already"},
    "no question",
]  # fmt: skip
NEW = [
    {
        "code": "SIDE", "datatype": "singlevaluelist", "required": True, "order": 7,
        "description_en": "Bên nào?", "datatype_description_en": "Nhìn từ sông",
        "values": [{"key": "l", "name_en": "Trái"}, {"key": "r"}],
    },
    {"code": "HINT", "variable": False, "description_en": "Xem số trên trụ."},
    {"code": "BOTH", "description": "Chung", "description_en": "English already"},
    "no question",
]  # fmt: skip


def kept(code: str) -> Any:
    """Return what a category keeps as its questions."""
    return Category.objects.get(code=code).questions


def test_the_present_texts_stand_in_for_all_languages_and_nothing_is_lost() -> None:
    for code, questions in (("old", OLD), ("none", []), ("odd", {"a": 1})):
        Category.objects.create(code=code, name_en=code, questions=questions)
    migration = import_module("footpath.cases.migrations.0017_questions_in_four_languages")
    for _twice in range(2):
        migration.forwards(apps, None)
        assert (kept("old"), kept("none"), kept("odd")) == (NEW, [], {"a": 1})
    migration.backwards(apps, None)
    assert kept("old") == [*OLD[:2], {**NEW[2]}, OLD[3]]


@pytest.mark.parametrize("language", ["en", "vi", "zh", "ru"])
def test_every_language_reads_what_it_read_before(language: str) -> None:
    migration = import_module("footpath.cases.migrations.0017_questions_in_four_languages")
    new = [migration.with_languages(row) for row in OLD[:2]]
    assert read(new, language) == read(OLD[:2], language)


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "Bên nào?"), ("zh-hans", "哪一边？"), ("ru", "Side?")]
)
def test_a_category_asks_in_the_language_of_the_reader(language: str, said: str) -> None:
    texts = {"description_en": "Side?", "description_vi": "Bên nào?", "description_zh": "哪一边？"}
    category = Category(code="a", name_en="A", questions=[{"code": "SIDE", **texts}])
    with translation.override(language):
        assert category.asked[0].description == said
