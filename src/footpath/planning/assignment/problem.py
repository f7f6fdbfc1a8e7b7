"""What a plan of assignments is made from: places, officers, and how to plan. Source: S2.1, S2.7.

No data on citizens goes in: a place has a weight, which is a count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntFlag
from types import MappingProxyType

NOTHING: Mapping[str, date] = MappingProxyType({})


class Rule(IntFlag):
    """Why an officer may not be in charge of a place. A pair may break several rules at once."""

    TIER = 1  # the officer's own tier does not take places of this tier
    BOUND = 2  # the officer is bound to the desk, or takes no places at all
    DEPARTMENT = 4  # the officer's department takes no places
    HOME = 8  # the officer lives there
    RELATIVES = 16  # the officer has declared relatives there
    TERM = 32  # the officer has led the place as long as the term limit allows
    SKILL = 64  # the place needs a skill or a language that the officer lacks
    AWAY = 128  # the officer is away on the day the plan begins
    REACH = 256  # the place lies outside the part of the tree that the officer serves
    PIN = 512  # somebody pinned another officer to the place, or this officer away from it


NO_RULE = Rule(0)


@dataclass(frozen=True, slots=True)
class Place:
    """A place that needs somebody in charge.

    ``weight`` is its part of an officer's load (households and open cases, a count >= 1);
    ``at`` its centre as (latitude, longitude) in degrees; ``cluster`` names the places of which
    at least one lead must be of leading rank.
    """

    id: str
    tier: str
    parent: str
    weight: int = 1
    at: tuple[float, float] | None = None
    needs: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    wants_deputy: bool = False
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may be put in charge.

    ``capacity`` is the number of places led at most, ``load_limit`` the sum of their weights at
    most (None: no limit); ``serves`` the ids of the parents whose places the officer may take
    (None: all); ``since`` for each place led without a break until now, the first day.
    """

    id: str
    tier: str
    department: str
    capacity: int = 1
    load_limit: int | None = None
    home: str = ""
    relatives: frozenset[str] = frozenset()
    at: tuple[float, float] | None = None
    skills: frozenset[str] = frozenset()
    bound: bool = False
    leads_clusters: bool = False
    away: tuple[tuple[date, date], ...] = ()
    serves: frozenset[str] | None = None
    since: Mapping[str, date] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each wish counts, from 0 (not at all) to 3 (most of all).

    Cover comes before everything and is not weighed: no place is left empty to please another.
    """

    keep: int = 2
    fair: int = 2
    near: int = 1
    wish: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """How a district wants its assignments planned.

    ``officers_of``: for each tier of places, the tiers whose officers take them ("the district
    grasps the hamlet"); a tier that is missing takes anybody. ``spread``: leads of one department
    in one parent at most. ``term_limit_years``: after so many years somebody else comes.
    """

    weights: Weights = Weights()
    officers_of: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    departments_left_out: frozenset[str] = frozenset()
    spread: int | None = None
    term_limit_years: int | None = None
    deputy_from_another_department: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """Who leads a place today, and who is the deputy; empty when nobody is."""

    lead: str = ""
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A person has decided: this officer, and no other, in this role at this place.

    With ``away`` the opposite: anybody but this officer.
    """

    place: str
    officer: str
    role: str = "lead"
    away: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception that a person allowed: these rules do not hold for this pair.

    Without ``place`` the officer takes ``places_more`` places above the capacity, and
    ``load_more`` weight above the load limit. Pins are not waived: they are taken back.
    """

    officer: str
    place: str = ""
    rules: Rule = NO_RULE
    places_more: int = 0
    load_more: int = 0


@dataclass(frozen=True, slots=True)
class AssignmentProblem:
    """Everything ``assign`` needs to know. ``start`` is the day on which the plan begins."""

    places: tuple[Place, ...]
    officers: tuple[Officer, ...]
    policy: Policy
    start: date
    current: Mapping[str, Held] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    pins: tuple[Pin, ...] = ()
    waivers: tuple[Waiver, ...] = ()
