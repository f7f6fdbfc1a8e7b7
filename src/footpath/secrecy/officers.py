"""The secrets of a guidance officer, and how a passphrase wraps them."""

from __future__ import annotations

import json
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from footpath.secrecy import age, encoding, passwords, signatures
from footpath.secrecy.roster import Officer

USE = "footpath corner officer 1"
SALT = 16


class BadBundle(ValueError):
    """This is no wrapped bundle of an officer, or the passphrase is another."""


@dataclass(frozen=True)
class Bundle:
    """What an officer alone has: the age identity that opens, the seed that signs."""

    code: str
    identity: str = field(repr=False)
    seed: bytes = field(repr=False)

    def public(self, name: str) -> Officer:
        """Return what the roster says of this officer."""
        return Officer(
            code=self.code,
            name=name,
            age=age.recipient_of(self.identity),
            sign=encoding.b64(signatures.public_of(self.seed)),
        )

    def plain(self) -> dict[str, Any]:
        """Return the bundle as JSON has it."""
        return {
            "v": 1,
            "code": self.code,
            "age": self.identity,
            "sign": encoding.b64(self.seed),
        }


def new(code: str) -> Bundle:
    """Return a new bundle for the officer of that code."""
    return Bundle(code, age.new_identity(), secrets.token_bytes(32))


def wrapped(bundle: Bundle, passphrase: str) -> dict[str, Any]:
    """Return the bundle so that it can lie on the server: only the passphrase opens it."""
    salt = secrets.token_bytes(SALT)
    recipient = age.recipient_of(_key(passphrase, salt))
    sealed = age.seal(encoding.canonical(bundle.plain()), [recipient])
    return {"v": 1, "salt": encoding.b64(salt), "sealed": encoding.b64(sealed)}


def unwrapped(outer: object, passphrase: str) -> Bundle:
    """Return the bundle that the passphrase opens; BadBundle when it does not."""
    if not isinstance(outer, dict) or outer.keys() != {"v", "salt", "sealed"} or outer["v"] != 1:
        raise BadBundle("this is no wrapped bundle")
    try:
        salt, sealed = encoding.unb64(outer["salt"]), encoding.unb64(outer["sealed"])
        if len(salt) != SALT:
            raise ValueError("the salt is too short or too long")
        text = age.open_(sealed, _key(passphrase, salt))
    except age.CannotOpen:
        raise BadBundle("the passphrase does not open it") from None
    except ValueError:
        raise BadBundle("this is no wrapped bundle") from None
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise BadBundle("there is no JSON inside") from None
    return read(plain)


def read(plain: object) -> Bundle:
    """Return the bundle that JSON tells of; BadBundle when it tells of none."""
    if not isinstance(plain, dict) or plain.keys() != {"v", "code", "age", "sign"}:
        raise BadBundle("this is no bundle")
    if plain["v"] != 1 or not isinstance(plain["code"], str) or not isinstance(plain["age"], str):
        raise BadBundle("this is no bundle")
    try:
        age.recipient_of(plain["age"])
        seed = encoding.unb64(plain["sign"])
    except ValueError as wrong:
        raise BadBundle(str(wrong)) from None
    if len(seed) != 32:
        raise BadBundle("an officer signs with Ed25519")
    return Bundle(plain["code"], plain["age"], seed)


def _key(passphrase: str, salt: bytes) -> str:
    """Return the identity of a passphrase, however its accents were typed."""
    password = unicodedata.normalize("NFKC", passphrase).encode()
    return age.identity_of(passwords.derived(passwords.stretched(password, salt), USE))
