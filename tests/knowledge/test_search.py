"""The library is found in four languages, without diacritics, and never more than one may read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.directory.models import Person
from footpath.knowledge import selectors, services
from footpath.knowledge.rules import Kind
from footpath.knowledge.selectors import Asked
from footpath.web import selectors as web
from tests.knowledge import shelf
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

ANSWERS = {
    "en": ("Who signs when the hamlet head is away?", "The deputy signs; Regulation 1524."),
    "vi": ("Ai ký thay khi trưởng ấp đi vắng?", "Phó ấp ký thay, theo Quy định 1524."),
    "zh-hans": ("村长外出时谁签字？", "由副村长签字。"),
    "ru": ("Кто подписывает вместо старосты?", "Заместитель, по положению 1524, ещё и секретарь."),
}


def found(person: Person, typed: str, **asked: object) -> list[str]:
    """Return the titles that somebody finds."""
    page = selectors.page_of_library(person, Asked(typed, **asked))  # type: ignore[arg-type]
    return [row.title for row in page.rows]


def answer(world: World, language: str) -> None:
    """Publish the answer of a language."""
    question, text = ANSWERS[language]
    shelf.published(world, question=question, text=text, language=language)


@pytest.fixture
def library(world: World) -> World:
    """Return the world with an answer in each of four languages."""
    for language in ANSWERS:
        answer(world, language)
    return world


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("hamlet head away", "en"),
        ("DEPUTY", "en"),
        ("truong ap di vang", "vi"),
        ("pho ap ky", "vi"),
        ("Trưởng ẤP", "vi"),
        ("谁签字", "zh-hans"),
        ("副村长", "zh-hans"),
        ("подписывает", "ru"),
        ("ЗАМЕСТИТЕЛЬ", "ru"),
        ("еще", "ru"),
    ],
)
def test_an_answer_is_found_in_its_language(library: World, typed: str, language: str) -> None:
    assert found(library.member, typed) == [ANSWERS[language][0]]


def test_a_word_that_all_share_finds_all_and_signs_find_nothing(library: World) -> None:
    assert len(found(library.member, "1524")) == 3
    assert len(found(library.member, "")) == 4
    assert found(library.member, "，") == found(library.member, "签 nobody") == []


def test_a_regulation_is_found_by_number_issuer_title_and_text(world: World) -> None:
    made = shelf.regulation(world, title="Quy định về người phụ trách ấp", language="vi")
    for typed in ("1524", "1524-QĐ/HU", "1524-qd/hu", "1524qdhu", "district committee",
                  "nguoi phu trach", "somebody in charge"):  # fmt: skip
        assert found(world.member, typed) == [made.title], typed


def test_a_practice_is_found_by_its_words_and_by_where_it_comes_from(world: World) -> None:
    made = shelf.selected(world, description="Whoever passes the sluice takes a slip.")
    for typed in ("sluice", "slips gate", "9 of 10", "tan hue"):
        assert found(world.far, typed) == [made.title], typed


def test_what_is_not_open_is_found_by_nobody_who_may_not_read_it(world: World) -> None:
    shelf.draft(world, question="Draft about the sluice?")
    shelf.proposed(world, title="Proposal about the sluice")
    withdrawn = shelf.published(world, question="Withdrawn about the sluice?")
    services.withdraw_answer(answer=withdrawn, reason="x", by=world.office, at=later(days=14))
    for person in (world.member, world.far, world.officer, world.head, world.administrator):
        assert found(person, "sluice") == []
    assert found(world.member, "sluice", work=True) == []
    assert found(world.officer, "sluice", work=True) == ["Proposal about the sluice"]
    assert found(world.administrator, "sluice", work=True) == ["Proposal about the sluice"]
    assert set(found(world.head, "sluice", work=True)) == {
        "Draft about the sluice?",
        "Proposal about the sluice",
        "Withdrawn about the sluice?",
    }


def test_another_head_reads_drafts_but_no_proposals_of_other_places(world: World) -> None:
    from footpath.accounts.rules import Role
    from tests.world import holder, organization

    other = holder("Other Head", Role.HEAD, organization("Commune office", world.son), world.son)
    shelf.draft(world, question="Draft?")
    shelf.proposed(world, title="Proposal")
    assert found(other, "", work=True) == ["Draft?"]


def test_filters_narrow_the_list(world: World) -> None:
    ended = shelf.regulation(world, title="Ended", topic=shelf.topic("land"))
    services.repeal_regulation(
        regulation=ended, on=shelf.ISSUED, reason="x", by=world.office, at=NOON
    )
    shelf.regulation(world, title="In force", number="7", language="vi")
    shelf.selected(world, title="Practice", topic=shelf.topic("land"))
    member = world.member
    assert found(member, "", kind=Kind.PRACTICE) == ["Practice"]
    assert set(found(member, "", topic=shelf.topic("land"))) == {"Practice", "Ended"}
    assert set(found(member, "", holds=True)) == {"Practice", "In force"}
    assert found(member, "", holds=False) == ["Ended"]
    assert found(member, "", language="vi") == ["In force"]
    assert found(member, "in", kind=Kind.REGULATION, holds=True) == ["In force"]


def test_the_search_over_everything_shows_the_library(world: World, client: Client) -> None:
    shelf.published(world, question="What about the sluice gate?")
    shelf.draft(world, question="Draft about the sluice gate?")
    ended = shelf.regulation(world, title="The sluice rules")
    services.repeal_regulation(
        regulation=ended, on=shelf.ISSUED, reason="x", by=world.office, at=NOON
    )
    hits = web.search(world.member, "sluice").library
    assert hits is not None
    assert {row.title for row in hits.rows} == {"What about the sluice gate?", "The sluice rules"}
    client.force_login(world.member.user)
    page = client.get(reverse("web:search", query={"q": "sluice"})).content.decode()
    assert "What about the sluice gate?" in page
    assert "No longer in force" in page
    assert "Draft about" not in page


def test_a_long_library_goes_on_page_by_page_without_gaps(world: World, client: Client) -> None:
    for number in range(65):
        shelf.regulation(world, number=f"{number}-A", title=f"Rule {number}")
    client.force_login(world.member.user)
    seen: list[str] = []
    after = None
    while True:
        page = selectors.page_of_library(world.member, Asked("rule"), after=after, size=30)
        seen += [row.title for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 65
    first = client.get(reverse("knowledge:list", query={"kind": "regulation"})).content.decode()
    assert "after=" in first
    assert "kind=regulation" in first


def test_member_home_and_menu_lead_to_the_library(world: World, client: Client) -> None:
    client.force_login(world.member.user)
    page = client.get(reverse("web:home")).content.decode()
    assert page.count(reverse("knowledge:list")) >= 3


def fill(world: World, number: int) -> None:
    """Put so many of each kind into the library, and so many that wait."""
    for at in range(number):
        shelf.regulation(world, number=f"{number}-{at}")
        shelf.published(world)
        practice = shelf.selected(world)
        services.spread_practice(
            practice=practice, units=[world.khanh, world.phuoc], by=world.office, at=NOON
        )
        shelf.draft(world)


@pytest.mark.parametrize(
    "address",
    [
        lambda: reverse("knowledge:list"),
        lambda: reverse("knowledge:list", query={"q": "the"}),
        lambda: reverse("knowledge:list", query={"view": "work"}),
        lambda: reverse("web:search", query={"q": "head"}),
        lambda: reverse("api:list_library"),
    ],
    ids=["list", "found", "work", "search", "api"],
)
def test_a_list_costs_the_same_queries_with_one_row_and_with_three(
    world: World, client: Client, address: Callable[[], str]
) -> None:
    client.force_login(world.head.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address()).status_code == 200
        return len(captured)

    fill(world, 1)
    client.get(address())
    before = queries()
    fill(world, 2)
    assert queries() == before


def test_a_page_costs_the_same_queries_with_one_row_beside_it_and_with_three(
    world: World, client: Client
) -> None:
    basis, practice = shelf.regulation(world), shelf.selected(world)
    client.force_login(world.head.user)

    def queries() -> list[int]:
        found = []
        for item in (basis, practice):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(item.get_absolute_url()).status_code == 200
            found.append(len(captured))
        return found

    def beside(units: list[object]) -> None:
        services.spread_practice(
            practice=practice,
            units=units,
            by=world.office,
            at=NOON,  # type: ignore[arg-type]
        )
        for _unit in units:
            shelf.published(world, regulations=[basis])

    beside([world.khanh])
    client.get(basis.get_absolute_url())
    before = queries()
    beside([world.phuoc, world.cell])
    assert queries() == before


def test_words_that_mean_nothing_in_the_address_show_the_whole_library(
    world: World, client: Client
) -> None:
    made = shelf.regulation(world)
    client.force_login(world.member.user)
    asked = {"kind": "x", "topic": "x", "holds": "x", "language": "x", "view": "x", "after": "x"}
    page = client.get(reverse("knowledge:list", query=asked))
    assert page.status_code == 200
    assert made.title in page.content.decode()
