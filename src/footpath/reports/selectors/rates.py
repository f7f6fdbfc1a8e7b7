"""The three rates of a place by month, unit and tier, from figures that the deeds keep.

What is added up and what is still noted is read in one statement, so that no note is missed or
counted twice. The definitions stand in docs/reference/rates.md. Source: S4.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from footpath.cases.models import Case, Tally, TallyChange
from footpath.cases.rules import rates as counting
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area, Organization, Tier
from footpath.reports import links, rules
from footpath.reports.selectors import rows

COLUMNS = counting.COLUMNS
MONTHS = 12
BY = ("place", "organization", "tier")


@dataclass(frozen=True)
class Counts:
    """What is counted of a unit's cases."""

    number: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.number.get(name, 0)

    @property
    def response(self) -> Rate:
        """Return how many of the cases to be accepted were accepted in time."""
        return Rate(self["response_met"], self["response_due"])

    @property
    def resolution(self) -> Rate:
        """Return how many of the promises that are over or kept were kept in time."""
        return Rate(self["resolution_met"], self["resolution_due"])

    @property
    def satisfaction(self) -> Rate:
        """Return how many of the reporters who answered said yes."""
        return Rate(self["said_yes"], self["said_yes"] + self["said_partly"] + self["said_no"])


@dataclass(frozen=True)
class Line:
    """One unit: its name, its counts, its rank (None without data), its rows by figure."""

    code: str
    name: str
    counts: Counts
    rank: int | None
    href: str
    rows: Mapping[str, str]
    lang: str = ""


@dataclass(frozen=True)
class Point:
    """One month of the trend."""

    month: Month
    counts: Counts
    rows: Mapping[str, str]


@dataclass(frozen=True)
class Rates:
    """The rates of a place in a month or in the twelve months up to it."""

    area: Area
    month: Month
    span: int
    by: str
    sort: str
    level: int | None
    total: Line
    lines: tuple[Line, ...]
    trend: tuple[Point, ...]

    @property
    def months(self) -> tuple[Month, ...]:
        """Return the months that the figures are about."""
        return rules.last_months(self.month, self.span)


FIGURES = {
    "response": "rate-response",
    "resolution": "rate-resolution",
    "satisfaction": "rate-satisfaction",
    "raised": "rate-raised",
    "elsewhere": "rate-elsewhere",
    "superficial": "rate-superficial",
}
"""The figures of a line, and how the address of their rows names them."""

_BITS = {
    "rate-response": ("response_due",),
    "rate-resolution": ("resolution_due",),
    "rate-satisfaction": ("said_yes", "said_partly", "said_no"),
    "rate-raised": ("raised",),
    "rate-elsewhere": ("elsewhere",),
}


def rates_of(
    area: Area,
    month: Month,
    *,
    by: str = "place",
    span: int = 1,
    sort: str = "resolution",
    level: int | None = None,
) -> Rates:
    """Return the three rates of a place (one whose figures may be read) and of its parts.

    ``by`` is place (its children), organization or tier; ``span`` 1 or 12 months; ``sort`` the
    rate by which the parts are ranked; ``level`` keeps the cases that a tier deals with. Two
    queries more than the names of the parts.
    """
    column = {"organization": "organization_key", "tier": "level"}.get(by, rows.child_column(area))
    months = rules.last_months(month, MONTHS)
    found = _counted(area.path, months, column, level)
    chosen = {one.first for one in rules.last_months(month, span)}
    parts: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    by_month: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    total = dict.fromkeys(COLUMNS, 0)
    for day, part, *numbers in found:
        into = [by_month[day], *([parts[part], total] if day in chosen else [])]
        for sums in into:
            for name, number in zip(COLUMNS, numbers, strict=True):
                sums[name] += number
    asked = _Asked(area, month, span, level)
    return Rates(
        area=area,
        month=month,
        span=span,
        by=by,
        sort=sort,
        level=level,
        total=asked.line((area.code, area.name), Counts(total)),
        lines=tuple(_ranked(asked, by, parts, sort)),
        trend=tuple(
            Point(
                one,
                Counts(by_month.get(one.first, {})),
                _Asked(area, one, 1, level).rows({}),
            )
            for one in months
        ),
    )


def _counted(
    path: str, months: Iterable[Month], column: str, level: int | None
) -> Iterable[tuple[Any, ...]]:
    """Return the sums by month and part: those added up, and those noted since."""
    days = [month.first for month in months]
    where = tree.in_subtree(path) & Q(month__gte=days[0], month__lte=days[-1])
    if level is not None:
        where &= Q(level=level)
    sums = {f"sum_{name}": Sum(name) for name in COLUMNS}
    kept, noted = (
        model.objects.filter(where).order_by().values_list("month", column).annotate(**sums)
        for model in (Tally, TallyChange)
    )
    return kept.union(noted, all=True)


