"""The order on the disk says nothing of the order in which questions came."""

from __future__ import annotations

import hashlib
import math
import secrets
import sqlite3
from datetime import timedelta
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from footpath.questions import services
from footpath.secrecy.tokens import Token
from tests.questions.corner import TODAY, Corner, private_key
from tests.questions.linkage import attacker, evidence, here

A_DAY = 20
DAYS = 3
A_DAY_APART = 4.9 * 17.3 / math.sqrt(A_DAY)
"""The mean place of 20 of 60 lies so far from the middle once in a million shuffled orders."""


def agreeing(order: list[str], came: list[str]) -> float:
    """Return of how many pairs the order is that in which they came, from 0 to 1."""
    place = {name: number for number, name in enumerate(order)}
    there = [name for name in came if name in place]
    pairs = list(combinations(there, 2))
    return sum(place[one] < place[other] for one, other in pairs) / len(pairs)


def as_far_as_chance_goes(items: int) -> float:
    """Return how far from a half the share of pairs lies once in a million shuffled orders."""
    variance = 2 * (2 * items + 5) / (9 * items * (items - 1))
    return 4.9 * math.sqrt(variance) / 2


@lru_cache(maxsize=1)
def key() -> rsa.RSAPrivateKey:
    """Return the key of the epoch, read once: reading it takes longer than signing."""
    found = load_pem_private_key(private_key(0), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def quick_token() -> Token:
    """Return a token as a member has it in the end."""
    prepared = secrets.token_bytes(64)
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
    return Token(prepared, key().sign(prepared, pss, hashes.SHA384()))


@pytest.fixture
def posted(lasting: Corner) -> dict[str, list[str]]:
    """Post for three days, mixing each morning; return the digests in the order they came in."""
    came: dict[str, list[str]] = {"question": [], "token": []}
    for day in range(DAYS):
        for _ in range(A_DAY):
            sealed, token = lasting.sealed(), quick_token()
            body = lasting.posting(token, sealed=sealed)
            assert services.take_posting(body=body, on=TODAY + timedelta(days=day))
            came["question"].append(attacker.name_of(sealed))
            came["token"].append(attacker.name_of(token.nullifier.hex().encode()))
        mixed = services.mix(on=TODAY + timedelta(days=day))
        assert mixed is not None
        assert mixed.questions == A_DAY
    return came


def everything() -> evidence.Evidence:
    return evidence.Evidence(
        member={}, corner=here.tables(), member_nights=[], corner_nights=[], member_logs="",
        corner_logs="", raw=here.files(), file_times={},
    )  # fmt: skip


def test_after_the_mix_about_half_of_the_pairs_lie_in_the_order_in_which_they_came(
    posted: dict[str, list[str]],
) -> None:
    """In tables, files, free pages and logs alike; PostgreSQL's transactions tell nothing.

    Nor do those of one day lie before those of the next.
    """
    left = everything()
    orders = attacker.orders_of_items(left, attacker.items_of(left.corner))
    assert [name for name in orders if "by row number" in name or "by transaction" in name] == []
    whole = {name: order for name, order in orders.items() if len(order) == A_DAY * DAYS}
    assert len(whole) >= 4
    far = as_far_as_chance_goes(A_DAY * DAYS)
    for name, order in whole.items():
        came = posted["token" if "nullifier" in name or name.startswith("token") else "question"]
        share = agreeing(order, came)
        assert abs(share - 0.5) < far, (name, share)
        assert all(abs(mean - 29.5) < A_DAY_APART for mean in mean_places(order, came)), name


def mean_places(order: list[str], came: list[str]) -> list[float]:
    """Return where the items of each day lie on an average, from 0 to 59."""
    places = [order.index(name) for name in came]
    return [sum(places[A_DAY * day : A_DAY * (day + 1)]) / A_DAY for day in range(DAYS)]


def test_a_usual_table_gives_the_whole_order_back(tmp_path: Path) -> None:
    """The control: a random key does not help where rows are numbered as they come."""
    file = tmp_path / "usual.sqlite3"
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE corner_question (key text PRIMARY KEY, sealed blob)")
    came = []
    for _ in range(60):
        sealed = secrets.token_bytes(200)
        database.execute(
            "INSERT INTO corner_question VALUES (?, ?)", [secrets.token_hex(16), sealed]
        )
        came.append(hashlib.sha256(sealed).hexdigest())
    database.commit()
    database.close()
    tables = evidence.of_sqlite(file)
    left = evidence.Evidence(
        member={}, corner=tables, member_nights=[], corner_nights=[], member_logs="",
        corner_logs="", raw={}, file_times={},
    )  # fmt: skip
    orders = attacker.orders_of_items(left, attacker.items_of(tables))
    assert agreeing(orders["corner_question by row number"], came) == 1.0
