"""Testing an outside system: what it takes, and whether it gives updates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Endpoint
from footpath.cases.open311.client import Client, RefusedThere, Service
from footpath.cases.open311.reaching import answers, client_of, fails
from footpath.cases.open311.wire import Unreachable
from footpath.directory.models import Person

MOST_SHOWN = 200


@dataclass(frozen=True)
class Tested:
    """What a test has found; ``error`` is a sentence, or "" when the system answers."""

    services: list[Service] = field(default_factory=list)
    has_updates: bool = False
    error: str = ""


def test(endpoint: Endpoint, *, by: Person, at: datetime) -> Tested:
    """Ask the system for its services and for updates of the last hour; nothing is sent.

    What was found of the updates is kept, and so is the error.
    """
    require(by, "cases.systems")
    try:
        client = client_of(endpoint)
        services = client.services()
    except (Unreachable, RefusedThere) as problem:
        fails(endpoint, str(problem), at=at)
        return Tested(error=str(problem))
    has_updates = _has_updates(client, at)
    answers(endpoint)
    if has_updates != endpoint.has_updates:
        endpoint.has_updates = has_updates
        endpoint.save(update_fields=["has_updates"])
    with transaction.atomic():
        audit.record(
            "cases.endpoint_tested",
            by=by,
            subject=endpoint,
            at=at,
            after={"services": len(services), "has_updates": has_updates},
        )
    return Tested(services[:MOST_SHOWN], has_updates)


def _has_updates(client: Client, at: datetime) -> bool:
    try:
        client.updates(at - timedelta(hours=1), at, page=1)
    except (Unreachable, RefusedThere):
        return False
    return True