@dataclass(frozen=True)
class _Asked:
    """What the page is about, and the addresses that follow from it."""

    area: Area
    month: Month
    span: int
    level: int | None

    def rows(self, filters: Mapping[str, str], area: Area | None = None) -> dict[str, str]:
        narrowed: dict[str, Any] = dict(filters)
        if self.span != 1:
            narrowed["span"] = self.span
        if self.level is not None:
            narrowed["level"] = self.level
        place = area or self.area
        return {
            name: links.rows(place, self.month, figure, **narrowed)
            for name, figure in FIGURES.items()
        }

    def line(
        self,
        named: tuple[str, str],
        counts: Counts,
        *,
        place: Area | None = None,
        filters: Mapping[str, str] | None = None,
        href: str = "",
    ) -> Line:
        lang = "vi" if place is not None else ""
        return Line(*named, counts, None, href, self.rows(filters or {}, place), lang)


def _ranked(
    asked: _Asked, by: str, parts: Mapping[Any, dict[str, int]], sort: str
) -> Iterable[Line]:
    """Return the parts by their rate, the best first; equal rates share a rank, none without data.

    Ranks are given as 1, 2, 2, 4.
    """
    every = _lines(asked, by, {key: Counts(sums) for key, sums in parts.items()})
    rated: list[tuple[Rate, Line]] = [
        (getattr(line.counts, sort), line) for line in every if any(line.counts.number.values())
    ]
    told = sorted(
        ((rate, line) for rate, line in rated if rate.whole),
        key=lambda one: (-one[0].part / one[0].whole, one[1].name),
    )
    ranks = rules.ranks([(rate.part, rate.whole) for rate, _line in told])
    for (_rate, line), rank in zip(told, ranks, strict=True):
        yield replace(line, rank=rank)
    without = [line for rate, line in rated if not rate.whole]
    yield from sorted(without, key=lambda line: line.name)


def _lines(asked: _Asked, by: str, parts: Mapping[Any, Counts]) -> Iterable[Line]:
    if by == "tier":
        tiers = {tier.level: tier for tier in Tier.objects.all()}
        for level, counts in parts.items():
            name = tiers[level].name if level in tiers else str(level)
            code = tiers[level].code if level in tiers else str(level)
            yield asked.line((code, name), counts, filters={"level": str(level)})
        return
    if by == "organization":
        known = Organization.objects.in_bulk([key for key in parts if key])
        for key, counts in parts.items():
            row = known.get(key)
            code, name = (row.code, row.name) if row is not None else ("", _("No organization"))
            href = row.get_absolute_url() if row is not None else ""
            filters = {"organization": code or "-"}
            yield asked.line((code, name), counts, filters=filters, href=href)
        return
    places = Area.objects.in_bulk([key for key in parts if key])
    for key, counts in parts.items():
        place = places.get(key)
        if place is None or key == asked.area.pk:
            named = ("", _("In the place itself"))
            yield asked.line(named, counts, filters={"own": "1"})
        else:
            href = links.rates(place, asked.month, span=asked.span)
            yield asked.line((place.code, place.name), counts, place=place, href=href)


# --- the rows behind a figure ---------------------------------------------------------------------


def is_rate(figure: str) -> bool:
    """Return whether a figure is one of this page."""
    return figure in FIGURES.values()


def cases_of(area: Area, month: Month, figure: str, filters: Mapping[str, str]) -> QuerySet[Case]:
    """Return the cases that a rate counts in its whole, as they are counted."""
    span = MONTHS if filters.get("span") == str(MONTHS) else 1
    first = rules.last_months(month, span)[0]
    found = Case.objects.in_subtree(area.path).filter(
        raised_at__gte=rows.beginning(first.first),
        raised_at__lt=rows.beginning(month.next.first),
    )
    organization = filters.get("organization")
    if organization == "-":
        found = found.filter(organization=None)
    elif organization:
        found = found.filter(organization__code=organization)
    if figure == FIGURES["superficial"]:
        return found.filter(counted__bits__gte=counting.Counts(superficial=1).packed())
    bits = sum(counting.Counts(**{name: 1}).packed() for name in _BITS[figure])
    return found.annotate(hit=F("counted__bits").bitand(bits)).filter(hit__gt=0)
