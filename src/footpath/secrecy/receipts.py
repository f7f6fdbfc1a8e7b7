"""Receipts: 24 signs, shown once and copied by hand, that open the answers to one question.

23 signs are random (115 bits), the last checks them. Slips of paper bear codes of the same form.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from footpath.secrecy import age, encoding, passwords

LENGTH = 24
BITS = 115
SALT = b"footpath-receipt"
IDENTITY_USE = "footpath corner receipt 1"
THREAD_USE = "footpath corner thread 1"

_MOST_TYPED = 200
"""More is no receipt, however many blanks are in it: nothing longer is looked at."""

_BETWEEN = re.compile(r"[\s\ufeff\u2010-\u2015-]")
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


class BadReceipt(ValueError):
    """What was typed is no receipt: a sign is wrong, missing or too many."""


@dataclass(frozen=True)
class Keys:
    """What a receipt gives: the identity that opens its answers, and the name of its thread."""

    identity: str = field(repr=False)
    thread: str = field(repr=False)


def new() -> str:
    """Return a new receipt, 24 signs without blanks."""
    return with_check(secrets.randbits(BITS))


def with_check(number: int) -> str:
    """Return the receipt of a number of 115 bits: its 23 signs and the one that checks them."""
    return encoding.signs(number << 5 | _check(number), LENGTH)


def read(typed: str) -> str:
    """Return the receipt that was typed, 24 signs; BadReceipt when it can be none.

    Small letters, blanks, hyphens and signs of full width do not matter; O is 0, I and L are 1.
    """
    if len(typed) > _MOST_TYPED:
        raise BadReceipt("a receipt has 24 signs")
    text = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    text = text.upper().translate(_LOOK_ALIKE)
    try:
        number = encoding.unsigns(text)
    except ValueError:
        raise BadReceipt("a sign is none of a receipt") from None
    if len(text) != LENGTH:
        raise BadReceipt("a receipt has 24 signs")
    if number & 31 != _check(number >> 5):
        raise BadReceipt("one of the signs is wrong")
    return text


def shown(receipt: str) -> str:
    """Return a receipt as it is shown and copied: six groups of four signs."""
    return " ".join(receipt[start : start + 4] for start in range(0, LENGTH, 4))


def keys(receipt: str) -> Keys:
    """Return the identity and the thread of a receipt; it takes a fifth of a second, on purpose."""
    key = passwords.stretched(receipt.encode("ascii"), SALT)
    return Keys(
        identity=age.identity_of(passwords.derived(key, IDENTITY_USE)),
        thread=passwords.derived(key, THREAD_USE, 16).hex(),
    )


def identity(receipt: str) -> str:
    """Return the age identity that opens the answers to a receipt."""
    return keys(receipt).identity


def _check(number: int) -> int:
    return hashlib.sha256((number << 5).to_bytes(15)).digest()[0] >> 3
