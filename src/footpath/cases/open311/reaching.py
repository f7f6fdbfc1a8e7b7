"""An endpoint and its client; what went wrong with it last."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from footpath.cases.models import Endpoint
from footpath.cases.open311.client import Client
from footpath.cases.open311.wire import Unreachable
from footpath.core import sealing


def client_of(endpoint: Endpoint) -> Client:
    """Return the client of an endpoint; Unreachable when its key cannot be opened any more."""
    try:
        key = sealing.unseal(endpoint.sealed_key)
    except sealing.CannotOpen:
        raise Unreachable(_("Its key was sealed by another server. Enter the key again.")) from None
    return Client(endpoint.url, endpoint.jurisdiction, key)


def answers(endpoint: Endpoint) -> None:
    """Note that the endpoint answers."""
    if endpoint.failing_since is not None or endpoint.error:
        endpoint.failing_since, endpoint.error = None, ""
        endpoint.save(update_fields=["failing_since", "error"])


def fails(endpoint: Endpoint, error: str, *, at: datetime) -> None:
    """Note that the endpoint does not answer, since when and why."""
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.error = error[:300]
    endpoint.save(update_fields=["failing_since", "error"])
