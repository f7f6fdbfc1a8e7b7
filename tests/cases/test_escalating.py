"""Going up: who is next in the chain and why, and rules that carry a case up once."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from footpath.accounts.rules import Role
from footpath.assignments.models import Absence, Assignment, Cluster, StandIn
from footpath.cases import presenting, services
from footpath.cases.models import Case, Entry, Escalation, EscalationRule, Participant
from footpath.cases.rules.chain import (
    Post,
    Rung,
    Trigger,
    last_overdue_day,
    mark_of,
    next_step,
)
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.notifications.models import Notice
from tests.world import LONG_AGO, NOON, World, area, assign, holder, later, organization

db = pytest.mark.django_db

CHAIN = [
    Post(Rung.CLUSTER, 3, 1),
    Post(Rung.UNIT, 3, 2),
    Post(Rung.TIER, 2, 3, stand_in=9),
    Post(Rung.TIER, 1, 4),
]


def to(**asked: Any) -> tuple[int, str, int] | None:
    asked = {"level": 3, "responsible": (), "absent": ()} | asked
    step = next_step(CHAIN, **asked)
    return None if step is None else (step.person, step.why, step.level)


def test_the_chain_is_climbed_rung_by_rung_and_who_is_responsible_is_skipped() -> None:
    assert to() == (1, "cluster", 3)
    assert to(responsible={1}) == (2, "unit", 3)
    assert to(responsible={1, 2}) == (3, "tier", 2)
    assert to(responsible={1, 2, 3}, level=2) == (4, "tier", 1)
    assert to(responsible={1, 2, 3, 4}, level=1) is None


def test_tiers_that_were_passed_are_not_asked_again() -> None:
    assert to(level=2) == (4, "tier", 1)
    assert to(level=1) is None


def test_who_is_absent_is_passed_over_unless_somebody_stands_in() -> None:
    assert to(responsible={2}, absent={1, 3}) == (9, "tier.acting", 2)
    assert to(responsible={2}, absent={1, 3, 9}) == (4, "tier", 1)
    assert to(responsible={2, 9}, absent={1, 3}) == (4, "tier", 1)


def test_a_rule_counts_days_over_and_names_what_it_is_for_once() -> None:
    assert last_overdue_day(date(2026, 3, 10), 3) == date(2026, 3, 7)
    day = date(2026, 3, 7)
    assert mark_of(Trigger.OVERDUE, due_on=day, round_number=2) == "due:2026-03-07"
    assert mark_of(Trigger.ROUNDS, due_on=day, round_number=2) == "round:2"
    waits = mark_of(Trigger.OVERDUE, due_on=day, round_number=2, is_verified_next=True)
    assert waits == "verify:2:2026-03-07"


# --- by hand --------------------------------------------------------------------------------------


def accepted(world: World, by: Person) -> Case:
    case = world.case()
    services.accept_case(case=case, by=by, at=later(hours=1))
    return case


def up(case: Case, by: Person) -> Entry:
    return services.escalate_case(case=case, text="Too dear.", by=by, at=later(days=1))


@db
def test_up_go_cluster_unit_and_tier_each_with_its_reason(world: World) -> None:
    cluster = Cluster.objects.create(name="North", area=world.thach, lead=world.far)
    cluster.members.add(world.hue)
    case = accepted(world, world.officer)
    found = [up(case, world.officer) for _step in range(4)]
    assert [(entry.to_person, entry.why) for entry in found] == [
        (world.far, "cluster"),
        (world.head, "unit"),
        (world.lead, "tier"),
        (world.boss, "tier"),
    ]
    assert case.owner == world.officer
    part = Participant.Part.RESPONSIBLE
    assert case.participants.filter(part=part).count() == 4
    assert Notice.objects.filter(kind="case.escalated", user=world.head.user).count() == 1
    case = Case.objects.get(pk=case.pk)
    said = presenting.thread(case, case.entries.order_by("pk"), [])
    assert said[2].who.endswith("leads the cluster of the place")
    assert said[-1].who.endswith("in charge of the place above")


@db
def test_the_unit_is_the_organization_that_the_case_belongs_to(world: World) -> None:
    chief = holder("Chief", Role.HEAD, world.agency, world.son)
    case = accepted(world, world.officer)
    Case.objects.filter(pk=case.pk).update(organization=world.agency)
    assert up(Case.objects.get(pk=case.pk), world.officer).to_person == chief


@db
def test_who_stands_in_for_the_absent_lead_becomes_responsible(world: World) -> None:
    case = accepted(world, world.head)
    absence = Absence.objects.create(
        person=world.lead, start=LONG_AGO, until=later(days=9).date(),
        recorded_by=world.office, recorded_at=NOON,
    )  # fmt: skip
    StandIn.objects.create(
        absence=absence, assignment=Assignment.objects.get(person=world.lead),
        person=world.second, start=absence.start, until=absence.until,
    )  # fmt: skip
    entry = up(case, world.head)
    assert (entry.to_person, entry.why) == (world.second, "tier.acting")
    assert presenting.why_word(entry.why) == "in charge of the place above, standing in"


@db
def test_a_cluster_lead_by_assignment_is_in_the_chain_too(world: World) -> None:
    assign(world.far, world.hue, role="cluster_lead")
    assert up(accepted(world, world.head), world.head).to_person == world.far


# --- by rule --------------------------------------------------------------------------------------


def rule(world: World, **values: Any) -> EscalationRule:
    values = {"trigger": "overdue", "number": 3, "area": world.district} | values
    return services.add_escalation_rule(by=world.office, at=NOON, **values)


def overdue_by(case: Case, days: int) -> Any:
    return later(days=(case.due_on - NOON.date()).days + days)


@db
def test_an_overdue_case_goes_up_once_for_its_due_date(world: World) -> None:
    rule(world)
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 2)) == 0
    assert services.escalate_by_rules(overdue_by(case, 3)) == 1
    assert services.escalate_by_rules(overdue_by(case, 4)) == 0
    entry = case.entries.get(deed="escalated")
    assert (entry.by, entry.said_by, entry.to_person) == (None, "Rule of escalation", world.lead)
    assert entry.text == "Overdue by 3 days."
    Case.objects.filter(pk=case.pk).update(due_on=case.due_on + timedelta(days=10))
    assert services.escalate_by_rules(overdue_by(case, 13)) == 1
    assert case.entries.filter(deed="escalated").count() == 2


@db
def test_rules_hold_for_their_place_category_and_states_only(world: World) -> None:
    rule(world, area=world.son)
    rule(world, category=world.category, number=200)
    case = accepted(world, world.head)
    closed = world.closed_case()
    assert services.escalate_by_rules(overdue_by(case, 30)) == 0
    assert not closed.entries.filter(deed="escalated").exists()


@db
def test_repeated_rounds_go_up_once_a_round(world: World) -> None:
    rule(world, trigger="rounds", number=1)
    case = world.rectified_case()
    services.verify_case(
        case=case, result="not", text="Leaks.", by=world.officer, at=later(hours=4)
    )
    assert services.escalate_by_rules(later(days=1)) == 1
    assert services.escalate_by_rules(later(days=2)) == 0
    assert case.entries.get(deed="escalated").text == "1 rounds without success."
    assert Escalation.objects.get().mark == "round:2"


@db
def test_a_rule_may_name_the_agency_and_tells_its_office(world: World) -> None:
    chief = holder("Chief", Role.HEAD, world.agency, world.son)
    rule(world, agency=world.agency)
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 3)) == 1
    case.refresh_from_db()
    assert case.agency == world.agency
    assert Notice.objects.filter(kind="case.escalated", user=chief.user).exists()
    rule(world, number=4, agency=world.agency)
    assert services.escalate_by_rules(overdue_by(case, 4)) == 0  # it is with them already


@db
def test_above_the_last_tier_a_rule_asks_the_one_agency_of_the_place(world: World) -> None:
    rule(world)
    Assignment.objects.filter(person__in=(world.lead, world.boss)).delete()
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 3)) == 1
    case.refresh_from_db()
    assert (case.agency, case.entries.get(deed="escalated").why) == (world.agency, "agency")


@db
def test_where_nobody_stands_above_a_case_stays_and_is_not_asked_every_hour(world: World) -> None:
    rule(world)
    Assignment.objects.filter(person__in=(world.lead, world.boss)).delete()
    organization("Second agency", world.district, kind="agency")
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 3)) == 0
    assert Escalation.objects.count() == 1
    assert not case.entries.filter(deed="escalated").exists()


def to_verify(world: World, **target: Any) -> Case:
    """Return a case that waits for its verification since the first day; due a day later."""
    target = {"amount": 1, "unit": "days"} | target
    services.add_target(kind="verify", by=world.administrator, at=NOON, **target)
    return world.rectified_case()


@db
def test_a_verification_that_is_overdue_goes_up_above_whom_it_waits_for(world: World) -> None:
    rule(world)
    case = to_verify(world)  # rectified by the head; the lead of the hamlet is to verify
    assert services.escalate_by_rules(later(days=3)) == 0
    assert services.escalate_by_rules(later(days=4)) == 1
    assert services.escalate_by_rules(later(days=5)) == 0
    entry = case.entries.get(deed="escalated")
    assert (entry.to_person, entry.text) == (world.lead, "Overdue by 3 days.")
    assert not case.clocks.filter(kind="guide").exists()
    case.refresh_from_db()
    assert (case.state, case.due_kind) == ("rectified", "verify")
    services.verify_case(case=case, result="confirmed", by=world.lead, at=later(days=5))
    assert not case.is_open


@db
def test_the_head_of_the_unit_is_asked_for_a_verification_unless_the_head_did_the_work(
    world: World,
) -> None:
    services.add_target(kind="verify", amount=1, unit="days", by=world.administrator, at=NOON)
    rule(world)
    case = accepted(world, world.officer)
    services.rectify_case(case=case, text="Done.", by=world.officer, at=later(hours=2))
    assert services.escalate_by_rules(later(days=4)) == 1  # it waits for the lead of the commune
    assert case.entries.get(deed="escalated").to_person == world.head


@db
def test_each_rule_carries_an_overdue_verification_up_once_a_round(world: World) -> None:
    rule(world)
    rule(world, number=5)
    case = to_verify(world)
    assert services.escalate_by_rules(later(days=6)) == 2
    assert services.escalate_by_rules(later(days=9)) == 0
    case.refresh_from_db()
    services.verify_case(case=case, result="not", text="Leaks.", by=world.officer, at=later(days=9))
    services.rectify_case(case=case, text="Again.", by=world.head, at=later(days=9, hours=1))
    assert services.escalate_by_rules(later(days=12)) == 0
    # The lead and the boss are responsible already: the agency of the place is asked.
    assert services.escalate_by_rules(later(days=13)) == 1
    assert [row.mark for row in Escalation.objects.order_by("pk")] == [
        "verify:1:2026-03-11", "verify:1:2026-03-11", "verify:2:2026-03-20",
    ]  # fmt: skip


@db
def test_a_verification_that_begins_after_the_due_date_has_its_days_too(world: World) -> None:
    rule(world)
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 10)) == 1
    case.refresh_from_db()
    services.rectify_case(case=case, text="Late.", by=world.head, at=overdue_by(case, 10))
    assert services.escalate_by_rules(overdue_by(case, 12)) == 0
    assert services.escalate_by_rules(overdue_by(case, 13)) == 1
    assert services.escalate_by_rules(overdue_by(case, 14)) == 0


@db
def test_a_verification_whose_clock_stands_does_not_go_up(world: World) -> None:
    rule(world)
    case = to_verify(world, amount=2)
    case = Case.objects.get(pk=case.pk)
    until = later(days=20).date()
    services.pause_clock(case=case, until=until, text="Flood.", by=world.head, at=later(hours=3))
    assert services.escalate_by_rules(later(days=21)) == 0
    assert services.escalate_by_rules(later(days=40)) == 1


@db
def test_a_case_to_verify_goes_up_by_hand_too(world: World) -> None:
    case = world.rectified_case()
    assert up(case, world.officer).to_person == world.lead
    assert up(case, world.officer).to_person == world.boss


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits_for_its_verification", [False, True])
def test_two_workers_at_once_carry_a_case_up_once(waits_for_its_verification: bool) -> None:
    world = World()
    rule(world)
    case = to_verify(world) if waits_for_its_verification else accepted(world, world.head)
    at, ready = overdue_by(case, 3), Barrier(2)
    done: list[int] = []

    def work() -> None:
        ready.wait()
        try:
            done.append(services.escalate_by_rules(at))
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(done) == 1
    assert case.entries.filter(deed="escalated").count() == 1


@db
def test_the_rules_leave_a_trail_and_refuse_what_cannot_be(world: World) -> None:
    made = rule(world)
    for values, broken in (
        ({}, RuleBroken),
        ({"number": 0}, InvalidValue),
        ({"trigger": "moon"}, InvalidValue),
        ({"agency": world.cell}, InvalidValue),
        ({"area": None}, InvalidValue),
        ({"area": area("Elsewhere", world.province)}, NotAllowed),
    ):
        with pytest.raises(broken):
            rule(world, **values)
    services.withdraw_escalation_rule(rule=made, by=world.office, at=NOON)
    with pytest.raises(StaleState):
        services.withdraw_escalation_rule(rule=made, by=world.office, at=NOON)
    case = accepted(world, world.head)
    assert services.escalate_by_rules(overdue_by(case, 9)) == 0
