"""The key notice: what everybody must see alike, each entry chained to the one before.

``{"v": 1, "entries": [...]}``; an entry tells a key of an epoch, a roster or a build of the command
by its digest. ``hash`` is the SHA-256 of the entry's canonical bytes without it, ``previous`` the
hash of the entry before: who knows the last hash from paper knows them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footpath.secrecy import encoding
from footpath.secrecy.blind.keys import PublicKey, kid
from footpath.secrecy.epochs import Epoch

Entry = dict[str, Any]

_FIELDS = {
    "key": {"kind", "epoch", "spki", "kid", "previous", "hash"},
    "roster": {"kind", "number", "digest", "previous", "hash"},
    "client": {"kind", "version", "digest", "previous", "hash"},
}
_DIGITS = frozenset("0123456789abcdef")


class BrokenChain(ValueError):
    """The notice is not what was once printed and pinned, or says what it may not say."""


def empty() -> dict[str, Any]:
    """Return the notice of a Corner that has published nothing yet."""
    return {"v": 1, "entries": []}


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the bytes of an entry that its hash is taken of: all but the hash itself."""
    return encoding.canonical({name: entry[name] for name in entry if name != "hash"})


def chained(entries: Sequence[Mapping[str, Any]], new: Mapping[str, Any]) -> Entry:
    """Return a new entry with its ``previous`` and its ``hash``, to be put behind the others.

    BrokenChain when it cannot stand there: a second key of an epoch, a number of a roster left
    out, a field missing or too many.
    """
    entry = {**new, "previous": entries[-1]["hash"] if entries else ""}
    entry["hash"] = encoding.digest(canonical(entry))
    check({"v": 1, "entries": [*entries, entry]})
    return entry


def key_entry(epoch: str, spki: bytes) -> Entry:
    """Return what the notice says of the key of an epoch, not chained yet."""
    return {
        "kind": "key",
        "epoch": str(Epoch(epoch)),
        "spki": encoding.b64(spki),
        "kid": kid(spki),
    }


def check(notice: object) -> None:
    """Raise BrokenChain unless every entry is whole, allowed and chained to the one before.

    An epoch has one key and no key serves two epochs; rosters are numbered from 1 on.
    """
    if not isinstance(notice, dict) or notice.keys() != {"v", "entries"} or notice["v"] != 1:
        raise BrokenChain("this is no key notice")
    if not isinstance(notice["entries"], list):
        raise BrokenChain("this is no key notice")
    previous, rosters = "", 0
    once: set[str] = set()
    for entry in notice["entries"]:
        _check_entry(entry)
        if entry["previous"] != previous or entry["hash"] != encoding.digest(canonical(entry)):
            raise BrokenChain("an entry is not chained to the one before")
        previous = entry["hash"]
        if entry["kind"] == "key":
            if once & {entry["epoch"], entry["kid"]}:
                raise BrokenChain("an epoch has one key of its own")
            once |= {entry["epoch"], entry["kid"]}
        if entry["kind"] == "roster":
            rosters += 1
            if entry["number"] != rosters:
                raise BrokenChain("rosters are numbered from 1 on")


def check_continues(pinned: Mapping[str, Any], notice: Mapping[str, Any]) -> None:
    """Raise BrokenChain unless the notice is the pinned one, or the pinned one and more."""
    check(notice)
    known = pinned["entries"]
    if notice["entries"][: len(known)] != known:
        raise BrokenChain("the notice is not the one that was pinned")


def key_of(notice: Mapping[str, Any], epoch: str) -> bytes:
    """Return the SPKI of an epoch's key; KeyError when the notice has none."""
    for entry in notice["entries"]:
        if entry["kind"] == "key" and entry["epoch"] == epoch:
            return encoding.unb64(entry["spki"])
    raise KeyError(epoch)


def epochs(notice: Mapping[str, Any]) -> list[Epoch]:
    """Return the epochs that have a key, in the order of the notice."""
    return [Epoch(entry["epoch"]) for entry in notice["entries"] if entry["kind"] == "key"]


def short(digest: str) -> str:
    """Return the fingerprint that people compare: 20 signs in groups of five.

    They are the first 100 bits of a digest of 64 hexadecimal digits.
    """
    text = encoding.signs(int(digest[:25], 16), 20)
    return " ".join(text[start : start + 5] for start in range(0, 20, 5))


def _check_entry(entry: object) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        raise BrokenChain("this is no entry of a key notice")
    if entry.keys() != _FIELDS.get(entry["kind"]):
        raise BrokenChain("an entry has a field too many or too few")
    if entry["kind"] == "key":
        try:
            Epoch(entry["epoch"])
            spki = encoding.unb64(entry["spki"])
            PublicKey.read(spki)
        except ValueError as wrong:
            raise BrokenChain(f"a key is not one of an epoch: {wrong}") from None
        if entry["kid"] != kid(spki):
            raise BrokenChain("a key does not bear its own name")
    elif not _is_digest(entry["digest"]):
        raise BrokenChain("a digest is not one")
    if entry["kind"] == "roster" and type(entry["number"]) is not int:
        raise BrokenChain("rosters are numbered from 1 on")
    if entry["kind"] == "client" and not _is_version(entry["version"]):
        raise BrokenChain("a version is a short text")


def _is_version(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and 0 < len(value) <= 40


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and _DIGITS.issuperset(value)
