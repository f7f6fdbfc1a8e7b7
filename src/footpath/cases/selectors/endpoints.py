"""Outside systems to which cases are sent, for the administrator."""

from __future__ import annotations

from django.db.models import Count, Q

from footpath.accounts.permissions import may
from footpath.cases.models import Endpoint, Handoff
from footpath.core.errors import NotThere
from footpath.directory.models import Person

State = Handoff.State
LATEST = 30


def endpoints_for(person: Person) -> list[Endpoint]:
    """Return the outside systems with ``waiting`` and ``there``, how many cases are. One query.

    NotThere for somebody who connects no systems.
    """
    _must_connect(person)
    waiting = Count("handoffs", filter=Q(handoffs__state__in=(State.WAITING, State.IN_DOUBT)))
    there = Count("handoffs", filter=Q(handoffs__state=State.SENT))
    return list(Endpoint.objects.annotate(waiting=waiting, there=there))


def get_endpoint_for(person: Person, *, pk: int) -> Endpoint:
    """Return an outside system; NotThere for somebody who connects no systems."""
    _must_connect(person)
    found = Endpoint.objects.filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found


def latest_handoffs(endpoint: Endpoint) -> list[Handoff]:
    """Return the last 30 cases sent to an outside system or waiting for it, the newest first."""
    return list(endpoint.handoffs.select_related("case").order_by("-pk")[:LATEST])


def _must_connect(person: Person) -> None:
    if not may(person, "cases.systems"):
        raise NotThere
