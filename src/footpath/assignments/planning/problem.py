"""The problem for the engine: who may take which places from the day a plan begins. S2.1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from types import MappingProxyType

from footpath.assignments.models import (
    Plan,
    PlanPin,
    PlanWaiver,
)
from footpath.assignments.planning.officers import officers_to_ask
from footpath.assignments.planning.places import (
    as_place,
    charges_of,
    held_on,
    places_to_plan,
    since_when,
)
from footpath.assignments.planning.terms import Terms
from footpath.core import clock
from footpath.directory.models import Area, Tier
from footpath.planning.assignment import problem as engine


def eve_of(starts_on: date, made_on: date) -> date:
    """Return the day whose leads a plan is compared with: the last one before it begins.

    When that day has passed already, the day on which the plan is made.
    """
    return max(made_on, starts_on - timedelta(days=1))


def problem_for(
    area: Area,
    tier: Tier,
    *,
    starts_on: date,
    eve: date,
    terms: Terms,
    pins: Iterable[PlanPin] = (),
    waivers: Iterable[PlanWaiver] = (),
) -> engine.AssignmentProblem:
    """Return everything the engine needs to plan the places of a tier in an area.

    ``eve`` is the day whose leads stay, move or go. Places in the order of the tree, officers by
    key. A dozen queries, whatever the size. Source: S2.1.
    """
    pins = tuple(pin for pin in pins if not pin.noted)
    waivers = tuple(waivers)
    places = places_to_plan(area, tier, starts_on)
    rows = charges_of([place.pk for place in places], eve)
    held = held_on(rows, eve)
    named = {pin.person_id for pin in pins} | {waiver.person_id for waiver in waivers}
    named |= {person for pair in held.values() for person in pair if person}
    tiers = {row.pk: row for row in Tier.objects.all()}
    officers = officers_to_ask(
        area,
        tier,
        places,
        terms=terms,
        tiers=tiers,
        starts_on=starts_on,
        named=named,
        since=since_when(rows, held),
    )
    known = {officer.id for officer in officers}
    source = tiers.get(terms.officers_of) if terms.officers_of is not None else None
    return engine.AssignmentProblem(
        places=tuple(as_place(place, tier) for place in places),
        officers=officers,
        policy=engine.Policy(
            weights=engine.Weights(keep=terms.keep, fair=terms.fair, near=terms.near),
            officers_of=MappingProxyType(
                {tier.code: frozenset({source.code})} if source is not None else {}
            ),
            departments_left_out=frozenset(map(str, terms.organizations_left_out)),
            spread=terms.spread,
            term_limit_years=terms.term_limit_years,
        ),
        start=starts_on,
        current=MappingProxyType(
            {
                str(place): engine.Held(str(lead or ""), str(deputy or ""))
                for place, (lead, deputy) in sorted(held.items())
            }
        ),
        pins=tuple(
            engine.Pin(str(pin.area_id), str(pin.person_id), str(pin.role), pin.away)
            for pin in sorted(pins, key=lambda pin: (pin.area_id, pin.person_id, pin.role))
            if str(pin.person_id) in known
        ),
        waivers=tuple(
            engine.Waiver(
                str(waiver.person_id),
                str(waiver.area_id or ""),
                engine.Rule(waiver.rules),
                waiver.places_more,
            )
            for waiver in sorted(waivers, key=lambda row: (row.person_id, row.area_id or 0))
            if str(waiver.person_id) in known
        ),
    )


def problem_of(plan: Plan) -> engine.AssignmentProblem:
    """Return what a plan is made from, as the database says it now."""
    return problem_for(
        plan.area,
        plan.tier,
        starts_on=plan.starts_on,
        eve=eve_of(plan.starts_on, clock.day_of(plan.started_at)),
        terms=Terms.from_json(plan.policy),
        pins=plan.pins.all(),
        waivers=plan.waivers.all(),
    )
