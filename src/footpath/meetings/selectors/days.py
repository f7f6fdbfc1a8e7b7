"""Which days are free for a meeting, and what stands against the others, in words. Source: S2.2."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from babel.dates import get_day_names
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.core import formats, tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.workdays import DayOff, Off, Workdays
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import rules as room
from footpath.meetings.models import DayRule, Meeting, MeetingKind, MeetingQuerySet
from footpath.meetings.rules import days as rules
from footpath.meetings.selectors.duties import expected_in
from footpath.meetings.selectors.figures import span_of

HORIZON = 92
"""How many days ahead free dates are looked for."""

LOOK_BACK = timedelta(days=31)
"""A day stands instead of a named one from the month before, at the longest."""

MOST_NAMED = 3
"""How many meetings or people a sentence names before it counts the others."""


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
        self.day_rules = {row.pk: row for row in _rules_between(path, first, last)}
        self._rules = [_plain(row) for row in self.day_rules.values()]
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
            return Breach(row.day, _words_of_calendar(row.day, row.day_off))
        rule = self.day_rules[row.rule.pk]
        there = sorted((meetings[pk] for pk in row.meetings), key=lambda one: one.starts_at)
        who = {pk for meeting in there for pk in expected.get(meeting.pk, ())}
        named = sorted((people[pk] for pk in who), key=lambda one: (one.name, one.pk))
        return Breach(
            row.day, _words_of_rule(rule, row, there), rule, source_of(rule), there, named
        )


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


# --- rules ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleLine:
    """A rule as it stands in a place: whether it comes from above, and what stands instead."""

    rule: DayRule
    inherited: bool
    replaced: bool = False


def rule_lines(area: Area, *, on: date) -> list[RuleLine]:
    """Return the rules that a place and those above it have on a day or later, by code.

    A rule from above that a nearer one replaces is marked. Three queries.
    """
    rows = list(
        _with_parts(DayRule.objects.filter(path__in=_line_of(area.path)))
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .order_by("code", "path", "valid_from")
    )
    standing = {row.pk for row in rules.rules_of(map(_plain, rows), area.path, on)}
    nearest = {row.code for row in rows if row.pk in standing}
    return [
        RuleLine(
            row,
            inherited=row.area_id != area.pk,
            replaced=row.valid_from <= on and row.code in nearest and row.pk not in standing,
        )
        for row in rows
    ]


def rules_below(area: Area, *, on: date) -> int:
    """Return how many rules places further down have on a day."""
    return (
        DayRule.objects.filter(tree.within(area.path), valid_from__lte=on)
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .exclude(area=area)
        .count()
    )


def get_rule_for(person: Person, *, pk: int) -> DayRule:
    """Return a day rule: rules are no secret to whoever reads meetings; NotThere to others."""
    rule = _with_parts(DayRule.objects.filter(pk=pk)).select_related("made_by").first()
    if rule is None or not may(person, "meetings.see"):
        raise NotThere
    return rule


def history_of(rule: DayRule) -> list[DayRule]:
    """Return the other rules with its code of its place, past and to come, the latest first."""
    rows = DayRule.objects.filter(area=rule.area_id, code=rule.code).exclude(pk=rule.pk)
    return list(rows.select_related("made_by").order_by("-valid_from", "-pk"))


def source_of(rule: DayRule) -> str:
    """Return whose rule it is, and its basis if it has one."""
    if rule.basis:
        return _("Rule of %(place)s. Basis: %(basis)s.") % {
            "place": rule.area.name,
            "basis": rule.basis,
        }
    return _("Rule of %(place)s.") % {"place": rule.area.name}


def words_of_test(rule: DayRule) -> str:
    """Return what a rule asks of a day, as a whole sentence."""
    if rule.test == rules.DayTest.ONLY_DAYS:
        days = ", ".join(str(number) for number in sorted(rule.days))
        if rule.next_working_day:
            return _(
                "Only on these days of the month: %(days)s; for a day off the next working day."
            ) % {"days": days}
        return _("Only on these days of the month: %(days)s.") % {"days": days}
    if rule.test == rules.DayTest.WEEKDAYS:
        return _("Only on these days of the week: %(days)s.") % {
            "days": ", ".join(day_names()[number] for number in sorted(rule.days))
        }
    if rule.test == rules.DayTest.WORKING_DAYS:
        return _("Only on working days.")
    if rule.test == rules.DayTest.DAYS_OFF:
        return _("Only on days off.")
    return _("Not on days with: %(kinds)s.") % {
        "kinds": ", ".join(kind.name for kind in rule.others.all())
    }


def words_of_whom(rule: DayRule) -> str:
    """Return which meetings a rule is meant for."""
    said = [_("meetings of offices among themselves")] if rule.of_offices else []
    said += [kind.name for kind in rule.kinds.all()]
    return "; ".join(said) if said else _("every meeting")


def day_names() -> dict[int, str]:
    """Return the names of the days of the week in the reader's language; 0 is Monday."""
    names = get_day_names("wide", context="stand-alone", locale=formats.locale())
    return {number: str(names[number]) for number in range(7)}


