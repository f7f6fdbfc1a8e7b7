"""The Question Corner of the demonstration: asked and answered by the protocol itself."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from footpath.accounts import audit
from footpath.accounts.models import TokenIssue, User
from footpath.config.corner_demo import known, loading, members
from footpath.config.corner_demo.script import SCRIPT, Fate
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import age, encoding, envelopes, notice, officers, receipts
from footpath.secrecy import roster as rosters
from footpath.secrecy.epochs import Epoch
from footpath.web.demo.loading import LOADED, SUBJECT
from tests.ports import free_port
from tests.world import NOON, person, user

TODAY = date(2026, 3, 10)
LANGUAGES = {"en", "vi", "zh-hans", "ru"}


class Lived:
    """What lies in the Corner's folder after the demonstration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = CornerFiles(folder)
        self.said: list[str] = []

    def load(self) -> bool:
        """Load it, noting what is said."""
        return loading.load(self.said.append)

    def rows(self, query: str) -> list[Any]:
        """Return what the Corner's database has."""
        connection = sqlite3.connect(self.folder / "corner.sqlite3")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def questions(self) -> list[envelopes.Question]:
        """Return what an officer opens."""
        mine = known.officer("lan").identity
        rows = self.rows(
            "SELECT sealed FROM corner_question UNION ALL SELECT sealed FROM corner_inbox"
        )
        return [envelopes.open_question(sealed, mine) for (sealed,) in rows]

    def answers(self, receipt: int) -> list[envelopes.Answer]:
        """Return what the bulletin holds for a receipt."""
        identity = receipts.identity(known.receipt(receipt))
        found = []
        for (sealed,) in self.rows("SELECT sealed FROM corner_answer WHERE NOT read"):
            try:
                found.append(envelopes.open_answer(sealed, identity))
            except age.CannotOpen:
                continue
        return found


@pytest.fixture(scope="class")
def lived(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Lived]:
    """Load it once for the tests of the class, beside a district of thirty people."""
    from django.db import transaction

    folder = tmp_path_factory.mktemp("demonstration") / "corner"
    folder.mkdir()
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(CORNER_DIR=folder, CORNER_URL="http://127.0.0.1:8001"),
    ):
        user("office")
        for number in range(30):
            person(f"An {number}", signs_in=False, is_synthetic=True)
        audit.record(
            LOADED,
            by=audit.System("footpath demo"),
            subject=f"{SUBJECT}{TODAY.isoformat()}",
            at=NOON,
        )
        made = Lived(folder)
        assert made.load()
        yield made
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestLived:
    """After the demonstration was loaded."""

    def test_enough_members_have_drawn_that_questions_may_be_taken(self, lived: Lived) -> None:
        drawn = Counter(TokenIssue.objects.values_list("epoch", flat=True))
        assert drawn == {"2026-02": members.MEMBERS, "2026-03": members.MEMBERS}
        assert lived.files.drawn() == drawn
        assert members.MEMBERS > 20

    def test_they_can_sign_in_like_the_others(self, lived: Lived) -> None:
        names = members.usernames()
        assert len(names) == members.MEMBERS
        office = User.objects.get(username="office")
        passwords = User.objects.filter(username__in=names).values_list("password", flat=True)
        assert set(passwords) == {office.password}

    def test_the_notice_has_thirteen_months_the_officers_and_the_command(
        self, lived: Lived
    ) -> None:
        found = lived.files.notice()
        notice.check(found)
        kinds = Counter(entry["kind"] for entry in found["entries"])
        assert kinds == {"key": 14, "roster": 1, "client": 1}
        assert notice.epochs(found)[0] == "2026-02"
        assert notice.epochs(found)[-1] == "2027-03"

    def test_every_question_is_there_in_its_words(self, lived: Lived) -> None:
        real = [one for one in lived.questions() if one.kind != "cover"]
        assert sorted(one.text for one in real) == sorted(one.text for one in SCRIPT)
        assert {one.language for one in real} == LANGUAGES
        assert len([one for one in SCRIPT if one.kind != "follow-up"]) == 20

    def test_every_answer_is_found_by_its_receipt(self, lived: Lived) -> None:
        for number in loading.SHOWN:
            wanted = {one.answer for one in SCRIPT if one.receipt == number and one.answer}
            assert {one.text for one in lived.answers(number)} == wanted
        shown = {one.language for one in SCRIPT if one.receipt in loading.SHOWN}
        assert shown == LANGUAGES
        open_one = next(one for one in SCRIPT if one.fate is not Fate.ANSWERED)
        assert lived.answers(open_one.receipt) == []

    def test_the_bulletin_does_not_count_answers(self, lived: Lived) -> None:
        approved, signs = (
            lived.rows(f"SELECT COUNT(*) FROM corner_answer WHERE read = {part}")[0][0]
            for part in (0, 1)
        )
        assert (approved % 8, (signs + 1) % 8) == (0, 0)

    def test_the_passphrase_opens_the_desk_of_everybody(self, lived: Lived) -> None:
        wrapped = dict(lived.rows("SELECT code, text FROM corner_wrapped"))
        assert wrapped.keys() == known.OFFICERS.keys() | known.SUPERVISOR.keys()
        opened = officers.unwrapped(json.loads(wrapped["duc"]), known.PASSPHRASE)
        assert opened == known.officer("duc")

    def test_the_officers_say_how_they_keep_their_promise(self, lived: Lived) -> None:
        ((text,),) = set(lived.rows("SELECT text FROM corner_officer_count"))
        counts = Counter()
        for count in json.loads(text)["counters"].values():
            counts.update(count)
        read = [one for one in SCRIPT if one.fate is not Fate.POSTED]
        answered = [one for one in SCRIPT if one.fate is Fate.ANSWERED]
        assert counts == {"real": len(read), "answered": len(answered), "overdue": 1}

    def test_the_desk_shows_a_draft_that_waits_for_the_second_officer(self, lived: Lived) -> None:
        mine = known.officer("nam").identity
        blobs = [
            envelopes.open_plain(sealed, mine)
            for (sealed,) in lived.rows("SELECT sealed FROM corner_blob")
        ]
        sent = {blob["draft"] for blob in blobs if blob["kind"] == "sent"}
        (draft,) = [blob for blob in blobs if blob["kind"] == "draft" and blob["id"] not in sent]
        assert (draft["by"], draft["second"]) == ("lan", "nam")
        by = (draft["by"], draft["second"])
        [asked] = [one for one in lived.questions() if one.thread == draft["thread"]]
        [(signed,)] = lived.rows("SELECT signed FROM corner_roster")
        version = rosters.read(json.loads(signed)["roster"])
        sealed = envelopes.seal_answer(
            envelopes.Answer("answer", asked.thread, draft["text"], by, Epoch(draft["epoch"])),
            version,
            asked.reply_to,
            encoding.unb64(draft["seed"]),
        )
        approved = envelopes.approved(sealed, by, draft["keys"], draft["epoch"])
        assert version.has_signed("lan", "answer", approved, draft["signature"])
        assert [blob["to"] for blob in blobs if blob["kind"] == "assign"] == ["duc", "duc"]

    def test_nobody_drew_beside_their_browser_whose_log_in_is_printed(self, lived: Lived) -> None:
        assert not TokenIssue.objects.filter(account__username="office").exists()

    def test_a_second_run_changes_nothing(self, lived: Lived) -> None:
        before = lived.files.notice_bytes()
        assert lived.load()
        assert lived.said[-1] == "the Question Corner is here already; nothing is changed"
        assert lived.files.notice_bytes() == before
        assert list(loading.closing_lines()) == list(loading.closing_lines())

    def test_it_prints_who_signs_in_and_what_finds_an_answer(self, lived: Lived) -> None:
        lines = list(loading.closing_lines())
        assert lines[1].startswith("Question Corner at http://127.0.0.1:8001/")
        for code in ("lan", "nam", "duc", "son"):
            assert any(line.startswith(f"  {code} ") for line in lines)
        for number in loading.SHOWN:
            assert any(receipts.shown(known.receipt(number)) in line for line in lines)
        assert lines[-1] == "demo ok: Question Corner with 20 questions in four languages"


