"""How a place wants its assignments planned. Source: S2.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments import planning
from footpath.assignments.models import Policy
from footpath.assignments.services.rules_of_cover import set_coverage_rule
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Organization, Person, Tier

MOST = 100


@dataclass(frozen=True)
class Wishes:
    """How a place wants its assignments planned.

    Weights go from 0 (not at all) to 3 (most of all); cover comes first and is not weighed.
    ``officers_of`` (None: as usual, two tiers above) and ``needs_deputy`` are kept as the coverage
    rule of the place, when they differ from the rule in force: whoever changes them must be allowed
    to set rules of cover, too.
    """

    keep: int = Policy.Weight.MUCH
    fair: int = Policy.Weight.MUCH
    near: int = Policy.Weight.LITTLE
    places_each: int = 3
    spread: int | None = None
    term_limit_years: int | None = None
    organizations_left_out: tuple[Organization, ...] = ()
    officers_of: Tier | None = None
    needs_deputy: bool = False


@transaction.atomic
def change_policy(*, area: Area, tier: Tier, wishes: Wishes, by: Person, at: datetime) -> Policy:
    """Say how the places of a tier in an area are planned, and return the policy.

    Holds for the next plan; plans made before stay as they are. Raises InvalidValue for a weight,
    a tier or a number that cannot be. Source: S2.1.
    """
    require(by, "assignments.plan", area)
    for name in ("keep", "fair", "near"):
        if getattr(wishes, name) not in Policy.Weight.values:
            raise InvalidValue(_("There is no such weight."), field=name)
    if tier.level <= area.tier.level:
        raise InvalidValue(_("Choose a tier below the place."), field="tier")
    for name in ("places_each", "spread", "term_limit_years"):
        value = getattr(wishes, name)
        if value is not None and not 1 <= value <= MOST:
            raise InvalidValue(
                _("Choose a number from 1 to %(most)s.") % {"most": MOST}, field=name
            )
    policy = Policy.objects.select_for_update().filter(area=area, tier=tier).first()
    before = _snapshot(policy) if policy is not None else None
    policy = policy or Policy(area=area, tier=tier)
    policy.keep, policy.fair, policy.near = wishes.keep, wishes.fair, wishes.near
    policy.places_each, policy.spread = wishes.places_each, wishes.spread
    policy.term_limit_years = wishes.term_limit_years
    policy.changed_by, policy.changed_at = by, at
    policy.save()
    policy.organizations_left_out.set(wishes.organizations_left_out)
    _ask_of_places(area, tier, wishes, by=by, at=at)
    after = _snapshot(policy)
    audit.record("policy.changed", by=by, subject=policy, at=at, before=before, after=after)
    return policy


def _ask_of_places(area: Area, tier: Tier, wishes: Wishes, *, by: Person, at: datetime) -> None:
    """Keep what the wishes ask of each place as a rule of cover, when the one in force differs."""
    rule = planning.rule_for(area, tier)
    now = (rule.needs_deputy, rule.officers_of) if rule is not None else (False, None)
    if now == (wishes.needs_deputy, wishes.officers_of):
        return
    set_coverage_rule(
        area=area,
        tier=tier,
        needs_lead=rule.needs_lead if rule is not None else tier.needs_lead,
        needs_deputy=wishes.needs_deputy,
        officers_of=wishes.officers_of,
        basis=rule.basis if rule is not None and rule.area_id == area.pk else None,
        by=by,
        at=at,
    )


def _snapshot(policy: Policy) -> dict[str, object]:
    return {
        "keep": int(policy.keep),
        "fair": int(policy.fair),
        "near": int(policy.near),
        "places_each": policy.places_each,
        "spread": policy.spread,
        "term_limit_years": policy.term_limit_years,
        "left_out": sorted(policy.organizations_left_out.values_list("pk", flat=True)),
    }
