"""A small Corner: a key of this month, five hundred members who have drawn, three officers."""

from __future__ import annotations

import json
import secrets
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from footpath.questions import selectors, services
from footpath.secrecy import age, blind, encoding, envelopes, notice, officers, roster, signatures
from footpath.secrecy.epochs import Epoch
from footpath.secrecy.tokens import Token

TODAY = date(2026, 11, 22)
EPOCH = "2026-11"
CODES = ("guidance-1", "guidance-2", "guidance-3")


@lru_cache(maxsize=4)
def private_key(number: int = 0) -> bytes:
    """Return a key of an epoch as PEM; one for each number, made once for all tests."""
    return blind.new_key()


@lru_cache(maxsize=4)
def loaded_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Return such a key ready for use: reading one takes long, because it is checked."""
    key = load_pem_private_key(private_key(number), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def signature(prepared: bytes, number: int = 0) -> bytes:
    """Return what a member has in the end: an ordinary signature of the prepared message."""
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
    return loaded_key(number).sign(prepared, pss, hashes.SHA384())


class Corner:
    """What a test needs to ask, to answer and to look after the Corner."""

    def __init__(self) -> None:
        self.officers = {code: officers.new(code) for code in CODES}
        self.recovery = age.new_identity()
        self.supervisor = officers.new("supervisor-1")
        self.files = selectors.files()
        self.publish(EPOCH, 0)
        self.drawn({EPOCH: 500})
        self.take(self.version())

    # --- what the member side does ----------------------------------------------------------------

    def publish(self, epoch: str, number: int) -> None:
        """Put the key of an epoch on the notice."""
        spki = blind.spki(private_key(number))
        self.files.add_to_notice(notice.key_entry(epoch, spki))

    def drawn(self, counts: dict[str, int]) -> None:
        """Say how many members have drawn."""
        self.files.write_drawn(counts)

    # --- members ----------------------------------------------------------------------------------

    def token(self, number: int = 0) -> Token:
        """Return a fresh token, signed with the key of that number."""
        prepared = secrets.token_bytes(64)
        return Token(prepared, signature(prepared, number))

    def sealed(self, text: str = "May the head of a unit sign it?", **changed: Any) -> bytes:
        """Return a question sealed for the roster."""
        asker = age.new_identity()
        plain = {
            "kind": "ask",
            "thread": envelopes.new_thread(),
            "topic": "duty",
            "language": "en",
            "consent": False,
            "text": text,
            "reply_to": age.recipient_of(asker),
        }
        return envelopes.seal_question(envelopes.Question(**(plain | changed)), self.roster)

    def posting(
        self, token: Token | None = None, *, epoch: str = EPOCH, sealed: bytes | None = None
    ) -> bytes:
        """Return the body of a posting."""
        token = token or self.token()
        return json.dumps(
            {
                "epoch": epoch,
                "token": encoding.b64(token.prepared),
                "signature": encoding.b64(token.signature),
                "sealed": encoding.b64(sealed or self.sealed()),
            }
        ).encode()

    def ask(self, times: int = 1, on: date = TODAY) -> None:
        """Post so many questions that are taken."""
        for _ in range(times):
            assert services.take_posting(body=self.posting(), on=on)

    # --- officers ---------------------------------------------------------------------------------

    @property
    def roster(self) -> roster.Roster:
        """Return the newest version of the roster."""
        newest = selectors.newest_roster()
        assert newest is not None
        return newest

    def version(
        self, *codes: str, number: int = 1, previous: str = "", signers: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return a signed version of the roster of these officers; by default the first one."""
        chosen = codes or CODES
        made = roster.Roster(
            number=number,
            previous=previous,
            officers=tuple(self.officers[code].public(code) for code in chosen),
            recovery=age.recipient_of(self.recovery),
            supervisor=self.supervisor.public("Supervisor"),
            since=Epoch(EPOCH),
        )
        seeds = {code: self.officers[code].seed for code in signers or chosen[:2]}
        return roster.signed(made, seeds)

    def take(self, signed: dict[str, Any]) -> None:
        """Let the administrator take the first version."""
        assert services.take_roster(signed=signed, by_administrator=True)

    def sign(self, code: str, what: signatures.What, data: bytes) -> str:
        """Return an officer's signature as it is sent."""
        return encoding.b64(signatures.sign(self.officers[code].seed, what, data))

    def signed(self, code: str, what: signatures.What, **plain: Any) -> dict[str, Any]:
        """Return an object that an officer sends, signed as a whole."""
        plain |= {"officer": code}
        return plain | {"signature": self.sign(code, what, encoding.canonical(plain))}

    def answer(self, text: str = "No; ask the next tier.", *, read: bool = False) -> bytes:
        """Return an answer, or a sign of reading, sealed for the roster and for somebody."""
        said = envelopes.Answer(
            "read" if read else "answer", envelopes.new_thread(), text, CODES[:2], Epoch(EPOCH)
        )
        return envelopes.seal_answer(said, self.roster, age.nobody())

    def done(self, keys: list[str], *codes: str, epoch: str = EPOCH) -> dict[str, Any]:
        """Return that questions are done with, as it is sent, signed by these officers."""
        signed = encoding.canonical({"keys": keys, "epoch": epoch})
        approvals = [
            {"officer": code, "signature": self.sign(code, "done", signed)} for code in codes
        ]
        return {"keys": keys, "epoch": epoch, "approvals": approvals}

    def approved(self, sealed: bytes, *codes: str, **more: Any) -> dict[str, Any]:
        """Return an answer as it is sent, signed by the officers of these codes."""
        signed = envelopes.approved(sealed, codes, more.get("keys"), more.get("epoch", ""))
        approvals = [
            {"officer": code, "signature": self.sign(code, "answer", signed)} for code in codes
        ]
        return {"sealed": encoding.b64(sealed), "approvals": approvals, **more}
