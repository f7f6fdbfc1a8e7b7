"""The agenda of a meeting, drawn from the ledger: what was promised last time, what is open now.

Cases come to the agenda, minutes raise cases, and the next agenda shows what became of them.
Source: S0.1, S2.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Q, Value, When

from footpath.cases import selectors as cases
from footpath.cases.models import Case as LedgerCase
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting, MeetingQuerySet, MinuteItem

MOST_PROMISES = 60
"""So many promises a meeting is shown at most: the last meeting's, then the oldest still open."""

MOST_CASES = 10


@dataclass(frozen=True)
class Promise:
    """Something promised in an earlier meeting, and how its case stands on a day."""

    item: MinuteItem
    today: date

    @property
    def case(self) -> LedgerCase:
        """Return the case that was promised to be seen to."""
        case = self.item.case
        assert case is not None  # noqa: S101 - the look-up asks for items with a case only
        return case

    @property
    def is_kept(self) -> bool:
        """Return whether the case was closed, which only verification on the spot does."""
        return not self.case.is_open

    @property
    def is_overdue(self) -> bool:
        """Return whether the case is open and its day is past."""
        return self.case.is_open and self.case.due_on < self.today


@dataclass(frozen=True)
class Agenda:
    """What a meeting talks about, as one reader may see it.

    ``points`` was typed, one a line; ``topics`` were sent in. ``promises`` are those of the
    ``last`` meeting, ``older`` those of meetings before it that are still open; ``open_cases`` of
    the place and below come most urgent first, without any that stand above or in the minutes.
    """

    points: list[str]
    topics: list[MinuteItem]
    last: Meeting | None
    promises: list[Promise]
    older: list[Promise]
    open_cases: list[LedgerCase]
    more_open: bool

    @property
    def kept(self) -> Rate:
        """Return how many of the last meeting's promises were kept and verified."""
        return Rate(sum(row.is_kept for row in self.promises), len(self.promises))

    @property
    def overdue(self) -> int:
        """Return how many of the promises, old and new, are overdue."""
        return sum(row.is_overdue for row in (*self.promises, *self.older))

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to talk about."""
        return not (self.points or self.topics or self.promises or self.older or self.open_cases)


def agenda_of(person: Person, meeting: Meeting, *, today: date) -> Agenda:
    """Return the agenda of a meeting as a person may read it; three queries, four with topics.

    Promises and cases that the person may not read are left out. Source: S0.1, S2.3.
    """
    last = last_before(meeting)
    promises, older = _promises(person, meeting, last, today)
    shown = {row.item.case_id for row in (*promises, *older)}
    shown |= {item.case_id for item in meeting.items.all()}
    open_cases = _open_cases(person, meeting, besides=shown)
    return Agenda(
        points=[line.strip() for line in meeting.agenda.splitlines() if line.strip()],
        topics=topics_of(meeting.items.all()),
        last=last,
        promises=promises,
        older=older,
        open_cases=open_cases[:MOST_CASES],
        more_open=len(open_cases) > MOST_CASES,
    )


def last_before(meeting: Meeting) -> Meeting | None:
    """Return the meeting that was held before this one: of its series, else of kind and place."""
    rows = _earlier(meeting)
    order: list[str] = ["-starts_at", "-pk"]
    if meeting.series_id is not None:
        rows = rows.annotate(same_series=_yes_if(series=meeting.series_id))
        order.insert(0, "-same_series")
    return rows.select_related("kind", "area").order_by(*order).first()


def topics_of(items: Iterable[MinuteItem]) -> list[MinuteItem]:
    """Return the topics that were sent in before the meeting and still wait, in their order."""
    return [row for row in items if row.sent_in and row.state == MinuteItem.State.WAITING]


def _yes_if(**condition: Any) -> Case:
    """Return true where the condition holds, to sort by."""
    return Case(
        When(**condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _earlier(meeting: Meeting) -> MeetingQuerySet:
    """Return the meetings held before this one that it follows on."""
    alike = Q(kind=meeting.kind_id, area=meeting.area_id, organization=meeting.organization_id)
    if meeting.series_id is not None:
        alike |= Q(series=meeting.series_id)
    return Meeting.objects.filter(
        alike, state=rules.State.HELD, starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)


def _promises(
    person: Person, meeting: Meeting, last: Meeting | None, today: date
) -> tuple[list[Promise], list[Promise]]:
    """Return the promises of the last meeting, and those of earlier ones that are still open.

    A case that was talked about in several meetings stands where it was promised last.
    """
    if last is None:
        return [], []
    rows = (
        MinuteItem.objects.filter(
            Q(meeting=last) | Q(meeting__in=_earlier(meeting), case__is_open=True),
            case__in=cases.cases_for(person, path=meeting.area_path),
        )
        .exclude(state=MinuteItem.State.WITHDRAWN)
        .annotate(of_last=_yes_if(meeting=last))
        .select_related("case__owner", "case__area", "meeting", "proposed_owner")
        .order_by("-of_last", "case__due_on", "-meeting__starts_at", "pk")[:MOST_PROMISES]
    )
    found = [Promise(row, today) for row in rows]
    of_last = [row for row in found if row.item.meeting_id == last.pk]
    there = {row.item.case_id for row in of_last}
    older: dict[int | None, Promise] = {}
    for row in found:
        if row.item.case_id not in there:
            older.setdefault(row.item.case_id, row)
    return sorted(of_last, key=lambda row: row.item.number), list(older.values())


def _open_cases(person: Person, meeting: Meeting, *, besides: set[int | None]) -> list[LedgerCase]:
    rows = cases.cases_for(person, path=meeting.area_path).open()
    rows = rows.exclude(pk__in=[pk for pk in besides if pk is not None])
    return list(rows.select_related("area", "owner").order_by("due_on", "pk")[: MOST_CASES + 1])
