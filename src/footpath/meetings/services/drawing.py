"""Draw up who has to attend, for one meeting or thousands. It never refuses. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from footpath.core import clock, sql
from footpath.directory.models import Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.services.expecting import settle_elsewhere
from footpath.meetings.services.values import lock_people

Lists = dict[int, list[int]]
"""Who is on the duty list of each meeting, by the keys of both."""


class Busy:
    """Who is expected where, to be asked about many spans of time."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, date], list[tuple[datetime, datetime, int]]] = {}

    @classmethod
    def of(
        cls,
        people: Iterable[int],
        first: datetime,
        last: datetime,
        *,
        besides: Iterable[int] = (),
    ) -> Busy:
        """Return where the people are expected in a span of time, some meetings left out."""
        busy = cls()
        rows = (
            selectors.expected(people)
            .filter(
                meeting__state=rules.State.PLANNED,
                meeting__starts_at__lt=last,
                meeting__ends_at__gt=first,
            )
            .exclude(meeting__in=list(besides))
            .order_by("meeting__starts_at", "meeting_id")
            .values_list("who", "meeting__starts_at", "meeting__ends_at", "meeting_id")
        )
        for who, starts_at, ends_at, meeting in rows:
            busy.add(who, starts_at, ends_at, meeting)
        return busy

    def add(self, who: int, starts_at: datetime, ends_at: datetime, meeting: int) -> None:
        """Note that somebody is expected in a meeting."""
        for day in _days(starts_at, ends_at):
            self._found.setdefault((who, day), []).append((starts_at, ends_at, meeting))

    def elsewhere(
        self, who: int, starts_at: datetime, ends_at: datetime, *, besides: int
    ) -> int | None:
        """Return the first other meeting that expects somebody in a span of time, or None."""
        for day in _days(starts_at, ends_at):
            for begins, ends, meeting in self._found.get((who, day), ()):
                if begins < ends_at and starts_at < ends and meeting != besides:
                    return meeting
        return None


def _days(starts_at: datetime, ends_at: datetime) -> list[date]:
    first, last = starts_at.astimezone(UTC).date(), ends_at.astimezone(UTC).date()
    if first == last:
        return [first]
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def draw_duties(meeting: Meeting, *, by: Person) -> None:
    """Bring the duty list in line with who is in charge on the day; invitations stay.

    Never refuses: whoever is expected elsewhere then is on the list, but not expected here.
    """
    draw_many([meeting])


@transaction.atomic
def draw_many(meetings: Sequence[Meeting], *, anew: bool = False) -> tuple[Lists, Lists]:
    """Draw the duty lists of planned meetings; return the lists before and after.

    The meetings need their ``kind``. Of those drawn at once the earlier meeting has its people.
    ``anew`` looks again where everybody on the lists is expected: the meetings have moved without
    asking. The number of queries does not grow with the meetings, but with the duties that change.
    """
    if not meetings:
        return {}, {}
    meetings = sorted(meetings, key=lambda row: (row.starts_at, row.pk))
    wanted = _wanted(meetings)
    duties = Duty.objects.filter(meeting__in=[row.pk for row in meetings])
    people = {pk for found in wanted.values() for pk in found}
    people.update(duties.values_list("person_id", flat=True))
    lock_people(people)
    if _has_moved(meetings):  # while this deed waited for the people
        return draw_many([row for row in meetings if row.state == rules.State.PLANNED], anew=anew)
    there: dict[int, list[Duty]] = {}
    for duty in duties.order_by("person_id"):
        there.setdefault(duty.meeting_id, []).append(duty)
    before = {row.pk: [duty.person_id for duty in there.get(row.pk, ())] for row in meetings}
    gone = [
        duty
        for row in meetings
        for duty in there.get(row.pk, ())
        if duty.assignment_id is not None
        and duty.attendance == rules.Attendance.UNKNOWN
        and duty.person_id not in wanted[row.pk]
    ]
    Duty.objects.filter(pk__in=[duty.pk for duty in gone]).delete()
    left = {duty.pk for duty in gone}
    busy = Busy.of(
        people,
        meetings[0].starts_at,
        max(row.ends_at for row in meetings),
        besides=wanted if anew else (),
    )
    made: list[Duty] = []
    after: Lists = {}
    for row in meetings:
        rest = {duty.person_id: duty for duty in there.get(row.pk, ()) if duty.pk not in left}
        if anew:
            for duty in rest.values():
                _look_again(row, duty, busy)
        for person, assignment in wanted[row.pk].items():
            duty_there = rest.get(person)
            if duty_there is None:
                made.append(_new(row, person, assignment, busy))
            elif duty_there.assignment_id != assignment:
                Duty.objects.filter(pk=duty_there.pk).update(assignment=assignment)
        after[row.pk] = sorted({*rest, *wanted[row.pk]})
    Duty.objects.bulk_create(made)
    waiting = {duty.person_id for found in there.values() for duty in found if duty.elsewhere_id}
    settle_elsewhere({duty.person_id for duty in gone} | waiting)
    return before, after


