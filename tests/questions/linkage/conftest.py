"""A PostgreSQL server as the Corner is to have it, where these tests run on one."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.questions.linkage import here


@pytest.fixture(scope="session", autouse=True)
def _log_of_changes_is_let_go() -> Iterator[None]:
    """Let the server throw old pieces of its log away, as ``footpath corner check`` demands.

    One that the tests have started does so from the beginning (``tests/postgres.py``).
    """
    if not here.SERVER or _asked("SHOW wal_recycle") == "off":
        yield
        return
    _asked("ALTER SYSTEM SET wal_recycle = off")
    _asked("SELECT pg_reload_conf()")
    yield
    _asked("ALTER SYSTEM RESET wal_recycle")
    _asked("SELECT pg_reload_conf()")


def _asked(statement: str) -> object:
    with psycopg.connect(here.SERVER, autocommit=True) as admin:
        cursor = admin.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None
