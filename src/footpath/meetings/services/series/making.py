"""Making the meetings of series: they stand 13 months ahead. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from footpath.accounts import audit
from footpath.core import clock, sql, tree
from footpath.meetings.models import Meeting, Series
from footpath.meetings.rules import recurrence
from footpath.meetings.services.drawing import draw_new
from footpath.meetings.services.series.rooms import Rooms
from footpath.meetings.services.series.shape import span_of

MONTHS_AHEAD = 13
AT_ONCE = 1000
"""How many series are made in one transaction."""


def ahead(today: date) -> date:
    """Return the day until which meetings are made: 13 months from now."""
    months = today.month - 1 + MONTHS_AHEAD
    year, month = today.year + months // 12, months % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(today.day, last))


def make_all(at: datetime) -> int:
    """Make the meetings of all series 13 months ahead; the timetable calls this every night."""
    rows = Series.objects.filter(ended_at=None).order_by("pk")
    return make_meetings(rows, until=ahead(clock.day_of(at)), at=at, by=audit.System())


def make_meetings(series: Iterable[Series], *, until: date, at: datetime, by: audit.Actor) -> int:
    """Make the meetings of series from today until a day that are not there yet; return how many.

    Once for each day that a rule gives, however often this is called. The number of queries does
    not grow with the meetings, only with every 1000 series. One line in the trail of each series.
    """
    open_still = Q(last_day=None) | Q(made_until=None) | Q(made_until__lt=F("last_day"))
    keys = [row.pk for row in series]
    made = 0
    for start in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            rows = list(
                Series.objects.select_for_update(no_key=True, of=("self",))
                .select_related("kind", "area")
                .filter(open_still, pk__in=keys[start : start + AT_ONCE], ended_at=None)
                .filter(Q(made_until=None) | Q(made_until__lt=until))
                .order_by("pk")
            )
            made += _make(rows, until=until, at=at, by=by)
    return made


def _make(rows: Sequence[Series], *, until: date, at: datetime, by: audit.Actor) -> int:
    if not rows:
        return 0
    yesterday = clock.day_of(at) - timedelta(days=1)
    wanted = {
        row.pk: days_of(row, after=max(row.made_until or yesterday, yesterday), until=until)
        for row in rows
    }
    first = min((days[0] for days in wanted.values() if days), default=None)
    if first is not None:
        there = Meeting.objects.filter(series__in=list(wanted), occurrence_on__gte=first)
        known = set(there.values_list("series_id", "occurrence_on"))
        wanted = {
            pk: [day for day in days if (pk, day) not in known] for pk, days in wanted.items()
        }
    made = insert(rows, wanted, at=at)
    Series.objects.filter(pk__in=list(wanted)).update(made_until=until)
    audit.record_many(
        "series.made",
        {
            audit.subject_key(row): {
                "meetings": len(wanted[row.pk]),
                "first": wanted[row.pk][0].isoformat(),
                "last": wanted[row.pk][-1].isoformat(),
            }
            for row in rows
            if wanted[row.pk]
        },
        by=by,
        at=at,
    )
    return made


def days_of(series: Series, *, after: date, until: date) -> list[date]:
    """Return the days that the rule of a series gives after a day, until another one included."""
    if series.last_day is not None:
        until = min(until, series.last_day)
    rule = recurrence.parse(series.rrule)
    return list(recurrence.days_of(rule, first_day=series.first_day, after=after, until=until))


_COLUMNS = (
    "series_id",
    "occurrence_on",
    "starts_at",
    "ends_at",
    "kind_id",
    "title",
    "area_id",
    "organization_id",
    "hall_id",
    "where",
    "agenda",
    "convened_by_id",
    *(f"a{level}" for level in range(tree.LEVELS)),
)


def insert(rows: Sequence[Series], wanted: dict[int, list[date]], *, at: datetime) -> int:
    """Write meetings on the wanted days of each series, with their duty lists; return how many."""
    spans = {
        row.pk: {day: span_of(day, row.begins, row.minutes) for day in wanted[row.pk]}
        for row in rows
    }
    moments = [moment for found in spans.values() for span in found.values() for moment in span]
    if not moments:
        return 0
    rooms = Rooms.of({row.hall_id for row in rows if row.hall_id}, min(moments), max(moments))

    def lines() -> Iterable[tuple[Any, ...]]:
        for row in rows:
            ancestors = tuple(tree.ancestor_values(row.path).values())
            for day, (starts_at, ends_at) in spans[row.pk].items():
                yield (
                    row.pk,
                    day,
                    starts_at,
                    ends_at,
                    row.kind_id,
                    row.title,
                    row.area_id,
                    row.organization_id,
                    rooms.take(row.hall_id, day, starts_at, ends_at),
                    row.where,
                    row.agenda,
                    row.convened_by_id,
                    *ancestors,
                )

    sql.insert_many(Meeting, _COLUMNS, lines(), same={"changed_at": at})
    by_pk = {row.pk: row for row in rows}
    first = min(day for days in wanted.values() for day in days)
    last = max(day for days in wanted.values() for day in days)
    fresh = Meeting.objects.filter(series__in=list(wanted), occurrence_on__range=(first, last))
    made = []
    for pk, series_pk, day in fresh.values_list("pk", "series_id", "occurrence_on"):
        span = spans[series_pk].get(day) if day is not None else None
        if day is not None and span is not None:
            series = by_pk[series_pk]
            made.append((pk, series.area_id, series.kind.counts_heads, *span, day))
    draw_new(made)
    return len(made)
