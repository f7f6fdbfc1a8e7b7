"""How a place wants its assignments planned. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import CoverageRule, Policy
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Organization, Person, Tier


@transaction.atomic
def change_policy(
    *,
    area: Area,
    tier: Tier,
    keep: int,
    fair: int,
    near: int,
    places_each: int,
    by: Person,
    at: datetime,
    spread: int | None = None,
    term_limit_years: int | None = None,
    organizations_left_out: Sequence[Organization] = (),
    officers_of: Tier | None = None,
    needs_deputy: bool = False,
) -> Policy:
    """Say how the places of a tier in an area are planned, and return the policy.

    Weights go from 0 (not at all) to 3 (most of all); cover comes first and is not weighed.
    ``officers_of`` and ``needs_deputy`` are kept as the coverage rule of the place. Holds for the
    next plan; plans made before stay as they are. Source: S2.1.
    """
    require(by, "assignments.plan", area)
    for name, value in (("keep", keep), ("fair", fair), ("near", near)):
        if value not in Policy.Weight.values:
            raise InvalidValue(_("There is no such weight."), field=name)
    if tier.level <= area.tier.level:
        raise InvalidValue(_("Choose a tier below the place."), field="tier")
    if not 1 <= places_each <= 100:
        raise InvalidValue(_("Choose a number from 1 to 100."), field="places_each")
    policy = Policy.objects.select_for_update().filter(area=area, tier=tier).first()
    before = _snapshot(policy) if policy is not None else None
    policy = policy or Policy(area=area, tier=tier)
    policy.keep, policy.fair, policy.near = keep, fair, near
    policy.places_each, policy.spread = places_each, spread
    policy.term_limit_years = term_limit_years
    policy.changed_by, policy.changed_at = by, at
    policy.save()
    policy.organizations_left_out.set(organizations_left_out)
    _change_rule(area, tier, officers_of, needs_deputy=needs_deputy)
    after = _snapshot(policy) | {
        "officers_of": officers_of.pk if officers_of is not None else None,
        "needs_deputy": needs_deputy,
    }
    audit.record("policy.changed", by=by, subject=policy, at=at, before=before, after=after)
    return policy


def _change_rule(area: Area, tier: Tier, officers_of: Tier | None, *, needs_deputy: bool) -> None:
    rule = CoverageRule.objects.filter(area=area, tier=tier).first()
    rule = rule or CoverageRule(area=area, tier=tier, needs_lead=tier.needs_lead)
    rule.officers_of, rule.needs_deputy = officers_of, needs_deputy
    rule.save()


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
