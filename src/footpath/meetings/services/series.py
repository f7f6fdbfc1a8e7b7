"""Series of meetings: make, change and end them; their meetings stand 13 months ahead. S2.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, sql, tree
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import notices, rules, selectors
from footpath.meetings.models import Duty, Hall, HallClosure, Meeting, MeetingKind, Series
from footpath.meetings.rules import recurrence
from footpath.meetings.services.drawing import draw_many, draw_new
from footpath.meetings.services.expecting import settle_elsewhere
from footpath.meetings.services.values import line

MONTHS_AHEAD = 13
AT_ONCE = 1000
"""How many series are made in one transaction."""

NEAR = timedelta(days=31)
"""Of a change to a series people are told for the meetings that are near."""

Span = tuple[datetime, datetime]


def ahead(today: date) -> date:
    """Return the day until which meetings are made: 13 months from now."""
    months = today.month - 1 + MONTHS_AHEAD
    year, month = today.year + months // 12, months % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(today.day, last))


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


@transaction.atomic
def create_series(  # noqa: PLR0913 - everything that is known of a series
    *,
    kind: MeetingKind,
    area: Area,
    rrule: str,
    first_day: date,
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
    client_key: UUID | None = None,
) -> Series:
    """Begin a series of meetings of a place and make its meetings for the next 13 months.

    The same ``client_key`` gives the first series back. No day and no hall is refused: a meeting
    on a day that a rule forbids is made and shows that it needs another day, one whose hall is
    taken is made without a hall, and who is expected elsewhere is not expected here. Raises
    InvalidValue for a rule that is not understood.
    """
    require(by, "meetings.convene", area)
    rule = understood(rrule, first_day=first_day)
    _check(first_day, last_day, minutes)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    if client_key is not None:
        sent = Series.objects.filter(client_key=client_key).first()
        if sent is not None and sent.convened_by_id != by.pk:
            raise InvalidValue(
                _("This key was already used for another record."), field="client_key"
            )
        if sent is not None:
            return sent
    series = Series.objects.create(
        kind=kind,
        title=line(title, field="title"),
        area=area,
        path=area.path,
        organization=organization,
        rrule=str(rule),
        first_day=first_day,
        last_day=last_day,
        begins=begins,
        minutes=minutes,
        hall=hall,
        where=line(where, field="where"),
        agenda=agenda.strip(),
        convened_by=by,
        created_at=at,
        client_key=client_key,
    )
    audit.record("series.created", by=by, subject=series, at=at, after=_snapshot(series))
    make_meetings([series], until=ahead(clock.day_of(at)), at=at, by=by)
    series.refresh_from_db()
    return series


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
        row.pk: _days(row, after=max(row.made_until or yesterday, yesterday), until=until)
        for row in rows
    }
    first = min((days[0] for days in wanted.values() if days), default=None)
    if first is not None:
        there = Meeting.objects.filter(series__in=list(wanted), occurrence_on__gte=first)
        known = set(there.values_list("series_id", "occurrence_on"))
        wanted = {
            pk: [day for day in days if (pk, day) not in known] for pk, days in wanted.items()
        }
    made = _insert(rows, wanted, at=at)
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


def _days(series: Series, *, after: date, until: date) -> list[date]:
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


def _insert(rows: Sequence[Series], wanted: dict[int, list[date]], *, at: datetime) -> int:
    """Write meetings on the wanted days of each series, with their duty lists."""
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


# --- changing and ending --------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """What became of the coming meetings of a series: how many moved, went, came and stayed."""

    moved: int
    removed: int
    made: int
    kept: int


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

    A meeting that was moved by hand, is held or cancelled, or has minutes or leave, stays as it
    is. The others go to the new day of the same month (of the same week in a weekly series); those
    without a new day are removed, and missing ones are made. Raises InvalidValue for a rule that
    is not understood, StaleState when the series has ended.
    """
    require(by, "meetings.convene", series)
    from_day = max(from_day, clock.day_of(at))
    rule = understood(rrule, first_day=from_day)
    series = _locked(series)
    before = _snapshot(series)
    old = _Shape.of(series)
    if str(rule) != series.rrule:
        series.rrule, series.first_day = str(rule), from_day
    _check(series.first_day, last_day, minutes)
    series.begins, series.minutes, series.last_day = begins, minutes, last_day
    series.title, series.where = line(title, field="title"), line(where, field="where")
    series.agenda, series.organization, series.hall = agenda.strip(), organization, hall
    until = ahead(clock.day_of(at))
    series.made_until = until
    series.save()
    coming = list(
        Meeting.objects.filter(series=series, occurrence_on__gte=from_day)
        .select_related("kind", "area")
        .order_by("occurrence_on")
    )
    untouched = _untouched(coming, old)
    stay = [row for row in coming if row.pk not in untouched]
    days = _days(series, after=from_day - timedelta(days=1), until=until)
    pairs, spare, missing = _paired(
        [row for row in coming if row.pk in untouched], stay, days, _period_of(rule)
    )
    removed = _remove(spare)
    moved = _follow(series, old, pairs, at=at)
    made = _insert([series], {series.pk: missing}, at=at)
    settle_elsewhere(removed)
    audit.record(
        "series.changed",
        by=by,
        subject=series,
        at=at,
        before=before,
        after=_snapshot(series)
        | {
            "from": from_day.isoformat(),
            "moved": [row.pk for row in moved],
            "removed": [row.pk for row in spare],
            "made": [day.isoformat() for day in missing],
        },
    )
    for row in moved:
        if row.starts_at < at + NEAR:
            notices.tell(_people_of(row), "meeting.moved", row, at=at)
    return Changed(len(moved), len(spare), made, len(stay))


