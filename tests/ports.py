"""Ports for servers that a test starts: free when it is asked for, and free when it starts."""

from __future__ import annotations

import contextlib
import socket
from random import SystemRandom

HOST = "127.0.0.1"
FIRST, LAST = 20_000, 32_000
"""Below what Linux gives away by itself: no browser and no other server is given one of these
between our look and the start of the server, or while a killed server is started again."""


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    chance = SystemRandom()
    while True:
        port = chance.randrange(FIRST, LAST)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
