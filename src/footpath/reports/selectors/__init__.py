"""Counting the records: each figure once, and the rows behind it."""

from footpath.reports.selectors.dashboard import Dashboard, Waiting, dashboard, waiting
from footpath.reports.selectors.month import month_report, month_report_as_table
from footpath.reports.selectors.places import area_to_report, widest_area_of
from footpath.reports.selectors.rates import Rates, rates_of
from footpath.reports.selectors.rows import rows_of, words_of
from footpath.reports.selectors.shapes import Figure, Line, MonthReport, Section, Table

__all__ = [
    "Dashboard",
    "Figure",
    "Line",
    "MonthReport",
    "Rates",
    "Section",
    "Table",
    "Waiting",
    "area_to_report",
    "dashboard",
    "month_report",
    "month_report_as_table",
    "rates_of",
    "rows_of",
    "waiting",
    "widest_area_of",
    "words_of",
]
