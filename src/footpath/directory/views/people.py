"""People in office: the list, one person's page, their memberships, and how they sign in."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock, textsearch
from footpath.core.errors import NotThere
from footpath.directory import panels, rules, selectors, services
from footpath.directory.forms import (
    AccessForm,
    EndMembershipForm,
    JoinForm,
    MembershipForm,
    PersonForm,
)
from footpath.directory.models import Person
from footpath.directory.views.shared import Paper, crumb, crumbs_of_person, form_page, may_change


@signed_in
@require_safe
def people(request: Asked) -> HttpResponse:
    """List people in office by name: all, those found by ``q``, or those of an organization."""
    typed = request.GET.get("q", "").strip()
    code = request.GET.get("organization", "").strip()
    unit = selectors.get_organization_for(request.person, code=code) if code else None
    page = selectors.people_for(
        request.person, typed=typed, organization=unit, after=request.GET.get("after")
    )
    context = {
        "page": page,
        "typed": typed,
        "organization": unit,
        "may_change": may_change(request.person),
    }
    return render(request, "directory/people.html", context)


@signed_in
@require_safe
def person(request: Asked, pk: int) -> HttpResponse:
    """Show somebody in office: posts, memberships, what the other rooms know, and sign-in."""
    shown = selectors.get_person_for(request.person, pk=pk)
    return _person_page(request, shown, AccessForm(person=request.person, initial=_suggest(shown)))


@signed_in
@require_http_methods(["GET", "POST"])
def new_person(request: Asked) -> HttpResponse:
    """Add somebody in office."""
    require(request.person, "directory.change")
    form = PersonForm(request.POST or None, person=request.person)
    if form.is_valid():
        made = form.done(
            lambda: services.create_person(by=request.person, at=clock.now(), **form.cleaned_data)
        )
        if made is not None:
            messages.success(
                request, _("%(name)s is added. Say next where they belong.") % {"name": made.name}
            )
            return redirect(made)
    listed = reverse("directory:people")
    title = _("Add a person")
    paper = Paper(
        title=title,
        submit=_("Add the person"),
        back=listed,
        crumbs=[crumb(_("People"), listed), crumb(title, "")],
        lead=_("Only people in office, and only what the office needs to reach them."),
        icon="plus",
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def change_person(request: Asked, pk: int) -> HttpResponse:
    """Put right what the office keeps of somebody."""
    shown = selectors.get_person_for(request.person, pk=pk)
    require(request.person, "directory.change", shown)
    form = PersonForm(
        request.POST or None,
        person=request.person,
        initial={name: getattr(shown, name) for name in PersonForm.base_fields},
    )
    if form.is_valid():
        form.done(
            lambda: services.change_person(
                person=shown, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(shown)
    paper = Paper(
        title=_("Change %(name)s") % {"name": shown.name},
        submit=_("Save the person"),
        back=shown.get_absolute_url(),
        crumbs=crumbs_of_person(shown, _("Change")),
    )
    return form_page(request, form, paper)


# --- memberships ----------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "POST"])
def join(request: Asked, pk: int) -> HttpResponse:
    """Ask which organization somebody is to belong to; the post and the days come next."""
    shown = selectors.get_person_for(request.person, pk=pk)
    require(request.person, "directory.change", shown)
    form = JoinForm(request.POST or None, person=request.person)
    if form.is_valid():
        unit = form.cleaned_data["organization"]
        return redirect("directory:start-membership", pk=shown.pk, code=unit.code)
    paper = Paper(
        title=_("Where does %(name)s belong?") % {"name": shown.name},
        submit=_("Next: post and days"),
        back=shown.get_absolute_url(),
        crumbs=crumbs_of_person(shown, _("Add a membership")),
        icon="chevron-right",
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def start_membership(request: Asked, pk: int, code: str) -> HttpResponse:
    """Give somebody a post in an organization, or make them a plain member of it."""
    shown = selectors.get_person_for(request.person, pk=pk)
    unit = selectors.get_organization_for(request.person, code=code)
    require(request.person, "directory.change", unit)
    form = MembershipForm(
        request.POST or None,
        person=request.person,
        organization=unit,
        initial={"start": clock.today()},
    )
    if form.is_valid():
        made = form.done(
            lambda: services.start_membership(
                person=shown,
                organization=unit,
                by=request.person,
                at=clock.now(),
                **form.cleaned_data,
            )
        )
        if made is not None:
            messages.success(
                request,
                _("%(name)s belongs to %(organization)s.")
                % {"name": shown.name, "organization": unit.name},
            )
            return redirect(shown)
    paper = Paper(
        title=_("%(name)s in %(organization)s") % {"name": shown.name, "organization": unit.name},
        submit=_("Add the membership"),
        back=shown.get_absolute_url(),
        crumbs=crumbs_of_person(shown, _("Add a membership")),
        lead=_("A post gives its role from the first day on."),
        icon="plus",
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def change_membership(request: Asked, pk: int) -> HttpResponse:
    """Put right the post or the days of a membership."""
    held = selectors.get_membership_for(request.person, pk=pk)
    require(request.person, "directory.change", held)
    form = MembershipForm(
        request.POST or None,
        person=request.person,
        organization=held.organization,
        initial={"post": held.post_id, "start": held.start, "until": held.until},
    )
    if form.is_valid():
        form.done(
            lambda: services.change_membership(
                membership=held, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(held.person)
    paper = Paper(
        title=_("%(name)s in %(organization)s")
        % {"name": held.person.name, "organization": held.organization.name},
        submit=_("Save the membership"),
        back=held.person.get_absolute_url(),
        crumbs=crumbs_of_person(held.person, _("Change")),
    )
    return form_page(request, form, paper)


@signed_in
@require_http_methods(["GET", "POST"])
def end_membership(request: Asked, pk: int) -> HttpResponse:
    """Say which day is the last of a membership."""
    held = selectors.get_membership_for(request.person, pk=pk)
    require(request.person, "directory.change", held)
    form = EndMembershipForm(
        request.POST or None, person=request.person, initial={"until": clock.today()}
    )
    if form.is_valid():
        form.done(
            lambda: services.end_membership(
                membership=held, by=request.person, at=clock.now(), **form.cleaned_data
            )
        )
        if not form.errors:
            messages.success(request, _("The last day is set."))
            return redirect(held.person)
    paper = Paper(
        title=_("%(name)s leaves %(organization)s")
        % {"name": held.person.name, "organization": held.organization.name},
        submit=_("End the membership"),
        back=held.person.get_absolute_url(),
        crumbs=crumbs_of_person(held.person, _("End")),
        icon="door-exit",
    )
    return form_page(request, form, paper)


# --- signing in -----------------------------------------------------------------------------------


@signed_in
@require_POST
def give_access(request: Asked, pk: int) -> HttpResponse:
    """Make a user for somebody and show the first password, this once."""
    shown = selectors.get_person_for(request.person, pk=pk)
    form = AccessForm(request.POST, person=request.person)
    if form.is_valid():
        password = form.done(
            lambda: services.give_access(
                person=shown,
                username=form.cleaned_data["username"],
                by=request.person,
                at=clock.now(),
            )
        )
        if password is not None:
            return _password_page(request, shown, password)
    return _person_page(request, shown, form)


@signed_in
@require_POST
def new_password(request: Asked, pk: int) -> HttpResponse:
    """Set a new password for somebody and show it, this once."""
    shown = selectors.get_person_for(request.person, pk=pk)
    password = services.give_new_password(person=shown, by=request.person, at=clock.now())
    return _password_page(request, shown, password)


@signed_in
@require_POST
def access(request: Asked, pk: int, deed: str) -> HttpResponse:
    """Stop somebody's access, or let them sign in again."""
    deeds: dict[str, tuple[Callable[..., None], str]] = {
        "stop": (services.stop_access, _("%(name)s can no longer sign in.")),
        "resume": (services.resume_access, _("%(name)s can sign in again.")),
    }
    if deed not in deeds:
        raise NotThere
    shown = selectors.get_person_for(request.person, pk=pk)
    do, sentence = deeds[deed]
    do(person=shown, by=request.person, at=clock.now())
    messages.success(request, sentence % {"name": shown.name})
    return redirect(shown)


