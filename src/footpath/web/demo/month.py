"""The month itself: meetings held and planned, cases raised in them and by officers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings import services as meetings
from footpath.meetings.models import Duty, Hall, Meeting
from footpath.meetings.rules import Attendance
from footpath.meetings.services import coffee
from footpath.web.demo import texts
from footpath.web.demo.days import DEPARTMENT_DAYS, Diary
from footpath.web.demo.stage import (
    Commune,
    Hamlet,
    Stage,
    first_day,
    last_moment,
    moment,
    point,
    working,
)
from footpath.web.demo.stories import FORGOTTEN, PATHS, SHOWN, SOLVED, Path, Story
from footpath.web.demo.texts import Topic

LOCAL_DAYS = tuple(day for day in range(1, 29) if day not in DEPARTMENT_DAYS)
PLANNED_DAYS = 14


@dataclass
class Plan:
    """A meeting to hold or to convene, and how many cases come out of it."""

    kind: str
    area: Area
    starts_at: datetime
    keeper: Person
    invited: list[Person] = field(default_factory=list)
    title: str = ""
    where: str = ""
    commune: Commune | None = None
    hamlet: Hamlet | None = None
    hall: Hall | None = None
    in_spite: str = ""
    cases: int = 0


@dataclass
class Raising:
    """A case to raise: when, where, and in which meeting if in one."""

    at: float
    commune: Commune
    hamlet: Hamlet
    plan: Plan | None = None
    path: Path = SOLVED
    by_secretary: bool = False


def last_planned_day(today: date) -> date:
    """Return the last day with planned meetings: two weeks ahead, at least the month's end."""
    return max(today + timedelta(days=PLANNED_DAYS), Month.of(today).last)


