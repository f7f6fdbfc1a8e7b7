"""Regulations: read one, enter one, correct it, find it by its number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock
from footpath.core.dayfield import FIRST, LAST
from footpath.core.downloads import saved_as
from footpath.directory.models import Person
from footpath.knowledge import panels, rules, selectors, services
from footpath.knowledge.forms import RegulationForm
from footpath.knowledge.models import Regulation
from footpath.knowledge.services import RegulationWords
from footpath.knowledge.views.context import of_item


@signed_in
@require_safe
def regulation(request: Asked, pk: int) -> HttpResponse:
    """One regulation: its text or file, whether it is in force, what refers to it."""
    person: Person = request.person
    found = selectors.get_regulation_for(person, pk=pk)
    context = of_item(person, found) | {
        "answers": selectors.answers_referring_to(found),
        "replaces": selectors.replaced_by(found),
        "resting": panels.resting_on(person, found),
    }
    return render(request, "knowledge/regulation.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Enter a regulation; ``?number=`` and ``?on=`` fill in what is known already."""
    person: Person = request.person
    require(person, "knowledge.regulate")
    sent = request.method == "POST"
    initial = {"number": request.GET.get("number", "")[:80], "issued_on": _day(request)}
    form = RegulationForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        person=person,
        initial=initial,
    )
    if sent and form.is_valid():
        made = form.done(
            lambda: services.enter_regulation(
                said=_said(form.cleaned_data),
                upload=form.cleaned_data["upload"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The regulation stands in the library."))
            return redirect(made)
    return _form(request, form, None)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Asked, pk: int) -> HttpResponse:
    """Correct a regulation in force."""
    person: Person = request.person
    found = selectors.get_regulation_for(person, pk=pk)
    require(person, "knowledge.regulate")
    sent = request.method == "POST"
    names = ("number", "issued_on", "issuer", "title", "topic", "language", "text")
    form = RegulationForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        person=person,
        has_file=bool(found.file),
        initial={name: getattr(found, name) for name in (*names, "version")},
    )
    if sent and form.is_valid() and form.done(lambda: _changed(request, found, form)):
        messages.success(request, _("The regulation is corrected."))
        return redirect(found)
    return _form(request, form, found)


def _changed(request: Asked, found: Regulation, form: RegulationForm) -> bool:
    asked = form.cleaned_data
    services.change_regulation(
        regulation=found,
        said=_said(asked),
        upload=asked["upload"],
        remove_file=asked.get("remove_file", False),
        version=asked["version"],
        by=request.person,
        at=clock.now(),
    )
    return True


def _said(asked: dict[str, Any]) -> RegulationWords:
    names = ("number", "issued_on", "issuer", "title", "topic", "language", "text")
    return RegulationWords(**{name: asked[name] for name in names})


def _form(request: Asked, form: RegulationForm, found: Regulation | None) -> HttpResponse:
    context = {"form": form, "item": found}
    status = 422 if form.errors else 200
    return render(request, "knowledge/regulation_form.html", context, status=status)


@signed_in
@require_safe
def file(request: Asked, pk: int) -> Any:
    """The file of a regulation; always saved, never shown."""
    found = selectors.get_regulation_for(request.person, pk=pk)
    return saved_as(found.file_name, found.file)


@signed_in
@require_safe
def named(request: Asked) -> HttpResponse:
    """Open the regulation of a number and date, as a basis names it; else say what is there."""
    person: Person = request.person
    require(person, "knowledge.see")
    number, day = " ".join(request.GET.get("number", "").split())[:80], _day(request)
    exact = selectors.regulations_named(number, day)
    if len(exact) == 1:
        return redirect(exact[0])
    context = {
        "number": number,
        "day": day,
        "found": exact or selectors.regulations_named(number),
        "readable": bool(rules.number_key(number)),
        "may_enter": may(person, "knowledge.regulate"),
    }
    return render(request, "knowledge/named.html", context)


def _day(request: Asked) -> Any:
    """Return the day of ``?on=``, or None."""
    form = RegulationForm({"issued_on": request.GET.get("on", "")}, person=request.person)
    form.full_clean()
    day = form.cleaned_data.get("issued_on")
    return day if day is not None and FIRST <= day <= LAST else None
