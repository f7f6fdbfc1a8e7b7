"""What the pages of this room have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.guards import Asked
from footpath.accounts.permissions import may
from footpath.directory.models import Area, Organization, Person

Crumb = dict[str, str]


@dataclass(frozen=True)
class Paper:
    """The words around a form: its title, what its button says, and where "Cancel" leads."""

    title: str
    submit: str
    back: str
    crumbs: list[Crumb]
    lead: str = ""
    icon: str = "check"


def form_page(request: Asked, form: forms.Form, paper: Paper, **context: Any) -> HttpResponse:
    """Return the page of a form; 422 with what was typed when something is to be corrected."""
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "directory/form.html", {"form": form, "paper": paper} | context, status=status
    )


def crumb(text: str, href: str, lang: str = "") -> Crumb:
    """Return one step of the line that says where a page stands."""
    return {"text": text, "href": href, "lang": lang}


def crumbs_of_area(area: Area, above: list[Area], *more: str) -> list[Crumb]:
    """Return the places from the root down to this one, and what is done there."""
    steps = [crumb(row.short_name, row.get_absolute_url(), row.lang) for row in (*above, area)]
    return [*steps, *(crumb(text, "") for text in more)]


def crumbs_of_organization(organization: Organization, *more: str) -> list[Crumb]:
    """Return the way to an organization, and what is done there."""
    steps = [
        crumb(_("Organizations"), reverse("directory:organizations")),
        crumb(organization.name, organization.get_absolute_url(), organization.lang),
    ]
    return [*steps, *(crumb(text, "") for text in more)]


def crumbs_of_person(person: Person, *more: str) -> list[Crumb]:
    """Return the way to a person, and what is done there."""
    steps = [
        crumb(_("People"), reverse("directory:people")),
        crumb(person.name, person.get_absolute_url()),
    ]
    return [*steps, *(crumb(text, "") for text in more)]


def may_change(person: Person, thing: Any = None) -> bool:
    """Return whether the person may change this place, organization, post or person."""
    return may(person, "directory.change", thing)
