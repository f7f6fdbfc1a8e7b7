"""Reading the environment: every variable that Footpath knows begins with ``FOOTPATH_``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit


def text(name: str, default: str) -> str:
    """Return a variable, or the default when it is not set or empty."""
    return os.environ.get(name) or default


def words(name: str) -> list[str]:
    """Return a variable split at commas and spaces."""
    return os.environ.get(name, "").replace(",", " ").split()


def flag(name: str, *, default: bool) -> bool:
    """Return whether a variable says yes (1, true, yes, on)."""
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    """Return a variable as a whole number."""
    return int(os.environ.get(name) or default)


def data_dir() -> Path:
    """Return the folder for the database, files and keys: ``FOOTPATH_DATA_DIR``, made if missing.

    Without the variable it is ``footpath`` in the user's data folder (``XDG_DATA_HOME``).
    """
    chosen = os.environ.get("FOOTPATH_DATA_DIR")
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folder = Path(chosen).expanduser().resolve() if chosen else home / "footpath"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def corner_dir() -> Path:
    """Return the folder of the Question Corner: ``FOOTPATH_CORNER_DIR``, made if missing.

    Without the variable it is ``corner`` in the data folder. Nobody but its owner may look in, and
    programs that make backups leave it out by its tag (https://bford.info/cachedir/).
    """
    chosen = os.environ.get("FOOTPATH_CORNER_DIR")
    folder = Path(chosen).expanduser().resolve() if chosen else data_dir() / "corner"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n", encoding="ascii")
    return folder


def host_of(url: str) -> str:
    """Return the host name of an address as Django compares it: an IPv6 one in its brackets."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def secret_key(folder: Path) -> str:
    """Return ``FOOTPATH_SECRET_KEY``, else the key kept in the data folder, made on first start.

    Two processes that start at once agree on one key: the file is made whole under another name
    and linked into place, and only the first link wins.
    """
    chosen = os.environ.get("FOOTPATH_SECRET_KEY")
    if chosen:
        return chosen
    kept = folder / "secret.key"
    if not kept.exists():
        draft = folder / f"secret.key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(draft, kept)
        except FileExistsError:
            pass  # the other process was first; its key is read below
        finally:
            draft.unlink()
    return kept.read_text(encoding="ascii").strip()
