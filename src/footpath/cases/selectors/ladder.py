"""The steps of the ladder, and the rungs of a clock by the calendar of its place. Source: S4.3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, tzinfo

from django.utils import timezone

from footpath.cases.models import Clock, LadderStep
from footpath.cases.rules import ladder
from footpath.cases.rules.ladder import Rung, Step
from footpath.core.workdays import Workdays, YearNotKnown
from footpath.directory.selectors import calendar

Steps = Mapping[str, tuple[Step, ...]]


def steps() -> Steps:
    """Return the steps by leg; "" are those of all legs without steps of their own. One query."""
    found: dict[str, list[Step]] = defaultdict(list)
    rows = LadderStep.objects.order_by("kind", "offset")
    for kind, offset, channel, weekly in rows.values_list("kind", "offset", "channel", "is_weekly"):
        found[kind].append(Step(offset, channel, weekly))
    return {kind: tuple(those) for kind, those in found.items()}


def steps_of(known: Steps, kind: str) -> tuple[Step, ...]:
    """Return the steps that hold for a leg."""
    return known.get(kind) or known.get("", ())


class Ladders:
    """The ladder of every clock that is looked at together: two queries for all of them."""

    def __init__(self, years: Iterable[int], *, known: Steps | None = None) -> None:
        """Read the steps and what is noted in the calendar of these years."""
        self.steps = steps() if known is None else known
        self._days = calendar.workdays_below("", years)

    def rungs(self, clock: Clock) -> Iterator[Rung]:
        """Yield the rungs of a clock in their order."""
        return ladder.rungs(
            steps_of(self.steps, clock.kind),
            clock.due_on,
            counted(self._days(clock.path)),
            self.zone(clock),
        )

    def zone(self, _clock: Clock) -> tzinfo:
        """Return the time zone in which the clock's place gets up."""
        return timezone.get_default_timezone()


def years_around(days: Iterable[date]) -> set[int]:
    """Return the years that the ladders of these due dates touch."""
    return {year for day in days for year in (day.year - 1, day.year, day.year + 1)}


def counted(days: Workdays) -> Callable[[date], bool]:
    """Return whether a day is worked; in years that nobody has settled only weekends are off."""

    def is_working(day: date) -> bool:
        try:
            return days.is_working(day)
        except YearNotKnown:
            return day.weekday() < SATURDAY

    return is_working


SATURDAY = 5
