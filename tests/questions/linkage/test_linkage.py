"""Nobody can tell who asked: a month of a district, and an attacker who holds all that is kept."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.questions.linkage import attacker, script
from tests.questions.linkage.district import Databases, District, databases, district
from tests.questions.linkage.evidence import Evidence

SEED = 20261101
SERVER = os.environ.get("FOOTPATH_TEST_DATABASE_URL", "")
CHANCE_OF_A_WAY = 0.0005
"""How likely it may be that chance alone makes any one way of guessing look good."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with databases(tmp_path_factory.mktemp("linkage"), SERVER) as made:
        yield made


Live = Callable[..., tuple[District, Evidence]]


@pytest.fixture(scope="module")
def live(kept: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return what lives through a month and gives the district and what is left of it."""
    with ExitStack() as stack:

        def lived(*, seed: int = SEED, weakened: bool = False) -> tuple[District, Evidence]:
            folder = tmp_path_factory.mktemp("district")
            made = stack.enter_context(district(kept, folder, seed=seed, weakened=weakened))
            return made, made.evidence()

        yield lived


def most_by_chance(items: int, people: int) -> float:
    """Return how often a blind guesser is right, and two standard errors more."""
    chance = 1 / people
    return items * chance + 2 * math.sqrt(items * chance * (1 - chance))


def least_that_is_no_chance(items: int, people: int, ways: int) -> int:
    """Return a number of hits that hardly any of so many ways reaches by chance."""
    chance = 1 / people
    for hits in range(items + 1):
        tail = sum(
            math.comb(items, k) * chance**k * (1 - chance) ** (items - k)
            for k in range(hits, items + 1)
        )
        if tail * ways < CHANCE_OF_A_WAY:
            return hits
    return items + 1


def counted(lived: District, evidence: Evidence) -> dict[str, float]:
    """Return how often the attacker is right, by kind of item."""
    together, _ways = attacker.guesses(evidence)
    everybody = attacker.accounts_of(evidence)
    return {kind: attacker.hits(together, lived.truth[kind], everybody) for kind in lived.truth}


def test_whoever_holds_everything_that_is_kept_cannot_tell_who_asked(
    live: Live, record_property: Callable[[str, object], None]
) -> None:
    """Of 25 askers no more are named than a blind guess names, and two standard errors.

    Nor of all that the attacker guesses, spent tokens and answers too. A blind guesser is beyond
    one of the two in one month of eleven; so what is too much must be so in three months, each with
    other people asking. One test, because a month takes long to live.
    """
    said = []
    for seed in (SEED, SEED + 1, SEED + 2):
        lived, evidence = live(seed=seed)
        it_was_a_month_as_it_should_be(lived, evidence)
        no_single_way_of_guessing_does_better_than_chance(lived, evidence)
        copies_that_were_wrongly_made_tell_days_and_no_more(lived, evidence)
        hits = counted(lived, replace(evidence, corner_nights=[]))
        people = len(attacker.accounts_of(evidence))
        guessed = sum(len(truth) for truth in lived.truth.values())
        said.append(f"{hits} of {people} people")
        record_property(f"hits {seed}", hits)
        if hits["question"] <= most_by_chance(script.QUESTIONS, people) and sum(
            hits.values()
        ) <= most_by_chance(guessed, people):
            return
    pytest.fail(f"the attacker names askers: {said}")


def it_was_a_month_as_it_should_be(lived: District, evidence: Evidence) -> None:
    """Everybody has drawn, 25 questions came, and nearly all askers find their answers."""
    assert len(attacker.accounts_of(evidence)) == script.OFFICERS
    assert len(lived.truth["question"]) == len(lived.truth["token"]) == script.QUESTIONS
    there = {item.name for item in attacker.items_of(evidence.corner)}
    assert set(lived.truth["question"]) | set(lived.truth["token"]) <= there
    assert len(evidence.member_nights) == script.DAYS
    assert len(lived.read_answers()) >= script.QUESTIONS * 3 / 4


def no_single_way_of_guessing_does_better_than_chance(lived: District, evidence: Evidence) -> None:
    """Also not by luck in the choice of the way: some hundred orders are laid side by side."""
    _together, ways = attacker.guesses(replace(evidence, corner_nights=[]))
    everybody = attacker.accounts_of(evidence)
    assert len(ways) > 50
    good = {}
    for kind, truth in lived.truth.items():
        least = least_that_is_no_chance(len(truth), len(everybody), len(ways))
        for way, guess in ways.items():
            right = attacker.hits(guess, truth, everybody)
            if right >= least:
                good[f"{kind}: {way}"] = right
    assert good == {}


def copies_that_were_wrongly_made_tell_days_and_no_more(
    lived: District, evidence: Evidence
) -> None:
    """Who holds a copy of each night knows the day, and who was there then: a third of them all."""
    items = attacker.items_of(evidence.corner)
    everybody = attacker.accounts_of(evidence)
    nights = attacker.by_nights(evidence, items)
    for kind in ("question", "token"):
        truth = lived.truth[kind]
        assert attacker.hits(nights, truth, everybody) <= most_by_chance(len(truth), len(everybody))


def test_the_same_attacker_names_the_askers_of_a_weakened_build(
    live: Live, record_property: Callable[[str, object], None]
) -> None:
    """Where a question has a moment, and tokens are drawn when they are needed, nearly all."""
    lived, evidence = live(weakened=True)
    hits = counted(lived, replace(evidence, corner_nights=[]))
    record_property("hits", hits)
    assert hits["question"] >= 0.8 * script.QUESTIONS
