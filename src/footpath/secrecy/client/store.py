"""The one file of the command: what was pinned, the slots of each month, what waits to be sent.

Only its owner may read it. Each month has four slots of one size whether they were spent or not: a
spent one is refilled with random bytes, and only the published key tells the two apart. A copy of
the file made before (a backup, a disk that keeps old blocks) still holds what was spent.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footpath.secrecy.client.errors import Refused
from footpath.secrecy.client.words import gettext as _
from footpath.secrecy.encoding import b64, unb64

SLOTS = 4
TOKEN_LENGTH, SIGNATURE_LENGTH = 64, 384


@dataclass
class Slot:
    """A token and its signature, or as many random bytes."""

    token: bytes
    signature: bytes

    @classmethod
    def empty(cls) -> Slot:
        """Return a slot that looks like one with a token and holds none."""
        return cls(secrets.token_bytes(TOKEN_LENGTH), secrets.token_bytes(SIGNATURE_LENGTH))


@dataclass(frozen=True)
class Waiting:
    """A posting that leaves after a moment (seconds since 1970), in the bytes it is sent in."""

    after: int
    body: bytes


@dataclass(frozen=True)
class Drawing:
    """A draw whose answer has not come yet: asked again, it must be the same request."""

    epoch: str
    prepared: list[bytes]
    blinded: list[bytes]
    inverses: list[bytes]


@dataclass
class State:
    """All that the command remembers from one run to the next."""

    members: str
    corner: str
    entries: list[dict[str, Any]]
    rosters: list[dict[str, Any]]
    slots: dict[str, list[Slot]] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    drawing: Drawing | None = None


class Store:
    """The folder with the file; one command at a time works with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "corner.json"

    @classmethod
    def chosen(cls, environment: dict[str, str]) -> Store:
        """Return the store in FOOTPATH_CORNER_HOME, else in the user's folder for settings."""
        named = environment.get("FOOTPATH_CORNER_HOME")
        home = environment.get("XDG_CONFIG_HOME")
        if named:
            return cls(Path(named).expanduser())
        return cls((Path(home) if home else Path.home() / ".config") / "footpath-corner")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone for as long as the block lasts; Refused when another holds it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)

    def exists(self) -> bool:
        """Tell whether anything was pinned yet."""
        return self.file.exists()

    def read(self) -> State:
        """Return what is remembered; Refused before the first time, and when others can read it."""
        if not self.exists():
            raise Refused(_("Nothing is pinned yet: begin with `footpath-corner start`."))
        if os.name == "posix" and self.file.stat().st_mode & 0o077:
            raise Refused(
                _("Others can read %(file)s: take that right away (chmod 600) and begin again.")
                % {"file": self.file}
            )
        try:
            return _from_json(json.loads(self.file.read_bytes()))
        except (ValueError, KeyError, TypeError):
            raise Refused(_("%(file)s is damaged.") % {"file": self.file}) from None

    def write(self, state: State) -> None:
        """Replace the file by a whole new one, that is on the disk when this returns."""
        draft = self.folder / f"corner.json.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(json.dumps(_to_json(state), separators=(",", ":")).encode())
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self.file)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise


def _lock(handle: int) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where one simply does not run two at once
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(_("Another footpath-corner is at work.")) from None


def _to_json(state: State) -> dict[str, Any]:
    drawing = state.drawing
    return {
        "v": 1,
        "members": state.members,
        "corner": state.corner,
        "entries": state.entries,
        "rosters": state.rosters,
        "slots": {
            epoch: [{"token": b64(slot.token), "signature": b64(slot.signature)} for slot in slots]
            for epoch, slots in sorted(state.slots.items())
        },
        "waiting": [{"after": one.after, "body": b64(one.body)} for one in state.waiting],
        "drawing": drawing
        and {
            "epoch": drawing.epoch,
            "prepared": [b64(one) for one in drawing.prepared],
            "blinded": [b64(one) for one in drawing.blinded],
            "inverses": [b64(one) for one in drawing.inverses],
        },
    }


def _from_json(kept: dict[str, Any]) -> State:
    drawing = kept["drawing"]
    return State(
        members=kept["members"],
        corner=kept["corner"],
        entries=kept["entries"],
        rosters=kept["rosters"],
        slots={
            epoch: [Slot(unb64(one["token"]), unb64(one["signature"])) for one in slots]
            for epoch, slots in kept["slots"].items()
        },
        waiting=[Waiting(one["after"], unb64(one["body"])) for one in kept["waiting"]],
        drawing=drawing
        and Drawing(
            drawing["epoch"],
            *(
                [unb64(one) for one in drawing[name]]
                for name in ("prepared", "blinded", "inverses")
            ),
        ),
    )
