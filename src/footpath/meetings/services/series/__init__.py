"""Series of meetings: make, change and end them; their meetings stand 13 months ahead. S2.2."""

from footpath.meetings.services.series.changing import Changed, change_series, end_series
from footpath.meetings.services.series.creating import create_series
from footpath.meetings.services.series.making import ahead, make_all, make_meetings
from footpath.meetings.services.series.shape import understood

__all__ = [
    "Changed",
    "ahead",
    "change_series",
    "create_series",
    "end_series",
    "make_all",
    "make_meetings",
    "understood",
]
