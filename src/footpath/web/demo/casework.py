"""Cases raised in meetings and by officers, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.directory.models import Area
from footpath.meetings import services as meetings
from footpath.meetings.models import Meeting
from footpath.web.demo.programme import Plan
from footpath.web.demo.stage import (
    Commune,
    Hamlet,
    Stage,
    first_day,
    last_moment,
    point,
    working,
)
from footpath.web.demo.stories import PATHS, SHOWN, SOLVED, Path, Story
from footpath.web.demo.topics import Topic


@dataclass
class Raising:
    """A case to raise: when, where, and in which meeting if in one."""

    at: float
    commune: Commune
    hamlet: Hamlet
    plan: Plan | None = None
    path: Path = SOLVED
    by_secretary: bool = False


class Casework:
    """The cases of the months; ``held`` has the meetings in which some of them are raised."""

    def __init__(self, stage: Stage, held: dict[int, Meeting]) -> None:
        self.stage, self.random, self.held = stage, stage.random, held
        self.first = first_day(stage.today)
        self.end = point(last_moment(stage.today))
        self.open: list[tuple[Story, str]] = []

    def raisings(self, plans: list[Plan]) -> list[Raising]:
        """Return the cases to raise, in meetings and beside them, in the order of time."""
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

    def give_paths(self, raisings: list[Raising]) -> None:
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

    def live(self, raising: Raising) -> None:
        """Raise a case and let it go its path."""
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

    def closing_path(self) -> Path:
        """Return a path at whose end the case is closed."""
        paths = [path for path in PATHS if path.deeds[-1:] == ("verify",)]
        return self.random.choices(paths, [path.weight for path in paths])[0]

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
