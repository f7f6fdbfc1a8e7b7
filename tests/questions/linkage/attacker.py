"""Somebody who holds everything that is kept, and wants to know who asked.

Each way of guessing gives every item of the Corner (a question, a spent token, an answer) weights
for the accounts. A way knows no table by name: it looks for shared values, for moments that are
close to each other, and for things that stand in the same order on both sides. In the end there is
one guess for each item, of all ways together: what is certain counts more than what is likely.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.questions.linkage.evidence import Evidence, Row, Table, Tables, places_in_log

Weights = dict[int, float]
Guess = dict[str, Weights]
"""An item to accounts and their weights."""

ACCOUNT_COLUMNS = ("user_id", "account_id")
KEPT_FOR = timedelta(days=14)
"""Django keeps when a session ends: so long after it was last saved."""

CLOSE = timedelta(minutes=5)
SHORTEST_VALUE = 8
MOST_SHARERS = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:?\d\d|Z)?")
_USER = re.compile(r"\buser:(\d+)\b")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


@dataclass(frozen=True)
class Item:
    """Something in the Corner that somebody sent or was sent."""

    kind: str
    name: str
    table: str
    row: int
    trace: bytes
    """Bytes by which it is found in files."""


# --- what is there --------------------------------------------------------------------------------

ITEMS = {
    "corner_question": "question",
    "corner_inbox": "question",
    "corner_nullifier": "token",
    "corner_answer": "answer",
    "corner_waiting": "answer",
}


def items_of(tables: Tables) -> list[Item]:
    """Return everything in the Corner that may lead to somebody."""
    found = []
    for table, kind in ITEMS.items():
        for number, row in enumerate(tables.get(table, Table([])).rows):
            content = bytes(row["sealed"]) if "sealed" in row else row["digest"].encode()
            trace = content[30:78] if "sealed" in row else content
            found.append(Item(kind, name_of(content), table, number, trace))
    return found


def name_of(content: bytes) -> str:
    """Return what the attacker calls an item, and the judge too: the digest of its bytes."""
    return hashlib.sha256(content).hexdigest()


def accounts_of(evidence: Evidence) -> list[int]:
    """Return everybody who may be it: whoever has drawn tokens."""
    drawn = {row["account_id"] for row in evidence.member["accounts_tokenissue"].rows}
    return sorted(drawn)


def _owner(row: Row, people: dict[str, int]) -> int | None:
    """Return the account that a row of the member side is about."""
    for column in ACCOUNT_COLUMNS:
        if row.get(column) is not None:
            return int(row[column])
    for value in row.values():
        if isinstance(value, str) and (named := _USER.search(value)):
            return int(named[1])
    address = row.get("address")
    return people.get(str(address)) if address else None


def _addresses(tables: Tables) -> dict[str, int]:
    found = {}
    for row in tables["accounts_session"].rows:
        if row.get("address") and row.get("user_id"):
            found[str(row["address"])] = int(row["user_id"])
    return found


def _owned(tables: Tables, people: dict[str, int]) -> Iterator[tuple[str, int, int, Row]]:
    """Yield table, number of the row, account and row for each row that is about somebody."""
    for name, table in tables.items():
        for number, row in enumerate(table.rows):
            account = row.get("id") if name == "accounts_user" else _owner(row, people)
            if account is not None:
                yield name, number, int(account), row


# --- moments --------------------------------------------------------------------------------------


def moments_in(value: Any) -> Iterator[datetime]:
    """Yield the moments that a value is, or tells of."""
    if isinstance(value, datetime):
        yield value if value.tzinfo else value.replace(tzinfo=UTC)
    elif isinstance(value, str):
        for text in _MOMENT.findall(value):
            moment = datetime.fromisoformat(text)
            yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def member_moments(evidence: Evidence) -> dict[int, list[datetime]]:
    """Return for each account every moment at which it is known to have been there."""
    found: dict[int, set[datetime]] = defaultdict(set)
    people: dict[str, int] = {}
    for tables in (*(tables for _, tables in evidence.member_nights), evidence.member):
        people |= _addresses(tables)
    for tables in (*(tables for _, tables in evidence.member_nights), evidence.member):
        for _name, _number, account, row in _owned(tables, people):
            for column, value in row.items():
                for moment in moments_in(value):
                    found[account].add(moment - KEPT_FOR if "expire" in column else moment)
    for line in evidence.member_logs.splitlines():
        address = _ADDRESS.search(line)
        if address and address[0] in people:
            found[people[address[0]]].update(moments_in(line))
    return {account: sorted(moments) for account, moments in found.items()}


def item_moments(evidence: Evidence, items: list[Item]) -> dict[str, list[datetime]]:
    """Return for each item the moments that are written beside it, or in the log of changes."""
    found: dict[str, list[datetime]] = {}
    for item in items:
        row = evidence.corner[item.table].rows[item.row]
        found[item.name] = [moment for value in row.values() for moment in moments_in(value)]
        if evidence.log_times:
            for name, content in evidence.raw.items():
                if "log of changes" in name:
                    for place in places_in_log(content, item.trace):
                        found[item.name] += _commit_at(evidence.log_times, place)
    unmixed = [item for item in items if item.table == "corner_inbox"]
    latest = max(evidence.file_times.values(), default=None)
    if len(unmixed) == 1 and latest is not None:
        found[unmixed[0].name].append(latest)
    return found


def _commit_at(times: list[tuple[int, datetime]], place: int) -> list[datetime]:
    return [moment for end, moment in times if place < end][:1]


def nights_of(evidence: Evidence) -> dict[str, tuple[datetime, datetime]]:
    """Return for each item between which two nightly copies it came, where there are copies."""
    found: dict[str, tuple[datetime, datetime]] = {}
    before = None
    for night, tables in evidence.corner_nights:
        for item in items_of(tables):
            if item.name not in found:
                found[item.name] = (before or night - timedelta(days=1), night)
        before = night
    return found


# --- ways -----------------------------------------------------------------------------------------


def by_shared_values(evidence: Evidence, items: list[Item]) -> Guess:
    """Look for values of an item, or their digests, on the member side."""
    owners: dict[bytes, set[int]] = defaultdict(set)
    people = _addresses(evidence.member)
    for tables in (*(tables for _, tables in evidence.member_nights[-1:]), evidence.member):
        for _name, _number, account, row in _owned(tables, people):
            for value in row.values():
                for form in _forms(value):
                    owners[form].add(account)
    guess: Guess = {}
    for item in items:
        weights: Weights = defaultdict(float)
        for value in evidence.corner[item.table].rows[item.row].values():
            for form in _forms(value):
                sharers = owners.get(form, set())
                if 0 < len(sharers) <= MOST_SHARERS:
                    for account in sharers:
                        weights[account] += 1 / len(sharers)
        guess[item.name] = weights
    return guess


def _forms(value: Any) -> Iterator[bytes]:
    """Yield a value as it may stand elsewhere: itself, decoded, and the digests of both."""
    if isinstance(value, memoryview | bytes | bytearray):
        plain = [bytes(value)]
    elif isinstance(value, str):
        plain = [value.encode()]
        for decode in (bytes.fromhex, _from_base64):
            try:
                plain.append(decode(value))
            except (ValueError, binascii.Error):
                continue
    else:
        return
    for form in plain:
        if len(form) >= SHORTEST_VALUE:
            for whole in (form, hashlib.sha256(form).digest()):
                yield whole
                yield whole[:16]


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def by_moments(evidence: Evidence, items: list[Item]) -> Guess:
    """Look who was there at the very minute that is written beside an item."""
    there, guess = member_moments(evidence), {}
    for name, moments in item_moments(evidence, items).items():
        weights: Weights = defaultdict(float)
        for moment in moments:
            for account, known in there.items():
                nearest = min((abs(moment - one) for one in known), default=None)
                if nearest is not None and nearest < 12 * CLOSE:
                    weights[account] += math.exp(-nearest / CLOSE)
        guess[name] = weights
    return guess


def by_server_log(evidence: Evidence, items: list[Item]) -> Guess:
    """Take the Corner's own log, if it has any lines about postings: in the order of the items."""
    there = member_moments(evidence)
    lines = [line for line in evidence.corner_logs.splitlines() if "POST /postings/" in line]
    moments = [moment for line in lines for moment in moments_in(line)]
    spent = [item for item in items if item.kind == "token"]
    guess: Guess = {item.name: {} for item in items}
    if not moments:
        return guess
    suspects: Weights = defaultdict(float)
    for moment in moments:
        for account, known in there.items():
            nearest = min((abs(moment - one) for one in known), default=12 * CLOSE)
            if nearest < 12 * CLOSE:
                suspects[account] += math.exp(-nearest / CLOSE)
    for item in spent:
        guess[item.name] = dict(suspects)
    return guess


