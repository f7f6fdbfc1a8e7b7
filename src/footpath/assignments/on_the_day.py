"""Handovers are carried out on their day: by a deferred task, and by whoever starts after it."""

from __future__ import annotations

from datetime import datetime

from django_tasks import task

from footpath.assignments.services import carry_out_due
from footpath.core import clock


@task()
def handovers() -> int:
    """Carry out the handovers whose day has come, and return how many."""
    return catch_up()


def catch_up() -> int:
    """Carry out what came due while no worker ran; returns how many. For the start of a worker."""
    return carry_out_due(on=clock.today(), at=clock.now())


def wake(moment: datetime) -> None:
    """Ask the worker to carry out the handovers at a moment.

    A queue that cannot defer is not asked: the command and the next start of the worker do it.
    """
    if handovers.get_backend().supports_defer:
        handovers.using(run_after=moment).enqueue()
