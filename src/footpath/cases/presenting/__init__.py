"""Cases in the reader's words: clocks, steps, rows of lists, entries of the thread."""

from footpath.cases.presenting.clocks import Clock, clock_of, clock_of_case
from footpath.cases.presenting.deeds import BY_USE, DEED_ICONS, deed_word, is_worth_offering
from footpath.cases.presenting.next_steps import NextStep, next_step
from footpath.cases.presenting.people import Taker, people_of
from footpath.cases.presenting.rows import (
    ROW_COLUMNS,
    Row,
    next_word,
    number_of,
    place_of,
    rows_of,
    steps,
)
from footpath.cases.presenting.threads import Evidence, Said, name_of, thread, why_word

__all__ = [
    "BY_USE",
    "DEED_ICONS",
    "ROW_COLUMNS",
    "Clock",
    "Evidence",
    "NextStep",
    "Row",
    "Said",
    "Taker",
    "clock_of",
    "clock_of_case",
    "deed_word",
    "is_worth_offering",
    "name_of",
    "next_step",
    "next_word",
    "number_of",
    "people_of",
    "place_of",
    "rows_of",
    "steps",
    "thread",
    "why_word",
]
