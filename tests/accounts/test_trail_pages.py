"""The trail on pages: read by whoever may, filtered, checked on the spot."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.template import engines
from django.test import Client
from django.utils import translation

from footpath.accounts import audit, selectors
from footpath.accounts.models import TrailLine
from footpath.accounts.views import trail
from footpath.core.errors import NotThere
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

TRAIL = "/account/trail/"
HISTORY = "/account/trail/history/"
CHECK = "/account/trail/check/"


def write(
    subject: str = "thing:1", deed: str = "thing.done", at: Any = NOON, by: Any = None
) -> None:
    with transaction.atomic():
        audit.record(deed, by=by or audit.System("tests"), subject=subject, at=at)


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def auditor(client: Client, world: World) -> Client:
    """Return the auditor's browser; the trail is empty but for the sign-in."""
    client.force_login(world.auditor.user)
    return client


def subjects(page: Any) -> list[tuple[str, int]]:
    return [(line.subject, line.number) for line in page.rows]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        *(("auditor", 200), ("administrator", 200), ("member", 404), ("officer", 404)),
        *(("head", 404), ("office", 404)),
    ],
)
def test_only_an_auditor_or_an_administrator_reads_the_trail(
    client: Client, world: World, role: str, status: int
) -> None:
    write()
    who = getattr(world, role)
    client.force_login(who.user)
    assert client.get(TRAIL).status_code == status
    assert client.get(HISTORY, {"subject": "thing:1"}).status_code == status
    assert client.post(CHECK).status_code == status
    assert client.post(CHECK, {"subject": "thing:1"}).status_code == status


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(TRAIL).status_code == 302
    assert client.get(HISTORY).status_code == 302


def test_lines_of_every_record_are_shown_the_newest_first(auditor: Client, world: World) -> None:
    write("thing:1")
    case = world.case()
    page = text_of(auditor.get(TRAIL))
    assert page.index(f"cases.case:{case.pk}") < page.index("thing:1")
    assert f"case {case.pk}" in page
    assert "Whoever may read the trail therefore reads all of it" in page


def test_the_trail_is_filtered_by_record_actor_deed_and_day(world: World) -> None:
    write("thing:1", "thing.begun")
    write("thing:1", "thing.done", at=NOON + timedelta(days=1))
    write("thing:2", "other.done", by=world.officer)

    def found(**wanted: Any) -> list[tuple[str, int]]:
        return subjects(selectors.trail_for(world.auditor, **wanted))

    assert found() == [("thing:2", 1), ("thing:1", 2), ("thing:1", 1)]
    assert found(subject="thing:1") == [("thing:1", 2), ("thing:1", 1)]
    assert found(deed="thing.") == [("thing:1", 2), ("thing:1", 1)]
    assert found(deed="thing.begun") == [("thing:1", 1)]
    assert found(actor=f"person:{world.officer.pk}") == [("thing:2", 1)]
    assert found(actor="Thị Mai") == [("thing:2", 1)]
    assert found(day=(NOON + timedelta(days=1)).date()) == [("thing:1", 2)]
    assert found(day=NOON.date(), subject="thing:1") == [("thing:1", 1)]
    with pytest.raises(NotThere):
        selectors.trail_for(world.officer)


def test_an_unreadable_day_filters_nothing_and_says_so(auditor: Client) -> None:
    write()
    page = text_of(auditor.get(TRAIL, {"day": "yesterday", "subject": "thing:1"}))
    assert "thing.done" in page
    assert "accounts.signed_in" not in page
    assert 'aria-invalid="true"' in page


def test_a_filter_that_nothing_fits_says_so(auditor: Client) -> None:
    assert "No line fits" in text_of(auditor.get(TRAIL, {"deed": "nothing"}))


