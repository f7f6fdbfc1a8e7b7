"""``footpath corner check`` finds what would break the Corner's promise, and says what to do."""

from __future__ import annotations

import copy
import gzip
import importlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from django.conf import settings as member
from django.db import connection

from footpath.config.corner_check import pledges, project, proxy, storage
from footpath.config.corner_check.fault import Fault
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import age, blind, officers
from footpath.secrecy import notice as notices
from footpath.secrecy import roster as rosters
from footpath.secrecy.epochs import Epoch
from tests import fresh

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "deploy" / "nginx-corner.conf"
CORNER_URL = "https://corner.example.org"
BASE_URL = "https://footpath.example.org"
TODAY = date(2026, 11, 22)


def said(faults: Iterable[Fault]) -> list[str]:
    return [fault.what for fault in faults]


def corner() -> Any:
    """Return the settings of the Corner, to be changed freely."""
    module = importlib.import_module("footpath.config.corner")
    return SimpleNamespace(
        **{name: copy.deepcopy(getattr(module, name)) for name in dir(module) if name.isupper()}
    )


# --- settings, log lines, processes ---------------------------------------------------------------


def test_our_own_settings_are_in_order() -> None:
    assert said(project.of_settings(member, corner())) == []


def test_debugging_is_found_on_either_side() -> None:
    bad = corner()
    bad.DEBUG = True
    assert said(project.of_settings(SimpleNamespace(DEBUG=True), bad)) == [
        "Debugging is on at the member side: an error shows what was sent.",
        "Debugging is on at the Corner: an error shows what was sent.",
    ]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("INSTALLED_APPS", "django.contrib.sessions"),
        ("INSTALLED_APPS", "footpath.accounts"),
        ("MIDDLEWARE", "django.contrib.auth.middleware.AuthenticationMiddleware"),
    ],
)
def test_a_corner_that_knows_people_is_found(kind: str, path: str) -> None:
    bad = corner()
    getattr(bad, kind).append(path)
    assert said(project.of_settings(member, bad)) == [
        f"The Corner knows people: {path} stands in its {kind}."
    ]


def test_mail_about_errors_is_found() -> None:
    bad = corner()
    bad.ADMINS = [("Anna", "anna@example.org")]
    assert said(project.of_settings(member, bad)) == [
        "Errors of the Corner are mailed: ADMINS or MANAGERS is set."
    ]


def test_a_referrer_is_found() -> None:
    bad = corner()
    bad.SECURE_REFERRER_POLICY = "same-origin"
    assert said(project.of_settings(member, bad)) == [
        "Pages of the Corner tell other servers where a reader comes from."
    ]


def test_a_cookie_of_the_member_side_that_reaches_the_corner_is_found() -> None:
    shared = SimpleNamespace(DEBUG=False, SESSION_COOKIE_DOMAIN=".example.org")
    assert said(project.of_settings(shared, corner())) == [
        "Cookies of the member side reach the Corner: SESSION_COOKIE_DOMAIN is set."
    ]


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        ("logging.FileHandler", "The Corner's log goes through logging.FileHandler (more)."),
        (
            "django.utils.log.AdminEmailHandler",
            "The Corner's log goes through django.utils.log.AdminEmailHandler (more).",
        ),
    ],
)
def test_a_log_that_goes_elsewhere_is_found(handler: str, found: str) -> None:
    bad = corner()
    bad.LOGGING["handlers"]["more"] = {"class": handler}
    assert said(project.of_settings(member, bad)) == [found]


def test_a_log_of_each_step_is_found() -> None:
    bad = corner()
    bad.LOGGING["loggers"]["django.db.backends"] = {"level": "DEBUG"}
    assert said(project.of_settings(member, bad)) == [
        "The Corner logs each step of django.db.backends (DEBUG)."
    ]


