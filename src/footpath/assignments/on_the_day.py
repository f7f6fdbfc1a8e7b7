"""Handovers are carried out on their day: by a deferred task, and every night by the timetable."""

from __future__ import annotations

from datetime import datetime, time

from django_tasks import task

from footpath.assignments.services import carry_out_due
from footpath.core import clock, timetable


@task()
def handovers() -> int:
    """Carry out the handovers whose day has come, and return how many."""
    return catch_up()


def catch_up() -> int:
    """Carry out what has come due; returns how many."""
    return carry_out_due(on=clock.today(), at=clock.now())


def register() -> None:
    """Let the timetable do it every night, and once when a worker starts for the first time."""
    timetable.register(
        timetable.Job(
            "assignments.handovers",
            lambda at: carry_out_due(on=clock.day_of(at), at=at),
            daily_at=(time(0, 5),),
            from_the_start=True,
        )
    )


def wake(moment: datetime) -> None:
    """Ask the worker to carry out the handovers at a moment.

    A queue that cannot defer is not asked: the command and the timetable do it.
    """
    if handovers.get_backend().supports_defer:
        handovers.using(run_after=moment).enqueue()
