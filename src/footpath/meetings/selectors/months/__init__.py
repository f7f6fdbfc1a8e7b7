"""Looking up plans of months: lists, one plan, what it changes, its findings."""

from footpath.meetings.selectors.months.offers import offer_of
from footpath.meetings.selectors.months.page import MOST_PEOPLE, VIEWS, MonthPage
from footpath.meetings.selectors.months.plans import (
    absences_to_repair,
    changed_since,
    get_month_for,
    leaves_to_repair,
    lines_of,
    months_for,
    months_to_approve,
    next_of,
    page_of_months,
    pins_of,
    published_in,
    said,
)
from footpath.meetings.selectors.months.reading import month_page
from footpath.meetings.selectors.months.rows import ChangeRow

__all__ = [
    "MOST_PEOPLE",
    "VIEWS",
    "ChangeRow",
    "MonthPage",
    "absences_to_repair",
    "changed_since",
    "get_month_for",
    "leaves_to_repair",
    "lines_of",
    "month_page",
    "months_for",
    "months_to_approve",
    "next_of",
    "offer_of",
    "page_of_months",
    "pins_of",
    "published_in",
    "said",
]
