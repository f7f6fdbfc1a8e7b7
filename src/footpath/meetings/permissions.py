"""Who may convene, keep and read a meeting."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import READERS, Role
from footpath.directory.permissions import path_of as path_of_place
from footpath.meetings.models import DayRule, Duty, Hall, Leave, Meeting, MonthPlan, Series

KEEPERS = (Role.OFFICER, Role.HEAD, Role.OFFICE)
"""Roles that convene and keep the meetings of their places."""

DECIDERS = (Role.HEAD, Role.OFFICE)
"""Roles that decide on leave, exceptions, minutes and months of their places."""


def path_of(thing: Any) -> str | None:
    """Return the path of the place a thing of this room belongs to; a place stands for itself."""
    if isinstance(thing, Meeting):
        return thing.area_path
    if isinstance(thing, Series | DayRule | MonthPlan):
        return str(thing.path)
    if isinstance(thing, Hall):
        return str(thing.area.path)
    if isinstance(thing, Duty):
        return thing.meeting.area_path
    if isinstance(thing, Leave):
        return thing.duty.meeting.area_path
    return path_of_place(thing)


def convened(person: Any, thing: Any) -> bool:
    """Return whether the person convened the meeting (or that of the duty, the leave)."""
    if isinstance(thing, Leave):
        thing = thing.duty
    if isinstance(thing, Duty):
        thing = thing.meeting
    return isinstance(thing, Meeting | Series) and person.pk == thing.convened_by_id


def has_duty(person: Any, meeting: Any) -> bool:
    """Return whether the person convened the meeting, has to attend it or comes instead."""
    return isinstance(meeting, Meeting) and (
        person.pk == meeting.convened_by_id
        or any(person.pk in {row.person_id, row.substitute_id} for row in meeting.duties.all())
    )


def own_duty(person: Any, duty: Any) -> bool:
    """Return whether the duty is the person's own."""
    return isinstance(duty, Duty) and duty.person_id == person.pk


_deed = partial(allow, path_of=path_of)
_HAS_DUTY = gettext_noop("everybody with the duty to attend")
_CONVENER = gettext_noop("whoever convened the meeting")


def register() -> None:
    """Register this room's deeds."""
    _register_meetings()
    _register_leave()
    _register_minutes()
    _register_months()


def _register_meetings() -> None:
    _deed(
        "meetings.see",
        *READERS,
        sentence=gettext_noop("read meetings"),
        also=has_duty,
        also_says=_HAS_DUTY,
    )
    _deed(
        "meetings.convene",
        *KEEPERS,
        sentence=gettext_noop("convene, move or cancel a meeting"),
    )
    _deed(
        "meetings.extraordinary",
        *DECIDERS,
        sentence=gettext_noop("hold a meeting against a day rule, with a reason"),
    )
    _deed(
        "meetings.set_days",
        *DECIDERS,
        Role.ADMINISTRATOR,
        sentence=gettext_noop("set day rules and halls"),
    )


def _register_leave() -> None:
    _deed(
        "meetings.ask_leave",
        sentence=gettext_noop("ask for leave from a meeting"),
        also=own_duty,
        also_says=gettext_noop("whose duty it is"),
    )
    _deed(
        "meetings.decide_leave",
        *DECIDERS,
        sentence=gettext_noop("grant or refuse leave from a meeting"),
        also=convened,
        also_says=_CONVENER,
    )


def _register_minutes() -> None:
    _deed(
        "meetings.keep",
        *KEEPERS,
        sentence=gettext_noop("keep attendance and minutes"),
    )
    _deed(
        "meetings.approve_minutes",
        *DECIDERS,
        sentence=gettext_noop("approve minutes"),
        also=convened,
        also_says=_CONVENER,
    )
    _deed(
        "meetings.speak",
        *KEEPERS,
        sentence=gettext_noop("raise a difficulty in a running session, or send in a topic"),
        also=has_duty,
        also_says=_HAS_DUTY,
    )
    _deed(
        "meetings.read_rates",
        *READERS,
        sentence=gettext_noop("read rates of attendance"),
    )


def _register_months() -> None:
    _deed(
        "meetings.see_month",
        *READERS,
        sentence=gettext_noop("read plans of months"),
    )
    _deed(
        "meetings.plan_month",
        *DECIDERS,
        sentence=gettext_noop("plan the meetings of a month"),
    )
    _deed(
        "meetings.approve_month",
        *DECIDERS,
        sentence=gettext_noop("approve, publish or reject the plan of a month"),
    )
