"""One request to another system: never into an inner network, never elsewhere, never without end.

The name is resolved here and the connection goes to the very address that was judged. Redirections
are not followed: their target was not judged, and a form may not be sent to it.
"""

from __future__ import annotations

import http.client
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from footpath import __version__
from footpath.core import outbound

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
    where = _judged_address(parts)
    handed_over = False
    try:
        with outbound.connected(parts, where, longest=outbound.LONGEST_S) as connection:
            handed_over = True
            connection.request(method, connection.target, body or None, _headers(method))
            with connection.getresponse() as answer:
                status, content = answer.status, answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(
            _("It does not answer (%(error)s).") % {"error": type(error).__name__},
            handed_over=handed_over,
        ) from None
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


def _judged_address(parts: SplitResult) -> str:
    """Return the first network address of the host; Unreachable when any of them is not public."""
    try:
        return outbound.judged(parts, private=settings.OPEN311_PRIVATE)
    except outbound.NotKnown:
        raise Unreachable(_("Its host is not known.")) from None
    except outbound.NotPublic:
        raise Unreachable(_("Its address does not lead to a public network.")) from None
