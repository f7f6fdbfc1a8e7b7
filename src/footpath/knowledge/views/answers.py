"""Published answers: read one, draft one, change the draft. Nothing says who asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory.models import Person
from footpath.knowledge import selectors, services
from footpath.knowledge.forms import AnswerForm
from footpath.knowledge.models import Answer
from footpath.knowledge.services import AnswerWords
from footpath.knowledge.views.context import of_item


@signed_in
@require_safe
def answer(request: Asked, pk: int) -> HttpResponse:
    """One question and its answer; to those who work on it also how far it has come."""
    person: Person = request.person
    found = _found(person, pk)
    context = of_item(person, found) | {
        "regulations": selectors.regulations_of(found),
        "is_mine": found.drafted_by_id == person.pk,
        "today": clock.today(),
    }
    return render(request, "knowledge/answer.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Draft an answer."""
    person: Person = request.person
    require(person, "knowledge.draft")
    form = AnswerForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: services.draft_answer(
                said=_said(form.cleaned_data),
                answered_on=form.cleaned_data["answered_on"],
                approver=form.cleaned_data["approver"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The draft is kept. Somebody else approves it."))
            return redirect(made)
    return _form(request, form, None)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Asked, pk: int) -> HttpResponse:
    """Change a draft; whoever does so stands behind it and does not approve it."""
    person: Person = request.person
    found = _found(person, pk)
    require(person, "knowledge.draft")
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        person=person,
        changing=True,
        initial={
            "question": found.question,
            "text": found.text,
            "topic": found.topic_id,
            "language": found.language,
            "regulations": selectors.regulations_of(found),
            "approver": found.asked_to_approve,
            "consent": found.consent_confirmed,
            "version": found.version,
        },
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and form.done(lambda: _changed(person, form, found)):
        messages.success(request, _("The draft is changed."))
        return redirect(found)
    return _form(request, form, found)


def _found(person: Person, pk: int) -> Answer:
    found = selectors.get_item_for(person, pk=pk)
    if not isinstance(found, Answer):
        raise NotThere
    return found


def _changed(person: Person, form: AnswerForm, found: Answer) -> bool:
    services.change_answer(
        answer=found,
        said=_said(form.cleaned_data),
        approver=form.cleaned_data["approver"],
        version=form.cleaned_data["version"],
        by=person,
        at=clock.now(),
    )
    return True


def _said(asked: dict[str, Any]) -> AnswerWords:
    names = ("question", "text", "topic", "language", "consent", "regulations")
    return AnswerWords(**{name: asked[name] for name in names})


def _form(request: Asked, form: AnswerForm, found: Answer | None) -> HttpResponse:
    context = {"form": form, "item": found}
    status = 422 if form.errors else 200
    return render(request, "knowledge/answer_form.html", context, status=status)
