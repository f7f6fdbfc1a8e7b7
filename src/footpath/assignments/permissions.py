"""Who may put somebody in charge, and end it."""

from __future__ import annotations

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
"""Who says how assignments are planned, and starts a plan."""

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


def register() -> None:
    """Register this room's deeds."""
    leaders = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)
    allow(
        "assignments.assign",
        *leaders,
        path_of=path_of,
        sentence=gettext_noop("put somebody in charge of a place"),
    )
    allow(
        "assignments.end",
        *leaders,
        path_of=path_of,
        sentence=gettext_noop("end an assignment"),
    )
    allow(
        "assignments.absence",
        Role.ADMINISTRATOR,
        path_of=whole_tree,
        sentence=gettext_noop("record an absence and who stands in"),
        also=is_self_or_led,
        also_says=gettext_noop("the officer, and the heads and offices of the places led"),
    )
    allow(
        "assignments.declare",
        Role.ADMINISTRATOR,
        path_of=whole_tree,
        sentence=gettext_noop("declare a conflict of interest"),
        also=is_self_or_led,
        also_says=gettext_noop("the officer, and the heads and offices of the places led"),
    )
    allow(
        "assignments.limit",
        Role.ADMINISTRATOR,
        path_of=whole_tree,
        sentence=gettext_noop("set how many places an officer leads"),
        also=is_led,
        also_says=gettext_noop("the heads and offices of the places led"),
    )
    allow(
        "assignments.duties",
        *leaders,
        path_of=path_of,
        sentence=gettext_noop("write the duty lists of a place"),
    )
    allow(
        "assignments.cover",
        Role.OFFICE,
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("set which places need a lead and a deputy"),
    )
    allow(
        "assignments.see_plan",
        *READERS_OF_PLANS,
        path_of=path_of,
        sentence=gettext_noop("read plans of who is in charge"),
    )
    allow(
        "assignments.plan",
        *PLANNERS,
        path_of=path_of,
        sentence=gettext_noop("plan who is in charge, and say how it is planned"),
    )
    allow(
        "assignments.approve_plan",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("approve or reject a plan of who is in charge"),
    )
