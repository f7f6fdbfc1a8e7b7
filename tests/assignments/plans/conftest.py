"""A commune of five hamlets and six officers of the district, ready to be planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.assignments.plans.district import District
    from tests.world import World


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Tuesday 10 March 2026 in Bến Tre."""
    from tests.world import NOON

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def district(world: World) -> District:
    """Return the commune with its officers."""
    from tests.assignments.plans.district import District

    return District(world)
