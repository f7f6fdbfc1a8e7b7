"""Who may do what with places, organizations and people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow, for_everybody, whole_tree
from footpath.accounts.rules import Role
from footpath.core import clock
from footpath.directory.models import Area, Membership, Organization, Post, SpecialDay


def path_of(thing: Any) -> str | None:
    """Return the path of the place a thing of the directory belongs to."""
    if isinstance(thing, Area):
        return str(thing.path)
    if isinstance(thing, Organization):
        return str(thing.path)
    if isinstance(thing, SpecialDay):
        return str(thing.path)
    if isinstance(thing, Post | Membership):
        return thing.organization.path
    return None


@for_everybody
def top_of_tree(_thing: Any) -> str:
    """Return the path of the place above all others; "" when there are several, or none.

    For deeds that hold for the whole organization: they are open to who has a role over that place,
    and to who has it over everything. With several places at the top only the latter.
    """
    roots = Area.objects.in_force(clock.today()).filter(parent=None)
    paths = list(roots.values_list("path", flat=True)[:2])
    return paths[0] if len(paths) == 1 else ""


def register() -> None:
    """Register this room's deeds."""
    everybody = tuple(Role)
    allow("directory.see", *everybody, sentence=gettext_noop("see places and who is in charge"))
    allow(
        "directory.change",
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("change places, organizations, posts and people"),
    )
    allow(
        "directory.import",
        Role.ADMINISTRATOR,
        path_of=whole_tree,
        sentence=gettext_noop("import places, organizations and people"),
    )
    allow(
        "directory.settle_year",
        Role.ADMINISTRATOR,
        path_of=whole_tree,
        sentence=gettext_noop("settle the holidays and swapped working days of a year"),
    )
    allow(
        "directory.close_days",
        Role.HEAD,
        Role.OFFICE,
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("note days on which a place is closed, or works"),
    )
    allow(
        "directory.hours",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("note the hours of the offices of a place"),
    )