def test_pages_follow_one_another_without_a_gap(auditor: Client) -> None:
    for number in range(60):
        write(f"thing:{number}")
    first = text_of(auditor.get(TRAIL, {"deed": "thing."}))
    [link] = re.findall(r'href="(\?[^"]+)"[^>]*rel="next"', first)
    second = text_of(auditor.get(TRAIL + link.replace("&amp;", "&")))
    shown = re.findall(r'fp-row-second">(thing:\d+)<', first + second)
    assert shown == [f"thing:{number}" for number in reversed(range(60))]
    assert 'rel="prev"' in second


@pytest.mark.parametrize("lines", [1, 3])
def test_the_trail_costs_the_same_whatever_it_holds(
    auditor: Client, lines: int, django_assert_num_queries: Any
) -> None:
    for number in range(lines):
        write(f"thing:{number}")
    auditor.get(TRAIL)
    with django_assert_num_queries(3):  # who is asking; the lines; the bell
        auditor.get(TRAIL)


def test_the_history_of_a_record_shows_its_lines_and_its_chain(auditor: Client) -> None:
    write()
    write()
    page = text_of(auditor.get(HISTORY, {"subject": "thing:1"}))
    assert "2 lines, chain unbroken" in page
    assert auditor.get(HISTORY, {"subject": "thing:2"}).status_code == 404


def test_check_now_says_that_the_chain_is_unbroken(auditor: Client) -> None:
    write()
    assert "1 line, chain unbroken" in text_of(auditor.post(CHECK, {"subject": "thing:1"}))
    assert "2 lines, chain unbroken" in text_of(auditor.post(CHECK))


def test_check_now_names_what_is_wrong(auditor: Client) -> None:
    for _n in range(3):
        write()
    TrailLine.objects.filter(subject="thing:1", number=2).delete()
    for wanted in ({}, {"subject": "thing:1"}):
        page = text_of(auditor.post(CHECK, wanted))
        assert "Line 2 is missing." in page
        assert "first copy the database as it is" in page
    history = text_of(auditor.get(HISTORY, {"subject": "thing:1"}))
    assert "Line 2 is missing." in history


def test_a_trail_too_long_to_wait_for_is_left_to_the_command(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST_LINES_ON_A_PAGE", 1)
    write()
    write()
    assert "footpath verify-ledger" in text_of(auditor.post(CHECK))
    assert "2 lines, chain unbroken" in text_of(auditor.post(CHECK, {"subject": "thing:1"}))


# --- the card for other rooms ---------------------------------------------------------------------

CARD = (
    """{% from "accounts/trail_card.html" import trail_card %}{{ trail_card(chain, href=href) }}"""
)


def card(chain: selectors.Chain, href: str | None = None) -> str:
    return engines["pages"].env.from_string(CARD).render(chain=chain, href=href)


def test_the_card_counts_the_lines_of_an_unbroken_chain(
    world: World, django_assert_num_queries: Any
) -> None:
    case = world.rectified_case()
    with django_assert_num_queries(2):
        chain = selectors.chain_of(case)
    assert (chain.subject, chain.lines, chain.fault) == (f"cases.case:{case.pk}", 3, None)
    assert "3 lines, chain unbroken" in card(chain)
    assert "All lines" not in card(chain)
    assert 'href="/there"' in card(chain, "/there")


def test_the_card_names_the_first_fault(world: World) -> None:
    case = world.rectified_case()
    TrailLine.objects.filter(subject=f"cases.case:{case.pk}", number=2).update(deed="else")
    assert "Line 2 was altered" in card(selectors.chain_of(case))


def test_the_card_of_a_record_without_a_line_says_so(world: World) -> None:
    assert "No line yet" in card(selectors.chain_of("thing:9"))


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("cases.case:17", "case 17"),
        ("accounts.user:5", "user 5"),
        ("trail.checkpoints", "trail.checkpoints"),
        ("gone.model:1", "gone.model:1"),
    ],
)
def test_a_subject_is_named_in_words_where_there_are_any(subject: str, name: str) -> None:
    with translation.override("en"):
        assert selectors.name_of_subject(subject) == name
