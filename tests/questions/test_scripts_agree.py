"""The Corner's scripts and footpath.secrecy write and read the same bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VECTORS = ROOT / "tests" / "secrecy" / "vectors.json"


@cache
def vectors() -> dict[str, Any]:
    """Return what Python says."""
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


@cache
def said() -> dict[str, Any]:
    """Return what the scripts say of the same."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("The scripts of the Corner are built and tested with Node.js: install it.")
    ran = subprocess.run(
        [
            node,
            HERE / "scripts" / "agree.mjs",
            ROOT / "frontend" / "scripts" / "corner",
            VECTORS,
        ],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def same(name: str, *keys: str) -> None:
    """Compare the fields of each row of a list."""
    wanted = [{key: row[key] for key in keys} for row in vectors()[name]]
    assert [{key: row[key] for key in keys} for row in said()[name]] == wanted


def test_a_receipt_makes_the_same_keys() -> None:
    same("receipts", "identity", "recipient", "thread", "shown")
    assert {row["wrong"] for row in said()["receipts"]} == {""}


def test_a_receipt_typed_by_hand_is_read_and_a_typo_found() -> None:
    receipt = vectors()["typed"]["receipt"]
    assert said()["right"] == [["", receipt] for _ in vectors()["typed"]["right"]]
    assert all(said()["wrong"])
    assert len(said()["wrong"]) == len(vectors()["typed"]["wrong"])


def test_padding_and_canonical_form_are_the_same() -> None:
    same("padding", "length", "sha256")
    same("canonical", "bytes", "sha256")


def test_a_roster_is_taken_only_with_two_signatures_of_the_one_before() -> None:
    roster = vectors()["roster"]
    assert said()["roster"] == {
        "digest": roster["digest"],
        "short": roster["short"],
        "numbers": [1, 2],
    }
    refused = {name for name in roster if name.startswith("successor_")}
    assert dict(said()["successorsRefused"]) == dict.fromkeys(refused, True)
    assert refused


def test_signatures_hold_for_their_purpose_alone() -> None:
    wanted = [[row["signed"], True, False] for row in vectors()["signatures"]]
    assert said()["signatures"] == wanted


def test_the_key_notice_is_checked_as_a_chain() -> None:
    assert said()["notice"] == [len(vectors()["notice"]["entries"]), True]
    assert said()["kid"] == vectors()["token"]["short"]


def test_an_envelope_is_opened_by_each_officer_and_by_nobody_else() -> None:
    sealed = vectors()["sealed"]["question"]
    assert said()["question"] == {"v": 1, **sealed["opened"]}
    assert said()["questionOpenedBy"] == [True, True, True, False, False]
    assert said()["tampered"] == [False] * 5


def test_an_answer_is_sealed_again_to_the_same_bytes() -> None:
    answer = vectors()["sealed"]["answer"]
    assert said()["again"] == answer["again"]
    assert said()["approved"] == answer["approved"]
    assert said()["againOpenedBy"] == [True, True, True, False, False]


def test_wrapped_keys_are_opened_by_their_passphrase() -> None:
    officer = vectors()["officers"][0]["bundle"]
    assert said()["wrapped"] == officer


def test_texts_of_1_to_900_signs_are_sealed_in_one_size() -> None:
    # For six readers: three officers, the recovery key, the supervisor or nobody, and the asker.
    assert said()["sizes"] == [min(vectors()["sizes"]["question"])]


def test_records_are_cut_at_the_same_places() -> None:
    assert [*map(len, said()["records"])] == [len("Zmlyc3Q"), 0, len("dGhpcmQgcmVjb3Jk")]
