"""One request to another system: never into an inner network, never elsewhere, never without end.

The name is resolved here and the connection goes to the very address that was judged. Redirections
are not followed: their target was not judged, and a form may not be sent to it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from footpath import __version__
from footpath.notifications.transports.webhook import is_public

TIMEOUT_S = 10
LONGEST_S = 30
MOST_BYTES = 5 * 1024 * 1024


class Unreachable(Exception):
    """No usable answer; ``handed_over`` says whether the other side may have read the request."""

    def __init__(self, message: str, *, handed_over: bool = False) -> None:
        super().__init__(message)
        self.handed_over = handed_over


def problem(address: str) -> str:
    """Return why an address cannot be that of an endpoint, as a sentence for the reader, or ""."""
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return _("This is no web address.")
    allowed = {"https", "http"} if settings.OPEN311_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname or not port_is_fine:
        return _("The address of an endpoint begins with https://.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return _("The address of an endpoint holds no user name, no password and no parameters.")
    if not address.isascii() or not address.isprintable() or " " in address:
        return _("This is no web address.")
    return ""


def ask(method: str, address: str, body: bytes = b"") -> tuple[int, bytes]:
    """Return the status and the body of the answer; raises Unreachable when there is none."""
    if sentence := problem(address.partition("?")[0]):
        raise Unreachable(sentence)
    parts = urlsplit(address)
    connection = _Pinned(parts, _judged_address(parts))
    # Each read has its limit; this ends an answer that comes byte by byte.
    ending = threading.Timer(LONGEST_S, connection.cut)
    ending.daemon = True
    ending.start()
    handed_over = False
    try:
        connection.connect()
        handed_over = True
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, _headers(method))
        with connection.getresponse() as answer:
            status, content = answer.status, answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(
            _("It does not answer (%(error)s).") % {"error": type(error).__name__},
            handed_over=handed_over,
        ) from None
    finally:
        ending.cancel()
        connection.close()
    if len(content) > MOST_BYTES:
        raise Unreachable(_("Its answer is too long."), handed_over=True)
    return status, content


def _headers(method: str) -> dict[str, str]:
    headers = {
        "Accept": "text/xml",
        "User-Agent": f"Footpath/{__version__}",
        "Connection": "close",
    }
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    return headers


class _Pinned(http.client.HTTPConnection):
    """A connection to one judged network address, with the name of the host for TLS."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self._secure = parts.scheme == "https"
        port = parts.port or (443 if self._secure else 80)
        super().__init__(str(parts.hostname), port, timeout=TIMEOUT_S)
        self._address = address

    def connect(self) -> None:
        """Connect to the judged address, whatever the name says by now."""
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT_S)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End the connection from another thread."""
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _judged_address(parts: SplitResult) -> str:
    """Return the first network address of the host; Unreachable when any of them is not public."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(str(parts.hostname), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_("Its host is not known.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.OPEN311_PRIVATE and not all(map(is_public, addresses)):
        raise Unreachable(_("Its address does not lead to a public network."))
    return addresses[0]
