"""Handing one case to an outside system; trying again; keeping it here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.cases import presenting, selectors
from footpath.cases.models import Case, Endpoint
from footpath.cases.routing_forms import SendOutForm
from footpath.cases.selectors import handoffs
from footpath.cases.services import sending_out as deeds
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def send_out(request: Asked, pk: int) -> HttpResponse:
    """Ask to which outside system a case goes, or do what its card offers."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    require(person, "cases.transfer", case)
    deed = request.POST.get("deed", "send") if request.method == "POST" else ""
    form = SendOutForm(request.POST if deed == "send" else None, person=person)
    status, problem, said = (422 if deed else 200), "", ""
    try:
        if deed in {"again", "keep"}:
            said = _settled(deed, case, request.POST.get("handoff", ""), person)
        elif deed == "send" and form.is_valid():
            said = _sent(case, person, **form.cleaned_data)
    except RuleBroken as broken:
        status, problem = broken.status, str(broken)
    if said:
        messages.success(request, said)
        return redirect(case)
    context = {
        "case": case,
        "place": presenting.place_of(case.area),
        "form": form,
        "problem": problem,
        "has_systems": handoffs.in_use().exists(),
    }
    return render(request, "cases/send_out.html", context, status=status)


def _settled(deed: str, case: Case, pk: str, person: Person) -> str:
    """Try a refused sending again, or keep the case here; return what to say."""
    handoff = handoffs.get_handoff_of(case, pk=pk)
    if deed == "keep":
        deeds.keep_here(handoff=handoff, by=person, at=clock.now())
        return _("%(number)s stays here.") % {"number": case.number}
    return _sent(case, person, handoff.endpoint, handoff.service_code)


def _sent(case: Case, person: Person, endpoint: Endpoint, service_code: str) -> str:
    _handoff, is_new = deeds.send_out(
        case=case, endpoint=endpoint, service_code=service_code, by=person, at=clock.now()
    )
    words = {"number": case.number, "system": endpoint.name}
    if is_new:
        return _("%(number)s goes to %(system)s within a minute.") % words
    return _("%(number)s is on its way to %(system)s or lies there already.") % words
