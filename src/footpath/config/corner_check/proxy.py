"""The proxy in front of the Corner: it writes nothing down and passes nothing of a visitor on."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from footpath.config.corner_check import nginx
from footpath.config.corner_check.fault import Fault

REFERENCE = "deploy/nginx-corner.conf"
SILENT = {
    "access_log": ("off",),
    "error_log": ("/dev/null", "crit"),
    "client_max_body_size": ("128k",),
}
"""In force in each server of the Corner's name, and in every location of it."""

PASSING = {
    # A body larger than the buffer would be written to a file.
    "client_body_buffer_size": ("128k",),
    "proxy_max_temp_file_size": ("0",),
    "proxy_cache": ("off",),
}
"""In force besides wherever requests are passed on."""

ENCRYPTED = {
    # What a browser resumes with would join its visits.
    "ssl_session_tickets": ("off",),
    "ssl_session_cache": ("off",),
}
"""In force besides in a server that speaks TLS."""

EMPTY_HEADERS = (
    "Forwarded",
    "Referer",
    "User-Agent",
    "X-Forwarded-For",
    "X-Real-IP",
)
PLAIN_HEADERS = {
    "host": {"$host", "$http_host"},
    "x-forwarded-proto": {"https", "$scheme"},
    "connection": {""},
}
REFUSED = (
    *("mirror", "userid", "auth_request", "client_body_in_file_only"),
    *("limit_req", "limit_conn"),  # which remember addresses, unless all visitors share one
)
DEFAULTS = {"client_body_in_file_only": ("off",), "userid": ("off",), "mirror": ("off",)}


def faults(path: Path, corner_url: str, base_url: str) -> Iterator[Fault]:
    """Yield what differs from the reference in the server that nginx keeps for the Corner."""
    host = urlsplit(corner_url).hostname or ""
    try:
        main = nginx.read(path)
    except nginx.Unreadable as reason:
        yield Fault(
            f"The configuration of the proxy cannot be checked: {reason}",
            "Run the check as root, or name the file with --proxy.",
        )
        return
    servers = [(http, server) for http in main.each("http") for server in http.each("server")]
    ours = [(http, server) for http, server in servers if _answers(server, host)]
    if not any(_passes(server) for _, server in ours):
        yield Fault(
            f"nginx has no server that passes requests for {host} on.",
            f"Take {REFERENCE} and put your names into it.",
        )
    seen: set[str] = set()
    for http, server in ours:
        for fault in _of_scope([main, http], server, encrypted=_encrypted(server)):
            if fault.what not in seen:
                seen.add(fault.what)
                yield fault
    yield from _of_certificates(ours, servers, base_url)


def _answers(server: nginx.Directive, host: str) -> bool:
    names = [word.lower() for directive in server.each("server_name") for word in directive.words]
    return any(
        fnmatch.fnmatchcase(host, f"*{name}" if name.startswith(".") else name) for name in names
    )


def _passes(block: nginx.Directive) -> bool:
    return any(
        directive.name in {"proxy_pass", "grpc_pass", "uwsgi_pass", "fastcgi_pass"}
        or _passes(directive)
        for directive in block.inside
    )


def _encrypted(server: nginx.Directive) -> bool:
    return any("ssl" in directive.words for directive in server.each("listen"))


def _of_scope(
    above: list[nginx.Directive], block: nginx.Directive, *, encrypted: bool
) -> Iterator[Fault]:
    """Yield the faults of a server or location, and of every location inside it."""
    scopes = [*above, block]
    wanted = dict(SILENT)
    if encrypted:
        wanted |= ENCRYPTED
    if any(directive.name == "proxy_pass" for directive in block.inside):
        wanted |= PASSING
        yield from _of_headers(scopes)
    for name, words in wanted.items():
        yield from _differing(name, words, scopes)
    for name in REFUSED:
        for directive in block.each(name):
            if directive.words != DEFAULTS.get(name) and not _is_of_all(directive, above):
                yield Fault(
                    f"nginx does more than the Corner allows: {directive}.",
                    f"Delete the line; {REFERENCE} does without it.",
                )
    for directive in block.inside:
        if directive.inside or directive.name in {"location", "if", "limit_except"}:
            yield from _of_scope(scopes, directive, encrypted=encrypted)


def _is_of_all(limit: nginx.Directive, above: list[nginx.Directive]) -> bool:
    """Tell whether a limit counts the requests of all visitors together, and so remembers none."""
    named = {word.removeprefix("zone=") for word in limit.words if word.startswith("zone=")}
    zones = {
        word.removeprefix("zone=").partition(":")[0]: zone.words[0]
        for scope in above
        for zone in scope.each(f"{limit.name}_zone")
        for word in zone.words
        if word.startswith("zone=")
    }
    return limit.name == "limit_req" and {zones.get(name) for name in named} == {"$server_name"}


def _differing(name: str, words: tuple[str, ...], scopes: list[nginx.Directive]) -> Iterator[Fault]:
    line = " ".join((name, *words))
    said = next(
        (found for scope in reversed(scopes[2:]) if (found := scope.each(name))), None
    )  # the server itself says so, whatever stands above it
    if said is None:
        yield Fault(f"nginx misses the line {line}.", f"Put it into the server, as in {REFERENCE}.")
        return
    for directive in said:
        if directive.words != words:
            yield Fault(f"nginx says {directive}.", f"Write {line}, as in {REFERENCE}.")


def _of_headers(scopes: list[nginx.Directive]) -> Iterator[Fault]:
    """Headers are inherited only where none is set: the nearest level counts as a whole."""
    told = next(
        (found for scope in reversed(scopes) if (found := scope.each("proxy_set_header"))), []
    )
    sent = {
        directive.words[0].lower(): directive for directive in told if len(directive.words) == 2
    }
    for name in EMPTY_HEADERS:
        directive = sent.pop(name.lower(), None)
        if directive is None or directive.words[1] != "":
            yield Fault(
                f"nginx passes the header {name} on.",
                f'Write proxy_set_header {name} "", as in {REFERENCE}.',
            )
    for name, directive in sent.items():
        if directive.words[1] not in PLAIN_HEADERS.get(name, set()):
            yield Fault(
                f"nginx adds a header: {directive}.",
                f"Delete the line; {REFERENCE} does without it.",
            )


def _of_certificates(
    ours: list[tuple[nginx.Directive, nginx.Directive]],
    servers: list[tuple[nginx.Directive, nginx.Directive]],
    base_url: str,
) -> Iterator[Fault]:
    """One certificate for both names lets a browser use one connection for both."""
    host = urlsplit(base_url).hostname or ""

    def files(block: nginx.Directive) -> set[str]:
        return {word for said in block.each("ssl_certificate") for word in said.words}

    own = {name for _, server in ours for name in files(server)}
    theirs = {
        name
        for http, server in servers
        if _answers(server, host)
        for name in files(server) or files(http)
    }
    if own & theirs:
        yield Fault(
            "The Corner shows the certificate of the member side.",
            "Give the Corner a certificate for its own name alone.",
        )
