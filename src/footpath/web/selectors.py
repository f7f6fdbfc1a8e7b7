"""What the home page, the search and the record page show to a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.assignments import selectors as assignments
from footpath.assignments.models import Assignment, DutyList, Plan, StandIn
from footpath.cases import selectors as cases
from footpath.cases.models import Case, Entry, Reminder
from footpath.cases.presenting import ROW_COLUMNS
from footpath.cases.presenting import Row as CaseRow
from footpath.cases.presenting import rows_of as lines_of_cases
from footpath.cases.selectors import reminders, spot_checks
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Membership, Person
from footpath.knowledge import selectors as knowledge
from footpath.knowledge.selectors import Asked
from footpath.meetings import selectors as meetings
from footpath.meetings.models import Leave, Meeting, MonthPlan
from footpath.meetings.selectors import MyDuty, months
from footpath.meetings.selectors.guidance import page_of_guidance
from footpath.reports import links
from footpath.reports import selectors as reports
from footpath.reports.selectors import Figure, Waiting

LEADERS = (Role.HEAD, Role.OFFICE)
MOST_DUTIES = 20
MOST_PLACES = 8
MOST_WAITING = 8
FIRST_FOUND = 5
PAGE = 30


# --- my day ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MyPlace:
    """A place somebody is in charge of: how it stands today."""

    area: Area
    covered: Rate
    covered_tier: str
    covered_href: str
    missing: tuple[str, ...]
    open: Figure
    overdue: Figure
    stands_in: StandIn | None = None

    @property
    def in_order(self) -> bool:
        """Return whether nothing here asks for a look."""
        return not self.overdue.rows and not self.covered.missing


@dataclass(frozen=True)
class Leading:
    """What waits for a place that the person heads or works for."""

    area: Area
    waiting: Waiting
    nobody: tuple[tuple[str, Figure], ...]

    @property
    def nothing(self) -> bool:
        """Return whether nothing waits."""
        figures = (self.waiting.overdue, self.waiting.unowned, self.waiting.verify)
        return not any(figure.rows for figure in figures) and not self.nobody


@dataclass(frozen=True)
class MyDay:
    """The home page of one person on one day."""

    today: date
    now: datetime
    today_duties: tuple[MyDuty, ...]
    next_duty: MyDuty | None
    later_duties: tuple[MyDuty, ...]
    to_keep: tuple[Meeting, ...]
    leaves_to_decide: int
    leaves_to_answer: tuple[Leave, ...]
    attended: Rate
    waiting: tuple[CaseRow, ...]
    more_waiting: bool
    overdue: int
    due_today: int
    places: tuple[MyPlace, ...]
    more_places: bool
    leading: Leading | None
    plans: tuple[Plan, ...]
    months: tuple[MonthPlan, ...]
    tasks: Mapping[str, int]
    reminded: tuple[Reminder, ...]
    away_until: date | None = None
    duties: tuple[DutyList, ...] = ()

    @property
    def meetings_today(self) -> int:
        """Return how many meetings the person attends or keeps today."""
        return len(self.today_duties) + len(self.to_keep)


def my_day(person: Person) -> MyDay:
    """Return what waits for a person today. The number of queries depends on nothing but the roles.

    The counts of the chips are of the cases whose next step is the person's own.
    """
    now, today = clock.now(), clock.today()
    coming = meetings.my_coming_duties(person, now=now, limit=MOST_DUTIES)
    duties_today = [row for row in coming if clock.day_of(row.meeting.starts_at) <= today]
    later = coming[len(duties_today) :]
    begin, end = meetings.span_of((today, today))
    asked = meetings.leaves_to_answer(person, now=now)
    waiting = cases.waiting_for(person, today, MOST_WAITING + 1)
    counted = Case.objects.filter(cases.waits_for(person)).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        due_today=Count("pk", filter=Q(due_on=today)),
    )
    charges = assignments.assignments_of(person, on=today)
    standing = {row.assignment.area_id: row for row in assignments.stands_in_at(person, on=today)}
    own = _own_areas(charges, standing.values())
    away = person.absences.in_force(today).first()
    return MyDay(
        today=today,
        now=now,
        today_duties=tuple(duties_today),
        next_duty=later[0] if later and not duties_today else None,
        later_duties=tuple(later if duties_today else later[1:])[:4],
        to_keep=tuple(meetings.meetings_to_keep(person, first=begin, last=end)),
        leaves_to_decide=len(meetings.leaves_to_decide(person, now=now)),
        leaves_to_answer=tuple(row for row in asked if not row.answer),
        attended=_attended_this_year(person, today),
        waiting=tuple(waiting[:MOST_WAITING]),
        more_waiting=len(waiting) > MOST_WAITING,
        overdue=counted["overdue"],
        due_today=counted["due_today"],
        places=_how_places_stand(own[:MOST_PLACES], today, standing),
        more_places=len(own) > MOST_PLACES,
        leading=_leading(person, today),
        tasks=reminders.counts_for(person),
        reminded=tuple(reminders.to_acknowledge(person)),
        away_until=away.until if away is not None else None,
        duties=tuple(assignments.duty_lists_for_roles(charges, on=today)),
        plans=tuple(assignments.plans_to_approve(person)),
        months=tuple(months.months_to_approve(person)),
    )


def _own_areas(charges: Iterable[Assignment], standing: Iterable[StandIn]) -> list[Area]:
    """Return the places somebody is in charge of or stands in at, the lowest tiers first, once.

    A place whose parent is the person's too is left out: it is told with its parent. Where the
    person stands in, the place is always told.
    """
    found: dict[int, Area] = {}
    for row in charges:
        if row.area is not None:
            found.setdefault(row.area.pk, row.area)
    own = {pk: area for pk, area in found.items() if area.parent_id not in found}
    for each in standing:
        if each.assignment.area is not None:
            own.setdefault(each.assignment.area.pk, each.assignment.area)
    return sorted(own.values(), key=lambda area: (-area.tier.level, area.path))


def _attended_this_year(person: Person, today: date) -> Rate:
    return meetings.attendance_rate(person, (date(today.year, 1, 1), today))


def _how_places_stand(
    areas: Sequence[Area], today: date, standing: Mapping[int | None, StandIn]
) -> tuple[MyPlace, ...]:
    """Return how each place stands: one query over the places below, one over their open cases."""
    if not areas:
        return ()
    below = (
        Area.objects.in_force(today)
        .filter(parent__in=[area.pk for area in areas], tier__needs_lead=True)
        .select_related("tier")
        .order_by("name", "pk")
    )
    children: dict[int | None, list[Area]] = {}
    for child in below:
        children.setdefault(child.parent_id, []).append(child)
    led = _led([child.pk for child in below], today)
    counted = Case.objects.open().aggregate(
        **{f"open{at}": Count("pk", filter=_inside(area)) for at, area in enumerate(areas)},
        **{
            f"late{at}": Count("pk", filter=_inside(area) & Q(due_on__lt=today))
            for at, area in enumerate(areas)
        },
    )
    found = []
    for at, area in enumerate(areas):
        mine = sorted(children.get(area.pk, []), key=_reading)
        missing = tuple(child.name for child in mine if child.pk not in led)
        tier = mine[0].tier if mine else None
        found.append(
            MyPlace(
                area=area,
                covered=Rate(len(mine) - len(missing), len(mine)),
                covered_tier=tier.name if tier else "",
                covered_href=links.coverage(area, tier=tier.code) if tier else "",
                missing=missing,
                open=_figure(counted[f"open{at}"], links.ledger(area, view="open")),
                overdue=_figure(counted[f"late{at}"], links.ledger(area, view="overdue")),
                stands_in=standing.get(area.pk),
            )
        )
    return tuple(found)


def _reading(area: Area) -> list[Any]:
    """Order names as people read them: Tổ 2 stands before Tổ 10."""
    return [
        (1, int(part), "") if part.isdecimal() else (0, 0, part)
        for part in re.split(r"(\d+)", area.name)
        if part
    ]


def _led(area_ids: Sequence[int], today: date) -> frozenset[int | None]:
    rows = Assignment.objects.in_force(today).filter(area__in=area_ids, role=Assignment.Role.LEAD)
    return frozenset(rows.values_list("area_id", flat=True))


def _inside(area: Area) -> Q:
    ids = area.ancestor_ids
    return Q(**{f"a{len(ids) - 1}": ids[-1]})


def _figure(number: int, href: str) -> Figure:
    return Figure(number, href, number)


def _leading(person: Person, today: date) -> Leading | None:
    """Return what waits in the widest place that the person heads or works for, if any."""
    paths = person.scope.paths(LEADERS)
    if not paths:
        return None
    area = _area_of(min(paths, key=lambda path: (len(path), path)))
    if area is None:
        return None
    nobody = tuple(
        (
            found.tier.name,
            _figure(found.rate.missing, links.coverage(area, tier=found.tier.code, missing=1)),
        )
        for found in assignments.coverage_rates(area.path, on=today)
        if found.rate.missing
    )
    return Leading(area, reports.waiting(area), nobody)


def _area_of(path: str) -> Area | None:
    places = Area.objects.select_related("tier")
    return places.filter(path=path).first() if path else places.filter(parent=None).first()


# --- search ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FoundPlace:
    """A place that was found, and the places above it in words."""

    area: Area
    above: str


@dataclass(frozen=True)
class Found:
    """One group of what was found: its first rows, and where the following ones begin."""

    rows: Sequence[Any]
    next_after: str | None


@dataclass(frozen=True)
class SearchResult:
    """What was found in each group; None for a group that was not asked for."""

    places: Found | None
    cases: Found | None
    people: Found | None
    guidance: Found | None
    library: Found | None
    in_cases: Sequence[Entry] = ()

    @property
    def nothing(self) -> bool:
        """Return whether nothing was found at all."""
        groups = (self.places, self.cases, self.people, self.guidance, self.library)
        return not (self.in_cases or any(group and group.rows for group in groups))


KINDS = ("places", "cases", "people", "guidance", "library")


def search(person: Person, typed: str, *, kind: str = "", after: str | None = None) -> SearchResult:
    """Return places, cases, people, guidance and what the library has, only what one may see.

    Without a kind the first few of each; with one of KINDS a longer page of it from a position on.
    Diacritics do not matter; C-0388 finds the case of that number. Guidance is that of sessions,
    which everybody reads, and that given in cases the person may read.
    """
    typed = " ".join(typed.split())[:200]
    size = PAGE if kind in KINDS else FIRST_FOUND
    wanted = (kind,) if kind in KINDS else KINDS
    after = after if kind in KINDS else None
    if not typed:
        return SearchResult(None, None, None, None, None)
    return SearchResult(
        _places(person, typed, after, size) if "places" in wanted else None,
        _cases(person, typed, after, size) if "cases" in wanted else None,
        _people(person, typed, after, size) if "people" in wanted else None,
        _guidance(person, typed, after, size) if "guidance" in wanted else None,
        _library(person, typed, after, size) if "library" in wanted else None,
        cases.guidance_in_cases(person, typed) if "guidance" in wanted and not after else (),
    )


def _places(person: Person, typed: str, after: str | None, size: int) -> Found:
    rows = directory.areas_for(person).matching(typed)
    page: Page[Area] = page_of(rows, order=Order("path"), after=after, size=size)
    known = Area.objects.in_bulk({pk for area in page.rows for pk in area.ancestor_ids[:-1]})
    return Found(
        [
            FoundPlace(
                area,
                ", ".join(known[pk].name for pk in reversed(area.ancestor_ids[:-1]) if pk in known),
            )
            for area in page.rows
        ],
        page.next_after,
    )


def _cases(person: Person, typed: str, after: str | None, size: int) -> Found:
    rows = cases.cases_for(person)
    number = re.fullmatch(r"(?:[Cc]-?)?0*([0-9]{1,17})", typed)
    rows = rows.filter(pk=int(number[1])) if number else rows.matching(typed)
    page = page_of(
        rows.values(*ROW_COLUMNS),
        order=Order("raised_at", descending=True, read=datetime.fromisoformat),
        after=after,
        size=size,
    )
    return Found(lines_of_cases(page.rows, clock.today()), page.next_after)


def _people(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = directory.people_for(person, typed=typed, after=after, size=size)
    return Found(page.rows, page.next_after)


def _guidance(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = page_of_guidance(person, typed=typed, after=after, size=size)
    return Found(page.rows, page.next_after)


def _library(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = knowledge.page_of_library(person, Asked(typed), after=after, size=size)
    return Found(page.rows, page.next_after)


# --- record, help ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """One thing that can be recorded."""

    href: str
    icon: str
    title: str
    text: str


def record_offers(person: Person) -> list[Offer]:
    """Return what the person may record, at most four things, the most frequent first."""
    offers = []
    if may(person, "cases.raise"):
        offers.append(
            Offer(
                reverse("cases:raise"),
                "flag",
                _("Case"),
                _("A difficulty somebody told you about."),
            )
        )
    if may(person, "cases.verify"):
        offers.append(
            Offer(
                reverse("cases:ledger", query={"view": "verify"}),
                "eye-check",
                _("Verification"),
                _("What you found on the spot. Choose the case that waits for it."),
            )
        )
    if spot_checks.waits_for(person):
        offers.append(
            Offer(
                reverse("cases:spot-checks"),
                "eye-check",
                _("Spot check"),
                _("Confirmed cases drawn by lot: look whether it holds."),
            )
        )
    if may(person, "meetings.keep"):
        today = Month.of(clock.today())
        offers.append(
            Offer(
                reverse("meetings:list", query={"month": str(today)}),
                "users",
                _("Attendance and minutes"),
                _("Who came, and what was said. Choose the meeting."),
            )
        )
    if may(person, "assignments.assign"):
        offers.append(
            Offer(
                reverse("assignments:assign"),
                "user-plus",
                _("Somebody in charge"),
                _("Put a person in charge of a place."),
            )
        )
    elif may(person, "meetings.convene"):
        offers.append(
            Offer(
                reverse("meetings:convene"),
                "calendar-plus",
                _("Meeting"),
                _("Convene a meeting of your place."),
            )
        )
    return offers[:4]


def administrators() -> list[Membership]:
    """Return who can help: the holders of administrators' posts today, at most five."""
    today = clock.today()
    return list(
        Membership.objects.filter(
            Q(until=None) | Q(until__gte=today), start__lte=today, post__role=Role.ADMINISTRATOR
        )
        .select_related("person", "post")
        .order_by("person__name", "pk")[:5]
    )
