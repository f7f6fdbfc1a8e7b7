"""Who works: names of worker processes, and whether one of them is surely gone."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path

PROC = "/proc"
ZOMBIE = "Z"


@lru_cache(maxsize=1)
def _host() -> str:
    return socket.gethostname()[:48]


def me() -> str:
    """Return the name of this process: host, number and moment of its start. At most 80 signs."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """Return the name of a process of this machine."""
    _state, start = _process(pid)
    return f"{_host()}:{pid}:{start}"


def is_gone(worker: str) -> bool:
    """Return whether a process of this machine with this name is no more.

    False for processes of other machines: of them only the age of what they claimed tells. Where a
    claim is taken from somebody who lives after all, the claim itself must keep both apart.
    """
    host, _colon, rest = worker.rpartition(":")[0].rpartition(":")
    start = worker.rpartition(":")[2]
    if host != _host() or not rest.isdigit():
        return False
    state, started = _process(int(rest))
    return state in {"", ZOMBIE} or started != start


def _process(pid: int) -> tuple[str, str]:
    """Return the state of a process ("" when there is none) and when it started, as text."""
    try:
        fields = Path(f"{PROC}/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _process_elsewhere(pid)
    return fields[0], fields[19]


def _process_elsewhere(pid: int) -> tuple[str, str]:
    """Return the same where there is no ``/proc``: only whether the number is in use."""
    if Path(f"{PROC}/self/stat").exists() or pid <= 0:
        return "", ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "", ""
    except OSError:
        pass  # it lives and is somebody else's
    return "R", ""
