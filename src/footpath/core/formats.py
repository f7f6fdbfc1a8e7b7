"""Dates, numbers and rates in the reader's own form, by Babel's tables (principle 8)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from footpath.core.calendar import Month
from footpath.core.figures import Rate

NO_BREAK = "\u00a0"
_LOCALES = {"en": "en_GB", "vi": "vi_VN", "zh": "zh_Hans_CN", "ru": "ru_RU"}
_FULL_DAY = {"en": "EEE d MMMM", "vi": "EEEE, d 'tháng' M", "zh": "M月d日 EEE", "ru": "EEE, d MMMM"}
_YEAR_DAY = {"en": "d MMMM y", "vi": "d/M/y", "zh": "y年M月d日", "ru": "d MMMM y"}
_FORMAL_DAY = {"en": "d MMMM y", "zh": "y年M月d日", "ru": "d MMMM y 'г'."}
_SHORT_DAY = {"en": "d MMM", "vi": "d/M", "zh": "M月d日", "ru": "d MMM"}


def _language() -> str:
    return (get_language() or "en")[:2]


@lru_cache(maxsize=8)
def _locale_for(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "en_GB"))


def locale() -> Locale:
    """Return Babel's locale of the reader's language."""
    return _locale_for(_language())


def _local(moment: date | datetime) -> date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


def day(moment: date | datetime) -> str:
    """Return a day without its year: "Tue 7 April"."""
    return str(format_date(_local(moment), _FULL_DAY[_language()], locale=locale()))


def day_short(moment: date | datetime) -> str:
    """Return a day in the least room: "7 Apr"."""
    return str(format_date(_local(moment), _SHORT_DAY[_language()], locale=locale()))


def day_parts(moment: date | datetime) -> tuple[str, str, str]:
    """Return weekday, number and month for a row of a calendar: ("Thu", "9", "Apr")."""
    weekday, number, month = (
        str(format_date(_local(moment), part, locale=locale())) for part in ("EEE", "d", "MMM")
    )
    return weekday, number, month


def day_year(moment: date | datetime | None) -> str:
    """Return a day with its year: "7 April 2026"; "" for no day."""
    if moment is None:
        return ""
    return str(format_date(_local(moment), _YEAR_DAY[_language()], locale=locale()))


def day_formal(moment: date | datetime) -> str:
    """Return a day as an official letter bears it: "ngày 01 tháng 12 năm 2026".

    Vietnamese writes the days below 10 and the months 1 and 2 with a zero, so that nothing can be
    put before them.
    """
    when = _local(moment)
    month_sign = "MM" if when.month < 3 else "M"
    vietnamese = f"'ngày' dd 'tháng' {month_sign} 'năm' y"
    pattern = _FORMAL_DAY.get(_language(), vietnamese)
    return str(format_date(when, pattern, locale=locale())).replace(" ", NO_BREAK)


def time(moment: datetime) -> str:
    """Return the time of day in the organisation's time zone: "18:45"."""
    return str(format_time(timezone.localtime(moment), "HH:mm", locale=locale()))


def day_time(moment: datetime) -> str:
    """Return day and time: "Tue 7 April, 18:45"."""
    return f"{day(moment)}, {time(moment)}"


def month(value: Month | date) -> str:
    """Return a month with its year: "March 2026"."""
    said = month_within(value)
    return said[:1].upper() + said[1:]


def month_within(value: Month | date) -> str:
    """Return a month as it stands inside a sentence: "tháng 3 năm 2026" in Vietnamese."""
    first = value.first if isinstance(value, Month) else value
    return str(format_skeleton("yMMMM", first, locale=locale()))


def number(value: float | Decimal) -> str:
    """Return a number with the reader's separators: 1386 is "1,386" in English."""
    return str(format_decimal(value, locale=locale())).replace(" ", NO_BREAK)


def percent(value: Decimal) -> str:
    """Return a percentage with two decimals and the sign as the language sets it."""
    said = str(format_decimal(value, format="0.00", locale=locale()))
    return f"{said}%" if _language() in {"vi", "zh"} else f"{said}{NO_BREAK}%"


def fraction(rate: Rate) -> str:
    """Return the fraction alone: "1,371/1,386"."""
    return f"{number(rate.part)}/{number(rate.whole)}"


def rate(value: Rate) -> str:
    """Return "18/21 = 85.71 %" in the reader's form, or "No data" when there is none."""
    if value.percent is None:
        return _("No data")
    return f"{fraction(value)}{NO_BREAK}={NO_BREAK}{percent(value.percent)}"


def initials(name: str) -> str:
    """Return one or two letters for a name: "Lê Thị Mai" is "LM"; a Chinese name its first sign."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:1].upper()
    return (words[0][0] + words[-1][0]).upper()


def file_size(size: int) -> str:
    """Return a size of a file in kB or MB, as people say it."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": number(max(1, round(size / 1000)))}
    return _("%(size)s MB") % {"size": number(round(size / 1_000_000, 1))}
