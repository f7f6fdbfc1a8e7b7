"""A fixed day for the pages."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Tuesday 10 March 2026 in Bến Tre."""
    from tests.world import NOON

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
