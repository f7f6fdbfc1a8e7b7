"""The month's report of a place and everything below it, in a constant number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from footpath.assignments import selectors as assignments
from footpath.cases.models import Case, Category, Entry
from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area, Person, Tier
from footpath.meetings.models import Meeting
from footpath.meetings.rules import ATTENDED
from footpath.reports import links, rules
from footpath.reports.selectors import rows
from footpath.reports.selectors.places import tier_to_cover
from footpath.reports.selectors.shapes import Figure, Line, MonthReport, Row, Section, Table

Counts = Counter[tuple[Any, ...]]

HELD, PLANNED, CANCELLED = Meeting.State.HELD, Meeting.State.PLANNED, Meeting.State.CANCELLED


@dataclass(frozen=True)
class _Asked:
    """What the report is about."""

    area: Area
    month: Month
    is_present: bool


def month_report(person: Person, area: Area, month: Month) -> MonthReport:
    """Return the month's report of a place: meetings, coverage, cases, by place, by category.

    The place must be one whose figures the person may read (``area_to_report``). Each figure has
    the address of exactly its rows. The number of queries does not depend on the size of anything.
    Source: S2.4, S4.4; the figures are defined in docs/reference/figures.md.
    """
    now, today = clock.now(), clock.today()
    asked = _Asked(area, month, month == Month.of(today))
    path, child = area.path, rows.child_column(area)
    meetings = _grouped(rows.meetings(path, month), child, "state")
    marks = _marks(rows.duties(path, month), child)
    raised = _grouped(rows.raised(path, month), child, "category")
    closed = _grouped(rows.closed(path, month), child, "category", "outcome")
    stock = rows.open_at_end(path, month)
    still_open = _grouped(stock, child, "category", "level")
    late = _grouped(stock.filter(rows.overdue(month)), child, "category", "level")
    reopened = rows.with_entry(path, month, Entry.Deed.REOPENED).count()
    escalated = rows.with_entry(path, month, Entry.Deed.ESCALATED).count()
    tiers = {tier.level: tier for tier in Tier.objects.all()}
    covered_on = rules.covered_on(month, today)
    return MonthReport(
        area=area,
        month=month,
        is_present=asked.is_present,
        counted_at=now if asked.is_present else rows.beginning(month.next.first),
        covered_on=covered_on,
        sections=(
            _meetings(asked, _by(meetings, 1), _by(marks, 1)),
            _coverage(asked, assignments.coverage_rates(path, on=covered_on), covered_on),
            _cases(
                asked,
                _Cases(
                    sum(raised.values()),
                    _by(closed, 2),
                    _by(still_open, 2),
                    _by(late, 2),
                    reopened,
                    escalated,
                ),
                tiers,
            ),
        ),
        by_place=_by_place(
            asked,
            tiers,
            covered_on,
            _Places(meetings, marks, *map(_of, (raised, closed, still_open, late))),
        ),
        by_category=_by_category(
            asked, *(_by(each, 1) for each in (raised, closed, still_open, late))
        ),
    )


def month_report_as_table(report: MonthReport) -> list[tuple[str, str]]:
    """Return the report's lines as (name, figure in the reader's form), headings with ""."""
    table = []
    for section in report.sections:
        table.append((section.title, ""))
        table += [
            ("  " * (line.level + 1) + line.label, said(line.figure)) for line in section.lines
        ]
    return table


def said(figure: Figure) -> str:
    """Return a figure as text in the reader's form: "1,386", "18/21 = 85.71 %", "No data"."""
    if isinstance(figure.value, Rate):
        return formats.rate(figure.value)
    return formats.number(figure.value)


# --- counting -------------------------------------------------------------------------------------


def _grouped(found: QuerySet[Any], *columns: str) -> Counts:
    """Count rows by the values of these columns: one query, one line a group."""
    groups = found.order_by().values_list(*columns).annotate(number=Count("pk"))
    return Counter({tuple(group[:-1]): group[-1] for group in groups})


def _marks(found: QuerySet[Any], child: str) -> Counts:
    return _grouped(found, f"meeting__{child}", "attendance")


def _by(counts: Counts, *positions: int) -> Counts:
    """Add groups up so that only these columns are left."""
    sums: Counts = Counter()
    for key, number in counts.items():
        sums[tuple(key[position] for position in positions)] += number
    return sums


def _of(counts: Counts) -> Counts:
    return _by(counts, 0)


