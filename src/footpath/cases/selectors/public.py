"""What everybody may read without an account: places, public cases, and figures of a place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum, Value
from django.utils.translation import gettext as _

from footpath.cases.models import Case, CaseQuerySet, Category, Entry, Reporter, Tally, TallyChange
from footpath.cases.rules import Outcome, State, openness
from footpath.cases.selectors.listing import midnight
from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area

PAGE_SIZE = 30
MONTHS = 12
KEPT_S = 300
MOST_FOR_MEDIAN = 10_000
NEWEST_FIRST = Order("raised_at", descending=True, read=datetime.fromisoformat)
STATES_OPEN = tuple(state for state in State if state != State.CLOSED)
VERIFIED = (Outcome.SOLVED, Outcome.EXPLAINED, Outcome.PASSED_ON)


def place(code: str) -> Area:
    """Return the place with this code that is in force today; NotThere for any other."""
    rows = Area.objects.in_force(clock.today()).select_related("tier", "parent__tier")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotThere
    return found


def find_places(typed: str, *, most: int = 20) -> list[Area]:
    """Return places found by name or code, the lower tiers first: that is where things happen."""
    rows = Area.objects.in_force(clock.today()).select_related("tier", "parent")
    return list(rows.matching(typed).order_by("-tier__level", "name", "pk")[:most])


def places_at_the_top() -> list[Area]:
    """Return the places without one above, sorted by name."""
    return list(Area.objects.in_force(clock.today()).filter(parent=None).order_by("name", "pk"))


def places_below(area: Area, *, most: int = 60) -> list[Area]:
    """Return the places right below, sorted by name."""
    rows = Area.objects.in_force(clock.today()).filter(parent=area)
    return list(rows.order_by("name", "pk")[:most])


def categories() -> list[Category]:
    """Return what the public may report, sorted by sector and code."""
    rows = Category.objects.filter(is_public=True, is_active=True)
    return sorted(rows, key=lambda row: (row.group, row.code))


def category(code: str) -> Category | None:
    """Return the category with this code if the public may report it."""
    return Category.objects.filter(code=code, is_public=True, is_active=True).first()


def cases_of(area: Area) -> CaseQuerySet:
    """Return the public cases of a place and everything below it."""
    return Case.objects.in_subtree(area.path).filter(is_public=True)


def page_of_cases(area: Area, *, after: str | None) -> Page[Case]:
    """Return a page of the public cases of a place, the newest first; one query."""
    rows = cases_of(area).select_related("category", "area__parent")
    return page_of(rows, order=NEWEST_FIRST, after=after, size=PAGE_SIZE)


def get_case(pk: int) -> Case:
    """Return a public case; NotThere for any other."""
    rows = Case.objects.filter(pk=pk, is_public=True).select_related(
        "category", "area__parent", "organization", "duplicate_of"
    )
    found = rows.first()
    if found is None:
        raise NotThere
    return found


def heading_of(case: Case) -> str:
    """Return what a public case is called: its line, or its kind where other words were chosen."""
    return str(case.category.name) if case.public_text else case.title


def words_of(case: Case) -> str:
    """Return what a public case says: the words chosen for the public, else the reporter's."""
    return case.public_text or case.text


def said_in_public(case: Case) -> list[Entry]:
    """Return the answers in a case that everybody may read, in their order."""
    rows = case.entries.filter(is_public=True, deed=Entry.Deed.REPLIED)
    return list(rows.select_related("by").order_by("pk"))


def said_to_reporter(case: Case, reporter: Reporter) -> list[Entry]:
    """Return what a reporter may read of a case, and what this reporter has said.

    ``case`` is the reporter's own, or the one in which it goes on. Reporters do not read the words
    of one another.
    """
    whose = "" if reporter.case_id == case.pk else reporter.case.number
    theirs = Q(by=None, deed__in=(Entry.Deed.ANSWERED, Entry.Deed.RESUBMITTED), why=whose)
    rows = case.entries.filter(Q(is_public=True) | theirs).exclude(deed=Entry.Deed.PUBLISHED)
    return list(rows.select_related("by").order_by("pk"))


