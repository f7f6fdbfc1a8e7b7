"""What pages' scripts and the command ``footpath-corner`` use: no cookie, no session.

Whatever is refused is refused in the same bytes, with the same headers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.core import clock
from footpath.core.keys import key_in
from footpath.questions import limits, rules, selectors, services
from footpath.questions.selectors import bulletins

OCTETS = "application/octet-stream"

# Both have one length: who sees only how many bytes go by learns nothing from the answer.
TAKEN = b'{"taken":true} '
REFUSED = b'{"taken":false}'


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the Corner runs."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


# --- for everybody --------------------------------------------------------------------------------


@require_POST
def postings(request: HttpRequest) -> HttpResponse:
    """Take what a member posts with a token or a slip.

    While too many are refused nothing is looked at, and the refusal is the same: browsers try it
    again hours later.
    """
    if not limits.POSTINGS.begin():
        return _said(False)
    taken = services.take_posting(body=_body(request), on=clock.today())
    if taken:
        limits.POSTINGS.give_back()
    return _said(taken)


@require_safe
def bulletin(request: HttpRequest) -> HttpResponse:
    """Give the file of all answers; a browser that has it already is told so."""
    etag = bulletins.etag()
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        known.headers["ETag"] = etag
        return _open(known)
    found = selectors.bulletin()
    response = HttpResponse(found.data, content_type=OCTETS, headers={"ETag": found.etag})
    return _open(response)


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Give the key notice as the member side has written it."""
    return _file(request, selectors.files().notice_bytes())


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Give the counts of every epoch, the server's and the officers', and what is overdue."""
    alarms = selectors.alarms(clock.today())
    plain = {
        "epochs": [
            {
                "epoch": one.epoch,
                "drawn": one.drawn,
                "received": one.received,
                "items": one.items,
                "real": one.real,
                "answered": one.answered,
                "overdue": one.overdue,
                "flagged": one.is_flagged,
            }
            for one in selectors.figures_of_all()
        ],
        "open": selectors.open_epochs(clock.today()),
        "overdue": alarms.overdue,
        "near_end": alarms.near_end,
    }
    return _file(request, json.dumps(plain, sort_keys=True).encode("ascii"))


# --- for guidance officers ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def rosters(request: HttpRequest) -> HttpResponse:
    """Give all versions of the roster, or take the next one."""
    if request.method == "POST":
        return _deed(request, lambda plain: _require(services.take_roster(signed=plain)))
    return JsonResponse({"rosters": selectors.signed_rosters()})


@require_safe
def desk_postings(request: HttpRequest) -> HttpResponse:
    """Give every question, sealed, with its key and the epoch of its mix."""
    return HttpResponse(selectors.postings(), content_type=OCTETS)


@require_http_methods(["GET", "HEAD", "POST"])
def blobs(request: HttpRequest) -> HttpResponse:
    """Give what officers keep for each other, or take one more."""
    if request.method == "POST":
        return _deed(request, lambda plain: services.take_blob(plain=plain))
    return HttpResponse(selectors.blobs(), content_type=OCTETS)


@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """Take an answer that two officers have signed, or a sign of reading."""
    return _deed(request, lambda plain: services.take_answer(plain=plain, on=clock.today()))


@require_POST
def done(request: HttpRequest) -> HttpResponse:
    """Take the keys of questions that are done with, of two officers; of notes, of one."""

    def deed(plain: dict[str, Any]) -> None:
        if "approvals" in plain:
            services.mark_done(plain=plain, on=clock.today())
        else:
            services.drop_blobs(plain=plain)

    return _deed(request, deed)


@require_POST
def counters(request: HttpRequest) -> HttpResponse:
    """Take an officer's signed counts."""
    return _deed(request, lambda plain: services.take_counters(plain=plain, on=clock.today()))


@require_http_methods(["GET", "HEAD", "POST"])
def wrapped(request: HttpRequest) -> HttpResponse:
    """Give all wrapped keys of officers, or take one officer's."""
    if request.method == "POST":
        return _deed(request, lambda plain: services.take_wrapped(plain=plain))
    return JsonResponse({"wrapped": selectors.wrapped()})


# --- inside ---------------------------------------------------------------------------------------


def _body(request: HttpRequest) -> bytes | None:
    """Return the JSON that was sent; None when it is something else, too long or cut off.

    A form of another site cannot send this content type without asking first.
    """
    length = key_in(request.headers.get("Content-Length"))
    if request.content_type != "application/json" or length is None:
        return None
    if length > rules.LONGEST_BODY:
        return None
    try:
        return request.read(rules.LONGEST_BODY + 1)
    except UnreadablePostError:
        return None


def _deed(request: HttpRequest, deed: Callable[[dict[str, Any]], None]) -> HttpResponse:
    try:
        deed(rules.parsed(_body(request)))
    except rules.Refused:
        return _said(False)
    return _said(True)


def _require(done: bool) -> None:
    if not done:
        raise rules.Refused


def _said(taken: bool) -> HttpResponse:
    return HttpResponse(
        TAKEN if taken else REFUSED,
        status=202 if taken else 403,
        content_type="application/json",
    )


def _file(request: HttpRequest, data: bytes) -> HttpResponse:
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    response = HttpResponse(data, content_type="application/json", headers={"ETag": etag})
    return _open(get_conditional_response(request, etag=etag, response=response) or response)


def _open(response: HttpResponse) -> HttpResponse:
    """Let browsers keep what is the same for everybody, and ask whether it is still so."""
    response.headers["Cache-Control"] = "no-cache"
    return response
