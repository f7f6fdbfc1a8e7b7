"""Whoever seals an envelope writes what they like: no page stumbles over it."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parents[1] / "frontend" / "scripts" / "corner"


@cache
def said() -> dict[str, Any]:
    """Return what the scripts make of such envelopes."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("The scripts of the Corner are built and tested with Node.js: install it.")
    ran = subprocess.run(
        [node, HERE / "scripts" / "hostile.mjs", SCRIPTS],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_one_member_cannot_stop_the_desk_with_a_question_of_another_form() -> None:
    assert [name for name, taken in said()["questions"].items() if taken] == ["good"]


def test_a_key_that_nothing_can_be_sealed_for_keeps_nobody_else_waiting() -> None:
    assert said()["readsOn"] == {"unseen": 2, "sent": 1}


def test_one_officer_cannot_stop_the_desk_with_a_note_of_another_form() -> None:
    assert [name for name, heard in said()["told"].items() if heard] == ["note"]


def test_one_officer_cannot_keep_an_asker_from_the_other_answers() -> None:
    assert [name for name, shown in said()["answers"].items() if shown] == ["good"]


def test_nothing_is_approved_but_these_words_sealed_for_this_asker_and_all_officers() -> None:
    assert [name for name, good in said()["drafts"].items() if good] == ["good"]


def test_whoever_heard_the_name_of_a_thread_gets_no_answer_from_it() -> None:
    assert said()["beside"] == [
        {"named": True, "asker": True, "count": 2},
        {"named": False, "asker": False, "count": 1},
    ]
