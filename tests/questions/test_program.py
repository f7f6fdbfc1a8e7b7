"""The single file of footpath-corner: given away by the Corner, named by the key notice."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from footpath.config.corner_client import client as command
from footpath.questions import program, selectors
from footpath.secrecy import notice
from tests.questions.corner import Corner


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments])


def test_everybody_is_given_the_very_file(client: Any) -> None:
    answer = client.get("/footpath-corner.pyz")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == program.digest()
    assert answer["Content-Disposition"] == 'attachment; filename="footpath-corner.pyz"'
    assert answer.cookies == {}


def test_without_translations_there_is_no_file(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(program, "program", missing)
    assert client.get("/footpath-corner.pyz").status_code == 404
    assert "not compiled" in run().output


def test_the_command_writes_it_and_says_what_to_compare(tmp_path: Path) -> None:
    out = tmp_path / program.NAME
    done = run("--out", str(out))
    assert out.read_bytes() == program.program()
    assert done.output.splitlines() == [
        f"{out}: {len(program.program())} bytes",
        f"SHA-256 {program.digest()}",
        f"short   {notice.short(program.digest())}",
    ]


def test_its_digest_is_put_on_the_notice_once(corner: Corner) -> None:
    assert "Print the notice again" in run("--publish").output
    assert "stands on the key notice already" in run("--publish").output
    found = selectors.files().notice()
    notice.check(found)
    assert [entry for entry in found["entries"] if entry["kind"] == "client"] == [
        found["entries"][-1]
    ]
    assert found["entries"][-1]["digest"] == program.digest()
