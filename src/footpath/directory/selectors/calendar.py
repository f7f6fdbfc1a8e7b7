"""The days of a place: what is noted on the places above it and on itself, in words.

Public holidays and swapped working days come from ``core.workdays``; years settled by hand and
local closures from this room's tables. Both are inherited down the tree by path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.core import formats, tree, workdays
from footpath.core.errors import NotThere
from footpath.core.workdays import DayOff, ExtraDay, Noted, Off, Special, Workdays
from footpath.directory.models import CalendarYear, Person, SpecialDay

LANGUAGES = {"en": "en_US", "vi": "vi", "zh-hans": "zh_CN", "ru": "ru"}
"""Our languages as the package of holidays calls them."""

NAMES = (
    gettext_noop("New Year's Day"),
    gettext_noop("Lunar New Year's Eve"),
    gettext_noop("Lunar New Year"),
    gettext_noop("Second Day of Lunar New Year"),
    gettext_noop("Third Day of Lunar New Year"),
    gettext_noop("Fourth Day of Lunar New Year"),
    gettext_noop("Fifth Day of Lunar New Year"),
    gettext_noop("Sixth Day of Lunar New Year"),
    gettext_noop("29 of Lunar New Year"),
    gettext_noop("Hung Kings' Commemoration Day"),
    gettext_noop("Liberation Day/Reunification Day"),
    gettext_noop("International Labor Day"),
    gettext_noop("National Day"),
    gettext_noop("Vietnam Cultural Day"),
)
"""Holidays of Việt Nam, which the package names in Vietnamese and English only."""

OBSERVED, ESTIMATED = " (observed)", " (estimated)"
"""What the package adds to an English name: a day off for a holiday at a weekend; a lunar date."""


def ancestors_and_self(path: str) -> list[str]:
    """Return "" for the whole country, then each place from the root down to the place itself."""
    return [path[:end] for end in range(0, len(path) + 1, tree.STEP)]


def workdays_for(path: str, years: Iterable[int]) -> Workdays:
    """Return the working days of a place in these years; two queries.

    Notes of the country, of every place above and of the place itself hold; the nearest counts.
    """
    wanted = sorted(set(years))
    rows = _of_offices(wanted).filter(path__in=ancestors_and_self(path))
    return Workdays(
        settings.COUNTRY,
        settled=settled_years(wanted),
        specials=[_special(row) for row in sorted(rows, key=lambda row: (len(row.path), row.pk))],
    )


def workdays_below(path: str, years: Iterable[int]) -> Callable[[str], Workdays]:
    """Return a function from the path of a place to its working days, for a whole subtree.

    It answers for the place and everything below it without further queries; two queries.
    """
    wanted = sorted(set(years))
    settled = settled_years(wanted)
    condition = Q(path__in=ancestors_and_self(path)) | tree.within(path) if path else Q()
    rows = sorted(_of_offices(wanted).filter(condition), key=lambda row: (len(row.path), row.pk))
    known: dict[tuple[int, ...], Workdays] = {}

    def of(place: str) -> Workdays:
        mine = [row for row in rows if place.startswith(row.path)]
        key = tuple(row.pk for row in mine)
        if key not in known:
            known[key] = Workdays(
                settings.COUNTRY, settled=settled, specials=[_special(row) for row in mine]
            )
        return known[key]

    return of


def settled_years(years: Iterable[int]) -> list[int]:
    """Return which of these years somebody has settled by hand."""
    rows = CalendarYear.objects.filter(year__in=list(years))
    return list(rows.order_by("year").values_list("year", flat=True))


def settled_year(year: int) -> CalendarYear | None:
    """Return who settled a year by hand, and on what basis; None when nobody did."""
    return CalendarYear.objects.filter(year=year).select_related("settled_by").first()


def special_days_for(person: Person, path: str, year: int) -> list[SpecialDay]:
    """Return the notes of a year that hold in a place: the country's, those above, its own.

    By their first day; one query. Which days are worked is no secret to whoever is signed in.
    """
    if not may(person, "directory.see"):
        return []
    rows = _notes([year]).filter(path__in=ancestors_and_self(path)).select_related("noted_by")
    return list(rows.order_by("first", "pk"))


def get_special_days_for(person: Person, *, pk: int) -> SpecialDay:
    """Return a note that still holds; NotThere when there is none."""
    found = SpecialDay.objects.filter(pk=pk, withdrawn_at=None).select_related("area").first()
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def words_of_year_not_known(year: int) -> str:
    """Return what is missing for a year, and who settles it where."""
    return _(
        "The holidays and swapped working days of %(year)s are not settled yet. An administrator"
        " settles the year under Administration, Calendar of days, when the state has published"
        " them."
    ) % {"year": year}


def words_of_day_off(day_off: DayOff) -> str:
    """Return why a day is off, in the reader's language: "National Day", "Weekend"."""
    if day_off.note is not None:
        return _words_of_note(day_off.note)
    if day_off.why is Off.WEEKEND:
        return _("Weekend")
    if day_off.instead_of is not None:
        return _("Day off instead of %(day)s") % {"day": formats.day_short(day_off.instead_of)}
    return _holiday(day_off)


def words_of_extra_day(extra: ExtraDay) -> str:
    """Return why a day is worked, in the reader's language."""
    if extra.note is not None:
        return _words_of_note(extra.note)
    if extra.off is not None:
        return _("Working day for %(day)s") % {"day": formats.day_short(extra.off)}
    return _("Working day")


def _words_of_note(note: Special) -> str:
    if note.place:
        return f"{note.reason} ({note.place})"
    return note.reason


def _holiday(day_off: DayOff) -> str:
    language = LANGUAGES.get(get_language() or "en", "en_US")
    if language in workdays.languages(day_off.country):
        return day_off.name(language) or _("Public holiday")
    # Two holidays on one day stand side by side.
    return "; ".join(
        _translated(name) for name in (day_off.name("en_US") or "Public holiday").split("; ")
    )


def _translated(name: str) -> str:
    plain = name.replace(ESTIMATED, "")
    if plain.endswith(OBSERVED):
        return _("%(holiday)s (day off for it)") % {"holiday": _(plain.removesuffix(OBSERVED))}
    return _(plain)


def _notes(years: list[int]) -> QuerySet[SpecialDay]:
    if not years:
        return SpecialDay.objects.none()
    return SpecialDay.objects.filter(
        withdrawn_at=None, first__lte=date(years[-1], 12, 31), last__gte=date(years[0], 1, 1)
    ).select_related("area")


def _of_offices(years: list[int]) -> QuerySet[SpecialDay]:
    """Return the notes that say whether offices work: on a blocked day they do as ever."""
    return _notes(years).exclude(kind=SpecialDay.Kind.BLOCKED)


def _special(row: SpecialDay) -> Special:
    return Special(
        Noted(row.kind), row.first, row.last, row.reason, row.area.name if row.area else ""
    )
