"""After a month is published nobody is expected in two places: random months, checked.

Meetings at random times with random people, some of them outside the district, some people away;
between the plan and its publication others convene meetings and invite people. Source: S2.2.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from footpath.assignments.models import Absence
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person
from footpath.meetings import selectors
from footpath.meetings.models import Duty, Meeting, MonthPlan
from footpath.meetings.services import months
from tests.meetings.months.april import APRIL, April, moment
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

FIRST = date(2026, 4, 1)

meetings = st.lists(
    st.tuples(
        st.integers(0, 3),  # where: three hamlets, and outside the district
        st.integers(0, 6),  # day
        st.sampled_from([time(7, 30), time(9, 30), time(14), time(18), time(19, 30)]),
        st.sampled_from([60, 90, 200]),
        st.sets(st.integers(0, 4), max_size=3),  # invited
    ),
    min_size=2,
    max_size=7,
)
absences = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 3)), max_size=2)


class Month:
    """A month in a transaction of its own."""

    def __init__(self) -> None:
        self.world = World()
        self.april = April(self.world)
        for row in self.april.meetings:
            row.delete()
        world = self.world
        self.places = [world.hue, world.khanh, world.phuoc, world.province]
        self.people = [world.officer, world.second, world.far, world.lead, self.april.deputy]
        self.made: list[Meeting] = []

    def add(self, place: int, day: int, hour: time, minutes: int, people: set[int]) -> None:
        """Convene a meeting; whoever is expected elsewhere then is not on its list."""
        made = self.april.meeting(self.places[place], FIRST + timedelta(days=day), hour, minutes)
        for number in sorted(people):
            self.april.invite(self.people[number], made)
        for duty in made.duties.all():
            busy = selectors.expected_elsewhere(
                [duty.person_id], made.starts_at, made.ends_at, besides=[made.pk]
            )
            if busy:
                Duty.objects.filter(pk=duty.pk).update(elsewhere=busy[0].other)
        self.made.append(made)

    def overlaps(self) -> list[tuple[int, datetime, datetime]]:
        """Return who is expected in two planned meetings at once."""
        held: defaultdict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
        rows = selectors.expected().filter(meeting__state="planned")
        for who, meeting, starts_at, ends_at in rows.values_list(
            "who", "meeting_id", "meeting__starts_at", "meeting__ends_at"
        ):
            held[who].append((starts_at, ends_at, meeting))
        return [
            (who, one[0], other[0])
            for who, times in held.items()
            for one in times
            for other in times
            if one[2] < other[2] and one[0] < other[1] and other[0] < one[1]
        ]


@contextlib.contextmanager
def forgotten() -> Iterator[Month]:
    """Forget all that is done with the month."""
    with transaction.atomic():
        yield Month()
        transaction.set_rollback(True)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=meetings, away=absences, meanwhile=meetings, moved=st.integers(0, 6))
def test_nobody_is_expected_in_two_places_after_a_month_is_published(
    before: list[tuple[int, int, time, int, set[int]]],
    away: list[tuple[int, int, int]],
    meanwhile: list[tuple[int, int, time, int, set[int]]],
    moved: int,
) -> None:
    with forgotten() as month:
        april = month.april
        for row in before:
            month.add(*row)
        for who, first, length in away:
            Absence.objects.create(
                person=month.people[who],
                start=FIRST + timedelta(days=first),
                until=FIRST + timedelta(days=first + length),
                recorded_by=month.world.office,
                recorded_at=NOON,
            )
        assert month.overlaps() == []
        with contextlib.suppress(RuleBroken):
            plan = april.planned()
            assert plan.state == MonthPlan.State.PROPOSED, plan.error
            if moved < len(month.made) and moved % 2:
                with contextlib.suppress(RuleBroken):
                    months.pin_meeting(
                        plan=plan,
                        meeting=month.made[moved],
                        starts_at=moment(FIRST + timedelta(days=moved), time(19)),
                        by=month.world.office,
                        at=NOON,
                    )
                    plan = april.make(months.plan_again(plan=plan, by=month.world.office, at=NOON))
                    assert plan.state == MonthPlan.State.PROPOSED, plan.error
            for row in meanwhile[:2]:
                month.add(*row)
            months.approve_month(plan=plan, by=month.world.office, at=later(minutes=1))
            months.publish_month(plan=plan, by=month.world.office, at=later(minutes=2))
        assert month.overlaps() == []
        with contextlib.suppress(RuleBroken):
            plan = months.start_repair(
                area=april.district,
                month=APRIL,
                person=Person.objects.get(pk=month.people[moved % 5].pk),
                spans=[(FIRST, FIRST + timedelta(days=6))],
                by=month.world.office,
                at=later(minutes=3),
            )
            plan = april.make(plan)
            assert plan.state == MonthPlan.State.PROPOSED, plan.error
            months.approve_month(plan=plan, by=month.world.office, at=later(minutes=4))
            months.publish_month(plan=plan, by=month.world.office, at=later(minutes=5))
        assert month.overlaps() == []
