"""What the Corner says when it cannot answer: a sentence, never what was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _plain(_("This request could not be read"), 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a page that leads back."""
    return render(request, "questions/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, without a template: it may be the template that broke."""
    return _plain(_("Something broke on our side"), 500)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
