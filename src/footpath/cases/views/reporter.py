"""Giving the knowledge of a confidential reporter to another handler."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import require
from footpath.cases import selectors, services
from footpath.cases.reply_forms import HandlerForm
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person


@require_http_methods(["GET", "POST"])
@signed_in
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who is to know the reporter from now on; the page itself names nobody."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    require(person, "cases.hand_reporter", case)
    form = HandlerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            to: Person = form.cleaned_data["to"]
            try:
                services.hand_knowledge(case=case, to=to, by=person, at=clock.now())
            except RuleBroken as broken:
                form.add_error("code", str(broken))
                status = broken.status
            else:
                messages.success(
                    request, _("From now on only %(name)s knows the reporter.") % {"name": to.name}
                )
                return redirect(case)
    return render(request, "cases/reporter.html", {"case": case, "form": form}, status=status)
