"""Rates of attendance with their fractions: by place, tier, organization and person. Source: S2.2.

Attendance is staff data: readers of a place see every rate of it; others see the rates of groups of
five people and more, and their own. Everybody's figure leads to its meetings for those who may
read them. "No data" is a whole of 0, never a rate of 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from footpath.accounts.permissions import may
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Membership, Organization, Person, Tier
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.selectors.figures import ATTENDED, span_of

Days = tuple[date, date]

COUNTED = {
    "whole": Count("pk", distinct=True),
    "part": Count("pk", distinct=True, filter=Q(attendance__in=ATTENDED)),
    "people": Count("person", distinct=True),
}
LATEST_FIRST = Order("starts_at", descending=True, read=datetime.fromisoformat)


@dataclass(frozen=True)
class Which:
    """Which duties are counted: of a place and below, and of these only some."""

    area: Area | None = None
    tier: Tier | None = None
    organization: Organization | None = None
    person: Person | None = None
    only_here: bool = False


@dataclass(frozen=True)
class RateLine:
    """The rate of one group; ``shown`` is whether this reader may see it."""

    thing: Any
    rate: Rate
    people: int
    shown: bool


@dataclass(frozen=True)
class RateTable:
    """The rate of everything that was asked for, and of its groups by name."""

    total: RateLine
    lines: list[RateLine]

    @property
    def hidden(self) -> int:
        """Return how many groups with data this reader does not see."""
        return sum(not line.shown for line in self.lines)


@dataclass(frozen=True)
class MeetingRow:
    """A meeting behind a figure: of the duties counted there, how many were met."""

    meeting: Meeting
    rate: Rate
    duty: Duty | None


def reads_rates(person: Person, area: Area | None) -> bool:
    """Return whether a person reads every rate of a place, also of small groups and people."""
    return area is not None and may(person, "meetings.read_rates", area)


def duties_counted(which: Which, days: Days) -> QuerySet[Duty]:
    """Return the duties behind a figure: of meetings held in the days, with a known mark."""
    start, end = span_of(days)
    rows = Duty.objects.filter(
        meeting__state=rules.State.HELD, meeting__starts_at__gte=start, meeting__starts_at__lt=end
    ).exclude(attendance=rules.Attendance.UNKNOWN)
    if which.area is not None:
        ids = tree.ids_of(which.area.path)
        rows = rows.filter(**{f"meeting__a{len(ids) - 1}": ids[-1]})
    if which.only_here:
        rows = rows.filter(meeting__area=which.area)
    if which.tier is not None:
        rows = rows.filter(meeting__area__tier=which.tier)
    if which.person is not None:
        rows = rows.filter(person=which.person)
    if which.organization is not None:
        rows = rows.filter(
            person__in=_members(days).filter(organization=which.organization).values("person")
        )
    return rows


def rates_by_area(person: Person, which: Which, days: Days) -> RateTable:
    """Return the rates of the children of the place, and of the meetings of the place itself."""
    assert which.area is not None  # noqa: S101 - the children of what, otherwise
    level = len(which.area.ancestor_ids)
    column = f"meeting__a{level}"
    counted: dict[Any, Any] = {}
    if level < tree.LEVELS:
        rows = duties_counted(which, days).values(key=F(column)).annotate(**COUNTED)
        counted = {row["key"]: row for row in rows.order_by("key")}
    places = Area.objects.filter(pk__in=[key for key in counted if key]).order_by("name", "pk")
    things: list[Any] = [(place, counted[place.pk]) for place in places]
    if None in counted:
        things.insert(0, (which.area, counted[None]))
    return _table(person, which, days, things)


def rates_by_tier(person: Person, which: Which, days: Days) -> RateTable:
    """Return the rates by the tier of the meeting's place, the highest first."""
    rows = duties_counted(which, days).values(key=F("meeting__area__tier")).annotate(**COUNTED)
    counted: dict[Any, Any] = {row["key"]: row for row in rows.order_by("key")}
    tiers = Tier.objects.filter(pk__in=list(counted)).order_by("level")
    return _table(person, which, days, [(tier, counted[tier.pk]) for tier in tiers])


