"""A district whose April is to be planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.meetings.months.april import April
    from tests.world import World


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Tuesday 10 March 2026 in Bến Tre."""
    from tests.world import NOON

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def april(world: World) -> April:
    """Return the district with its series and the meetings of March and April."""
    from tests.meetings.months.april import April

    return April(world)
