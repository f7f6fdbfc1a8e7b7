"""The database of this test run, as somebody reads it who does not go through Django."""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connection

from tests.questions.linkage import evidence

SERVER = os.environ.get("FOOTPATH_TEST_DATABASE_URL", "")


def url() -> str:
    """Return the address of the test database."""
    name = str(connection.settings_dict["NAME"])
    return f"{SERVER.rpartition('/')[0]}/{name}" if SERVER else f"sqlite:///{name}"


def tables() -> evidence.Tables:
    """Return the Corner's tables with everything that their storage knows of their rows."""
    if SERVER:
        return evidence.of_postgresql(url(), "corner_")
    return evidence.of_sqlite(Path(str(connection.settings_dict["NAME"])), "corner_")


def files() -> dict[str, bytes]:
    """Return the database's files: of PostgreSQL those of the Corner's tables and its log."""
    if SERVER:
        return evidence.files_of_postgresql(url(), tables())
    name = Path(str(connection.settings_dict["NAME"]))
    return {path.name: path.read_bytes() for path in sorted(name.parent.glob(f"{name.name}*"))}
