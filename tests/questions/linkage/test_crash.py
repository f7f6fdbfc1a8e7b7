"""Every view of a running Corner breaks, and nothing of what was sent is written anywhere."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
CANARY = "KanarienvogelXQ7"
CLIENT = "127.0.0.77"
RUN = (
    "from footpath.config.commands import set_up; set_up('footpath.config.corner');"
    "from footpath.config import server;"
    "server.gather_static_files();"
    "server.run(target={target!r}, host='127.0.0.1', port={port}, workers=1)"
)


def addresses() -> list[str]:
    """Return every address of the Corner."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            else:
                yield f"/{here}"

    return sorted(walk(get_resolver("footpath.config.corner_urls").url_patterns, ""))


@dataclass
class Server:
    """A server of the Corner in a process of its own, and what it wrote."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str) -> int:
        """Ask for something with the canary in every place that a request has."""
        sent = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=120, source_address=(CLIENT, 0)
        )
        sent.request(
            method,
            f"{path}?token={CANARY}",
            body=f'{{"token": "{CANARY}"}}' if method == "POST" else None,
            headers={
                "Content-Type": "application/json",
                "Cookie": f"footpath_session={CANARY}",
                "Referer": f"https://footpath.example.org/{CANARY}",
                "User-Agent": CANARY,
                "X-Forwarded-For": CLIENT,
            },
        )
        answer = sent.getresponse()
        assert CANARY.encode() not in answer.read()
        sent.close()
        return answer.status

    def written(self) -> dict[str, str]:
        """End the server and return everything that lies in its folder, its output too."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=120)
        return {
            str(path.relative_to(self.folder)): path.read_bytes().decode("utf-8", "replace")
            for path in self.folder.rglob("*")
            if path.is_file() and "static" not in path.parts
        }


@contextlib.contextmanager
def serving(folder: Path, target: str, crash: str = "raise") -> Iterator[Server]:
    """Yield a server that runs as ``footpath corner serve`` does."""
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("FOOTPATH_")
    } | {
        "FOOTPATH_CORNER_DIR": str(folder / "corner"),
        "FOOTPATH_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "footpath.config.corner",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONWARNINGS": "ignore",
        "CRASH": crash,
    }
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        env=environment, check=True, timeout=120,
    )  # fmt: skip
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN.format(target=target, port=port)],
            env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            cwd=folder,
        )  # fmt: skip
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Server(folder, port, process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("crash", ["raise", "database"])
def test_a_crash_of_any_view_leaves_nothing_of_what_was_sent(tmp_path: Path, crash: str) -> None:
    with serving(tmp_path, "tests.questions.linkage.crashing:application", crash) as server:
        asked = [(method, path) for path in addresses() for method in ("GET", "POST")]
        assert len(asked) > 30
        assert {server.ask(method, path) for method, path in asked} == {500}
        written = server.written()
    output = written["output.txt"]
    assert output.count("ERROR django.request") == len(asked), output[-3000:]
    for name, text in written.items():
        assert CANARY not in text, name
        assert CLIENT not in text, name
    errors = [line for line in output.splitlines() if "[INFO]" not in line]
    assert [line for line in errors if re.search(r"\d\d:\d\d:\d\d", line)] == []


def test_a_corner_at_work_writes_no_line_about_anybody(tmp_path: Path) -> None:
    with serving(tmp_path, "footpath.config.corner_wsgi:application") as server:
        for path in (*addresses(), f"/{CANARY}/"):
            for method in ("GET", "POST"):
                assert server.ask(method, path) != 500, path
        written = server.written()
    for name, text in written.items():
        assert CANARY not in text, name
        assert CLIENT not in text, name
    assert re.findall(r"(?:GET|POST|HTTP/1)", written["output.txt"]) == []
