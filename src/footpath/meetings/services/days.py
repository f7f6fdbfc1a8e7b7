"""Keep to the day rules, or set one aside with a reason; make, change and end rules. S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.core import formats
from footpath.core.errors import RuleBroken
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import selectors
from footpath.meetings.models import Meeting, MeetingKind
from footpath.meetings.selectors import Breach
from footpath.meetings.services.values import line


class DayRefused(RuleBroken):
    """A meeting may not be held on its day; ``breaches`` say why, ``free_days`` are the next free.

    ``final`` says that no extraordinary reason sets it aside: the year is not settled.
    """

    def __init__(self, breaches: Sequence[Breach], free_days: Sequence[date]) -> None:
        said = [breach.reason for breach in breaches]
        if free_days:
            said.append(
                _("Free days: %(days)s.") % {"days": "; ".join(formats.day(d) for d in free_days)}
            )
        super().__init__(" ".join(said))
        self.breaches = list(breaches)
        self.free_days = list(free_days)
        self.final = any(breach.final for breach in breaches)


def check_day(
    *,
    kind: MeetingKind,
    area: Area,
    organization: Organization | None = None,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    extraordinary_reason: str = "",
    besides: Meeting | None = None,
) -> list[Breach]:
    """Raise DayRefused unless the meeting may be held on its days; return what was set aside.

    With a reason by somebody who may hold extraordinary meetings the rules are set aside, and the
    caller keeps ``extraordinary(...)`` with the meeting. Nothing sets aside a year whose days
    nobody has settled. The answer is empty when no rule stood against it. Raises NotAllowed for a
    reason by somebody who may not give one. ``besides`` is the meeting itself when it moves.
    Source: S2.2.
    """
    found = selectors.breaches(
        kind=kind,
        area=area,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        besides=besides,
    )
    if not found:
        return []
    reason = line(extraordinary_reason, field="extraordinary_reason")
    if reason and not any(breach.final for breach in found):
        require(by, "meetings.extraordinary", area)
        return found
    free = selectors.next_free_days(
        kind=kind,
        area=area,
        organization=organization,
        after=selectors.days_of(starts_at, ends_at)[0],
        besides=besides,
    )
    raise DayRefused(found, free)


def extraordinary(set_aside: Iterable[Breach], *, reason: str, by: Person) -> dict[str, Any]:
    """Return what a meeting keeps of an extraordinary reason; empty values when none was needed."""
    if not list(set_aside):
        return {"extraordinary_reason": "", "extraordinary_by": None}
    return {
        "extraordinary_reason": line(reason, field="extraordinary_reason"),
        "extraordinary_by": by,
    }
