"""What tests of the solvers need: workers whose lines are counted, and workers that misbehave."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from footpath.planning.solvers import pool


@pytest.fixture(scope="session", autouse=True)
def _counted_workers() -> Iterator[None]:
    """Count the lines that run inside workers too, when lines are counted."""
    before = pool.PYTHON
    data = os.environ.get("LINES_OF_WORKERS")  # set by scripts/run_tests.py
    if data:
        pool.POOL.close()
        pool.PYTHON = [
            *(sys.executable, "-m", "coverage", "run", "--parallel-mode", f"--data-file={data}")
        ]
    yield
    pool.POOL.close()
    pool.PYTHON = before


@pytest.fixture
def acted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Return what makes new workers act: their solver, ``true``, is replaced by the given lines."""

    def act(lines: str) -> None:
        program = (
            "import os, sys, time\n"
            "import numpy as np\n"
            "from footpath.planning.solvers import highs, worker\n"
            "from footpath.planning.solvers.work import Answer\n"
            "true = highs.run\n"
            "def run(job, report):\n"
            + "".join(f"    {line}\n" for line in lines.splitlines())
            + "highs.run = run\n"
            "sys.argv = sys.argv[-3:]\n"
            "worker.main()\n"
        )
        file = tmp_path / "acted.py"
        file.write_text(program)
        monkeypatch.setattr(pool, "PYTHON", [*counted, str(file)])

    counted = list(pool.PYTHON)
    pool.POOL.close()
    yield act
    pool.POOL.close()
