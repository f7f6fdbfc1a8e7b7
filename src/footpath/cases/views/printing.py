"""What is printed: the file of a case, and the poster of a place."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import require
from footpath.cases import poster as posters
from footpath.cases import presenting, printing, selectors
from footpath.cases.selectors import public
from footpath.core import clock, pdf
from footpath.directory.models import Person


@require_safe
@signed_in
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the file of a case as PDF, in the reader's language, to somebody who may read it."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    try:
        body = printing.case_file(case, selectors.thread_of(case))
    except pdf.NotRendered:
        messages.error(request, _("The case cannot be printed now; the log says why."))
        return redirect(case)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    return response


@require_safe
@signed_in
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """Give the poster of a place in force as PDF, in the language asked for, else the reader's.

    For whoever shows cases of the place to the public.
    """
    person: Person = request.person
    area = public.place(code)
    require(person, "cases.publish", area)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = get_language() or settings.LANGUAGE_CODE
    above = presenting.place_of(area.parent) if area.parent is not None else ""
    facts = posters.PosterFacts(area.name, above, area.code, clock.today())
    try:
        body = posters.printed(facts, language=language)
    except pdf.NotRendered:
        messages.error(request, _("The poster cannot be printed now; the log says why."))
        return redirect(area)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="poster-{area.pk}.pdf"'
    return response
