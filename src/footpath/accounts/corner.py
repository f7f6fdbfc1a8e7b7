"""What the member side knows of the Question Corner: its folder, its months, who draws next.

A browser draws the tokens of a month once, at the first page that its member opens. What a page has
to know for that stands in the session, so that no page asks the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from footpath.core import clock
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import epochs
from footpath.secrecy.blind import Signer

IN_SESSION = "corner"
"""Under this name a session keeps the epoch whose tokens are known to be drawn."""


@dataclass(frozen=True)
class Drawing:
    """What the script on a page is told: the Corner's origin, and the epoch to draw or ""."""

    origin: str
    epoch: str
    draw: str
    member: str


def files() -> CornerFiles:
    """Return the files that this server shares with the Corner."""
    return CornerFiles(settings.CORNER_DIR)


def is_here() -> bool:
    """Return whether this installation has a Question Corner."""
    return bool(settings.CORNER_URL)


def origin() -> str:
    """Return the Corner's origin, as a browser writes it."""
    parts = urlsplit(settings.CORNER_URL)
    return f"{parts.scheme}://{parts.netloc}"


def epoch_at(at: datetime) -> epochs.Epoch:
    """Return the epoch of a moment, by the organisation's calendar."""
    return epochs.epoch_of(clock.day_of(at))


def has_key(epoch: str) -> bool:
    """Return whether tokens of an epoch can be drawn."""
    return is_here() and files().has_key(epoch)


def signer(epoch: str) -> Signer | None:
    """Return what signs tokens of an epoch, None when its key is not here."""
    pem = files().key(epoch)
    return None if pem is None else _signer(pem)


@lru_cache(maxsize=4)
def _signer(pem: bytes) -> Signer:
    """Return the signer of a key, known by the key itself and by nothing that could be reused."""
    return Signer(pem)


def drawing_for(request: HttpRequest) -> Drawing | None:
    """Return what the script on a member's page is told, None when it is not needed at all."""
    epoch = epoch_at(clock.now())
    if not has_key(epoch):
        return None
    user = request.user
    known = request.session.get(IN_SESSION)
    return Drawing(
        origin=origin(), epoch=epoch, draw="" if known == epoch else epoch, member=_mark(user.pk)
    )


def note_drawn(request: HttpRequest, epoch: str) -> None:
    """Keep in the session that nothing is left to draw in this epoch."""
    request.session[IN_SESSION] = epoch


def _mark(user_id: int | None) -> str:
    """Return a mark that tells members on one device apart, and tells nothing else."""
    return salted_hmac("footpath.corner", str(user_id), algorithm="sha256").hexdigest()[:16]
