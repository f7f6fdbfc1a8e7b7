"""Who may write, approve, select and spread what stands in the library. Everybody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.directory.models import Area, Organization
from footpath.directory.permissions import path_of as path_of_place
from footpath.knowledge.models import Practice, Spread
from footpath.knowledge.rules import Deed

DECIDERS = (Role.HEAD, Role.OFFICE)
"""Who answers for the committee: they draft answers, approve them, assess and select practices."""

READERS_OF_PROPOSALS = (Role.HEAD, Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR)
"""Who reads what is proposed in their places, before it is selected or declined."""


DEED: Mapping[Deed, str] = {
    Deed.REPLACE: "knowledge.regulate",
    Deed.REPEAL: "knowledge.regulate",
    Deed.RESTORE: "knowledge.regulate",
    Deed.APPROVE: "knowledge.approve",
    Deed.SEND_BACK: "knowledge.approve",
    Deed.PUBLISH: "knowledge.approve",
    Deed.WITHDRAW: "knowledge.withdraw",
    Deed.ASSESS: "knowledge.assess",
    Deed.SELECT: "knowledge.decide",
    Deed.DECLINE: "knowledge.decide",
    Deed.SPREAD: "knowledge.spread",
}
"""What each deed on an item needs."""


def path_of(thing: Any) -> str | None:
    """Return the path of the unit that a practice comes from, or was spread to."""
    if isinstance(thing, Practice):
        return path_of_place(thing.origin)
    if isinstance(thing, Spread):
        return path_of_place(thing.unit)
    return path_of_place(thing)


def speaks_for(person: Any, thing: Any) -> bool:
    """Return whether somebody heads or works for the organization of a thing, or is it."""
    unit = thing.unit if isinstance(thing, Spread) else thing
    return isinstance(unit, Organization) and unit.pk in person.scope.organizations(DECIDERS)


def belongs_to(person: Any, thing: Any) -> bool:
    """Return whether somebody is a member of a unit: of the organization, or of one right there."""
    if isinstance(thing, Organization):
        return thing.pk in person.scope.organizations()
    if not isinstance(thing, Area):
        return False
    here = (grant for grant in person.scope.grants if grant.area_path == thing.path)
    return any(grant.role is Role.MEMBER for grant in here)


_of_unit = partial(allow, path_of=path_of)


def register() -> None:
    """Register this room's deeds."""
    allow("knowledge.see", *Role, sentence=gettext_noop("read the library"))
    _register_words()
    _register_practices()


def _register_words() -> None:
    allow(
        "knowledge.regulate",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("enter regulations, and say what is in force"),
    )
    allow(
        "knowledge.draft",
        *DECIDERS,
        sentence=gettext_noop("draft an answer for the library"),
    )
    allow(
        "knowledge.approve",
        *DECIDERS,
        sentence=gettext_noop("approve, publish or send back an answer somebody else drafted"),
    )
    allow(
        "knowledge.withdraw",
        *DECIDERS,
        sentence=gettext_noop("withdraw an answer from the library"),
    )


def _register_practices() -> None:
    _of_unit(
        "knowledge.propose",
        Role.OFFICER,
        *DECIDERS,
        sentence=gettext_noop("propose a good practice of a unit"),
        also=belongs_to,
        also_says=gettext_noop("whoever belongs to the unit"),
    )
    _of_unit("knowledge.assess", *DECIDERS, sentence=gettext_noop("assess a good practice"))
    _of_unit(
        "knowledge.decide",
        *DECIDERS,
        sentence=gettext_noop("select or decline a good practice"),
    )
    _of_unit(
        "knowledge.spread",
        *DECIDERS,
        sentence=gettext_noop("spread a good practice to units"),
    )
    _of_unit(
        "knowledge.adopt",
        Role.OFFICER,
        *DECIDERS,
        sentence=gettext_noop("record what a unit made of a good practice"),
        also=speaks_for,
        also_says=gettext_noop("who heads or works for the organization"),
    )
