"""The secret addresses of calendars: one's own list, and what a calendar program is given."""

from __future__ import annotations

import time
from collections import deque

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.rules import token_digest
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import ics, selectors, services
from footpath.meetings.forms import FeedForm
from footpath.meetings.models import Feed

TIMES, SECONDS = 30, 60
"""How often a process answers one address in so many seconds; programs ask once an hour."""

_MOST_ADDRESSES = 10_000
_asked: dict[str, deque[float]] = {}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: Asked) -> HttpResponse:
    """One's own feeds; makes one, also of ``?place=`` or ``?organization=``, shown once."""
    person: Person = request.person
    data = request.POST if request.method == "POST" else None
    form = FeedForm(data, person=person, initial=_initial(request, person))
    made = address = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        made = form.done(
            lambda: services.make_feed(
                by=person,
                at=clock.now(),
                area=asked["area"],
                organization=asked["organization"],
                language=asked["language"],
            )
        )
    if made is not None:
        feed, secret = made
        address = request.build_absolute_uri(reverse("meetings:feed", args=[secret]))
        form = FeedForm(person=person, initial={"what": FeedForm.OWN, "language": feed.language})
    context = {
        "form": form,
        "made_address": address,
        "feeds": selectors.feeds_of(person),
        "spoken": dict(settings.LANGUAGES),
    }
    response = render(request, "meetings/feeds.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store, private"
    return response


def _initial(request: Asked, person: Person) -> dict[str, object]:
    found: dict[str, object] = {"what": FeedForm.OWN, "language": get_language()}
    if place := request.GET.get("place"):
        found |= {"what": FeedForm.PLACE, "area": directory.get_area_for(person, code=place)}
    elif code := request.GET.get("organization"):
        organization = directory.get_organization_for(person, code=code)
        found |= {"what": FeedForm.ORGANIZATION, "organization": organization}
    return found


@signed_in
@require_POST
def revoke(request: Asked, pk: int) -> HttpResponse:
    """Make the address of one of one's own feeds lead nowhere."""
    person: Person = request.person
    feed = selectors.get_feed_for(person, pk=pk)
    services.revoke_feed(feed=feed, by=person, at=clock.now())
    messages.success(request, _("The address leads nowhere now."))
    return redirect("meetings:feeds")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads at a secret address, without signing in.

    What the owner may read at this moment; 404 with the same bytes for every address that shows
    nothing. Programs keep it, caches between do not; asked again with its tag it costs little.
    """
    if _too_often(token):
        return _plain(429, {"Retry-After": str(SECONDS)})
    found = selectors.feed_behind(token)
    if found is None:
        return _plain(404)
    with translation.override(_language_of(found)):
        shown = selectors.rows_of_feed(found, today=clock.today())
        address = request.build_absolute_uri("/")
        tag = ics.digest_of(found, shown, address)
        services.note_reading(feed=found, at=clock.now())
        headers = {
            "ETag": f'"{tag}"',
            "Cache-Control": "private, no-cache",
            "Content-Language": get_language() or "",
        }
        if _is_known(request, tag):
            return HttpResponse(status=304, headers=headers)
        content = ics.feed_text(found, shown, address=address)
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers=headers
        | {
            "Content-Length": str(len(content)),
            "Content-Disposition": 'inline; filename="meetings.ics"',
        },
    )


def _language_of(feed: Feed) -> str:
    user = feed.person.user
    language = feed.language or (user.language if user is not None else "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_known(request: HttpRequest, tag: str) -> bool:
    """Return whether the program has this very text; a compressed answer bears a weak tag."""
    said = parse_etags(request.headers.get("If-None-Match", ""))
    return any(one.removeprefix("W/") == f'"{tag}"' for one in said)


def _plain(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(
        b"",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store, private", "Content-Language": "en"} | (headers or {}),
    )
    response._has_been_logged = True  # the address is a secret
    return response


def _too_often(token: str) -> bool:
    """Return whether this process was asked for one address too often in the last minute."""
    if len(_asked) >= _MOST_ADDRESSES:
        _asked.clear()
    times = _asked.setdefault(token_digest(token), deque(maxlen=TIMES))
    now = time.monotonic()
    if len(times) == TIMES and now - times[0] < SECONDS:
        return True
    times.append(now)
    return False
