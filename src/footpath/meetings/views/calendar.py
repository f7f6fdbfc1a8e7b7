"""The calendar of a district: a month, a week, or a list by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.core import clock, formats, tree
from footpath.core.calendar import Month
from footpath.core.dayfield import FIRST, LAST
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Hall, MeetingKind
from footpath.meetings.selectors import DayNote

VIEWS = ("month", "week", "list")
SHOWN = {"month": 4, "week": 40}
"""How many meetings a day of the grid names; a link leads to the others."""

MOST_CHOICES = 60
WEEK = timedelta(days=7)
NO_NOTE = DayNote()


@dataclass(frozen=True, slots=True)
class Item:
    """A meeting as a line of the calendar; ``state`` says more than "planned" where it matters."""

    href: str
    begins: str
    ends: str
    name: str
    kind: str
    place: str
    where: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar with its meetings; ``href`` opens all of them."""

    day: date
    href: str
    inside: bool
    today: bool
    note: DayNote
    items: Sequence[Item]
    number: int

    @property
    def more(self) -> int:
        """Return how many of its meetings are not named."""
        return self.number - len(self.items)

    @property
    def quiet(self) -> bool:
        """Return whether there is nothing to say of the day where room is scarce."""
        return not (self.items or self.today or self.note.stops or self.note.worked)


@dataclass(frozen=True)
class Wanted:
    """What the page was asked for, made clean."""

    view: str
    month: Month
    day: date | None
    area: Area | None
    organization: Organization | None
    kind: MeetingKind | None
    hall: Hall | None
    own: bool

    @property
    def span(self) -> tuple[date, date]:
        """Return the first and the last day that are shown."""
        if self.view == "week":
            day = self.day or self.month.first
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        if self.view == "list" and self.day is not None:
            return self.day, self.day
        return self.month.first, self.month.last

    @property
    def kept(self) -> dict[str, str]:
        """Return the parameters that lead to the same page again."""
        found = {
            "place": self.area.code if self.area else "",
            "organization": self.organization.code if self.organization else "",
            "view": self.view if self.view != "month" else "",
            "month": str(self.month) if self.day is None else "",
            "day": str(self.day) if self.day else "",
            "kind": self.kind.code if self.kind else "",
            "hall": str(self.hall.pk) if self.hall else "",
            "person": "me" if self.own else "",
        }
        return {name: value for name, value in found.items() if value}

    def href(self, **change: str) -> str:
        """Return the address of the page with some parameters changed; "" takes one away."""
        query = {name: value for name, value in (self.kept | change).items() if value}
        return f"{reverse('meetings:calendar')}?{urlencode(query)}"


@signed_in
@require_safe
def calendar(request: Asked) -> HttpResponse:
    """The meetings of a month or a week that the reader may see, day by day."""
    person: Person = request.person
    kinds = selectors.kinds()
    home = directory.home_area_of(person)
    asked = _asked(request, person, kinds)
    first, last = asked.span
    provisional = selectors.provisional_between(first, last)
    rows = selectors.rows_of(
        selectors.meetings_between(
            person,
            first,
            last,
            area=asked.area,
            organization=asked.organization,
            own=asked.own,
            kind=asked.kind.code if asked.kind else None,
            hall=asked.hall,
        ),
        *provisional.columns,
    )
    notes, unsettled = selectors.notes_of(asked.area or home, first, last)
    by_day = _by_day(rows, provisional, kinds)
    days = list(_days(asked, by_day, notes))
    place = asked.area or home
    context = {
        "asked": asked,
        "days": days,
        "weeks": [days[at : at + 7] for at in range(0, len(days), 7)],
        "weekdays": selectors.day_names(),
        "number": sum(map(len, by_day.values())),
        "title": _title(asked),
        "steps": _steps(asked),
        "ancestors": directory.ancestors_of(asked.area) if asked.area else [],
        "below": list(directory.areas_for(person).filter(parent=place).order_by("name")[:60])
        if place
        else [],
        "kinds": [kind for kind in kinds if kind.is_active or kind == asked.kind],
        "halls": _halls(asked),
        "unsettled": [directory.words_of_year_not_known(year) for year in unsettled],
        "may_convene": may(person, "meetings.convene", asked.area),
        "may_follow": selectors.may_follow(
            person, area=asked.area, organization=asked.organization
        ),
    }
    return render(request, "meetings/calendar.html", context)


def _asked(request: Asked, person: Person, kinds: list[MeetingKind]) -> Wanted:
    said = request.GET
    view = said.get("view", "")
    day = _day(said.get("day"))
    hall = key_in(said.get("hall"))
    return Wanted(
        view=view if view in VIEWS else "month",
        month=Month.of(day) if day else _month(said.get("month")),
        day=day if view in {"week", "list"} else None,
        area=directory.get_area_for(person, code=said["place"]) if said.get("place") else None,
        organization=directory.get_organization_for(person, code=said["organization"])
        if said.get("organization")
        else None,
        kind=next((row for row in kinds if row.code == said.get("kind")), None),
        hall=Hall.objects.filter(pk=hall).first() if hall is not None else None,
        own=said.get("person") == "me",
    )


