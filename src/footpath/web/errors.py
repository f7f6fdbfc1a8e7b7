"""Error pages: what happened, in the reader's language, and where to go next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request could not be read."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 with the sentence that says which deed is not included in the posts held."""
    return render(request, "errors/403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: not there and not yours look the same."""
    return render(request, "errors/404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when a form is too old or was sent from elsewhere."""
    return render(request, "errors/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 from a page that needs nothing but its template."""
    return render(request, "errors/500.html", status=500)
