"""What every page of the furniture knows: menu, languages, colour scheme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from footpath.accounts import corner, permissions
from footpath.accounts.rules import Role
from footpath.notifications import selectors as notifications

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "footpath_theme"


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu."""

    url: str
    icon: str
    label: str
    active: bool
    group: int
    count: int | None = None


@dataclass(frozen=True)
class _Entry:
    name: str
    icon: str
    label: Any
    group: int
    shown: Callable[[Any], bool]


def _everybody(_person: Any) -> bool:
    return True


_MENU = (
    _Entry("web:home", "home", gettext_lazy("My day"), 1, _everybody),
    _Entry("cases:ledger", "list-check", gettext_lazy("Cases"), 1, _everybody),
    _Entry("meetings:list", "calendar-event", gettext_lazy("Meetings"), 1, _everybody),
    _Entry("corner:home", "message-question", gettext_lazy("Ask"), 1, lambda _p: corner.is_here()),
    _Entry("knowledge:list", "books", gettext_lazy("Library"), 1, _everybody),
    _Entry("directory:places", "map-pin", gettext_lazy("Places"), 2, _everybody),
    _Entry("assignments:coverage", "user-check", gettext_lazy("Coverage"), 2, _everybody),
    _Entry(
        "assignments:plans",
        "route",
        gettext_lazy("Plans"),
        2,
        lambda person: permissions.may(person, "assignments.see_plan"),
    ),
    _Entry(
        "web:dashboard",
        "chart-bar",
        gettext_lazy("Figures"),
        3,
        lambda person: permissions.may(person, "reports.read"),
    ),
    _Entry(
        "accounts:trail",
        "lock-check",
        gettext_lazy("Trail"),
        4,
        lambda person: person.scope.has(Role.AUDITOR, Role.ADMINISTRATOR),
    ),
    _Entry(
        "directory:imports",
        "table-import",
        gettext_lazy("Import"),
        4,
        lambda person: permissions.may(person, "directory.import"),
    ),
    _Entry(
        "directory:administration",
        "settings",
        gettext_lazy("Administration"),
        4,
        lambda person: person.scope.has(Role.ADMINISTRATOR),
    ),
)


def menu_for(person: Any, path: str) -> list[MenuItem]:
    """Return the lines of the menu that this person may open, the present one marked."""
    items = []
    for entry in _MENU:
        if person is None or not entry.shown(person):
            continue
        url = reverse(entry.name)
        active = path == url if entry.name == "web:home" else path.startswith(url)
        items.append(MenuItem(url, entry.icon, str(entry.label), active, entry.group))
    # Administration lies below Places in its address: only the nearest line is the present one.
    nearest = max((item.url for item in items if item.active), key=len, default="")
    return [replace(item, active=item.active and item.url == nearest) for item in items]


def _unread(request: HttpRequest) -> Callable[[], int]:
    """Return a question that the bell in the header asks: one query, and only when it is drawn."""

    def count() -> int:
        if not hasattr(request, "unread_notices"):
            user: Any = request.user
            request.unread_notices = notifications.unread_count(user)
        return int(request.unread_notices)

    return count


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Return what ``base.html`` needs on every page."""
    person = getattr(request, "person", None)
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "person": person,
        "unread_notices": _unread(request),
        "menu": menu_for(person, request.path) if person is not None else [],
        "languages": settings.LANGUAGES,
        "LANGUAGE_CODE": get_language() or settings.LANGUAGE_CODE,
        "corner": corner.drawing_for(request) if person is not None else None,
        "theme": theme if theme in THEMES else "auto",
    }
