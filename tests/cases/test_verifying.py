"""Closed is not fixed: a case is closed by somebody who did no part of the work (S4.4)."""

from __future__ import annotations

import pytest

from footpath.cases import services
from footpath.cases.models import Case
from footpath.cases.rules import State
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from tests.world import World, later

pytestmark = pytest.mark.django_db


def test_whoever_rectified_a_case_cannot_verify_it(world: World) -> None:
    case = world.rectified_case()
    with pytest.raises(RuleBroken, match="Somebody else has to verify"):
        services.verify_case(case=case, result="confirmed", by=world.head, at=later(hours=3))
    case.refresh_from_db()
    assert case.state == State.RECTIFIED


def test_whoever_guided_a_case_cannot_verify_it(world: World) -> None:
    case = world.case()
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    services.give_guidance(case=case, text="Use rubber.", by=world.officer, at=later(hours=2))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=3))
    with pytest.raises(RuleBroken):
        services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=4))


def test_whoever_worked_in_an_earlier_round_cannot_verify_a_later_one(world: World) -> None:
    case = world.rectified_case()
    services.verify_case(
        case=case, result="not", text="Still leaks.", by=world.officer, at=later(hours=3)
    )
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=4))
    services.rectify_case(case=case, text="Welded.", by=world.second, at=later(hours=5))
    with pytest.raises(RuleBroken):
        services.verify_case(case=case, result="confirmed", by=world.head, at=later(hours=6))


def test_a_confirmed_case_is_closed_with_its_outcome(world: World) -> None:
    case = world.rectified_case()
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))
    case.refresh_from_db()
    assert (case.state, case.is_open, case.outcome) == ("closed", False, "solved")
    assert case.closed_at == later(hours=3)


def test_a_refused_verification_opens_the_next_round(world: World) -> None:
    case = world.rectified_case()
    services.verify_case(
        case=case, result="not", text="Still leaks.", by=world.officer, at=later(hours=3)
    )
    case.refresh_from_db()
    assert (case.state, case.round_number, case.is_open) == ("accepted", 2, True)
    assert [(r.number, r.result) for r in case.rounds.order_by("number")] == [(1, "not"), (2, "")]


def test_a_refusal_needs_a_sentence(world: World) -> None:
    case = world.rectified_case()
    with pytest.raises(InvalidValue, match="still wrong"):
        services.verify_case(case=case, result="not", by=world.officer, at=later(hours=3))


def test_only_one_of_two_verifiers_wins(world: World) -> None:
    case = world.rectified_case()
    stale = Case.objects.get(pk=case.pk)
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=3))
    with pytest.raises(StaleState):
        services.verify_case(case=stale, result="confirmed", by=world.lead, at=later(hours=3))


def test_an_officer_of_another_place_cannot_verify(world: World) -> None:
    case = world.rectified_case()
    with pytest.raises(NotAllowed):
        services.verify_case(case=case, result="confirmed", by=world.far, at=later(hours=3))
