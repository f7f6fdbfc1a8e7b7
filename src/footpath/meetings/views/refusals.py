"""What a page says when a meeting cannot stand where it was put, and the days that are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from footpath.core.errors import RuleBroken
from footpath.directory.models import Area, Organization
from footpath.meetings import services
from footpath.meetings.models import Hall, Meeting, MeetingKind
from footpath.meetings.selectors import Breach, Clash


@dataclass(frozen=True)
class Refusal:
    """Why a meeting cannot stand there, by kinds of reasons, and the next days that are free.

    ``final`` says that no reason sets it aside, ``by_rule`` that an extraordinary one may.
    """

    breaches: Sequence[Breach] = ()
    clashes: Sequence[Clash] = ()
    taken_by: Sequence[Meeting] = ()
    hall: str = ""
    free_days: list[date] = field(default_factory=list)
    final: bool = False

    @property
    def by_rule(self) -> bool:
        """Return whether an extraordinary reason would set it aside."""
        return bool(self.breaches) and not self.final


REFUSALS = (services.DayRefused, services.ExpectedElsewhere, services.HallTaken)
"""What is said against a time or a hall; anything else is said beside its field."""


def refusal_of(
    refused: RuleBroken,
    *,
    kind: MeetingKind,
    area: Area,
    starts_at: datetime,
    ends_at: datetime,
    organization: Organization | None = None,
    hall: Hall | None = None,
    besides: Meeting | None = None,
) -> Refusal:
    """Return what the page says of a time or a hall that was refused, with the next free days."""
    free_days = services.free_days_for(
        kind=kind,
        area=area,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        hall=hall,
        besides=besides,
    )
    if isinstance(refused, services.DayRefused):
        return Refusal(breaches=refused.breaches, free_days=free_days, final=refused.final)
    if isinstance(refused, services.ExpectedElsewhere):
        return Refusal(clashes=refused.clashes, free_days=free_days)
    taken_by = refused.meetings if isinstance(refused, services.HallTaken) else ()
    return Refusal(taken_by=taken_by, hall=str(refused), free_days=free_days)
