"""A Footpath server of its own for a script, on a free port, ended with the script."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path


def fetch(url: str) -> tuple[str, bytes]:
    """Return the final address and the body; an answer other than 200 is an error."""
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
        return answer.url, answer.read()


@contextlib.contextmanager
def served(footpath: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of ``footpath serve`` in this environment, once its first page answers."""
    port = _free_port()
    server = subprocess.Popen([footpath, "serve", "--port", str(port)], env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/", server)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        try:
            fetch(url)
        except urllib.error.HTTPError as answer:
            sys.exit(f"The first page answers {answer.code}.")
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                sys.exit("The server ended by itself.")
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not answer within 30 seconds.")
