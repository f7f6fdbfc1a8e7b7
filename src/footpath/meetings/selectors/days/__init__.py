"""Which days are free for a meeting, and what stands against the others, in words. S2.2."""

from footpath.meetings.selectors.days.book import (
    HORIZON,
    Breach,
    DayBook,
    breaches,
    day_book,
    days_of,
    next_free_days,
)
from footpath.meetings.selectors.days.day_rules import (
    RuleLine,
    get_rule_for,
    history_of,
    rule_lines,
    rules_below,
)
from footpath.meetings.selectors.days.extraordinary import (
    extraordinary_by_child,
    extraordinary_figures,
    extraordinary_meetings,
)
from footpath.meetings.selectors.days.strip import StripDay, strip_of
from footpath.meetings.selectors.days.words import (
    day_names,
    source_of,
    words_of_test,
    words_of_whom,
)

__all__ = [
    "HORIZON",
    "Breach",
    "DayBook",
    "RuleLine",
    "StripDay",
    "breaches",
    "day_book",
    "day_names",
    "days_of",
    "extraordinary_by_child",
    "extraordinary_figures",
    "extraordinary_meetings",
    "get_rule_for",
    "history_of",
    "next_free_days",
    "rule_lines",
    "rules_below",
    "source_of",
    "strip_of",
    "words_of_test",
    "words_of_whom",
]
