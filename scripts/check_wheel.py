"""Prove that the wheel is whole: install it where there is no Node and fetch a complete page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent


class Parts(HTMLParser):
    """Collects the addresses of the style sheets, scripts and icons that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address when the tag loads a file."""
        values = dict(attrs)
        if tag == "link" and values.get("rel") in {"stylesheet", "icon"}:
            self.found.append(values.get("href") or "")
        elif tag == "script" and values.get("src"):
            self.found.append(values["src"] or "")


def fetch(url: str) -> tuple[str, bytes]:
    """Return the final address and the body; an answer other than 200 is an error."""
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
        return answer.url, answer.read()


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers at all."""
    for _ in range(150):
        try:
            fetch(url)
        except urllib.error.HTTPError as answer:
            sys.exit(f"The first page of the wheel answers {answer.code}.")
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                sys.exit("The server of the wheel ended by itself.")
            time.sleep(0.2)
        else:
            return
    sys.exit("The server of the wheel did not answer within 30 seconds.")


def check_pages(base: str) -> None:
    """Fetch the first page and everything it loads."""
    address, body = fetch(base)
    parts = Parts()
    parts.feed(body.decode())
    kinds = {Path(part.split("?")[0]).suffix for part in parts.found}
    if not {".css", ".js"} <= kinds:
        sys.exit(f"{address} loads no style sheet or no script: {parts.found}")
    for part in parts.found:
        _, content = fetch(urljoin(address, part))
        if not content:
            sys.exit(f"{part} is empty.")
    print(f"wheel ok: {address} and its {len(parts.found)} files came without Node")


def main() -> None:
    """Install the newest wheel of dist/ with its locked packages in an empty environment."""
    wheel = max((ROOT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(prefix="footpath-wheel-") as folder:
        home = Path(folder)
        venv.create(home / "env", with_pip=True)
        programs = home / "env" / "bin"
        # PATH holds nothing but the new environment: no Node, no compiler, no clone.
        environment = os.environ | {"PATH": str(programs), "FOOTPATH_DATA_DIR": str(home / "data")}
        environment.pop("FOOTPATH_DATABASE_URL", None)
        pip: list[str | Path] = [programs / "pip", "--disable-pip-version-check", "-q", "install"]
        locked: list[str | Path] = ["--require-hashes", "-r", ROOT / "requirements" / "run.lock"]

        def run(*command: str | Path) -> None:
            subprocess.run(command, cwd=home, env=environment, check=True)

        run(*pip, *locked)
        run(*pip, "--no-deps", wheel)
        run(programs / "footpath", "migrate")
        port = free_port()
        server = subprocess.Popen(
            [programs / "footpath", "serve", "--port", str(port)], cwd=home, env=environment
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/", server)
            check_pages(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()
            server.wait(timeout=20)


if __name__ == "__main__":
    main()
