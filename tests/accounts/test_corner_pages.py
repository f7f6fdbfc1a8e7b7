"""The Question Corner as members meet it, the key notice, and the commands for them."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import LazySettings
from django.test import Client
from pypdf import PdfReader

from footpath.accounts import audit, key_notice, services
from footpath.accounts.models import TrailLine
from footpath.config.cli import cli
from footpath.core import pdf
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import blind, notice
from tests.accounts.drawing import Member, draw, opened, this_month
from tests.world import World

pytestmark = pytest.mark.django_db

HOME = "/corner/"
NOTICE = "/corner/notice/"
JSON = "/corner/notice.json"
PAPER = "/corner/notice.pdf"
ROSTER = {"kind": "roster", "number": 1, "digest": "a" * 64}
PROGRAM = {"kind": "client", "version": "0.1.0", "digest": "b" * 64}
COMMAND = audit.System("footpath corner keys")


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Return the Corner's folder of this test, empty."""
    settings.CORNER_DIR = tmp_path / "corner"
    return settings.CORNER_DIR


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """Return the officer's browser."""
    client.force_login(world.officer.user)
    return client


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


# --- the page of members --------------------------------------------------------------------------


def test_every_member_finds_the_corner_in_the_menu_unless_there_is_none(
    officer: Client, settings: LazySettings
) -> None:
    assert f'href="{HOME}"' in text_of(officer.get("/"))
    settings.CORNER_URL = ""
    assert f'href="{HOME}"' not in text_of(officer.get("/"))
    assert officer.get(HOME).status_code == 404


def test_without_keys_the_page_says_who_has_to_do_what(officer: Client) -> None:
    page = text_of(officer.get(HOME))
    assert "The Corner is not open this month." in page
    assert "footpath corner keys" in page
    assert "corner-draw.js" not in page


def test_the_page_says_where_this_months_questions_are(
    officer: Client, folder: Path, settings: LazySettings
) -> None:
    opened(folder)
    settings.CORNER_URL = "https://corner.example.org"
    page = text_of(officer.get(HOME))
    assert "You may ask 4 questions" in page
    assert '<p data-corner-state="drawn" hidden>' in page
    assert '<p data-corner-state="drawing">' in page
    assert "JavaScript is off" in page
    assert 'href="https://corner.example.org/"' in page
    assert 'data-corner="https://corner.example.org"' in page
    assert "frame-src https://corner.example.org" not in page  # that stands in a header
    draw(officer, Member(this_month()).asked)
    page = text_of(officer.get(HOME))
    assert '<p data-corner-state="drawn">' in page
    assert '<p data-corner-state="drawing" hidden>' in page
    assert "JavaScript is off" not in page


def test_the_page_counts_who_has_drawn_and_names_nobody(
    officer: Client, folder: Path, world: World, django_assert_num_queries: Any
) -> None:
    opened(folder)
    officer.get(HOME)
    for number, one in enumerate((world.far, world.second, world.head), start=1):
        browser = Client()
        browser.force_login(one.user)
        draw(browser, Member(this_month()).asked)
        with django_assert_num_queries(4):  # session, bell, drawn here, drawn by all
            page = text_of(officer.get(HOME))
        assert f"<dd>{number}</dd>" in page
    assert "<dd>20</dd>" in page
    assert world.far.name not in page


def test_a_frame_may_come_from_the_corner_alone(officer: Client) -> None:
    policy = officer.get(HOME)["Content-Security-Policy"]
    assert "frame-src http://127.0.0.1:8001;" in f"{policy};"


# --- the key notice -------------------------------------------------------------------------------


