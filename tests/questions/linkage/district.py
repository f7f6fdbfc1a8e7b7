"""A district that lives through a script: two real projects, real files, and officers' browsers.

What happens in a browser happens here: tokens are blinded and kept, questions sealed, answers found
with the identity behind a receipt. The guidance officers' desk is here too.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import age, blind, encoding, envelopes, officers, records, signatures, tokens
from footpath.secrecy import notice as notices
from footpath.secrecy import roster as rosters
from footpath.secrecy.epochs import Epoch, epoch_of
from tests.questions.linkage import evidence as found
from tests.questions.linkage import script as scripts
from tests.questions.linkage.attacker import name_of
from tests.questions.linkage.process import Process

SEEN = "accounts_"
"""What changes on the member side from night to night."""

DESK = "10.20.9.9"


# --- databases ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Databases:
    """Two databases with empty tables, to be copied for each district; SQLite where no server."""

    folder: Path
    server: str

    def name(self, side: str) -> str:
        """Return the name of the kept database of a side."""
        return f"footpath_linkage_{side}_{os.getpid()}"

    def url(self, side: str) -> str:
        """Return the address of the kept database of a side."""
        if not self.server:
            return f"sqlite:///{self.folder / f'{side}.sqlite3'}"
        return f"{self.server.rpartition('/')[0]}/{self.name(side)}"

    @contextmanager
    def copied(self, side: str, to: Path) -> Iterator[str]:
        """Yield the address of a copy: on SQLite the file."""
        if not self.server:
            shutil.copy(self.folder / f"{side}.sqlite3", to)
            yield f"sqlite:///{to}"
            return
        name = f"{self.name(side)}_{uuid4().hex[:8]}"
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {self.name(side)}".encode())
            try:
                yield f"{self.server.rpartition('/')[0]}/{name}"
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def started(side: str, folder: Path, url: str, *, weakened: bool = False) -> Process:
    """Return a running project: the member side or the Corner."""
    member = side == "member"
    environment = {
        "DJANGO_SETTINGS_MODULE": f"footpath.config.{'settings' if member else 'corner'}",
        "FOOTPATH_DATA_DIR": str(folder / "member"),
        "FOOTPATH_CORNER_DIR": str(folder / "corner"),
        "FOOTPATH_SECRET_KEY": "tests only",
        "FOOTPATH_SIGN_IN_RATE": "1000000/m/ip",
        "FOOTPATH_DATABASE_URL" if member else "FOOTPATH_CORNER_DATABASE_URL": url,
    } | ({"FOOTPATH_WEAKENED": "yes", "FOOTPATH_CORNER_LEAST": "1"} if weakened else {})
    module = f"tests.questions.linkage.{side}_side"
    return Process(module, environment, folder / f"{side}.log")


@contextmanager
def databases(folder: Path, server: str) -> Iterator[Databases]:
    """Yield databases with empty tables, made by the migrations of both projects."""
    kept = Databases(folder, server)
    sides = ("member", "corner")
    if server:
        with psycopg.connect(server, autocommit=True) as admin:
            for side in sides:
                admin.execute(f"CREATE DATABASE {kept.name(side)}".encode())
    try:
        for side in sides:
            process = started(side, folder, kept.url(side))
            process.do(scripts.moment(0, 0), "migrate")
            process.do(scripts.moment(0, 0), "close")
            process.end()
        yield kept
    finally:
        if server:
            with psycopg.connect(server, autocommit=True) as admin:
                for side in sides:
                    admin.execute(f"DROP DATABASE {kept.name(side)} WITH (FORCE)".encode())


# --- the district ---------------------------------------------------------------------------------


@dataclass
class Browser:
    """What lies on an officer's telephone."""

    account: int
    address: str
    slots: list[tokens.Token] = field(default_factory=list)


@dataclass
class Question:
    """A question as only its asker knows it."""

    asker: int
    identity: str
    thread: str
    sealed: bytes = b""
    answers: int = 0


