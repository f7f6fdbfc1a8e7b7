"""Whether an address can be listened on, asked before a long preparation."""

from __future__ import annotations

import socket

import click


def require_free(host: str, *ports: int, option: str = "--port") -> None:
    """Refuse with one sentence when another program listens on one of the ports of a host."""
    for port in ports:
        if is_taken(host, port):
            raise click.ClickException(
                f"Another program listens on port {port} of {host}. "
                f"End it, or choose another port with {option}."
            )


def is_taken(host: str, port: int) -> bool:
    """Return whether the address cannot be listened on now. Port 0, any free one, never is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
