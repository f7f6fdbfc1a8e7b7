"""Looking up plans of months: lists, one plan, what it changes, its findings."""

from footpath.meetings.selectors.months.plans import (
    changed_since,
    get_month_for,
    lines_of,
    months_for,
    months_to_approve,
    name_of,
    next_of,
    page_of_months,
    pins_of,
    published_in,
    said,
)

__all__ = [
    "changed_since",
    "get_month_for",
    "lines_of",
    "months_for",
    "months_to_approve",
    "name_of",
    "next_of",
    "page_of_months",
    "pins_of",
    "published_in",
    "said",
]