@dataclass
class District:
    """A district at work; ``truth`` says who sent or was sent what, by kind and digest."""

    folder: Path
    script: scripts.Script
    member: Process
    corner: Process
    corner_url: str
    member_url: str
    weakened: bool
    browsers: list[Browser] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    truth: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"question": {}, "token": {}, "answer": {}}
    )
    member_nights: list[tuple[datetime, found.Tables]] = field(default_factory=list)
    corner_nights: list[tuple[datetime, found.Tables]] = field(default_factory=list)
    file_times: dict[str, datetime] = field(default_factory=dict)
    log_times: list[tuple[int, datetime]] = field(default_factory=list)
    stats: dict[Path, tuple[int, int]] = field(default_factory=dict)
    bundles: list[officers.Bundle] = field(default_factory=list)
    answered: set[bytes] = field(default_factory=set)
    drafts: list[tuple[datetime, int, bytes]] = field(default_factory=list)

    # --- the month --------------------------------------------------------------------------------

    def live(self) -> None:
        """Live through the whole script, hour by hour."""
        self._settle()
        routine = [
            (scripts.moment(day, hour), deed)
            for day in range(1, scripts.DAYS + 1)
            for hour, deed in (
                (0.2, self._keep),
                (2, self._copy),
                (6, self._mix),
                (15, self._answer),
            )
        ]
        visits = [(visit.at, visit) for visit in self.script.visits]
        for at, what in sorted([*routine, *visits], key=lambda pair: pair[0]):
            if isinstance(what, scripts.Visit):
                self._visit(what)
            else:
                what(at)
            self._look_at_files(at)

    def _settle(self) -> None:
        start = scripts.moment(1, 0)
        accounts = self.member.do(start, "settle", officers=scripts.OFFICERS)
        for number in range(scripts.OFFICERS):
            address = f"10.20.{number // 200}.{number % 200 + 10}"
            self.browsers.append(Browser(accounts[str(number)], address))
        self.bundles = [officers.new(f"g{number}") for number in range(1, 4)]
        self.roster = rosters.Roster(
            number=1,
            previous="",
            officers=tuple(bundle.public(bundle.code) for bundle in self.bundles),
            recovery=age.nobody(),
            supervisor=officers.new("s1").public("Supervisor"),
            since=epoch_of(scripts.FIRST),
        )
        signers = {bundle.code: bundle.seed for bundle in self.bundles[:2]}
        assert self.corner.do(start, "settle", roster=rosters.signed(self.roster, signers))
        notice = CornerFiles(self.folder / "corner").notice()
        self.epoch = epoch_of(scripts.FIRST)
        self.key = blind.PublicKey.read(notices.key_of(notice, self.epoch))
        for asker in self.script.askers:
            self.questions.append(Question(asker, age.new_identity(), envelopes.new_thread()))

    def _keep(self, at: datetime) -> None:
        self.member.do(at, "nightly")

    def _mix(self, at: datetime) -> None:
        self.corner.do(at, "mix")
        self._note_log(at)

    # --- members ----------------------------------------------------------------------------------

    def _visit(self, visit: scripts.Visit) -> None:
        browser = self.browsers[visit.officer]
        drawn = self.member.do(visit.at, "visit", officer=visit.officer, signs_in=visit.signs_in)
        if not drawn and not self.weakened:
            self._draw(visit.at + timedelta(seconds=1), visit.officer)
        self.corner.do(
            visit.at + timedelta(seconds=2), "look", path="/bulletin/", address=browser.address
        )
        for number, seconds in zip(visit.sends, visit.seconds, strict=True):
            if not browser.slots:  # only in the build where tokens are drawn when they are needed
                self._draw(visit.at + timedelta(seconds=seconds - 1), visit.officer)
            self._send(visit.at + timedelta(seconds=seconds), number)
            self._look_at_files(visit.at + timedelta(seconds=seconds))

    def _draw(self, at: datetime, officer: int) -> None:
        prepared = [blind.prepare(secrets.token_bytes(tokens.MESSAGE)) for _ in range(tokens.SLOTS)]
        blinded = [blind.blind(one, self.key) for one in prepared]
        answer = self.member.do(
            at, "draw", officer=officer, epoch=self.epoch,
            blinded=[encoding.b64(one.message) for one in blinded],
        )  # fmt: skip
        self.browsers[officer].slots = [
            tokens.Token(one, blind.finalize(one, encoding.unb64(signed), hidden.inverse, self.key))
            for one, hidden, signed in zip(prepared, blinded, answer["signatures"], strict=True)
        ]

    def _send(self, at: datetime, number: int) -> None:
        question, browser = self.questions[number], self.browsers[self.script.askers[number]]
        token = browser.slots.pop()
        said = envelopes.Question(
            kind="ask", thread=question.thread, topic="land", language="vi", consent=False,
            text=f"Question {number}: what is to be done?" * (1 + number % 5),
            reply_to=age.recipient_of(question.identity),
        )  # fmt: skip
        question.sealed = envelopes.seal_question(said, self.roster)
        body = {
            "epoch": self.epoch,
            "token": encoding.b64(token.prepared),
            "signature": encoding.b64(token.signature),
            "sealed": encoding.b64(question.sealed),
        }
        status = self.corner.do(at, "post", path="/postings/", body=body, address=browser.address)
        assert status == 202
        self.truth["question"][name_of(question.sealed)] = browser.account
        self.truth["token"][name_of(token.nullifier.hex().encode())] = browser.account
        self._note_log(at)

    # --- guidance officers ------------------------------------------------------------------------

    def _answer(self, at: datetime) -> None:
        listed = bytes.fromhex(self.corner.do(at, "fetch", path="/desk/postings/", address=DESK))
        for key, _epoch, sealed in records.split_postings(listed):
            if key not in self.answered:
                self.answered.add(key)
                self._say(at, sealed, "read", "")
                self.drafts.append((at + timedelta(days=1), len(self.answered), sealed))
        for due, number, sealed in list(self.drafts):
            if due <= at:
                self.drafts.remove((due, number, sealed))
                self._say(at, sealed, "answer", f"Answer {number}.")
        self._note_log(at)

    def _say(self, at: datetime, posting: bytes, kind: envelopes.AnswerKind, text: str) -> None:
        asked = envelopes.open_question(posting, self.bundles[0].identity)
        two = self.bundles[:1] if kind == "read" else self.bundles[:2]
        answer = envelopes.Answer(
            kind, asked.thread, text, tuple(bundle.code for bundle in two), Epoch(self.epoch)
        )
        sealed = envelopes.seal_answer(answer, self.roster, asked.reply_to)
        signed = envelopes.approved(sealed, answer.by)
        approvals = [
            {
                "officer": bundle.code,
                "signature": encoding.b64(signatures.sign(bundle.seed, "answer", signed)),
            }
            for bundle in two
        ]
        body = {"sealed": encoding.b64(sealed), "approvals": approvals}
        if kind == "read":
            body["read"] = True
        status = self.corner.do(at, "post", path="/desk/answers/", body=body, address=DESK)
        assert status == 202
        [question] = [one for one in self.questions if one.thread == asked.thread]
        self.truth["answer"][name_of(sealed)] = self.browsers[question.asker].account

    def read_answers(self) -> list[int]:
        """Return the numbers of the questions whose askers find an answer in the bulletin."""
        data = bytes.fromhex(
            self.corner.do(scripts.moment(30, 21.5), "fetch", path="/bulletin/", address=DESK)
        )
        approved = records.split(data) if self.weakened else records.bulletin(data)[0]
        found_by = []
        for number, question in enumerate(self.questions):
            for sealed in approved:
                try:
                    answer = envelopes.open_answer(sealed, question.identity)
                except age.CannotOpen:
                    continue
                if (answer.kind, answer.thread) == ("answer", question.thread):
                    found_by.append(number)
        return found_by

    # --- what is left behind ----------------------------------------------------------------------

    def _copy(self, at: datetime) -> None:
        """Make the copies of the night: of the member side, and wrongly of the Corner too."""
        self.member_nights.append((at, self._tables(self.member_url, SEEN)))
        self.corner_nights.append((at, self._tables(self.corner_url, "corner_")))

    def _tables(self, url: str, only: str) -> found.Tables:
        if url.startswith("sqlite"):
            return found.of_sqlite(Path(url.removeprefix("sqlite:///")), only)
        return found.of_postgresql(url, only)

    def _look_at_files(self, at: datetime) -> None:
        """Note when a file was written or changed, in the time of the script."""
        for path in (self.folder / "corner").glob("corner.sqlite3*"):
            stat = path.stat()
            now = (stat.st_mtime_ns, stat.st_ctime_ns)
            before = self.stats.get(path)
            self.stats[path] = now
            if before == now:
                continue
            just_now = abs(time.time() - stat.st_mtime) < 3600
            written = at if just_now else datetime.fromtimestamp(stat.st_mtime, UTC)
            self.file_times[f"{path.name} written"] = written
            self.file_times[f"{path.name} changed"] = at

    def _note_log(self, at: datetime) -> None:
        if not self.corner_url.startswith("sqlite"):
            self.log_times.append((found.place_in_log(self.corner_url), at))

    def evidence(self) -> found.Evidence:
        """Return everything that is held on the last evening."""
        evening = scripts.moment(scripts.DAYS, 22)
        self.corner.do(evening, "sign_of_life")
        self._look_at_files(evening)
        corner = self._tables(self.corner_url, "corner_")
        if self.corner_url.startswith("sqlite"):
            files = sorted((self.folder / "corner").glob("corner.sqlite3*"))
            raw = {file.name: file.read_bytes() for file in files}
        else:
            raw = found.files_of_postgresql(self.corner_url, corner)
        return found.Evidence(
            member=self._tables(self.member_url, ""),
            corner=corner,
            member_nights=self.member_nights,
            corner_nights=self.corner_nights,
            member_logs=self._logs("member"),
            corner_logs=self._logs("corner"),
            raw=raw,
            file_times=self.file_times,
            log_times=self.log_times,
        )

    def _logs(self, side: str) -> str:
        files = [self.folder / f"{side}.log", *sorted((self.folder / side).rglob("*.log"))]
        return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


@contextmanager
def district(
    kept: Databases, folder: Path, *, seed: int, weakened: bool = False
) -> Iterator[District]:
    """Yield a district that has lived through its month, both projects still running."""
    for name in ("member", "corner"):
        (folder / name).mkdir(parents=True)
    with (
        kept.copied("member", folder / "member" / "footpath.sqlite3") as member_url,
        kept.copied("corner", folder / "corner" / "corner.sqlite3") as corner_url,
    ):
        member = started("member", folder, member_url, weakened=weakened)
        corner = started("corner", folder, corner_url, weakened=weakened)
        try:
            if weakened:
                corner.do(scripts.moment(0, 0), "weaken")
            lived = District(
                folder, scripts.script(seed), member, corner, corner_url, member_url, weakened
            )
            lived.live()
            yield lived
        finally:
            for process in (member, corner):
                process.end()
