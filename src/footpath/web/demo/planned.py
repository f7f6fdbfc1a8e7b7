"""One plan of the demonstration, ready to be decided: a commune in which one place is short."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from footpath.assignments import services as assignments
from footpath.assignments.models import Conflict, Plan, PlanPin
from footpath.assignments.services import making, plans, policies
from footpath.core.calendar import Month
from footpath.directory.models import Organization, Person, Tier
from footpath.web.demo.stage import Commune, Hamlet, Stage, last_moment


def propose(stage: Stage) -> Plan | None:
    """Say how hamlets are planned, what stands in some officers' way, and plan one commune.

    Its officers lead one hamlet each and one hamlet has nobody. One officer goes back to the desk,
    another, who lives in the empty hamlet, may take a second place; one has relatives there, and
    the office has pinned the others to their hamlets. The plan covers all but one, and says who and
    what stands in the way.
    """
    found = _commune(stage)
    if found is None:
        return None
    commune, empty, leading = found
    by, at = stage.administrator, last_moment(stage.today)
    tier = Tier.objects.get(code="hamlet")
    for area, places in ((stage.district, 2), (commune.area, 1)):
        policies.change_policy(
            area=area,
            tier=tier,
            wishes=policies.Wishes(
                places_each=places,
                organizations_left_out=tuple(_that_take_none()),
                term_limit_years=10,
            ),
            by=stage.office[0],
            at=at,
        )
    to_the_desk, second_place, relative = leading[0], leading[1], leading[2]
    assignments.set_limit(person=to_the_desk, places=0, bound=True, by=by, at=at)
    assignments.set_limit(person=second_place, places=2, bound=False, by=by, at=at)
    declared = date(stage.today.year, 1, 12)
    declared = min(declared, stage.today - timedelta(days=30))
    for person, kind in (
        (second_place, Conflict.Kind.HOME),
        (relative, Conflict.Kind.RELATIVES),
    ):
        assignments.declare_conflict(
            person=person, area=empty.area, kind=kind, on=declared, by=by, at=at
        )
    plan = plans.start_plan(
        area=commune.area,
        tier=tier,
        starts_on=Month.of(stage.today).last + timedelta(days=1),
        basis=stage.basis,
        pins=[
            PlanPin(area=hamlet.area, person=hamlet.officer, by=stage.office[1])
            for hamlet in commune.hamlets
            if hamlet.officer in leading[3:]
        ],
        by=stage.office[1],
        at=at,
    )
    making.make_plan(plan=plan, at=at)
    plan.refresh_from_db()
    figures = plan.figures
    stage.say(
        f"plan: {plan.state}, {figures.get('covered', 0)}/{figures.get('places', 0)} hamlets of "
        f"{commune.area.name} covered"
    )
    return plan


def _commune(stage: Stage) -> tuple[Commune, Hamlet, list[Person]] | None:
    """Return a commune with one empty hamlet, and its officers who lead nothing but one hamlet."""
    leads = _leads(stage)
    for commune in stage.communes:
        empty = [hamlet for hamlet in commune.hamlets if hamlet.officer is None]
        alone = [
            hamlet.officer
            for hamlet in commune.hamlets
            if hamlet.officer is not None and leads[hamlet.officer] == 1
        ]
        if len(empty) == 1 and len(alone) > 3:
            return commune, empty[0], alone
    return None


def _leads(stage: Stage) -> Counter[Person]:
    return Counter(hamlet.officer for _commune, hamlet in stage.hamlets if hamlet.officer)


def _that_take_none() -> list[Organization]:
    """Return the committee and its house: they lead communes and clusters, not hamlets."""
    return list(Organization.objects.filter(code__in=["831-hu", "831-vp"]).order_by("code"))
