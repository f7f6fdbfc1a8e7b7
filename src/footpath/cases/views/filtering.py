"""The filter of the ledger as its pages offer it: place, tabs, menus, what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.rules import READERS
from footpath.cases import rules
from footpath.cases.filters import NOBODY, VIEWS, Filter
from footpath.cases.models import Case, SavedView
from footpath.cases.on_places import age_word
from footpath.cases.selectors import reference
from footpath.core import formats, tree
from footpath.core.calendar import Month
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return the filter that a form carries along."""
    return QueryDict(request.POST.get("query", "")).dict()


def place_of(person: Person, asked: Filter) -> tuple[Area | None, str | None]:
    """Return the place that a filter names and its path; None for both when it names none."""
    if not asked.place:
        return None, None
    area = directory.get_area_for(person, code=asked.place)
    return area, area.path


def own_place(person: Person) -> Area | None:
    """Return the place the list is about when the filter names none: the one of the reader."""
    paths = person.scope.paths(READERS)
    return reference.area(tree.ids_of(paths[0])[-1]) if len(paths) == 1 and paths[0] else None


def tabs_of(asked: Filter, views: Sequence[SavedView]) -> list[dict[str, Any]]:
    """Return the tabs of the ledger: its views, and the filters somebody keeps."""
    words = {
        "open": _("All open"),
        "overdue": _("Overdue"),
        "verify": _("To verify"),
        "returned": _("Came back"),
        "unowned": _("Without owner"),
        "mine": _("I take part"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    here = asked.query()
    saved = {view.query for view in views}
    tabs: list[dict[str, Any]] = []
    for view in VIEWS:
        query = asked.query(view=view)
        if view == "all" and asked.view != "all":
            continue
        active = view == asked.view and here not in saved
        tabs.append(
            {
                "href": f"?{query}",
                "text": words[view],
                "active": active,
                "view": view,
                "filter": Filter.read({**asked.chosen, "view": view}),
            }
        )
    tabs += [
        {
            "href": f"?{kept.query}",
            "text": kept.name,
            "active": kept.query == here,
            "view": "",
            "filter": None,
        }
        for kept in views
    ]
    return tabs


def menus_of(asked: Filter, person: Person) -> list[dict[str, Any]]:
    """Return the filters that are not set, each as a menu of links."""

    def menu(name: str, label: str, values: Iterable[tuple[str, Any]]) -> dict[str, Any] | None:
        if getattr(asked, name):
            return None
        rest = asked.query()
        return {
            "label": label,
            "items": [{"href": f"?{rest}&{name}={key}", "text": text} for key, text in values],
        }

    found = (
        menu("state", _("Step"), Case.State.choices),
        menu("owner", _("Owner"), [(str(person.pk), _("Me")), (NOBODY, _("Nobody"))]),
        menu(
            "organization",
            _("Belongs to"),
            [(str(pk), name) for pk, name in reference.organizations(person)],
        ),
        menu("category", _("Kind"), [(row.code, row.name) for row in reference.categories()]),
        menu("source", _("Source"), Case.Source.choices),
        menu(
            "age",
            _("Age"),
            [(age.code.replace("+", "%2B"), age_word(age.code)) for age in rules.AGES],
        ),
        menu("level", _("Tier"), [(str(row.level), row.name) for row in reference.tiers()]),
    )
    return [row for row in found if row is not None and row["items"]]


def chosen_of(asked: Filter, area: Area | None, person: Person) -> list[dict[str, str]]:
    """Return the filters that are set, each with the address of the list without it."""
    words = {
        "place": lambda value: _("Place: %(name)s") % {"name": area.short_name if area else value},
        "state": lambda value: _("Step: %(name)s") % {"name": Case.State(value).label},
        "owner": lambda value: _("Owner: %(name)s") % {"name": _owner_name(value, person)},
        "organization": lambda value: _("Belongs to: %(name)s") % {"name": _unit_name(value)},
        "category": lambda value: _("Kind: %(name)s") % {"name": _kind_name(value)},
        "source": lambda value: _("Source: %(name)s") % {"name": Case.Source(value).label},
        "age": lambda value: _("Age: %(name)s") % {"name": age_word(value)},
        "level": lambda value: _("Tier: %(name)s") % {"name": _tier_name(value)},
        "raised": lambda value: _("Raised: %(month)s") % {"month": _month(value)},
        "closed": lambda value: _("Closed: %(month)s") % {"month": _month(value)},
        "box": lambda _value: _("A part of the map"),
        "reopened": lambda value: _("Reopened: %(month)s") % {"month": _month(value)},
    }
    return [
        {"text": words[name](value), "href": f"?{asked.query(**{name: ''})}"}
        for name, value in asked.chosen.items()
        if name in words
    ]


def _owner_name(value: str, person: Person) -> str:
    if value == NOBODY:
        return _("nobody")
    if value == str(person.pk):
        return _("me")
    return Person.objects.filter(pk=int(value)).values_list("name", flat=True).first() or value


def _unit_name(value: str) -> str:
    if value == NOBODY:
        return _("nobody")
    names = Organization.objects.filter(pk=int(value)).values_list("name", flat=True)
    return names.first() or value


def _kind_name(code: str) -> str:
    return next((row.name for row in reference.categories() if row.code == code), code)


def _tier_name(level: str) -> str:
    return next((row.name for row in reference.tiers() if str(row.level) == level), level)


def _month(text: str) -> str:
    return formats.month_within(Month.parse(text))


def can_be_saved(asked: Filter, views: Sequence[SavedView]) -> bool:
    """Return whether the filter is one that is not kept yet."""
    return bool(asked.chosen) and asked.query() not in {view.query for view in views}


def ways_of(asked: Filter, here: str) -> list[dict[str, Any]]:
    """Return the three ways to look at a filter: list, board and map."""
    words = {"ledger": _("List"), "board": _("Board"), "map": _("Map")}
    icons = {"ledger": "list-check", "board": "layout-kanban", "map": "map"}
    return [
        {
            "href": f"{reverse(f'cases:{name}')}?{asked.query()}",
            "text": word,
            "icon": icons[name],
            "active": name == here,
        }
        for name, word in words.items()
    ]
