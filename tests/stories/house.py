"""A whole Footpath of its own for a test: database, server processes, and keys of the API."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests import fresh
from tests.ports import HOST, free_port

PATIENCE_S = 120
SEED = """
import json
import django; django.setup()
from footpath.accounts import services
from tests.world import NOON, World
from footpath.accounts.models import User
world = World()
tokens = {
    name: services.create_api_token(
        user=getattr(world, name).user, name="test", by=getattr(world, name), at=NOON
    )
    for name in ("officer", "head", "office", "second")
}
print(json.dumps({"tokens": tokens, "area": world.hue.code}))
"""


@dataclass
class House:
    """A running Footpath; ``tokens`` are keys of the API by the name of the person."""

    environment: dict[str, str]
    port: int
    tokens: dict[str, str] = field(default_factory=dict)
    area: str = ""
    server: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with this house's environment."""
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE_S,
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.server = subprocess.Popen(
            [sys.executable, "-m", "footpath", "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.server.poll() is None, "the server has ended"
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not answer within {PATIENCE_S} seconds")

    def kill(self) -> None:
        """End the server and its workers at once, as a power cut would (``kill -9``)."""
        if self.server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def post(self, who: str, path: str, said: dict[str, Any], key: str | None = None) -> Any:
        """Send JSON as somebody and return the answer; HTTPError and OSError pass through."""
        headers = {
            "Authorization": f"Bearer {self.tokens[who]}",
            "Content-Type": "application/json",
        }
        if key is not None:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(
            f"http://{HOST}:{self.port}{path}", json.dumps(said).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def raise_case(self, who: str, title: str, key: str | None = None) -> int:
        """Raise a case over the API and return its number."""
        said = {"title": title, "area": self.area, "category": "irrigation"}
        return int(self.post(who, "/api/v1/cases", said, key or str(uuid4()))["id"])


@contextlib.contextmanager
def house(folder: Path) -> Iterator[House]:
    """Yield a running Footpath on a fresh database, with the small world in it."""
    with fresh.database(folder) as url:
        root = Path(__file__).resolve().parents[2]
        environment = os.environ | {
            "FOOTPATH_DATABASE_URL": url,
            "FOOTPATH_DATA_DIR": str(folder),
            "FOOTPATH_SECRET_KEY": "tests only",
            "DJANGO_SETTINGS_MODULE": "footpath.config.settings",
            "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
            "PYTHONWARNINGS": "ignore",
        }
        built = House(environment, free_port())
        seeded = built.run("-c", SEED)
        assert seeded.returncode == 0, seeded.stderr
        said = json.loads(seeded.stdout.splitlines()[-1])
        built.tokens, built.area = said["tokens"], said["area"]
        built.start()
        try:
            yield built
        finally:
            built.kill()
