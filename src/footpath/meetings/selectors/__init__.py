"""Looking up meetings for somebody, one file per noun: what is not theirs is not there."""

from footpath.meetings.selectors.duties import (
    COMES,
    Clash,
    Due,
    clashes,
    duties_due,
    expected,
    expected_elsewhere,
    expected_in,
)
from footpath.meetings.selectors.figures import (
    ATTENDED,
    MonthFigures,
    attendance_rate,
    month_figures,
    month_figures_by_child,
    rates_by_meeting,
    span_of,
)
from footpath.meetings.selectors.meetings import (
    BY_START,
    Row,
    get_meeting_for,
    kinds,
    meetings_for,
    page_of_meetings,
    upcoming_for,
    upcoming_in,
    visible_to,
)
from footpath.meetings.selectors.minutes import meetings_of_case, open_cases_of

__all__ = [
    "ATTENDED",
    "BY_START",
    "COMES",
    "Clash",
    "Due",
    "MonthFigures",
    "Row",
    "attendance_rate",
    "clashes",
    "duties_due",
    "expected",
    "expected_elsewhere",
    "expected_in",
    "get_meeting_for",
    "kinds",
    "meetings_for",
    "meetings_of_case",
    "month_figures",
    "month_figures_by_child",
    "open_cases_of",
    "page_of_meetings",
    "rates_by_meeting",
    "span_of",
    "upcoming_for",
    "upcoming_in",
    "visible_to",
]