@transaction.atomic
def end_series(*, series: Series, last_day: date, reason: str, by: Person, at: datetime) -> int:
    """End a series after a day; its later meetings are cancelled with the reason. Returns how many.

    Meetings that were moved by hand, have minutes or leave, stay. People are told of those near.
    """
    require(by, "meetings.convene", series)
    reason = line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why the series ends."), field="reason")
    last_day = max(last_day, clock.day_of(at) - timedelta(days=1))
    series = _locked(series)
    before = _snapshot(series)
    coming = list(
        Meeting.objects.filter(series=series, occurrence_on__gt=last_day)
        .select_related("kind", "area")
        .order_by("occurrence_on")
    )
    untouched = _untouched(coming, _Shape.of(series))
    gone = [row for row in coming if row.pk in untouched and row.starts_at >= at]
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
        after=_snapshot(series) | {"reason": reason, "cancelled": keys},
    )
    for row in gone:
        if row.starts_at < at + NEAR:
            row.sequence, row.changed_at = row.sequence + 1, at
            notices.tell(
                _people_of(row), "meeting.cancelled", row, at=at, values={"reason": reason}
            )
    return len(gone)


@dataclass(frozen=True)
class _Shape:
    """What a series gave its meetings, to see which of them somebody has touched since."""

    begins: time
    minutes: int
    title: str
    where: str
    agenda: str
    hall: int | None
    organization: int | None

    @classmethod
    def of(cls, series: Series) -> _Shape:
        return cls(
            series.begins,
            series.minutes,
            series.title,
            series.where,
            series.agenda,
            series.hall_id,
            series.organization_id,
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


def _untouched(coming: Sequence[Meeting], old: _Shape) -> set[int]:
    """Return the keys of the planned meetings that nobody moved and nothing hangs on."""
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
        if row.state == rules.State.PLANNED and row.pk not in worked_on and old.fits(row)
    }


Period = Callable[[date], tuple[int, ...]]


def _period_of(rule: recurrence.Rule) -> Period:
    """Return in which span of time a meeting goes from its old day to its new one."""
    if rule.freq == "WEEKLY":
        return lambda day: day.isocalendar()[:2]
    if rule.freq == "DAILY":
        return lambda day: (day.toordinal(),)
    return lambda day: (day.year, day.month)


