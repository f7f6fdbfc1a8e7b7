"""Programs of others that read and post by Open311, in a virtual environment of their own.

They want packages that we do not have, some of them old; so they live under ``build`` as
``requirements/open311.lock`` says, made once for each content of that file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "open311.lock"
ASKING = Path(__file__).with_name("open311_clients.py")


def folder() -> Path:
    """Return the folder of the virtual environment, which is made when it is not there."""
    mark = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    made = ROOT / "build" / f"open311-{sys.version_info[0]}{sys.version_info[1]}-{mark}"
    made.parent.mkdir(exist_ok=True)
    with made.with_suffix(".wait").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)  # one of several processes makes it
        if not (made / ".done").exists():
            _make(made)
    return made


def _make(made: Path) -> None:
    python = made / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(made)],
        [python, "-m", "pip", "--disable-pip-version-check", "-q", "install",
         "--require-hashes", "-r", str(LOCK)],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            pytest.fail(
                "The clients of Open311 could not be installed from requirements/open311.lock; "
                f"the package index has to be within reach once.\n{done.stderr[-2000:]}",
                pytrace=False,
            )
    (made / ".done").touch()


def ask(program: str, **given: Any) -> Any:
    """Let one of the programs ask, and return what it said; ``open311_clients.py`` drives it."""
    done = subprocess.run(
        [folder() / "bin" / "python", ASKING, program],
        input=json.dumps(given), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
