"""Schemathesis asks every call of ``/api/v1`` what its description does not say.

It reads the description, makes up values that fit and values that do not, and looks for answers
of 500 and more and for answers that are not as the description says.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from pytest_django.live_server_helper import LiveServer

from footpath.accounts import services as accounts
from tests.api import clients
from tests.world import NOON, World

CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance"


def test_no_call_breaks_and_every_answer_is_as_described(
    live_server: LiveServer, world: World, tmp_path: Path
) -> None:
    world.closed_case()
    key = accounts.create_api_token(user=world.office.user, name="test", by=world.office, at=NOON)
    done = subprocess.run(
        [
            *(clients.folder() / "bin" / "schemathesis", "run"),
            f"{live_server.url}/api/v1/openapi.json",
            *("--header", f"Authorization: Bearer {key}"),
            *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "3", "--max-time", "45", "--generation-deterministic"),
            *("--no-shrink", "--continue-on-failure", "--warnings", "off", "--no-color"),
            *("--suppress-health-check", "all"),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "No issues found" in done.stdout, done.stdout[-6000:]
