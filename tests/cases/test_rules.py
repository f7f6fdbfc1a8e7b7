"""The decisions about cases, on plain values."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from footpath.cases import rules
from footpath.cases.rules import Age, Deed, State

TODAY = date(2026, 3, 10)


def test_every_deed_has_its_states_and_every_state_its_next_deed() -> None:
    assert set(rules.STATES_FOR) == set(Deed)
    assert set(rules.NEXT) == rules.OPEN
    assert all(state in rules.STATES_FOR[deed] for state, deed in rules.NEXT.items())


def test_only_a_rectified_case_can_be_verified() -> None:
    assert rules.STATES_FOR[Deed.VERIFY] == {State.RECTIFIED}
    with pytest.raises(rules.Refused, match="state"):
        rules.check_verifier(state=State.GUIDED, verifier_id=1, worked=[])


def test_whoever_worked_cannot_verify_and_anybody_else_can() -> None:
    with pytest.raises(rules.Refused) as refused:
        rules.check_verifier(state=State.RECTIFIED, verifier_id=1, worked=iter([2, 1]))
    assert refused.value.reason == "took_part"
    rules.check_verifier(state=State.RECTIFIED, verifier_id=3, worked=[1, 2])


def test_a_case_of_30_days_raised_on_10_march_is_due_on_9_april() -> None:
    due = rules.due_date(TODAY, 30)
    assert (due, rules.days_left(due, TODAY), rules.days_left(TODAY, due)) == (
        date(2026, 4, 9),
        30,
        -30,
    )


def test_the_step_due_now_comes_after_the_steps_done() -> None:
    assert [(state.value, rules.step_of(state), rules.due_step(state)) for state in State] == [
        ("raised", 1, 2),
        ("accepted", 2, 3),
        ("guided", 3, 4),
        ("rectified", 4, 5),
        ("returned", 1, 1),
        ("closed", 5, 5),
    ]


def test_ages_follow_one_another_without_gap() -> None:
    spans = [age.span(TODAY) for age in rules.AGES]
    assert spans[0] == (date(2026, 3, 3), TODAY)
    assert spans[-1][0] is None
    for younger, older in itertools.pairwise(spans):
        assert (younger[0] - older[1]).days == 1
    assert Age("0-7", 0, 7) == rules.AGES[0]


@pytest.mark.parametrize(
    ("left", "tone"), [(-1, "late"), (0, "attention"), (2, "attention"), (3, "neutral")]
)
def test_the_tone_follows_from_the_days_left(left: int, tone: str) -> None:
    assert rules.tone_of(left) == tone