def _person_page(request: Asked, shown: Person, form: AccessForm) -> HttpResponse:
    today = clock.today()
    held = selectors.memberships_of(request.person, shown)
    cards = panels.person_panels_for(request.person, shown)
    may_do = may_change(request.person, shown)
    context = {
        "shown": shown,
        "crumbs": crumbs_of_person(shown),
        "current": [row for row in held if rules.in_force(None, row.until, today)],
        "former": [row for row in held if not rules.in_force(None, row.until, today)],
        "today": today,
        "main_cards": [_card(request, card, shown) for card in cards if card.column == "main"],
        "side_cards": [_card(request, card, shown) for card in cards if card.column == "side"],
        "may_change": may_do,
        "changeable": {row.pk for row in held if may_do and may_change(request.person, row)},
        "may_manage": may(request.person, "accounts.manage", shown),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "directory/person.html", context, status=status)


def _card(request: Asked, card: panels.Panel, shown: Person) -> str:
    context = {"shown": shown, "panel": card} | card.context
    return render_to_string(card.template, context, request=request)


def _password_page(request: Asked, shown: Person, password: str) -> HttpResponse:
    context = {
        "shown": shown,
        "password": password,
        "crumbs": crumbs_of_person(shown, _("Sign-in")),
    }
    return render(request, "directory/password.html", context)


def _suggest(shown: Person) -> dict[str, str]:
    return {"username": ".".join(textsearch.tokens(shown.name)) if shown.name.strip() else ""}
