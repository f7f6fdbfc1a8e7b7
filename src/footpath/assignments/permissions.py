"""Who may put somebody in charge, and end it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow, whole_tree
from footpath.accounts.rules import Role
from footpath.assignments.models import Assignment, Cluster, CoverageRule, DutyList, Plan
from footpath.core import clock
from footpath.directory.models import Membership, Person
from footpath.directory.permissions import path_of as path_of_place

PLANNERS = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)
"""Who puts people in charge, says how assignments are planned, and starts a plan."""

READERS_OF_PLANS = (*PLANNERS, Role.AUDITOR)
"""Who reads a proposal: until it is approved it is nobody else's business."""


def path_of(thing: Any) -> str | None:
    """Return the path of the place that an assignment, a cluster or a place belongs to."""
    if isinstance(thing, Assignment):
        return path_of_place(thing.area or thing.organization)
    if isinstance(thing, Cluster | DutyList | CoverageRule):
        return path_of_place(thing.area)
    if isinstance(thing, Plan):
        return str(thing.path)
    return path_of_place(thing)


def is_led(person: Any, officer: Any) -> bool:
    """Return whether the person heads or works for a place or an organization of the officer.

    The places where the officer is in charge, now or later, and those of the organizations the
    officer belongs to. Nobody stands above themselves.
    """
    if not isinstance(officer, Person) or person.pk == officer.pk:
        return False
    today = clock.today()
    places = Assignment.objects.filter(Q(until=None) | Q(until__gte=today), person=officer.pk)
    units = Membership.objects.filter(Q(until=None) | Q(until__gte=today), person=officer.pk)
    paths = {path for path in places.values_list("area__path", flat=True) if path}
    paths |= {path for path in units.values_list("organization__area__path", flat=True) if path}
    return any(person.scope.covers(path, (Role.HEAD, Role.OFFICE)) for path in paths)


def is_self_or_led(person: Any, officer: Any) -> bool:
    """Return whether the officer is the person, or ``is_led``."""
    if not isinstance(officer, Person):
        return False
    return person.pk == officer.pk or is_led(person, officer)


_of_place = partial(allow, path_of=path_of)
_of_people = partial(allow, path_of=whole_tree)
_SELF_AND_LEADERS = gettext_noop("the officer, and the heads and offices of the places led")
_LEADERS = gettext_noop("the heads and offices of the places led")


def register() -> None:
    """Register this room's deeds."""
    _register_charge()
    _register_people()
    _register_plans()


def _register_charge() -> None:
    _of_place(
        "assignments.assign",
        *PLANNERS,
        sentence=gettext_noop("put somebody in charge of a place"),
    )
    _of_place("assignments.end", *PLANNERS, sentence=gettext_noop("end an assignment"))
    _of_place(
        "assignments.duties",
        *PLANNERS,
        sentence=gettext_noop("write the duty lists of a place"),
    )
    _of_place(
        "assignments.cover",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set which places need a lead and a deputy"),
    )


def _register_people() -> None:
    _of_people(
        "assignments.absence",
        Role.ADMINISTRATOR,
        sentence=gettext_noop("record an absence and who stands in"),
        also=is_self_or_led,
        also_says=_SELF_AND_LEADERS,
    )
    _of_people(
        "assignments.declare",
        Role.ADMINISTRATOR,
        sentence=gettext_noop("declare a conflict of interest"),
        also=is_self_or_led,
        also_says=_SELF_AND_LEADERS,
    )
    _of_people(
        "assignments.limit",
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set how many places an officer leads"),
        also=is_led,
        also_says=_LEADERS,
    )


def _register_plans() -> None:
    _of_place(
        "assignments.see_plan",
        *READERS_OF_PLANS,
        sentence=gettext_noop("read plans of who is in charge"),
    )
    _of_place(
        "assignments.plan",
        *PLANNERS,
        sentence=gettext_noop("plan who is in charge, and say how it is planned"),
    )
    _of_place(
        "assignments.approve_plan",
        Role.HEAD,
        Role.OFFICE,
        sentence=gettext_noop("approve or reject a plan of who is in charge"),
    )
