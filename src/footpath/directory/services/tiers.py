"""Deeds on the tiers of the tree, worked with on the administration site."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Area, Person, Tier
from footpath.directory.services import values

FIELDS = ("code", "level", "name_en", "name_vi", "name_zh", "name_ru", "needs_lead")


@transaction.atomic
def save_tier(*, tier: Tier, by: Person, at: datetime) -> None:
    """Write a new or changed tier. Levels of tiers that have places stay in their order.

    Raises InvalidValue when a changed level would put a place on or above its parent's level.
    """
    values.require_power_over(by, "")
    known = Tier.objects.select_for_update().filter(pk=tier.pk).first() if tier.pk else None
    before = snapshot(known) if known is not None else None
    if before == snapshot(tier):
        return
    if known is not None and known.level != tier.level:
        check_tier_level(tier=tier, level=tier.level)
    tier.save(force_insert=known is None, force_update=known is not None)
    deed = "directory.tier_created" if known is None else "directory.tier_changed"
    audit.record(deed, by=by, subject=tier, at=at, before=before, after=snapshot(tier))


@transaction.atomic
def remove_tier(*, tier: Tier, by: Person, at: datetime) -> None:
    """Take away a tier that no place has; RuleBroken when there are places of it."""
    values.require_power_over(by, "")
    if Area.objects.filter(tier=tier).exists():
        raise RuleBroken(
            _("There are places of the tier “%(tier)s”, so it stays.") % {"tier": tier.name}
        )
    audit.record("directory.tier_removed", by=by, subject=tier, at=at, before=snapshot(tier))
    tier.delete()


def snapshot(tier: Tier) -> dict[str, Any]:
    """Return the values of a tier that the trail keeps a digest of."""
    return {field: getattr(tier, field) for field in FIELDS}


def check_tier_level(*, tier: Tier, level: int) -> None:
    """Raise InvalidValue when places would stand on or above the level of their parents."""
    above = Area.objects.filter(tier=tier.pk, parent__tier__level__gte=level).exclude(
        parent__tier=tier.pk
    )
    below = Area.objects.filter(parent__tier=tier.pk, tier__level__lte=level)
    if above.exists() or below.exists():
        raise InvalidValue(
            _("With this level some places would stand on or above their parents."), field="level"
        )
