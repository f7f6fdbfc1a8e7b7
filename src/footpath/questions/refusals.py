"""What the Corner says when it cannot answer: a word, never what was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _plain("This cannot be read.", 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _plain("There is no such page.", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _plain("Something went wrong here. Please try again later.", 500)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
