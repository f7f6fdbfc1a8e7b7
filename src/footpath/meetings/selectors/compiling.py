"""The minutes of a series over a period in one: what was said, promised, and what became of it.

Look back over many meetings at once. Source: S0.1, S0.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from footpath.accounts.permissions import may
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting, MinuteItem, Series
from footpath.meetings.selectors.figures import rates_by_meeting, span_of
from footpath.meetings.selectors.minutes import items_in_minutes


@dataclass(frozen=True)
class Sitting:
    """One meeting of a series: who came, what was said, and the cases that came of it."""

    meeting: Meeting
    attended: Rate
    items: list[MinuteItem]

    @property
    def kept(self) -> Rate:
        """Return how many of its promises were kept and verified by now."""
        cases = [item.case for item in self.items if item.case is not None]
        return Rate(sum(not case.is_open for case in cases), len(cases))


@dataclass(frozen=True)
class Compiled:
    """The meetings of a series in a period (both days included), in the order of time."""

    series: Series
    first: date
    last: date
    sittings: list[Sitting]

    @property
    def attended(self) -> Rate:
        """Return how many of all who were expected attended."""
        return _sum(row.attended for row in self.sittings)

    @property
    def kept(self) -> Rate:
        """Return how many of all promises were kept and verified by now."""
        return _sum(row.kept for row in self.sittings)

    @property
    def item_count(self) -> int:
        """Return how many items the minutes have in all."""
        return sum(len(row.items) for row in self.sittings)


def _sum(rates: Iterable[Rate]) -> Rate:
    found = list(rates)
    return Rate(sum(rate.part for rate in found), sum(rate.whole for rate in found))


def compile_series(person: Person, *, pk: int, first: date, last: date) -> Compiled:
    """Return the meetings of a series that were held in a period, with items and cases.

    Four queries, however many meetings. NotThere for a series of a place that the person may not
    read: whoever was invited to one meeting reads that one.
    """
    series = Series.objects.select_related("kind", "area").filter(pk=pk).first()
    if series is None or not may(person, "meetings.see", series):
        raise NotThere
    start, end = span_of((first, last))
    items = MinuteItem.objects.select_related(
        "case__owner", "area", "answered_by", "proposed_owner", "added_by"
    )
    rows = (
        Meeting.objects.filter(
            series=series, state=rules.State.HELD, starts_at__gte=start, starts_at__lt=end
        )
        .select_related("kind", "area", "organization", "hall", "convened_by", "extraordinary_by")
        .prefetch_related(Prefetch("items", items))
        .order_by("starts_at", "pk")
    )
    meetings = list(rows)
    rates = rates_by_meeting([meeting.pk for meeting in meetings])
    return Compiled(
        series,
        first,
        last,
        [
            Sitting(meeting, rates.get(meeting.pk, Rate(0, 0)), items_in_minutes(meeting))
            for meeting in meetings
        ],
    )
