"""Both servers in memory, on the same calculations: what the command meets on the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from footpath.secrecy import age, blind, encoding, envelopes, notice, officers, records, roster
from footpath.secrecy.client.wire import Reply
from footpath.secrecy.tokens import Token

MEMBERS, CORNER = "https://footpath.example.vn", "https://corner.example.vn"
EPOCH = "2026-11"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@cache
def key(number: int = 0) -> bytes:
    """Return a private key of an epoch, made once for all tests."""
    return blind.new_key()


@cache
def people() -> tuple[officers.Bundle, ...]:
    """Return three officers, the supervisor last."""
    return tuple(officers.new(code) for code in ("an", "binh", "chi", "giam-sat"))


@cache
def recovery() -> str:
    """Return the identity of the recovery key."""
    return age.new_identity()


@dataclass
class Servers:
    """The member side and the Corner; called as the command's wire."""

    pem: bytes = field(default_factory=key)
    entries: list[dict[str, Any]] = field(default_factory=list)
    rosters: list[dict[str, Any]] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    signs: list[bytes] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    drawn: dict[str, list[str]] = field(default_factory=dict)
    lost: int = 0
    takes: bool = True
    busy: bool = False
    signs_with: bytes | None = None

    def __post_init__(self) -> None:
        self.publish(notice.key_entry(EPOCH, blind.spki(self.pem)))
        self.take_roster(people()[:3], people()[:2])

    def publish(self, entry: Mapping[str, Any]) -> None:
        """Chain an entry to the notice."""
        self.entries.append(notice.chained(self.entries, entry))

    def take_roster(
        self, team: tuple[officers.Bundle, ...], signers: tuple[officers.Bundle, ...]
    ) -> None:
        """Sign and publish the next version of the roster."""
        made = roster.read(
            {
                "v": 1,
                "number": len(self.rosters) + 1,
                "previous": self.roster.digest if self.rosters else "",
                "officers": [vars(one.public(one.code.title())) for one in team],
                "recovery": age.recipient_of(recovery()),
                "supervisor": vars(people()[3].public("Giám Sát")),
                "from": EPOCH,
            }
        )
        signed = roster.signed(made, {one.code: one.seed for one in signers})
        self.rosters.append(signed)
        self.publish({"kind": "roster", "number": made.number, "digest": made.digest})

    @property
    def roster(self) -> roster.Roster:
        """Return the present version."""
        return roster.read(self.rosters[-1]["roster"])

    @property
    def fingerprint(self) -> str:
        """Return what stands at the end of the printed notice."""
        return notice.short(self.entries[-1]["hash"])

    def questions(self) -> list[envelopes.Question]:
        """Return what the first officer opens of all that was posted."""
        mine = people()[0].identity
        return [
            envelopes.open_question(encoding.unb64(one["sealed"]), mine) for one in self.postings
        ]

    def answer(self, question: envelopes.Question, text: str) -> None:
        """Approve an answer, and leave a sign that the question was read."""
        for kind, said, where in (("read", "", self.signs), ("answer", text, self.answers)):
            made = envelopes.Answer(kind, question.thread, said, ("an", "binh"), EPOCH)
            where.append(envelopes.seal_answer(made, self.roster, question.reply_to))

    def __call__(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self.requests.append((method, url, dict(headers)))
        if origin == MEMBERS:
            return self._members(method, parts.path, body or b"", headers)
        assert origin == CORNER
        assert not {"cookie", "referer"} & {name.lower() for name in headers}
        return self._corner(method, parts.path, body or b"")

    def _corner(self, method: str, path: str, body: bytes) -> Reply:
        if (method, path) == ("POST", "/postings/"):
            posting = json.loads(body)
            if self.busy:
                return Reply(429, (), b"")
            if not self.takes:
                return Reply(403, (), b'{"taken":false}')
            if "token" in posting:
                token = Token(
                    encoding.unb64(posting["token"]), encoding.unb64(posting["signature"])
                )
                token.check(blind.PublicKey.read(blind.spki(self.pem)))
            self.postings.append(posting)
            return Reply(202, (), b'{"taken":true}')
        border = [b""] if self.signs else []
        given: dict[str, bytes] = {
            "/notice.json": json.dumps({"v": 1, "entries": self.entries}).encode(),
            "/desk/roster/": json.dumps({"rosters": self.rosters}).encode(),
            "/bulletin/": records.joined([*self.answers, *border, *self.signs]),
        }
        return Reply(200, (), given[path]) if path in given else Reply(404, (), b"")

    def _members(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        if path == "/corner/notice.json":
            return Reply(200, (), json.dumps({"v": 1, "entries": self.entries}).encode())
        if path == "/account/sign-in/":
            return self._sign_in(method, body)
        assert "footpath_session=s1" in headers["Cookie"]
        if path == "/account/sign-out/":
            return Reply(302, (), b"")
        assert path == "/corner/tokens/"
        assert headers["X-CSRFToken"] == "abc"
        return self._sign_tokens(json.loads(body))

    def _sign_in(self, method: str, body: bytes) -> Reply:
        if method == "GET":
            return Reply(200, [("Set-Cookie", "footpath_csrf=abc; Path=/")], b"")
        typed = parse_qs(body.decode())
        if typed["csrfmiddlewaretoken"] != ["abc"] or typed["password"] != [PASSWORD]:
            return Reply(422, (), b"")
        return Reply(302, [("Set-Cookie", "footpath_session=s1; HttpOnly; Path=/")], b"")

    def _sign_tokens(self, asked: dict[str, Any]) -> Reply:
        if self.drawn.setdefault(asked["epoch"], asked["blinded"]) != asked["blinded"]:
            return Reply(403, (), b'{"error":"refused"}')
        if self.lost:
            self.lost -= 1
            return Reply(502, (), b"")
        signer = blind.Signer(self.signs_with or self.pem)
        signed = [encoding.b64(signer.sign(encoding.unb64(one))) for one in asked["blinded"]]
        return Reply(200, (), json.dumps({"epoch": EPOCH, "signatures": signed}).encode())
