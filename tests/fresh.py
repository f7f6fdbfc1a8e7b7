"""A fresh database for a Footpath of its own: a copy of what the migrations leave behind.

The copy is kept before any test writes, so that nobody migrates again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection

SERVER = os.environ.get("FOOTPATH_TEST_DATABASE_URL", "")


def _file() -> Path:
    return Path(settings.DATA_DIR) / f"fresh-{os.getpid()}.sqlite3"


def _kept() -> str:
    return f"footpath_fresh_{os.getpid()}"


@contextmanager
def kept() -> Iterator[None]:
    """Keep a copy of the test database as it stands, for as long as the tests run."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(_file())])
        yield
        return
    name = connection.settings_dict["NAME"]
    connection.close()  # nobody may be in a database that is copied
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_kept()} TEMPLATE {name}")
    yield
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {_kept()} WITH (FORCE)")


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Yield the address of a fresh database on the engine of this run."""
    if connection.vendor == "sqlite":
        shutil.copy(_file(), folder / "footpath.sqlite3")
        yield f"sqlite:///{folder / 'footpath.sqlite3'}"
        return
    name = f"footpath_house_{os.getpid()}_{uuid4().hex[:8]}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {_kept()}")
        try:
            yield f"{SERVER.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
