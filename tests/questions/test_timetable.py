"""What the Corner does by itself, and the commands of whoever looks after it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from footpath.config import corner_timetable
from footpath.config.corner_admin import corner as commands
from footpath.core import clock
from footpath.questions import selectors, services, storage
from footpath.questions.models import Inbox, Question, Roster
from tests.questions.corner import TODAY, Corner

BEFORE = datetime(2026, 11, 21, 22, 59, tzinfo=UTC)  # 5:59 in Hà Nội
SIX = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_six(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CORNER_MIX_AT = "06:00"
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def test_the_mix_is_done_at_its_hour_and_once(lasting: Corner) -> None:
    lasting.ask(3)
    corner_timetable.look(BEFORE)
    assert Question.objects.count() == 0
    corner_timetable.look(SIX)
    assert Question.objects.count() == 3
    lasting.ask(3)
    corner_timetable.look(SIX)
    assert (Question.objects.count(), Inbox.objects.count()) == (3, 3)


def test_the_hour_can_be_left_to_cron(lasting: Corner, settings: Any) -> None:
    settings.CORNER_MIX_AT = "never"
    assert not corner_timetable.is_due(SIX)


def test_a_failed_mix_is_tried_again_and_logged_without_its_message(
    lasting: Corner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lasting.ask(3)
    with monkeypatch.context() as broken:
        broken.setattr(services, "mix", lambda **_: 1 / 0)
        with caplog.at_level(logging.ERROR):
            corner_timetable.look(SIX)
    assert [record.message for record in caplog.records] == [
        "The Corner could not do what was due and tries again in a minute."
    ]
    corner_timetable.look(SIX)
    assert Question.objects.count() == 3


def test_files_that_cannot_be_touched_keep_nothing_from_being_mixed(
    lasting: Corner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lasting.ask(3)
    settle = storage.settle_files
    times = iter([PermissionError("not ours")])

    def once_refused(on: date) -> None:
        for error in times:
            raise error
        settle(on)

    monkeypatch.setattr(storage, "settle_files", once_refused)
    corner_timetable.look(SIX)
    assert (Question.objects.count(), len(caplog.records)) == (3, 1)


def test_the_thread_looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    looked = threading.Event()
    monkeypatch.setattr(corner_timetable, "look", lambda _now: looked.set())
    thread = corner_timetable.start()
    assert looked.wait(5)
    assert thread.daemon


# --- commands -------------------------------------------------------------------------------------


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, words)
    return result.exit_code, result.output


def test_the_command_mixes_once_a_day(lasting: Corner) -> None:
    lasting.ask(1)
    assert run("mix") == (
        0,
        "0 postings mixed, 0 answers let out, 0 rows deleted, postings held back for 1 days\n",
    )
    assert run("mix") == (0, "This day has been mixed already.\n")
    assert storage.is_noted(TODAY)


def test_the_administrator_takes_the_first_roster_from_a_file(
    corner: Corner, tmp_path: Path
) -> None:
    signed = corner.version()
    Roster.objects.all().delete()
    (corner.files.folder / "notice.json").unlink()
    file = tmp_path / "roster.json"
    file.write_text("{", encoding="utf-8")
    assert run("roster", str(file)) == (1, "Error: this is no JSON\n")
    file.write_text(json.dumps(signed | {"signatures": []}), encoding="utf-8")
    assert run("roster", str(file))[0] == 1
    file.write_text(json.dumps(signed), encoding="utf-8")
    code, said = run("roster", str(file))
    assert (code, said) == (
        0,
        f"roster 1 taken: guidance-1, guidance-2, guidance-3\ndigest {corner.roster.digest}\n",
    )
    [entry] = corner.files.notice()["entries"]
    assert (entry["kind"], entry["number"], entry["digest"]) == (
        "roster",
        1,
        corner.roster.digest,
    )
    assert selectors.signed_rosters() == [signed]


def test_the_server_serves_the_corner_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from footpath.config import server

    started: dict[str, object] = {}
    monkeypatch.setattr(server, "gather_static_files", lambda: None)
    monkeypatch.setattr(server, "run", lambda **how: started.update(how))
    code, said = run("serve", "--port", "8123")
    assert (code, said) == (
        0,
        "The Question Corner is at http://127.0.0.1:8123  (Ctrl-C ends it)\n",
    )
    assert started == {
        "target": "footpath.config.corner_wsgi:application",
        "host": "127.0.0.1",
        "port": 8123,
        "workers": None,
    }


def test_the_database_is_brought_up_to_date(corner: Corner) -> None:
    assert run("migrate")[0] == 0
