"""The API itself: its doors, its errors, and one router a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from footpath.api import (
    assignments,
    case_rates,
    cases,
    directory,
    engagements,
    knowledge,
    leaves,
    meetings,
    plans,
    reminders,
    series,
    spot_checks,
)
from footpath.api.auth import SessionAuth, TokenAuth
from footpath.api.reading import StorableJSON
from footpath.api.refusals import refused
from footpath.core.errors import RuleBroken

MOST_OUTSIDE = 2
"""The names before those of the caller in the place of an error: "body", and our own for it."""

api = NinjaAPI(
    title="Footpath",
    version="1",
    description=(
        "Places, who is in charge of them, meetings, cases and the library. Every call goes "
        "through the same services and look-ups as the pages, so it sees and may do what its "
        "caller may."
    ),
    auth=[TokenAuth(), SessionAuth()],
    docs_url=None,
    parser=StorableJSON(),
    urls_namespace="api",
)
api.add_router("", directory.router, tags=["directory"])
api.add_router("", assignments.router, tags=["assignments"])
api.add_router("", plans.router, tags=["plans"])
api.add_router("", meetings.router, tags=["meetings"])
api.add_router("", series.router, tags=["meetings"])
api.add_router("", leaves.router, tags=["meetings"])
api.add_router("", engagements.router, tags=["meetings"])
api.add_router("", cases.router, tags=["cases"])
api.add_router("", case_rates.router, tags=["cases"])
api.add_router("", spot_checks.router, tags=["cases"])
api.add_router("", reminders.router, tags=["cases"])
api.add_router("", knowledge.router, tags=["library"])


@api.exception_handler(RuleBroken)
def rule_broken(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    """Answer 409 or 422 with the sentence, and the field where one is at fault."""
    said: dict[str, Any] = {"detail": str(error)}
    field = getattr(error, "field", None)
    if field:
        said["field"] = field
    said |= refused(error)
    return api.create_response(request, said, status=error.status)


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Answer 403 with the deed that is not included."""
    return api.create_response(request, {"detail": str(error)}, status=403)


@api.exception_handler(Http404)
def not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer 404: not there and not yours look the same."""
    return api.create_response(request, {"detail": _("There is nothing here.")}, status=404)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer 401: sign in, or send a key."""
    said = {"detail": _("Sign in, or send a key in the Authorization header.")}
    return api.create_response(request, said, status=401)


@api.exception_handler(ValidationError)
def not_readable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 422 with one line for each field that cannot be read."""
    fields = [{"field": _field(line["loc"]), "detail": line["msg"]} for line in error.errors]
    said = {"detail": _("Some fields cannot be read."), "fields": fields}
    return api.create_response(request, said, status=422)


def _field(place: Sequence[int | str]) -> str:
    """Return the name of a field as the caller sent it, without where and as what we read it."""
    inside = place[2:] if place[0] == "body" and len(place) > MOST_OUTSIDE else place[1:]
    return ".".join(map(str, inside))
