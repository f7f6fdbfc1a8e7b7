"""Where the Question Corner keeps its files, and what it answers to."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from footpath.config import environment


def test_the_folder_is_closed_to_others_and_marked_for_programs_that_make_backups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTPATH_CORNER_DIR", str(tmp_path / "deep" / "corner"))
    folder = environment.corner_dir()
    assert folder == tmp_path / "deep" / "corner"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    tag = folder / "CACHEDIR.TAG"
    assert tag.read_text(encoding="ascii") == "Signature: 8a477f597d28d172789f06886806bc55\n"
    tag.write_text("ours", encoding="ascii")
    assert environment.corner_dir() == folder
    assert tag.read_text(encoding="ascii") == "ours"


def test_the_folder_lies_in_the_data_folder_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOOTPATH_CORNER_DIR", raising=False)
    monkeypatch.setenv("FOOTPATH_DATA_DIR", str(tmp_path))
    assert environment.corner_dir() == tmp_path / "corner"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://corner.example.org", "corner.example.org"),
        ("http://127.0.0.1:8001", "127.0.0.1"),
        ("http://[::1]:8001", "[::1]"),
    ],
)
def test_a_host_is_written_as_browsers_send_it(url: str, host: str) -> None:
    assert environment.host_of(url) == host
