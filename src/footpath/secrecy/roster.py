"""The roster: which guidance officers can open a question, and who vouches for them.

A version names at least three officers, a recovery key kept outside and a supervisor; two officers
of the version before sign it, so that no server can put somebody among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from footpath.secrecy import age, encoding, signatures
from footpath.secrecy.epochs import Epoch

LEAST_OFFICERS = 3
SIGNERS = 2

CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?", re.ASCII)
"""What officers are called in signatures: "ptt-2"."""

_DIGITS = frozenset("0123456789abcdef")


class BadRoster(ValueError):
    """This is no roster, or nobody who may has signed it."""


@dataclass(frozen=True)
class Officer:
    """A guidance officer or the supervisor: what the public knows of them."""

    code: str
    name: str
    age: str
    sign: str

    @property
    def public(self) -> bytes:
        """Return the Ed25519 key that checks what they signed, 32 bytes."""
        return encoding.unb64(self.sign)


@dataclass(frozen=True)
class Roster:
    """A version of the roster, as it was checked by ``read``."""

    number: int
    previous: str
    officers: tuple[Officer, ...]
    recovery: str
    supervisor: Officer
    since: Epoch

    def plain(self) -> dict[str, Any]:
        """Return the roster as JSON has it."""
        return {
            "v": 1,
            "number": self.number,
            "previous": self.previous,
            "officers": [asdict(officer) for officer in self.officers],
            "recovery": self.recovery,
            "supervisor": asdict(self.supervisor),
            "from": str(self.since),
        }

    @property
    def canonical(self) -> bytes:
        """Return the bytes that are signed and chained."""
        return encoding.canonical(self.plain())

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical bytes: what the key notice names."""
        return encoding.digest(self.canonical)

    def officer(self, code: str) -> Officer | None:
        """Return the officer of that code; None when there is none in this version."""
        return next((one for one in self.officers if one.code == code), None)

    @property
    def readers(self) -> list[str]:
        """Return for whom everything is sealed: every officer and the recovery key."""
        return [*(officer.age for officer in self.officers), self.recovery]

    def has_signed(
        self, code: object, what: signatures.What, data: bytes, signature: object
    ) -> bool:
        """Tell whether the officer of that code signed the data; never raises.

        ``signature`` is base64 as it was sent.
        """
        officer = self.officer(code) if isinstance(code, str) else None
        try:
            raw = encoding.unb64(signature)
        except ValueError:
            return False
        return officer is not None and signatures.holds(officer.public, what, data, raw)


def read(plain: object) -> Roster:
    """Return the roster that JSON tells of; BadRoster, in a sentence, when it tells of none."""
    names = {"v", "number", "previous", "officers", "recovery", "supervisor", "from"}
    if not isinstance(plain, dict) or plain.keys() != names or plain["v"] != 1:
        raise BadRoster("this is no roster")
    number, previous, officers = plain["number"], plain["previous"], plain["officers"]
    if type(number) is not int or number < 1:
        raise BadRoster("versions are numbered from 1 on")
    if previous != "" and not _is_digest(previous):
        raise BadRoster("the version before is named by its digest")
    if (previous == "") != (number == 1):
        raise BadRoster("only version 1 has none before it")
    if not isinstance(officers, list) or len(officers) < LEAST_OFFICERS:
        raise BadRoster("there are at least three guidance officers")
    try:
        roster = Roster(
            number=number,
            previous=previous,
            officers=tuple(_officer(one) for one in officers),
            recovery=age.check_recipient(plain["recovery"]),
            supervisor=_officer(plain["supervisor"]),
            since=Epoch(plain["from"]),
        )
    except ValueError as wrong:
        raise BadRoster(str(wrong)) from None
    if not _is_written_so(plain, roster):
        raise BadRoster("there is only one way to write a roster")
    everybody = (*roster.officers, roster.supervisor)
    keys = [*(one.age for one in everybody), roster.recovery]
    for once in (keys, [one.code for one in everybody], [one.sign for one in everybody]):
        if len(set(once)) != len(once):
            raise BadRoster("nobody is in a roster twice")
    return roster


def signed(roster: Roster, signers: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the roster with the signatures of officers, given their codes and Ed25519 seeds."""
    return {
        "roster": roster.plain(),
        "signatures": [
            {
                "code": code,
                "signature": encoding.b64(signatures.sign(seed, "roster", roster.canonical)),
            }
            for code, seed in signers.items()
        ],
    }


def taken(plain: object, before: Roster | None) -> Roster:
    """Return a signed roster as the successor of the one before; BadRoster when it is none.

    Two different officers of the version before have signed it; of version 1, two of its own.
    """
    if not isinstance(plain, dict) or plain.keys() != {"roster", "signatures"}:
        raise BadRoster("this is no signed roster")
    roster = read(plain["roster"])
    if before is None:
        if roster.number != 1:
            raise BadRoster("the first version is number 1")
    elif (roster.number, roster.previous) != (before.number + 1, before.digest):
        raise BadRoster("this does not follow the version before")
    if not isinstance(plain["signatures"], list):
        raise BadRoster("this is no signed roster")
    judges = before or roster
    codes = set()
    for one in plain["signatures"]:
        if not isinstance(one, dict) or one.keys() != {"code", "signature"}:
            raise BadRoster("this is no signature")
        if not judges.has_signed(one["code"], "roster", roster.canonical, one["signature"]):
            raise BadRoster("a signature does not hold")
        codes.add(one["code"])
    if len(codes) < SIGNERS:
        raise BadRoster("two officers of the version before must sign")
    return roster


def _officer(plain: object) -> Officer:
    names = ("code", "name", "age", "sign")
    if not isinstance(plain, dict) or plain.keys() != set(names):
        raise ValueError("this is no officer")
    if not all(isinstance(plain[name], str) and plain[name].strip() for name in names):
        raise ValueError("an officer's code, name and keys are texts")
    if not CODE.fullmatch(plain["code"]):
        raise ValueError("a code is of small letters, digits and hyphens")
    age.check_recipient(plain["age"])
    if len(encoding.unb64(plain["sign"])) != 32:
        raise ValueError("an officer signs with Ed25519")
    return Officer(**plain)


def _is_written_so(plain: object, roster: Roster) -> bool:
    """Tell whether the JSON is the roster's own: no true for 1, no half signs in names."""
    try:
        return encoding.canonical(plain) == roster.canonical
    except ValueError:
        return False


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and _DIGITS.issuperset(value)
