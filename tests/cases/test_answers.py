"""Whoever works on a case reads what was answered to the questions of its category."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from footpath.cases.models import Case
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {
        "code": "SIDE", "datatype": "multivaluelist",
        "description_en": "Which side?", "description_vi": "Bên nào?",
        "values": [{"key": "l", "name_en": "Left", "name_vi": "Trái"}, {"key": "r", "name": "R"}],
    },
    {"code": "DEPTH", "datatype": "number", "description_en": "How deep?"},
]  # fmt: skip


@pytest.fixture
def case(world: World) -> Case:
    """Return a case with answers to the questions of its category."""
    world.category.questions = QUESTIONS
    world.category.save(update_fields=["questions"])
    made = world.case()
    made.answers = {"DEPTH": "1.5", "SIDE": ["l", "r"], "GONE": "<b>kept</b>"}
    made.save(update_fields=["answers"])
    return made


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Which side? Left, R How deep? 1.5 GONE &lt;b&gt;kept&lt;/b&gt;"),
        ("vi", "Bên nào? Trái, R How deep? 1.5 GONE &lt;b&gt;kept&lt;/b&gt;"),
    ],
)
def test_the_answers_stand_on_the_page_in_the_readers_language(
    case: Case, world: World, sign_in: SignIn, language: str, said: str
) -> None:
    client = sign_in(world.head)
    page = client.get(case.get_absolute_url(), headers={"Accept-Language": language})
    assert said in text_of(page)


def test_a_case_without_answers_has_no_card_for_them(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.head).get(world.case().get_absolute_url())
    assert "Answers to the questions" not in text_of(page)


def test_the_answers_stand_in_the_file_of_the_case(
    case: Case, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    answer = client.get(f"/cases/{case.pk}/file.pdf", headers={"Accept-Language": "en"})
    pages = PdfReader(io.BytesIO(answer.content)).pages
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Which side? Left, R" in said
