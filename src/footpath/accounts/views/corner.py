"""The Question Corner as members meet it: what it is, the key notice, and the drawing of tokens."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from footpath.accounts import corner, key_notice, selectors, services
from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock, pdf
from footpath.core.errors import NotThere

LONGEST_REQUEST = 4096
"""Four blinded values take 2,089 bytes."""

REFUSED = b'{"error":"refused"}'


@require_safe
@signed_in
def home(request: Asked) -> HttpResponse:
    """Say what the Corner is, and how this month's questions of the member stand."""
    if not corner.is_here():
        raise NotThere
    epoch = corner.epoch_at(clock.now())
    first, last = epoch.spending_window
    context = {
        "corner_url": settings.CORNER_URL,
        "tokens": services.TOKENS,
        "month": epoch.first_day,
        "ready": corner.has_key(epoch),
        "drawn": selectors.has_drawn(request.user, epoch),
        "first": first,
        "last": last,
        "members": selectors.drawn_by_epoch().get(epoch, 0),
        "least": settings.CORNER_LEAST,
        "notice": key_notice.read(),
    }
    return render(request, "accounts/corner.html", context)


@require_POST
def tokens(request: Asked) -> HttpResponse:
    """Sign four blinded tokens. Whatever is wrong, the answer is one and the same."""
    try:
        epoch, signatures = _draw(request)
    except services.Refused:
        return _json(REFUSED, status=403)
    return _json(json.dumps({"epoch": epoch, "signatures": signatures}).encode())


def _draw(request: Asked) -> tuple[object, list[str]]:
    """Return the epoch and the signatures; Refused for everybody who gets none."""
    if selectors.person_behind(request.user) is None or not corner.is_here():
        raise services.Refused
    asked = _body(request)
    at = clock.now()
    try:
        signatures = services.issue_tokens(
            by=request.user, epoch=asked.get("epoch"), blinded=asked.get("blinded"), at=at
        )
    finally:
        # Also when another browser was first: then no page of this one need try again.
        if selectors.has_drawn(request.user, corner.epoch_at(at)):
            corner.note_drawn(request, corner.epoch_at(at))
    return asked["epoch"], signatures


def _body(request: HttpRequest) -> dict[str, object]:
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.content_type != "application/json" or not length.isdecimal():
        raise services.Refused
    if int(length) > LONGEST_REQUEST:
        raise services.Refused
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as unreadable:
        raise services.Refused from unreadable
    if not isinstance(body, dict):
        raise services.Refused
    return body


def _json(body: bytes, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json", status=status)
    add_never_cache_headers(response)
    return response


# --- the key notice, open to everybody ------------------------------------------------------------


@require_safe
def notice(request: Asked) -> HttpResponse:
    """Show the key notice with the fingerprints that hang on the board."""
    request.person = selectors.person_behind(request.user)
    return render(request, "accounts/corner_notice.html", {"notice": _notice()})


@require_safe
def notice_json(_request: HttpRequest) -> HttpResponse:
    """Give the key notice to programs: the very file."""
    _notice()
    return _json(corner.files().notice_bytes())


@require_safe
def notice_pdf(request: Asked) -> HttpResponse:
    """Give the key notice to be printed, in the language that is asked for or the reader's."""
    found = _notice()
    if not found.sound:
        return redirect("corner:notice")
    wanted = request.GET.get("lang", "")
    known = wanted if wanted in dict(settings.LANGUAGES) else translation.get_language()
    try:
        body = key_notice.paper(found, language=known or "en", day=clock.today())
    except pdf.NotRendered:
        messages.error(request, _("The notice cannot be printed now; the log says why."))
        return redirect("corner:notice")
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="key-notice.pdf"'
    return response


def _notice() -> key_notice.KeyNotice:
    """Return the key notice; NotThere while nothing has been published."""
    found = key_notice.read()
    if found is None or not corner.is_here():
        raise NotThere
    return found
