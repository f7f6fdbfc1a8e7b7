"""A Corner with keys for tests, and a member's browser that draws."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client

from footpath.core import clock
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import blind, epochs, notice
from footpath.secrecy.encoding import b64, unb64

DRAW = "/corner/tokens/"
REFUSED = b'{"error":"refused"}'


@cache
def _made(_number: int) -> bytes:
    return blind.new_key()


def pem(number: int = 0) -> bytes:
    """Return a private key, made once for all tests of a process."""
    return _made(number)


def public(number: int = 0) -> blind.PublicKey:
    """Return its public part."""
    return blind.PublicKey.read(blind.spki(pem(number)))


def this_month() -> epochs.Epoch:
    """Return the epoch of today."""
    return epochs.epoch_of(clock.today())


def opened(folder: Path, *months: str) -> CornerFiles:
    """Return the files of a Corner with a key for each of the months (this one without any)."""
    files = CornerFiles(folder)
    for number, month in enumerate(months or (this_month(),)):
        files.keep_key(month, pem(number))
        files.add_to_notice(notice.key_entry(month, blind.spki(pem(number))))
    return files


def announced(folder: Path) -> None:
    """Publish a notice for the month after this one: there is something to read, none to draw."""
    files = CornerFiles(folder)
    if not files.notice()["entries"]:
        files.add_to_notice(notice.key_entry(this_month().after(), blind.spki(pem())))


class Member:
    """What a member's browser makes up for a month: four tokens, and their blinding."""

    def __init__(self, epoch: str, *, key: blind.PublicKey | None = None) -> None:
        self.epoch = str(epoch)
        self.key = key or public()
        self.tokens = [blind.prepare(bytes([number]) * 32) for number in range(4)]
        self.hidden = [blind.blind(token, self.key) for token in self.tokens]

    @property
    def blinded(self) -> list[str]:
        """Return the four blinded values as they are sent."""
        return [b64(one.message) for one in self.hidden]

    @property
    def asked(self) -> dict[str, Any]:
        """Return the request."""
        return {"epoch": self.epoch, "blinded": self.blinded}

    def finished(self, signatures: list[str]) -> list[bytes]:
        """Return the signatures of the tokens; BadSignature when one does not fit the key."""
        return [
            blind.finalize(token, unb64(signature), one.inverse, self.key)
            for token, signature, one in zip(self.tokens, signatures, self.hidden, strict=True)
        ]


def draw(client: Client, asked: Any, **headers: str) -> Any:
    """Send a request as a browser does, and return the answer."""
    body = asked if isinstance(asked, str | bytes) else json.dumps(asked)
    return client.post(DRAW, body, content_type="application/json", headers=headers)
