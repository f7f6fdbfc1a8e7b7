"""The code shown in the room: who types it was there. No place is asked for. Source: S2.2."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from footpath.meetings.rules.attendance import Attendance

OPENS_BEFORE = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=10)
TRIES = 5
"""So many tries a minute and person: of a million codes two hold at a time."""

DIGITS = 6
MINUTE = 60


class TooEarly(ValueError):
    """Check-in has not opened yet."""


class Over(ValueError):
    """The meeting is over."""


def minute_of(at: datetime) -> int:
    """Return the number of the minute since 1970, the same on every clock of the world."""
    return int(at.timestamp()) // MINUTE


def seconds_left(at: datetime) -> int:
    """Return how many seconds the code of this minute is still shown: 1 to 60."""
    return MINUTE - int(at.timestamp()) % MINUTE


def code_of(secret: str, minute: int) -> str:
    """Return the six digits of a minute, "004711"; whoever lacks the secret can only guess."""
    digest = hmac.new(secret.encode(), str(minute).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def is_code(secret: str, typed: str, at: datetime) -> bool:
    """Return whether what was typed is the code of this minute or the one before.

    Spaces between the digits do not matter. Without a secret no code was ever shown.
    """
    typed = "".join(typed.split())
    if not secret or not typed.isascii():
        return False
    now = minute_of(at)
    return any(hmac.compare_digest(typed, code_of(secret, minute)) for minute in (now, now - 1))


def check_window(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raise TooEarly before check-in opens (30 minutes before the meeting), Over after its end."""
    if at < starts_at - OPENS_BEFORE:
        raise TooEarly
    if at >= ends_at:
        raise Over


def mark_at(starts_at: datetime, at: datetime) -> Attendance:
    """Return present, or late from 10 minutes after the beginning."""
    return Attendance.LATE if at > starts_at + LATE_AFTER else Attendance.PRESENT
