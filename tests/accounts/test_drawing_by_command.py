"""``footpath-corner draw`` and the real member side: it draws as a browser does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from footpath.accounts.models import TokenIssue
from footpath.core import clock
from footpath.secrecy import blind
from footpath.secrecy.client import deeds, wire
from footpath.secrecy.client.errors import Refused
from footpath.secrecy.client.store import State
from tests.accounts.drawing import opened, public
from tests.world import PASSWORD, World

MEMBERS, CORNER = "https://localhost", "https://corner.example.vn"
AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Browserless:
    """Carries requests to the views of this process, with the cookies that are sent along."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> wire.Reply:
        parts = urlsplit(url)
        self.paths.append(f"{method} {parts.path}")
        extra = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in headers.items()
            if name != "Content-Type"
        }
        client = Client(enforce_csrf_checks=True)
        answer = client.generic(
            method,
            parts.path,
            body or b"",
            content_type=headers.get("Content-Type", "application/octet-stream"),
            secure=True,
            SERVER_NAME="localhost",
            SERVER_PORT="443",
            **extra,
        )
        cookies = [("Set-Cookie", morsel.OutputString()) for morsel in answer.cookies.values()]
        return wire.Reply(answer.status_code, [*answer.headers.items(), *cookies], answer.content)


@pytest.fixture
def state(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> State:
    """Return a command that has pinned the notice of this month's key."""
    settings.CORNER_DIR = tmp_path / "corner"
    monkeypatch.setattr(clock, "now", lambda: AT)
    entries = opened(settings.CORNER_DIR, "2026-11").notice()["entries"]
    return State(MEMBERS, CORNER, entries, [])


def keep(_state: State) -> None:
    """Write nothing."""


def draw(state: State, username: str, password: str = PASSWORD) -> Browserless:
    reach = Browserless()
    deeds.draw(reach, state, keep, username=username, password=password, now=AT)
    return reach


def name_of(world: World) -> str:
    user = world.officer.user
    assert user is not None
    return user.username


def test_the_command_draws_four_good_tokens_and_leaves_no_session(
    world: World, state: State
) -> None:
    reach = draw(state, name_of(world))
    for slot in state.slots["2026-11"]:
        blind.verify(slot.token, slot.signature, public())
    assert reach.paths == [
        "GET /corner/notice.json",
        "GET /account/sign-in/",
        "POST /account/sign-in/",
        "POST /corner/tokens/",
        "POST /account/sign-out/",
    ]
    issue = TokenIssue.objects.get()
    assert (issue.account, issue.epoch) == (world.officer.user, "2026-11")


def test_an_account_draws_once_by_whatever_way(world: World, state: State) -> None:
    draw(state, name_of(world))
    again = State(MEMBERS, CORNER, state.entries, [])
    with pytest.raises(Refused, match="a browser of this account"):
        draw(again, name_of(world))


def test_a_wrong_password_draws_nothing(world: World, state: State) -> None:
    with pytest.raises(Refused, match="the password is wrong"):
        draw(state, name_of(world), "wrong")
    assert not TokenIssue.objects.exists()
