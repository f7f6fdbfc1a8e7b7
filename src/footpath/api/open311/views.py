"""The calls of GeoReport v2, and the updates of requests in both directions."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from footpath.api.open311 import reading, shapes
from footpath.api.open311.errors import Refused, answering
from footpath.api.open311.formats import Content, written
from footpath.api.open311.keys import asking, must_ask
from footpath.cases.models import Application, Case
from footpath.cases.selectors import open311
from footpath.cases.services.reporters import report_case
from footpath.cases.services.updates import STATUSES, take_update
from footpath.core import clock

SAFE = ("GET", "HEAD")
UPDATES_OF = timedelta(days=1)
"""How far back updates are given when nothing is said of it."""


@answering(*SAFE)
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Say what is offered here."""
    return _read(request, Content("discovery", shapes.discovery()), form, seconds=3600)


@answering(*SAFE)
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """List the categories that can be reported."""
    rows = [shapes.service(category) for category in open311.services()]
    return _read(request, Content("services", rows, "service"), form, seconds=300)


@answering(*SAFE)
def service(request: HttpRequest, code: str, *, form: str) -> HttpResponse:
    """Give the questions of a category."""
    category = open311.service(code)
    if category is None:
        raise Refused(404, _("There is no service with this service_code."))
    content = Content("service_definition", shapes.definition(category))
    return _read(request, content, form, seconds=300)


