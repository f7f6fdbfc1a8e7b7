"""Which application asks: its key stands in the form, in the address or in a header."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from footpath.api.open311.errors import Refused
from footpath.cases.models import Application
from footpath.cases.selectors.applications import application_of_key
from footpath.cases.services.applications import count_use
from footpath.core import clock


def key_of(request: HttpRequest) -> str:
    """Return the key that came with the request, or ""."""
    posted = request.POST.get("api_key", "") if request.method == "POST" else ""
    bearer = request.headers.get("Authorization", "")
    return (
        posted.strip()
        or request.GET.get("api_key", "").strip()
        or request.headers.get("X-Api-Key", "").strip()
        or (bearer[7:].strip() if bearer[:7].casefold() == "bearer " else "")
    )


def asking(request: HttpRequest) -> Application | None:
    """Return the application that asks, None without a key.

    Raises Refused (403) for a wrong or revoked key, (429) when its minute is used up.
    """
    key = key_of(request)
    if not key:
        return None
    application = application_of_key(key)
    if application is None:
        raise Refused(403, _("This api_key is not known or was revoked."))
    if not count_use(application=application, at=clock.now()):
        raise Refused(
            429,
            _("At most %(count)s requests a minute. Try again in the next minute.")
            % {"count": application.per_minute},
        )
    return application


def must_ask(request: HttpRequest) -> Application:
    """Return the application that asks; Refused (403) without a key."""
    application = asking(request)
    if application is None:
        raise Refused(403, _("An api_key is required."))
    return application
