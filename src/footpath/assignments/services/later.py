"""What is left for a later day: done by the worker on it, or by whoever runs after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import timezone

_wakers: list[Callable[[datetime], None]] = []


def register_waker(wake: Callable[[datetime], None]) -> None:
    """Set what asks for the handovers to be carried out at a moment: the deferred task."""
    _wakers[:] = [wake]


def wake_on(day: date) -> None:
    """Ask for the handovers of a day at its first minute."""
    for wake in _wakers:
        wake(timezone.make_aware(datetime.combine(day, time(0, 1))))
