"""Good practices: read one, propose one, and say what a unit makes of it. Source: S4.7."""

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
from footpath.core.errors import NotAllowed, NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.knowledge import selectors, services
from footpath.knowledge.forms import AdoptForm, PracticeForm
from footpath.knowledge.models import Practice, Spread
from footpath.knowledge.rules import Kind, Outcome
from footpath.knowledge.services import PracticeWords
from footpath.knowledge.views.context import of_item


@signed_in
@require_safe
def practice(request: Asked, pk: int) -> HttpResponse:
    """One practice: what is done, what came of it, who took it up."""
    person: Person = request.person
    found = _found(person, pk)
    spread = selectors.spread_of(found)
    context = of_item(person, found) | {
        "spread": spread,
        "mine": {row.pk for row in spread.rows if may(person, "knowledge.adopt", row)},
        "is_mine": found.made_by_id == person.pk,
    }
    return render(request, "knowledge/practice.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Propose a good practice of a unit."""
    person: Person = request.person
    if Kind.PRACTICE not in selectors.kinds_to_write(person):
        raise NotAllowed(_("A practice is proposed by whoever belongs to a unit."))
    home = directory.home_area_of(person)
    form = PracticeForm(
        request.POST if request.method == "POST" else None, person=person, initial={"origin": home}
    )
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: services.propose_practice(
                said=_said(form.cleaned_data),
                origin=form.cleaned_data["origin"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The practice is proposed. Somebody else assesses it."))
            return redirect(made)
    return _form(request, form, None)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Asked, pk: int) -> HttpResponse:
    """Change one's own proposal while nobody has assessed it."""
    person: Person = request.person
    found = _found(person, pk)
    if found.made_by_id != person.pk:
        raise NotAllowed(_("Only whoever proposed it changes its words."))
    names = ("title", "description", "result", "topic", "language")
    form = PracticeForm(
        request.POST if request.method == "POST" else None,
        person=person,
        changing=True,
        initial={name: getattr(found, name) for name in (*names, "version")},
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and form.done(lambda: _changed(person, form, found)):
        messages.success(request, _("The proposal is changed."))
        return redirect(found)
    return _form(request, form, found)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: Asked, pk: int, row: int) -> HttpResponse:
    """Say what a unit makes of a practice that was spread to it."""
    person: Person = request.person
    found = selectors.get_spread_for(person, practice=pk, pk=row)
    require(person, "knowledge.adopt", found)
    form = AdoptForm(
        request.POST if request.method == "POST" else None,
        person=person,
        initial={
            "outcome": found.outcome,
            "on": found.outcome_on or clock.today(),
            "sentence": found.sentence,
        },
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and form.done(lambda: _adopted(person, form, found)):
        messages.success(request, _("Your answer is kept."))
        return redirect(found.practice)
    context = {"form": form, "spread": found, "item": found.practice}
    status = 422 if form.errors else 200
    return render(request, "knowledge/adopt.html", context, status=status)


def _found(person: Person, pk: int) -> Practice:
    found = selectors.get_item_for(person, pk=pk)
    if not isinstance(found, Practice):
        raise NotThere
    return found


def _changed(person: Person, form: PracticeForm, found: Practice) -> bool:
    services.change_practice(
        practice=found,
        said=_said(form.cleaned_data),
        version=form.cleaned_data["version"],
        by=person,
        at=clock.now(),
    )
    return True


def _adopted(person: Person, form: AdoptForm, found: Spread) -> bool:
    asked = form.cleaned_data
    services.record_adoption(
        spread=found,
        outcome=Outcome(asked["outcome"]),
        on=asked["on"],
        sentence=asked["sentence"],
        by=person,
        at=clock.now(),
    )
    return True


def _said(asked: dict[str, Any]) -> PracticeWords:
    names = ("title", "description", "result", "topic", "language")
    return PracticeWords(**{name: asked[name] for name in names})


def _form(request: Asked, form: PracticeForm, found: Practice | None) -> HttpResponse:
    context = {"form": form, "item": found}
    status = 422 if form.errors else 200
    return render(request, "knowledge/practice_form.html", context, status=status)