def _paired(
    free: Sequence[Meeting], stay: Sequence[Meeting], days: Sequence[date], period: Period
) -> tuple[list[tuple[Meeting, date]], list[Meeting], list[date]]:
    """Return each meeting with its new day, the meetings without one, and the days without one."""
    left = list(days)
    for row in stay:  # a meeting that stays is that of its period
        own = [
            day for day in left if row.occurrence_on and period(day) == period(row.occurrence_on)
        ]
        if own:
            left.remove(row.occurrence_on if row.occurrence_on in own else own[0])
    pairs, rest = [], []
    for row in free:
        if row.occurrence_on in left:
            left.remove(row.occurrence_on)
            pairs.append((row, row.occurrence_on))
        else:
            rest.append(row)
    spare = []
    for row in rest:
        own = [
            day for day in left if row.occurrence_on and period(day) == period(row.occurrence_on)
        ]
        if own:
            left.remove(own[0])
            pairs.append((row, own[0]))
        else:
            spare.append(row)
    return pairs, spare, left


def _same(period: Period, meeting: Meeting, days: Sequence[date]) -> list[date]:
    """Return the days in the same month, week or day as the meeting's."""
    own = meeting.occurrence_on
    return [day for day in days if own is not None and period(day) == period(own)]


def _remove(spare: Sequence[Meeting]) -> set[int]:
    """Delete meetings on which nothing hangs; return who may be expected somewhere else now."""
    keys = [row.pk for row in spare]
    freed = set(Duty.objects.filter(elsewhere__in=keys).values_list("person_id", flat=True))
    # Their duties that wait for these meetings see anew where their people are.
    waiting = list(Duty.objects.filter(elsewhere__in=keys).values_list("pk", flat=True))
    Meeting.objects.filter(pk__in=keys).delete()
    if waiting:
        _reopen(waiting)
    return freed


def _reopen(duties: Sequence[int]) -> None:
    """Let duties whose other meeting is gone wait for themselves until they are settled."""
    for pk, meeting in Duty.objects.filter(pk__in=duties).values_list("pk", "meeting_id"):
        Duty.objects.filter(pk=pk, elsewhere=None).update(elsewhere=meeting)


_FOLLOWS = (
    "occurrence_on",
    "starts_at",
    "ends_at",
    "hall",
    "where",
    "title",
    "agenda",
    "organization",
    "sequence",
    "changed_at",
)


def _follow(
    series: Series, old: _Shape, pairs: Sequence[tuple[Meeting, date]], *, at: datetime
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
    Meeting.objects.bulk_update(changed, _FOLLOWS, batch_size=100)
    freed = set(Duty.objects.filter(elsewhere__in=moved).values_list("person_id", flat=True))
    draw_many(moved, anew=True)
    settle_elsewhere(freed)
    return changed


def _shown(row: Meeting) -> tuple[object, ...]:
    return tuple(
        getattr(row, name)
        for name in (
            "occurrence_on",
            "starts_at",
            "ends_at",
            "hall_id",
            "where",
            "title",
            "agenda",
            "organization_id",
        )
    )


def _people_of(meeting: Meeting) -> list[Person]:
    keys = selectors.expected_in([meeting.pk])[meeting.pk]
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))


def _locked(series: Series) -> Series:
    locked = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    if locked.ended_at is not None:
        raise StaleState(_("This series has ended."))
    return locked


def _check(first_day: date, last_day: date | None, minutes: int) -> None:
    if last_day is not None and last_day < first_day:
        raise InvalidValue(_("The series ends before it begins."), field="last_day")
    if not 5 <= minutes <= 24 * 60:
        raise InvalidValue(_("A meeting lasts from 5 minutes to a day."), field="minutes")


def _snapshot(series: Series) -> dict[str, object]:
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
