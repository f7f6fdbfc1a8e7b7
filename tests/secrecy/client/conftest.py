"""A pinned command and the servers it talks with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest

from footpath.secrecy.client import deeds, words
from footpath.secrecy.client.commandline import Terminal
from footpath.secrecy.client.store import State, Store
from tests.secrecy.client.servers import CORNER, MEMBERS, NOON, PASSWORD, Servers


@pytest.fixture(autouse=True)
def english() -> None:
    """Say everything in English."""
    words.speak("en")


@pytest.fixture
def servers() -> Servers:
    """Return both servers, with a key, a roster, and nothing posted."""
    return Servers()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return an empty folder of the command."""
    return Store(tmp_path / "footpath-corner")


@pytest.fixture
def pinned(servers: Servers) -> State:
    """Return a state in which notice and roster are pinned."""
    return deeds.begin(servers, MEMBERS, CORNER, servers.fingerprint)[0]


@pytest.fixture
def drawn(servers: Servers, pinned: State) -> State:
    """Return a state with four tokens of November 2026."""
    deeds.draw(servers, pinned, lambda _: None, username="an", password=PASSWORD, now=NOON)
    return pinned


Typing = Callable[..., Terminal]


@pytest.fixture
def typing(servers: Servers, store: Store) -> Typing:
    """Return a terminal at which these lines are typed, and this text."""

    def terminal(*lines: str, text: str = "", now: datetime = NOON) -> Terminal:
        typed = iter(lines)
        return Terminal(
            store,
            reach=servers,
            typed=lambda _question: next(typed),
            secret=lambda _question: PASSWORD,
            now=lambda: now,
            out=StringIO(),
            text=StringIO(text),
        )

    return terminal