def _wanted(meetings: Sequence[Meeting]) -> dict[int, dict[int, int]]:
    """Return the assignment of each person who has to attend, for each meeting by its key."""
    days = {row.pk: clock.day_of(row.starts_at) for row in meetings}
    areas = {row.area_id for row in meetings}
    book = selectors.due_book(areas, min(days.values()), max(days.values()))
    return {
        row.pk: book.due(row.area_id, days[row.pk], first_only=row.kind.counts_heads)
        for row in meetings
    }


def _has_moved(meetings: Sequence[Meeting]) -> bool:
    """Read the meetings anew; return whether one of them stands at another time now, or not."""
    now = Meeting.objects.only("state", "starts_at", "ends_at").in_bulk([m.pk for m in meetings])
    moved = False
    for row in meetings:
        there = now[row.pk]
        if (row.starts_at, row.ends_at, row.state) != (
            there.starts_at,
            there.ends_at,
            there.state,
        ):
            row.starts_at, row.ends_at, row.state = there.starts_at, there.ends_at, there.state
            moved = True
    return moved


def call(meeting: Meeting, person: Person) -> None:
    """Put somebody on the list of a planned meeting without asking; twice changes nothing.

    Whoever is expected elsewhere then is on the list, but not expected here.
    """
    lock_people([person.pk])
    if Duty.objects.filter(meeting=meeting, person=person).exists():
        return
    found = selectors.expected_elsewhere(
        [person.pk], meeting.starts_at, meeting.ends_at, besides=[meeting.pk]
    )
    Duty.objects.create(meeting=meeting, person=person, elsewhere=found[0].other if found else None)


def _look_again(meeting: Meeting, duty: Duty, busy: Busy) -> None:
    """Write where the person of a duty is expected, now that the meeting stands elsewhere."""
    if duty.attendance not in selectors.COMES:
        return
    other = busy.elsewhere(duty.person_id, meeting.starts_at, meeting.ends_at, besides=meeting.pk)
    if other is None:
        busy.add(duty.person_id, meeting.starts_at, meeting.ends_at, meeting.pk)
    if duty.elsewhere_id != other:
        Duty.objects.filter(pk=duty.pk).update(elsewhere=other)


def _new(meeting: Meeting, person: int, assignment: int, busy: Busy) -> Duty:
    other = busy.elsewhere(person, meeting.starts_at, meeting.ends_at, besides=meeting.pk)
    if other is None:
        busy.add(person, meeting.starts_at, meeting.ends_at, meeting.pk)
    return Duty(
        meeting_id=meeting.pk, person_id=person, assignment_id=assignment, elsewhere_id=other
    )


def draw_new(rows: Sequence[tuple[int, int, bool, datetime, datetime, date]]) -> int:
    """Write the duty lists of meetings just made, and return how many people were called.

    Each row is (meeting, area, heads are counted, begins, ends, day). Five queries, however many.
    """
    if not rows:
        return 0
    rows = sorted(rows, key=lambda row: (row[3], row[0]))
    days = [row[5] for row in rows]
    book = selectors.due_book({row[1] for row in rows}, min(days), max(days))
    wanted = [book.due(row[1], row[5], first_only=row[2]) for row in rows]
    people = {pk for found in wanted for pk in found}
    lock_people(people)
    busy = Busy.of(people, rows[0][3], max(row[4] for row in rows))
    made = []
    for (meeting, _area, _heads, starts_at, ends_at, _day), found in zip(rows, wanted, strict=True):
        for person, assignment in found.items():
            other = busy.elsewhere(person, starts_at, ends_at, besides=meeting)
            if other is None:
                busy.add(person, starts_at, ends_at, meeting)
            made.append((meeting, person, assignment, other))
    sql.insert_many(Duty, ("meeting_id", "person_id", "assignment_id", "elsewhere_id"), made)
    return len(made)
