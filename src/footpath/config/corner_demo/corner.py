"""The Corner's side of the demonstration: officers, postings, mixes, answers.

Runs in the Corner's own project and process, and is given a day and tokens, nothing else.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from footpath.config.corner_demo import known
from footpath.config.corner_demo.script import COVERS, ROUNDS, SCRIPT, Asked, Fate
from footpath.questions import program, selectors, services
from footpath.secrecy import (
    age,
    encoding,
    envelopes,
    officers,
    receipts,
    records,
    roster,
    signatures,
)
from footpath.secrecy.epochs import Epoch, epoch_of, spendable_on

DRAFTER, SECOND, ASSIGNED = "lan", "nam", "duc"
PROMISED_WORKDAYS = 10


class NotTaken(RuntimeError):
    """The Corner has refused something that the demonstration does."""


def epoch_on(day: date) -> Epoch:
    """Return the epoch whose tokens the demonstration spends on a day: the latest that counts."""
    return spendable_on(day)[-1]


def days_of_posting(today: date) -> list[date]:
    """Return the days on which questions are posted; the last is yesterday."""
    return [*(today - timedelta(days=before) for before in ROUNDS), today - timedelta(days=1)]


@dataclass(frozen=True)
class Summary:
    """How many questions were asked, answered and are still open."""

    asked: int
    answered: int
    open: int


@dataclass
class Told:
    """A question as the officers know it after they have opened it."""

    asked: Asked
    key: str
    thread: str
    reply_to: str
    seen: date
    answered: date | None = None


@dataclass
class Life:
    """What happens from the first round to yesterday."""

    today: date
    tokens: list[dict[str, str]]
    bundles: dict[str, officers.Bundle] = field(
        default_factory=lambda: {code: known.officer(code) for code in known.OFFICERS}
    )
    keys: dict[int, receipts.Keys] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    notes: int = 0
    version: roster.Roster | None = None

    def live(self) -> None:
        """Do everything, in the order of the days."""
        self.appoint()
        days = days_of_posting(self.today)
        for number, day in enumerate(days[:-1]):
            self.post(number, day)
            self.morning(day + timedelta(days=1), answers=number - 1)
        services.mix(on=days[-1])
        self.post(len(days) - 1, days[-1], covers=1)
        self.leave_the_desk()
        self.count()

    # --- officers ---------------------------------------------------------------------------------

    def appoint(self) -> None:
        """Make the first roster, take it as its administrator does, and keep wrapped keys."""
        names = known.OFFICERS | known.SUPERVISOR
        supervisor = known.officer(*known.SUPERVISOR)
        self.version = roster.Roster(
            number=1,
            previous="",
            officers=tuple(bundle.public(names[code]) for code, bundle in self.bundles.items()),
            recovery=age.recipient_of(known.recovery()),
            supervisor=supervisor.public(names[supervisor.code]),
            since=epoch_on(days_of_posting(self.today)[0]),
        )
        signers = {code: self.bundles[code].seed for code in (DRAFTER, SECOND)}
        signed = roster.signed(self.version, signers)
        if not services.take_roster(signed=signed, by_administrator=True):
            raise NotTaken("the roster")
        for bundle in (*self.bundles.values(), supervisor):
            wrapped = officers.wrapped(bundle, known.PASSPHRASE)
            said = encoding.canonical({"code": bundle.code, "wrapped": wrapped})
            services.take_wrapped(
                plain={
                    "code": bundle.code,
                    "wrapped": wrapped,
                    "sign": encoding.b64(signatures.public_of(bundle.seed)),
                    "signature": encoding.b64(signatures.sign(bundle.seed, "wrapped", said)),
                }
            )

    # --- members ----------------------------------------------------------------------------------

    def post(self, number: int, day: date, *, covers: int = COVERS) -> None:
        """Post a round: its questions, and some postings that say nothing."""
        for asked in SCRIPT:
            if asked.round == number:
                self._post(self._question(asked), day)
        for _cover in range(covers):
            self._post(envelopes.cover(), day)

    def _question(self, asked: Asked) -> envelopes.Question:
        if asked.receipt not in self.keys:
            self.keys[asked.receipt] = receipts.keys(known.receipt(asked.receipt))
        keys = self.keys[asked.receipt]
        return envelopes.Question(
            kind=asked.kind,
            thread=keys.thread,
            topic=asked.topic,
            language=asked.language,
            consent=asked.consent,
            text=asked.text,
            reply_to=age.recipient_of(keys.identity),
        )

    def _post(self, question: envelopes.Question, day: date) -> None:
        epoch = epoch_on(day)
        at = next(at for at, token in enumerate(self.tokens) if token["epoch"] == epoch)
        sealed = envelopes.seal_question(question, self._roster)
        body = json.dumps(self.tokens.pop(at) | {"sealed": encoding.b64(sealed)})
        if not services.take_posting(body=body.encode(), on=day):
            raise NotTaken(f"a posting of {day}")

    # --- the officers' mornings -------------------------------------------------------------------

    def morning(self, day: date, *, answers: int) -> None:
        """Mix, read what is new, and answer the round that was read before."""
        services.mix(on=day)
        self._read(day)
        for told in self.told:
            if told.asked.round == answers and told.asked.fate == Fate.ANSWERED:
                self._answer(told, day)

    def leave_the_desk(self) -> None:
        """Leave the officers' desk as it is today: what is assigned, and a draft to approve."""
        for told in self.told:
            if told.asked.fate == Fate.ASSIGNED:
                self._tell(DRAFTER, told.seen, kind="assign", thread=told.thread, to=ASSIGNED)
            if told.asked.fate == Fate.DRAFTED:
                self._draft(told, self.today - timedelta(days=1))

    def _read(self, day: date) -> None:
        """Open what is new, say to whoever asked that it was read, and note the day."""
        scripted = {(one.text, one.kind): one for one in SCRIPT}
        fresh = []
        for key, _epoch, sealed in records.split_postings(selectors.postings()):
            if key.hex() in self.met:
                continue
            self.met.add(key.hex())
            opened = envelopes.open_question(sealed, self.bundles[DRAFTER].identity)
            if opened.kind == "cover":
                continue
            asked = scripted[opened.text, opened.kind]
            fresh.append(Told(asked, key.hex(), opened.thread, opened.reply_to, day))
        for told in fresh:
            sealed = self._sealed(told, "read", "", day, DRAFTER)
            self._send(sealed, day, DRAFTER)
        keys = sorted(told.key for told in fresh)
        if keys:
            self._tell(DRAFTER, day, kind="seen", keys=keys, day=day.isoformat())
        self.told += fresh

    def _answer(self, told: Told, day: date) -> None:
        """Write, approve and send an answer, and tell the other officers of it."""
        draft, sealed = self._draft(told, day)
        self._send(sealed, day, DRAFTER, SECOND, keys=[told.key])
        self._tell(
            SECOND,
            day,
            kind="sent",
            thread=told.thread,
            draft=draft["id"],
            text=told.asked.answer,
            officers=[DRAFTER, SECOND],
            keys=[told.key],
            day=day.isoformat(),
        )
        told.answered = day

    def _draft(self, told: Told, day: date) -> tuple[dict[str, Any], bytes]:
        by, seed = (DRAFTER, SECOND), secrets.token_bytes(age.SEED)
        keys, epoch = [told.key], str(epoch_of(day))
        sealed = self._sealed(told, "answer", told.asked.answer, day, *by, seed=seed)
        draft = {
            "kind": "draft",
            "thread": told.thread,
            "id": envelopes.new_thread(),
            "text": told.asked.answer,
            "second": SECOND,
            "epoch": epoch,
            "seed": encoding.b64(seed),
            "signature": self._signature(
                DRAFTER, "answer", envelopes.approved(sealed, by, keys, epoch)
            ),
            "keys": keys,
        }
        self._tell(DRAFTER, day, **draft)
        return draft, sealed

    def _sealed(
        self,
        told: Told,
        kind: envelopes.AnswerKind,
        text: str,
        day: date,
        *by: str,
        seed: bytes | None = None,
    ) -> bytes:
        answer = envelopes.Answer(kind, told.thread, text, by, epoch_of(day))
        return envelopes.seal_answer(answer, self._roster, told.reply_to, seed)

    def _send(self, sealed: bytes, day: date, *by: str, keys: list[str] | None = None) -> None:
        """Send an answer to the postings of these keys; without keys a sign of reading."""
        epoch = str(epoch_of(day))
        signed = envelopes.approved(sealed, by, keys, epoch)
        approvals = [
            {"officer": code, "signature": self._signature(code, "answer", signed)} for code in by
        ]
        more: dict[str, Any] = {"keys": keys, "epoch": epoch} if keys else {"read": True}
        plain = {"sealed": encoding.b64(sealed), "approvals": approvals, **more}
        services.take_answer(plain=plain, on=day)

    def _tell(self, code: str, on: date, /, **body: Any) -> None:
        """Seal a note for the other officers, as an officer's browser does."""
        self.notes += 1
        at = datetime.combine(on, time(1), tzinfo=UTC) + timedelta(seconds=self.notes)
        told = {
            "v": 1,
            **body,
            "by": code,
            "at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "roster": self._roster.number,
        }
        mark = self._signature(code, "blob", encoding.canonical(told))
        sealed = envelopes.seal_blob(told | {"mark": mark}, self._roster)
        plain = {
            "officer": code,
            "sealed": encoding.b64(sealed),
            "signature": self._signature(code, "blob", sealed),
        }
        services.take_blob(plain=plain)

    # --- what the officers' desk counts -----------------------------------------------------------

    def count(self) -> None:
        """Post the officers' counts of each month, as the desk does when it is used."""
        counters: dict[str, dict[str, int]] = {}
        for told in self.told:
            count = counters.setdefault(
                str(epoch_of(told.seen)), {"real": 0, "answered": 0, "overdue": 0}
            )
            count["real"] += 1
            if workdays(told.seen, told.answered or self.today) > PROMISED_WORKDAYS:
                count["overdue"] += 1
            elif told.answered:
                count["answered"] += 1
        self._signed(DRAFTER, "counters", services.take_counters, self.today, counters=counters)

    # --- inside -----------------------------------------------------------------------------------

    @property
    def _roster(self) -> roster.Roster:
        if self.version is None:
            raise NotTaken("there is no roster yet")
        return self.version

    def _signature(self, code: str, what: signatures.What, data: bytes) -> str:
        return encoding.b64(signatures.sign(self.bundles[code].seed, what, data))

    def _signed(
        self, code: str, what: signatures.What, deed: Any, on: date, /, **plain: Any
    ) -> None:
        body = plain | {"officer": code}
        signature = self._signature(code, what, encoding.canonical(body))
        deed(plain=body | {"signature": signature}, on=on)


def workdays(first: date, last: date) -> int:
    """Return how many days from Monday to Friday lie after the first, up to and with the last."""
    return sum(
        (first + timedelta(days=after)).weekday() < 5 for after in range(1, (last - first).days + 1)
    )


def live(today: date, tokens: list[dict[str, str]]) -> Summary:
    """Live from the first round to yesterday with the tokens that were drawn."""
    life = Life(today, tokens)
    life.live()
    publish_program()
    answered = sum(told.answered is not None for told in life.told)
    return Summary(len(SCRIPT), answered, len(SCRIPT) - answered)


def publish_program() -> None:
    """Put the digest of footpath-corner on the notice, where its translations are compiled."""
    try:
        entry = program.entry()
    except FileNotFoundError:
        return
    selectors.files().add_to_notice(entry)
