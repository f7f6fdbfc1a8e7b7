"""Asking a server the same thing many times: latencies on one connection, a rate on eight.

The rate is taken with ``wrk`` where it is installed, else with eight Python threads, which load
the machine more; the results say which.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ask:
    """A request: where, as whom, with what body."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    status: int = 200

    @property
    def method(self) -> str:
        """Return POST with a body, else GET."""
        return "POST" if self.body is not None else "GET"


@dataclass(frozen=True)
class Latency:
    """Milliseconds on one connection."""

    p50: float
    p95: float


def once(ask: Ask) -> bytes:
    """Ask once and return the body; RuntimeError when the status is not the expected one."""
    connection = http.client.HTTPConnection(HOST, ask.port, timeout=60)
    try:
        return _one(connection, ask)
    finally:
        connection.close()


def latency(ask: Ask, *, times: int) -> Latency:
    """Return the median and the 95th percentile of one connection, after a few warm-up requests."""
    connection = http.client.HTTPConnection(HOST, ask.port, timeout=60)
    for _ in range(min(20, times)):
        _one(connection, ask)
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        _one(connection, ask)
        spans.append((time.perf_counter() - begun) * 1000)
    connection.close()
    ordered = sorted(spans)
    return Latency(statistics.median(ordered), ordered[int(len(ordered) * 0.95)])


def rate(ask: Ask, *, connections: int, seconds: float) -> tuple[float, float]:
    """Return (requests a second, p95 in ms) with several connections at once."""
    if shutil.which("wrk"):
        return _rate_by_wrk(ask, connections, seconds)
    return _rate_by_threads(ask, connections, seconds)


def _one(connection: http.client.HTTPConnection, ask: Ask) -> bytes:
    connection.request(ask.method, ask.path, ask.body, ask.headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != ask.status:
        raise RuntimeError(f"{ask.method} {ask.path}: {answer.status} {body[:300]!r}")
    return body


def _rate_by_wrk(ask: Ask, connections: int, seconds: float) -> tuple[float, float]:
    headers = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
        for name, value in ask.headers.items()
    )
    body = f"wrk.body = {json.dumps(ask.body)}" if ask.body is not None else ""
    script = f"""wrk.method = "{ask.method}"\n{headers}\n{body}
done = function(summary, latency, requests)
  io.write(string.format("RESULT %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(95) / 1000, summary.errors.status))
end
"""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ask.lua"
        file.write_text(script)
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", str(file),
             f"http://{HOST}:{ask.port}{ask.path}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    found = re.search(r"RESULT ([\d.]+) ([\d.]+) (\d+)", said)
    if found is None or int(found[3]):
        raise RuntimeError(f"wrk: {said}")
    return float(found[1]), float(found[2])


def _rate_by_threads(ask: Ask, connections: int, seconds: float) -> tuple[float, float]:
    spans: list[float] = []
    until = time.perf_counter() + seconds

    def run() -> None:
        connection = http.client.HTTPConnection(HOST, ask.port, timeout=60)
        while time.perf_counter() < until:
            begun = time.perf_counter()
            _one(connection, ask)
            spans.append((time.perf_counter() - begun) * 1000)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans.sort()
    return len(spans) / seconds, spans[int(len(spans) * 0.95)]
