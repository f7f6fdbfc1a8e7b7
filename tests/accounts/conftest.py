"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_counted(db: None) -> Iterator[None]:
    """Begin each test without counted attempts."""
    cache.clear()
    yield
    cache.clear()
