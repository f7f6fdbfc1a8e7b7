"""Prove that the wheel is whole: where there is no Node, fetch a complete page, print a letter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from scripts.serving import fetch, served

ROOT = Path(__file__).resolve().parent.parent

LETTER = """
import django
from datetime import date
django.setup()
from footpath.assignments.letters import LetterFacts, letter
day = date(2026, 12, 1)
facts = LetterFacts(
    organization="Huyện ủy", day=day, person="Щукин", role="lead", subject="东川村", start=day,
    signed_by="Lê", signed_as="Head", address="https://example.org/",
)
print(f"wheel ok: a letter of {len(letter(facts, language='vi')):,} bytes came from its own fonts")
"""


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
        with served(programs / "footpath", environment) as base:
            check_pages(f"{base}/")
        environment["DJANGO_SETTINGS_MODULE"] = "footpath.config.settings"
        run(programs / "python", "-c", LETTER)


if __name__ == "__main__":
    main()
