"""What pages' scripts and the command ``footpath-corner`` use: no cookie, no session."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the Corner runs."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