# --- figures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfMonth:
    """What happened in one month; None is a number too small to be shown."""

    month: Month
    raised: int | None
    closed: int | None


@dataclass(frozen=True)
class OfCategory:
    """What there is of one kind; None is a number too small to be shown, or no data."""

    code: str
    name: str
    raised: int | None
    open: int | None
    overdue: int | None
    closed: int | None
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """The figures of a place and everything below it, of twelve months and of today."""

    on: date
    months: list[OfMonth]
    by_category: list[OfCategory]
    raised: int | None
    open: int | None
    overdue: int | None
    closed: int | None
    median_days: float | None
    in_time: Rate | None
    fixed: Rate | None
    has_hidden: bool


def figures(area: Area) -> Figures:
    """Return the figures of a place; kept for five minutes, so that a rush costs nothing.

    Numbers from 1 to 4 are hidden by ``rules.openness``. Source: S0.1; docs/how-to/public-reports.
    """
    today = clock.today()
    key = f"footpath.public.{area.pk}.{today.isoformat()}"
    counted: _Counted | None = cache.get(key)
    if counted is None:
        counted = _count(area, today)
        cache.set(key, counted, KEPT_S)
    return _figures(counted, today)


@dataclass(frozen=True)
class _Counted:
    raised: dict[tuple[int, Month], int]
    closed: dict[tuple[int, Month], int]
    open: dict[int, tuple[int, int]]
    days: dict[int, list[int]]
    in_time: tuple[int, int]
    answers: dict[str, int]


