"""Nobody is expected in two places at once: refuse it, or say where somebody is. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import ngettext

from footpath.core import formats
from footpath.core.errors import RuleBroken
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.selectors import Clash
from footpath.meetings.services.values import lock_people


class ExpectedElsewhere(RuleBroken):
    """Somebody is expected in another meeting at that time; ``clashes`` say who and where."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__(" ".join(in_words(clash) for clash in clashes))
        self.clashes = clashes


def in_words(clash: Clash) -> str:
    """Return a sentence about who is expected where at that time."""
    return ngettext(
        "%(people)s is expected in another meeting at that time: %(meeting)s, %(when)s.",
        "%(people)s are expected in another meeting at that time: %(meeting)s, %(when)s.",
        len(clash.people),
    ) % {
        "people": ", ".join(person.name for person in clash.people),
        "meeting": clash.other.name,
        "when": formats.day_time(clash.other.starts_at),
    }


def refuse_clash(
    people: Iterable[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    besides: Iterable[int] = (),
) -> None:
    """Raise ExpectedElsewhere when one of the people is expected in another meeting then.

    The people stay locked until the end of the transaction, so that of two deeds at once the
    second sees what the first did. ``besides`` leaves meetings out, such as the one that moves.
    """
    keys = set(people)
    lock_people(keys)
    found = selectors.expected_elsewhere(keys, starts_at, ends_at, besides=besides)
    if found:
        raise ExpectedElsewhere(found)


def settle_elsewhere(people: Iterable[int]) -> None:
    """See anew whether people who were expected elsewhere now can come, or where they are instead.

    To be called after somebody was freed: a meeting was moved or cancelled, leave was granted, an
    invitation taken back. A duty whose other meeting expects the person no longer counts again,
    the soonest meeting first. Two queries, and one for each duty that changes.
    """
    keys = set(people)
    waiting = list(
        Duty.objects.filter(
            person__in=keys,
            attendance__in=selectors.COMES,
            elsewhere__isnull=False,
            meeting__state=rules.State.PLANNED,
        )
        .exclude(elsewhere__state=rules.State.HELD)
        .select_related("meeting")
        .order_by("meeting__starts_at", "meeting_id", "pk")
    )
    if not waiting:
        return
    lock_people(keys)
    first = min(row.meeting.starts_at for row in waiting)
    last = max(row.meeting.ends_at for row in waiting)
    busy: dict[int, list[Meeting]] = {}
    for row in (
        selectors.expected(keys)
        .filter(
            meeting__state=rules.State.PLANNED,
            meeting__starts_at__lt=last,
            meeting__ends_at__gt=first,
        )
        .select_related("meeting")
        .order_by("meeting__starts_at", "meeting_id")
    ):
        busy.setdefault(row.who, []).append(row.meeting)
    for row in waiting:
        mine = busy.setdefault(row.person_id, [])
        other = next(
            (one for one in mine if one.pk != row.meeting_id and _overlap(one, row.meeting)), None
        )
        if other is None:
            mine.append(row.meeting)
        if row.elsewhere_id != (other.pk if other else None):
            Duty.objects.filter(pk=row.pk).update(elsewhere=other)


def _overlap(one: Meeting, other: Meeting) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
