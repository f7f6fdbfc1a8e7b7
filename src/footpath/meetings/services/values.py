"""What every deed on a meeting checks, and what the trail keeps of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting

LONGEST_LINE = 200


def snapshot(meeting: Meeting) -> dict[str, object]:
    """Return the values of a meeting that the trail keeps a digest of."""
    return {
        "kind": meeting.kind_id,
        "title": meeting.title,
        "area": meeting.area_id,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "where": meeting.where,
        "agenda": meeting.agenda,
        "state": str(meeting.state),
        "headcount": meeting.headcount,
        "cancel_reason": meeting.cancel_reason,
    }


def lock_people(people: Iterable[int]) -> None:
    """Make every other deed that looks where these people are expected wait for this one.

    By key, so that two deeds never wait for each other; others may still point to the people.
    """
    keys = sorted(set(people))
    if keys:
        rows = Person.objects.select_for_update(no_key=True).filter(pk__in=keys)
        list(rows.order_by("pk").values_list("pk", flat=True))


def touched(meeting: Meeting, at: datetime) -> dict[str, Any]:
    """Return what to write beside a change that calendars show: one more change, at this moment.

    For ``update``; the meeting in hand is told at once.
    """
    meeting.sequence += 1
    meeting.changed_at = at
    return {"sequence": F("sequence") + 1, "changed_at": at}


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    try:
        rules.check_times(starts_at, ends_at)
    except rules.EndsBeforeItBegins as wrong:
        raise InvalidValue(_("The meeting ends before it begins."), field="ends_at") from wrong
    except rules.TooLong as wrong:
        raise InvalidValue(
            _("A meeting lasts from 5 minutes to a day."), field="ends_at"
        ) from wrong


def refuse_unless(meeting: Meeting, *states: rules.State) -> None:
    if meeting.state in states:
        return
    if meeting.state == rules.State.CANCELLED:
        raise RuleBroken(_("This meeting was cancelled."))
    raise RuleBroken(_("This meeting has already been held."))


def line(text: str, *, field: str) -> str:
    """Return a line without doubled spaces; InvalidValue when it is longer than its column."""
    line = " ".join(text.split())
    if len(line) > LONGEST_LINE:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": LONGEST_LINE},
            field=field,
        )
    return line
