"""What the ledger says on the pages of places and people; registered in ``apps.ready``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.cases import presenting, rules, selectors
from footpath.cases.filters import Filter
from footpath.core import clock, formats
from footpath.core.figures import Rate
from footpath.directory import panels
from footpath.directory.models import Area, Person


def register() -> None:
    """Register figures, cards and facts with the directory."""
    panels.register_figures(figures, order=30)
    panels.register_panel(by_age, order=30)
    panels.register_panel(poster, order=90)
    panels.register_children(below, order=30)
    panels.register_person_panel(owned, order=30)


def address(**values: str) -> str:
    """Return the ledger's address with a filter: ``address(place="831", view="overdue")``."""
    return f"{reverse('cases:ledger')}?{Filter(**values).query()}"


def age_word(code: str) -> str:
    """Return an age in words: "8 to 30 days"."""
    return {
        "0-7": _("Up to 7 days"),
        "8-30": _("8 to 30 days"),
        "31-90": _("31 to 90 days"),
        "90+": _("More than 90 days"),
    }[code]


def figures(person: Person, area: Area) -> list[panels.Figure]:
    """Return how many cases of the place are open, and how many of these are overdue."""
    counted = selectors.counts_by_level_and_age(person, area.path, clock.today())
    number = sum(row.total for row in counted)
    late = sum(row.overdue for row in counted)
    note = ""
    if late:
        note = _("%(rate)s overdue") % {"rate": formats.rate(Rate(late, number))}
    return [
        panels.Figure(
            label=_("Open cases"),
            value=number,
            href=address(place=area.code),
            note=note,
            tone="late" if late else "",
            icon="clock-exclamation" if late else "",
        )
    ]


def by_age(person: Person, area: Area) -> panels.Panel | None:
    """Return the open cases of a place by age; nothing when none is open."""
    counted = selectors.counts_by_level_and_age(person, area.path, clock.today())
    bars: list[dict[str, Any]] = [
        {
            "label": age_word(age.code),
            "value": sum(row.by_age[age.code] for row in counted),
            "overdue": sum(row.overdue_by_age[age.code] for row in counted),
            "href": address(place=area.code, age=age.code),
        }
        for age in rules.AGES
    ]
    number = sum(bar["value"] for bar in bars)
    if not number:
        return None
    return panels.Panel(
        "cases/by_age.html",
        {"bars": bars, "number": number, "ledger": address(place=area.code)},
    )


def poster(person: Person, area: Area) -> panels.Panel | None:
    """Return the poster of a place in force, for whoever shows its cases to the public."""
    if not area.code or area.valid_until is not None or not may(person, "cases.publish", area):
        return None
    context = {"code": area.code, "languages": settings.LANGUAGES}
    return panels.Panel("cases/_poster.html", context, column="side")


def below(person: Person, areas: Sequence[Area]) -> Mapping[int, panels.ChildFacts]:
    """Return how many cases are open and overdue in each of the places: one query a tier."""
    today = clock.today()
    found: dict[int, panels.ChildFacts] = {}
    by_level: dict[int, list[int]] = {}
    for area in areas:
        by_level.setdefault(len(area.ancestor_ids) - 1, []).append(area.pk)
    for level, keys in by_level.items():
        column = f"a{level}"
        rows = (
            selectors.cases_for(person)
            .open()
            .filter(**{f"{column}__in": keys})
            .order_by()
            .values(column)
            .annotate(number=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        )
        for row in rows:
            number = row["number"]
            said = ngettext("%(number)s open", "%(number)s open", number)
            found[row[column]] = panels.ChildFacts(
                open=said % {"number": formats.number(number)}, overdue=row["late"]
            )
    return found


def owned(person: Person, shown: Person) -> panels.Panel | None:
    """Return the open cases that somebody owns, as far as the reader may read them."""
    today = clock.today()
    rows = selectors.cases_for(person).open().filter(owner=shown).order_by("due_on", "pk")
    found = presenting.rows_of(rows.values(*presenting.ROW_COLUMNS)[:6], today)
    if not found:
        return None
    return panels.Panel(
        "cases/owned.html",
        {"rows": found[:5], "more": len(found) > 5, "ledger": address(owner=str(shown.pk))},
    )
