"""Changing and ending a series: its coming meetings that nobody touched follow. Source: S2.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory.models import Organization, Person
from footpath.meetings import notices, rules, selectors
from footpath.meetings.models import Duty, Hall, Meeting, Series
from footpath.meetings.rules import recurrence
from footpath.meetings.services.drawing import draw_many
from footpath.meetings.services.expecting import settle_elsewhere
from footpath.meetings.services.series.making import ahead, days_of, insert
from footpath.meetings.services.series.pairing import paired, period_of
from footpath.meetings.services.series.rooms import Rooms
from footpath.meetings.services.series.shape import Shape, check, snapshot_of, span_of, understood
from footpath.meetings.services.values import line

NEAR = timedelta(days=31)
"""Of a change to a series people are told for the meetings that are near."""


@dataclass(frozen=True)
class Changed:
    """What became of the coming meetings of a series: how many moved, went, came and stayed."""

    moved: int
    removed: int
    made: int
    kept: int


@dataclass(frozen=True)
class _Sorted:
    """Coming meetings: which go to which day, which are to be removed, which stay; days to fill."""

    pairs: list[tuple[Meeting, date]]
    spare: list[Meeting]
    kept: int
    missing: list[date]


@transaction.atomic
def change_series(  # noqa: PLR0913 - everything that can change
    *,
    series: Series,
    from_day: date,
    rrule: str,
    begins: time,
    minutes: int,
    by: Person,
    at: datetime,
    last_day: date | None = None,
    title: str = "",
    organization: Organization | None = None,
    hall: Hall | None = None,
    where: str = "",
    agenda: str = "",
) -> Changed:
    """Change a series from a day on; its coming meetings that nobody touched follow.

    A meeting that was moved by hand, has begun, is held or cancelled, or has minutes or leave,
    stays as it is. The others go to the new day of the same month (of the same week in a weekly
    series); those without a new day are removed unless somebody has prepared them, and missing
    ones are made. Raises InvalidValue for a rule that is not understood, StaleState when the
    series has ended.
    """
    require(by, "meetings.convene", series)
    from_day = max(from_day, clock.day_of(at))
    rule = understood(rrule, first_day=from_day)
    series = _locked(series)
    before = snapshot_of(series)
    old = Shape.of(series)
    if str(rule) != series.rrule:
        series.rrule, series.first_day = str(rule), from_day
    check(series.first_day, last_day, minutes)
    series.begins, series.minutes, series.last_day = begins, minutes, last_day
    series.title, series.where = line(title, field="title"), line(where, field="where")
    series.agenda, series.organization, series.hall = agenda.strip(), organization, hall
    series.made_until = until = ahead(clock.day_of(at))
    series.save()
    found = _sort(series, old, rule, from_day=from_day, until=until, at=at)
    freed = _remove(found.spare)
    moved = _follow(series, old, found.pairs, at=at)
    made = insert([series], {series.pk: found.missing}, at=at)
    settle_elsewhere(freed)
    audit.record(
        "series.changed",
        by=by,
        subject=series,
        at=at,
        before=before,
        after=snapshot_of(series)
        | {
            "from": from_day.isoformat(),
            "moved": [row.pk for row in moved],
            "removed": [row.pk for row in found.spare],
            "made": [day.isoformat() for day in found.missing],
        },
    )
    _tell_of_near(moved, "meeting.moved", at=at)
    return Changed(moved=len(moved), removed=len(found.spare), made=made, kept=found.kept)


@transaction.atomic
def end_series(*, series: Series, last_day: date, reason: str, by: Person, at: datetime) -> int:
    """End a series after a day; its later meetings are cancelled with the reason. Returns how many.

    Meetings that were moved by hand, have begun, or have minutes or leave, stay. People are told
    of those that are near. Raises InvalidValue without a reason, StaleState when it has ended.
    """
    require(by, "meetings.convene", series)
    reason = line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why the series ends."), field="reason")
    last_day = max(last_day, clock.day_of(at) - timedelta(days=1))
    series = _locked(series)
    before = snapshot_of(series)
    coming = _coming(series, occurrence_on__gt=last_day)
    untouched = _untouched(coming, Shape.of(series), at)
    gone = [row for row in coming if row.pk in untouched]
    keys = [row.pk for row in gone]
    Meeting.objects.filter(pk__in=keys).update(
        state=rules.State.CANCELLED,
        cancel_reason=reason,
        sequence=F("sequence") + 1,
        changed_at=at,
    )
    series.last_day, series.ended_at = max(series.first_day, last_day), at
    series.save(update_fields=["last_day", "ended_at"])
    settle_elsewhere(Duty.objects.filter(elsewhere__in=keys).values_list("person_id", flat=True))
    audit.record(
        "series.ended",
        by=by,
        subject=series,
        at=at,
        before=before,
        after=snapshot_of(series) | {"reason": reason, "cancelled": keys},
    )
    for row in gone:
        row.sequence, row.changed_at = row.sequence + 1, at
    _tell_of_near(gone, "meeting.cancelled", at=at, values={"reason": reason})
    return len(gone)


def _coming(series: Series, **since: date) -> list[Meeting]:
    """Return the meetings of a series since a day, by their days."""
    rows = Meeting.objects.filter(series=series, **since)
    return list(rows.select_related("kind", "area").order_by("occurrence_on"))


def _sort(
    series: Series, old: Shape, rule: recurrence.Rule, *, from_day: date, until: date, at: datetime
) -> _Sorted:
    """Find for the coming meetings of a series the days of its new rule."""
    coming = _coming(series, occurrence_on__gte=from_day)
    untouched = _untouched(coming, old, at)
    free = [row for row in coming if row.pk in untouched]
    stay = [row for row in coming if row.pk not in untouched]
    days = days_of(series, after=from_day - timedelta(days=1), until=until)
    pairs, spare, missing = paired(free, stay, days, period_of(rule))
    prepared = _prepared(spare)
    return _Sorted(
        pairs=pairs,
        spare=[row for row in spare if row.pk not in prepared],
        kept=len(stay) + len(prepared),
        missing=missing,
    )


def _untouched(coming: Sequence[Meeting], old: Shape, at: datetime) -> set[int]:
    """Return the keys of the meetings still to begin that nobody moved and nothing hangs on."""
    keys = [row.pk for row in coming]
    worked_on = set(
        Meeting.objects.filter(pk__in=keys)
        .filter(
            Q(items__isnull=False)
            | Q(month_lines__isnull=False)
            | Q(approved_minutes__isnull=False)
            | Q(duties__leaves__isnull=False)
            | ~Q(minutes="")
            | Q(duties__in=Duty.objects.exclude(attendance=rules.Attendance.UNKNOWN))
        )
        .values_list("pk", flat=True)
    )
    return {
        row.pk
        for row in coming
        if row.state == rules.State.PLANNED
        and row.starts_at >= at
        and row.opened_at is None
        and row.pk not in worked_on
        and old.fits(row)
    }


def _prepared(meetings: Sequence[Meeting]) -> set[int]:
    """Return the keys of meetings with a topic, with material, or with somebody invited."""
    rows = Meeting.objects.filter(pk__in=[row.pk for row in meetings]).filter(
        ~Q(topic="")
        | ~Q(material="")
        | ~Q(material_file="")
        | Q(duties__in=Duty.objects.filter(assignment=None))
    )
    return set(rows.values_list("pk", flat=True))


def _remove(spare: Sequence[Meeting]) -> set[int]:
    """Delete meetings on which nothing hangs; return who may be expected somewhere else now."""
    keys = [row.pk for row in spare]
    freed = set(Duty.objects.filter(elsewhere__in=keys).values_list("person_id", flat=True))
    waiting = list(Duty.objects.filter(elsewhere__in=keys).values_list("pk", flat=True))
    Meeting.objects.filter(pk__in=keys).delete()
    if waiting:
        # They wait for their own meeting until they are settled.
        Duty.objects.filter(pk__in=waiting, elsewhere=None).update(elsewhere=F("meeting_id"))
    return freed


_FOLLOWS = (
    "occurrence_on",
    "starts_at",
    "ends_at",
    "hall_id",
    "where",
    "title",
    "agenda",
    "organization_id",
)


def _follow(
    series: Series, old: Shape, pairs: Sequence[tuple[Meeting, date]], *, at: datetime
) -> list[Meeting]:
    """Bring meetings to their new days and words; return those that changed."""
    if not pairs:
        return []
    keys = [row.pk for row, _day in pairs]
    spans = {row.pk: span_of(day, series.begins, series.minutes) for row, day in pairs}
    halls = {series.hall_id} if series.hall_id is not None else set()
    rooms = Rooms.of(
        halls,
        min(span[0] for span in spans.values()),
        max(span[1] for span in spans.values()),
        besides=keys,
    )
    changed, moved = [], []
    for row, day in pairs:
        before = _shown(row)
        starts_at, ends_at = spans[row.pk]
        in_time = (row.starts_at, row.ends_at) == (starts_at, ends_at)
        row.occurrence_on, row.starts_at, row.ends_at = day, starts_at, ends_at
        row.hall_id = rooms.take(series.hall_id, day, starts_at, ends_at)
        row.where, row.organization_id = series.where, series.organization_id
        row.title = series.title if row.title == old.title else row.title
        row.agenda = series.agenda if row.agenda == old.agenda else row.agenda
        if _shown(row) != before:
            row.sequence, row.changed_at = row.sequence + 1, at
            changed.append(row)
            if not in_time:
                moved.append(row)
    # Two meetings may change places: for a moment none of them has a day.
    Meeting.objects.filter(pk__in=[row.pk for row in changed]).update(occurrence_on=None)
    Meeting.objects.bulk_update(changed, (*_FOLLOWS, "sequence", "changed_at"), batch_size=100)
    freed = set(Duty.objects.filter(elsewhere__in=moved).values_list("person_id", flat=True))
    draw_many(moved, anew=True)
    settle_elsewhere(freed)
    return changed


def _shown(row: Meeting) -> tuple[object, ...]:
    """Return what a meeting takes from its series."""
    return tuple(getattr(row, name) for name in _FOLLOWS)


def _tell_of_near(
    changed: Sequence[Meeting], kind: str, *, at: datetime, values: Mapping[str, str] | None = None
) -> None:
    """Tell people something about those of the meetings that are near."""
    for row in changed:
        if row.starts_at < at + NEAR:
            notices.tell(_people_of(row), kind, row, at=at, values=values)


def _people_of(meeting: Meeting) -> list[Person]:
    keys = selectors.expected_in([meeting.pk])[meeting.pk]
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))


def _locked(series: Series) -> Series:
    locked = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    if locked.ended_at is not None:
        raise StaleState(_("This series has ended."))
    return locked
