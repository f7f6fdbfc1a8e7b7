"""The days of a year in a place: days off, swapped days, and days on which it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import get_day_names
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.core.errors import NotThere, RuleBroken
from footpath.core.keys import key_in
from footpath.core.workdays import DayOff, ExtraDay, Off, Workdays
from footpath.directory import selectors, services
from footpath.directory.forms import SettleYearForm, SpecialDaysForm
from footpath.directory.models import Area, Person
from footpath.directory.views.shared import crumb, crumbs_of_area

FIRST, LAST = 1901, 2199


@dataclass(frozen=True)
class Cell:
    """One day of a small month: how it looks, and in words why."""

    day: date
    look: str = ""  # off, marked, closed, worked
    words: str = ""


@dataclass(frozen=True)
class SmallMonth:
    """A month in weeks; None stands for the days of the months around it."""

    month: Month
    weeks: list[list[Cell | None]]

    @property
    def marked(self) -> list[tuple[date, date, str]]:
        """Return the days with words, as spans of days that follow each other: first, last, why."""
        spans: list[tuple[date, date, str]] = []
        for week in self.weeks:
            for cell in week:
                if cell is None or not cell.words:
                    continue
                if spans and spans[-1][2] == cell.words and cell.day - spans[-1][1] == _ONE_DAY:
                    spans[-1] = (spans[-1][0], cell.day, cell.words)
                else:
                    spans.append((cell.day, cell.day, cell.words))
        return spans


_ONE_DAY = timedelta(days=1)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Asked) -> HttpResponse:
    """Show the year of a place in twelve small months; settle the year, note special days."""
    person: Person = request.person
    year = _year(request.GET.get("year"))
    code = request.GET.get("place")
    place = selectors.get_area_for(person, code=code) if code else _home(person)
    may_settle = may(person, "directory.settle_year")
    may_close = place is not None and may(person, "directory.close_days", place)
    deed = request.POST.get("deed")
    settle = SettleYearForm(request.POST if deed == "settle" else None, person=person)
    note = SpecialDaysForm(request.POST if deed == "note" else None, person=person)
    if not may_settle:
        del note.fields["everywhere"]
    done = ""
    if deed == "settle" and settle.is_valid():
        done = _settled(settle, year, by=person)
    if deed == "note" and note.is_valid():
        done = _noted(note, place, by=person)
    if deed == "withdraw":
        done = _withdrawn(request)
    if done:
        messages.success(request, done)
    if done or deed == "withdraw":
        query = {"year": year} | ({"place": place.code} if place is not None else {})
        return redirect(reverse("directory:calendar", query=query))
    path = place.path if place is not None else ""
    workdays = selectors.workdays_for(path, [year])
    known = workdays.knows(year)
    # Whoever settles a year sees what would hold; others see no days that nobody has settled.
    shown = (
        workdays
        if known
        else Workdays(workdays.country, settled=[year], specials=workdays.specials)
    )
    context = {
        "year": year,
        "years": (year - 1 if year > FIRST else None, year + 1 if year < LAST else None),
        "place": place,
        "crumbs": _crumbs(place),
        "known": known,
        "not_known": "" if known else selectors.words_of_year_not_known(year),
        "settled": selectors.settled_year(year),
        "months": _months(year, shown) if known or may_settle else [],
        "weekdays": weekday_names(),
        "notes": [
            (row, may(person, "directory.close_days", row) if row.area_id else may_settle)
            for row in selectors.special_days_for(person, path, year)
        ],
        "may_settle": may_settle,
        "may_close": may_close or may_settle,
        "settle": settle,
        "note": note,
    }
    bad = any(form.is_bound and form.errors for form in (settle, note))
    return render(request, "directory/calendar.html", context, status=422 if bad else 200)


def _settled(form: SettleYearForm, year: int, *, by: Person) -> str:
    made = form.done(
        lambda: services.settle_year(
            year=year, basis=form.cleaned_data["basis"], by=by, at=clock.now()
        )
    )
    return _("The year %(year)s is settled.") % {"year": year} if made else ""


def _noted(form: SpecialDaysForm, place: Area | None, *, by: Person) -> str:
    asked = form.cleaned_data
    made = form.done(
        lambda: services.note_special_days(
            area=None if asked.get("everywhere") else place,
            kind=asked["kind"],
            first=asked["first"],
            last=asked["last"],
            reason=asked["reason"],
            by=by,
            at=clock.now(),
        )
    )
    return _("The days are noted.") if made else ""


def _withdrawn(request: Asked) -> str:
    key = key_in(request.POST.get("days"))
    if key is None:
        raise NotThere
    days = selectors.get_special_days_for(request.person, pk=key)
    try:
        services.withdraw_special_days(days=days, by=request.person, at=clock.now())
    except RuleBroken as broken:
        messages.warning(request, str(broken))
        return ""
    return _("The note is taken back.")


def _months(year: int, workdays: Workdays) -> list[SmallMonth]:
    return [_small(Month(year, number), workdays) for number in range(1, 13)]


def _small(month: Month, workdays: Workdays) -> SmallMonth:
    cells: list[Cell | None] = [None] * month.first.weekday()
    cells += [
        _cell(date(month.year, month.month, n), workdays) for n in range(1, month.last.day + 1)
    ]
    cells += [None] * (-len(cells) % 7)
    return SmallMonth(month, [cells[at : at + 7] for at in range(0, len(cells), 7)])


def _cell(day: date, workdays: Workdays) -> Cell:
    off: DayOff | None = workdays.day_off(day)
    if off is not None and off.why is Off.WEEKEND:
        return Cell(day, "off")
    if off is not None:
        look = "closed" if off.why is Off.CLOSED else "marked"
        return Cell(day, look, selectors.words_of_day_off(off))
    extra: ExtraDay | None = workdays.extra_day(day)
    return Cell(day, "worked", selectors.words_of_extra_day(extra)) if extra else Cell(day)


def weekday_names() -> list[tuple[str, str]]:
    """Return the days of the week from Monday, short and whole."""
    short = get_day_names("short", context="stand-alone", locale=formats.locale())
    wide = get_day_names("wide", context="stand-alone", locale=formats.locale())
    return [(str(short[number]), str(wide[number])) for number in range(7)]


def _home(person: Person) -> Area | None:
    return selectors.home_area_of(person)


def _crumbs(place: Area | None) -> list[dict[str, str]]:
    if place is None:
        return [crumb(_("Calendar of days"), "")]
    return crumbs_of_area(place, selectors.ancestors_of(place), _("Calendar of days"))


def _year(typed: str | None) -> int:
    """Return the year asked for; the present one when none is, or none that has a calendar."""
    asked = typed if typed and typed.isdecimal() and len(typed) == 4 else ""
    return int(asked) if asked and FIRST <= int(asked) <= LAST else clock.today().year
