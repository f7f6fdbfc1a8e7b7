"""A month's report as a workbook and as comma-separated text: numbers stay numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from footpath.core import formats
from footpath.core.figures import Rate
from footpath.reports.selectors import Figure, MonthReport, Rates, Table
from footpath.reports.selectors.rates import Counts

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the text is UTF-8."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | None


def file_name(report: MonthReport, ending: str) -> str:
    """Return the name of the file: "footpath-831-2026-03.xlsx"."""
    code = "".join(sign if sign.isalnum() else "-" for sign in report.area.code)
    return f"footpath-{code}-{report.month}.{ending}"


def workbook(report: MonthReport) -> bytes:
    """Return the report as an .xlsx workbook, one sheet a section, one a table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "percent": book.add_format({"num_format": "0.00%"}),
        }
        over = f"{report.area.name}, {formats.month_within(report.month)}"
        for section in report.sections:
            rows = [
                ["  " * line.level + line.label, *_cells(line.figure)] for line in section.lines
            ]
            head = [_("Figure"), _("Number"), _("Of"), _("Percent")]
            _sheet(book, looks, (over, section.title), head, rows)
        for table in (report.by_place, report.by_category):
            head, rows = _flat(table)
            _sheet(book, looks, (over, table.title), head, rows)
    return out.getvalue()


def comma_separated(report: MonthReport) -> Iterator[str]:
    """Yield the report as lines of comma-separated text, every figure on a line of its own."""
    line = _Line()
    yield BYTE_ORDER_MARK
    yield line(
        [_("Place"), _("Month"), _("Section"), _("Of what"), _("Figure"), _("Number"), _("Of")]
    )
    start = [_safe(report.area.name), str(report.month)]
    for section in report.sections:
        for each in section.lines:
            number, whole, _percent = _cells(each.figure)
            yield line([*start, section.title, "", each.label, number, whole])
    for table in (report.by_place, report.by_category):
        for row in table.rows:
            for column, figure in zip(table.columns, row.figures, strict=True):
                number, whole, _percent = _cells(figure)
                yield line([*start, table.title, _safe(row.label), column, number, whole])


def rates_workbook(report: Rates) -> bytes:
    """Return the rates as an .xlsx workbook: the parts, and the months."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "percent": book.add_format({"num_format": "0.00%"}),
        }
        over = f"{report.area.name}, {_span_of(report)}"
        head, rows = _rates_head(), _rates_rows(report)
        _sheet(book, looks, (over, _("Units")), head, rows)
        trend = [_rates_cells(str(point.month), "", point.counts) for point in report.trend]
        _sheet(book, looks, (report.area.name, _("Months")), head, trend)
    return out.getvalue()


def rates_comma_separated(report: Rates) -> Iterator[str]:
    """Yield the rates of the parts as lines of comma-separated text."""
    line = _Line()
    yield BYTE_ORDER_MARK
    yield line([_("Place"), _("Months"), *_rates_head()])
    start = [_safe(report.area.name), _span_of(report)]
    for row in _rates_rows(report):
        cells = [_safe(cell) if isinstance(cell, str) else cell for cell in row]
        yield line([*start, *cells])


def _span_of(report: Rates) -> str:
    months = report.months
    return str(months[0]) if len(months) == 1 else f"{months[0]} – {months[-1]}"


def _rates_head() -> list[str]:
    head = [_("Unit"), _("Code"), _("Rank"), _("Raised")]
    for name in (_("Response"), _("Resolution"), _("Satisfaction")):
        head += [name, _("%(figure)s, of") % {"figure": name}]
        head.append(_("%(figure)s, percent") % {"figure": name})
    return [*head, _("Superficial"), _("Closed elsewhere")]


def _rates_rows(report: Rates) -> list[list[Cell]]:
    parts = (report.total, *report.lines)
    return [_rates_cells(part.name, part.code, part.counts, part.rank) for part in parts]


def _rates_cells(name: str, code: str, counts: Counts, rank: int | None = None) -> list[Cell]:
    """Return a line's cells; a rate without data leaves its cells empty, which is not zero."""
    cells: list[Cell] = [name, code, rank, counts["raised"]]
    for rate in (counts.response, counts.resolution, counts.satisfaction):
        cells += [rate.part, rate.whole, rate.part / rate.whole] if rate.whole else [None] * 3
    return [*cells, counts["superficial"], counts["elsewhere"]]


class _Line:
    """Writes one line of comma-separated text at a time."""

    def write(self, text: str) -> str:
        return text

    def __call__(self, cells: list[Any]) -> str:
        return str(csv.writer(self).writerow(["" if cell is None else cell for cell in cells]))


def _cells(figure: Figure) -> list[Cell]:
    """Return number, whole and share of a figure; a rate without data leaves all three empty."""
    if not isinstance(figure.value, Rate):
        return [figure.value, None, None]
    if not figure.value.whole:
        return [None, None, None]
    return [figure.value.part, figure.value.whole, figure.value.part / figure.value.whole]


def _flat(table: Table) -> tuple[list[str], list[list[Cell]]]:
    """Return a table with two columns for each rate: the part, and the whole after it."""
    rates = [
        at
        for at in range(len(table.columns))
        if any(isinstance(row.figures[at].value, Rate) for row in table.rows)
    ]
    head = [table.head]
    for at, column in enumerate(table.columns):
        head += [column, _("%(figure)s, of") % {"figure": column}] if at in rates else [column]
    rows: list[list[Cell]] = []
    for row in table.rows:
        cells: list[Cell] = [row.label]
        for at, figure in enumerate(row.figures):
            cells += _cells(figure)[: 2 if at in rates else 1]
        rows.append(cells)
    return head, rows


def _sheet(
    book: Any,
    looks: dict[str, Any],
    titles: tuple[str, str],
    head: list[str],
    rows: list[list[Cell]],
) -> None:
    over, title = titles
    sheet = book.add_worksheet(title.translate(str.maketrans("[]:*?/\\", "       "))[:31])
    sheet.write_string(0, 0, over, looks["title"])
    for column, text in enumerate(head):
        sheet.write_string(2, column, text, looks["head"])
    for number, row in enumerate(rows, start=3):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write_number(
                    number, column, cell, looks["percent"] if isinstance(cell, float) else None
                )
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, max(1, len(head) - 1), 14)
    sheet.freeze_panes(3, 1)


def _safe(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text
