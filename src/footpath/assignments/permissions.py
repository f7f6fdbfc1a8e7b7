"""Who may put somebody in charge, and end it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.assignments.models import Assignment, Cluster, Plan
from footpath.directory.permissions import path_of as path_of_place

PLANNERS = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)
"""Who says how assignments are planned, and starts a plan."""

READERS_OF_PLANS = (*PLANNERS, Role.AUDITOR)
"""Who reads a proposal: until it is approved it is nobody else's business."""


def path_of(thing: Any) -> str | None:
    """Return the path of the place that an assignment, a cluster or a place belongs to."""
    if isinstance(thing, Assignment):
        return path_of_place(thing.area or thing.organization)
    if isinstance(thing, Cluster):
        return path_of_place(thing.area)
    if isinstance(thing, Plan):
        return str(thing.path)
    return path_of_place(thing)


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