WEAK = """
from footpath.config.corner import *
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from footpath.config.corner import *", []),
        (WEAK, ["The Corner's log repeats what errors and requests hold."]),
        (
            "raise RuntimeError('no')",
            ["The Corner does not start with these settings (RuntimeError: no)."],
        ),
    ],
)
def test_log_lines_are_tried_out(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "tried_settings.py").write_text(text)
    environment = os.environ | {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT / 'src'}",
        "FOOTPATH_CORNER_DIR": str(tmp_path / "corner"),
    }
    assert said(project.of_log_lines("tried_settings", environment)) == found


def test_access_logs_of_the_server_are_found(tmp_path: Path) -> None:
    for number, words in enumerate(
        (
            ("granian", "footpath.config.corner_wsgi:application", "--access-log"),
            ("granian", "footpath.config.wsgi:application", "--access-log"),
            ("granian", "footpath.config.corner_wsgi:application"),
            ("gunicorn", "footpath.config.corner_wsgi", "--access-logfile=-"),
        )
    ):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "cmdline").write_bytes("\0".join(words).encode() + b"\0")
    told = {"GRANIAN_LOG_ACCESS_ENABLED": "true", "GUNICORN_CMD_ARGS": "--access-logfile=-"}
    assert said(project.of_processes(told, tmp_path)) == [
        "The server is told to write an access log (GRANIAN_LOG_ACCESS_ENABLED).",
        "The server is told to write an access log (GUNICORN_CMD_ARGS).",
        (
            "A server of the Corner writes an access log: "
            "granian footpath.config.corner_wsgi:application --access-log."
        ),
        (
            "A server of the Corner writes an access log: "
            "gunicorn footpath.config.corner_wsgi --access-logfile=-."
        ),
    ]
    assert said(project.of_processes({}, tmp_path / "nothing")) == []


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "corner_url", "found"),
    [
        (BASE_URL, CORNER_URL, []),
        (BASE_URL, "", ["The Corner has no address."]),
        ("", CORNER_URL, ["The member side has no address."]),
        (
            BASE_URL,
            "http://corner.example.org",
            ["The Corner is reached without encryption (http://corner.example.org)."],
        ),
        (
            BASE_URL,
            "https://footpath.example.org:8443",
            [
                (
                    "The Corner has the same host name as the member side: cookies know no ports, "
                    "so the browser tells the Corner who is signed in."
                )
            ],
        ),
        (
            "https://footpath.bentre.gov.vn",
            "https://corner.bentre.gov.vn",
            [],
        ),
        (
            "https://bentre.gov.vn",
            "https://corner.gov.vn",
            [
                (
                    "corner.gov.vn and bentre.gov.vn are not one site: browsers keep the storage "
                    "of a frame apart, so tokens do not arrive."
                )
            ],
        ),
        (
            "https://10.0.0.1",
            "https://10.0.0.2",
            [
                (
                    "10.0.0.2 and 10.0.0.1 are not one site: browsers keep the storage of a frame "
                    "apart, so tokens do not arrive."
                )
            ],
        ),
    ],
)
def test_addresses_are_judged_as_browsers_do(base: str, corner_url: str, found: list[str]) -> None:
    assert said(project.of_addresses(base, corner_url)) == found


# --- the proxy ------------------------------------------------------------------------------------


def configuration(folder: Path, server: str, above: str = "") -> Path:
    """Write a configuration of nginx that includes a server, and return its file."""
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites" / "corner.conf").write_text(server)
    main = folder / "nginx.conf"
    main.write_text(
        "user www-data; # as Debian has it\nevents { worker_connections 768; }\nhttp {\n"
        f"  access_log /var/log/nginx/access.log;\n  {above}\n  include sites/*.conf;\n}}\n"
    )
    return main


def judged(folder: Path, server: str, above: str = "") -> list[str]:
    return said(proxy.faults(configuration(folder, server, above), CORNER_URL, BASE_URL))


def test_the_reference_is_in_order(tmp_path: Path) -> None:
    assert judged(tmp_path, REFERENCE.read_text()) == []


GUARDED = [
    line.strip()
    for line in REFERENCE.read_text().splitlines()
    if line.strip().startswith(
        ("access_log", "error_log", "client_", "proxy_max", "proxy_cache", "ssl_session")
    )
    or '"";' in line
]


@pytest.mark.parametrize("line", sorted(set(GUARDED) - {'proxy_set_header Connection "";'}))
def test_each_line_of_the_reference_that_is_missing_is_named(tmp_path: Path, line: str) -> None:
    found = judged(tmp_path, REFERENCE.read_text().replace(line, ""))
    words = line.rstrip(";")
    name = words.split()[1] if words.startswith("proxy_set_header") else ""
    assert found == [
        f"nginx passes the header {name} on." if name else f"nginx misses the line {words}."
    ]


LIMIT = "limit_req zone=corner_postings burst=400 nodelay"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "location / {",
            "location / {\n access_log /var/log/nginx/corner.log combined;",
            "nginx says access_log /var/log/nginx/corner.log combined.",
        ),
        (
            "error_log /dev/null crit;",
            "error_log off;",
            "nginx says error_log off.",
        ),
        (
            'X-Forwarded-For ""',
            "X-Forwarded-For $proxy_add_x_forwarded_for",
            "nginx passes the header X-Forwarded-For on.",
        ),
        (
            "proxy_http_version 1.1;",
            "proxy_set_header X-Client $remote_addr;",
            "nginx adds a header: proxy_set_header X-Client $remote_addr.",
        ),
        (
            "proxy_http_version 1.1;",
            "mirror /copy;",
            "nginx does more than the Corner allows: mirror /copy.",
        ),
        (
            "limit_req_zone $server_name",
            "limit_req_zone $binary_remote_addr",
            f"nginx does more than the Corner allows: {LIMIT}.",
        ),
        (
            "limit_req zone=corner_postings ",
            "limit_req zone=others ",
            "nginx does more than the Corner allows: limit_req zone=others burst=400 nodelay.",
        ),
        (
            "location / {",
            "location / {\n limit_conn corner_postings 10;",
            "nginx does more than the Corner allows: limit_conn corner_postings 10.",
        ),
        (
            "location / {",
            "location /postings/ { client_max_body_size 64k; }\nlocation / {",
            "nginx says client_max_body_size 64k.",
        ),
    ],
)
def test_each_line_that_was_altered_is_named(
    tmp_path: Path, old: str, new: str, found: str
) -> None:
    text = REFERENCE.read_text()
    assert old in text
    assert judged(tmp_path, text.replace(old, new, 1)) == [found]


def test_a_missing_server_is_named(tmp_path: Path) -> None:
    other = REFERENCE.read_text().replace("corner.example.org", "other.example.org")
    assert judged(tmp_path, other) == [
        "nginx has no server that passes requests for corner.example.org on."
    ]


def test_one_certificate_for_both_names_is_found(tmp_path: Path) -> None:
    both = (
        REFERENCE.read_text()
        + """
