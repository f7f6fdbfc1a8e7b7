"""Other systems: applications that post cases here, and endpoints to which cases are sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from footpath.accounts import selectors as accounts
from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.cases.models import Application, Endpoint
from footpath.cases.open311 import checking
from footpath.cases.selectors import applications as known
from footpath.cases.selectors import endpoints as outside
from footpath.cases.services import applications as deeds
from footpath.cases.services import endpoints as endpoint_deeds
from footpath.cases.system_forms import ApplicationForm, ChangeEndpointForm, EndpointForm
from footpath.core import clock
from footpath.directory.models import Person


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def applications(request: Asked) -> HttpResponse:
    """List the applications; register one and show its key once."""
    person: Person = request.person
    known.must_connect(person)
    form = ApplicationForm(_sent(request), person=person)
    made = None
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: deeds.create_application(**form.cleaned_data, by=person, at=clock.now())
        )
        if made is not None:
            form = ApplicationForm(person=person)
    context = {
        "form": form,
        "made": made[1] if made else None,
        "applications": known.applications_for(person),
        "base_url": settings.BASE_URL,
    }
    return render(request, "cases/applications.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: Asked, pk: int) -> HttpResponse:
    """Show an application; change it, give it another key, revoke it."""
    person: Person = request.person
    found = known.get_application_for(person, pk=pk)
    deed = request.POST.get("deed", "")
    form = ApplicationForm(
        request.POST if deed == "change" else None,
        person=person,
        initial={name: getattr(found, name) for name in ("name", "per_minute", "is_trusted")},
    )
    made = None
    if deed == "key":
        made = deeds.new_key(application=found, by=person, at=clock.now())
    elif request.method == "POST":
        said = _do(deed, found, form, person)
        if said:
            messages.success(request, said)
            return redirect("cases:application", found.pk)
    context = {"application": found, "form": form, "made": made, **_trail(person, found)}
    status = _status(form) if deed in {"", "key", "change"} else 422
    return render(request, "cases/application.html", context, status=_posted(request, status, made))


def _do(deed: str, found: Application, form: ApplicationForm, person: Person) -> str:
    """Do a deed on an application and return what to say; "" when nothing was done."""
    if deed == "revoke":
        deeds.revoke_application(application=found, by=person, at=clock.now())
        return _("The key no longer works.")
    if deed != "change" or not form.is_valid():
        return ""
    values = form.cleaned_data

    def change() -> bool:
        deeds.change_application(application=found, **values, by=person, at=clock.now())
        return True

    return _("The change is kept.") if form.done(change) else ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def endpoints(request: Asked) -> HttpResponse:
    """List the outside systems; register one."""
    person: Person = request.person
    rows = outside.endpoints_for(person)
    form = EndpointForm(_sent(request), person=person)
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: endpoint_deeds.create_endpoint(**form.cleaned_data, by=person, at=clock.now())
        )
        if made is not None:
            messages.success(request, _("The system is registered. Test it now."))
            return redirect("cases:endpoint", made.pk)
    context = {"form": form, "endpoints": rows}
    return render(request, "cases/endpoints.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: Asked, pk: int) -> HttpResponse:
    """Show an outside system and what was sent there; change it, or test it."""
    person: Person = request.person
    found = outside.get_endpoint_for(person, pk=pk)
    deed = request.POST.get("deed", "")
    names = ("name", "url", "jurisdiction", "has_updates", "is_active")
    form = ChangeEndpointForm(
        request.POST if deed == "change" else None,
        person=person,
        initial={name: getattr(found, name) for name in names},
    )
    tested = checking.test(found, by=person, at=clock.now()) if deed == "test" else None
    if deed == "change" and form.is_valid():
        values = form.cleaned_data

        def change() -> bool:
            endpoint_deeds.change_endpoint(endpoint=found, **values, by=person, at=clock.now())
            return True

        if form.done(change):
            messages.success(request, _("The change is kept."))
            return redirect("cases:endpoint", found.pk)
    context = {
        "endpoint": found,
        "form": form,
        "tested": tested,
        "services": _services(tested),
        "handoffs": outside.latest_handoffs(found),
        **_trail(person, found),
    }
    status = _posted(request, _status(form), tested)
    return render(request, "cases/endpoint.html", context, status=status)


def _services(tested: checking.Tested | None) -> str:
    """Return how many kinds of problems an outside system takes, in words."""
    count = len(tested.services) if tested else 0
    return ngettext("%(num)s service", "%(num)s services", count) % {"num": count}


def _trail(person: Person, subject: Application | Endpoint) -> dict[str, Any]:
    return {
        "chain": accounts.chain_of(subject),
        "may_read_trail": may(person, "trail.read"),
    }


def _sent(request: Asked) -> QueryDict | None:
    """Return the form that was sent, also an empty one."""
    return request.POST if request.method == "POST" else None


def _status(form: ApplicationForm | EndpointForm) -> int:
    return 422 if form.errors else 200


def _posted(request: Asked, status: int, done: object) -> int:
    """Return 422 for a form that did nothing."""
    return 422 if request.method == "POST" and done is None else status
