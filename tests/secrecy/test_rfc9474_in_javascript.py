"""The library that blinds in browsers gives the published values of RFC 9474, and ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from footpath.secrecy.encoding import unb64

HERE = Path(__file__).resolve().parent
PUBLISHED, OURS = HERE / "rfc9474.json", HERE / "vectors.json"


@cache
def said() -> dict[str, Any]:
    """Return what the library makes of both files, when it draws what they say."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("The scripts of the Corner are built and tested with Node.js: install it.")
    ran = subprocess.run(
        [node, HERE / "scripts" / "rfc9474.mjs", HERE.parents[1] / "frontend", PUBLISHED, OURS],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def published() -> dict[str, Any]:
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))


def test_all_four_variants_come_out_as_published() -> None:
    wanted = {
        vector["name"]: {
            "prepared": vector["prepared_msg"],
            "blinded": vector["blinded_msg"],
            "inverse": published()["inv"],
            "signature": vector["sig"],
            "verified": True,
            "wrongRefused": True,
            "shortRefused": True,
        }
        for vector in published()["variants"]
    }

    assert len(wanted) == 4
    assert said()["variants"] == wanted
    assert said()["names"] == {name: name for name in wanted}


def test_a_token_comes_out_as_in_python() -> None:
    token = json.loads(OURS.read_text(encoding="utf-8"))["token"]

    wanted = {
        name: unb64(token[name]).hex() for name in ("prepared", "blinded", "inverse", "signature")
    }

    assert said()["token"] == {
        **wanted,
        "verified": True,
        "wrongRefused": True,
        "shortRefused": True,
    }
