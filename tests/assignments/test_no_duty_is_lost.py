"""Moving an officer never loses a duty: random sequences of deeds, checked on every day.

At every date each covered place has exactly one acting lead, who is there; what is open in a place
belongs to somebody in charge of it or to whom it was handed over; whoever acts on the day of a
meeting is expected at it. Source: S2.1, S2.2.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from footpath.assignments import rules, selectors, services
from footpath.assignments.models import Absence, Assignment, Handover, StandIn
from footpath.assignments.rules import Away, Held, Span, Standing
from footpath.cases.models import Case
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.meetings import services as meetings
from footpath.meetings.models import Duty, Meeting
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

LEAD, DEPUTY = Assignment.Role.LEAD, Assignment.Role.DEPUTY
HORIZON = 45

places = st.sampled_from([0, 1, 2])
officers = st.sampled_from([0, 1, 2, 3, 4])
days = st.integers(0, 20)
lengths = st.integers(0, 12)
roles = st.sampled_from([LEAD, DEPUTY])
picks = st.integers(0, 30)


class Deeds(RuleBasedStateMachine):
    """Whatever an office may do, in any order; refusals are part of it."""

    @initialize()
    def begin(self) -> None:
        """Make a small world in a transaction of its own."""
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)
        self.world = world = World()
        self.by = world.office
        self.places = [world.hue, world.khanh, world.phuoc]
        self.officers = [world.officer, world.second, world.far, world.lead, world.boss]
        self.at = NOON

    def teardown(self) -> None:
        """Forget the world."""
        if hasattr(self, "stack"):
            self.stack.close()

    @property
    def today(self) -> date:
        """Return the day on which the deeds are done."""
        return clock.day_of(self.at)

    def day(self, offset: int) -> date:
        """Return the day so many days from today."""
        return self.today + timedelta(days=offset)

    @contextlib.contextmanager
    def refused_at_most(self) -> Iterator[None]:
        """Let a refusal pass: it must leave everything as it was."""
        with contextlib.suppress(RuleBroken), transaction.atomic():
            yield

    @rule(place=places, who=officers, role=roles, start=days, length=st.none() | lengths)
    def assign(self, place: int, who: int, role: str, start: int, length: int | None) -> None:
        """Put somebody in charge."""
        with self.refused_at_most():
            services.put_in_charge(
                person=self.officers[who],
                area=self.places[place],
                role=role,
                start=self.day(start),
                until=None if length is None else self.day(start + length),
                by=self.by,
                at=self.at,
            )

    @rule(who=officers, start=days, length=lengths, named=st.none() | officers)
    def be_absent(self, who: int, start: int, length: int, named: int | None) -> None:
        """Record an absence, with somebody named everywhere or with the deputies."""
        person = self.officers[who]
        span = Span(self.day(start), self.day(start + length))
        leads = selectors.leads_during(person, span)
        chosen = {} if named is None else dict.fromkeys(leads, self.officers[named])
        with self.refused_at_most():
            services.record_absence(
                person=person,
                start=span.start,
                until=self.day(start + length),
                stand_ins=chosen,
                by=self.by,
                at=self.at,
            )

    @rule(pick=picks, day=st.none() | days)
    def come_back(self, pick: int, day: int | None) -> None:
        """Withdraw or shorten an absence."""
        absence = self.one(Absence.objects.filter(withdrawn_at=None), pick)
        if absence is not None:
            with self.refused_at_most():
                services.come_back(
                    absence=absence,
                    last_day=None if day is None else self.day(day),
                    by=self.by,
                    at=self.at,
                )

    @rule(pick=picks, who=officers, start=days)
    def name_another(self, pick: int, who: int, start: int) -> None:
        """Let somebody else stand in."""
        row = self.one(StandIn.objects.filter(absence__withdrawn_at=None), pick)
        if row is not None:
            with self.refused_at_most():
                services.name_stand_in(
                    stand_in=row,
                    person=self.officers[who],
                    start=self.day(start),
                    by=self.by,
                    at=self.at,
                )

    @rule(pick=picks, day=days, who=st.none() | officers)
    def end(self, pick: int, day: int, who: int | None) -> None:
        """End an assignment, with or without a successor."""
        rows = Assignment.objects.filter(area__in=self.places)
        row = self.one(rows.exclude(until__lt=self.today), pick)
        if row is not None:
            with self.refused_at_most():
                services.end_assignment(
                    assignment=row,
                    last_day=self.day(day),
                    successor=None if who is None else self.officers[who],
                    by=self.by,
                    at=self.at,
                )

    @rule(
        changes=st.lists(
            st.tuples(places, roles, st.none() | officers),
            min_size=1,
            max_size=4,
            unique_by=lambda row: row[:2],
        ),
        start=days,
    )
    def replace(self, changes: list[tuple[int, str, int | None]], start: int) -> None:
        """Change who is in charge of several places at once."""
        wanted = [
            services.Change(self.places[place], role, None if who is None else self.officers[who])
            for place, role, who in changes
        ]
        with self.refused_at_most():
            services.replace_together(
                wanted, from_day=self.day(start), basis=None, note="", by=self.by, at=self.at
            )

    @rule(place=places)
    def raise_case(self, place: int) -> None:
        """Raise a case of a place; its lead owns it."""
        lead = selectors.lead_of([self.places[place].pk], on=self.today)
        if lead:
            case = self.world.case(area=self.places[place], by=self.world.office, at=self.at)
            Case.objects.filter(pk=case.pk).update(owner=lead[self.places[place].pk])

    @rule(place=places, day=days)
    def convene(self, place: int, day: int) -> None:
        """Convene a meeting; whoever acts as lead on that day is expected."""
        starts = self.at + timedelta(days=day, hours=1)
        with self.refused_at_most():  # somebody may be expected elsewhere then
            meetings.convene_meeting(
                kind=self.world.cell_meeting,
                area=self.places[place],
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                by=self.world.office,
                at=self.at,
            )

    @rule(number=st.integers(1, 9))
    def pass_days(self, number: int) -> None:
        """Let days pass; the handovers whose day has come are carried out."""
        self.at += timedelta(days=number)
        services.carry_out_due(on=self.today, at=self.at)

    @invariant()
    def each_covered_place_has_one_acting_lead_who_is_there(self) -> None:
        """Check every day from today on."""
        if not hasattr(self, "at"):
            return
        facts = Facts(self.places)
        for offset in range(HORIZON):
            day = self.day(offset)
            for place in self.places:
                facts.check(place.pk, day)

    @invariant()
    def what_is_open_belongs_to_somebody(self) -> None:
        """Check the owner of every open case."""
        if not hasattr(self, "at"):
            return
        for place in self.places:
            there = Assignment.objects.filter(area=place).exclude(until__lt=self.today)
            taken = Handover.objects.filter(assignment__area=place)
            known = set(there.values_list("person_id", flat=True))
            known |= set(taken.values_list("successor_id", flat=True))
            cases = Case.objects.filter(area=place, is_open=True)
            assert set(cases.values_list("owner_id", flat=True)) <= known

    @invariant()
    def whoever_acts_is_expected_at_the_meeting(self) -> None:
        """Check the duty list of every coming meeting."""
        if not hasattr(self, "at"):
            return
        coming = Meeting.objects.filter(starts_at__gt=self.at, state="planned")
        for meeting in coming:
            day = clock.day_of(meeting.starts_at)
            acting = selectors.acting_on([meeting.area_id], day)
            if acting:
                expected = Duty.objects.filter(meeting=meeting)
                assert acting[meeting.area_id] in set(expected.values_list("person_id", flat=True))

    @staticmethod
    def one(rows: Any, pick: int) -> Any:
        """Return one of the rows, or None when there is none."""
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None


class Facts:
    """All assignments, absences and stand-ins, read once."""

    def __init__(self, places: list[Any]) -> None:
        self.held: dict[tuple[int, str], list[Held]] = {}
        for row in Assignment.objects.filter(area__in=places):
            self.held.setdefault((row.area_id, row.role), []).append(selectors.held(row))
        self.absences = [
            Away(row.person_id, selectors.span_of(row))
            for row in Absence.objects.filter(withdrawn_at=None)
        ]
        self.standing = [
            Standing(row.assignment_id, row.person_id, selectors.span_of(row))
            for row in StandIn.objects.filter(absence__withdrawn_at=None)
        ]

    def check(self, place: int, day: date) -> None:
        """Raise AssertionError unless the place has one acting lead, or no lead at all."""
        leads = [row for row in self.held.get((place, LEAD), []) if row.span.holds(day)]
        assert len(leads) <= 1
        if not leads:
            return
        lead, today = leads[0], Span(day, day)
        named = [row for row in self.standing if row.key == lead.key and row.span.holds(day)]
        deputies = self.held.get((place, DEPUTY), [])
        acting = rules.acting_lead(day, leads, deputies, self.absences, named)
        assert acting is not None
        assert rules.is_present(acting, today, self.absences)
        if rules.is_present(lead.person, today, self.absences):
            assert (acting, named) == (lead.person, [])
        else:
            assert [row.person for row in named] == [acting]


def test_moving_an_officer_never_loses_a_duty(db: None) -> None:
    run_state_machine_as_test(
        Deeds,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


EXAMPLES = 30


def test_a_month_that_once_lost_a_duty_would_be_seen(world: World) -> None:
    """The check itself fails when a stand-in disappears behind our back."""
    at: datetime = NOON
    today = clock.day_of(at)
    services.record_absence(
        person=world.officer,
        start=today,
        until=today + timedelta(days=7),
        stand_ins={world.hue.assignments.get(): world.second},
        by=world.office,
        at=at,
    )
    Facts([world.hue]).check(world.hue.pk, today)
    StandIn.objects.all().delete()
    with pytest.raises(AssertionError):
        Facts([world.hue]).check(world.hue.pk, today)