@pytest.mark.django_db
def test_without_a_corner_or_a_demonstration_there_is_nothing_to_load(settings: Any) -> None:
    assert not loading.load(print)
    settings.CORNER_URL = ""
    assert not loading.load(print)


@pytest.mark.parametrize(
    ("mark", "said"), [("begun", "was broken off: delete"), ("", "holds another Question Corner")]
)
@pytest.mark.django_db
def test_a_folder_that_is_not_its_own_is_left_alone(
    tmp_path: Path, settings: Any, mark: str, said: str
) -> None:
    settings.CORNER_DIR = tmp_path
    audit.record(
        LOADED, by=audit.System("footpath demo"), subject=f"{SUBJECT}{TODAY.isoformat()}", at=NOON
    )
    if mark:
        (tmp_path / loading.MARK).write_text(mark)
    digest = "0" * 64
    CornerFiles(tmp_path).add_to_notice({"kind": "client", "version": "0", "digest": digest})
    lines: list[str] = []
    assert not loading.load(lines.append)
    assert said in lines[0]
    assert not TokenIssue.objects.exists()


def test_the_corner_is_served_beside_and_ends_with_its_parent(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "import time; from footpath.config.corner_beside import beside\n"
        f"with beside(host='127.0.0.1', port={port}): time.sleep(600)"
    )
    environment = os.environ | {
        "FOOTPATH_CORNER_DIR": str(tmp_path),
        "FOOTPATH_DATA_DIR": str(tmp_path),
        "FOOTPATH_CORNER_MIX_AT": "never",
    }
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment)
    try:
        assert _answers(port, wanted=True)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert _answers(port, wanted=False)


def _answers(port: int, *, wanted: bool) -> bool:
    """Wait until the server answers, or no longer does."""
    for _attempt in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
                there = answer.status == 200
        except OSError:
            there = False
        if there == wanted:
            return True
        time.sleep(0.2)
    return False
