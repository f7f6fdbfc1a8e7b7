"""A project in a process of its own that does what it is told, at the moment it is told.

The district writes a line of JSON: the moment, the name of a function, its arguments. The process
sets its clock to the moment, calls the function and answers with a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
Functions = dict[str, Callable[..., Any]]


class Clock:
    """The moment at which everything in this process happens, instead of now."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 31, tzinfo=UTC)

    def put_in_place(self) -> None:
        """Let Django, and with it the whole program, ask this clock."""
        from django.utils import timezone

        timezone.now = lambda: self.moment


def spare_the_disk(database: dict[str, Any]) -> None:
    """Let SQLite write without waiting for the disk; call before the first connection."""
    options = database.get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")


def serve(functions: Functions, clock: Clock) -> None:
    """Do what each line says, until there are no more."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed belongs to the log
    for line in sys.stdin:
        told = json.loads(line)
        clock.moment = datetime.fromisoformat(told["at"]).astimezone(UTC)
        answer = functions[told["do"]](**told["with"])
        out.write(json.dumps(answer) + "\n")
        out.flush()


class Process:
    """A project as the district sees it; its log is a file."""

    def __init__(self, module: str, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", module],
                env={
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("FOOTPATH_", "DJANGO_"))
                }
                | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
                | environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )

    def do(self, at: datetime, what: str, **arguments: Any) -> Any:
        """Have something done at a moment and return what came of it."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"at": at.isoformat(), "do": what, "with": arguments}) + "\n")
        stdin.flush()
        answer = stdout.readline()
        assert answer, self.log.read_text(encoding="utf-8")[-4000:]
        return json.loads(answer)

    def end(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=120)
        assert self.process.stdout is not None
        self.process.stdout.close()
