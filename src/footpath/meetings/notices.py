"""What people are told about meetings: the kinds of notices, and who hears of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.meetings import ics
from footpath.meetings.models import Meeting
from footpath.notifications import kinds
from footpath.notifications.kinds import Kind
from footpath.notifications.services import Value, notify

KINDS = (
    Kind(
        "meeting.invited",
        gettext_noop("You are expected at a meeting"),
        gettext_noop("You are expected: %(meeting)s, %(when)s."),
        attach=ics.attached,
    ),
    Kind(
        "meeting.moved",
        gettext_noop("A meeting is moved"),
        gettext_noop("%(meeting)s is moved to %(when)s."),
        urgent=True,
        attach=ics.attached,
    ),
    Kind(
        "meeting.cancelled",
        gettext_noop("A meeting is cancelled"),
        gettext_noop("%(meeting)s on %(when)s is cancelled: %(reason)s"),
        urgent=True,
        attach=ics.attached,
    ),
    Kind(
        "meeting.reminder",
        gettext_noop("A meeting is near"),
        gettext_noop("Soon: %(meeting)s, %(when)s."),
    ),
    Kind(
        "leave.asked",
        gettext_noop("Somebody asks for leave"),
        gettext_noop("%(person)s asks for leave from %(meeting)s, %(when)s: %(reason)s"),
    ),
    Kind(
        "leave.granted",
        gettext_noop("Your leave is granted"),
        gettext_noop("Your leave from %(meeting)s, %(when)s, is granted."),
        urgent=True,
    ),
    Kind(
        "leave.refused",
        gettext_noop("Your leave is refused"),
        gettext_noop("Your leave from %(meeting)s, %(when)s, is refused: %(reason)s"),
        urgent=True,
    ),
    Kind(
        "leave.deputy_asked",
        gettext_noop("You are asked to come instead of somebody"),
        gettext_noop("%(person)s asks you to come instead: %(meeting)s, %(when)s."),
    ),
    Kind(
        "leave.deputy_comes",
        gettext_noop("Somebody comes instead of you"),
        gettext_noop("%(person)s comes instead of you: %(meeting)s, %(when)s."),
    ),
    Kind(
        "leave.deputy_cannot",
        gettext_noop("Somebody cannot come instead of you"),
        gettext_noop("%(person)s cannot come instead of you: %(meeting)s, %(when)s."),
    ),
    Kind(
        "leave.withdrawn",
        gettext_noop("Somebody comes after all"),
        gettext_noop("%(person)s comes after all: %(meeting)s, %(when)s."),
        urgent=True,
    ),
    Kind(
        "leave.undecided",
        gettext_noop("A leave waits for a decision"),
        gettext_noop("%(person)s waits for a decision about leave: %(meeting)s, %(when)s."),
    ),
    Kind(
        "minutes.approved",
        gettext_noop("Minutes are approved"),
        gettext_noop("The minutes are approved: %(meeting)s, %(when)s."),
    ),
    Kind(
        "month.published",
        gettext_noop("The meetings of a month are published"),
        gettext_noop("The meetings of %(month)s are published: %(place)s."),
    ),
)


def register() -> None:
    """Register the kinds of notices."""
    for kind in KINDS:
        kinds.register(kind)


def words_of(meeting: Meeting) -> dict[str, str]:
    """Return the name of a meeting in each language, as it is told now."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = meeting.name
    return said


def month_of(day: Month) -> str:
    """Return a month as a value of a notice: the readers see it in their own form."""
    return str(day)


def tell(
    people: Iterable[Person],
    kind: str,
    meeting: Meeting,
    *,
    at: datetime,
    key: str = "",
    values: Mapping[str, Value] | None = None,
    url: str = "",
) -> int:
    """Tell people something about a meeting, once; returns how many notices are new.

    The notice opens the meeting, or ``url``.
    ``key`` tells two happenings of one kind apart; without it the meeting's ``sequence`` does.
    People without a user are told by word of mouth: nothing is written for them.
    """
    users = {person.user_id for person in people if person.user_id is not None}
    said: dict[str, Value] = {"meeting": words_of(meeting), "when": meeting.starts_at.isoformat()}
    return notify(
        users,
        kind,
        key=f"{kind}:{meeting.pk}:{key or meeting.sequence}",
        at=at,
        values=said | dict(values or {}),
        url=url or meeting.get_absolute_url(),
        subject=f"meetings.meeting:{meeting.pk}",
    )
