"""The published keys of the epochs, from the key notice."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import blind, notice


def files() -> CornerFiles:
    """Return the folder that the two servers share."""
    return CornerFiles(Path(settings.CORNER_DIR))


def epoch_key(epoch: str) -> blind.PublicKey | None:
    """Return the key of an epoch; None when the notice has none, or is not whole."""
    return _keys().get(epoch)


def some_key() -> blind.PublicKey:
    """Return any key, to do the work of a check that is lost already."""
    return next(iter(_keys().values()), None) or _own_key()


def epochs() -> list[str]:
    """Return the epochs that have a key, in the order of the notice."""
    return list(_keys())


def _keys() -> dict[str, blind.PublicKey]:
    path = files().folder / "notice.json"
    try:
        stat = path.stat()
    except FileNotFoundError:
        return {}
    return _read(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, _written: int, _size: int, _inode: int) -> dict[str, blind.PublicKey]:
    found = CornerFiles(path.parent).notice()
    try:
        notice.check(found)
    except notice.BrokenChain:
        return {}
    return {
        str(epoch): blind.PublicKey.read(notice.key_of(found, epoch))
        for epoch in notice.epochs(found)
    }


@lru_cache(maxsize=1)
def _own_key() -> blind.PublicKey:
    return blind.PublicKey.read(blind.spki(blind.new_key()))
