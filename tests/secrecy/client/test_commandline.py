"""``footpath-corner`` as it is typed."""

from __future__ import annotations

import io
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from footpath.secrecy import blind, notice, receipts
from footpath.secrecy.client import commandline, words
from footpath.secrecy.client.commandline import Terminal, run
from footpath.secrecy.client.store import Store
from tests.secrecy.client.conftest import Typing
from tests.secrecy.client.servers import CORNER, MEMBERS, NOON, PASSWORD, Servers, key


def said(terminal: Terminal) -> str:
    assert isinstance(terminal.out, io.StringIO)
    return terminal.out.getvalue()


@pytest.fixture
def begun(servers: Servers, typing: Typing) -> None:
    """Pin everything and draw the month's tokens."""
    assert run(["start", MEMBERS, CORNER], typing(servers.fingerprint)) == 0
    assert run(["draw"], typing("an")) == 0


def receipt_in(printed: str) -> str:
    found = re.search(r"^    ([0-9A-Z]{4}(?: [0-9A-Z]{4}){5})$", printed, re.MULTILINE)
    assert found
    return found[1]


def test_beginning_shows_the_notice_and_who_reads(servers: Servers, typing: Typing) -> None:
    terminal = typing(notice.short(servers.entries[0]["hash"]))
    servers.publish(notice.key_entry("2026-12", blind.spki(key(1))))
    assert run(["start", MEMBERS, CORNER], terminal) == 0
    first, team, second = servers.entries
    assert said(terminal).splitlines() == [
        "Compare with the printed key notice, on the board of your unit or in your hand.",
        "Keys that came after your paper: 2026-12. Compare them with a newer one.",
        "Key notice:",
        f"  {notice.short(first['kid'])}  key 2026-11",
        f"  {notice.short(team['digest'])}  officers, version 1",
        f"  {notice.short(second['kid'])}  key 2026-12",
        f"  {servers.fingerprint}  the whole notice",
        "Questions are read by:",
        "  an  An",
        "  binh  Binh",
        "  chi  Chi",
        "Complaints also by: Giám Sát",
    ]


@pytest.mark.usefixtures("begun")
def test_a_question_is_asked_answered_and_followed_up(servers: Servers, typing: Typing) -> None:
    asking = typing(text="May a head sign\nfor his brother?\n.\nnot this\n")
    assert run(["ask", "--topic", "staff", "--language", "en", "--now"], asking) == 0
    assert said(asking).endswith("The Corner has taken 1.\n")
    receipt = receipt_in(said(asking))
    (question,) = servers.questions()
    assert (question.text, question.topic) == ("May a head sign\nfor his brother?", "staff")

    servers.answer(question, "No. See regulation 7.")
    reading = typing(receipt.lower())
    assert run(["read"], reading) == 0
    assert said(reading) == (
        "It was read (2026-11).\n\nAnswer of 2026-11, by an, binh:\n\nNo. See regulation 7.\n"
    )

    on = typing(receipt, text="And for a cousin?\n")
    assert run(["follow-up", "--now"], on) == 0
    assert servers.questions()[1].kind == "follow-up"
    assert servers.questions()[1].thread == question.thread


@pytest.mark.usefixtures("begun")
def test_by_itself_a_question_waits(servers: Servers, typing: Typing, tmp_path: Path) -> None:
    file = tmp_path / "question.txt"
    file.write_text("Ai quyết định?", encoding="utf-8")
    asking = typing()
    arguments = ["ask", "--file", str(file), "--language", "vi", "--complaint", "--publish"]
    assert run(arguments, asking) == 0
    assert "within three days" in said(asking)
    assert servers.postings == []
    assert run(["send"], typing(now=NOON + timedelta(days=3))) == 0
    (question,) = servers.questions()
    assert (question.kind, question.language, question.consent) == ("complaint", "vi", True)


@pytest.mark.usefixtures("begun")
def test_cover_spends_what_is_left(servers: Servers, typing: Typing) -> None:
    assert run(["cover"], typing()) == 0
    assert run(["send"], typing(now=NOON + timedelta(days=3))) == 0
    assert [one.kind for one in servers.questions()] == ["cover"] * 4


