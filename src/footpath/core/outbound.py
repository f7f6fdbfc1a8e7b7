"""A connection out of the house: to the very address that was judged, and never without end.

Whoever gives us an address must not reach an inner network by it. The name is resolved once, and
a second answer of the name server cannot lead elsewhere.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult

TIMEOUT_S = 10
LONGEST_S = 30
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotKnown(Exception):
    """No network address has this name."""


class NotPublic(Exception):
    """A network address of this name lies in an inner network."""


class Pinned(http.client.HTTPConnection):
    """A connection to one judged network address, with the name of the host for TLS."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self._secure = parts.scheme == "https"
        super().__init__(str(parts.hostname), _port(parts), timeout=TIMEOUT_S)
        self._address = address
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

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


@contextlib.contextmanager
def connected(parts: SplitResult, address: str, *, longest: float) -> Iterator[Pinned]:
    """Connect to a judged address, and end it after so many seconds; raises OSError.

    Each read has its limit; this one ends an answer that comes byte by byte.
    """
    connection = Pinned(parts, address)
    ending = threading.Timer(longest, connection.cut)
    ending.daemon = True
    ending.start()
    try:
        connection.connect()
        yield connection
    finally:
        ending.cancel()
        connection.close()


def judged(parts: SplitResult, *, private: bool) -> str:
    """Return the first network address of a host; NotPublic when any of them is not public.

    ``private`` lets it be in an inner network. Raises NotKnown when the host has no address.
    """
    try:
        found = socket.getaddrinfo(str(parts.hostname), _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise NotKnown from unknown
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(map(is_public, addresses)):
        raise NotPublic
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


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