def test_the_notice_is_open_to_everybody_on_a_page_and_for_programs(
    client: Client, folder: Path
) -> None:
    files = opened(folder, this_month().after(-1), this_month(), this_month().after())
    files.add_to_notice(ROSTER, PROGRAM)
    entries = files.notice()["entries"]
    page = text_of(client.get(NOTICE))
    shown = [notice.short(entry["kid"]) in page for entry in entries[:3]]
    assert shown == [False, True, True]
    assert notice.short(ROSTER["digest"]) in page
    assert notice.short(PROGRAM["digest"]) in page
    assert notice.short(entries[-1]["hash"]) in page
    answer = client.get(JSON)
    assert json.loads(answer.content) == files.notice()
    assert "no-store" in answer["Cache-Control"]


def test_before_anything_is_published_there_is_no_notice(client: Client) -> None:
    assert [client.get(address).status_code for address in (NOTICE, JSON, PAPER)] == [404] * 3


def test_an_altered_notice_is_shown_as_altered_and_is_not_printed(
    officer: Client, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = opened(folder)
    files.add_to_notice(ROSTER, PROGRAM)
    file = folder / "notice.json"
    file.write_text(file.read_text().replace("a" * 64, "c" * 64))
    for address in (HOME, NOTICE):
        assert "The key notice has been altered." in text_of(officer.get(address))
    assert "altered" in caplog.text
    assert officer.get(PAPER).status_code == 302
    found = key_notice.read()
    assert found is not None
    with pytest.raises(ValueError, match="altered"):
        key_notice.paper(found, language="en", day=date(2026, 3, 10))


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Key notice of the Question Corner"), ("vi", None), ("zh-hans", None), ("ru", None)],
)
def test_the_paper_for_the_board_is_one_page_in_each_language(
    client: Client, folder: Path, language: str, title: str | None
) -> None:
    months = [str(this_month().after(number)) for number in range(13)]
    files = opened(folder, this_month())
    spki = iter(range(1, 13))
    for month in months[1:]:
        key = blind.PublicKey.read(blind.spki(files.key(this_month()) or b""))
        files.add_to_notice(
            {**notice.key_entry(month, other(key, next(spki)))},
        )
    files.add_to_notice(ROSTER, PROGRAM)
    answer = client.get(PAPER, {"lang": language})
    assert answer["Content-Type"] == "application/pdf"
    paper = PdfReader(BytesIO(answer.content))
    assert len(paper.pages) == 1
    signs = "".join(paper.pages[0].extract_text().split())
    for entry in files.notice()["entries"]:
        digest = entry.get("kid") or entry["digest"]
        assert notice.short(digest).replace(" ", "") in signs
    assert "/corner/notice/" in signs
    assert title is None or title.replace(" ", "") in signs


def other(key: blind.PublicKey, number: int) -> bytes:
    """Return another public key of the same size: nobody could sign with it."""
    return blind.PublicKey(key.n + 2 * number).spki