server {
    listen 443 ssl;
    server_name .example.net footpath.example.org;
    ssl_certificate "/etc/ssl/corner.example.org.pem";
}
"""
    )
    assert judged(tmp_path, both) == ["The Corner shows the certificate of the member side."]


def test_a_server_for_every_name_of_the_domain_shows_one_certificate(tmp_path: Path) -> None:
    text = REFERENCE.read_text().replace("name corner.example.org", "name *.example.org")
    assert judged(tmp_path, text) == ["The Corner shows the certificate of the member side."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("server { listen 80;", "does not close the block server."),
        ("server { listen 80; } }", "closes a block that it has not opened."),
        ("access_log off", "does not end the directive access_log."),
        ("include sites/*.conf;", "includes itself."),
    ],
)
def test_a_configuration_that_cannot_be_read_is_said(tmp_path: Path, text: str, found: str) -> None:
    [only] = judged(tmp_path, text)
    assert only.startswith("The configuration of the proxy cannot be checked: ")
    assert only.endswith(found)


def test_a_configuration_that_is_not_there_is_said(tmp_path: Path) -> None:
    [only] = said(proxy.faults(tmp_path / "no.conf", CORNER_URL, BASE_URL))
    assert only.endswith("no.conf cannot be read (No such file or directory).")


# --- databases, folder, keys, backups -------------------------------------------------------------


def sqlite(path: str) -> dict[str, Any]:
    return {"ENGINE": "footpath.core.sqlite", "NAME": path}


def postgres(**values: Any) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "USER": "corner"} | values


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (sqlite("/a/footpath.sqlite3"), sqlite("/a/corner/corner.sqlite3"), []),
        (
            sqlite("/a/footpath.sqlite3"),
            sqlite("/a/b/../footpath.sqlite3"),
            ["The Corner writes into the database of the member side."],
        ),
        (postgres(), sqlite("/a/corner.sqlite3"), []),
        (sqlite("/a/footpath.sqlite3"), postgres(), []),
        (postgres(HOST="one", USER="members"), postgres(HOST="two"), []),
        (
            postgres(HOST="one"),
            postgres(HOST="two"),
            ["Both projects open their databases as the same user."],
        ),
        (
            postgres(HOST="127.0.0.1", USER="members"),
            postgres(HOST="localhost", PORT=5432),
            [
                (
                    "The Corner's database lies in the server of the member side: transactions are "
                    "numbered for both, backups and logs hold both."
                )
            ],
        ),
    ],
)
def test_a_shared_database_is_found(
    one: dict[str, Any], other: dict[str, Any], found: list[str]
) -> None:
    assert said(storage.of_databases(one, other)) == found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of the Corner as it should be, with one key."""
    made = tmp_path / "data" / "corner"
    made.mkdir(parents=True, mode=0o700)
    (made / "CACHEDIR.TAG").write_bytes(storage.SIGNATURE + b"\n")
    CornerFiles(made).keep_key("2026-11", b"-----BEGIN PRIVATE KEY-----\n")
    (made / "corner.sqlite3").write_bytes(b"SQLite format 3\0 corner_inbox")
    return made


