"""The file of a case, to be printed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.cases import printing, selectors
from footpath.core import pdf
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
