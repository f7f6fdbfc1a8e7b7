"""What each tier asks for: a lead, a deputy. Source: S2.1."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import BasisDocument, CoverageRule
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory.models import Area, Person, Tier


@transaction.atomic
def set_coverage_rule(
    *,
    area: Area,
    tier: Tier,
    needs_lead: bool,
    needs_deputy: bool,
    by: Person,
    at: datetime,
    officers_of: Tier | None = None,
    basis: BasisDocument | None = None,
) -> CoverageRule:
    """Set what the places of a tier in an area and below need; the nearest rule above decides.

    Raises InvalidValue for a tier above the place, or a deputy where no lead is needed.
    """
    require(by, "assignments.cover", area)
    if tier.level < area.tier.level:
        raise InvalidValue(_("Choose a tier of this place or below."), field="tier")
    if needs_deputy and not needs_lead:
        raise InvalidValue(
            _("A place that needs no lead needs no deputy either."), field="needs_deputy"
        )
    before = CoverageRule.objects.filter(area=area, tier=tier).first()
    was = snapshot(before) if before is not None else None
    rule, _created = CoverageRule.objects.update_or_create(
        area=area,
        tier=tier,
        defaults={
            "needs_lead": needs_lead,
            "needs_deputy": needs_deputy,
            "officers_of": officers_of,
            "basis": basis,
        },
    )
    audit.record(
        "assignment.cover_set", by=by, subject=area, at=at, before=was, after=snapshot(rule)
    )
    return rule


@transaction.atomic
def remove_coverage_rule(*, rule: CoverageRule, by: Person, at: datetime) -> None:
    """Take a rule back: the next one above decides, or the tier itself."""
    require(by, "assignments.cover", rule)
    area, before = rule.area, snapshot(rule)
    removed, _rows = CoverageRule.objects.filter(pk=rule.pk).delete()
    if not removed:
        raise StaleState(_("Somebody else has already taken this rule back."))
    audit.record("assignment.cover_removed", by=by, subject=area, at=at, before=before)


def snapshot(rule: CoverageRule) -> dict[str, object]:
    """Return the values of a rule that the trail keeps a digest of."""
    return {
        "area": rule.area_id,
        "tier": rule.tier_id,
        "needs_lead": rule.needs_lead,
        "needs_deputy": rule.needs_deputy,
        "officers_of": rule.officers_of_id,
        "basis": rule.basis_id,
    }
