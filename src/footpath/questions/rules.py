"""Decisions of the Corner on plain values: what may be taken, how long it is kept, what is odd."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from footpath.secrecy import encoding, receipts, roster, tokens
from footpath.secrecy.epochs import Epoch, epoch_of

LONGEST_BODY = 64 * 1024
"""So many bytes of JSON are read; whoever sends more is refused unread."""

LONGEST_BLOB = 48 * 1024
MULTIPLE = 8
"""The bulletin grows by so many records at a time, so that its length does not count answers."""

ANSWERED_KEPT_DAYS = 90
UNANSWERED_KEPT_DAYS = 180
BLOBS_KEPT_DAYS = ANSWERED_KEPT_DAYS + UNANSWERED_KEPT_DAYS
"""By then every question that an officer's note could be about is deleted."""

MOST_KEYS = 1000
MOST_BUNDLES = 60
MOST_EPOCHS = 24

_AGE_FILE = b"age-encryption.org/v1\n"
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Refused(ValueError):
    """What was sent is not taken. Why is told to nobody."""


def parsed(body: bytes | None) -> dict[str, Any]:
    """Return the JSON object that was sent; Refused when it is none."""
    if body is None or len(body) > LONGEST_BODY:
        raise Refused
    try:
        plain = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused from None
    if not isinstance(plain, dict):
        raise Refused
    return plain