def by_nights(evidence: Evidence, items: list[Item]) -> Guess:
    """Look who was there on the day on which an item came."""
    there, nights, guess = member_moments(evidence), nights_of(evidence), {}
    for item in items:
        weights: Weights = {}
        if item.name in nights and item.kind != "answer":
            start, end = nights[item.name]
            for account, known in there.items():
                if any(start < one <= end for one in known):
                    weights[account] = 1.0
        guess[item.name] = weights
    return guess


def orders_of_items(evidence: Evidence, items: list[Item]) -> dict[str, list[str]]:
    """Return every order in which items of a kind lie: tables, files, logs of changes."""
    found: dict[str, list[str]] = {}
    for kind in sorted(set(ITEMS.values())):
        some = [item for item in items if item.kind == kind]
        by_place = {(item.table, item.row): item.name for item in some}
        for table in [name for name, of in ITEMS.items() if of == kind]:
            for order, rows in evidence.corner.get(table, Table([])).orders.items():
                found[f"{table} {order}"] = [by_place[table, row] for row in rows]
        for file, content in evidence.raw.items():
            for which, find in (("first", content.find), ("last", content.rfind)):
                places = {item.name: find(item.trace) for item in some}
                there = [name for name, place in places.items() if place >= 0]
                found[f"{kind} {which} in {file}"] = sorted(there, key=places.__getitem__)
    return {name: order for name, order in found.items() if len(order) > 1}


