"""Nobody is ever expected in two places at once: random deeds in any order. Source: S2.2.

After each deed no person is expected in two planned meetings that overlap, counted here by hand
from the rows; a refused deed has changed nothing. Two deeds at the same moment: exactly one wins.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from footpath.assignments import services as assignments
from footpath.assignments.models import Absence, Assignment
from footpath.core import clock
from footpath.core.errors import NotAllowed, RuleBroken
from footpath.directory.models import Area, Person
from footpath.meetings import services
from footpath.meetings.models import Duty, Hall, HallClosure, Leave, Meeting, Series
from footpath.meetings.services import leave as leaves
from tests.world import NOON, World, assign, fresh

places = st.sampled_from([0, 1, 2, 3])
people = st.sampled_from([0, 1, 2, 3, 4])
days = st.integers(0, 6)
hours = st.sampled_from([7, 8, 9, 10])
lengths = st.sampled_from([30, 60, 120])
picks = st.integers(0, 30)
rules_of_series = st.sampled_from(
    ["FREQ=WEEKLY", "FREQ=DAILY;COUNT=5", "FREQ=DAILY;INTERVAL=2;COUNT=4", "FREQ=MONTHLY"]
)


def moments(day: int, hour: int, minutes: int) -> tuple[datetime, datetime]:
    """Return beginning and end of a meeting so many days from now."""
    starts_at = NOON + timedelta(days=1 + day, hours=hour - 12)
    return starts_at, starts_at + timedelta(minutes=minutes)


def seen_twice() -> list[tuple[Meeting, Meeting, int]]:
    """Return each pair of planned meetings that overlap and expect the same person, by hand."""
    planned = list(
        Meeting.objects.filter(state="planned").prefetch_related("duties").order_by("starts_at")
    )
    expected = []
    for meeting in planned:
        who = set()
        for duty in meeting.duties.all():
            if duty.attendance == "substitute":
                who.add(duty.substitute_id)
            elif duty.attendance != "excused" and duty.elsewhere_id is None:
                who.add(duty.person_id)
        expected.append((meeting, who))
    return [
        (one, other, person)
        for at, (one, here) in enumerate(expected)
        for other, there in expected[at + 1 :]
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
        for person in here & there
    ]


def everything() -> list[list[tuple[Any, ...]]]:
    """Return all rows that a deed on meetings may change."""
    tables = (Meeting, Duty, Leave, Series, Hall, HallClosure, Assignment, Absence)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


class Deeds(RuleBasedStateMachine):
    """Whatever may happen to meetings, in any order; refusals are part of it."""

    @initialize()
    def begin(self) -> None:
        """Make a small world with two halls in a transaction of its own."""
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)
        self.world = world = World()
        self.by, self.at = world.office, NOON
        self.places: list[Area] = [world.hue, world.khanh, world.phuoc, world.thach]
        self.people: list[Person] = [
            world.officer,
            world.second,
            world.far,
            world.lead,
            world.head,
        ]
        self.halls = [
            services.add_hall(area=world.district, name=name, by=self.by, at=self.at)
            for name in ("One", "Two")
        ]
        for who, place in ((0, 1), (1, 2), (2, 0)):  # everybody could be in two places
            assign(self.people[who], self.places[place], role="deputy")
        for place in (0, 1, 2):
            self.convene_one(place, place, 8, 60, None)

    def teardown(self) -> None:
        """Forget the world."""
        if hasattr(self, "stack"):
            self.stack.close()

    def attempt(self, deed: Callable[[], object]) -> None:
        """Do a deed; when it is refused, everything must be as it was."""
        before = everything()
        try:
            deed()
        except (RuleBroken, NotAllowed):
            assert everything() == before

    def one(self, rows: Any, pick: int) -> Any:
        """Return one of the rows, or None when there are none."""
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    @rule(place=places, day=days, hour=hours, length=lengths, hall=st.none() | st.booleans())
    def convene(self, place: int, day: int, hour: int, length: int, hall: bool | None) -> None:
        """Convene a meeting."""
        self.convene_one(place, day, hour, length, hall)

    def convene_one(self, place: int, day: int, hour: int, length: int, hall: bool | None) -> None:
        """Convene a meeting, in one of the halls or in none."""
        starts_at, ends_at = moments(day, hour, length)
        self.attempt(
            lambda: services.convene_meeting(
                kind=self.world.cell_meeting,
                area=self.places[place],
                starts_at=starts_at,
                ends_at=ends_at,
                hall=None if hall is None else self.halls[hall],
                by=self.by,
                at=self.at,
            )
        )

    @rule(pick=picks, day=days, hour=hours, length=lengths)
    def move(self, pick: int, day: int, hour: int, length: int) -> None:
        """Move a meeting."""
        meeting = self.one(Meeting.objects.all(), pick)
        if meeting is not None:
            starts_at, ends_at = moments(day, hour, length)
            self.attempt(
                lambda: services.move_meeting(
                    meeting=meeting, starts_at=starts_at, ends_at=ends_at, by=self.by, at=self.at
                )
            )

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        """Cancel a meeting."""
        meeting = self.one(Meeting.objects.all(), pick)
        if meeting is not None:
            self.attempt(
                lambda: services.cancel_meeting(
                    meeting=meeting, reason="Flood", by=self.by, at=self.at
                )
            )

    @rule(pick=picks, who=people)
    def invite(self, pick: int, who: int) -> None:
        """Invite somebody."""
        meeting = self.one(Meeting.objects.all(), pick)
        if meeting is not None:
            self.attempt(
                lambda: services.add_duty(
                    meeting=meeting, person=self.people[who], by=self.by, at=self.at
                )
            )

    @rule(pick=picks)
    def invite_all(self, pick: int) -> None:
        """Invite everybody of an organization."""
        meeting = self.one(Meeting.objects.all(), pick)
        if meeting is not None:
            self.attempt(
                lambda: services.invite_organization(
                    meeting=meeting,
                    organization=self.world.district_office,
                    by=self.by,
                    at=self.at,
                )
            )

    @rule(pick=picks)
    def uninvite(self, pick: int) -> None:
        """Take an invitation back."""
        duty = self.one(Duty.objects.filter(assignment=None), pick)
        if duty is not None:
            self.attempt(lambda: services.remove_duty(duty=duty, by=self.by, at=self.at))

    @rule(pick=picks, deputy=st.none() | people, at_once=st.booleans())
    def ask_leave(self, pick: int, deputy: int | None, at_once: bool) -> None:
        """Ask for leave, with or without a deputy, who may answer and be sent at once."""
        duty = self.one(Duty.objects.filter(meeting__state="planned"), pick)
        if duty is not None:
            self.attempt(
                lambda: leaves.ask_leave(
                    duty=duty,
                    reason="Ill",
                    deputy=None if deputy is None else self.people[deputy],
                    by=fresh(duty.person),
                    at=self.at,
                )
            )
            last = Leave.objects.filter(duty=duty, state="asked").count() if at_once else 0
            if last:
                self.answer(Leave.objects.exclude(deputy=None).count() - 1, comes=True)
                self.decide(Leave.objects.count() - 1, grant=True)

    @rule(pick=picks, comes=st.booleans())
    def answer(self, pick: int, comes: bool) -> None:
        """Say as deputy whether one comes."""
        leave = self.one(Leave.objects.exclude(deputy=None), pick)
        if leave is not None:
            self.attempt(
                lambda: leaves.answer_leave(
                    leave=leave, comes=comes, by=fresh(leave.deputy), at=self.at
                )
            )

    @rule(pick=picks, grant=st.booleans())
    def decide(self, pick: int, grant: bool) -> None:
        """Grant or refuse leave."""
        leave = self.one(Leave.objects.all(), pick)
        if leave is not None:
            self.attempt(
                lambda: leaves.decide_leave(
                    leave=leave, grant=grant, note="So be it", by=self.by, at=self.at
                )
            )

    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        """Take leave back."""
        leave = self.one(Leave.objects.all(), pick)
        if leave is not None:
            person = fresh(leave.duty.person)
            self.attempt(lambda: leaves.withdraw_leave(leave=leave, by=person, at=self.at))

    @rule(place=places, who=people, role=st.sampled_from(["lead", "deputy", "monitor"]), day=days)
    def put_in_charge(self, place: int, who: int, role: str, day: int) -> None:
        """Put somebody in charge of a place from a day on."""
        self.attempt(
            lambda: assignments.put_in_charge(
                person=self.people[who],
                area=self.places[place],
                role=role,
                start=clock.day_of(self.at) + timedelta(days=day),
                by=self.by,
                at=self.at,
            )
        )

    @rule(who=people, instead=people, day=days)
    def be_absent(self, who: int, instead: int, day: int) -> None:
        """Record an absence with somebody who stands in everywhere."""
        person, start = self.people[who], clock.day_of(self.at) + timedelta(days=day)
        led = Assignment.objects.filter(person=person, role="lead", area__isnull=False)
        self.attempt(
            lambda: assignments.record_absence(
                person=person,
                start=start,
                until=start + timedelta(days=2),
                stand_ins=dict.fromkeys(led, self.people[instead]),
                by=self.by,
                at=self.at,
            )
        )

    @rule(place=places, rrule=rules_of_series, day=days, hour=hours, hall=st.none() | st.booleans())
    def begin_series(self, place: int, rrule: str, day: int, hour: int, hall: bool | None) -> None:
        """Begin a series for a few days."""
        first_day = clock.day_of(self.at) + timedelta(days=day)
        self.attempt(
            lambda: services.create_series(
                kind=self.world.cell_meeting,
                area=self.places[place],
                rrule=rrule,
                first_day=first_day,
                last_day=first_day + timedelta(days=9),
                begins=time(hour),
                minutes=90,
                hall=None if hall is None else self.halls[hall],
                by=self.by,
                at=self.at,
            )
        )

    @rule(pick=picks, rrule=rules_of_series, day=days, hour=hours)
    def change_series(self, pick: int, rrule: str, day: int, hour: int) -> None:
        """Change a series from a day on."""
        series = self.one(Series.objects.all(), pick)
        if series is not None:
            from_day = clock.day_of(self.at) + timedelta(days=day)
            self.attempt(
                lambda: services.change_series(
                    series=series,
                    from_day=from_day,
                    rrule=rrule,
                    begins=time(hour),
                    minutes=60,
                    last_day=from_day + timedelta(days=9),
                    hall=self.halls[0],
                    by=self.by,
                    at=self.at,
                )
            )

    @rule(pick=picks, day=days)
    def end_series(self, pick: int, day: int) -> None:
        """End a series after a day."""
        series = self.one(Series.objects.all(), pick)
        if series is not None:
            self.attempt(
                lambda: services.end_series(
                    series=series,
                    last_day=clock.day_of(self.at) + timedelta(days=day),
                    reason="Over",
                    by=self.by,
                    at=self.at,
                )
            )

    @invariant()
    def nobody_is_expected_twice(self) -> None:
        """Look at every pair of planned meetings."""
        if hasattr(self, "world"):
            assert seen_twice() == []

    @invariant()
    def who_is_expected_elsewhere_is_expected_there(self) -> None:
        """A duty is set aside only for a planned meeting at the same time that has the person."""
        waiting = Duty.objects.filter(elsewhere__isnull=False, meeting__state="planned")
        for duty in (
            waiting.select_related("meeting", "elsewhere") if hasattr(self, "world") else ()
        ):
            other = duty.elsewhere
            assert other is not None
            assert other.state == "planned"
            assert other.starts_at < duty.meeting.ends_at
            assert duty.meeting.starts_at < other.ends_at

    @invariant()
    def halls_hold_one_meeting_at_once(self) -> None:
        """Look at every pair of planned meetings in a hall."""
        if hasattr(self, "world"):
            rows = list(Meeting.objects.filter(state="planned").exclude(hall=None))
            assert not [
                (one, other)
                for at, one in enumerate(rows)
                for other in rows[at + 1 :]
                if one.hall_id == other.hall_id
                and one.starts_at < other.ends_at
                and other.starts_at < one.ends_at
            ]


@pytest.mark.django_db
def test_nobody_is_expected_in_two_places_whatever_is_done() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Deeds,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_meetings_for_one_person_at_the_same_moment_exactly_one_is_convened() -> None:
    world = World()
    Assignment.objects.create(
        person=world.officer, area=world.khanh, role="deputy", start=date(2020, 1, 1)
    )
    starts_at, ends_at = moments(0, 8, 60)
    ready = threading.Barrier(2)

    def convene(place: Area) -> str:
        close_old_connections()
        try:
            by = fresh(world.office)
            ready.wait(60)
            services.convene_meeting(
                kind=world.cell_meeting,
                area=place,
                starts_at=starts_at,
                ends_at=ends_at,
                by=by,
                at=NOON,
            )
        except services.ExpectedElsewhere:
            return "refused"
        else:
            return "convened"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(convene, (world.hue, world.khanh)))
    assert said == ["convened", "refused"]
    assert Meeting.objects.count() == 1
    assert seen_twice() == []
