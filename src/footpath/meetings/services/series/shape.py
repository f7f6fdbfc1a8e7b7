"""What a series says of itself: its rule, its times, and what it gives its meetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.core.errors import InvalidValue
from footpath.meetings.models import Meeting, Series
from footpath.meetings.rules import recurrence

Span = tuple[datetime, datetime]


def span_of(day: date, begins: time, minutes: int) -> Span:
    """Return beginning and end of a meeting by the clock on the wall, in UTC.

    It begins at the same time of day in summer and winter, and lasts as long as it lasts.
    """
    starts_at = timezone.make_aware(datetime.combine(day, begins)).astimezone(UTC)
    return starts_at, starts_at + timedelta(minutes=minutes)


def understood(rrule: str, *, first_day: date) -> recurrence.Rule:
    """Return the rule of a series; InvalidValue when it is not understood or has no day."""
    try:
        rule = recurrence.parse(rrule)
    except recurrence.NotUnderstood as wrong:
        raise InvalidValue(
            _(
                "“%(part)s” is not understood. A rule says FREQ, INTERVAL, BYDAY, BYMONTHDAY, "
                "BYSETPOS, BYMONTH, COUNT or UNTIL."
            )
            % {"part": wrong.part},
            field="rrule",
        ) from wrong
    if not first_day.year < 2400 or not recurrence.next_days(rule, first_day=first_day, number=1):
        raise InvalidValue(_("No day fits this rule."), field="rrule")
    return rule


@dataclass(frozen=True)
class Shape:
    """What a series gave its meetings, to see which of them somebody has touched since."""

    begins: time
    minutes: int
    title: str
    where: str
    agenda: str
    hall: int | None

    @classmethod
    def of(cls, series: Series) -> Shape:
        """Return what a series gives its meetings as it stands now."""
        return cls(
            series.begins,
            series.minutes,
            series.title,
            series.where,
            series.agenda,
            series.hall_id,
        )

    def fits(self, meeting: Meeting) -> bool:
        """Return whether the meeting still stands when and where the series put it."""
        if meeting.occurrence_on is None:
            return False
        span = span_of(meeting.occurrence_on, self.begins, self.minutes)
        return (
            (meeting.starts_at, meeting.ends_at) == span
            and meeting.where == self.where
            and meeting.hall_id in {self.hall, None}
        )


def check(first_day: date, last_day: date | None, minutes: int) -> None:
    """Raise InvalidValue unless the days are in order and a meeting lasts 5 minutes to a day."""
    if last_day is not None and last_day < first_day:
        raise InvalidValue(_("The series ends before it begins."), field="last_day")
    if not 5 <= minutes <= 24 * 60:
        raise InvalidValue(_("A meeting lasts from 5 minutes to a day."), field="minutes")


def snapshot_of(series: Series) -> dict[str, object]:
    """Return what the trail keeps of a series."""
    return {
        "kind": series.kind_id,
        "title": series.title,
        "area": series.area_id,
        "organization": series.organization_id,
        "rrule": series.rrule,
        "first_day": series.first_day.isoformat(),
        "last_day": series.last_day.isoformat() if series.last_day else None,
        "begins": series.begins.isoformat(),
        "minutes": series.minutes,
        "hall": series.hall_id,
        "where": series.where,
    }
