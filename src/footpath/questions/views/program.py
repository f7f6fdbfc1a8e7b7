"""The command ``footpath-corner`` to be fetched: the same file for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from footpath.questions import program


@require_safe
def single_file(_request: HttpRequest) -> HttpResponse:
    """Give the single file; 404 where the translations were not compiled."""
    try:
        content = program.program()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{program.NAME}"'
    return response