def test_a_folder_as_it_is_made_is_in_order(folder: Path) -> None:
    assert said(storage.of_folder(folder)) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert said(storage.of_folder(tmp_path / "no")) == [
        f"The Corner has no folder ({tmp_path / 'no'})."
    ]


def test_a_folder_and_keys_that_others_may_read_are_found(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "keys" / "2026-11.pem").chmod(0o640)
    assert said(storage.of_folder(folder)) == [
        f"Everybody on this machine may look into {folder}.",
        f"Others may read {folder / 'keys' / '2026-11.pem'} (-rw-r-----).",
    ]


def test_a_folder_without_its_tag_is_found(folder: Path) -> None:
    (folder / "CACHEDIR.TAG").write_text("something else")
    assert said(storage.of_folder(folder)) == [
        f"Nothing tells programs that make backups to leave {folder} out."
    ]


def copied(folder: Path, to: Path) -> None:
    shutil.copy(folder / "corner.sqlite3", to / "corner.sqlite3")


def renamed(folder: Path, to: Path) -> None:
    shutil.copy(folder / "corner.sqlite3", to / "monday.bak")


def packed(folder: Path, to: Path) -> None:
    with tarfile.open(to / "monday.tar.gz", "w:gz") as archive:
        archive.add(folder, "data/corner")


def zipped(folder: Path, to: Path) -> None:
    with zipfile.ZipFile(to / "monday.zip", "w") as archive:
        archive.write(folder / "keys" / "2026-11.pem", "corner/keys/2026-11.pem")


def dumped(_folder: Path, to: Path) -> None:
    (to / "monday.sql.gz").write_bytes(gzip.compress(b"CREATE TABLE public.corner_inbox ("))


@pytest.mark.parametrize("way", [copied, renamed, packed, zipped, dumped])
def test_a_backup_that_holds_the_corner_is_found(folder: Path, tmp_path: Path, way: Any) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    (backups / "footpath.dump").write_bytes(b"PGDMP cases_case accounts_user")
    (backups / "broken.gz").write_bytes(b"\x1f\x8bnothing")
    assert said(storage.of_backups([backups], folder)) == []
    way(folder, backups)
    [only] = said(storage.of_backups([backups], folder))
    assert only.startswith(f"The backup {backups}/")
    assert only.endswith(" holds the Corner.")


def test_a_folder_of_backups_around_the_corner_is_found(folder: Path, tmp_path: Path) -> None:
    assert said(storage.of_backups([tmp_path / "data", tmp_path / "no"], folder)) == [
        f"The Corner's folder lies among the backups in {tmp_path / 'data'}.",
        f"There is no folder of backups at {tmp_path / 'no'}.",
    ]


@pytest.mark.django_db
def test_a_private_key_in_a_database_is_found() -> None:
    from footpath.accounts.models import User

    assert said(storage.of_secrets("member side", connection)) == []
    User.objects.create(username="anna", email="", password="-----BEGIN PRIVATE KEY-----")
    assert said(storage.of_secrets("member side", connection)) == [
        "A private key lies in the database of the member side, table accounts_user."
    ]


class Server:
    """A PostgreSQL server that answers two questions."""

    vendor = "postgresql"

    def __init__(self, cluster: int, **settings: str) -> None:
        self.cluster, self.settings = cluster, settings
        self.answer: tuple[Any] = (None,)

    def cursor(self) -> Server:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def execute(self, question: str, values: Iterable[str] | None = None) -> None:
        known = storage.POSTGRES | {"log_min_error_statement": "panic"} | self.settings
        for name in values or ():
            self.answer = (known[name],)
            return
        may = "checkpoint" not in self.settings
        self.answer = (may if "pg_checkpoint" in question else self.cluster,)

    def fetchone(self) -> tuple[Any]:
        return self.answer


def test_a_postgresql_server_that_writes_nothing_down_is_in_order() -> None:
    assert said(storage.of_postgres(Server(1), Server(2))) == []


