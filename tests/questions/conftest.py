"""Each test of the Corner has a folder of its own; the keys are made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.questions.corner import Corner


@pytest.fixture(autouse=True)
def corner_dir(tmp_path: Path, settings: Any) -> Path:
    """Return the folder of this test's Corner."""
    folder = tmp_path / "corner"
    folder.mkdir()
    settings.CORNER_DIR = folder
    return folder


@pytest.fixture(autouse=True)
def _nothing_refused_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    from footpath.questions import limits

    monkeypatch.setattr(limits, "POSTINGS", limits.Checks(a_second=100, seconds=10))


@pytest.fixture
def corner(db: None, corner_dir: Path) -> Corner:
    """Return a small Corner in which everything is taken back after the test."""
    from tests.questions.corner import Corner

    return Corner()


@pytest.fixture
def lasting(transactional_db: None, corner_dir: Path) -> Corner:
    """Return a small Corner whose transactions are real: for mixes, threads and servers."""
    from tests.questions.corner import Corner

    return Corner()
