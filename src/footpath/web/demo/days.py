"""The days of the demonstration: settled years, day rules, halls, and a free time for a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory import services as directory_services
from footpath.directory.models import Area, Person
from footpath.meetings import selectors
from footpath.meetings.models import Hall, MeetingKind
from footpath.meetings.services import days as day_rules
from footpath.meetings.services import halls
from footpath.web.demo import facts, texts
from footpath.web.demo.stage import Stage, last_moment

DEPARTMENT_DAYS = (9, 15)
"""The only days on which departments call people in. Source: S2.2."""

LONGEST = timedelta(minutes=120)
FARTHEST = 12


def settle(stage: Stage) -> None:
    """Settle the years that the demonstration lives in, and write down its day rules."""
    years = range(stage.today.year - 1, stage.today.year + 3)
    for year in years:
        if not directory.workdays_for(stage.district.path, [year]).knows(year):
            directory_services.settle_year(
                year=year, basis=texts.YEAR_BASIS, by=stage.administrator, at=stage.founded
            )
    by, at, since = stage.office[0], stage.founded, facts.BASIS_DATE
    basis = stage.basis.number if stage.basis is not None else ""
    rules = (
        (
            "departments-days",
            day_rules.Terms(
                title=texts.DEPARTMENT_RULE,
                test="only_days",
                of_offices=True,
                days=DEPARTMENT_DAYS,
                basis=basis,
            ),
        ),
        (
            "hamlet-days",
            day_rules.Terms(
                title=texts.HAMLET_DAYS_RULE,
                test="not_with",
                of_offices=True,
                others=(stage.kinds["cell"],),
                basis=basis,
            ),
        ),
        (
            "coffee-days",
            day_rules.Terms(
                title=texts.COFFEE_RULE, test="days_off", kinds=(stage.kinds["coffee"],)
            ),
        ),
    )
    for code, terms in rules:
        day_rules.begin_rule(
            area=stage.district, terms=terms, code=code, valid_from=since, by=by, at=at
        )


def build_halls(stage: Stage) -> None:
    """Add the hall of the district, of each commune and of each hamlet."""
    wanted = [(stage.district, texts.DISTRICT_HALL, 300)]
    wanted += [(row.area, f"Hội trường {row.area.name}", 80) for row in stage.communes]
    wanted += [(row.area, f"Nhà văn hóa {row.area.name}", 60) for _commune, row in stage.hamlets]
    for area, name, seats in wanted:
        stage.halls[area.pk] = halls.add_hall(
            area=area, name=name, seats=seats, by=stage.office[0], at=stage.founded
        )


def close_a_commune(stage: Stage) -> None:
    """Note one local day off: the festival of the last commune, in the coming month."""
    day = clock.day_of(last_moment(stage.today)) + timedelta(days=24)
    directory_services.note_special_days(
        area=stage.communes[-1].area,
        kind="closed",
        first=day,
        last=day,
        reason=texts.FESTIVAL,
        by=stage.office[0],
        at=last_moment(stage.today),
    )


@dataclass
class Diary:
    """Who and which hall is taken when, over all meetings of the demonstration, held or not."""

    by: Person
    district: Area
    first: date
    last: date
    _taken: dict[object, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    @cached_property
    def _book(self) -> selectors.DayBook:
        return selectors.day_book(self.district.path, self.first, self.last)

    def place(
        self,
        kind: MeetingKind,
        area: Area,
        starts_at: datetime,
        who: Iterable[Person],
        hall: Hall | None = None,
    ) -> tuple[datetime, str]:
        """Return when a meeting is held that was wanted at a time, and why in spite of a rule.

        The nearest free day, and an hour or two later when somebody who has to come is in another
        meeting. Nobody finds a day for a meeting of offices but the 9th and the 15th: it is held
        on its day, extraordinarily.
        """
        for moment in self._tried(kind, starts_at):
            ends_at = moment + LONGEST
            keys: list[object] = [*self.due(area, moment)]
            keys += [person.pk for person in who]
            keys += [("hall", hall.pk)] if hall else []
            if self._is_taken(keys, moment, ends_at):
                continue
            if self._book.free(kind, area, clock.day_of(moment)):
                return moment, ""
        return starts_at, texts.EXTRAORDINARY

    def free(self, people: Iterable[Person], starts_at: datetime) -> list[Person]:
        """Return those who are in no other meeting at that time."""
        return [
            person
            for person in people
            if not self._is_taken({person.pk}, starts_at, starts_at + LONGEST)
        ]

    def note(self, people: Iterable[int], starts_at: datetime, hall: Hall | None = None) -> None:
        """Keep that these people, and the hall, are taken from now on."""
        keys: list[object] = [*people, *([("hall", hall.pk)] if hall else [])]
        for key in keys:
            self._taken.setdefault(key, []).append((starts_at, starts_at + LONGEST))

    def due(self, area: Area, moment: datetime) -> set[int]:
        """Return the keys of those who have to come to a meeting of a place."""
        rows = selectors.duties_due(self.by, area, on=clock.day_of(moment))
        return {row.person.pk for row in rows}

    def _tried(self, kind: MeetingKind, starts_at: datetime) -> Iterator[datetime]:
        for away in range(FARTHEST):
            for sign in (1, -1) if away else (1,):
                moment = starts_at + timedelta(days=sign * away)
                day = clock.day_of(moment)
                if not kind.of_offices and day.day in DEPARTMENT_DAYS:
                    continue  # kept for the departments
                if self.first <= day <= self.last:
                    yield moment
                    yield moment - timedelta(minutes=150)

    def _is_taken(self, keys: Iterable[object], starts_at: datetime, ends_at: datetime) -> bool:
        return any(
            begin < ends_at and starts_at < end
            for key in keys
            for begin, end in self._taken.get(key, ())
        )
