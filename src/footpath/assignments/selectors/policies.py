"""What a policy means, in words, and the organizations it may leave out."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments import planning
from footpath.assignments.models import (
    CoverageRule,
    Policy,
)
from footpath.directory.models import Area, Organization, Tier


def organizations_asked(area: Area, policy: Policy) -> list[Organization]:
    """Return the organizations of a place and of the places above, and those left out already."""
    here = Q(area__in=area.ancestor_ids)
    if policy.pk:
        here |= Q(pk__in=policy.organizations_left_out.values("pk"))
    return list(Organization.objects.filter(here).order_by("name", "pk"))


def policy_in_words(
    policy: Policy, terms: planning.Terms, tier: Tier, rule: CoverageRule | None
) -> list[str]:
    """Return what a policy means, a sentence each."""
    source = (
        Tier.objects.filter(pk=terms.officers_of).first() if terms.officers_of is not None else None
    )
    said = [_("No place is left without a lead to please another wish.")]
    if source is not None:
        said.append(
            _("%(places)s are led by officers of the tier %(tier)s, at most %(number)s each.")
            % {"places": tier.many, "tier": source.name, "number": terms.places_each}
        )
    weighed = sorted(
        (
            (-int(value), label)
            for value, label in (
                (policy.keep, _("that officers stay where they are")),
                (policy.fair, _("that the load is shared fairly")),
                (policy.near, _("that officers live near")),
            )
            if value
        ),
        key=lambda row: row[0],
    )
    if weighed:
        said.append(
            _("Then counts: %(wishes)s.")
            % {
                "wishes": "; ".join(
                    f"{label} ({Policy.Weight(-weight).label})" for weight, label in weighed
                )
            }
        )
    if rule is not None and rule.needs_deputy:
        said.append(_("Each place gets a deputy, from another organization."))
    if policy.spread:
        said.append(
            _("No organization leads more than %(number)s of the places of one parent.")
            % {"number": policy.spread}
        )
    if policy.term_limit_years:
        said.append(
            ngettext(
                "After %(num)s year in a place somebody else comes.",
                "After %(num)s years in a place somebody else comes.",
                policy.term_limit_years,
            )
            % {"num": policy.term_limit_years}
        )
    return said
