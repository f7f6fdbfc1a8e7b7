"""Which halls are free when, asked about many meetings at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from footpath.core import clock
from footpath.meetings import rules
from footpath.meetings.models import Hall, HallClosure, Meeting
from footpath.meetings.services.series.shape import Span


class Rooms:
    """Which halls are free when, to be asked about many meetings."""

    def __init__(self, halls: dict[int, Hall]) -> None:
        self._halls = halls
        self._taken: dict[int, list[Span]] = {}
        self._closed: dict[int, list[tuple[date, date]]] = {}

    @classmethod
    def of(
        cls, halls: set[int], first: datetime, last: datetime, *, besides: Iterable[int] = ()
    ) -> Rooms:
        """Return the halls in a span of time, locked; three queries, none without halls."""
        if not halls:
            return cls({})
        locked = Hall.objects.select_for_update(no_key=True).filter(pk__in=halls).order_by("pk")
        rooms = cls({hall.pk: hall for hall in locked})
        taken = Meeting.objects.filter(
            hall__in=halls, state=rules.State.PLANNED, starts_at__lt=last, ends_at__gt=first
        ).exclude(pk__in=list(besides))
        for hall, starts_at, ends_at in taken.values_list("hall_id", "starts_at", "ends_at"):
            rooms._taken.setdefault(hall, []).append((starts_at, ends_at))
        closed = HallClosure.objects.filter(
            hall__in=halls, first__lte=clock.day_of(last), last__gte=clock.day_of(first)
        )
        for hall, from_day, until in closed.values_list("hall_id", "first", "last"):
            rooms._closed.setdefault(hall, []).append((from_day, until))
        return rooms

    def take(
        self, hall_id: int | None, day: date, starts_at: datetime, ends_at: datetime
    ) -> int | None:
        """Return the hall if it is open and free then, and note the meeting in it; else None."""
        hall = self._halls.get(hall_id) if hall_id is not None else None
        if hall is None or not hall.is_active:
            return None
        if any(first <= day <= last for first, last in self._closed.get(hall.pk, ())):
            return None
        taken = self._taken.setdefault(hall.pk, [])
        others = [span for span in taken if span[0] < ends_at and starts_at < span[1]]
        if rules.most_at_once(others) >= hall.at_once:
            return None
        taken.append((starts_at, ends_at))
        return hall.pk
