"""A problem of agents and jobs is read from plain text, and a broken one is refused by name."""

from __future__ import annotations

import pytest

from footpath.planning.gap import UnreadableInstance, read_instance, reading
from tests.planning.gap.drawn import drawn, text_of

SMALL = "2 3\n 1 2 3\n 4 5 6\n 7 8 9\n 1 1 1\n 20 3\n"


def values(text: str) -> tuple[list[list[int]], list[list[int]], list[int], int]:
    instance = read_instance(text)
    return (
        instance.cost.tolist(),
        instance.weight.tolist(),
        instance.capacity.tolist(),
        instance.cost_unit,
    )


READ = ([[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [1, 1, 1]], [20, 3], 1)


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SMALL.replace("\n", "\t"),
        SMALL.replace(" ", "\r\n\r\n"),
        "1\n" + SMALL,
    ],
    ids=["rows", "one line", "broken anywhere", "with a number of problems before"],
)
def test_numbers_may_stand_apart_in_any_way(text):
    assert values(text) == READ


def test_a_published_problem_is_read_as_it_was_written():
    instance = drawn(3, 5, 8)
    again = read_instance(text_of(instance))
    assert (again.cost == instance.cost).all()
    assert (again.weight == instance.weight).all()
    assert (again.capacity == instance.capacity).all()


def test_plain_digits_are_read_the_short_way_and_say_the_same(monkeypatch):
    text = text_of(drawn(3, 5, 8))
    short = values(text)
    monkeypatch.setattr(reading, "_plain", lambda _text: None)
    assert values(text) == short


def test_a_problem_of_one_agent_is_not_taken_for_a_number_of_problems():
    assert values("1 2\n5 6\n1 1\n2\n") == ([[5, 6]], [[1, 1]], [2], 1)


def test_fractions_are_kept_exactly():
    costs, weights, capacities, unit = values("1 2\n 1.5 -2.25\n 0.1 1e1\n 10.1\n")
    assert (costs, unit) == ([[150, -225]], 100)
    assert (weights, capacities) == ([[1, 100]], [101])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The text is empty. It begins with the numbers of agents and jobs."),
        (
            "\ntwo 3\n",
            ("Line 2: the text begins with the numbers of agents and jobs, two whole numbers above "
            'zero, not with "two 3".'),
        ),
        (
            "0 3\n",
            ("Line 1: the text begins with the numbers of agents and jobs, two whole numbers above "
            'zero, not with "0 3".'),
        ),
        (
            "2 3\n1 2 3\n",
            ("The text ends too early: 2 agents and 3 jobs need 16 numbers "
            "(2 + costs 6 + weights 6 + capacities 2), it has 5."),
        ),
        (
            SMALL + "4 4\n",
            'Line 7: "4" is number 17, but 2 agents and 3 jobs need only 16.',
        ),
        (SMALL.replace("5", "5x"), 'Line 3: "5x" is no number (cost).'),
        (SMALL.replace("5", "nan"), 'Line 3: "nan" is no number (cost).'),
        (SMALL.replace("9", "-9"), "Line 4: the weight or capacity -9 is below 0."),
        (
            SMALL.replace("20", "2000000000000"),
            ("Line 6: the weight or capacity 2000000000000 is beyond the largest number we plan "
            "with, 1,000,000,000,000."),
        ),
        (
            "3000 3000\n",
            ("3000 agents and 3000 jobs are more than this command plans "
            "(agents times jobs up to 4,000,000)."),
        ),
        (
            "2\n" + SMALL + SMALL,
            ("This file holds 2 problems. Save each in a file of its own, beginning with its "
            "numbers of agents and jobs."),
        ),
    ],
    ids=[
        "empty", "no size", "no agents", "too short", "too long", "no number", "not a number",
        "below zero", "too large", "too many", "several problems",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_place(text, message):
    with pytest.raises(UnreadableInstance) as refused:
        read_instance(text)
    assert str(refused.value) == message