def _attended(marks: Counts, *before: Any) -> Rate:
    """Return who came of those expected; ``before`` is the group in front of the mark."""
    mine = {key[-1]: number for key, number in marks.items() if key[:-1] == before}
    came = sum(number for mark, number in mine.items() if mark in ATTENDED)
    return Rate(came, sum(mine.values()))


# --- sections -------------------------------------------------------------------------------------


def _meetings(asked: _Asked, states: Counts, marks: Counts) -> Section:
    to, rows_to = _addresses(asked)

    def line(key: str, label: str, state: str) -> Line:
        number = states[(state,)]
        return Line(key, label, Figure(number, to(links.meetings, state=state), number))

    def mark(key: str, label: str) -> Line:
        number = marks[(key,)]
        return Line(key, label, Figure(number, rows_to(key), number), 1)

    attended = _attended(marks)
    return Section(
        "meetings",
        _("Meetings"),
        (
            line("held", _("Held"), HELD),
            line("planned", _("Planned, not yet held"), PLANNED),
            line("cancelled", _("Cancelled"), CANCELLED),
            Line(
                "attended",
                _("Attended, of those with the duty to"),
                Figure(attended, rows_to("duties"), attended.whole),
            ),
            mark("excused", _("Excused")),
            mark("absent", _("Absent")),
        ),
    )


def _coverage(asked: _Asked, rates: Iterable[assignments.TierCoverage], on: Any) -> Section:
    lines = []
    for found in rates:
        name, rate = found.tier.name, found.rate
        address = partial(links.coverage, asked.area, tier=found.tier.code, on=links.day(on))
        lines.append(
            Line(
                f"covered-{found.tier.code}",
                _("%(tier)s: somebody in charge") % {"tier": name},
                Figure(rate, address(), rate.whole),
            )
        )
        if rate.missing:
            lines.append(
                Line(
                    f"nobody-{found.tier.code}",
                    _("Nobody in charge"),
                    Figure(rate.missing, address(missing=1), rate.missing),
                    1,
                )
            )
    return Section("coverage", _("Who is in charge"), tuple(lines))


@dataclass(frozen=True)
class _Cases:
    raised: int
    closed: Counts
    open: Counts
    late: Counts
    reopened: int
    escalated: int


def _cases(asked: _Asked, found: _Cases, tiers: dict[int, Tier]) -> Section:
    month = asked.month
    to, rows_to = _addresses(asked)
    closed, open_, late = (sum(each.values()) for each in (found.closed, found.open, found.late))
    lines = [
        Line(
            "raised",
            _("Raised"),
            Figure(found.raised, to(links.ledger, view="all", raised=month), found.raised),
        ),
        Line(
            "closed",
            _("Closed, not reopened since"),
            Figure(closed, to(links.ledger, view="all", closed=month), closed),
        ),
    ]
    for outcome in Case.Outcome:
        number = found.closed[(outcome.value,)]
        figure = Figure(number, rows_to("closed", outcome=outcome.value), number)
        lines.append(Line(f"closed-{outcome.value}", str(outcome.label), figure, 1))
    reopened = Figure(found.reopened, to(links.ledger, view="all", reopened=month), found.reopened)
    escalated = Figure(found.escalated, rows_to("escalated"), found.escalated)
    still_open = Figure(open_, _stock(asked, "open"), open_)
    overdue = Figure(Rate(late, open_), _stock(asked, "overdue"), late, late=bool(late))
    said_open, said_overdue = (
        _("Open at the end of the month"),
        _("Overdue at the end of the month"),
    )
    if asked.is_present:
        said_open, said_overdue = _("Open, now"), _("Overdue, now")
    lines += [
        Line("reopened", _("Reopened"), reopened),
        Line("escalated", _("Escalated"), escalated),
        Line("open", said_open, still_open),
        Line("overdue", said_overdue, overdue),
    ]
    for level in sorted({key[0] for key in found.open}):
        number = found.late[(level,)]
        figure = Figure(number, _stock(asked, "overdue", level=level), number, late=bool(number))
        label = _("With the tier: %(tier)s") % {"tier": tiers[level].name}
        lines.append(Line(f"overdue-{level}", label, figure, 1))
    return Section("cases", _("Cases"), tuple(lines))


@dataclass(frozen=True)
class _Places:
    meetings: Counts
    marks: Counts
    raised: Counts
    closed: Counts
    open: Counts
    late: Counts