def orders_of_accounts(evidence: Evidence) -> dict[str, list[int]]:
    """Return every order in which accounts stand: rows that are about them, and moments in them."""
    found: dict[str, list[int]] = {}
    people = _addresses(evidence.member)
    about: dict[str, dict[int, int]] = defaultdict(dict)
    moments: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for name, number, account, row in _owned(evidence.member, people):
        about[name][number] = account
        for column, value in row.items():
            moments[f"{name}.{column}"] += [(one, account) for one in moments_in(value)]
    for name, accounts in about.items():
        for order, rows in evidence.member[name].orders.items():
            found[f"{name} {order}"] = [accounts[row] for row in rows if row in accounts]
    for name, known in moments.items():
        found[f"by {name}"] = [account for _moment, account in sorted(known)]
    everybody = set(accounts_of(evidence))
    return {
        name: once
        for name, order in found.items()
        if len(once := [one for one in dict.fromkeys(order) if one in everybody]) > 1
    }


def by_orders(evidence: Evidence, items: list[Item]) -> dict[str, Guess]:
    """Lay each order of items beside each order of accounts: the first to the first, and so on."""
    found = {}
    accounts = orders_of_accounts(evidence)
    for one, names in orders_of_items(evidence, items).items():
        for other, people in accounts.items():
            scale = len(people) / len(names)
            found[f"{one} / {other}"] = {
                name: {people[int((rank + 0.5) * scale)]: 1.0} for rank, name in enumerate(names)
            }
    return found


# --- the guess ------------------------------------------------------------------------------------

CERTAIN, EXACT, LIKELY, FAINT = 10_000.0, 100.0, 10.0, 1.0


def guesses(evidence: Evidence) -> tuple[Guess, dict[str, Guess]]:
    """Return the one guess that the attacker stands by, and the guess of each way alone."""
    items = items_of(evidence.corner)
    single: list[tuple[str, float, Callable[[Evidence, list[Item]], Guess]]] = [
        ("shared values", CERTAIN, by_shared_values),
        ("moments", EXACT, by_moments),
        ("server log", LIKELY, by_server_log),
        ("nights", LIKELY, by_nights),
    ]
    ways = {name: (weight, way(evidence, items)) for name, weight, way in single}
    orders = by_orders(evidence, items)
    for name, guess in orders.items():
        ways[name] = (FAINT / max(1, len(orders)), guess)
    together: Guess = {item.name: defaultdict(float) for item in items}
    for weight, guess in ways.values():
        for name, weights in guess.items():
            for account, value in weights.items():
                together[name][account] += weight * value
    return together, {name: guess for name, (_weight, guess) in ways.items()}


def hits(guess: Guess, truth: dict[str, int], everybody: list[int]) -> float:
    """Return how often a guess is right; of several equally likely one is taken at random."""
    right = 0.0
    for name, account in truth.items():
        weights = guess.get(name) or dict.fromkeys(everybody, 1.0)
        best = max(weights.values())
        choice = [one for one, weight in weights.items() if weight >= best * (1 - 1e-9)]
        right += (account in choice) / len(choice)
    return right
