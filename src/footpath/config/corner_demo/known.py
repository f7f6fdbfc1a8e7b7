"""The secrets of the demonstration: known to everybody, the same every time."""

from __future__ import annotations

import hashlib

from footpath.secrecy import age, receipts
from footpath.secrecy.officers import Bundle

PASSPHRASE = "footpath-demo-831"  # noqa: S105 - printed for everybody: a demonstration has no secret

OFFICERS = {"lan": "Trần Ngọc Lan", "nam": "Nguyễn Hoài Nam", "duc": "Phạm Minh Đức"}
SUPERVISOR = {"son": "Võ Thanh Sơn"}


def officer(code: str) -> Bundle:
    """Return the keys of an officer, or of the supervisor."""
    return Bundle(code, age.identity_of(_bytes(f"opens {code}")), _bytes(f"signs {code}"))


def recovery() -> str:
    """Return the identity that an organisation would keep sealed in a safe."""
    return age.identity_of(_bytes("recovery"))


def receipt(number: int) -> str:
    """Return the receipt of a question, 24 signs."""
    bits = int.from_bytes(_bytes(f"receipt {number}"))
    return receipts.with_check(bits >> (256 - receipts.BITS))


def _bytes(what: str) -> bytes:
    return hashlib.sha256(f"footpath demonstration: {what}".encode()).digest()