def _by_place(asked: _Asked, tiers: dict[int, Tier], on: Any, found: _Places) -> Table:
    level = len(asked.area.ancestor_ids)
    below = tier_to_cover(tiers, level)
    children = assignments.coverage_by_child(asked.area, below, on=on) if below else []
    month = asked.month
    lines = []
    for child in children:
        place, key = child.area, (child.area.pk,)
        of_child = _Asked(place, month, asked.is_present)
        held, attended = found.meetings[(*key, HELD)], _attended(found.marks, *key)
        covered = links.covered(place, below, on)
        lines.append(
            Row(
                place.name,
                links.report(place, month),
                (
                    Figure(child.rate, covered, child.rate.whole),
                    Figure(held, links.meetings(place, month, state=HELD), held),
                    Figure(attended, links.rows(place, month, "duties"), attended.whole),
                    *_four(
                        of_child,
                        *(
                            each[key]
                            for each in (found.raised, found.closed, found.open, found.late)
                        ),
                    ),
                ),
                lang="vi",
            )
        )
    lines += _itself(asked, found, {child.area.pk for child in children})
    return Table(
        "places",
        _("By place"),
        tiers[level].name if level in tiers else _("Place"),
        (
            _("In charge (%(tier)s)") % {"tier": below.name if below else ""},
            _("Meetings held"),
            _("Attended"),
            _("Raised"),
            _("Closed"),
            _("Open"),
            _("Overdue"),
        ),
        tuple(lines),
    )


def _itself(asked: _Asked, found: _Places, children: set[int]) -> list[Row]:
    """Return the line of what lies in the place itself, or in places that are no more, if any."""
    own = [sum(n for key, n in each.items() if key[0] not in children)
           for each in (found.raised, found.closed, found.open, found.late)]  # fmt: skip
    held = sum(n for key, n in found.meetings.items() if key[0] not in children and key[1] == HELD)
    marks: Counts = Counter()
    for key, number in found.marks.items():
        if key[0] not in children:
            marks[(key[1],)] += number
    if not children or not (any(own) or held or marks):
        return []
    to = partial(links.rows, asked.area, asked.month, own=1)
    attended = _attended(marks)
    figures = (
        Figure(Rate(0, 0)),
        Figure(held, to("meetings"), held),
        Figure(attended, to("duties"), attended.whole),
        *(
            Figure(number, to(key), number, late=key == "overdue" and bool(number))
            for key, number in zip(("raised", "closed", "open", "overdue"), own, strict=True)
        ),
    )
    return [Row(_("In no place below"), "", figures)]


def _by_category(
    asked: _Asked, raised: Counts, closed: Counts, open_: Counts, late: Counts
) -> Table:
    names = Category.objects.in_bulk(
        sorted({key[0] for each in (raised, closed, open_, late) for key in each})
    )
    lines = [
        Row(
            category.name,
            "",
            _four(
                asked,
                *(each[(pk,)] for each in (raised, closed, open_, late)),
                category=category.code,
            ),
        )
        for pk, category in sorted(names.items(), key=lambda pair: pair[1].code)
    ]
    return Table(
        "categories",
        _("By category"),
        _("Category"),
        (_("Raised"), _("Closed"), _("Open"), _("Overdue")),
        tuple(lines),
    )


def _four(
    asked: _Asked, raised: int, closed: int, open_: int, late: int, **filters: Any
) -> tuple[Figure, ...]:
    """Return the four figures of cases that every table ends with, each with its rows."""
    to, _rows_to = _addresses(asked)
    ledger: Callable[..., str] = partial(to, links.ledger, view="all", **filters)
    return (
        Figure(raised, ledger(raised=asked.month), raised),
        Figure(closed, ledger(closed=asked.month), closed),
        Figure(open_, _stock(asked, "open", **filters), open_),
        Figure(late, _stock(asked, "overdue", **filters), late, late=bool(late)),
    )


def _addresses(asked: _Asked) -> tuple[Callable[..., str], Callable[..., str]]:
    """Return the makers of addresses: of another room's list, and of this room's rows."""

    def to(address: Callable[..., str], **filters: Any) -> str:
        if address is links.meetings:
            return address(asked.area, asked.month, **filters)
        return address(asked.area, **filters)

    return to, partial(links.rows, asked.area, asked.month)


def _stock(asked: _Asked, figure: str, **filters: Any) -> str:
    """Return where open or overdue cases stand: the ledger for now, our own rows for the past."""
    if asked.is_present:
        return links.ledger(asked.area, view=figure, **filters)
    return links.rows(asked.area, asked.month, figure, **filters)
