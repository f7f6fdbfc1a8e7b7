"""What signing in and out leaves behind: address and device of the session, a line, a log entry."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from footpath.accounts import corner, selectors, services
from footpath.accounts.guards import Asked
from footpath.accounts.models import User
from footpath.core import clock

log = logging.getLogger(__name__)


def signed_in(sender: Any, request: Asked, user: User, **_more: Any) -> None:
    """Note on the session where it was opened and what is drawn already, and leave a line."""
    at = clock.now()
    epoch = corner.epoch_at(at)
    if corner.has_key(epoch) and selectors.has_drawn(user, epoch):
        corner.note_drawn(request, epoch)
    agent = request.META.get("HTTP_USER_AGENT", "")
    request.session.opened(at=at, address=address_of(request), agent=agent)
    services.record_sign_in(user=user, at=at)


def signed_out(sender: Any, request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Leave a line when somebody was signed in."""
    if user is not None and user.is_authenticated:
        services.record_sign_out(user=user, at=clock.now())


def refused(sender: Any, request: HttpRequest | None = None, **_more: Any) -> None:
    """Log the address of a failed sign-in, for whoever watches the log.

    Neither the trail nor the log keeps the name that was typed: now and then it is a password, and
    a line that exists only for known names would tell which names are known.
    """
    if request is not None:
        log.warning("failed sign-in from %s", address_of(request))


def address_of(request: HttpRequest) -> str | None:
    """Return the address a request came from, None when it has none."""
    try:
        return str(ipaddress.ip_address(get_adapter().get_client_ip(request)))
    except (PermissionDenied, ValueError):
        return None
