"""What a notice says, in the language that is in force now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from footpath.core import formats
from footpath.core.calendar import Month
from footpath.notifications import kinds
from footpath.notifications.models import Notice

LARGEST = 10**15  # beyond it a number is no count of anything, and is shown as it stands

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
_MONTH = re.compile(r"\d{4}-\d{2}")


class _Values(dict[str, str]):
    """Values of a sentence; one that is not there is left out."""

    def __missing__(self, _name: str) -> str:
        return "…"


def say(notice: Notice) -> str:
    """Return the sentence of a notice; of a kind that no room has any more, that there was one."""
    try:
        kind = kinds.get(notice.kind)
    except KeyError:
        return _("A notice of a part of Footpath that is no longer installed.")
    return _(kind.sentence) % _Values({name: word(value) for name, value in notice.values.items()})


def word(value: Any) -> str:
    """Return a value as the reader writes it.

    "2026-04-11" is "11 April 2026", "2026-04-11T08:30:00+07:00" is "Sat 11 April, 08:30", "2026-04"
    is "April 2026", 1386 is "1,386"; of a dictionary by language code the reader's entry is taken,
    else the English one, else any. Other text stands as it is.
    """
    if isinstance(value, Mapping):
        return word(_of_reader(value))
    if isinstance(value, int | float) and abs(value) < LARGEST:
        return formats.number(value)
    text = str(value)
    try:
        if _DAY.fullmatch(text):
            return formats.day_year(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return formats.day_time(moment) if moment.tzinfo is not None else text
        if _MONTH.fullmatch(text):
            return formats.month_within(Month.parse(text))
    except ValueError:
        pass  # it only looked like a date
    return text


def _of_reader(by_language: Mapping[str, Any]) -> Any:
    for code in ((get_language() or "en").lower(), "en"):
        if code in by_language:
            return by_language[code]
    return next(iter(by_language.values()), "")
