"""The steps of the ladder, and the rungs of a clock by the calendar of its place. Source: S4.3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from footpath.cases.models import Clock, LadderStep
from footpath.cases.rules import ladder
from footpath.cases.rules.ladder import Rung, Step
from footpath.core.officehours import OfficeCalendar
from footpath.core.workdays import YearNotKnown
from footpath.directory import selectors as directory

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
    """The ladder of every clock that is looked at together: four queries for all of them."""

    def __init__(self, years: Iterable[int], *, known: Steps | None = None, path: str = "") -> None:
        """Read the steps, and hours and notes of the places below a path from these years on."""
        self.steps = steps() if known is None else known
        self._calendars = directory.office_calendars_below(path, years)

    def rungs(self, clock: Clock) -> Iterator[Rung]:
        """Yield the rungs of a clock in their order."""
        calendar = self._calendars(clock.path)
        return ladder.rungs(
            steps_of(self.steps, clock.kind), clock.due_on, worked(calendar), calendar.zone
        )


def years_around(days: Iterable[date]) -> set[int]:
    """Return the years that the ladders of these due dates touch."""
    return {year for day in days for year in (day.year - 1, day.year)}


def worked(calendar: OfficeCalendar) -> Callable[[date], bool]:
    """Return whether a day is worked; in years that nobody has settled only weekends are off."""

    def is_working(day: date) -> bool:
        try:
            return bool(calendar.day(day).spans)
        except YearNotKnown:
            return day.weekday() < SATURDAY

    return is_working


SATURDAY = 5
