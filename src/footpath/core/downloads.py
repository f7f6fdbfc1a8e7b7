"""Files that people sent, given back so that a browser neither guesses at them nor obeys them."""

from __future__ import annotations

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponseBase

from footpath.core.errors import NotThere

NEVER_KEPT = "private, no-store"


def saved_as(name: str, file: FieldFile) -> FileResponse:
    """Return a file to be saved under a name, never shown; NotThere when there is none."""
    if not file:
        raise NotThere
    try:
        response = FileResponse(
            file.open("rb"),
            content_type="application/octet-stream",
            as_attachment=True,
            filename=name,
        )
    except FileNotFoundError as lost:
        raise NotThere from lost
    harmless(response, keep=NEVER_KEPT)
    return response


def harmless(response: HttpResponseBase, *, keep: str) -> None:
    """Let a file be what it is called, run nothing, and be kept as ``keep`` says."""
    response["Cache-Control"] = keep
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
