"""Organizations and their posts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.directory import selectors, services
from footpath.directory.forms import MovePostForm, OrganizationForm, PostForm
from footpath.directory.models import Organization
from footpath.directory.views.shared import (
    Paper,
    crumb,
    crumbs_of_organization,
    form_page,
    may_change,
)

PEOPLE_SHOWN = 20


@signed_in
@require_safe
def organizations(request: Asked) -> HttpResponse:
    """List organizations by name: all, those found by ``q``, or those of a ``place`` and below."""
    typed = request.GET.get("q", "").strip()
    code = request.GET.get("place", "").strip()
    place = selectors.get_area_for(request.person, code=code) if code else None
    page = selectors.organizations_for(
        request.person, typed=typed, place=place, within=True, after=request.GET.get("after")
    )
    context = {
        "page": page,
        "typed": typed,
        "place": place,
        "may_change": may_change(request.person),
    }
    return render(request, "directory/organizations.html", context)


@signed_in
@require_safe
def organization(request: Asked, code: str) -> HttpResponse:
    """Show an organization: its place, what stands under it, its posts and its people."""
    found = selectors.get_organization_for(request.person, code=code)
    context = {
        "organization": found,
        "crumbs": crumbs_of_organization(found),
        "children": selectors.children_of_organization(request.person, found),
        "posts": selectors.posts_of(request.person, found),
        "people": selectors.people_for(request.person, organization=found, size=PEOPLE_SHOWN),
        "may_change": may_change(request.person, found),
    }
    return render(request, "directory/organization.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def new_organization(request: Asked) -> HttpResponse:
    """Add an organization; ``place`` and ``parent`` say where."""
    require(request.person, "directory.change")
    initial: dict[str, Any] = {
        "area": request.GET.get("place", ""),
        "parent": request.GET.get("parent", ""),
        "kind": Organization.Kind.OFFICE,
    }
    form = OrganizationForm(request.POST or None, person=request.person, initial=initial)
    if form.is_valid():
        made = form.done(
            lambda: services.create_organization(
                by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if made is not None:
            messages.success(request, _("%(name)s is added.") % {"name": made.name})
            return redirect(made)
    listed = reverse("directory:organizations")
    title = _("Add an organization")
    paper = Paper(
        title=title,
        submit=_("Add the organization"),
        back=listed,
        crumbs=[crumb(_("Organizations"), listed), crumb(title, "")],
        icon="plus",
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def change_organization(request: Asked, code: str) -> HttpResponse:
    """Rename an organization, put right its code or kind, or move it."""
    found = selectors.get_organization_for(request.person, code=code)
    require(request.person, "directory.change", found)
    form = OrganizationForm(
        request.POST or None,
        person=request.person,
        initial={name: getattr(found, name) for name in OrganizationForm.base_fields},
    )
    if form.is_valid():
        form.done(
            lambda: services.change_organization(
                organization=found, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(found)
        found = selectors.get_organization_for(request.person, code=code)
    paper = Paper(
        title=_("Change %(name)s") % {"name": found.name},
        submit=_("Save the organization"),
        back=found.get_absolute_url(),
        crumbs=crumbs_of_organization(found, _("Change")),
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def new_post(request: Asked, code: str) -> HttpResponse:
    """Add a post to an organization."""
    found = selectors.get_organization_for(request.person, code=code)
    require(request.person, "directory.change", found)
    form = PostForm(request.POST or None, person=request.person, initial={"role": "member"})
    if form.is_valid():
        made = form.done(
            lambda: services.create_post(
                organization=found, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if made is not None:
            messages.success(request, _("The post “%(title)s” is added.") % {"title": made.title})
            return redirect(found)
    paper = Paper(
        title=_("Add a post"),
        submit=_("Add the post"),
        back=found.get_absolute_url(),
        crumbs=crumbs_of_organization(found, _("Add a post")),
        lead=found.name,
        icon="plus",
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def change_post(request: Asked, pk: int) -> HttpResponse:
    """Change the title of a post, its role, or where the role holds."""
    post = selectors.get_post_for(request.person, pk=pk)
    require(request.person, "directory.change", post)
    form = PostForm(
        request.POST or None,
        person=request.person,
        initial={name: getattr(post, name) for name in PostForm.base_fields},
    )
    if form.is_valid():
        form.done(
            lambda: services.change_post(
                post=post, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(post.organization)
    paper = Paper(
        title=_("Change the post “%(title)s”") % {"title": post.title},
        submit=_("Save the post"),
        back=post.organization.get_absolute_url(),
        crumbs=crumbs_of_organization(post.organization, post.title),
        lead=_("A changed role holds at once for whoever holds the post."),
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def move_post(request: Asked, pk: int) -> HttpResponse:
    """Put a post, and whoever holds it, under another organization."""
    post = selectors.get_post_for(request.person, pk=pk)
    require(request.person, "directory.change", post)
    left = post.organization
    form = MovePostForm(request.POST or None, person=request.person, initial={"on": clock.today()})
    if form.is_valid():
        form.done(
            lambda: services.move_post(
                post=post, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("The post “%(title)s” is moved.") % {"title": post.title})
            return redirect(form.cleaned_data["organization"])
    paper = Paper(
        title=_("Move the post “%(title)s”") % {"title": post.title},
        submit=_("Move the post"),
        back=left.get_absolute_url(),
        crumbs=crumbs_of_organization(left, post.title),
    )
    return form_page(request, form, paper)
