"""Meetings convened and held: who came, what was said and answered."""

from __future__ import annotations

from datetime import timedelta

from footpath.directory.models import Person
from footpath.meetings import services as meetings
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.rules import Attendance
from footpath.meetings.services import coffee
from footpath.web.demo import texts
from footpath.web.demo.programme import Plan
from footpath.web.demo.stage import (
    Stage,
    last_moment,
)


class Sittings:
    """The meetings that are convened; ``held`` has those held, by the id of their plan."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.random = stage, stage.random
        self.held: dict[int, Meeting] = {}

    def convene(self, plan: Plan) -> Meeting:
        """Convene a meeting a week before, with those who are invited."""
        at = min(plan.starts_at - timedelta(days=7), last_moment(self.stage.today))
        meeting = meetings.convene_meeting(
            kind=self.stage.kinds[plan.kind],
            area=plan.area,
            starts_at=plan.starts_at,
            ends_at=plan.starts_at + timedelta(minutes=90),
            where=plan.where,
            hall=plan.hall,
            extraordinary_reason=plan.in_spite,
            agenda=self.random.choice(texts.AGENDA),
            title=plan.title,
            by=plan.keeper,
            at=at,
        )
        for person in plan.invited:
            meetings.add_duty(meeting=meeting, person=person, by=plan.keeper, at=at)
        return meeting

    def hold(self, plan: Plan) -> None:
        """Hold a meeting, with its attendance and its minutes."""
        meeting = self.convene(plan)
        if plan.kind == "coffee":
            self._session(meeting, plan)
        keeper, at = plan.keeper, plan.starts_at + timedelta(minutes=90)
        expected = Duty.objects.filter(meeting=meeting).order_by("person_id")
        marks = {
            pk: mark
            for pk in expected.values_list("person_id", flat=True)
            if (mark := self._mark(pk, keeper)) is not None
        }
        meetings.hold_meeting(
            meeting=meeting,
            exceptions=marks,
            headcount=self.random.randrange(14, 42) if plan.kind in {"cell", "study"} else None,
            by=keeper,
            at=at,
        )
        meetings.write_minutes(
            meeting=meeting, minutes=self.random.choice(texts.MINUTES), by=keeper, at=at
        )
        if self.random.random() < 0.5:
            meetings.add_minute_item(
                meeting=meeting, text=self.random.choice(texts.ANSWERED), by=keeper, at=at
            )
        self.held[id(plan)] = meeting

    def _session(self, meeting: Meeting, plan: Plan) -> None:
        """Run the session of a professional coffee: what is asked is answered on the spot."""
        host, speakers = plan.keeper, plan.invited or [plan.keeper]
        coffee.open_session(meeting=meeting, by=host, at=plan.starts_at)
        for number, (asked, answer) in enumerate(texts.ASKED):
            at = plan.starts_at + timedelta(minutes=5 + 9 * number)
            by = speakers[number % len(speakers)]
            item = coffee.add_difficulty(meeting=meeting, text=asked, by=by, at=at)
            coffee.answer_here(item=item, answer=answer, by=host, at=at + timedelta(minutes=4))
        coffee.close_session(meeting=meeting, by=host, at=plan.starts_at + timedelta(minutes=88))

    def _mark(self, person_id: int, keeper: Person) -> meetings.Mark | None:
        draw = self.random.random()
        if person_id == keeper.pk or draw < 0.82:
            return None
        if draw < 0.89:
            return meetings.Mark(Attendance.LATE)
        if draw < 0.95:
            return meetings.Mark(Attendance.EXCUSED, reason=self.random.choice(texts.LEAVE))
        if draw < 0.97:
            other = self.random.choice(self.stage.communes).vice
            return meetings.Mark(Attendance.SUBSTITUTE, substitute=other)
        return meetings.Mark(Attendance.ABSENT)

    def take_leave(self, meeting: Meeting, plan: Plan) -> None:
        """Let somebody take leave from a meeting that lies ahead."""
        duty = Duty.objects.filter(meeting=meeting).order_by("pk").first()
        if duty is not None:
            meetings.mark_attendance(
                duty=duty,
                mark=meetings.Mark(Attendance.EXCUSED, reason=self.random.choice(texts.LEAVE)),
                by=plan.keeper,
                at=last_moment(self.stage.today),
            )
