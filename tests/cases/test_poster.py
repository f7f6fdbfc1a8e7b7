"""The poster of a place: where anybody reports a problem, as words and as a QR code."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import segno
from django.urls import reverse
from pypdf import PdfReader

from footpath.cases import poster
from footpath.cases.poster import PosterFacts
from footpath.core import pdf
from tests.cases.tools import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db

FACTS = PosterFacts("Ấp Tân Huề", "Tân Thạch", "28804-01", date(2026, 3, 10))


def pages_of(made: bytes) -> list[str]:
    """Return the text of each page in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans", "ru"])
def test_a_poster_is_one_page_with_the_place_the_address_and_the_code(
    language: str, settings: Any
) -> None:
    settings.BASE_URL = "https://footpath.example.org"
    made = poster.printed(FACTS, language=language)
    (said,) = pages_of(made)
    for part in ("Ấp Tân Huề", "28804-01", "https://footpath.example.org/public/report/"):
        assert part in said
    assert made == poster.printed(FACTS, language=language)


def test_the_code_opens_the_form_of_the_place(
    world: World, client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_URL = "https://footpath.example.org"
    drawn: list[str] = []
    make = segno.make
    monkeypatch.setattr(
        segno, "make", lambda text, **more: drawn.append(text) or make(text, **more)
    )
    poster.printed(FACTS, language="en")
    assert drawn == ["https://footpath.example.org/public/report/?place=28804-01"]
    page = client.get(drawn[0].removeprefix(settings.BASE_URL)).content.decode()
    assert world.hue.name in page
    found = client.get(reverse("public:report"), {"q": "28804-01"}).content.decode()
    assert world.hue.name in found


def test_whoever_shows_cases_to_the_public_prints_it_from_the_page_of_the_place(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    address = reverse("cases:poster", args=[world.hue.code])
    page = client.get(world.hue.get_absolute_url()).content.decode()
    assert f'href="{address}?language=ru"' in page
    answer = client.get(address, {"language": "vi"})
    assert answer["Content-Type"] == "application/pdf"
    assert "Phản ánh" in pages_of(answer.content)[0]
    plain = client.get(address, {"language": "xx"}, headers={"Accept-Language": "en"})
    assert "Report a problem here" in pages_of(plain.content)[0]


def test_nobody_else_is_offered_the_poster(world: World, sign_in: SignIn) -> None:
    address = reverse("cases:poster", args=[world.hue.code])
    for who in (world.officer, world.member, world.far):
        client = sign_in(who)
        assert address not in client.get(world.hue.get_absolute_url()).content.decode()
        assert client.get(address).status_code == 403
    assert sign_in(world.head).get(reverse("cases:poster", args=["none"])).status_code == 404


def test_what_cannot_be_printed_is_said_on_the_page_of_the_place(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> bytes:
        raise pdf.FontsMissing("no fonts")

    monkeypatch.setattr(pdf, "render", broken)
    answer = sign_in(world.head).get(reverse("cases:poster", args=[world.hue.code]), follow=True)
    assert answer.redirect_chain == [(world.hue.get_absolute_url(), 302)]
    assert "The poster cannot be printed now" in answer.content.decode()
