"""The deeds on an item of the library, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory.models import Person
from footpath.knowledge import doing, presenting, rules, selectors
from footpath.knowledge.forms import FORMS, AssessForm, LibraryForm
from footpath.knowledge.models import Item, Practice
from footpath.knowledge.permissions import DEED
from footpath.knowledge.rules import Deed, Kind
from footpath.knowledge.selectors import Whole


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: Asked, pk: int, deed: str) -> HttpResponse:
    """Ask what a deed needs, and do it; say so when it is not possible now."""
    person: Person = request.person
    found = selectors.get_item_for(person, pk=pk)
    which = _deed_of(found, deed)
    thing = found if isinstance(found, Practice) and which is not Deed.SPREAD else None
    require(person, DEED[which], thing)
    form = _form(request, which, found)
    if request.method == "POST" and form.is_valid():

        def do() -> bool:
            doing.do(which, found, form.cleaned_data, by=person, at=clock.now())
            return True

        if form.done(do):
            messages.success(request, str(presenting.DEEDS[which].done))
            return redirect(found)
    if found.state not in rules.MOVES[which].before:
        return _not_now(request, found, which)
    context = {
        "item": found,
        "deed": which,
        "words": presenting.DEEDS[which],
        "form": form,
        "kind_many": presenting.KIND_MANY[Kind(found.kind)],
    }
    return render(request, "knowledge/deed.html", context, status=422 if form.errors else 200)


def _deed_of(found: Whole, word: str) -> Deed:
    """Return the deed of this name; NotThere when items of this kind know no such deed."""
    try:
        deed = Deed(word)
    except ValueError as unknown:
        raise NotThere from unknown
    if rules.MOVES[deed].after not in rules.STATES[Kind(found.kind)]:
        raise NotThere
    return deed


def _form(request: Asked, deed: Deed, found: Whole) -> LibraryForm:
    sent = request.POST if request.method == "POST" else None
    person: Person = request.person
    initial: dict[str, Any] = {"on": clock.today(), "version": found.version}
    if deed is Deed.ASSESS:
        posts = selectors.posts_held(person, on=clock.today())
        return AssessForm(sent, person=person, initial=initial, posts=posts)
    return FORMS[deed](sent, person=person, initial=initial)


def _not_now(request: Asked, found: Whole, deed: Deed) -> HttpResponse:
    context = {
        "item": found,
        "words": presenting.DEEDS[deed],
        "kind_many": presenting.KIND_MANY[Kind(found.kind)],
        "sentence": _("This is not possible now. It stands as: %(state)s.")
        % {"state": Item.State(found.state).label},
    }
    return render(request, "knowledge/deed_refused.html", context, status=409)
