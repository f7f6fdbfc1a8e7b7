"""Pages of the trail."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from footpath.accounts import selectors, verification
from footpath.accounts.forms import TrailFilter
from footpath.accounts.guards import Asked, signed_in

MOST_LINES_ON_A_PAGE = 100_000
MOST_FINDINGS_ON_A_PAGE = 100


@signed_in
def trail(request: Asked) -> HttpResponse:
    """List the trail, the newest lines first, for whoever may read it."""
    form = TrailFilter(request.GET or None)
    form.is_valid()
    wanted = form.cleaned_data if form.is_bound else {}  # without the fields that cannot be read
    page = selectors.trail_for(request.person, **wanted, after=request.GET.get("after"))
    context = {"form": form, "page": page, "set_count": sum(map(bool, wanted.values()))}
    return render(request, "accounts/trail.html", context | _paging(request, page))


@signed_in
def history(request: Asked) -> HttpResponse:
    """Show the lines of one subject."""
    subject = request.GET.get("subject", "")
    page = selectors.history_for(request.person, subject=subject, after=request.GET.get("after"))
    context = {
        "page": page,
        "subject": subject,
        "name": selectors.name_of_subject(subject),
        "chain": selectors.chain_of(subject),
    }
    return render(request, "accounts/history.html", context | _paging(request, page))


@require_POST
@signed_in
def check(request: Asked) -> HttpResponse:
    """Verify one chain, or the whole trail while it is short enough to wait for."""
    subject = request.POST.get("subject") or None
    most = MOST_LINES_ON_A_PAGE
    walk = verification.Walk()
    findings: list[Any] = []
    too_long = selectors.lines_in_trail(request.person, most=most + 1) > most and not subject
    if not too_long:
        found = verification.verify(walk, subject=subject)
        findings = list(islice(found, MOST_FINDINGS_ON_A_PAGE))
        found.close()
    context = {
        "subject": subject,
        "walk": walk,
        "findings": findings,
        "too_long": too_long,
        "most": most,
        "more": len(findings) == MOST_FINDINGS_ON_A_PAGE,
    }
    return render(request, "accounts/check.html", context)


def _paging(request: Asked, page: Any) -> dict[str, Any]:
    """Return the addresses around a page, and the words for its subjects."""
    query = request.GET.copy()
    query.pop("after", None)
    first = f"?{query.urlencode()}" if "after" in request.GET else None
    if page.next_after:
        query["after"] = page.next_after
    return {
        "next": f"?{query.urlencode()}" if page.next_after else None,
        "first": first,
        "name_of": selectors.name_of_subject,
        "trail_url": reverse("accounts:trail"),
    }
