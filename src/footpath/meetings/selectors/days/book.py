"""The days of a subtree, read once: which are free, what stands against the others. S2.2."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from footpath.core import tree
from footpath.core.workdays import Workdays
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import rules as room
from footpath.meetings.models import DayRule, Meeting, MeetingKind
from footpath.meetings.rules import days as rules
from footpath.meetings.selectors.days.day_rules import plain, rules_between
from footpath.meetings.selectors.days.words import source_of, words_of_calendar, words_of_rule
from footpath.meetings.selectors.duties import expected_in
from footpath.meetings.selectors.figures import span_of

HORIZON = 92
"""How many days ahead free dates are looked for."""

LOOK_BACK = timedelta(days=31)
"""A day stands instead of a named one from the month before, at the longest."""


@dataclass(frozen=True)
class Breach:
    """What stands against a meeting on a day, in the reader's language.

    ``reason`` is a whole sentence; ``source`` says whose rule it is and on what basis, and is
    empty without a rule. ``final`` breaches cannot be set aside by an extraordinary reason.
    """

    day: date
    reason: str
    rule: DayRule | None = None
    source: str = ""
    meetings: list[Meeting] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    final: bool = False


class DayBook:
    """The days of a subtree over a span, read once: answers for any kind, place and day in it.

    A book of a place answers for the place and everything below it. ``free`` and ``next_free``
    ask nothing of the database; ``breaches`` and ``explain`` name meetings and people in at most
    three queries, however many days are explained.
    """

    def __init__(self, path: str, first: date, last: date) -> None:
        self.path, self.first, self.last = path, first, last
        years = range((first - LOOK_BACK).year, last.year + 1)
        self._workdays = directory.workdays_below(path, years)
        self.day_rules = {row.pk: row for row in rules_between(path, first, last)}
        self._rules = [plain(row) for row in self.day_rules.values()]
        self._held = _held(path, first, last, self._rules)

    def workdays(self, path: str) -> Workdays:
        """Return the working days of a place of the subtree."""
        return self._workdays(path)

    def broken(
        self, kind: MeetingKind, path: str, day: date, *, besides: Collection[int] = ()
    ) -> list[rules.Broken]:
        """Return what stands against a meeting of a kind in a place on a day, as plain values."""
        if not self.first <= day <= self.last:
            raise ValueError(f"{day} is not in the book from {self.first} to {self.last}")
        return rules.breaches(
            rules.Kind(kind.pk, kind.of_offices),
            path,
            day,
            rules=self._rules,
            workdays=self._workdays(path),
            held=self._held.get(day, ()),
            besides=besides,
        )

    def free(
        self, kind: MeetingKind, area: Area, day: date, *, besides: Collection[int] = ()
    ) -> bool:
        """Return whether nothing stands against a meeting of the kind in the place on the day."""
        return not self.broken(kind, area.path, day, besides=besides)

    def breaches(
        self, kind: MeetingKind, area: Area, day: date, *, besides: Collection[int] = ()
    ) -> list[Breach]:
        """Return what stands against a meeting on a day, in words."""
        return self.explain(self.broken(kind, area.path, day, besides=besides))

    def next_free(
        self,
        kind: MeetingKind,
        area: Area,
        *,
        after: date,
        limit: int = 3,
        besides: Collection[int] = (),
    ) -> list[date]:
        """Return the next days of the book after a day on which such a meeting may be held."""
        found: list[date] = []
        day = max(after + timedelta(days=1), self.first)
        while day <= self.last and len(found) < limit:
            if self.free(kind, area, day, besides=besides):
                found.append(day)
            day += timedelta(days=1)
        return found

    def explain(self, broken: Sequence[rules.Broken]) -> list[Breach]:
        """Return findings of ``broken`` in words, in their order; at most three queries."""
        keys = {pk for row in broken for pk in row.meetings}
        meetings: dict[int, Meeting] = {}
        people: dict[int, Person] = {}
        expected: Mapping[int, set[int]] = {}
        if keys:
            meetings = Meeting.objects.select_related("kind", "area", "organization").in_bulk(keys)
            expected = expected_in(keys)
            people = Person.objects.in_bulk({who for found in expected.values() for who in found})
        return [self._explained(row, meetings, expected, people) for row in broken]

    def _explained(
        self,
        row: rules.Broken,
        meetings: Mapping[int, Meeting],
        expected: Mapping[int, set[int]],
        people: Mapping[int, Person],
    ) -> Breach:
        if row.why is rules.Refusal.YEAR:
            return Breach(row.day, directory.words_of_year_not_known(row.year), final=True)
        if row.rule is None:
            return Breach(row.day, words_of_calendar(row.day, row.day_off))
        rule = self.day_rules[row.rule.pk]
        there = sorted((meetings[pk] for pk in row.meetings), key=lambda one: one.starts_at)
        who = {pk for meeting in there for pk in expected.get(meeting.pk, ())}
        named = sorted((people[pk] for pk in who), key=lambda one: (one.name, one.pk))
        return Breach(row.day, words_of_rule(rule, row, there), rule, source_of(rule), there, named)


def day_book(path: str, first: date, last: date) -> DayBook:
    """Return the book of days of a subtree from one day to another, both included; six queries."""
    return DayBook(path, first, last)


def breaches(
    *,
    kind: MeetingKind,
    area: Area,
    organization: Organization | None = None,
    starts_at: datetime,
    ends_at: datetime,
    besides: Meeting | None = None,
) -> list[Breach]:
    """Return what stands against a meeting on each of its days, in words; empty when it is free.

    ``organization`` is whose meeting it is; rules ask for the kind, so it changes nothing yet.
    ``besides`` is the meeting itself when it moves. Source: S2.2.
    """
    days = days_of(starts_at, ends_at)
    book = day_book(area.path, days[0], days[-1])
    keys = () if besides is None else (besides.pk,)
    found = [row for day in days for row in book.broken(kind, area.path, day, besides=keys)]
    return book.explain(found)


def next_free_days(
    *,
    kind: MeetingKind,
    area: Area,
    organization: Organization | None = None,
    after: date,
    limit: int = 3,
    besides: Meeting | None = None,
) -> list[date]:
    """Return the next days after a day on which such a meeting may be held, within three months.

    Days in years that nobody has settled are not offered.
    """
    book = day_book(area.path, after, after + timedelta(days=HORIZON))
    keys = () if besides is None else (besides.pk,)
    return book.next_free(kind, area, after=after, limit=limit, besides=keys)


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """Return the days that a meeting touches in the organisation's time zone."""
    return rules.days_of(timezone.localtime(starts_at), timezone.localtime(ends_at))


def _held(
    path: str, first: date, last: date, wanted: Iterable[rules.Rule]
) -> dict[date, list[rules.Held]]:
    """Return the meetings that rules keep days free for, by day; no query when none do."""
    others = {kind for rule in wanted for kind in rule.others}
    if not others:
        return {}
    start, end = span_of((first, last))
    rows = (
        Meeting.objects.filter(kind__in=others, starts_at__lt=end, ends_at__gt=start)
        .exclude(state=room.State.CANCELLED)
        .filter(tree.in_subtree(path) | Q(area__in=tree.ids_of(path)) if path else Q())
        .order_by("starts_at", "pk")
    )
    found: dict[date, list[rules.Held]] = {}
    columns = [f"a{level}" for level in range(tree.LEVELS)]
    for row in rows.values("pk", "kind_id", "starts_at", "ends_at", *columns):
        for day in days_of(row["starts_at"], row["ends_at"]):
            one = rules.Held(row["pk"], row["kind_id"], tree.path_of_row(row), day)
            found.setdefault(day, []).append(one)
    return found
