"""Letters of assignment as PDF, one by one or all of a plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from footpath.accounts.guards import Asked, signed_in
from footpath.assignments import letters as printed
from footpath.assignments import selectors
from footpath.assignments.models import Letter
from footpath.assignments.services import letters as letter_services
from footpath.core import pdf
from footpath.core.errors import NotThere


@signed_in
@require_GET
def plan_letters(request: Asked, pk: int) -> HttpResponse:
    """All letters of a plan in one file, each in its officer's language."""
    found = selectors.get_plan_for(request.person, pk=pk)
    letters = selectors.letters_of(found)
    if not letters:
        raise NotThere
    many = [(_facts(request, letter), letter.language) for letter in letters]
    try:
        body = printed.letters(many, language=get_language() or "en")
    except pdf.NotRendered:
        messages.error(request, _("The letters cannot be printed now; the log says why."))
        return redirect(found)
    return _pdf(f"letters-plan-{found.pk}.pdf", body)


@signed_in
@require_GET
def letter(request: Asked, pk: int) -> HttpResponse:
    """One letter as PDF, in its officer's language."""
    found = selectors.get_letter_for(request.person, pk=pk)
    try:
        body = printed.letter(_facts(request, found), language=found.language)
    except pdf.NotRendered:
        messages.error(request, _("The letter cannot be printed now; the log says why."))
        return redirect(found.assignment)
    return _pdf(f"letter-{found.number}-{found.year}.pdf", body)


def _facts(request: Asked, found: Letter) -> printed.LetterFacts:
    address = request.build_absolute_uri(found.assignment.get_absolute_url())
    return letter_services.facts_of(found, address=address)


def _pdf(name: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
