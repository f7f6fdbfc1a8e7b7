"""The tree of places, and the page of a place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock, formats
from footpath.directory import panels, selectors, services
from footpath.directory.forms import AreaForm, CloseAreaForm, NewAreaForm
from footpath.directory.models import Area, Tier
from footpath.directory.selectors import Branch, Level
from footpath.directory.views.shared import Paper, crumb, crumbs_of_area, form_page, may_change

SEARCH_LIMIT = 50
MOST_TILES = 60


@signed_in
@require_safe
def places(request: Asked) -> HttpResponse:
    """Show the tree of places, opened down to ``open``; or the places found by ``q``.

    htmx asks for one place opened (``open``), closed (``closed``), or the places that follow on a
    long level (``open`` with ``after``), and gets just these.
    """
    typed = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"typed": typed, "found": None, "level": None}
    context["may_change"] = may_change(request.person)
    context["may_import"] = may(request.person, "directory.import")
    if typed:
        found = selectors.search_areas(request.person, typed, limit=SEARCH_LIMIT + 1)
        context["found"] = found[:SEARCH_LIMIT]
        context["more_found"] = len(found) > SEARCH_LIMIT
        return render(request, "directory/places.html", context)
    after = request.GET.get("after")
    response = (
        render(request, "directory/places_level.html", {"level": _asked_level(request, after)})
        if request.htmx
        else render(
            request,
            "directory/places.html",
            context | {"level": selectors.tree_of(request.person, _opened(request), after=after)},
        )
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


@signed_in
@require_safe
def area(request: Asked, code: str) -> HttpResponse:
    """Show a place: its figures, the places below it, and what the other rooms know of it."""
    place = selectors.get_area_for(request.person, code=code)
    above = selectors.ancestors_of(place)
    below = selectors.below(request.person, place)
    children = selectors.children_of(
        request.person, place, after=request.GET.get("after"), size=MOST_TILES
    )
    cards = panels.panels_for(request.person, place)
    organizations = selectors.organizations_for(request.person, place=place, size=5)
    context = {
        "area": place,
        "crumbs": crumbs_of_area(place, above),
        "second": _second_line(place, below),
        "children": children,
        "children_title": _title_over(children.rows),
        "as_tiles": request.GET.get("after") is None and children.next_after is None,
        "facts": panels.children_facts_for(request.person, children.rows),
        "no_facts": panels.ChildFacts(),
        "figures": panels.figures_for(request.person, place),
        "main_cards": [_card(request, card, place) for card in cards if card.column == "main"],
        "side_cards": [_card(request, card, place) for card in cards if card.column == "side"],
        "organizations": organizations,
        "may_change": may_change(request.person, place),
        "may_raise": place.valid_until is None and may(request.person, "cases.raise", place),
        "may_report": may(request.person, "reports.read", place),
        "closed": place.valid_until is not None and place.valid_until < clock.today(),
    }
    return render(request, "directory/area.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def new_area(request: Asked) -> HttpResponse:
    """Add a place; ``parent`` says below which."""
    require(request.person, "directory.change")
    parent, tier = _parent_and_tier(request)
    form = NewAreaForm(
        request.POST or None,
        person=request.person,
        initial={"parent": parent, "tier": tier.pk if tier else None},
    )
    if form.is_valid():
        made = form.done(
            lambda: services.create_area(by=request.person, at=clock.now(), **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("%(name)s is in the tree.") % {"name": made.name})
            return redirect(made)
    place = _("Places")
    paper = Paper(
        title=_("Add a place"),
        submit=_("Add the place"),
        icon="plus",
        back=parent.get_absolute_url() if parent else reverse("directory:places"),
        crumbs=[crumb(place, reverse("directory:places")), crumb(_("Add a place"), "")],
    )
    return form_page(request, form, paper, no_tiers=not Tier.objects.exists())


@signed_in
@require_http_methods(["GET", "POST"])
def change_area(request: Asked, code: str) -> HttpResponse:
    """Rename a place, or put right its code, kind, first day or position."""
    place = selectors.get_area_for(request.person, code=code)
    require(request.person, "directory.change", place)
    form = AreaForm(
        request.POST or None,
        person=request.person,
        initial={name: getattr(place, name) for name in AreaForm.base_fields},
    )
    if form.is_valid():
        form.done(
            lambda: services.correct_area(
                area=place, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(place)
        place = selectors.get_area_for(request.person, code=code)
    paper = Paper(
        title=_("Change %(name)s") % {"name": place.name},
        submit=_("Save the place"),
        back=place.get_absolute_url(),
        crumbs=crumbs_of_area(place, selectors.ancestors_of(place), _("Change")),
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def close_area(request: Asked, code: str) -> HttpResponse:
    """Say which day is the last of a place."""
    place = selectors.get_area_for(request.person, code=code)
    require(request.person, "directory.change", place)
    form = CloseAreaForm(
        request.POST or None, person=request.person, initial={"until": clock.today()}
    )
    if form.is_valid():
        form.done(
            lambda: services.close_area(
                area=place, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(
                request,
                _("%(name)s is closed after %(day)s.")
                % {"name": place.name, "day": formats.day_year(place.valid_until)},
            )
            return redirect(place)
    paper = Paper(
        title=_("Close %(name)s") % {"name": place.name},
        submit=_("Close %(name)s") % {"name": place.name},
        back=place.get_absolute_url(),
        crumbs=crumbs_of_area(place, selectors.ancestors_of(place), _("Close")),
        lead=_(
            "A closed place keeps its page, its cases and its history. Nobody can be put in "
            "charge of it after its last day, and its code is free for another place."
        ),
        icon="x",
    )
    return form_page(request, form, paper)


# --- pieces ---------------------------------------------------------------------------------------


def _opened(request: Asked) -> Area | None:
    code = request.GET.get("open")
    return selectors.get_area_for(request.person, code=code) if code else None


def _asked_level(request: Asked, after: str | None) -> Level:
    """Return the piece of the tree that htmx asked for, as a level of its own."""
    closed = request.GET.get("closed")
    if closed:
        branch = selectors.get_branch_for(request.person, code=closed)
        return Level(branch.parent, [Branch(branch)])
    code = request.GET.get("open")
    place = selectors.get_branch_for(request.person, code=code) if code else None
    page = selectors.children_of(request.person, place, after=after)
    level = Level(place, [Branch(row) for row in page.rows], page.next_after)
    if after or place is None:
        return level
    return Level(place.parent, [Branch(place, level)])


def _card(request: Asked, card: panels.Panel, place: Area) -> str:
    context = {"area": place, "panel": card} | card.context
    return render_to_string(card.template, context, request=request)


def _second_line(place: Area, below: list[selectors.Below]) -> str:
    parts = [place.tier.name]
    if below:
        parts.append(", ".join(row.tier.counted(row.number) for row in below))
    parts.append(_("Code %(code)s") % {"code": place.code})
    return f"{'. '.join(parts)}."


def _title_over(children: Any) -> str:
    tiers = {child.tier for child in children}
    return tiers.pop().many if len(tiers) == 1 else _("Places below")


def _parent_and_tier(request: Asked) -> tuple[Area | None, Tier | None]:
    code = request.GET.get("parent")
    parent = selectors.get_area_for(request.person, code=code) if code else None
    level = -1 if parent is None else parent.tier.level
    return parent, Tier.objects.filter(level__gt=level).order_by("level").first()
