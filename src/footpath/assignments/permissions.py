"""Who may put somebody in charge, and end it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.assignments.models import Assignment, Cluster
from footpath.directory.permissions import path_of as path_of_place


def path_of(thing: Any) -> str | None:
    """Return the path of the place that an assignment, a cluster or a place belongs to."""
    if isinstance(thing, Assignment):
        return path_of_place(thing.area or thing.organization)
    if isinstance(thing, Cluster):
        return path_of_place(thing.area)
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
