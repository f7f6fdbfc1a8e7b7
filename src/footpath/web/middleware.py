"""The reader's language, and refusals shown as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from footpath.core.errors import RuleBroken
from footpath.web import errors

Handler = Callable[[HttpRequest], HttpResponse]


def language_of_reader(get_response: Handler) -> Handler:
    """Speak the language chosen on this device, else the user's, the browser's, or our own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = _kept_by_user(request) or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def _kept_by_user(request: HttpRequest) -> str:
    """Return the language the signed-in user keeps, where this device has chosen none; else ""."""
    if (
        settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        or settings.SESSION_COOKIE_NAME not in request.COOKIES
        or not request.user.is_authenticated
    ):
        return ""
    language = request.user.language
    return language if language in dict(settings.LANGUAGES) else ""


class _Refusals:
    """Turns away what no view could read, and a broken rule that no view caught into a page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and let no cache between keep what may depend on who asks."""
        response = self.get_response(request)
        session = getattr(request, "session", None)
        personal = errors.asked_by_program(request) or (session is not None and session.accessed)
        if personal and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer 400 for text that no database keeps, 404 for a key that no record can have."""
        if request.path.startswith("/open311/"):
            return None  # it answers whatever was sent in its own format
        lists = [*request.GET.lists(), ("", [request.path])]
        if request.method == "POST" and not errors.asked_by_program(request):
            lists += request.POST.lists()
        if any("\x00" in text for _name, texts in lists for text in texts):
            return errors.bad_request(request)
        if any(isinstance(value, int) and value >= 2**63 for value in kwargs.values()):
            return errors.not_found(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a RuleBroken with its sentence and its status (409 or 422)."""
        if not isinstance(error, RuleBroken):
            return None
        context = {"sentence": str(error)}
        return render(request, "errors/refused.html", context, status=error.status)


def refusals_as_pages(get_response: Handler) -> _Refusals:
    """Return the middleware that shows refusals as pages."""
    return _Refusals(get_response)
