"""Who may convene, keep and read a meeting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.directory.permissions import path_of as path_of_place
from footpath.meetings.models import Meeting

KEEPERS = (Role.OFFICER, Role.HEAD, Role.OFFICE)
"""Roles that convene and keep the meetings of their places."""


def path_of(thing: Any) -> str | None:
    """Return the path of the place a meeting belongs to; a place stands for itself."""
    if isinstance(thing, Meeting):
        return thing.area_path
    return path_of_place(thing)


def has_duty(person: Any, meeting: Any) -> bool:
    """Return whether the person convened the meeting or has the duty to attend it."""
    return isinstance(meeting, Meeting) and (
        person.pk == meeting.convened_by_id
        or any(duty.person_id == person.pk for duty in meeting.duties.all())
    )


def register() -> None:
    """Register this room's deeds."""
    readers = (Role.OFFICER, Role.HEAD, Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR)
    duty = gettext_noop("everybody with the duty to attend")
    allow(
        "meetings.see",
        *readers,
        path_of=path_of,
        sentence=gettext_noop("read meetings"),
        also=has_duty,
        also_says=duty,
    )
    allow(
        "meetings.convene",
        *KEEPERS,
        path_of=path_of,
        sentence=gettext_noop("convene, move or cancel a meeting"),
    )
    allow(
        "meetings.keep",
        *KEEPERS,
        path_of=path_of,
        sentence=gettext_noop("keep attendance and minutes"),
    )
