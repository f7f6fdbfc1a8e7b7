"""Working days and days off of a country and of its places. Pure: no Django here.

Public holidays and swapped working days come from the package ``holidays``; what a place notes
about its own days comes with each question. A year whose swapped days nobody has decided is
refused (``YearNotKnown``), never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)


class YearNotKnown(LookupError):
    """Nobody has settled the holidays and swapped working days of ``year``."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} are not known")
        self.year = year


class Noted(StrEnum):
    """What a place notes about its days."""

    CLOSED = "closed"
    WORKING = "working"


@dataclass(frozen=True)
class Special:
    """Days, both ends included, on which a place is closed, or works although others do not."""

    kind: Noted
    first: date
    last: date
    reason: str = ""
    place: str = ""  # the name of the place; empty for the whole country

    def covers(self, day: date) -> bool:
        """Return whether the day lies in the span."""
        return self.first <= day <= self.last


class Off(StrEnum):
    """Why a day is a day off."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    INSTEAD = "instead"  # swapped with a working day at the weekend
    CLOSED = "closed"  # noted by a place or for the whole country


@dataclass(frozen=True)
class DayOff:
    """A day on which offices do not work, and why."""

    day: date
    why: Off
    country: str = ""
    instead_of: date | None = None  # the weekend day that is worked for it
    note: Special | None = None

    @property
    def stops_meetings(self) -> bool:
        """Return whether nobody meets on it: everything but a plain weekend."""
        return self.why is not Off.WEEKEND

    def name(self, language: str) -> str | None:
        """Return the holiday's name in a language of ``languages(country)``, or None."""
        return holiday_name(self.country, self.day, language) if self.country else None


@dataclass(frozen=True)
class ExtraDay:
    """A working day at a weekend or on a holiday, and why."""

    day: date
    off: date | None = None  # the day off that it is worked for
    note: Special | None = None


@dataclass(frozen=True)
class _Year:
    """What the package knows of one year of a country."""

    off: Mapping[date, date | None]  # a public holiday, and what a swapped one stands for
    worked: Mapping[date, date | None]  # a working day at a weekend, and the day off for it
    weekend: frozenset[int]


class Workdays:
    """The working days of one place.

    ``settled`` are the years that somebody settled by hand. ``specials`` are the notes that hold
    for the place, those of the whole country first and the nearest place last: of two notes on
    one day the later in the list counts.
    """

    def __init__(
        self, country: str, *, settled: Iterable[int] = (), specials: Iterable[Special] = ()
    ) -> None:
        self.country = country
        self.settled = frozenset(settled)
        self.specials = tuple(specials)
        self._known: dict[date, DayOff | ExtraDay | None] = {}

    def knows(self, year: int) -> bool:
        """Return whether the days of a year are decided: by the package, or by somebody here."""
        first, until = decided(self.country)
        return year in self.settled or first <= year <= until

    def day_off(self, day: date) -> DayOff | None:
        """Return why a day is off, None for a working day. Raises YearNotKnown.

        In Việt Nam Monday 31 August 2026 is off instead of Saturday 22 August, which is worked.
        """
        found = self._of(day)
        return found if isinstance(found, DayOff) else None

    def extra_day(self, day: date) -> ExtraDay | None:
        """Return why a day is worked that would be off, None otherwise. Raises YearNotKnown."""
        found = self._of(day)
        return found if isinstance(found, ExtraDay) else None

    def is_working(self, day: date) -> bool:
        """Return whether offices work on the day. Raises YearNotKnown."""
        return self.day_off(day) is None

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day. Raises YearNotKnown."""
        following = day + ONE_DAY
        while not self.is_working(following):
            following += ONE_DAY
        return following

    def _of(self, day: date) -> DayOff | ExtraDay | None:
        if not self.knows(day.year):
            raise YearNotKnown(day.year)
        if day not in self._known:
            self._known[day] = self._judge(day)
        return self._known[day]

    def _judge(self, day: date) -> DayOff | ExtraDay | None:
        year = _year(self.country, day.year)
        weekend = day.weekday() in year.weekend
        note = next((row for row in reversed(self.specials) if row.covers(day)), None)
        if note is not None and note.kind is Noted.CLOSED:
            return DayOff(day, Off.CLOSED, note=note)
        if note is not None:
            return ExtraDay(day, note=note) if weekend or day in year.off else None
        if day in year.off:
            instead_of = year.off[day]
            why = Off.HOLIDAY if instead_of is None else Off.INSTEAD
            return DayOff(day, why, self.country, instead_of)
        if day in year.worked:
            return ExtraDay(day, year.worked[day])
        return DayOff(day, Off.WEEKEND) if weekend else None


def countries() -> frozenset[str]:
    """Return the two-letter codes of the countries that the package knows."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@lru_cache(maxsize=8)
def decided(country: str) -> tuple[int, int]:
    """Return the first and the last year whose swapped working days the package carries.

    For a country without any the last year is 0: each of its years has to be settled here.
    """
    calendar = holidays.country_holidays(country)
    listed = getattr(calendar, "special_public_holidays", {})
    swapped = [year for year in listed if _swaps(country, [year])]
    return calendar.start_year, max(swapped, default=0)


@lru_cache(maxsize=8)
def languages(country: str) -> frozenset[str]:
    """Return the languages in which the package names the country's holidays: vi, en_US …"""
    return frozenset(holidays.country_holidays(country).supported_languages)


def holiday_name(country: str, day: date, language: str) -> str | None:
    """Return the name of a public holiday in one of the country's ``languages``, or None."""
    return _names(country, day.year, language).get(day)


@lru_cache(maxsize=64)
def _names(country: str, year: int, language: str) -> Mapping[date, str]:
    named = holidays.country_holidays(country, years=year, language=language)
    return {day: name for day, name in named.items() if day.year == year}


@lru_cache(maxsize=64)
def _year(country: str, year: int) -> _Year:
    # A Saturday in December may be worked for a day in January: the year after says so.
    calendar = holidays.country_holidays(country, years=[year, min(year + 1, MAXYEAR)])
    swaps = _swaps(country, (year, year + 1))
    back = {worked: off for off, worked in swaps.items()}
    return _Year(
        off={day: swaps.get(day) for day in calendar if day.year == year},
        worked={day: back.get(day) for day in calendar.weekend_workdays if day.year == year},
        weekend=frozenset(calendar.weekend),
    )


def _swaps(country: str, years: Iterable[int]) -> dict[date, date]:
    """Return each swapped day off with the day that is worked for it.

    The package writes them as (month, day, month worked, day worked[, year worked]); entries with
    a name are holidays of that year alone.
    """
    swapped = getattr(holidays.country_holidays(country), "special_public_holidays", {})
    found = {}
    for year in years:
        entries = swapped.get(year, ())
        for entry in entries if entries and isinstance(entries[0], tuple) else (entries,):
            numbers = [part for part in entry if isinstance(part, int)]
            if len(numbers) == len(entry) and len(numbers) >= 4:
                month, day, worked_month, worked_day = numbers[:4]
                worked_year = numbers[4] if len(numbers) > 4 else year
                found[date(year, month, day)] = date(worked_year, worked_month, worked_day)
    return found
