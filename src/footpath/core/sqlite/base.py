"""Django's SQLite backend with one addition: transactions queue for one writer lock.

SQLite lets one connection write at a time, and the others poll with growing sleeps: under eight
writers the slowest tenth waits for hundreds of milliseconds. Here every transaction first takes
a lock file beside the database (and a lock within the process), so that writers stand in a queue
and reads, which open no transaction, never wait. See docs/decisions/0003-one-writer-on-sqlite.md.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import IO, Any

from django.db.backends.sqlite3 import base

try:
    import fcntl
except ImportError:  # Windows: the lock within the process and SQLite's own lock remain
    fcntl = None  # type: ignore[assignment]

_turns: dict[str, threading.Lock] = {}
_turns_guard = threading.Lock()


def _turn(path: str) -> threading.Lock:
    with _turns_guard:
        return _turns.setdefault(path, threading.Lock())


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin with the writer lock of its file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lock_file: IO[str] | None = None
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._end_turn_unless_open()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn_unless_open()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        path = str(self.settings_dict["NAME"])
        if self._turn is not None or self.is_in_memory_db():
            return
        turn = _turn(path)
        turn.acquire()
        self._turn = turn
        if fcntl is not None:
            self._lock_file = Path(f"{path}.writer").open("a")  # noqa: SIM115 - held until the commit
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)

    def _end_turn_unless_open(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._lock_file is not None:
            lock_file, self._lock_file = self._lock_file, None
            lock_file.close()
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()
