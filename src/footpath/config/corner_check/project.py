"""The two projects: their settings, their addresses, what they log, how they are run."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from footpath.config.corner_check.fault import Fault

KNOW_PEOPLE = ("sessions", "auth", "messages", "admin", "accounts", "htmx", "contenttypes")
HANDLERS = {"logging.StreamHandler", "logging.NullHandler"}
SECOND_LEVELS = frozenset(
    (
        *("ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt"),
        *("int", "mil", "ne", "net", "or", "org", "sch"),
    )
)
"""Below a country's own ending these stand for many: example.gov.vn is a site, gov.vn is none."""

PROBE = """
import logging
import sys
import django
django.setup()
for name in ("django.request", "django.security.x", "django.server", "django.db.backends",
             "footpath.questions", "py.warnings", "elsewhere"):
    log = logging.getLogger(name)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        try:
            raise ValueError("footpath-corner-canary")
        except ValueError:
            log.log(level, "%s", "footpath-corner-canary", exc_info=True)
sys.stderr.write("footpath-corner-probed")
"""
CANARY, PROBED = "footpath-corner-canary", "footpath-corner-probed"


def of_settings(member: Any, corner: Any) -> Iterator[Fault]:
    """Yield what the settings of the two projects allow that they must not."""
    for name, settings in (("member side", member), ("Corner", corner)):
        if settings.DEBUG:
            yield Fault(
                f"Debugging is on at the {name}: an error shows what was sent.",
                "Unset FOOTPATH_DEBUG.",
            )
    for kind in ("INSTALLED_APPS", "MIDDLEWARE"):
        for path in getattr(corner, kind):
            if any(part in path.lower() for part in KNOW_PEOPLE):
                yield Fault(
                    f"The Corner knows people: {path} stands in its {kind}.",
                    "Use the settings footpath.config.corner unchanged.",
                )
    if getattr(corner, "ADMINS", None) or getattr(corner, "MANAGERS", None):
        yield Fault(
            "Errors of the Corner are mailed: ADMINS or MANAGERS is set.",
            "Use the settings footpath.config.corner unchanged.",
        )
    if getattr(corner, "SECURE_REFERRER_POLICY", "") != "no-referrer":
        yield Fault(
            "Pages of the Corner tell other servers where a reader comes from.",
            'Set SECURE_REFERRER_POLICY to "no-referrer".',
        )
    yield from _of_cookies(member)
    yield from _of_logging(corner.LOGGING)


def _of_cookies(member: Any) -> Iterator[Fault]:
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "LANGUAGE_COOKIE_DOMAIN"):
        if getattr(member, name, None):
            yield Fault(
                f"Cookies of the member side reach the Corner: {name} is set.",
                "Leave it unset: a cookie then goes to the member side's own name alone.",
            )


def _of_logging(logging: Mapping[str, Any]) -> Iterator[Fault]:
    for name, handler in logging.get("handlers", {}).items():
        if handler.get("class") not in HANDLERS:
            yield Fault(
                f"The Corner's log goes through {handler.get('class')} ({name}).",
                "Let it go to standard error only: set no other handler.",
            )
    loggers = {"root": logging.get("root", {}), **logging.get("loggers", {})}
    for name, logger in loggers.items():
        if str(logger.get("level", "WARNING")) in {"DEBUG", "INFO", "NOTSET", "10", "20"}:
            yield Fault(
                f"The Corner logs each step of {name} ({logger['level']}).",
                "Set the level to WARNING or above.",
            )


def of_log_lines(settings: str, environment: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault when a line of the Corner's log repeats what is in a request or an error.

    The Corner is loaded in a process of its own, each logger is told a word, and the word must not
    come out.
    """
    process = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", PROBE],
        env={**environment, "DJANGO_SETTINGS_MODULE": settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = process.stdout + process.stderr
    if PROBED not in said:
        last = (said.strip().splitlines() or ["no word"])[-1]
        yield Fault(
            f"The Corner does not start with these settings ({last}).",
            "Correct them and try again.",
        )
    elif CANARY in said:
        yield Fault(
            "The Corner's log repeats what errors and requests hold.",
            "Use the settings footpath.config.corner unchanged, LOGGING above all.",
        )


def of_addresses(base_url: str, corner_url: str) -> Iterator[Fault]:
    """Yield what is wrong with the two origins, as browsers judge them."""
    member, corner = urlsplit(base_url), urlsplit(corner_url)
    if not corner.hostname:
        yield Fault("The Corner has no address.", "Set FOOTPATH_CORNER_URL to its origin.")
        return
    if not member.hostname:
        yield Fault("The member side has no address.", "Set FOOTPATH_BASE_URL to its origin.")
        return
    for name, url, variable in (
        ("member side", member, "FOOTPATH_BASE_URL"),
        ("Corner", corner, "FOOTPATH_CORNER_URL"),
    ):
        if url.scheme != "https":
            yield Fault(
                f"The {name} is reached without encryption ({url.geturl()}).",
                f"Serve it over HTTPS and write so in {variable}.",
            )
    if member.hostname == corner.hostname:
        yield Fault(
            "The Corner has the same host name as the member side: cookies know no ports, so the "
            "browser tells the Corner who is signed in.",
            "Give the Corner a name of its own and write it in FOOTPATH_CORNER_URL.",
        )
    elif site_of(member.hostname) != site_of(corner.hostname):
        yield Fault(
            f"{corner.hostname} and {member.hostname} are not one site: browsers keep the storage "
            "of a frame apart, so tokens do not arrive.",
            "Give both names of one domain, such as footpath.example.org and corner.example.org.",
        )


def site_of(host: str) -> str:
    """Return the domain that browsers take for one site; the host itself where it has none.

    As far as this can be told without the list of public endings that browsers carry.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return host
    parts = host.lower().strip(".").split(".")
    kept = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in SECOND_LEVELS else 2
    return ".".join(parts[-kept:])


def of_processes(environment: Mapping[str, str], processes: Path) -> Iterator[Fault]:
    """Yield the servers that write an access log of the Corner, by their settings or arguments."""
    if environment.get("GRANIAN_LOG_ACCESS_ENABLED", "").lower() in {"1", "true", "yes", "on"}:
        yield Fault(
            "The server is told to write an access log (GRANIAN_LOG_ACCESS_ENABLED).",
            "Unset the variable.",
        )
    if "access-log" in environment.get("GUNICORN_CMD_ARGS", ""):
        yield Fault(
            "The server is told to write an access log (GUNICORN_CMD_ARGS).", "Unset the variable."
        )
    for words in _command_lines(processes):
        if any("corner_wsgi" in word for word in words) and any(
            word.startswith(("--access-log", "--access_log")) for word in words
        ):
            yield Fault(
                f"A server of the Corner writes an access log: {' '.join(words)[:120]}.",
                "Start it with `footpath corner serve`, which writes none.",
            )


def _command_lines(processes: Path) -> Iterator[list[str]]:
    for file in sorted(processes.glob("[0-9]*/cmdline")):
        try:
            yield [os.fsdecode(word) for word in file.read_bytes().split(b"\0") if word]
        except OSError:
            continue  # it has ended, or is not ours to read