def rates_by_organization(person: Person, which: Which, days: Days) -> RateTable:
    """Return the rates of organizations, by name: of whoever was a member on the last day.

    Of the period, or today while it runs. Who is a member of two counts in both.
    """
    members = _membership_condition(days, "person__memberships__")
    rows = (
        duties_counted(which, days)
        .filter(members)
        .values(key=F("person__memberships__organization"))
        .annotate(**COUNTED)
        .order_by("key")
    )
    counted: dict[Any, Any] = {row["key"]: row for row in rows}
    units = Organization.objects.filter(pk__in=list(counted)).order_by("name", "pk")
    return _table(person, which, days, [(unit, counted[unit.pk]) for unit in units])


def total_rate(person: Person, which: Which, days: Days) -> RateLine:
    """Return the rate of everything that is asked for; one query."""
    row = duties_counted(which, days).aggregate(**COUNTED)
    return _line(person, which, which.area, row)


def page_of_people(
    person: Person, which: Which, days: Days, *, after: str | None = None, size: int = 50
) -> Page[RateLine]:
    """Return a page of people by name, each with their rate; for readers of the place, and oneself.

    Whoever reads no rates there sees themselves alone; two queries at most.
    """
    if not reads_rates(person, which.area):
        which = Which(which.area, which.tier, which.organization, person, which.only_here)
    counted = duties_counted(which, days)
    people = Person.objects.filter(pk__in=counted.values("person"))
    page = page_of(people, order=Order("name"), after=after, size=size)
    rows = (
        counted.filter(person__in=[one.pk for one in page.rows])
        .values(key=F("person"))
        .annotate(**COUNTED)
        .order_by("key")
    )
    found: dict[Any, Any] = {row["key"]: row for row in rows}
    return Page(
        [
            RateLine(one, Rate(found[one.pk]["part"], found[one.pk]["whole"]), 1, True)
            for one in page.rows
        ],
        page.next_after,
    )


def page_of_rate_rows(
    person: Person, which: Which, days: Days, *, after: str | None = None, size: int = 50
) -> Page[MeetingRow]:
    """Return a page of the meetings behind a figure, the latest first; added up they are it.

    For readers of the place, and for everybody about themselves; NotThere otherwise. Three queries
    at most.
    """
    own = which.person is not None and which.person.pk == person.pk
    if not own and not reads_rates(person, which.area):
        raise NotThere
    counted = duties_counted(which, days)
    meetings = Meeting.objects.filter(pk__in=counted.values("meeting"))
    page = page_of(
        meetings.select_related("kind", "area"), order=LATEST_FIRST, after=after, size=size
    )
    keys = [meeting.pk for meeting in page.rows]
    here = counted.filter(meeting__in=keys)
    rows: Iterable[Any] = here.values(key=F("meeting")).annotate(**COUNTED).order_by("key")
    rates = {row["key"]: Rate(row["part"], row["whole"]) for row in rows}
    duties: dict[int, Duty] = {}
    if which.person is not None:
        duties = {duty.meeting_id: duty for duty in here.select_related("substitute")}
    return Page(
        [MeetingRow(one, rates.get(one.pk, Rate(0, 0)), duties.get(one.pk)) for one in page.rows],
        page.next_after,
    )


def _membership_condition(days: Days, prefix: str = "") -> Q:
    last = days[1]
    return (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": last})) & Q(
        **{f"{prefix}start__lte": last}
    )


def _members(days: Days) -> QuerySet[Membership]:
    return Membership.objects.filter(_membership_condition(days))


def _line(person: Person, which: Which, thing: Any, row: dict[str, Any]) -> RateLine:
    own = which.person is not None and which.person.pk == person.pk
    reads = own or reads_rates(person, which.area)
    shown = reads or row["people"] >= rules.FEWEST_PEOPLE
    return RateLine(thing, Rate(row["part"], row["whole"]), row["people"], shown)


def _table(
    person: Person, which: Which, days: Days, things: Iterable[tuple[Any, dict[str, Any]]]
) -> RateTable:
    """Return groups with their total; of a small group nothing can be found out by subtraction."""
    total = total_rate(person, which, days)
    rows = list(things)
    hidden: frozenset[int] = frozenset()
    if not reads_rates(person, which.area):
        hidden = rules.hidden_groups([row["people"] for _thing, row in rows])
    lines = [
        RateLine(thing, Rate(row["part"], row["whole"]), row["people"], at not in hidden)
        for at, (thing, row) in enumerate(rows)
    ]
    return RateTable(total, lines)