def test_a_postgresql_server_that_writes_down_who_asks_is_found() -> None:
    bad = Server(
        2, log_statement="all", track_commit_timestamp="on", log_min_error_statement="error"
    )
    assert said(storage.of_postgres(Server(1), bad)) == [
        "The Corner's PostgreSQL server has log_statement = all.",
        "The Corner's PostgreSQL server has track_commit_timestamp = on.",
        "The Corner's PostgreSQL server logs statements that fail, with their values.",
    ]


def test_a_role_that_may_not_let_go_of_the_log_of_changes_is_found() -> None:
    assert said(storage.of_postgres(Server(1), Server(2, checkpoint="no"))) == [
        "The Corner's role may not let go of the log of changes after the mix."
    ]


def test_one_cluster_under_two_names_is_found() -> None:
    assert said(storage.of_postgres(Server(7), Server(7))) == [
        "Both databases lie in one PostgreSQL cluster, under whatever names."
    ]


@pytest.mark.django_db
def test_postgresql_itself_answers_these_questions() -> None:
    if connection.vendor != "postgresql":
        assert not hasattr(connection, "system_identifier")
        return
    found = said(storage.of_postgres(connection, connection))
    assert "Both databases lie in one PostgreSQL cluster, under whatever names." in found


# --- notice, keys, roster -------------------------------------------------------------------------

SPKI: dict[str, bytes] = {}


def key_of(epoch: str) -> bytes:
    """Return the public part of a key for an epoch; making one takes long, so each is kept."""
    if epoch not in SPKI:
        SPKI[epoch] = blind.spki(blind.new_key())
    return SPKI[epoch]


def files_with(folder: Path, months: int, first: str = "2026-11") -> CornerFiles:
    files = CornerFiles(folder)
    epochs = [Epoch(first).after(number) for number in range(months)]
    files.add_to_notice(*(notices.key_entry(epoch, key_of(epoch)) for epoch in epochs))
    return files


def test_keys_published_far_enough_ahead_are_in_order(folder: Path) -> None:
    assert said(pledges.of_notice(files_with(folder, 6), TODAY)) == []


def test_too_few_keys_ahead_are_found(folder: Path) -> None:
    assert said(pledges.of_notice(files_with(folder, 5), TODAY)) == [
        (
            "The keys of 5 months are published, this one counted; fewer than 6 can be swapped "
            "before anybody has pinned them."
        )
    ]


def test_a_missing_a_late_and_a_stray_private_key_are_found(folder: Path) -> None:
    files = files_with(folder, 6)
    files.destroy_key("2026-11")
    files.keep_key("2026-09", b"late")
    files.keep_key("2027-11", b"stray")
    assert said(pledges.of_notice(files, TODAY)) == [
        "The private key of 2026-11 is missing: nobody can draw tokens.",
        "The private key of 2026-09 should be destroyed.",
        "The private key of 2027-11 belongs to no line of the notice.",
    ]


def test_an_altered_notice_is_found(folder: Path) -> None:
    files = files_with(folder, 6)
    notice = files.notice()
    notice["entries"][1]["epoch"] = "2027-06"
    (folder / "notice.json").write_text(json.dumps(notice))
    [only] = said(pledges.of_notice(files, TODAY))
    assert only.startswith("The key notice is not the one that was published (")
    (folder / "notice.json").write_text("{")
    [only] = said(pledges.of_notice(files, TODAY))
    assert only.startswith("The key notice is not the one that was published (")


def roster(number: int = 1, previous: str = "", count: int = 3) -> tuple[Any, dict[str, bytes]]:
    """Return a roster and the seeds with which its officers sign."""
    bundles = [officers.new(f"g{number}-{one}") for one in range(count)]
    made = rosters.Roster(
        number=number,
        previous=previous,
        officers=tuple(bundle.public(bundle.code) for bundle in bundles),
        recovery=age.nobody(),
        supervisor=officers.new("s").public("Supervisor"),
        since=Epoch("2026-11"),
    )
    return made, {bundle.code: bundle.seed for bundle in bundles[:2]}


def named(*versions: Any) -> dict[str, Any]:
    return {
        "entries": [
            {"kind": "roster", "number": version.number, "digest": version.digest}
            for version in versions
        ]
    }


def test_a_roster_and_its_successor_are_in_order() -> None:
    first, seeds = roster()
    second, _ = roster(2, first.digest)
    signed = [rosters.signed(first, seeds), rosters.signed(second, seeds)]
    assert said(pledges.of_roster(named(first, second), signed)) == []