def _month(typed: str | None) -> Month:
    """Return the month asked for; the present one when none is, or none that can be reckoned in."""
    try:
        found = Month.parse(typed or "")
    except ValueError:
        return Month.of(clock.today())
    return found


def _day(typed: str | None) -> date | None:
    try:
        found = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return found if FIRST + WEEK < found < LAST - WEEK and 1900 <= found.year <= 9998 else None


def _by_day(
    rows: Any, provisional: selectors.Provisional, kinds: list[MeetingKind]
) -> dict[date, list[Item]]:
    """Return the meetings by the day on which they begin, in the organisation's time zone."""
    named = {kind.pk: kind.name for kind in kinds}
    words = {
        str(rules.State.PLANNED): "",
        str(rules.State.HELD): _("Held"),
        str(rules.State.CANCELLED): _("Cancelled"),
        "provisional": _("Provisional"),
    }
    page = reverse("meetings:list")
    zone = timezone.get_current_timezone()
    found: dict[date, list[Item]] = {}
    for row in rows:
        begins, ends = row["starts_at"].astimezone(zone), row["ends_at"].astimezone(zone)
        kind = named[row["kind_id"]]
        state = "provisional" if row in provisional else row["state"]
        found.setdefault(begins.date(), []).append(
            Item(
                href=f"{page}{row['id']}/",
                begins=f"{begins.hour:02}:{begins.minute:02}",
                ends=f"{ends.hour:02}:{ends.minute:02}",
                name=row["title"] or f"{kind}, {row['area__name']}",
                kind=kind,
                place=row["area__name"],
                where=row["hall__name"] or row["where"],
                state=state,
                word=words.get(state, ""),
            )
        )
    return found


def _days(
    asked: Wanted, by_day: Mapping[date, list[Item]], notes: Mapping[date, DayNote]
) -> Iterator[Day]:
    """Yield the days shown: whole weeks from Monday on, in a list the days with meetings."""
    first, last = asked.span
    today = clock.today()
    if asked.view != "list":
        first, end = first - timedelta(days=first.weekday()), last
        last = end + timedelta(days=6 - end.weekday())
    most = SHOWN.get(asked.view)
    inside = asked.span
    day = first
    while day <= last:
        items = by_day.get(day, [])
        if asked.view != "list" or items:
            yield Day(
                day=day,
                href=asked.href(view="list", day=str(day), month=""),
                inside=inside[0] <= day <= inside[1],
                today=day == today,
                note=notes.get(day, NO_NOTE),
                items=items if most is None or len(items) <= most + 1 else items[:most],
                number=len(items),
            )
        day += timedelta(days=1)


def _title(asked: Wanted) -> str:
    first, last = asked.span
    if asked.view == "week":
        return f"{formats.day_short(first)} – {formats.day_year(last)}"
    if asked.view == "list" and asked.day is not None:
        return formats.day_year(asked.day)
    return formats.month(asked.month)


def _steps(asked: Wanted) -> dict[str, tuple[str, str]]:
    """Return where "before", "now" and "after" lead, each with its word."""
    first, last = asked.span
    today = clock.today()
    if asked.view == "month" or (asked.day is None and asked.view == "list"):
        month = asked.month
        return {
            "before": (formats.month(month.previous), asked.href(month=str(month.previous))),
            "now": (_("This month"), "" if month == Month.of(today) else asked.href(month="")),
            "after": (formats.month(month.next), asked.href(month=str(month.next))),
        }
    length = (last - first).days + 1
    before, after = first - timedelta(days=length), last + timedelta(days=1)
    week = asked.view == "week"
    return {
        "before": (
            _("Week before") if week else formats.day(before),
            asked.href(day=str(before), month=""),
        ),
        "now": (
            _("This week") if week else _("Today"),
            "" if first <= today <= last else asked.href(day=str(today), month=""),
        ),
        "after": (
            _("Week after") if week else formats.day(after),
            asked.href(day=str(after), month=""),
        ),
    }


def _halls(asked: Wanted) -> list[Hall]:
    """Return the halls that can be chosen: those of the place and below it, and the chosen one."""
    if asked.area is None:
        return [asked.hall] if asked.hall else []
    rows = Hall.objects.filter(tree.within(asked.area.path, column="area__path"), is_active=True)
    found = list(rows.order_by("name", "pk")[:MOST_CHOICES])
    return found if asked.hall is None or asked.hall in found else [*found, asked.hall]
