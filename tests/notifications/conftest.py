"""Two kinds of notices for these tests, and a mail server to send to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.workers import MailServer


@pytest.fixture(autouse=True)
def kinds_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register one kind that is urgent and one that waits, beside those of the rooms."""
    from footpath.notifications import kinds
    from footpath.notifications.kinds import Kind

    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(Kind("test.urgent", "Something urgent", "At once: %(what)s", urgent=True))
    kinds.register(Kind("test.calm", "Something calm", "Some time: %(what)s"))


@pytest.fixture
def mails(settings: Settings) -> Iterator[MailServer]:
    """Run a mail server and send to it."""
    from tests.workers import mail_server

    with mail_server() as server:
        settings.EMAIL_URL = server.url
        settings.EMAIL_FROM = "Footpath <footpath@example.org>"
        settings.BASE_URL = "https://footpath.example.org"
        yield server