def _count(area: Area, today: date) -> _Counted:
    """Count for a place, from indexes alone but for the newest 10,000 whose days are looked at.

    What was raised is kept by the deeds (``services.tallies``); what is open and what was closed
    is counted from the cases, because no deed tells when something becomes overdue, and the
    figures of the deeds go by the month of raising.
    """
    rows = Case.objects.in_subtree(area.path).order_by()
    months = _months(today)
    since = midnight(months[0].first)
    verified = rows.filter(is_open=False, closed_at__gte=since, outcome__in=VERIFIED)
    open_now = (
        rows.open()
        .filter(state__in=STATES_OPEN)  # says nothing new, but finds the index that holds all asked
        .values_list("category")
        .annotate(many=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    )
    days: dict[int, list[int]] = {}
    in_time = 0
    counted = 0
    newest = verified.order_by("-closed_at").values_list(
        "category", "raised_at", "closed_at", "promised_on"
    )
    for kind, raised_at, closed_at, promised_on in newest[:MOST_FOR_MEDIAN].iterator():
        closed_on = clock.day_of(closed_at or raised_at)
        days.setdefault(kind, []).append((closed_on - clock.day_of(raised_at)).days)
        counted += 1
        in_time += promised_on is None or closed_on <= promised_on
    return _Counted(
        raised=_raised(area, months),
        closed=_closed(verified, months),
        open={kind: (number, late) for kind, number, late in open_now},
        days=days,
        in_time=(in_time, counted),
        answers=_answers(area, since),
    )


def _raised(area: Area, months: list[Month]) -> dict[tuple[int, Month], int]:
    """Return what was raised by category and month: what is added up and what is still noted."""
    sums, notes = (
        model.objects.filter(tree.in_subtree(area.path), month__gte=months[0].first)
        .values_list("category", "month")
        .annotate(many=Sum("raised"))
        .order_by()
        for model in (Tally, TallyChange)
    )
    found: Counter[tuple[int, Month]] = Counter()
    for kind, first, number in sums.union(notes, all=True):
        found[(kind, Month.of(first))] += number
    return {key: number for key, number in found.items() if number}


def _closed(verified: CaseQuerySet, months: list[Month]) -> dict[tuple[int, Month], int]:
    """Return what was closed by category and month; a range of the index for each month."""
    first, *further = (
        verified.filter(
            closed_at__gte=midnight(month.first), closed_at__lt=midnight(month.next.first)
        )
        .values_list("category")
        .annotate(at=Value(at), many=Count("pk"))
        for at, month in enumerate(months)
    )
    return {(kind, months[at]): number for kind, at, number in first.union(*further, all=True)}


def _answers(area: Area, since: datetime) -> dict[str, int]:
    """Return how often reporters of the place answered what, since then."""
    level = len(tree.ids_of(area.path)) - 1
    rows = Reporter.objects.filter(
        answered_at__gte=since,
        case__raised_at__gte=since - timedelta(days=365),
        **{f"case__a{level}": area.pk},
    ).exclude(answer="")
    return dict(rows.values_list("answer").annotate(many=Count("pk")).order_by())


def _months(today: date) -> list[Month]:
    found = [Month.of(today)]
    while len(found) < MONTHS:
        found.insert(0, found[0].previous)
    return found


def _figures(counted: _Counted, today: date) -> Figures:
    months = _months(today)
    raised = [_sum(counted.raised, month=month) for month in months]
    closed = [_sum(counted.closed, month=month) for month in months]
    used = {kind for kind, _month in (*counted.raised, *counted.closed)} | set(counted.open)
    kinds = list(Category.objects.filter(pk__in=used))
    columns: dict[str, list[int]] = {
        "raised": [_sum(counted.raised, kind=kind.pk) for kind in kinds],
        "open": [counted.open.get(kind.pk, (0, 0))[0] for kind in kinds],
        "overdue": [counted.open.get(kind.pk, (0, 0))[1] for kind in kinds],
        "closed": [_sum(counted.closed, kind=kind.pk) for kind in kinds],
    }
    seen = {name: openness.shown_of_total(numbers) for name, numbers in columns.items()}
    totals = {name: openness.shown(sum(numbers)) for name, numbers in columns.items()}
    by_month = (openness.shown_of_total(raised), openness.shown_of_total(closed))
    all_days = [day for days in counted.days.values() for day in days]
    answered = sum(counted.answers.values())
    part, whole = counted.in_time
    hidden: list[Any] = [*by_month[0], *by_month[1], *totals.values()]
    hidden += [number for column in seen.values() for number in column]
    return Figures(
        on=today,
        months=[
            OfMonth(month, by_month[0][at], by_month[1][at]) for at, month in enumerate(months)
        ],
        by_category=[
            OfCategory(
                code=kind.code,
                name=str(kind.name),
                median_days=openness.median(counted.days.get(kind.pk, [])),
                **{name: column[at] for name, column in seen.items()},
            )
            for at, kind in enumerate(kinds)
        ],
        median_days=openness.median(all_days),
        in_time=_rate(part, whole),
        fixed=_rate(counted.answers.get(Reporter.Answer.YES, 0), answered),
        has_hidden=None in hidden,
        **totals,
    )


def _rate(part: int, whole: int) -> Rate | None:
    """Return a rate that may be shown: neither its whole nor what it is made of is too small."""
    small = {openness.shown(number) for number in (part, whole, whole - part)}
    return Rate(part, whole) if whole and openness.HIDDEN not in small else None


def _sum(
    numbers: dict[tuple[int, Month], int], *, kind: int | None = None, month: Month | None = None
) -> int:
    return sum(
        number
        for (of_kind, in_month), number in numbers.items()
        if kind in (None, of_kind) and month in (None, in_month)
    )


def state_of(case: Case) -> str:
    """Return where a case stands, in plain words for somebody outside."""
    if case.state == Case.State.CLOSED:
        return {
            Outcome.SOLVED: _(
                "Closed. Somebody who did not do the work went and saw that it is fixed."
            ),
            Outcome.EXPLAINED: _("Closed. The answer explains why it stays as it is."),
            Outcome.PASSED_ON: _("Closed here. It was passed on to the agency that decides."),
            Outcome.DUPLICATE: _("It is the same as another case, and goes on there."),
            Outcome.ELSEWHERE: _("Closed in another system before it came here."),
        }[Outcome(case.outcome)]
    return {
        Case.State.RAISED: _("Received. Nobody has begun yet."),
        Case.State.ACCEPTED: _("Somebody works on it."),
        Case.State.GUIDED: _("Somebody works on it."),
        Case.State.RECTIFIED: _(
            "The work is done. Somebody who did not do it goes and looks whether it holds."
        ),
        Case.State.RETURNED: _("Something is missing before it can go on."),
    }[Case.State(case.state)]
