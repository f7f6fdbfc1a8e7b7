"""Requests, by the standard library alone: to the member side with cookies, to the Corner without.

Whatever is sent to the Corner carries nothing that tells one member from another: no cookie, no
referrer, the same headers each time.
"""

from __future__ import annotations

import http.cookies
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Protocol, Self
from urllib.parse import urlencode, urlsplit

from footpath.secrecy.client.errors import Refused
from footpath.secrecy.client.words import gettext as _

SECONDS = 60
MOST = 64 * 1024 * 1024
"""No answer of a Corner is longer: the bulletin of a year has some four megabytes."""

HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "*/*"}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Reply:
    """What a server has answered; ``headers`` as they came, one pair each."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        """Return the answer as JSON; Refused when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refused(_("The server has answered something that is not understood.")) from None


class Wire(Protocol):
    """What carries a request to a server and its answer back."""

    def __call__(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        """Send one request; follow no redirection; Refused when no answer comes."""
        ...


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 - so the standard library calls it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nowhere: an answer that sends us on is an answer."""
        return


def network(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    """Send one request over the network, each on a connection of its own."""
    request = urllib.request.Request(url, body, {**HEADERS, **headers}, method=method)  # noqa: S310
    opener = urllib.request.build_opener(_NoRedirection)
    try:
        try:
            answer = opener.open(request, timeout=SECONDS)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Reply(answer.status, answer.headers.items(), answer.read(MOST + 1)[:MOST])
    except (OSError, HTTPException):
        raise Refused(
            _("%(server)s does not answer. Try again later.") % {"server": _host(url)}
        ) from None


def origin(address: str) -> str:
    """Return the origin of an address: "https://corner.example.vn".

    Refused without https, except on this very machine.
    """
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if not safe or not parts.hostname or parts.username or parts.path.strip("/"):
        raise Refused(
            _("%(address)s is no address to trust: it begins with https:// and has no path.")
            % {"address": address}
        )
    return f"{parts.scheme}://{parts.netloc}"


def get(wire: Wire, url: str) -> bytes:
    """Return what lies at an address; Refused when it is not there."""
    reply = wire("GET", url, None, {})
    if reply.status != 200:
        raise Refused(_("%(server)s does not answer. Try again later.") % {"server": _host(url)})
    return reply.body


def get_json(wire: Wire, url: str) -> Any:
    """Return the JSON that lies at an address."""
    return Reply(200, (), get(wire, url)).json()


class SignedIn:
    """The member side as a signed-in browser sees it, for as long as the block lasts.

    User name and password are sent once and kept nowhere; the session is ended at the end.
    """

    def __init__(self, wire: Wire, members: str, username: str, password: str) -> None:
        self._wire = wire
        self._members = members
        self._credentials = {"login": username, "password": password}
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Sign in; Refused when name or password are wrong."""
        page = "/account/sign-in/"
        self._send("GET", page, None, {})
        reply = self._post_form(page, self._credentials)
        self._credentials = {}
        if reply.status == 429:
            raise Refused(_("Too many attempts to sign in. Wait some minutes."))
        if reply.status != 302:
            raise Refused(_("You are not signed in: the user name or the password is wrong."))
        return self

    def __exit__(self, *_error: object) -> None:
        """End the session."""
        try:
            self._post_form("/account/sign-out/", {})
        except Refused:
            return  # the server does not answer; its sessions end by themselves

    def post(self, path: str, value: object) -> Reply:
        """Send JSON as the pages do."""
        return self._send(
            "POST", path, json.dumps(value).encode(), JSON | {"X-CSRFToken": self._token()}
        )

    def _post_form(self, path: str, fields: Mapping[str, str]) -> Reply:
        body = urlencode({**fields, "csrfmiddlewaretoken": self._token()}).encode()
        return self._send("POST", path, body, FORM)

    def _token(self) -> str:
        return self._cookies.get("footpath_csrf", "")

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        ours = {"Referer": f"{self._members}{path}"} | ({"Cookie": cookies} if cookies else {})
        reply = self._wire(method, f"{self._members}{path}", body, {**headers, **ours})
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                parsed = http.cookies.SimpleCookie(value)
                self._cookies |= {key: morsel.value for key, morsel in parsed.items()}
        return reply


def _host(url: str) -> str:
    return urlsplit(url).netloc
