"""Meetings held against a day rule, counted and named. Source: S2.2."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area
from footpath.meetings import rules as room
from footpath.meetings.models import Meeting, MeetingQuerySet
from footpath.meetings.selectors.figures import span_of


def extraordinary_figures(path: str, month: Month | tuple[date, date]) -> Rate:
    """Return how many of the meetings of a subtree were held or planned against a day rule.

    Of those that are not cancelled, in a month or a span of days; one query. Source: S2.2.
    """
    found = _counted(path, month).aggregate(
        whole=Count("pk"), part=Count("pk", filter=~Q(extraordinary_reason=""))
    )
    return Rate(found["part"], found["whole"])


def extraordinary_by_child(area: Area, month: Month | tuple[date, date]) -> dict[int, Rate]:
    """Return the same for each place right below, by its key; one query.

    Places without meetings are missing; meetings of the place itself stand in none.
    """
    level = len(area.ancestor_ids)
    if level >= tree.LEVELS:
        return {}
    column = f"a{level}"
    rows = (
        _counted(area.path, month)
        .exclude(**{column: None})
        .values(column)
        .annotate(whole=Count("pk"), part=Count("pk", filter=~Q(extraordinary_reason="")))
        .order_by(column)
    )
    return {row[column]: Rate(row["part"], row["whole"]) for row in rows}


def extraordinary_meetings(path: str, month: Month | tuple[date, date]) -> list[Meeting]:
    """Return the extraordinary meetings of a subtree by their beginning, each with its reason."""
    rows = _counted(path, month).exclude(extraordinary_reason="")
    return list(rows.select_related("kind", "area", "extraordinary_by").order_by("starts_at", "pk"))


def _counted(path: str, month: Month | tuple[date, date]) -> MeetingQuerySet:
    start, end = span_of(month)
    return (
        Meeting.objects.in_subtree(path)
        .filter(starts_at__gte=start, starts_at__lt=end)
        .exclude(state=room.State.CANCELLED)
    )
