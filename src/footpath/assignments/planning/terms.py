"""The policy and the rule of coverage as they stand for a place, and as a plan keeps them. S2.7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from footpath.assignments.models import (
    CoverageRule,
    Policy,
)
from footpath.directory.models import Area, Tier


@dataclass(frozen=True)
class Terms:
    """The policy as it stands when a plan is made; kept with the plan.

    ``officers_of`` is the key of the tier whose officers take the places (None: of any tier).
    """

    keep: int = 2
    fair: int = 2
    near: int = 1
    places_each: int = 3
    spread: int | None = None
    term_limit_years: int | None = None
    organizations_left_out: tuple[int, ...] = ()
    officers_of: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the values as a plan keeps them."""
        return asdict(self) | {"organizations_left_out": list(self.organizations_left_out)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return the terms that a plan has kept; what it does not know takes its default."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        left_out = known.pop("organizations_left_out", ())
        return cls(**known, organizations_left_out=tuple(left_out))


def policies_above(area: Area, tier_id: int) -> QuerySet[Policy]:
    """Return the policies for a tier of the place and of those above it, the nearest first."""
    rows = Policy.objects.filter(area__in=area.ancestor_ids, tier=tier_id)
    return rows.order_by("-area__path")


def policy_for(area: Area, tier: Tier) -> Policy:
    """Return the policy of the place or of the nearest one above it; a new one when none is set."""
    rows = policies_above(area, tier.pk).select_related("area", "changed_by")
    found = rows.prefetch_related("organizations_left_out").first()
    return found or Policy(area=area, tier=tier)


def rule_for(area: Area, tier: Tier) -> CoverageRule | None:
    """Return the coverage rule of the place or of the nearest one above it, if there is any."""
    found = CoverageRule.objects.filter(area__in=area.ancestor_ids, tier=tier).select_related(
        "area", "officers_of", "basis"
    )
    return max(found, key=lambda row: len(row.area.path), default=None)


def usual_officers_of(tier: Tier) -> Tier | None:
    """Return whose officers take the places of a tier when nothing else is said.

    The province grasps the commune, the district the hamlet, the commune the household (S2.1):
    the officers of two tiers above.
    """
    above = Tier.objects.filter(level__lt=tier.level).order_by("-level")
    return above[1] if len(above) > 1 else above.first()


def terms_of(policy: Policy, rule: CoverageRule | None) -> Terms:
    """Return what a plan made now keeps of the policy and the rule."""
    source = rule.officers_of if rule is not None and rule.officers_of_id else None
    source = source or usual_officers_of(policy.tier)
    left_out = policy.organizations_left_out.all() if policy.pk else ()
    return Terms(
        keep=int(policy.keep),
        fair=int(policy.fair),
        near=int(policy.near),
        places_each=policy.places_each,
        spread=policy.spread,
        term_limit_years=policy.term_limit_years,
        organizations_left_out=tuple(sorted(row.pk for row in left_out)),
        officers_of=source.pk if source is not None else None,
    )
