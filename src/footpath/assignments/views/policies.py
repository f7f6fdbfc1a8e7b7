"""How the places of a tier are planned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import planning, selectors
from footpath.assignments.plan_desk import posted
from footpath.assignments.plan_forms import PolicyForm
from footpath.assignments.services import policies
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: Asked) -> HttpResponse:
    """How the places of ``?tier=`` in ``?place=`` are planned."""
    person: Person = request.person
    area = asked.area_of_planners(person, request.GET.get("place"))
    require(person, "assignments.plan", area)
    tiers = selectors.tiers_to_plan(area)
    tier = asked.tier_below(tiers, request.GET.get("tier"))
    if tier is None:
        return redirect("assignments:plan-new")
    found, rule = planning.policy_for(area, tier), planning.rule_for(area, tier)
    form = PolicyForm(
        posted(request),
        person=person,
        tiers=list(Tier.objects.filter(level__lt=tier.level)),
        organizations=selectors.organizations_asked(area, found),
        initial={
            "keep": found.keep,
            "fair": found.fair,
            "near": found.near,
            "places_each": found.places_each,
            "spread": found.spread,
            "term_limit_years": found.term_limit_years,
            "organizations_left_out": list(found.organizations_left_out.all()) if found.pk else [],
            "officers_of": rule.officers_of if rule else None,
            "needs_deputy": rule.needs_deputy if rule else False,
        },
    )
    if not may(person, "assignments.cover", area):
        for name in ("officers_of", "needs_deputy"):
            form.fields[name].disabled = True
    if form.is_valid():
        changed = form.done(lambda: _change_policy(form, area, tier, by=person))
        if changed is not None:
            messages.success(request, _("The policy holds for the next plan."))
            return redirect(
                asked.address("assignments:plan-policy", place=area.code, tier=tier.code)
            )
    terms = planning.terms_of(found, rule)
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "tier": tier,
        "tiers": tiers,
        "form": form,
        "policy": found,
        "inherited": found.pk is not None and found.area_id != area.pk,
        "sentences": selectors.policy_in_words(found, terms, tier, rule),
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/plans/policy.html", context, status=status)


def _change_policy(form: PolicyForm, area: Area, tier: Tier, *, by: Person) -> Any:
    asked = dict(form.cleaned_data)
    asked["organizations_left_out"] = tuple(asked["organizations_left_out"])
    return policies.change_policy(
        area=area, tier=tier, wishes=policies.Wishes(**asked), by=by, at=clock.now()
    )
