"""What a plan is made from, read from the database for the engine. Source: S2.1, S2.7.

The engine knows places and officers by text, which here are the keys of their rows. What is read
takes the same number of queries whatever the size of the area; rooms above add to the weight of a
place (open cases) with ``register_weight``.
"""

from footpath.assignments.planning.keeping import packed, packed_reasons, unpacked, unpacked_reasons
from footpath.assignments.planning.points import kilometres
from footpath.assignments.planning.problem import eve_of, problem_for, problem_of
from footpath.assignments.planning.terms import (
    Terms,
    policies_above,
    policy_for,
    rule_for,
    terms_of,
)
from footpath.assignments.planning.weights import open_at, register_weight

__all__ = [
    "Terms",
    "eve_of",
    "kilometres",
    "open_at",
    "packed",
    "packed_reasons",
    "policies_above",
    "policy_for",
    "problem_for",
    "problem_of",
    "register_weight",
    "rule_for",
    "terms_of",
    "unpacked",
    "unpacked_reasons",
]
