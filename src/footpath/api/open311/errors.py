"""Errors as GeoReport says them: a list of code and description, in the format that was asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from footpath.api.open311.formats import XML, Content, written
from footpath.core.errors import RuleBroken

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


class Refused(Exception):
    """The request is refused: an HTTP status, and one sentence for each thing that is wrong."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__(*descriptions)
        self.status = status
        self.descriptions = descriptions


def answering(*methods: str) -> Callable[[View], View]:
    """Let a view take these methods, and answer whatever goes wrong in its own format.

    The view gets ``form``, "xml" unless the address ends in ".json".
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            kwargs["form"] = kwargs.get("form") or XML
            form = kwargs["form"]
            try:
                if request.method not in methods:
                    return _not_taken(form, methods)
                _no_broken_text(request)
                response = view(request, *args, **kwargs)
            except Refused as refused:
                response = said(form, refused.status, *refused.descriptions)
            except RuleBroken as broken:
                response = said(form, 400, str(broken))
            except Http404:
                response = said(form, 404, _("There is nothing here."))
            except (
                BadRequest,
                MultiPartParserError,
                PermissionDenied,
                SuspiciousOperation,
                UnreadablePostError,
            ):
                response = said(form, 400, _("The request cannot be read."))
            except Exception:
                log.exception("Open311 could not be answered")
                response = said(form, 500, _("Something went wrong here. Try again later."))
            patch_vary_headers(response, ["Accept-Language", "Authorization", "X-Api-Key"])
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
            # What Django would log of a refusal is its address, which may hold a key.
            response._has_been_logged = True
            return response

        return answered

    return wrap


def said(form: str, status: int, *descriptions: str) -> HttpResponse:
    """Return the errors as an answer with the status."""
    rows = [{"code": status, "description": text} for text in descriptions]
    return written(Content("errors", rows, "error"), form, status=status)


def _not_taken(form: str, methods: tuple[str, ...]) -> HttpResponse:
    response = said(form, 405, _("This address takes no such request."))
    response["Allow"] = ", ".join(methods)
    response._has_been_logged = True
    return response


def _no_broken_text(request: HttpRequest) -> None:
    """Raise Refused for text that no database keeps."""
    lists = [*request.GET.lists(), ("", [request.path])]
    if request.method == "POST":
        lists += request.POST.lists()
    for name, texts in lists:
        if any("\x00" in text for text in (name, *texts)):
            raise Refused(400, _("The request cannot be read."))