def with_names(plain: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the object when it has exactly these names; Refused when not."""
    if plain.keys() != set(names):
        raise Refused
    return plain


def raw(text: object) -> bytes:
    """Return the bytes of a text in base64; Refused when it is none."""
    try:
        return encoding.unb64(text)
    except ValueError:
        raise Refused from None


def epoch(text: object) -> Epoch:
    """Return the epoch that a text names; Refused when it names none."""
    try:
        return Epoch(text)  # type: ignore[arg-type]
    except ValueError:
        raise Refused from None


def signed_part(plain: dict[str, Any]) -> bytes:
    """Return what an officer has signed of an object: all but the signature, in canonical form."""
    try:
        return encoding.canonical({name: plain[name] for name in plain if name != "signature"})
    except (ValueError, RecursionError):
        raise Refused from None


# --- postings -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posting:
    """What was posted: sealed bytes with a token of an epoch, or with the signs of a slip."""

    sealed: bytes
    epoch: Epoch | None
    token: tokens.Token | None
    nullifier: bytes


def read_posting(body: bytes | None) -> Posting:
    """Return a posting; Refused when it has another form. Nothing is checked with keys here."""
    plain = parsed(body)
    if "slip" in plain:
        with_names(plain, "slip", "sealed")
        try:
            code = receipts.read(plain["slip"] if isinstance(plain["slip"], str) else "")
        except receipts.BadReceipt:
            raise Refused from None
        return Posting(raw(plain["sealed"]), None, None, tokens.slip_nullifier(code))
    with_names(plain, "epoch", "token", "signature", "sealed")
    token = tokens.Token(raw(plain["token"]), raw(plain["signature"]))
    return Posting(raw(plain["sealed"]), epoch(plain["epoch"]), token, token.nullifier)


def is_sealed(data: bytes, sizes: Collection[int]) -> bool:
    """Tell whether bytes look like a sealed file of one of the sizes."""
    return len(data) in sizes and data.startswith(_AGE_FILE)


def is_blob(data: bytes) -> bool:
    """Tell whether bytes look like something that an officer has sealed."""
    return len(data) <= LONGEST_BLOB and data.startswith(_AGE_FILE)


def takes_tokens(of: Epoch, on: date, *, drawn: int, least: int) -> bool:
    """Tell whether tokens of an epoch are taken on a day: in their time, among enough others."""
    return of.is_spendable(on) and drawn >= least


def takes_slips(of: Epoch, on: date, *, made: int, least: int) -> bool:
    """Tell whether slips of an epoch are taken on a day: a meeting may be on its first days."""
    return of.first_day <= on <= of.spending_window[1] and made >= least


# --- officers -------------------------------------------------------------------------------------


def code(text: object) -> str:
    """Return the code of an officer; Refused when it can be none."""
    if not isinstance(text, str) or not roster.CODE.fullmatch(text):
        raise Refused
    return text


def listed(values: object, count: int) -> list[Any]:
    """Return a list of exactly so many values; Refused when it is none."""
    if not isinstance(values, list) or len(values) != count:
        raise Refused
    return values


def approval(plain: object) -> tuple[str, object]:
    """Return the code of an officer who signs, and the signature; Refused for another form."""
    if not isinstance(plain, dict):
        raise Refused
    with_names(plain, "officer", "signature")
    return code(plain["officer"]), plain["signature"]


def keys(values: object) -> list[str]:
    """Return keys of rows; Refused unless it is a list of at most 1,000 of them."""
    if not isinstance(values, list) or len(values) > MOST_KEYS:
        raise Refused
    if not all(isinstance(value, str) and _KEY.fullmatch(value) for value in values):
        raise Refused
    return values


def answered_in(text: object, on: date | None) -> Epoch:
    """Return the epoch in which officers answered: this one or the one before; else Refused."""
    named, now = epoch(text), epoch_of(on) if on else None
    if now is None or named not in (now, now.after(-1)):
        raise Refused
    return named


def counters(plain: object, on: date) -> dict[Epoch, dict[str, int]]:
    """Return the counts of an officer by epoch; Refused when they cannot be counts.

    Answered and overdue are parts of the real ones, and no epoch is still to come.
    """
    if not isinstance(plain, dict) or len(plain) > MOST_EPOCHS:
        raise Refused
    found: dict[Epoch, dict[str, int]] = {}
    for name, counts in plain.items():
        named = epoch(name)
        if named.first_day > on or not isinstance(counts, dict):
            raise Refused
        with_names(counts, "real", "answered", "overdue")
        if not all(type(count) is int and 0 <= count < 10**6 for count in counts.values()):
            raise Refused
        if counts["answered"] + counts["overdue"] > counts["real"]:
            raise Refused
        found[named] = counts
    return found


def bundle(plain: object) -> dict[str, Any]:
    """Return a wrapped bundle of keys; Refused when it has another form."""
    if not isinstance(plain, dict) or plain.get("v") != 1:
        raise Refused
    with_names(plain, "v", "salt", "sealed")
    sealed = raw(plain["sealed"])
    if len(raw(plain["salt"])) != 16 or len(sealed) > 4096 or not is_blob(sealed):
        raise Refused
    return plain


# --- the mix --------------------------------------------------------------------------------------


def is_mixed(items: int, held: int, *, least: int, longest: int) -> bool:
    """Tell whether postings leave the inbox: enough of them, or held back for long enough."""
    return items >= least or (items > 0 and held >= longest)


def missing(records: int) -> int:
    """Return how many fillers are missing to a multiple of 8; none are when there is nothing."""
    return -records % MULTIPLE


# --- how long -------------------------------------------------------------------------------------


def is_over(then: str, days: int, now: Epoch) -> bool:
    """Tell whether so many days have passed after an epoch, when only epochs are known.

    What was answered in 2026-11 is over after 90 days in 2027-03: 28 February is the 90th.
    """
    last = Epoch(then).after().first_day - timedelta(days=1)
    return now.first_day >= last + timedelta(days=days)


def is_near_end(then: str, now: Epoch) -> bool:
    """Tell whether an unanswered question of an epoch will be deleted when this epoch ends."""
    return is_over(then, UNANSWERED_KEPT_DAYS, now.after())


# --- what everybody may check ---------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """The counts of an epoch, of the server and of the guidance officers; None where unsaid."""

    epoch: str
    drawn: int
    received: int
    items: int
    real: int | None
    answered: int | None
    overdue: int | None

    @property
    def is_flagged(self) -> bool:
        """Return whether the two do not fit: more read than came, or nobody says what came."""
        if self.real is None:
            return self.received > 0
        return self.real > self.received