# --- a month at a glance --------------------------------------------------------------------------


@dataclass(frozen=True)
class StripDay:
    """One day of a month: free or not for a kind of meeting, and why not."""

    day: date
    breaches: list[Breach]
    day_off: str = ""
    extra: str = ""

    @property
    def free(self) -> bool:
        """Return whether nothing stands against a meeting."""
        return not self.breaches

    @property
    def words(self) -> str:
        """Return in a few words why the day is blocked, or that it is worked for another."""
        if self.free:
            return self.extra
        rule = next((breach.rule for breach in self.breaches if breach.rule), None)
        calendar = any(breach.rule is None for breach in self.breaches)
        return self.day_off if calendar or rule is None else rule.title


def strip_of(kind: MeetingKind, area: Area, month: Month) -> list[StripDay]:
    """Return the days of a month for meetings of a kind in a place; nine queries at most."""
    book = day_book(area.path, month.first, month.last)
    days = [
        month.first + timedelta(days=number)
        for number in range((month.last - month.first).days + 1)
    ]
    broken = [row for day in days for row in book.broken(kind, area.path, day)]
    explained: dict[date, list[Breach]] = {}
    for breach in book.explain(broken):
        explained.setdefault(breach.day, []).append(breach)
    workdays = book.workdays(area.path)
    return [_strip_day(day, explained.get(day, []), workdays) for day in days]


def _strip_day(day: date, found: list[Breach], workdays: Workdays) -> StripDay:
    if not workdays.knows(day.year):
        return StripDay(day, found)
    day_off, extra = workdays.day_off(day), workdays.extra_day(day)
    return StripDay(
        day,
        found,
        directory.words_of_day_off(day_off) if day_off else "",
        directory.words_of_extra_day(extra) if extra else "",
    )


# --- extraordinary meetings -----------------------------------------------------------------------


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


# --- inside ---------------------------------------------------------------------------------------


def _line_of(path: str) -> list[str]:
    """Return the paths of the places above and of the place itself."""
    return [path[: end + tree.STEP] for end in range(0, len(path), tree.STEP)]


def _on_the_way(path: str) -> Q:
    """Return the condition "above the place, the place itself, or below it"."""
    return Q(path__in=_line_of(path)) | tree.within(path) if path else Q()


def _with_parts(rows: QuerySet[DayRule]) -> QuerySet[DayRule]:
    return rows.select_related("area").prefetch_related("kinds", "others")


def _rules_between(path: str, first: date, last: date) -> Iterable[DayRule]:
    return (
        _with_parts(DayRule.objects.filter(_on_the_way(path)))
        .filter(valid_from__lte=last)
        .filter(Q(valid_until=None) | Q(valid_until__gte=first))
    )


def _plain(row: DayRule) -> rules.Rule:
    return rules.Rule(
        pk=row.pk,
        code=row.code,
        path=row.path,
        test=rules.DayTest(row.test),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        of_offices=row.of_offices,
        kinds=frozenset(kind.pk for kind in row.kinds.all()),
        days=frozenset(row.days),
        next_working_day=row.next_working_day,
        others=frozenset(kind.pk for kind in row.others.all()),
    )


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


def _words_of_calendar(day: date, day_off: DayOff | None) -> str:
    assert day_off is not None  # noqa: S101 - the calendar refuses only days off
    words = directory.words_of_day_off(day_off)
    if day_off.why is Off.CLOSED:
        return _("Closed on %(day)s: %(reason)s.") % {"day": formats.day(day), "reason": words}
    if day_off.why is Off.INSTEAD:
        return f"{formats.day(day)}: {words}."
    return _("%(day)s is a public holiday: %(holiday)s.") % {
        "day": formats.day(day),
        "holiday": words,
    }


def _words_of_rule(rule: DayRule, row: rules.Broken, there: Sequence[Meeting]) -> str:
    said = {"rule": rule.title, "day": formats.day(row.day)}
    if there:
        names = [
            _("%(meeting)s at %(time)s")
            % {"meeting": name_of(meeting), "time": formats.time(meeting.starts_at)}
            for meeting in there[:MOST_NAMED]
        ]
        said["meetings"] = "; ".join(names)
        more = len(there) - len(names)
        if more:
            return ngettext(
                "“%(rule)s”: on %(day)s there are %(meetings)s, and %(count)s more meeting.",
                "“%(rule)s”: on %(day)s there are %(meetings)s, and %(count)s more meetings.",
                more,
            ) % (said | {"count": more})
        return _("“%(rule)s”: on %(day)s there is %(meetings)s.") % said
    return f"“{rule.title}”: {words_of_test(rule)}"


def name_of(meeting: Meeting) -> str:
    """Return what a meeting is called, with whose it is."""
    return meeting.title or f"{meeting.kind.name}, {meeting.area.name}"
