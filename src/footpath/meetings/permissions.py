"""Who may convene, keep and read a meeting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.directory.permissions import path_of as path_of_place
from footpath.meetings.models import DayRule, Duty, Hall, Leave, Meeting, MonthPlan, Series

KEEPERS = (Role.OFFICER, Role.HEAD, Role.OFFICE)
"""Roles that convene and keep the meetings of their places."""


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
    convener = gettext_noop("whoever convened the meeting")
    allow(
        "meetings.extraordinary",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("hold a meeting against a day rule, with a reason"),
    )
    allow(
        "meetings.set_days",
        Role.HEAD,
        Role.OFFICE,
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("set day rules and halls"),
    )
    allow(
        "meetings.decide_leave",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("grant or refuse leave from a meeting"),
        also=convened,
        also_says=convener,
    )
    allow(
        "meetings.ask_leave",
        sentence=gettext_noop("ask for leave from a meeting"),
        path_of=path_of,
        also=own_duty,
        also_says=gettext_noop("whose duty it is"),
    )
    allow(
        "meetings.approve_minutes",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("approve minutes"),
        also=convened,
        also_says=convener,
    )
    allow(
        "meetings.speak",
        *KEEPERS,
        path_of=path_of,
        sentence=gettext_noop("raise a difficulty in a running session, or send in a topic"),
        also=has_duty,
        also_says=duty,
    )
    allow(
        "meetings.see_month",
        *readers,
        path_of=path_of,
        sentence=gettext_noop("read plans of months"),
    )
    allow(
        "meetings.plan_month",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("plan the meetings of a month"),
    )
    allow(
        "meetings.approve_month",
        Role.HEAD,
        Role.OFFICE,
        path_of=path_of,
        sentence=gettext_noop("approve, publish or reject the plan of a month"),
    )
    allow(
        "meetings.read_rates",
        *readers,
        path_of=path_of,
        sentence=gettext_noop("read rates of attendance"),
    )
