"""How long cases may take: the table of targets, and due dates counted anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may, require
from footpath.cases import selectors, services
from footpath.cases.clock_forms import NewTargetForm, RecountForm, TargetForm
from footpath.cases.models import Target
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def targets(request: HttpRequest) -> HttpResponse:
    """Show the targets to everybody; those above all change them in place and add one."""
    person: Person = request.person
    if request.method == "POST":
        require(person, "cases.targets")
    new = NewTargetForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and new.is_valid():
        asked = new.cleaned_data
        made = new.done(
            lambda: services.add_target(
                kind=asked["kind"],
                category=asked["category"],
                tier=asked["tier"],
                amount=asked["amount"],
                unit=asked["unit"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The target is set. It counts from the next leg on."))
            return redirect("cases:targets")
    return _table(request, new=new, status=422 if new.is_bound else 200)


@require_http_methods(["POST"])
@signed_in
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a target, or take it away."""
    person: Person = request.person
    row = selectors.get_target_for(person, pk=pk)
    require(person, "cases.targets")
    if request.POST.get("deed") == "remove":
        try:
            services.remove_target(target=row, by=person, at=clock.now())
        except RuleBroken as broken:
            messages.warning(request, str(broken))
        else:
            messages.success(request, _("The target is taken away."))
        return redirect("cases:targets")
    form = TargetForm(request.POST, target=row, person=person)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            services.change_target(
                target=row,
                amount=asked["amount"],
                unit=asked["unit"],
                expected=asked["expected"],
                by=person,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The target is changed. It counts from the next leg on."))
            return redirect("cases:targets")
    return _table(request, bad=(pk, form), status=422)


def _table(
    request: HttpRequest,
    *,
    new: NewTargetForm | None = None,
    bad: tuple[int, TargetForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    person: Person = request.person
    rows: list[tuple[Target, TargetForm]] = []
    for row in selectors.targets_all(person):
        form = bad[1] if bad is not None and bad[0] == row.pk else None
        rows.append((row, form or TargetForm(target=row, person=person)))
    context = {
        "rows": rows,
        "bad": bad[1] if bad is not None else None,
        "new": new or NewTargetForm(person=person),
        "may_set": may(person, "cases.targets"),
        "may_recount": may(person, "cases.clocks"),
        "may_see_hours": may(person, "directory.hours"),
        "words": {row.pk: selectors.amount_word(row.amount, row.unit) for row, _form in rows},
    }
    return render(request, "cases/targets.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def recount(request: HttpRequest) -> HttpResponse:
    """Show which due dates of a place the present calendar moves, and count them anew."""
    person: Person = request.person
    require(person, "cases.clocks")
    sent = request.POST if request.method == "POST" else request.GET or None
    form = RecountForm(sent, person=person)
    place: Area | None = None
    asked = False
    if form.is_bound and form.is_valid():
        place, asked = form.cleaned_data["place"], True
        if place is None:
            require(person, "directory.settle_year")
        else:
            require(person, "cases.clocks", place)
    if request.method == "POST" and asked:
        changed, refused = services.recount_clocks(place=place, by=person, at=clock.now())
        messages.success(
            request,
            ngettext(
                "%(count)s due date is another now.",
                "%(count)s due dates are others now.",
                changed,
            )
            % {"count": changed},
        )
        for row in refused[:1]:
            messages.warning(request, row.refused)
        query = {"place": place.code} if place is not None else {}
        return redirect(reverse("cases:recount", query=query))
    moved = list(services.moved_clocks(place)) if asked else []
    context = {
        "form": form,
        "place": place,
        "asked": asked,
        "count": sum(row.counted is not None for row in moved),
        "moved": [
            (row, selectors.leg_word(row.clock))
            for row in moved
            if row.counted is not None and may(person, "cases.see", row.clock.case)
        ][:MOST_SHOWN],
        "refused": [row for row in moved if row.counted is None],
        "crumbs": directory.ancestors_of(place) if place is not None else [],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "cases/recount.html", context, status=status)
