"""People who are told, and a worker's step by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from footpath.accounts.models import User
from footpath.notifications.models import Channel, Notice
from footpath.notifications.services import deliver_due, notify, plan_due
from tests.world import user

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=ZONE)
"""Noon of a Tuesday in Bến Tre."""

_numbers = count(1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of March 2026 in Bến Tre."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


class Told:
    """A user with one channel, and what happens to them."""

    def __init__(self, *, kind: str = "email", address: str = "", **values: Any) -> None:
        self.user: User = user(f"told{next(_numbers)}")
        User.objects.filter(pk=self.user.pk).update(**values)
        self.user.refresh_from_db()
        self.channel = Channel.objects.create(
            user=self.user,
            kind=kind,
            address=address or f"{self.user.username}@example.org",
            created_at=NOON - timedelta(days=30),
        )

    def hears(self, kind: str = "test.calm", when: datetime = NOON, **values: Any) -> Notice:
        """Tell the user something; returns the notice."""
        key = f"k{next(_numbers)}"
        values = {"what": "The gate leaks"} | values
        notify([self.user], kind, key=key, at=when, values=values, url="/cases/", subject="x:1")
        return Notice.objects.get(user=self.user, key=key)


def step(now: datetime, worker: str = "one") -> int:
    """Plan and send what is due at a moment, as a worker does."""
    plan_due(at=now)
    return deliver_due(worker=worker, now=lambda: now.astimezone(UTC))
