"""The figures of a place for its dashboard: now, and month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from footpath.assignments import selectors as assignments
from footpath.assignments.selectors import TierCoverage
from footpath.cases import selectors as cases
from footpath.cases.models import Case
from footpath.cases.rules import AGES
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area, Person, Tier
from footpath.meetings.models import Meeting
from footpath.meetings.rules import ATTENDED
from footpath.reports import links, rules
from footpath.reports.selectors import rows
from footpath.reports.selectors.places import tier_to_cover
from footpath.reports.selectors.shapes import Figure


@dataclass(frozen=True)
class HeatRow:
    """Open cases of one tier: a figure for each age, all of them, and the overdue."""

    label: str
    cells: tuple[Figure, ...]
    total: Figure
    overdue: Figure


@dataclass(frozen=True)
class Tile:
    """A child of the place: how many of its places have somebody in charge, cases overdue."""

    area: Area
    covered: Rate
    overdue: int
    href: str


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever leads a place, counted now."""

    overdue: Figure
    unowned: Figure
    verify: Figure
    returned: Figure


@dataclass(frozen=True)
class Dashboard:
    """The figures of a place; coverage and open cases are those of now, the rest of the month."""

    area: Area
    month: Month
    tiers: tuple[TierCoverage, ...]
    coverage: tuple[tuple[TierCoverage, Figure], ...]
    overdue: Figure
    held: Figure
    attended: Figure
    closed_of_raised: Figure
    tiles_tier: Tier | None
    tiles: tuple[Tile, ...]
    heat: tuple[HeatRow, ...]
    heat_foot: HeatRow
    months: tuple[Month, ...]
    raised: tuple[Figure, ...]
    closed: tuple[Figure, ...]


def dashboard(person: Person, area: Area, month: Month) -> Dashboard:
    """Return the figures of a place whose figures the person may read (``area_to_report``).

    The number of queries does not depend on the size of anything. Source: S2.1, S2.4.
    """
    today, path = clock.today(), area.path
    tiers = {tier.level: tier for tier in Tier.objects.all()}
    rates = assignments.coverage_rates(path, on=today)
    heat, foot = _heat(area, tiers, today)
    months = rules.last_months(month)
    meetings = rows.meetings(path, month).aggregate(
        held=Count("pk", filter=Q(state=Meeting.State.HELD)),
        due=Count("pk", filter=~Q(state=Meeting.State.CANCELLED)),
    )
    marks = rows.duties(path, month).aggregate(
        came=Count("pk", filter=Q(attendance__in=ATTENDED)), all=Count("pk")
    )
    raised = rows.raised(path, month).aggregate(
        all=Count("pk"), closed=Count("pk", filter=Q(is_open=False))
    )
    level = len(area.ancestor_ids)
    return Dashboard(
        area=area,
        month=month,
        coverage=tuple(
            (
                found,
                Figure(
                    found.rate,
                    links.coverage(area, tier=found.tier.code, on=links.day(today)),
                    found.rate.whole,
                ),
            )
            for found in rates[-2:]
        ),
        tiers=tuple(rates),
        overdue=Figure(
            Rate(int(foot.overdue.value), int(foot.total.value)),  # type: ignore[arg-type]
            foot.overdue.href,
            foot.overdue.rows,
        ),
        held=Figure(
            Rate(meetings["held"], meetings["due"]),
            links.meetings(area, month, state=Meeting.State.HELD),
            meetings["held"],
        ),
        attended=Figure(
            Rate(marks["came"], marks["all"]), links.rows(area, month, "duties"), marks["all"]
        ),
        closed_of_raised=Figure(
            Rate(raised["closed"], raised["all"]),
            links.ledger(area, view="closed", raised=month),
            raised["closed"],
        ),
        tiles_tier=tiers.get(level),
        tiles=_tiles(area, tiers, today),
        heat=heat,
        heat_foot=foot,
        months=months,
        raised=_by_month(area, months, "raised_at", "raised"),
        closed=_by_month(area, months, "closed_at", "closed"),
    )


def waiting(area: Area) -> Waiting:
    """Return what waits for whoever leads the place, in one query; each opens its rows."""
    conditions = {
        "overdue": Q(due_on__lt=clock.today()),
        "unowned": Q(owner=None),
        "verify": Q(state=Case.State.RECTIFIED),
        "returned": Q(round_number__gt=1),
    }
    counted = _open(area).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    return Waiting(
        **{
            name: Figure(number, links.ledger(area, view=name), number)
            for name, number in counted.items()
        }
    )


def _open(area: Area) -> QuerySet[Case]:
    return Case.objects.in_subtree(area.path).open()


def _tiles(area: Area, tiers: dict[int, Tier], today: date) -> tuple[Tile, ...]:
    level = len(area.ancestor_ids)
    below = tier_to_cover(tiers, level)
    if below is None or level not in tiers:
        return ()
    column = rows.child_column(area)
    late = dict(
        Case.objects.in_subtree(area.path)
        .overdue(today)
        .order_by()
        .values_list(column)
        .annotate(cases=Count("pk"))
    )
    deepest = max(tiers)
    return tuple(
        Tile(
            child.area,
            child.rate,
            late.get(child.area.pk, 0),
            child.area.get_absolute_url() if level >= deepest else links.dashboard(child.area),
        )
        for child in assignments.coverage_by_child(area, below, on=today)
    )


def _heat(area: Area, tiers: dict[int, Tier], today: date) -> tuple[tuple[HeatRow, ...], HeatRow]:
    found: Any = (
        _open(area)
        .order_by()
        .values("level")
        .annotate(
            **{
                f"age{at}": Count("pk", filter=cases.raised_within(age.code, today))
                for at, age in enumerate(AGES)
            },
            total=Count("pk"),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
        )
    )
    counted: dict[int, dict[str, Any]] = {row["level"]: row for row in found}
    levels = sorted(counted, reverse=True)
    lines = [
        _heat_row(area, tiers[level].name, counted.get(level, {}), level=level) for level in levels
    ]
    names = [*(f"age{at}" for at in range(len(AGES))), "total", "overdue"]
    sums = {name: sum(row[name] for row in counted.values()) for name in names}
    return tuple(lines), _heat_row(area, _("All"), sums)


def _heat_row(area: Area, label: str, row: dict[str, Any], **filters: Any) -> HeatRow:
    def figure(name: str, **more: Any) -> Figure:
        number = row.get(name, 0)
        address = links.ledger(area, **{"view": "open", **filters, **more})
        return Figure(number, address, number)

    return HeatRow(
        label,
        tuple(figure(f"age{at}", age=age.code) for at, age in enumerate(AGES)),
        figure("total"),
        figure("overdue", view="overdue"),
    )


def _by_month(area: Area, months: tuple[Month, ...], column: str, name: str) -> tuple[Figure, ...]:
    start, end = rows.beginning(months[0].first), rows.beginning(months[-1].next.first)
    found: Any = (
        Case.objects.in_subtree(area.path)
        .filter(**{f"{column}__gte": start, f"{column}__lt": end})
        .order_by()
        .annotate(in_month=TruncMonth(column))
        .values("in_month")
        .annotate(cases=Count("pk"))
    )
    counted = {Month.of(row["in_month"].date()): row["cases"] for row in found}
    return tuple(
        Figure(
            counted.get(month, 0),
            links.ledger(area, **{"view": "all", name: month}),
            counted.get(month, 0),
        )
        for month in months
    )
