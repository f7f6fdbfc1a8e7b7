"""The month itself: meetings held and planned, cases raised in them and by officers."""

from __future__ import annotations

from datetime import timedelta

from footpath.core import clock
from footpath.core.calendar import Month
from footpath.meetings import services as meetings
from footpath.web.demo import texts
from footpath.web.demo.casework import Casework, Raising
from footpath.web.demo.days import Diary
from footpath.web.demo.programme import Plan, Programme, last_planned_day
from footpath.web.demo.sittings import Sittings
from footpath.web.demo.stage import (
    Stage,
    first_day,
    last_moment,
    point,
    working,
)
from footpath.web.demo.stories import FORGOTTEN


class Life:
    """Lives the months before and the month, in the order of time."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.random = stage.random
        self.first = first_day(stage.today)
        self.end = point(last_moment(stage.today))
        self.programme = Programme(stage)
        self.sittings = Sittings(stage)
        self.cases = Casework(stage, self.sittings.held)
        by = stage.administrator
        yesterday = stage.today - timedelta(days=1)
        self.lived = Diary(by, stage.district, self.first, yesterday)
        self.coming = Diary(by, stage.district, stage.today, last_planned_day(stage.today))

    def before(self) -> None:
        """Raise and close the lighter months before, so that the line of months has a course."""
        months = [Month.of(self.first)]
        while len(months) <= len(self.stage.scale.history):
            months.append(months[-1].previous)
        oldest_first = reversed(months[1:])
        for month, number in zip(oldest_first, self.stage.scale.history, strict=True):
            days = (month.last - month.first).days + 1
            begin = month.first.toordinal()
            for at in sorted(begin + self.random.random() * days for _case in range(number)):
                commune, hamlet = self.random.choice(self.stage.hamlets)
                path = FORGOTTEN if self.random.random() < 0.05 else self.cases.closing_path()
                self.cases.live(Raising(at, commune, hamlet, path=path))
        self.stage.say(f"months before: {sum(self.stage.scale.history)} cases")

    def month(self) -> None:
        """Hold the meetings of the month up to yesterday and raise its cases."""
        plans = self.programme.timed(self.lived)
        raisings = self.cases.raisings(plans)
        self.cases.give_paths(raisings)
        rows: list[tuple[float, int, Plan | Raising]] = [
            (point(plan.starts_at), 0, plan) for plan in plans
        ]
        rows += [(raising.at, 1, raising) for raising in raisings]
        done = {Plan: 0, Raising: 0}
        for at, _order, row in sorted(rows, key=lambda row: row[:2]):
            if isinstance(row, Plan):
                self.sittings.hold(row)
            else:
                self.cases.live(row)
            done[type(row)] += 1
            if sum(done.values()) % 100 == 0:
                self._tell(at, done[Plan], done[Raising])
        self._tell(self.end, done[Plan], done[Raising])

    def ahead(self) -> int:
        """Convene what lies ahead, with some leave and one cancelled; return how many."""
        plans = self.programme.timed(self.coming)
        for index, plan in enumerate(plans):
            meeting = self.sittings.convene(plan)
            if index % 9 == 4:
                self.sittings.take_leave(meeting, plan)
            if index == len(plans) // 3:
                meetings.cancel_meeting(
                    meeting=meeting,
                    reason=texts.CANCELLED,
                    by=plan.keeper,
                    at=last_moment(self.stage.today),
                )
        self.stage.say(f"ahead: {len(plans)} meetings planned, one of them cancelled")
        return len(plans)

    def _tell(self, at: float, held: int, raised: int) -> None:
        day = clock.day_of(working(at)).isoformat()
        self.stage.say(f"{day}: {held} meetings held, {raised} cases raised")
