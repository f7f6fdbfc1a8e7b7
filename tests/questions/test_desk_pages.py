"""The guidance officers' pages as the server gives them: the same for everybody."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from footpath.core import clock
from tests.questions.corner import Corner

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

PAGES = ("/desk/", "/desk/set-up/", "/desk/recover/")


def words(page: str, name: str) -> list[str]:
    """Return the words of an attribute of the page's sentences."""
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found is not None
    return found[1].split()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_the_desk_is_the_same_for_everybody_and_kept_nowhere(
    corner: Corner, address: str
) -> None:
    first, second = Client().get(address), Client(HTTP_COOKIE="footpath_session=x").get(address)
    assert first.content == second.content
    assert first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    policy = first.headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy


def test_the_desk_counts_the_working_days_of_the_country(
    corner: Corner, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COUNTRY = "VN"
    monkeypatch.setattr(clock, "today", lambda: date(2026, 9, 4))
    page = Client().get("/desk/").content.decode()
    assert words(page, "today") == ["2026-09-04"]
    off = words(page, "off")
    assert off[-3:] == ["2026-08-31", "2026-09-01", "2026-09-02"]
    assert words(page, "worked")[-1] == "2026-08-22"


def test_a_year_that_nobody_has_settled_has_no_holidays_yet(
    corner: Corner, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COUNTRY = "VN"
    monkeypatch.setattr(clock, "today", lambda: date(2090, 9, 4))
    page = Client().get("/desk/").content.decode()
    assert (words(page, "off"), words(page, "worked")) == ([], [])


def test_the_desk_asks_the_database_as_often_with_many_questions_as_with_one(
    corner: Corner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    corner.ask(1)
    with django_assert_num_queries(3):
        Client().get("/desk/")
    corner.ask(2)
    with django_assert_num_queries(3):
        Client().get("/desk/")