@answering(*SAFE, "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """List requests, or take a new one."""
    return _post(request, form) if request.method == "POST" else _list(request, form)


@answering(*SAFE)
def request_of(request: HttpRequest, pk: str, *, form: str) -> HttpResponse:
    """Give one request, as a list of one."""
    application = asking(request)
    number = reading.number_of(pk)
    rows = open311.rows_of(open311.open_to(application).filter(pk=number or 0))
    if not rows:
        raise Refused(404, _("There is no request with this service_request_id."))
    extensions = reading.asked_of(request.GET, clock.now()).extensions
    told = shapes.requests(rows, extensions=extensions)
    content = Content("service_requests", told, "request")
    return _read(request, content, form, shared=application is None)


@answering(*SAFE)
def token(request: HttpRequest, token: str, *, form: str) -> HttpResponse:
    """Say that there are no tokens: every request has its number at once."""
    raise Refused(404, _("There is no such token: every request has its number at once."))


@answering(*SAFE, "POST")
def updates(request: HttpRequest, *, form: str) -> HttpResponse:
    """List updates of requests, or take one of an application."""
    return _post_update(request, form) if request.method == "POST" else _list_updates(request, form)


@answering(*SAFE, "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def nothing(request: HttpRequest, rest: str, *, form: str = "") -> HttpResponse:
    """Answer 404 for an address that GeoReport does not know, in the format of its end."""
    raise Refused(404, _("There is nothing here."))


# --- reading --------------------------------------------------------------------------------------


def _list(request: HttpRequest, form: str) -> HttpResponse:
    application = asking(request)
    asked = reading.asked_of(request.GET, clock.now())
    rows = open311.open_to(application)
    key = reading.text_of(request.GET, "client_key")
    if application is not None and key:
        rows = rows.filter(received__application=application, received__key=key)
    if asked.ids is not None:
        rows = rows.filter(pk__in=asked.ids)
    else:
        rows = rows.filter(_condition(asked))
    rows = rows.order_by("-raised_at", "-pk")[asked.first : asked.first + asked.most]
    told = shapes.requests(open311.rows_of(rows), extensions=asked.extensions)
    content = Content("service_requests", told, "request")
    return _read(request, content, form, shared=application is None)


def _condition(asked: reading.Asked) -> Q:
    condition = Q()
    if asked.since is not None and asked.until is not None:
        condition &= Q(raised_at__range=(asked.since, asked.until))
    if asked.codes:
        condition &= Q(category__code__in=asked.codes)
    if asked.states:
        condition &= Q(is_open__in=set(asked.states))
    if asked.updated_after is not None:
        condition &= Q(updated_at__gte=asked.updated_after)
    if asked.updated_before is not None:
        condition &= Q(updated_at__lte=asked.updated_before)
    return condition


def _list_updates(request: HttpRequest, form: str) -> HttpResponse:
    application = asking(request)
    since, until = reading.span_of(
        reading.moment_of(request.GET, "start_date"),
        reading.moment_of(request.GET, "end_date"),
        clock.now(),
        UPDATES_OF,
    )
    first, most = reading.page_of(request.GET)
    named = reading.text_of(request.GET, "service_request_id")
    case = (reading.number_of(named) or 0) if named else None
    entries = open311.updates(application, shapes.STATUS_OF, since=since, until=until, case=case)
    told = shapes.updates(entries[first : first + most])
    content = Content("service_request_updates", told, "request_update")
    return _read(request, content, form, shared=application is None)


def _read(
    request: HttpRequest, content: Content, form: str, *, seconds: int = 60, shared: bool = True
) -> HttpResponse:
    """Return what was asked for; a program that has this very answer is told so (304)."""
    response = written(content, form)
    kept = "public" if shared else "private"
    response["Cache-Control"] = f"{kept}, max-age={seconds if shared else 0}"
    response["Access-Control-Allow-Origin"] = "*"
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    same: Any = get_conditional_response(request, etag=response["ETag"], response=response)
    return same


# --- taking ---------------------------------------------------------------------------------------


def _post(request: HttpRequest, form: str) -> HttpResponse:
    application = must_ask(request)
    posted, now = request.POST, clock.now()
    key = reading.text_of(posted, "client_key") or reading.text_of(request.GET, "client_key")
    if len(key) > 120:
        raise Refused(400, _("The client_key is longer than 120 characters."))
    case = open311.received(application, key) or _taken(posted, application, key, now)
    told = {
        "service_request_id": str(case.pk),
        "service_notice": None,
        "account_id": reading.text_of(posted, "account_id") or None,
    }
    return written(Content("service_requests", [told], "request"), form, status=201)


def _taken(posted: Any, application: Application, key: str, now: Any) -> Case:
    """Put what was posted into the ledger; of two at once with one key the second finds it."""
    code = reading.text_of(posted, "service_code")
    if not code:
        raise Refused(400, _("A service_code is required."))
    category = open311.service(code)
    if category is None:
        raise Refused(404, _("There is no service with this service_code."))
    location = reading.location_of(posted, now)
    description = reading.description_of(posted)
    names = [reading.text_of(posted, name) for name in ("first_name", "last_name")]
    title = reading.title_of(description, category)
    try:
        case, _code = report_case(
            title=title,
            text="" if description == title else description,
            area=location.area,
            category=category,
            at=now,
            name=" ".join(filter(None, names)),
            email=reading.text_of(posted, "email"),
            phone=reading.text_of(posted, "phone"),
            language=get_language() or "",
            latitude=location.latitude,
            longitude=location.longitude,
            address=location.address,
            answers=reading.answers_of(posted, category),
            media_url=reading.media_of(posted),
            source=Case.Source.OPEN311,
            application=application,
            application_key=key,
        )
    except IntegrityError:
        already = open311.received(application, key)
        if already is None:
            raise
        return already
    return case


def _post_update(request: HttpRequest, form: str) -> HttpResponse:
    application = must_ask(request)
    posted, now = request.POST, clock.now()
    update_id = reading.text_of(posted, "update_id")
    status = reading.text_of(posted, "status").upper()
    missing = [
        name
        for name, value in (
            ("service_request_id", reading.text_of(posted, "service_request_id")),
            ("update_id", update_id),
            ("status", status),
        )
        if not value
    ]
    if missing:
        raise Refused(400, *[_("A %(name)s is required.") % {"name": name} for name in missing])
    if len(update_id) > 120:
        raise Refused(400, _("The update_id is longer than 120 characters."))
    if status not in STATUSES:
        raise Refused(400, _("The status “%(text)s” is not known.") % {"text": status[:40]})
    pk = reading.number_of(reading.text_of(posted, "service_request_id"))
    case = open311.posted_by(application, pk or 0)
    if case is None:
        raise Refused(404, _("There is no request of yours with this service_request_id."))
    take_update(
        application=application,
        case=case,
        update_id=update_id,
        status=status,
        text=reading.description_of(posted),
        at=now,
    )
    told = [{"update_id": update_id}]
    content = Content("service_request_updates", told, "request_update")
    return written(content, form, status=201)
