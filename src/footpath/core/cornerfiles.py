"""The files of the Question Corner that its two servers share: ``FOOTPATH_CORNER_DIR``.

``notice.json`` is the key notice, hash-chained and open to everybody. ``drawn.json`` says of each
epoch how many members have drawn their tokens, and nothing of whom. ``keys/`` holds the private
keys, which only the member side reads. None of them is in a database, nor in its backups.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footpath.secrecy import notice as notices

_KEY_FILE = re.compile(r"(\d{4}-\d{2})\.pem", re.ASCII)


@dataclass(frozen=True)
class CornerFiles:
    """The folder, which need not be there yet. Every file is replaced whole or not at all."""

    folder: Path

    # --- open to everybody ------------------------------------------------------------------------

    def notice(self) -> dict[str, Any]:
        """Return the key notice: {"v": 1, "entries": [...]}, the oldest entry first."""
        return _read(self.folder / "notice.json") or {"v": 1, "entries": []}

    def notice_bytes(self) -> bytes:
        """Return the key notice as it is given away."""
        return _json(self.notice())

    def add_to_notice(self, *new: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Chain entries to the end of the notice and return them as they stand there.

        Raises ``secrecy.notice.BrokenChain`` when the notice has been altered: nothing is written
        behind an altered line.
        """
        with self._locked():
            notice = self.notice()
            notices.check(notice)
            entries = list(notice["entries"])
            added = []
            for entry in new:
                added.append(dict(notices.chained(entries, dict(entry))))
                entries.append(added[-1])
            self._write("notice.json", _json({**notice, "entries": entries}))
        return added

    def drawn(self) -> dict[str, int]:
        """Return how many members have drawn tokens, by epoch: {"2026-11": 286}."""
        return dict(_read(self.folder / "drawn.json") or {})

    def write_drawn(self, counts: Mapping[str, int]) -> None:
        """Say how many members have drawn tokens, by epoch."""
        with self._locked():
            self._write("drawn.json", _json(dict(counts)))

    # --- the member side alone --------------------------------------------------------------------

    def key(self, epoch: str) -> bytes | None:
        """Return the private key of an epoch as PEM, None when there is none (any more)."""
        try:
            return self._key_file(epoch).read_bytes()
        except FileNotFoundError:
            return None

    def has_key(self, epoch: str) -> bool:
        """Return whether tokens of an epoch can be signed here."""
        return self._key_file(epoch).exists()

    def epochs_with_key(self) -> list[str]:
        """Return the epochs whose private keys are here, the earliest first."""
        found = (_KEY_FILE.fullmatch(file.name) for file in self._keys.glob("*.pem"))
        return sorted(match[1] for match in found if match)

    def keep_key(self, epoch: str, pem: bytes) -> None:
        """Keep a private key for its owner's eyes only; FileExistsError when there is one."""
        self._keys.mkdir(parents=True, exist_ok=True)
        self._keys.chmod(0o700)
        draft = self._keys / f".{epoch}.{secrets.token_hex(8)}"
        try:
            _write_new(draft, pem, mode=0o600)
            os.link(draft, self._key_file(epoch))
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(self._keys)

    def destroy_key(self, epoch: str) -> None:
        """Overwrite a private key and remove it; there is nothing to do when it is gone."""
        file = self._key_file(epoch)
        try:
            with file.open("r+b") as stream:
                stream.write(os.urandom(file.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
        except FileNotFoundError:
            return
        file.unlink()
        _sync_folder(self._keys)

    # --- inside -----------------------------------------------------------------------------------

    @property
    def _keys(self) -> Path:
        return self.folder / "keys"

    def _key_file(self, epoch: str) -> Path:
        return self._keys / f"{epoch}.pem"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep the other server and other commands from writing for as long as the block lasts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "write.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, data: bytes) -> None:
        draft = self.folder / f".{name}.{secrets.token_hex(8)}"
        try:
            _write_new(draft, data, mode=0o644)
            draft.replace(self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(self.folder)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _write_new(file: Path, data: bytes, *, mode: int) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
