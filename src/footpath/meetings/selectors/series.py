"""Looking up series of meetings: what is theirs, and which of their meetings need another day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.core import clock, tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting, Series
from footpath.meetings.rules.days import Refusal
from footpath.meetings.selectors.days import Breach, day_book

BY_PATH = Order("path")
MOST_EXPLAINED = 12
"""For so many meetings that need another day the page says why and offers free days."""

LOOK_FURTHER = timedelta(days=62)
"""So far behind the last meeting free days are looked for."""


def series_for(
    person: Person,
    area: Area | None,
    *,
    now: datetime,
    ended: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Page[Series]:
    """Return the series of a place and below that a person may read, in the order of the tree.

    Each has ``coming``, the number of its planned meetings, and ``next_at``, when the next begins.
    """
    coming = Q(meetings__state=rules.State.PLANNED, meetings__ends_at__gte=now)
    rows = Series.objects.select_related("kind", "area", "hall").filter(ended_at__isnull=not ended)
    if area is not None:
        rows = rows.filter(tree.within(area.path))
    mine = Q(convened_by=person)
    for path in person.scope.paths(READERS):
        mine |= tree.within(path)
        if path == "":
            mine = Q()
            break
    rows = rows.filter(mine).annotate(
        coming=Count("meetings", filter=coming), next_at=Min("meetings__starts_at", filter=coming)
    )
    return page_of(rows, order=BY_PATH, after=after, size=size)


def get_series_for(person: Person, *, pk: int) -> Series:
    """Return a series that a person may read; NotThere otherwise."""
    found = (
        Series.objects.select_related("kind", "area__tier", "organization", "hall", "convened_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotThere
    if found.convened_by_id != person.pk and not may(person, "meetings.see", found):
        raise NotThere
    return found


@dataclass(frozen=True)
class Occurrence:
    """A coming meeting of a series, and what is not right about it yet."""

    meeting: Meeting
    provisional: bool = False
    breaches: Sequence[Breach] = ()
    free_days: list[date] = field(default_factory=list)
    without_hall: bool = False
    not_expected: int = 0

    @property
    def begins(self) -> str:
        """Return the time of day at which it begins, as a form takes it."""
        return f"{timezone.localtime(self.meeting.starts_at):%H:%M}"

    @property
    def ends(self) -> str:
        """Return the time of day at which it ends, as a form takes it."""
        return f"{timezone.localtime(self.meeting.ends_at):%H:%M}"

    @property
    def needs_another_day(self) -> bool:
        """Return whether a rule or a day off stands against it."""
        return bool(self.breaches)


def occurrences(series: Series, *, now: datetime) -> list[Occurrence]:
    """Return the coming meetings of a series, cancelled ones among them, the soonest first.

    With what stands against each day, in words for the first dozen; the number of queries does not
    grow with the meetings.
    """
    rows = list(
        Meeting.objects.filter(series=series, ends_at__gte=now)
        .select_related("kind", "area", "hall")
        .annotate(not_expected=Count("duties", filter=Q(duties__elsewhere__isnull=False)))
        .order_by("starts_at", "pk")
    )
    if not rows:
        return []
    days = {row.pk: clock.day_of(row.starts_at) for row in rows}
    last = max(days.values()) + LOOK_FURTHER
    book = day_book(series.area.path, min(days.values()), last)
    broken = {}
    for row in rows:
        if row.state == rules.State.PLANNED and not row.extraordinary_reason:
            broken[row.pk] = book.broken(
                series.kind, series.area.path, days[row.pk], besides=(row.pk,)
            )
    barred = [pk for pk, found in broken.items() if found and not _is_year(found)]
    told = barred[:MOST_EXPLAINED]
    flat = [one for pk in barred for one in broken[pk]]
    words = iter(book.explain(flat))
    explained = {pk: [next(words) for _one in broken[pk]] for pk in barred}
    return [
        Occurrence(
            row,
            provisional=_is_year(broken.get(row.pk, ())),
            breaches=explained.get(row.pk, ()),
            free_days=book.next_free(
                series.kind, series.area, after=days[row.pk], besides=(row.pk,)
            )
            if row.pk in told
            else [],
            without_hall=series.hall_id is not None
            and row.hall_id is None
            and row.state == rules.State.PLANNED,
            not_expected=row.not_expected,
        )
        for row in rows
    ]


def _is_year(found: Sequence[object]) -> bool:
    return any(getattr(one, "why", None) is Refusal.YEAR for one in found)
