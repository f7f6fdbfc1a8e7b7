"""Error pages: what happened, in the reader's language, and where to go next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request could not be read."""
    if asked_by_program(request):
        said = _("Something in the address or the form is damaged. Go back and try again.")
        return JsonResponse({"detail": said}, status=400)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 with the sentence that says which deed is not included in the posts held."""
    return render(request, "errors/403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: not there and not yours look the same."""
    if asked_by_program(request):
        return JsonResponse({"detail": _("There is nothing here.")}, status=404)
    return render(request, "errors/404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when a form is too old or was sent from elsewhere."""
    return render(request, "errors/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 from a page that needs nothing but its template."""
    return render(request, "errors/500.html", status=500)


def asked_by_program(request: HttpRequest) -> bool:
    """Return whether the API was asked, which answers in JSON and reads its own bodies."""
    return request.path.startswith("/api/")
