"""The attacker is a good one: each way of guessing finds what is there to be found.

Made-up districts of 60 accounts in each of which one thing leaks. Where nothing does, nothing is
found: the exercise in ``test_linkage`` is worth as much as this.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.questions.linkage import attacker
from tests.questions.linkage.evidence import Evidence, Table

NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
PEOPLE, ASKERS = 60, 25


class MadeUp:
    """A district without a leak; tests add one."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.askers = self.chance.sample(range(1, PEOPLE + 1), ASKERS)
        self.tokens = [self.chance.randbytes(64) for _ in self.askers]
        spread = {one: NOON + timedelta(minutes=37 * one) for one in range(1, PEOPLE + 1)}
        self.there = {one: spread[one] for one in self.chance.sample(list(spread), PEOPLE)}
        self.drawn = [
            {"account_id": one, "epoch": "2026-11", "request": self.chance.randbytes(32).hex()}
            for one in range(1, PEOPLE + 1)
        ]
        self.sessions = [
            {"user_id": one, "address": f"10.0.0.{one}", "started_at": at.isoformat()}
            for one, at in self.there.items()
        ]
        self.spent: list[dict[str, Any]] = [
            {"digest": hashlib.sha256(token).hexdigest(), "epoch": "2026-11"}
            for token in self.tokens
        ]
        self.order = self.chance.sample(range(ASKERS), ASKERS)
        self.raw: dict[str, bytes] = {}
        self.log_times: list[tuple[int, datetime]] = []
        self.nights: list[tuple[datetime, dict[str, Table]]] = []
        self.corner_log = ""

    def evidence(self) -> Evidence:
        return Evidence(
            member={
                "accounts_tokenissue": Table(self.drawn),
                "accounts_session": Table(self.sessions),
            },
            corner={"corner_nullifier": Table(self.spent, {"on the disk": self.order})},
            member_nights=[], corner_nights=self.nights, member_logs="",
            corner_logs=self.corner_log, raw=self.raw, file_times={}, log_times=self.log_times,
        )  # fmt: skip

    @property
    def truth(self) -> dict[str, int]:
        return {
            attacker.name_of(row["digest"].encode()): asker
            for row, asker in zip(self.spent, self.askers, strict=True)
        }

    def right(self, way: str = "") -> float:
        """Return how often the attacker is right, or one way alone."""
        evidence = self.evidence()
        together, ways = attacker.guesses(evidence)
        guess = ways[way] if way else together
        return attacker.hits(guess, self.truth, attacker.accounts_of(evidence))


@pytest.fixture
def made_up() -> MadeUp:
    return MadeUp()


def test_where_nothing_leaks_a_guess_is_a_guess(made_up: MadeUp) -> None:
    assert made_up.right() <= 2


@pytest.mark.parametrize(
    "leaked",
    [
        lambda digest: digest,
        lambda digest: digest[:16].hex(),
        lambda digest: hashlib.sha256(digest).hexdigest(),
        lambda digest: base64.urlsafe_b64encode(digest).decode().rstrip("="),
    ],
)
def test_a_value_or_its_digest_that_stands_on_both_sides_is_found(
    made_up: MadeUp, leaked: Callable[[bytes], object]
) -> None:
    for row, asker in zip(made_up.spent, made_up.askers, strict=True):
        made_up.drawn[asker - 1]["request"] = leaked(bytes.fromhex(row["digest"]))
    assert made_up.right() == made_up.right("shared values") == ASKERS


def test_a_moment_beside_an_item_is_found(made_up: MadeUp) -> None:
    for row, asker in zip(made_up.spent, made_up.askers, strict=True):
        row["created_at"] = made_up.there[asker] + timedelta(seconds=40)
    assert made_up.right() == made_up.right("moments") == ASKERS


def test_a_moment_in_the_log_of_changes_is_found(made_up: MadeUp) -> None:
    page = bytes(8) + (4096).to_bytes(8, "little") + bytes(8)
    content = page
    for row, asker in zip(made_up.spent, made_up.askers, strict=True):
        content += row["digest"].encode() + bytes(40)
        made_up.log_times.append((4096 + len(content), made_up.there[asker]))
    made_up.raw["log of changes 0001"] = content
    assert made_up.right() == ASKERS


def test_the_same_order_on_both_sides_is_found(made_up: MadeUp) -> None:
    made_up.drawn = [row for row in made_up.drawn if row["account_id"] in made_up.askers]
    by_account = {row["account_id"]: row for row in made_up.drawn}
    rows = [by_account[asker] for asker in made_up.askers]
    evidence = made_up.evidence()
    evidence.member["accounts_tokenissue"] = Table(rows, {"on the disk": list(range(ASKERS))})
    evidence.corner["corner_nullifier"].orders["on the disk"] = list(range(ASKERS))
    _together, ways = attacker.guesses(evidence)
    guess = ways["corner_nullifier on the disk / accounts_tokenissue on the disk"]
    assert attacker.hits(guess, made_up.truth, attacker.accounts_of(evidence)) == ASKERS


def test_copies_of_each_night_narrow_down_to_who_was_there(made_up: MadeUp) -> None:
    copies: dict[datetime, Table] = {}
    for row, asker in zip(made_up.spent, made_up.askers, strict=True):
        came = made_up.there[asker]
        night = came.replace(hour=19, minute=0)
        night += timedelta(days=came > night)
        copies.setdefault(night, Table([])).rows.append(row)
    for night in sorted(copies):
        made_up.nights.append((night, {"corner_nullifier": copies[night]}))
    chance = ASKERS / PEOPLE
    assert made_up.right("nights") > 2 * chance


def test_a_log_of_the_corner_names_suspects(made_up: MadeUp) -> None:
    made_up.corner_log = "\n".join(
        f"{made_up.there[asker].isoformat()} - POST /postings/" for asker in made_up.askers
    )
    assert made_up.right("server log") > ASKERS / PEOPLE
