"""Work at set times: rooms register jobs in ``apps.ready``, ``footpath worker`` does them.

A job has a code and the times of day (in the organisation's time zone) or the minutes between two
runs. Each time is claimed by a row, so that any number of workers do it exactly once; of the times
missed while nobody worked only the latest is caught up, once. A job must be safe to repeat.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from types import TracebackType

from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone

from footpath.core import clock, workers
from footpath.core.models import TimetableRun

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After so long without a sign of life a run of another machine is taken over."""

SIGN_OF_LIFE_S = 60.0
KEPT = timedelta(days=60)
LEFT = "The worker ended before the job was done."


@dataclass(frozen=True)
class Job:
    """A piece of work at set times: ``daily_at``, or ``every_minutes`` when that is not 0.

    ``run`` gets the moment at which it really runs. On the first start ever nothing from before is
    caught up, unless the job says so with ``from_the_start``.
    """

    code: str
    run: Callable[[datetime], object]
    daily_at: tuple[time, ...] = ()
    every_minutes: int = 0
    from_the_start: bool = False


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


# --- when something is due ------------------------------------------------------------------------


def due_times(
    job: Job, since: datetime | None, now: datetime, zone: tzinfo | None = None
) -> Iterator[datetime]:
    """Yield the times of a job after ``since`` up to ``now``, the latest first, none left out.

    Times of day are those of ``zone`` (the organisation's), intervals count from midnight UTC of
    1 January 1970, so that every worker finds the same times. Without ``since`` they never end.
    """
    for moment in _times_back(job, now, zone or timezone.get_default_timezone()):
        if since is not None and moment <= since:
            return
        yield moment


def _times_back(job: Job, now: datetime, zone: tzinfo) -> Iterator[datetime]:
    if job.every_minutes:
        step = job.every_minutes * 60
        moment = datetime.fromtimestamp(now.timestamp() // step * step, tz=zone)
        while True:
            yield moment
            moment = (moment.astimezone(UTC) - timedelta(seconds=step)).astimezone(zone)
    day = now.astimezone(zone).date()
    while True:
        for at in sorted(job.daily_at, reverse=True):
            moment = datetime.combine(day, at, tzinfo=zone)
            if moment <= now:
                yield moment
        day -= timedelta(days=1)


# --- doing it -------------------------------------------------------------------------------------


def run_due(now: datetime, worker: str) -> int:
    """Do what is due at ``now``, each time of each job once, and return how many jobs were done.

    ``worker`` is the name from ``core.workers.me``. With nothing due this only reads.
    A job that fails is logged, kept as failed and tried again at its next time.
    """
    done = 0
    newest = _newest_runs()
    for job in jobs():
        run = _claim(job, newest.get(job.code), now, worker)
        if run is not None:
            _do(job, run, now)
            done += 1
    return done


def _newest_runs() -> dict[str, TimetableRun]:
    """Return the newest run of each registered job; two queries, both from the index."""
    newest = (
        TimetableRun.objects.filter(job__in=list(_jobs))
        .order_by()
        .values_list("job")
        .annotate(newest=models.Max("due_at"))
    )
    wanted = models.Q(pk=None)
    for code, due_at in newest:
        wanted |= models.Q(job=code, due_at=due_at)
    return {run.job: run for run in TimetableRun.objects.filter(wanted)}


def _claim(
    job: Job, newest: TimetableRun | None, now: datetime, worker: str
) -> TimetableRun | None:
    """Return the run that this worker is to do now, or None when there is none for it."""
    due = next(due_times(job, newest.due_at if newest else None, now), None)
    if newest is None:
        if not job.from_the_start:
            _begin(job, due, now, worker)
            return None
    elif newest.state == TimetableRun.State.CLAIMED:
        if not _is_left(newest, now):
            return None  # somebody is at it; a later time waits until they have finished
        if due is None:
            return _take_over(newest, now, worker)
        TimetableRun.objects.filter(pk=newest.pk, state=TimetableRun.State.CLAIMED).update(
            state=TimetableRun.State.FAILED, finished_at=now, error=LEFT
        )
    return _insert(job, due, now, worker) if due is not None else None


def _begin(job: Job, due: datetime | None, now: datetime, worker: str) -> None:
    """Note from where a job counts that has never run: what was due before is not caught up."""
    TimetableRun.objects.bulk_create(
        [
            TimetableRun(
                job=job.code,
                due_at=due or now,
                state=TimetableRun.State.DONE,
                claimed_by=worker,
                claimed_at=now,
                finished_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def _insert(job: Job, due: datetime, now: datetime, worker: str) -> TimetableRun | None:
    try:
        with transaction.atomic():
            return TimetableRun.objects.create(
                job=job.code, due_at=due, claimed_by=worker, claimed_at=now
            )
    except IntegrityError:
        return None  # another worker was quicker


def _is_left(run: TimetableRun, now: datetime) -> bool:
    return run.claimed_at < now - LEASE or workers.is_gone(run.claimed_by)


def _take_over(run: TimetableRun, now: datetime, worker: str) -> TimetableRun | None:
    taken = TimetableRun.objects.filter(
        pk=run.pk,
        state=TimetableRun.State.CLAIMED,
        claimed_by=run.claimed_by,
        claimed_at=run.claimed_at,
    ).update(claimed_by=worker, claimed_at=now)
    run.claimed_by, run.claimed_at = worker, now
    return run if taken else None


def _do(job: Job, run: TimetableRun, now: datetime) -> None:
    state, error = TimetableRun.State.DONE, ""
    try:
        with _SignsOfLife(run):
            job.run(now)
    except Exception as problem:
        log.exception("the job %s failed", job.code)
        state, error = TimetableRun.State.FAILED, f"{type(problem).__name__}: {problem}"[:2000]
    with transaction.atomic():
        TimetableRun.objects.filter(pk=run.pk, claimed_by=run.claimed_by).update(
            state=state, error=error, finished_at=clock.now()
        )
        TimetableRun.objects.filter(job=job.code, due_at__lt=run.due_at - KEPT).delete()


class _SignsOfLife:
    """Renews a claim every minute while its job runs, so that nobody takes a long job for left."""

    def __init__(self, run: TimetableRun) -> None:
        self._run = run
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _show(self) -> None:
        while not self._over.wait(SIGN_OF_LIFE_S):
            try:
                TimetableRun.objects.filter(
                    pk=self._run.pk, claimed_by=self._run.claimed_by
                ).update(claimed_at=clock.now())
            except DatabaseError:
                log.warning("the job %s could not show that it lives", self._run.job)
            finally:
                connection.close()
