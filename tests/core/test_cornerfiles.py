"""The files that the two servers share: whole or not at all, and keys for their owner alone."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import notice

DIGESTS = [f"{number:064x}" for number in range(1, 21)]


def roster(number: int) -> dict[str, object]:
    return {"kind": "roster", "number": number, "digest": DIGESTS[number - 1]}


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path / "corner")
    assert files.notice() == {"v": 1, "entries": []}
    assert files.drawn() == {}
    assert files.epochs_with_key() == []
    assert files.key("2026-11") is None
    assert not files.has_key("2026-11")
    files.destroy_key("2026-11")
    assert not (tmp_path / "corner").exists()


def test_entries_are_chained_and_given_away_as_they_stand(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    first, second = files.add_to_notice(roster(1), roster(2))
    assert (first["previous"], second["previous"]) == ("", first["hash"])
    assert files.notice()["entries"] == [first, second]
    assert json.loads(files.notice_bytes()) == files.notice()
    notice.check(files.notice())


def test_nothing_is_written_behind_an_altered_line(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    files.add_to_notice(roster(1), roster(2))
    file = tmp_path / "notice.json"
    altered = file.read_text().replace(DIGESTS[0], DIGESTS[5])
    file.write_text(altered)
    with pytest.raises(notice.BrokenChain):
        files.add_to_notice(roster(3))
    assert file.read_text() == altered
    assert not list(tmp_path.glob(".notice*"))


def test_an_entry_that_cannot_stand_there_leaves_the_notice_as_it_was(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    files.add_to_notice(roster(1))
    before = files.notice()
    with pytest.raises(notice.BrokenChain):
        files.add_to_notice(roster(2), roster(2))
    assert files.notice() == before


def test_two_servers_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    def add(number: int) -> None:
        entry = {"kind": "client", "version": str(number), "digest": DIGESTS[number]}
        CornerFiles(tmp_path).add_to_notice(entry)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(20)))
    entries = CornerFiles(tmp_path).notice()["entries"]
    assert sorted(int(entry["version"]) for entry in entries) == list(range(20))
    notice.check(CornerFiles(tmp_path).notice())


def test_a_private_key_is_for_its_owner_alone_and_is_never_replaced(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    files.keep_key("2026-11", b"first")
    with pytest.raises(FileExistsError):
        files.keep_key("2026-11", b"second")
    files.keep_key("2026-12", b"other")
    (tmp_path / "keys" / "notes.txt").write_text("not a key")
    assert files.key("2026-11") == b"first"
    assert files.epochs_with_key() == ["2026-11", "2026-12"]
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "2026-11.pem").stat().st_mode) == 0o600
    assert len(list((tmp_path / "keys").iterdir())) == 3


def test_a_destroyed_key_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    files.keep_key("2026-11", b"a secret of 27 bytes length")
    held = (tmp_path / "keys" / "2026-11.pem").open("rb")
    with held:
        files.destroy_key("2026-11")
        left = held.read()
    assert len(left) == 27
    assert b"secret" not in left
    assert files.epochs_with_key() == []


def test_what_is_told_of_drawing_is_numbers_alone(tmp_path: Path) -> None:
    files = CornerFiles(tmp_path)
    files.write_drawn({"2026-11": 286, "2026-10": 301})
    assert files.drawn() == {"2026-10": 301, "2026-11": 286}
    assert json.loads((tmp_path / "drawn.json").read_text()) == files.drawn()
