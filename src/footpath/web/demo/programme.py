"""Which meetings there are: those of hamlets, communes and the district, each on its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings.models import Hall
from footpath.web.demo import texts
from footpath.web.demo.days import DEPARTMENT_DAYS, Diary
from footpath.web.demo.stage import (
    Commune,
    Hamlet,
    Stage,
    moment,
)

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


def last_planned_day(today: date) -> date:
    """Return the last day with planned meetings: two weeks ahead, at least the month's end."""
    return max(today + timedelta(days=PLANNED_DAYS), Month.of(today).last)


class Programme:
    """The meetings of the district, planned by the days of the month."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.random = stage, stage.random

    def timed(self, diary: Diary) -> list[Plan]:
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
