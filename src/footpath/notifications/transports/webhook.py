"""Webhooks: signed JSON to an address of the user's choice, never into the house's own network."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath import __version__
from footpath.notifications.transports import HandOver, Refused

TIMEOUT_S = 10
LONGEST_S = 30
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
NAT64 = ipaddress.ip_network("64:ff9b::/96")

NOT_PUBLIC = gettext_noop("The address of the webhook does not lead to a public network.")
NOT_FOUND = gettext_noop("The host of the webhook is not known.")
CANNOT_REACH = gettext_noop("The webhook cannot be reached.")


def problem(address: str) -> str:
    """Return why an address cannot be a webhook, as a sentence for the reader, or ""."""
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return _("This is no web address.")
    allowed = {"https", "http"} if settings.WEBHOOK_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname or not port_is_fine:
        return _("The address of a webhook begins with https://.")
    if parts.username is not None or parts.password is not None:
        return _("The address of a webhook holds no user name and no password.")
    if not address.isascii() or not address.isprintable() or " " in address:
        return _("This is no web address.")
    if not settings.WEBHOOK_PRIVATE and _is_private_text(parts.hostname):
        return _(NOT_PUBLIC)
    return ""


def signing_key(channel_id: int, address: str) -> str:
    """Return the key with which the messages of a webhook are signed; its owner may see it."""
    return salted_hmac(
        "footpath.webhook", f"{channel_id}:{address}", algorithm="sha256"
    ).hexdigest()


def signature(key: str, moment: int, body: bytes) -> str:
    """Return the value of the header: "t=1765432100,v1=<HMAC-SHA256 of "t.body" in hex>"."""
    signed = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def send(
    address: str,
    content: Mapping[str, Any],
    *,
    key: str,
    idempotency: str,
    moment: int,
    hand_over: HandOver,
) -> None:
    """Post the content once; anything but an answer of 200 to 299 is Refused.

    The name is resolved here and the connection goes to the very address that was judged, so that
    a second answer of the name server cannot lead elsewhere. Redirections are not followed.
    """
    parts = urlsplit(address)
    body = json.dumps(content, ensure_ascii=False).encode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(parts, _judged_address(parts))
    # Each read has its limit; this ends an answer that comes byte by byte.
    ending = threading.Timer(LONGEST_S, connection.cut)
    ending.daemon = True
    ending.start()
    try:
        connection.connect()
        hand_over()
        connection.request(
            "POST",
            target,
            body,
            {
                "Content-Type": "application/json",
                "User-Agent": f"Footpath/{__version__}",
                "Idempotency-Key": idempotency,
                "Footpath-Signature": signature(key, moment, body),
                "Connection": "close",
            },
        )
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise Refused(f"HTTP {answer.status}")
    finally:
        ending.cancel()
        connection.close()


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
    """Return the first network address of the host; Refused when any of them is not public."""
    host, port = str(parts.hostname), parts.port or 443
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(NOT_FOUND) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOK_PRIVATE and not all(map(is_public, addresses)):
        raise Refused(NOT_PUBLIC)
    return addresses[0]


def is_public(address: str) -> bool:
    """Return whether a network address belongs to the public network.

    Addresses that carry an IPv4 address inside (mapped, 6to4, Teredo, NAT64) are judged by it too.
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner: list[Any] = []
    if isinstance(known, ipaddress.IPv6Address):
        if known.is_site_local or known in IPV4_COMPATIBLE:
            return False  # both given up long ago, and not public where they still lead somewhere
        inner = [known.ipv4_mapped, known.sixtofour, *(known.teredo or ())]
        if known in NAT64:
            inner.append(ipaddress.ip_address(int(known) & 0xFFFFFFFF))
    return all(
        one.is_global and not one.is_multicast
        for one in ([one for one in inner if one is not None] or [known])
    )


def _is_private_text(host: str) -> bool:
    """Return whether a host is written as an address that is not public, or as this machine."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not is_public(host)
