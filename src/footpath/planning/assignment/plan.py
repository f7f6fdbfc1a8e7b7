"""A plan of assignments: who leads what, what changed and why, and what stands in the way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from footpath.planning.assignment.problem import NO_RULE, Rule

Status = Literal["proven", "gap", "greedy"]
Change = Literal["kept", "moved", "new", "ended", "nobody"]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a line of the plan, as a code with its values; the product puts it in words.

    Codes: ``kept``; ``nearer`` (km: float); ``farther``; ``fairer`` (load_before, load_after: int);
    ``was_empty``; ``deputy_takes_over``; ``pinned``; ``excluded`` (rule: name of a Rule, officer:
    who led until now); ``over_capacity`` (officer, held, limit); ``over_load`` (officer, held,
    limit); ``spread`` (officer, department, parent, limit); ``cluster`` (cluster);
    ``gives_way`` (officer moves to ``place``, which nobody else could take); ``left`` (officer is
    no longer among the officers); ``nobody_left`` (see the findings); ``elsewhere`` (load_before,
    load_after: the whole plan is better that way, nothing in this place alone). For deputies
    ``same_department`` (officer, department: the lead comes from it, too).
    """

    code: str
    values: tuple[tuple[str, str | int | float], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Who leads a place in the plan, and who is the deputy; empty when nobody is."""

    place: str
    lead: str
    deputy: str
    change: Change
    deputy_change: Change
    why: tuple[Why, ...]
    deputy_why: tuple[Why, ...]
    km: float | None  # from the lead's own place, straight line


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: so many of the officers that were left fall to this rule."""

    rule: Rule
    officers: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Why nobody else for a place: all officers, those each rule takes away, those left and full.

    An officer who breaks several rules is counted at the first, in the order of ``Rule``.
    """

    place: str
    officers: int
    steps: tuple[Step, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out that a person may allow, the cheapest first.

    Kinds: ``capacity`` (officer takes one place more), ``rule`` (the rules are waived for officer
    and place), ``load`` (the officer carries ``above`` more than the limit), ``spread`` (the
    department of the officer leads one place more in the parent of the place), ``unpin``.
    ``covers`` is the number of places of the finding that it covers.
    """

    kind: Literal["capacity", "load", "rule", "unpin", "spread"]
    officer: str
    place: str
    rules: Rule
    covers: int
    price: int
    above: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Why places stay empty: these places can only be led by these officers, who have so many left.

    Minimal: with any one of the places left out, one place fewer stays empty. Kinds: ``short``
    (more places than places left: by how many, their difference says), ``nobody`` (no officer may
    at all: ``officers`` is empty), ``load`` and ``spread`` (the limits of weight, or of leads of
    one department in one parent, leave one place empty), ``pin`` (a pin contradicts a rule, a
    limit or another pin; it is named, and the place planned without it), ``cluster`` (no lead of
    leading rank), ``deputy`` (no deputy), ``open`` (nothing is known to stand in the way; the
    search was ended early or had no solver).
    """

    kind: Literal["short", "nobody", "pin", "cluster", "spread", "load", "deputy", "open"]
    places: tuple[str, ...]
    officers: tuple[str, ...]
    places_left: int
    funnels: tuple[Funnel, ...]
    offers: tuple[Offer, ...]
    rules: Rule = NO_RULE
    name: str = ""  # the cluster, or the department, or the pinned officer
    role: str = "lead"  # of the pin; "deputy" for a missing deputy


@dataclass(frozen=True, slots=True)
class Load:
    """What an officer leads in the plan: places and weight, against the limits, and today."""

    officer: str
    places: int
    capacity: int
    weight: int
    load_limit: int | None
    places_today: int


@dataclass(frozen=True, eq=False)
class Reasons:
    """For every officer-place pair the rules it breaks; 0 when the officer may lead the place.

    ``rules``: uint16 of shape (officers, places), in the order of the ids.
    """

    officers: tuple[str, ...]
    places: tuple[str, ...]
    rules: NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class AssignmentPlan:
    """A plan that ``check`` has nothing to say against.

    ``cost`` is what the leads cost and ``bound`` what no leads cost less than, whole numbers in the
    plan's own unit; ``deputy_cost`` is the least that deputies beside these leads cost.
    ``status`` is "proven" when no leads are cheaper, "gap" when the bound lies below, "greedy" when
    no solver took part.
    ``reproducible`` is False when a limit in seconds stopped the search. ``digest`` is the SHA-256
    of all of it but the effort: the same input and seed give the same digest on any machine.
    """

    lines: tuple[Line, ...]
    loads: tuple[Load, ...]
    findings: tuple[Finding, ...]
    reasons: Reasons
    status: Status
    cost: int
    bound: int
    deputy_cost: int
    backend: str
    seed: int
    reproducible: bool
    digest: str


def digest_of(plan: AssignmentPlan) -> str:
    """Return the SHA-256 of what the plan says, in hexadecimal digits; the effort is left out.

    The same plan has the same digest, whichever solver found it and however long that took.
    """
    said = {
        "lines": [asdict(line) for line in plan.lines],
        "loads": [asdict(load) for load in plan.loads],
        "findings": [asdict(finding) for finding in plan.findings],
        "officers": plan.reasons.officers,
        "places": plan.reasons.places,
        "rules": hashlib.sha256(plan.reasons.rules.astype("<u2").tobytes()).hexdigest(),
        "cost": [plan.cost, plan.deputy_cost],
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