class Life:
    """Lives the months before and the month, in the order of time."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.random = stage.random
        self.first = first_day(stage.today)
        self.end = point(last_moment(stage.today))
        self.open: list[tuple[Story, str]] = []
        self.held: dict[int, Meeting] = {}
        by = stage.administrator
        yesterday = stage.today - timedelta(days=1)
        self.lived = Diary(by, stage.district, self.first, yesterday)
        self.coming = Diary(by, stage.district, stage.today, last_planned_day(stage.today))

    # --- cases ---------------------------------------------------------------------------------

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
                path = FORGOTTEN if self.random.random() < 0.05 else self._closing_path()
                self._live(Raising(at, commune, hamlet, path=path))
        self.stage.say(f"months before: {sum(self.stage.scale.history)} cases")

    def month(self) -> None:
        """Hold the meetings of the month up to yesterday and raise its cases."""
        plans = self._timed(self.lived)
        raisings = self._raisings(plans)
        self._give_paths(raisings)
        rows: list[tuple[float, int, Plan | Raising]] = [
            (point(plan.starts_at), 0, plan) for plan in plans
        ]
        rows += [(raising.at, 1, raising) for raising in raisings]
        done = {Plan: 0, Raising: 0}
        for at, _order, row in sorted(rows, key=lambda row: row[:2]):
            if isinstance(row, Plan):
                self._hold(row)
            else:
                self._live(row)
            done[type(row)] += 1
            if sum(done.values()) % 100 == 0:
                self._tell(at, done[Plan], done[Raising])
        self._tell(self.end, done[Plan], done[Raising])

    def ahead(self) -> int:
        """Convene what lies ahead, with some leave and one cancelled; return how many."""
        plans = self._timed(self.coming)
        for index, plan in enumerate(plans):
            meeting = self._convene(plan)
            if index % 9 == 4:
                self._take_leave(meeting, plan)
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

    def _closing_path(self) -> Path:
        paths = [path for path in PATHS if path.deeds[-1:] == ("verify",)]
        return self.random.choices(paths, [path.weight for path in paths])[0]

    def _raisings(self, plans: list[Plan]) -> list[Raising]:
        found = []
        for plan in plans:
            for _case in range(plan.cases):
                commune = plan.commune or self.random.choice(self.stage.communes)
                hamlet = plan.hamlet or self.random.choice(commune.hamlets)
                found.append(Raising(point(plan.starts_at) + 0.001, commune, hamlet, plan))
        self.random.shuffle(found)
        found = found[: self.stage.scale.cases // 2]
        hamlets = self.stage.hamlets
        begin = self.first.toordinal()
        while len(found) < self.stage.scale.cases:
            # The first hamlet, whose officer and secretary can sign in, has a few more to show.
            first = len(found) % 20 == 0
            commune, hamlet = hamlets[0] if first else self.random.choice(hamlets)
            found.append(
                Raising(begin + self.random.random() * (self.end - begin - 0.6), commune, hamlet)
            )
        return sorted(found, key=lambda raising: raising.at)

    def _give_paths(self, raisings: list[Raising]) -> None:
        """Deal the paths out so that those that take long fall to cases raised early."""
        whole = sum(path.weight for path in PATHS)
        pool: list[Path] = []
        for path in PATHS:
            pool += [path] * max(1, path.weight * len(raisings) // whole)
        while len(pool) < len(raisings):
            pool.append(SOLVED)
        self.random.shuffle(pool)
        pool = pool[: len(raisings)]
        pool.sort(key=lambda path: path.days + self.random.random() * 16, reverse=True)
        for raising, path in zip(raisings, pool, strict=True):
            raising.path = path
        hamlet = self.stage.hamlets[0][1]
        first = [row for row in raisings if row.hamlet is hamlet and row.plan is None]
        for number, (raising, path) in enumerate(zip(first[::-1], SHOWN, strict=False)):
            raising.path, raising.by_secretary = path, number % 2 == 0

    def _live(self, raising: Raising) -> None:
        path = raising.path
        other = self._open_case_near(raising) if path.deeds == ("duplicate",) else None
        if other is not None:
            topic, title = other[0].topic, f"{other[1]} (phản ánh lần hai)"
            area, text = other[0].case.area, other[0].case.text
            raising.commune, raising.hamlet = other[0].commune, other[0].hamlet
        else:
            topic = self._topic(raising)
            problem, text = self.random.choice(topic.problems)
            title, area = problem + self.random.choice(topic.tails), self._place(raising)
        case = self._raise(raising, topic, title, text, area)
        story = Story(case, topic, raising.commune, raising.hamlet, self.random)
        deeds = path.deeds if path.deeds != ("duplicate",) or other is not None else ("accept",)
        for deed, at in zip(deeds, self._moments(raising, len(deeds)), strict=True):
            if deed == "duplicate" and other is not None:
                story.duplicate_of(other[0].case, at)
            else:
                story.tell(deed, at)
        if case.is_open and case.state in {"raised", "accepted", "guided"}:
            self.open.append((story, title))

    def _open_case_near(self, raising: Raising) -> tuple[Story, str] | None:
        if raising.plan is not None:
            within = raising.plan.area.path
            near = [row for row in self.open if row[0].case.area.path.startswith(within)]
        else:
            near = self.open[-30:]
        near = [row for row in near if "(" not in row[1]]
        return self.random.choice(near) if near else None

    def _topic(self, raising: Raising) -> Topic:
        """Return what the case is about; a path of lateness needs a due date that has passed."""
        found = [topic for topic, _category in self.stage.topics]
        if raising.path.is_late:
            room = self.end - raising.at - 1
            found = [topic for topic in found if topic.days < room] or found
        elif not raising.path.deeds or raising.path.deeds[-1] != "verify":
            room = self.end - raising.at
            found = [topic for topic in found if topic.days > room] or found
        return self.random.choice(found)

    def _place(self, raising: Raising) -> Area:
        if raising.plan is None and raising.hamlet.groups and self.random.random() < 0.25:
            return self.random.choice(raising.hamlet.groups)
        return raising.hamlet.area

    def _raise(self, raising: Raising, topic: Topic, title: str, text: str, area: Area) -> Case:
        category = next(category for known, category in self.stage.topics if known == topic)
        at = working(raising.at)
        plan = raising.plan
        if plan is not None:
            meeting = self.held[id(plan)]
            said = f"{title}. {text}"
            item = meetings.add_minute_item(meeting=meeting, text=said, by=plan.keeper, at=at)
            return meetings.raise_case_from_item(
                item=item, title=title, text=text, category=category, area=area,
                by=plan.keeper, at=at,
            )  # fmt: skip
        hamlet, commune = raising.hamlet, raising.commune
        draw = self.random.random()
        by = hamlet.secretary if draw < 0.15 or raising.by_secretary else hamlet.officer
        source = Case.Source.LETTER if draw > 0.85 else Case.Source.OFFICER
        if 0.6 < draw <= 0.85:
            source = Case.Source.VISIT
        return cases.raise_case(
            title=title, text=text, area=area, category=category, source=source,
            by=by or commune.head, at=at,
        )  # fmt: skip

    def _moments(self, raising: Raising, number: int) -> list[datetime]:
        """Return so many moments after the raising in their order, none after yesterday."""
        room = max(self.end - raising.at - 0.05, 0.01)
        days = 3 if raising.path.is_late else raising.path.days
        span = min(room, days * (0.7 + 0.7 * self.random.random()))
        parts = sorted(self.random.random() for _deed in range(number))
        return [working(raising.at + 0.04 + part * span) for part in parts]

    # --- meetings ------------------------------------------------------------------------------

    def _plans(self, first: date, last: date) -> Iterator[Plan]:
        """Return the meetings whose days lie from the first to the last day, both included."""
        days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        for index, (commune, hamlet) in enumerate(self.stage.hamlets):
            number = LOCAL_DAYS[index * 7 % len(LOCAL_DAYS)]
            if index == 0 and self.stage.today.day in LOCAL_DAYS:
                number = self.stage.today.day  # whoever signs in as its officer meets today
            for day in (day for day in days if day.day == number):
                yield self._cell(commune, hamlet, day, index)
        for index, commune in enumerate(self.stage.communes):
            number = LOCAL_DAYS[(index * 5 + 3) % len(LOCAL_DAYS)]
            for day in (day for day in days if day.day == number):
                yield self._commune(commune, day)
        for day in days:
            yield from self._of_district(day)

    def _timed(self, diary: Diary) -> list[Plan]:
        """Return the meetings of a span of days at times at which nobody is in two places."""
        plans = sorted(self._plans(diary.first, diary.last), key=lambda plan: plan.starts_at)
        for plan in plans:
            kind = self.stage.kinds[plan.kind]
            plan.starts_at, plan.in_spite = diary.place(
                kind, plan.area, plan.starts_at, [plan.keeper], plan.hall
            )
            plan.invited = diary.free(plan.invited, plan.starts_at)
            diary.note(
                {plan.keeper.pk, *(person.pk for person in plan.invited)}
                | diary.due(plan.area, plan.starts_at),
                plan.starts_at,
                plan.hall,
            )
        return sorted(plans, key=lambda plan: plan.starts_at)

    def _cell(self, commune: Commune, hamlet: Hamlet, day: date, index: int) -> Plan:
        secretary = [hamlet.secretary] if hamlet.secretary is not None else []
        return Plan(
            "cell",
            hamlet.area,
            moment(day, 19 if index % 3 else 18, 0 if index % 2 else 30),
            hamlet.officer or commune.head,
            invited=secretary,
            hall=self.stage.halls[hamlet.area.pk],
            commune=commune,
            hamlet=hamlet,
            cases=1 + self.random.randrange(2),
        )

    def _commune(self, commune: Commune, day: date) -> Plan:
        officers = [hamlet.officer for hamlet in commune.hamlets if hamlet.officer is not None]
        return Plan(
            "commune",
            commune.area,
            moment(day, 14),
            commune.head,
            invited=[commune.head, commune.vice, *officers],
            hall=self.stage.halls[commune.area.pk],
            commune=commune,
            cases=3,
        )

    def _of_district(self, day: date) -> Iterator[Plan]:
        """Return coffee (every fourth Saturday), study sessions, and departments on their days."""
        office = self.stage.office[0]
        away = (self.stage.today - day).days
        plan = partial(Plan, area=self.stage.district, keeper=office)
        if self._is_coffee(day, away):
            yield plan(
                kind="coffee",
                starts_at=moment(day, 8),
                title=texts.COFFEE_TITLE,
                where="Quán cà phê Bến Xưa, thị trấn Châu Thành",
                invited=self._heads(),
                cases=14,
            )
        for number, title in zip((11, 23), texts.STUDY_TITLES, strict=True):
            if day.day == number:
                yield plan(
                    kind="study",
                    starts_at=moment(day, 7, 30),
                    title=title,
                    where="Trung tâm Chính trị huyện",
                    invited=self._some_officers(30),
                )
        for number, title in zip(DEPARTMENT_DAYS, texts.DEPARTMENT_TITLES, strict=True):
            if day.day == number:
                yield plan(
                    kind="office",
                    starts_at=moment(day, 8),
                    title=title,
                    where="Phòng họp số 2, Văn phòng Huyện ủy",
                    invited=self._some_officers(18),
                    cases=2,
                )

    def _is_coffee(self, day: date, away: int) -> bool:
        """Return whether it is the Saturday one to two weeks ago, or four weeks after that one."""
        return day.weekday() == 5 and (7 <= away <= 13 or -21 <= away <= -15)

    def _heads(self) -> list[Person]:
        heads = [commune.head for commune in self.stage.communes]
        return heads + [commune.member for commune in self.stage.communes][:14]

    def _some_officers(self, number: int) -> list[Person]:
        officers = {
            hamlet.officer.pk: hamlet.officer
            for _commune, hamlet in self.stage.hamlets
            if hamlet.officer is not None
        }
        return self.random.sample(list(officers.values()), min(number, len(officers)))

    def _convene(self, plan: Plan) -> Meeting:
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

    def _hold(self, plan: Plan) -> None:
        meeting = self._convene(plan)
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

    def _take_leave(self, meeting: Meeting, plan: Plan) -> None:
        duty = Duty.objects.filter(meeting=meeting).order_by("pk").first()
        if duty is not None:
            meetings.mark_attendance(
                duty=duty,
                mark=meetings.Mark(Attendance.EXCUSED, reason=self.random.choice(texts.LEAVE)),
                by=plan.keeper,
                at=last_moment(self.stage.today),
            )
