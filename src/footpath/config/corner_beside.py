"""The Corner's server as a child of another process: of ``footpath demo``."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

LOOK_EVERY_S = 1.0


@contextlib.contextmanager
def beside(*, host: str, port: int) -> Iterator[None]:
    """Serve the Corner in a process of its own for as long as the block lasts."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "footpath.config.corner"}
    command = [sys.executable, "-m", __name__, host, str(port), str(os.getpid())]
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - our own interpreter and module
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_with(parent: int) -> threading.Thread:
    """Ask this process to end as soon as its parent has ended, however that came about."""
    pause = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            pause.wait(LOOK_EVERY_S)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=watch, name="end with the parent", daemon=True)
    thread.start()
    return thread


def main(host: str, port: int, parent: int) -> None:
    """Serve the Corner until stopped, or until the parent process has ended."""
    import django

    django.setup()
    from footpath.config import corner_server

    end_with(parent)
    corner_server.serve(host=host, port=port, workers=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
