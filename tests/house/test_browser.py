"""The browser fixtures themselves: the test server answers, style sheet included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.django_db(transaction=True)
def test_a_browser_reaches_the_sign_in_page_and_its_style_sheet(page: Page) -> None:
    answers: dict[str, int] = {}
    page.on("response", lambda answer: answers.update({answer.url: answer.status}))
    page.goto("/")
    assert page.locator("input[type=password]").count() == 1
    assert {status for url, status in answers.items() if url.endswith((".css", ".js"))} == {200}