def test_no_roster_is_said() -> None:
    assert said(pledges.of_roster(named(), [])) == [
        "Nobody can open a question: there is no roster of guidance officers."
    ]


def test_a_roster_of_two_is_found() -> None:
    small, seeds = roster(count=2)
    assert said(pledges.of_roster(named(small), [rosters.signed(small, seeds)])) == [
        "Version 1 of the roster does not hold: there are at least three guidance officers."
    ]


def test_a_roster_that_the_notice_does_not_name_is_found() -> None:
    first, seeds = roster()
    other, _ = roster()
    assert said(pledges.of_roster(named(other), [rosters.signed(first, seeds)])) == [
        "Version 1 of the roster is not the one that the key notice names."
    ]


def test_a_version_that_is_named_and_not_there_is_found() -> None:
    first, seeds = roster()
    second, _ = roster(2, first.digest)
    assert said(pledges.of_roster(named(first, second), [rosters.signed(first, seeds)])) == [
        "The notice names version 2 of the roster, the Corner has 1."
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"day": "2026-11-22", "held": 0}', []),
        ('{"day": "2026-11-20", "held": 2}', []),
        (
            '{"day": "2026-11-19", "held": 0}',
            ["The Corner was last mixed on 2026-11-19: what came since lies as it came."],
        ),
        ("[]", ["mix.json cannot be read (list indices must be integers or slices, not str)."]),
    ],
)
def test_a_corner_that_was_not_mixed_is_found(folder: Path, text: str, found: list[str]) -> None:
    assert said(pledges.of_mix(CornerFiles(folder), TODAY)) == []
    (folder / "mix.json").write_text(text)
    assert said(pledges.of_mix(CornerFiles(folder), TODAY)) == found


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a deployment where hardly anything is right."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("FOOTPATH_")
    } | {
        "FOOTPATH_DATA_DIR": str(tmp_path),
        "FOOTPATH_SECRET_KEY": "tests only",
        "FOOTPATH_DEBUG": "yes",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONWARNINGS": "ignore",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "footpath", "corner", "check", *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_command_says_each_fault_on_a_line_and_fails(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = run(environment, "--proxy", str(tmp_path / "nginx.conf"))
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert [line[:6] for line in lines[:-1]] == ["WRONG "] * (len(lines) - 1)
    assert lines[-1] == (f"The Question Corner cannot keep its promise: {len(lines) - 1} wrong.")
    for part in (
        "Debugging is on at the member side",
        "The Corner is reached without encryption",
        "The Corner has the same host name as the member side",
        "The configuration of the proxy cannot be checked",
        "Nobody has said where backups lie",
        "The keys of 0 months are published",
        "The Corner has no database yet.",
    ):
        assert part in done.stdout
    assert not (tmp_path / "corner" / "corner.sqlite3").exists()


@pytest.mark.django_db
def test_the_command_is_content_with_a_right_deployment(
    environment: dict[str, str], tmp_path: Path
) -> None:
    data, site = tmp_path / "data", tmp_path / "nginx"
    data.mkdir()
    site.mkdir()
    environment |= {
        "FOOTPATH_DATA_DIR": str(data),
        "FOOTPATH_DEBUG": "no",
        "FOOTPATH_BASE_URL": BASE_URL,
        "FOOTPATH_CORNER_URL": CORNER_URL,
        "FOOTPATH_BACKUP_DIR": "none",
        "FOOTPATH_CORNER_PROXY": str(configuration(site, REFERENCE.read_text())),
    }
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        env=environment | {"DJANGO_SETTINGS_MODULE": "footpath.config.corner"},
        check=True, timeout=120,
    )  # fmt: skip
    from footpath.core import clock
    from footpath.secrecy.epochs import epoch_of

    this = epoch_of(clock.today())
    files = files_with(data / "corner", 6, this)
    files.keep_key(this, b"key")
    first, seeds = roster()
    files.add_to_notice({"kind": "roster", "number": 1, "digest": first.digest})
    with sqlite3.connect(data / "corner" / "corner.sqlite3") as database:
        database.execute(
            "INSERT INTO corner_roster (number, signed) VALUES (1, ?)",
            [json.dumps(rosters.signed(first, seeds))],
        )
    database.close()
    with fresh.database(data) as url:
        done = run(environment | {"FOOTPATH_DATABASE_URL": url})
    assert done.stdout == "The Question Corner: nothing wrong was found.\n", done.stderr
    assert done.returncode == 0
