"""Sending a case to an outside system: that it is to be sent. The worker sends it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from footpath.cases import notices
from footpath.cases.models import Case, Endpoint, Handoff
from footpath.cases.selectors.handoffs import concerned
from footpath.core import clock

ENDED = (Handoff.State.REFUSED, Handoff.State.ENDED)

TOLD_AFTER = 12
"""After so many tries in vain, some seven hours, people are told that nothing has arrived."""


def hand_off(*, case: Case, endpoint: Endpoint, service_code: str, at: datetime) -> Handoff:
    """Note that the case is to be sent to an outside system, and return the note.

    Asked again while the case is on its way there or lies there, it gives the first note back:
    a case stands once in each system. The worker sends it within a minute of ``at``.
    """
    already = open_at(case, endpoint)
    if already is not None:
        return already
    try:
        with transaction.atomic():
            return Handoff.objects.create(
                case=case,
                endpoint=endpoint,
                service_code=service_code,
                key=uuid4(),
                next_at=at,
            )
    except IntegrityError:
        already = open_at(case, endpoint)
        if already is None:
            raise
        return already


def open_at(case: Case, endpoint: Endpoint) -> Handoff | None:
    """Return the note under which the case is on its way there or lies there, or None."""
    rows = Handoff.objects.filter(case=case, endpoint=endpoint).exclude(state__in=ENDED)
    return rows.first()


def tell_not_taken(*, handoff: Handoff, case: Case, why: str, at: datetime) -> None:
    """Tell the owner of a case and the head of its unit, once for each ``why``.

    What the other system said is not in the notice: it may repeat what was sent.
    """
    notices.tell(
        concerned(case, on=clock.day_of(at)),
        "case.not_taken",
        case,
        at=at,
        key=f"{handoff.pk}:{why}",
        values={"system": handoff.endpoint.name},
    )