def test_without_our_fonts_the_page_says_that_the_paper_cannot_be_set(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(folder)

    def broken(*_values: object, **_more: object) -> bytes:
        raise pdf.NotRendered("no fonts")

    monkeypatch.setattr(pdf, "render", broken)
    answer = client.get(PAPER, follow=True)
    assert answer.redirect_chain == [(NOTICE, 302)]


# --- keys -----------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keys be made in no time: the same two primes are never used twice in earnest."""
    made = [blind.new_key() for _ in range(4)]
    monkeypatch.setattr(blind, "new_key", made.pop)


MARCH = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
MAY = datetime(2026, 5, 10, 5, 0, tzinfo=UTC)


@pytest.mark.usefixtures("quick")
def test_keys_are_made_ahead_and_published_and_a_second_run_makes_none(folder: Path) -> None:
    done = services.publish_keys(by=COMMAND, at=MARCH, ahead=2)
    assert done.made == ("2026-03", "2026-04", "2026-05")
    files = CornerFiles(folder)
    assert files.epochs_with_key() == list(done.made)
    assert [entry["epoch"] for entry in files.notice()["entries"]] == list(done.made)
    for epoch in done.made:
        published = notice.key_of(files.notice(), epoch)
        assert published == blind.spki(files.key(epoch) or b"")
    line = TrailLine.objects.get(deed="accounts.corner_keys_published")
    assert (line.subject, line.actor_name) == ("corner:notice", "footpath corner keys")
    again = services.publish_keys(by=COMMAND, at=MARCH, ahead=2)
    assert again == type(again)((), (), ())
    assert TrailLine.objects.filter(subject="corner:notice").count() == 1


@pytest.mark.usefixtures("quick")
def test_a_run_that_was_broken_off_is_finished_with_the_key_it_had_made(folder: Path) -> None:
    files = CornerFiles(folder)
    pem = blind.new_key()
    files.keep_key("2026-03", pem)
    done = services.publish_keys(by=COMMAND, at=MARCH, ahead=0)
    assert done.made == ("2026-03",)
    assert notice.key_of(files.notice(), "2026-03") == blind.spki(pem)


@pytest.mark.usefixtures("quick")
def test_old_keys_are_destroyed_and_a_lost_one_is_named_and_not_made_anew(folder: Path) -> None:
    services.publish_keys(by=COMMAND, at=MARCH, ahead=2)
    (folder / "keys" / "2026-05.pem").unlink()
    done = services.publish_keys(by=COMMAND, at=MAY, ahead=0)
    assert (done.made, done.destroyed, done.missing) == ((), ("2026-03",), ("2026-05",))
    assert CornerFiles(folder).epochs_with_key() == ["2026-04"]


def test_behind_an_altered_notice_no_key_is_made(folder: Path) -> None:
    CornerFiles(folder).add_to_notice(ROSTER)
    file = folder / "notice.json"
    file.write_text(file.read_text().replace("a" * 64, "c" * 64))
    with pytest.raises(notice.BrokenChain):
        services.publish_keys(by=COMMAND, at=MARCH)
    assert CornerFiles(folder).epochs_with_key() == []


# --- commands -------------------------------------------------------------------------------------


def corner(*words: str) -> Result:
    return CliRunner().invoke(cli, ["corner", *words])


def test_the_commands_make_keys_show_them_and_print_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing is published yet" in corner("notice").output
    monkeypatch.setattr(services.corner_keys, "AHEAD", 0)
    monkeypatch.setattr(
        services.corner_keys.publish_keys, "__kwdefaults__", {"ahead": 0}, raising=True
    )
    made = corner("keys")
    assert made.exit_code == 0
    assert made.output == f"{this_month()}: key made and published\n"
    assert "Nothing to do" in corner("keys").output
    file = folder / "keys" / f"{this_month()}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    CornerFiles(folder).add_to_notice(ROSTER, PROGRAM)
    entries = CornerFiles(folder).notice()["entries"]
    assert corner("notice").output.splitlines() == [
        f"{this_month()}  {notice.short(entries[0]['kid'])}",
        f"roster 1  {notice.short('a' * 64)}",
        f"footpath-corner 0.1.0  {notice.short('b' * 64)}",
        f"notice  {notice.short(entries[-1]['hash'])}",
    ]
    paper = tmp_path / "paper.pdf"
    assert corner("notice", "--pdf", str(paper), "--language", "vi").exit_code == 0
    assert paper.read_bytes().startswith(b"%PDF")
    assert corner("notice", "--language", "fr").exit_code == 1
    file.unlink()
    lost = corner("keys")
    assert lost.exit_code == 1
    assert f"the private keys of {this_month()} are gone" in lost.output


def test_the_commands_refuse_an_altered_notice(folder: Path) -> None:
    CornerFiles(folder).add_to_notice(ROSTER)
    file = folder / "notice.json"
    file.write_text(file.read_text().replace("a" * 64, "c" * 64))
    for command in ("keys", "notice"):
        done = corner(command)
        assert done.exit_code == 1
        assert "the key notice has been altered" in done.output
