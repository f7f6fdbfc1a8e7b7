"""A month's calendar: when each meeting is held and why then, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from footpath.planning.month.problem import NO_RULE, MonthProblem, Rule

Status = Literal["proven", "gap", "greedy"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """A deputy who goes in the place of an attendee who is away."""

    attendee: str
    deputy: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a line of the plan, as a code with its values; the product puts it in words.

    Codes: ``as_before``; ``free`` (last month tells nothing, or costs nothing); ``pinned``;
    ``barred`` (slot, rule, what: the reason of a blocked day, the hall, or the person away);
    ``busy`` (slot, person, meeting); ``travel`` (slot, person, meeting); ``day`` (slot, person);
    ``hall`` (slot, hall, meeting); ``chair`` (slot, pool); ``guests`` (slot, people: so many of
    those invited could not come then); ``away`` (slot, person); ``no_slot`` (see the findings).
    ``slot`` is the one that last month speaks for.
    """

    code: str
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """When a meeting is held, who chairs, who stands in, and who is missing.

    ``slot`` is empty when the meeting finds none. ``missing``: attendees who are away without a
    deputy. ``guests_missing``: those invited who are away or in another meeting.
    """

    meeting: str
    slot: str
    chair: str = ""
    stand_ins: tuple[StandIn, ...] = ()
    missing: tuple[str, ...] = ()
    guests_missing: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Barred:
    """A slot that a meeting cannot have, and the first rule against it.

    ``what``: the reason of the blocked day, the hall, the person who is away, or the pool.
    """

    slot: str
    rule: Rule
    what: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: so many of the slots that were left fall to this rule."""

    rule: Rule
    slots: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where a meeting could be: all slots, those each rule takes away, and those that are left."""

    meeting: str
    slots: int
    steps: tuple[Step, ...]
    barred: tuple[Barred, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out that a person may allow, the cheapest first: with it, all of them find a slot.

    ``excuse``: the person need not be at the meeting. ``slot``: the rules are waived for the
    meeting in the slot. ``unpin``: the pin to the slot is lifted. ``held`` is the number of the
    finding's meetings that can be held then (all of them).
    """

    kind: Literal["excuse", "slot", "unpin"]
    meeting: str
    person: str
    slot: str
    rules: Rule
    held: int
    price: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must know or decide.

    ``nowhere``: no slot is left for this meeting alone. ``crowded``: these meetings cannot all
    be held in the slots left to them; minimal: without any one of them, the others can.
    ``pin``: as either of these, or a pin against a rule, and pins are among the causes.
    ``missing``: an attendee is away and nobody stands in. ``unknown``: the search found no slot
    and no proof that there is none.
    ``people``, ``halls`` and ``pools`` are what the meetings have in common, or who is away.
    """

    kind: Literal["nowhere", "crowded", "pin", "missing", "unknown"]
    meetings: tuple[str, ...]
    slots: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    halls: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    funnels: tuple[Funnel, ...] = ()
    offers: tuple[Offer, ...] = ()
    rules: Rule = NO_RULE


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """A calendar that ``check`` has nothing to say against.

    ``entries`` in the order of the meetings' ids. ``cost`` and ``bound`` are whole numbers in the
    unit of ``problem.STEPS_IN``; ``status`` is "proven" when no plan is cheaper, "gap" when the
    bound lies below, "greedy" when it does and no solver took part. ``reproducible`` is False when
    a limit in seconds or the caller stopped the search. ``digest`` is the SHA-256 of the entries,
    the findings and the cost: the same input and seed give the same digest on any machine.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    status: Status
    cost: int
    bound: int
    backend: str
    seed: int
    reproducible: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what a repair changes, to be shown before it is applied.

    ``moved`` (slot before, slot after); ``steps_in`` (deputy ``after`` for ``person``; ``before``
    is the deputy until now); ``chair`` (before, after); ``missing`` (``person``, nobody stands
    in); ``dropped`` (slot before; no slot is left); ``placed`` (slot after; it had none);
    ``comes`` (``person`` can be there after all; before is the deputy until now, or empty).
    """

    kind: Literal["moved", "steps_in", "chair", "missing", "dropped", "placed", "comes"]
    meeting: str
    before: str = ""
    after: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A plan repaired: the problem with the events in it, the new plan, and all that changes.

    ``cost`` is what the repair pays for changing (STEPS_IN, MOVES, MISSING and wishes); ``status``
    and ``bound`` are of that cost: "proven" means that no repair changes less.
    """

    problem: MonthProblem
    plan: MonthPlan
    changes: tuple[Change, ...]
    status: Status
    cost: int
    bound: int
