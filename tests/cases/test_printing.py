"""The file of a case on paper: everything its page says, in four languages."""

from __future__ import annotations

import io

import pytest
from django.utils import translation
from pypdf import PdfReader

from footpath.cases import printing, selectors, services
from footpath.cases.rules import Result
from footpath.core import pdf
from tests.cases.tools import SignIn
from tests.world import World, later

pytestmark = pytest.mark.django_db


def words_of(pdf: bytes) -> str:
    """Return the text of all pages in one line."""
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def test_the_file_tells_the_whole_story(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case(title='Sluice gate "A" #1 leaks $', text="Salt water stands.")
    services.verify_case(
        case=case, result=Result.NOT, text="It still leaks.", by=world.officer, at=later(hours=3)
    )
    answer = sign_in(world.head).get(f"/cases/{case.pk}/file.pdf")
    assert answer["Content-Type"] == "application/pdf"
    said = words_of(answer.content)
    for part in (
        case.number,
        'Sluice gate "A" #1 leaks $',
        "Salt water stands.",
        "Seal replaced.",
        "Verification refused",
        "It still leaks.",
        "Rectify, round 2",
        "Phạm Văn Tuấn",
        "chain unbroken",
    ):
        assert part in said, part


def test_somebody_elses_case_is_not_printed(world: World, sign_in: SignIn) -> None:
    case = world.case(area=world.phuoc, by=world.far)
    assert sign_in(world.head).get(f"/cases/{case.pk}/file.pdf").status_code == 404


@pytest.mark.parametrize("language", ["vi", "zh-hans", "ru"])
def test_the_file_speaks_the_readers_language(language: str, world: World) -> None:
    case = world.closed_case()
    with translation.override(language):
        heading = translation.gettext("What happened")
        said = words_of(printing.case_file(case, selectors.thread_of(case)))
    assert heading != "What happened"
    assert heading in said


def test_what_cannot_be_printed_is_said_on_the_page(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> bytes:
        raise pdf.NotRendered("no fonts")

    monkeypatch.setattr(pdf, "render", refuse)
    case = world.case()
    answer = sign_in(world.head).get(f"/cases/{case.pk}/file.pdf", follow=True)
    assert answer.redirect_chain[-1][0] == case.get_absolute_url()
    assert "cannot be printed now" in answer.content.decode()