def test_a_slip_needs_no_tokens(servers: Servers, typing: Typing) -> None:
    run(["start", MEMBERS, CORNER], typing(servers.fingerprint))
    slip = receipts.shown(receipts.with_check(7))
    assert run(["ask", "--slip"], typing(slip, text="Who decides?")) == 0
    assert servers.postings[0]["slip"] == receipts.with_check(7)


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (["start", MEMBERS, CORNER], [], "pinned already"),
        (["draw"], ["an"], "are here already"),
        (["read"], ["7QKD"], "One of the 24 signs is wrong"),
        (["ask", "--file", "/nowhere/at/all"], [], "cannot be read as text"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    typing: Typing,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    typed: list[str],
    why: str,
) -> None:
    assert run(arguments, typing(*typed)) == 1
    assert capsys.readouterr().err.startswith("footpath-corner: ")
    assert run(arguments, typing(*typed)) == 1
    assert why in capsys.readouterr().err


@pytest.mark.usefixtures("begun")
def test_what_the_corner_does_not_take_is_said(servers: Servers, typing: Typing) -> None:
    servers.takes = False
    asking = typing(text="Who decides?")
    assert run(["ask", "--now"], asking) == 0
    assert said(asking).endswith("The Corner has taken 0 and refused 1.\n")


@pytest.mark.usefixtures("begun")
def test_nothing_for_a_receipt_says_what_to_do(typing: Typing) -> None:
    reading = typing(receipts.with_check(5))
    assert run(["read"], reading) == 0
    assert said(reading).startswith("Nothing yet.")


@pytest.mark.usefixtures("begun")
def test_a_changed_notice_stops_every_command(
    servers: Servers, typing: Typing, capsys: pytest.CaptureFixture[str], store: Store
) -> None:
    before = store.file.read_bytes()
    servers.entries = Servers(pem=key(1)).entries
    for command in ("notice", "draw", "ask", "follow-up", "cover", "send", "read"):
        assert run([command], typing()) == 1
        assert "not the one that was pinned" in capsys.readouterr().err
    assert store.file.read_bytes() == before
    assert servers.postings == []


def test_the_single_file_is_compared_with_the_notice(
    servers: Servers, typing: Typing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "footpath-corner.pyz"
    program.write_bytes(b"the program")
    monkeypatch.setattr(sys, "argv", [str(program)])
    first = typing(servers.fingerprint)
    assert run(["start", MEMBERS, CORNER], first) == 0
    assert "This program is NOT on the notice" in said(first)
    digest = "b1f1a4a5b0ae1e9c8de5c1d5b6a7b7d7" * 2
    servers.publish({"kind": "client", "version": "0.1.0", "digest": digest})
    monkeypatch.setattr(commandline, "_own_digest", lambda: digest)
    second = typing()
    assert run(["notice"], second) == 0
    assert "footpath-corner 0.1.0" in said(second)
    assert "This program is on the notice." in said(second)


def test_breaking_off_is_no_error_report(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    def broken_off(_question: str) -> str:
        raise KeyboardInterrupt

    terminal = Terminal(store, typed=broken_off, out=io.StringIO())
    assert run(["start", MEMBERS, CORNER], terminal) == 130
    assert capsys.readouterr().err == "\n"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN", "LC_ALL": "ru_RU"}, "ru"),
        ({"LANG": "zh_CN"}, "zh-hans"),
        ({"LANG": "fr_FR"}, "en"),
        ({}, "en"),
    ],
)
def test_it_speaks_the_language_of_its_surroundings(
    environment: dict[str, str], language: str
) -> None:
    assert words.language_of(environment) == language


def test_it_speaks_the_words_of_the_catalogs(typing: Typing) -> None:
    words.speak("vi")
    assert words.gettext("Sign in") == "Đăng nhập"
    assert run(["--speak", "en", "send"], typing()) == 1
    assert words.gettext("Sign in") == "Sign in"


def test_it_speaks_them_too_where_no_file_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkgutil.get_data", lambda package, name: None)
    words.speak("vi")
    assert words.gettext("Sign in") == "Đăng nhập"


def test_the_password_is_never_taken_from_the_command_line() -> None:
    with pytest.raises(SystemExit):
        run(["draw", "--password", PASSWORD], Terminal(Store(Path("/nowhere"))))
