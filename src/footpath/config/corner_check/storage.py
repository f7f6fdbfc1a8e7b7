"""What is kept: databases, the folder of the Corner, private keys, backups."""

from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from footpath.config.corner_check.fault import Fault

TAG = "CACHEDIR.TAG"
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
MARKS = (b"corner_inbox", b"corner_nullifier")
SECRETS = (b"PRIVATE KEY-----", b"AGE-SECRET-KEY-1")
LOOKED_AT = 8 * 1024 * 1024
"""So many bytes from the beginning of a backup tell which tables it holds."""

POSTGRES = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_duration": "off",
    "log_connections": "off",
    "log_disconnections": "off",
    "track_commit_timestamp": "off",
    "archive_mode": "off",
    # Its log of changes has a time for every transaction: no more of it than is needed, and none
    # of it kept after the mix.
    "wal_level": "minimal",
    "wal_recycle": "off",
}
"""What the Corner's PostgreSQL server must not write: times of statements, people, transactions."""

MAY_LET_GO = """
SELECT has_function_privilege('pg_switch_wal()', 'execute')
   AND (pg_has_role('pg_checkpoint', 'USAGE')
        OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
"""


def of_databases(member: Mapping[str, Any], corner: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault when both projects keep their rows in one file, or in one server."""
    own = "Give the Corner a database of its own: FOOTPATH_CORNER_DATABASE_URL."
    if "sqlite" in str(corner["ENGINE"]):
        if "sqlite" in str(member["ENGINE"]) and _file(member) == _file(corner):
            yield Fault("The Corner writes into the database of the member side.", own)
        return
    if "sqlite" in str(member["ENGINE"]):
        return
    if _server(member) == _server(corner):
        yield Fault(
            "The Corner's database lies in the server of the member side: transactions are "
            "numbered for both, backups and logs hold both.",
            "Give the Corner a PostgreSQL server of its own, or leave it on SQLite.",
        )
    elif member.get("USER") == corner.get("USER"):
        yield Fault("Both projects open their databases as the same user.", own)


def of_postgres(member: Any, corner: Any) -> Iterator[Fault]:
    """Yield what PostgreSQL writes down besides its tables; the arguments are connections."""
    for name, wanted in POSTGRES.items():
        said = _setting(corner, name)
        if said not in {wanted, None}:
            yield Fault(
                f"The Corner's PostgreSQL server has {name} = {said}.",
                f"Set {name} = {wanted} in its configuration.",
            )
    if _setting(corner, "log_min_error_statement") not in {"fatal", "panic", None}:
        yield Fault(
            "The Corner's PostgreSQL server logs statements that fail, with their values.",
            "Set log_min_error_statement = panic in its configuration.",
        )
    if not _first(corner, MAY_LET_GO):
        yield Fault(
            "The Corner's role may not let go of the log of changes after the mix.",
            "GRANT pg_checkpoint TO the role, GRANT EXECUTE ON FUNCTION pg_switch_wal() TO it.",
        )
    if member.vendor == "postgresql" and _cluster(member) == _cluster(corner):
        yield Fault(
            "Both databases lie in one PostgreSQL cluster, under whatever names.",
            "Give the Corner a PostgreSQL server of its own, or leave it on SQLite.",
        )


def of_folder(folder: Path) -> Iterator[Fault]:
    """Yield faults of the Corner's folder: who may look in, and whether backups leave it out."""
    if not folder.is_dir():
        yield Fault(f"The Corner has no folder ({folder}).", "Set FOOTPATH_CORNER_DIR.")
        return
    if folder.stat().st_mode & 0o007:
        yield Fault(f"Everybody on this machine may look into {folder}.", f"chmod 750 {folder}")
    tag = folder / TAG
    if not tag.exists() or not tag.read_bytes().startswith(SIGNATURE):
        yield Fault(
            f"Nothing tells programs that make backups to leave {folder} out.",
            f"Start the Corner once, which writes {TAG}, and let them heed it "
            "(tar --exclude-caches, restic --exclude-caches, borg --exclude-caches).",
        )
    yield from _of_keys(folder / "keys")


def _of_keys(keys: Path) -> Iterator[Fault]:
    if not keys.is_dir():
        return  # of_notice says which keys are missing
    for path in [keys, *sorted(keys.iterdir())]:
        mode = path.stat().st_mode
        if mode & 0o077:
            yield Fault(
                f"Others may read {path} ({stat.filemode(mode)}).",
                f"chmod {'700' if path.is_dir() else '600'} {path}; if they have, make new keys.",
            )


def of_secrets(name: str, connection: Any) -> Iterator[Fault]:
    """Yield the tables of a database in which a private key lies, wherever it came from."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in sorted(tables):
            if not table.startswith(("accounts_", "corner_", "core_")):
                continue
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            if _holds_secret(connection, cursor, table, columns):
                yield Fault(
                    f"A private key lies in the database of the {name}, table {table}.",
                    "Delete it there, and make new keys: backups hold it.",
                )


def _holds_secret(connection: Any, cursor: Any, table: str, columns: list[str]) -> bool:
    quoted = [connection.ops.quote_name(column) for column in columns]
    tests = " OR ".join(
        f"CAST({column} AS text) LIKE %s OR CAST({column} AS text) LIKE %s" for column in quoted
    )
    patterns = [f"%{secret.decode()}%" for secret in SECRETS] * len(columns)
    if not tests:
        return False
    cursor.execute(
        f"SELECT 1 FROM {connection.ops.quote_name(table)} WHERE {tests} LIMIT 1",  # noqa: S608
        patterns,
    )
    return cursor.fetchone() is not None


def of_backups(folders: Iterable[Path], corner_dir: Path) -> Iterator[Fault]:
    """Yield the backups that hold the Corner: its folder, its tables, its keys."""
    for folder in folders:
        if not folder.exists():
            yield Fault(
                f"There is no folder of backups at {folder}.",
                'Correct FOOTPATH_BACKUP_DIR, or write "none" where no backups are made.',
            )
            continue
        if corner_dir.is_relative_to(folder):
            yield Fault(f"The Corner's folder lies among the backups in {folder}.", "Move it away.")
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_relative_to(corner_dir) and _holds_corner(file):
                yield Fault(
                    f"The backup {file} holds the Corner.",
                    "Delete it, and leave the Corner's folder and database out of backups.",
                )


def _holds_corner(file: Path) -> bool:
    """Tell whether a file is a copy of the Corner's files or an archive with some of them."""
    if _is_of_corner(file.name, file.parent.name):
        return True
    try:
        if tarfile.is_tarfile(file):
            with tarfile.open(file) as archive:
                names = [Path(name) for name in archive.getnames()]
            return any(_is_of_corner(name.name, name.parent.name) for name in names)
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as book:
                names = [Path(name) for name in book.namelist()]
            return any(_is_of_corner(name.name, name.parent.name) for name in names)
        start = _start(file)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile):
        return False  # nothing that could be restored from
    return any(mark in start for mark in MARKS)


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        head = stream.read(2)
    if head == b"\x1f\x8b":
        with gzip.open(file) as unpacked:
            return unpacked.read(LOOKED_AT)
    with file.open("rb") as stream:
        return stream.read(LOOKED_AT)


def _is_of_corner(name: str, folder: str) -> bool:
    return name.startswith("corner.sqlite3") or (folder == "keys" and name.endswith(".pem"))


def _file(database: Mapping[str, Any]) -> Path:
    return Path(str(database["NAME"])).resolve()


def _server(database: Mapping[str, Any]) -> tuple[str, str]:
    host = str(database.get("HOST") or "localhost")
    return "localhost" if host in {"127.0.0.1", "::1"} else host, str(database.get("PORT") or 5432)


def _setting(connection: Any, name: str) -> str | None:
    value: str | None = _first(connection, "SELECT current_setting(%s, true)", name)
    return value


def _cluster(connection: Any) -> int:
    return int(_first(connection, "SELECT system_identifier FROM pg_control_system()"))


def _first(connection: Any, query: str, *values: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchone()[0]
