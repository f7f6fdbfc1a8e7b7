"""Work at set times: rooms register jobs in ``apps.ready``, ``footpath worker`` does them.

A job has a code and the times of day (in the organisation's time zone) or the minutes between two
runs. Each time is claimed by a row, so that any number of workers do it exactly once; of the times
missed while nobody worked only the latest is caught up, once. A job must be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True)
class Job:
    """A piece of work at set times: ``daily_at``, or ``every_minutes`` when that is not 0."""

    code: str
    run: Callable[[datetime], object]
    daily_at: tuple[time, ...] = ()
    every_minutes: int = 0


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Register a job; ValueError when its code is taken or it has no time."""
    if job.code in _jobs:
        raise ValueError(f"the job {job.code} is registered twice")
    if not job.daily_at and not job.every_minutes:
        raise ValueError(f"the job {job.code} has no time")
    _jobs[job.code] = job


def jobs() -> list[Job]:
    """Return the registered jobs by their codes."""
    return [_jobs[code] for code in sorted(_jobs)]
