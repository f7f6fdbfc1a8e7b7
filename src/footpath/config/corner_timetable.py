"""What the Corner does by itself: the daily mix, and a look at its files once a minute.

A small thread in each process that serves the Corner. Whether a day has been mixed is decided by
the database, so any number of them, and ``footpath corner mix`` from cron, may run at once.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, time

from django.conf import settings
from django.db import connection
from django.utils import timezone

from footpath.core import clock
from footpath.questions import services, storage

LOOK_EVERY_S = 60.0
NEVER = "never"

log = logging.getLogger(__name__)


def start() -> threading.Thread:
    """Start the thread; it ends with its process, and whatever it was at is done or undone."""
    thread = threading.Thread(target=_keep_time, name="corner timetable", daemon=True)
    thread.start()
    return thread


def is_due(now: datetime) -> bool:
    """Tell whether the mix of this day is to be done: its hour has come, and nobody has noted it.

    ``FOOTPATH_CORNER_MIX_AT`` is in the organisation's time zone; "never" leaves it to cron.
    """
    if settings.CORNER_MIX_AT == NEVER:
        return False
    local = timezone.localtime(now)
    hour = time.fromisoformat(settings.CORNER_MIX_AT)
    return local.time() >= hour and not storage.is_noted(local.date())


def look(now: datetime) -> None:
    """Do what is due; an error is logged without its message, and the next look tries again.

    The times of the files are set again each minute, so that the moment at which that was done,
    which nobody can set, never tells when the latest posting came.
    """
    for deed in (_settle, _mix):
        try:
            deed(now)
        except Exception:
            log.exception("The Corner could not do what was due and tries again in a minute.")
            connection.close_if_unusable_or_obsolete()


def _settle(now: datetime) -> None:
    storage.settle_files(clock.day_of(now))


def _mix(now: datetime) -> None:
    if is_due(now):
        services.mix(on=clock.day_of(now))


def _keep_time() -> None:
    pause = threading.Event()
    while True:
        look(clock.now())
        pause.wait(LOOK_EVERY_S)
