"""The bulletin: the one file of answers, the same bytes for everybody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from footpath.questions.models import Answer
from footpath.secrecy import records

DIVIDER = b""
"""An empty record: before it stands what two officers signed, behind it the signs of reading."""


@dataclass(frozen=True)
class Bulletin:
    """The file and the mark by which a browser sees that it has it already."""

    data: bytes
    etag: str


def etag() -> str:
    """Return the mark of the bulletin as it is now; it changes with every record. One query."""
    return _mark(_keys())


def bulletin() -> Bulletin:
    """Return the bulletin: records in the order of their keys, which is the order of nothing."""
    keys = _keys()
    return _kept(_mark(keys), tuple(keys))


def _keys() -> list[tuple[bool, str]]:
    return list(Answer.objects.order_by("read", "key").values_list("read", "key"))


def _mark(keys: list[tuple[bool, str]]) -> str:
    text = "\n".join(f"{int(read)}{key}" for read, key in keys)
    return f'"{hashlib.sha256(text.encode("ascii")).hexdigest()}"'


@lru_cache(maxsize=1)
def _kept(mark: str, keys: tuple[tuple[bool, str], ...]) -> Bulletin:
    sealed = {key: bytes(data) for key, data in Answer.objects.values_list("key", "sealed")}
    approved = [sealed[key] for read, key in keys if not read and key in sealed]
    signs = [sealed[key] for read, key in keys if read and key in sealed]
    parts = [*approved, DIVIDER, *signs] if keys else []
    return Bulletin(records.joined(parts), mark)
