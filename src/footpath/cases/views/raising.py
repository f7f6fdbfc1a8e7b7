"""Raising a case: one page, filled in but for the line that says what is wrong."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import require
from footpath.cases import selectors, services
from footpath.cases.forms import RaiseForm
from footpath.cases.models import Case
from footpath.cases.rules import codes
from footpath.cases.selectors.similar import Like
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person


@require_http_methods(["GET", "POST"])
@signed_in
def raise_case(request: HttpRequest) -> HttpResponse:
    """Show the form, or put the problem into the ledger; the same post twice makes one case."""
    person: Person = request.person
    require(person, "cases.raise")
    areas = selectors.places_to_raise_in(person)
    named = _named_place(request, person)
    if named is not None:
        require(person, "cases.raise", named)
        areas = [named, *(area for area in areas if area.pk != named.pk)]
    initial = {"area": areas[0].pk if areas else None, "source": Case.Source.OFFICER}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RaiseForm(*sent, areas=areas, initial=initial)
    status, likes = 200, list[Like]()
    if request.method == "POST":
        status = 422
        if form.is_valid() and not (likes := _not_seen(request, person, form)):
            try:
                if form.cleaned_data["is_confidential"]:
                    return _received(request, person, form)
                case = _raise(person, form)
            except RuleBroken as broken:
                field = getattr(broken, "field", None)
                form.add_error(field if field in form.fields else None, str(broken))
                status = broken.status
            else:
                messages.success(
                    request, _("%(number)s stands in the ledger.") % {"number": case.number}
                )
                return redirect(case)
    context = {"form": form, "named": named, "areas": areas, "likes": likes}
    return render(request, "cases/raise.html", context, status=status)


def _not_seen(request: HttpRequest, person: Person, form: RaiseForm) -> list[Like]:
    """Return the cases that are probably the same, unless the page has shown them already."""
    if "seen" in request.POST:
        return []
    said = form.cleaned_data
    found = selectors.suggest(
        person,
        area=said["area"],
        category=said["category"],
        text=f"{said['title']} {said['text']}",
        today=clock.today(),
    )
    if Case.objects.filter(client_key=said["client_key"]).exists():
        return []  # the same form once more: the case that it has raised is like itself
    return found if any(like.is_strong for like in found) else []


def _named_place(request: HttpRequest, person: Person) -> Area | None:
    """Return the place named by its code in the address, or by its key in what was sent."""
    code = request.GET.get("place", "").strip()
    if code:
        return directory.get_area_for(person, code=code)
    return None


def _received(request: HttpRequest, person: Person, form: RaiseForm) -> HttpResponse:
    """Take a confidential report, and show its code: nothing else leads the person to it."""
    at = clock.now()
    said = form.cleaned_data
    handler = said["handler"] or services.handler_above(said["area"], at)
    if handler is None:
        raise InvalidValue(
            _("Nobody is in charge of the place above. Name who may know you."), field="handler"
        )
    case, code = services.report_confidentially(
        title=said["title"],
        text=said["text"],
        area=said["area"],
        category=said["category"],
        handler=handler,
        uploads=said["files"],
        client_key=said["client_key"],
        by=person,
        at=at,
    )
    context = {
        "case": case,
        "area": said["area"],
        "code": codes.grouped(code),
        "has_email": False,
        "is_confidential": True,
        "handler": handler,
        "status_url": request.build_absolute_uri(reverse("public:status")),
    }
    return render(request, "public/received.html", context)


def _raise(person: Person, form: RaiseForm) -> Case:
    at = clock.now()
    said = form.cleaned_data
    with transaction.atomic():
        case = services.raise_case(
            title=said["title"],
            text=said["text"],
            area=said["area"],
            category=said["category"],
            source=said["source"] or Case.Source.OFFICER,
            client_key=said["client_key"],
            by=person,
            at=at,
        )
        # A repeated post gives the first case back, with the files it already has.
        if said["files"] and case.raised_at == at:
            services.add_attachments(case=case, entry=None, uploads=said["files"], by=person, at=at)
    return case
