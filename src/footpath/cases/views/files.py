"""Evidence, read by those who may read its case."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.cases import selectors, services
from footpath.core.downloads import harmless
from footpath.core.errors import NotThere

KEEP = "private, max-age=604800, immutable"


@require_safe
@signed_in
def attachment(request: HttpRequest, case_id: int, pk: int) -> Any:
    """Give a picture or a document; ``?size=small`` gives a picture 240 pixels long."""
    found = selectors.get_attachment_for(request.person, case_id=case_id, pk=pk)
    try:
        if request.GET.get("size") == "small" and found.is_picture:
            response: HttpResponseBase = HttpResponse(
                services.small_picture(found), content_type="image/jpeg"
            )
        else:
            response = FileResponse(
                found.file.open("rb"),
                content_type=found.mime,
                as_attachment=not found.is_picture,
                filename=found.name,
            )
    except FileNotFoundError as lost:
        raise NotThere from lost
    harmless(response, keep=KEEP)
    return response
