"""Run the one suite on SQLite and on PostgreSQL, then hold its coverage to the gates.

The Question Corner is a project of its own, whose tests run under its own settings, on both too.
What knows no database runs once: the planning engine, the protocol of the Corner, and how every
page looks in a browser.
Coverage is counted on SQLite alone, for the lines are the same: slipcover notes a line once and
then lets it run freely, and coverage says from its notes what is missing.

The last line is "N passed, N failed" over both databases. Words after the command go to pytest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "tests"
ONCE = (
    "tests/planning",  # the engine knows no database
    "tests/secrecy",  # nor does the protocol of the Corner
    "tests/house",  # scripts and catalogs
    "tests/principles/test_permission_matrix.py",  # who may open what, wherever it is kept
    "tests/config/test_corner_demo.py",  # a Corner of its own, which is SQLite's
    "tests/stories/test_month_of_the_demonstration.py",  # loaded on SQLite
    "tests/web/test_every_page.py",  # how pages look in a browser, whatever they are read from
    "tests/questions/test_asking_browser.py",  # pages and scripts, whatever keeps the postings
    "tests/questions/test_desk_browser.py",
    "tests/questions/linkage/test_crash.py",  # servers of their own, each with its database
)
"""What runs on SQLite alone."""

STRICTER = (
    "tests/api/test_every_call_of_the_api.py",  # nonsense in every call
    # What people and their programs do, over pages that are tested on both.
    "tests/meetings/test_feeds_by_calendar_programs.py",
    "tests/stories/test_attendance_through_the_browser.py",
    "tests/stories/test_coffee_through_the_browser.py",
    "tests/stories/test_plan_through_the_browser.py",
)
"""What runs on PostgreSQL alone: it refuses more of what it is sent, and the rest takes long."""

NO_TESTS = 5
"""What pytest ends with when a choice by ``-k`` leaves nothing in one of the projects."""

CORNER = "tests/questions"
"""What runs under the settings of the Question Corner."""

GATES = (
    # what, files, percent of lines at least
    ("rooms", "src/footpath/*", 95),
    (
        "rules, planning, scoring and secrecy",
        ",".join(
            f"src/footpath/{files}"
            for files in ("*/rules.py", "*/rules/*", "planning/*", "scoring/*", "secrecy/*")
        ),
        100,
    ),
)
COMMAND = "src/footpath/secrecy/client/*,src/footpath/secrecy/__main__.py"
"""The command footpath-corner: a room among rooms."""


@dataclass(frozen=True)
class Outcome:
    """What one run of the suite came to."""

    database: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return (
            f"{self.database:<18} {self.passed} passed, {self.failed} failed{skipped} "
            f"in {self.seconds:.0f} s"
        )


def run_suite(
    database: str, launcher: list[str], arguments: list[str], *, counted: bool, project: str = ""
) -> Outcome:
    """Run pytest once and count from its report, one count per test whatever went wrong in it."""
    name = f"{database} {project}".strip()
    print(f"==> Tests on {name}", flush=True)
    called = name.replace(" ", "-")
    report = BUILD / f"{called}.xml"
    counting = ("-m", "slipcover", "--source", "src", "--json", "--out")
    command = [
        sys.executable,
        *((*counting, str(BUILD / f"lines.{called}.json")) if counted else ()),
        *("-m", "pytest", "-n", "2", "--dist=worksteal", "--durations=25", "--tb=short"),
        # What counts lines was there before pytest, which would look at its asserts.
        *(("-W", "ignore::pytest.PytestAssertRewriteWarning") if counted else ()),
        *(f"--junitxml={report}", "-o", f"cache_dir=build/tests/cache-{called}"),
        *arguments,
    ]
    environment = {
        name: value for name, value in os.environ.items() if name != "FOOTPATH_TEST_DATABASE_URL"
    } | {"FOOTPATH_TEST_PROJECT": project or "members"}
    if counted:
        environment["LINES_OF_WORKERS"] = str(BUILD / "coverage.workers")
    if launcher and "FOOTPATH_TEST_DATABASE_URL" in os.environ:
        environment["FOOTPATH_TEST_DATABASE_URL"] = os.environ["FOOTPATH_TEST_DATABASE_URL"]
    began = time.monotonic()
    status = subprocess.run(
        [*launcher, *command], cwd=ROOT, env=environment, check=False
    ).returncode
    seconds = time.monotonic() - began
    passed, failed, skipped = counts(report) if report.exists() else (0, 0, 0)
    nothing_chosen = status == NO_TESTS and "-k" in arguments
    if status and not failed and not nothing_chosen:
        failed = 1  # the run itself broke: no server, an error while collecting, an interruption
    return Outcome(name, passed, failed, skipped, seconds)


def counts(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed (or broke) and were skipped in a JUnit report."""
    outcomes: dict[tuple[str | None, str | None], set[str]] = {}
    # The report was written a moment ago by our own pytest.
    for case in ET.parse(report).iter("testcase"):  # noqa: S314
        name = (case.get("classname"), case.get("name"))
        outcomes.setdefault(name, set()).update(child.tag for child in case)
    failed = sum(bool(tags & {"failure", "error"}) for tags in outcomes.values())
    skipped = sum(
        tags & {"failure", "error", "skipped"} == {"skipped"} for tags in outcomes.values()
    )
    return len(outcomes) - failed - skipped, failed, skipped


def coverage(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one command of coverage on the data that was counted."""
    environment = os.environ | {"COVERAGE_FILE": str(BUILD / "coverage.counted")}
    return subprocess.run(
        [sys.executable, "-m", "coverage", *words],
        cwd=ROOT, env=environment, text=True, capture_output=True, check=False,
    )  # fmt: skip


def note_lines() -> None:
    """Write down for coverage which lines have run; what nobody imported has run in no line."""
    data = CoverageData(basename=str(BUILD / "coverage.noted"))
    for report in BUILD.glob("lines.*.json"):
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
        data.add_lines({str(file): found["executed_lines"] for file, found in files.items()})
    for file in (ROOT / "src" / "footpath").rglob("*.py"):
        if "migrations" not in file.parts:
            data.touch_file(str(file.relative_to(ROOT)))
    data.write()


def gates_hold() -> bool:
    """Print the coverage of each gate, with the lines that are missing where it does not hold."""
    note_lines()
    coverage("combine", "--keep", *map(str, BUILD.glob("coverage.*")))
    hold = True
    for what, files, least in GATES:
        chosen = [f"--include={files}", *([f"--omit={COMMAND}"] if "secrecy/" in files else [])]
        total = coverage("report", *chosen, "--format=total", "--precision=2")
        percent = float(total.stdout) if total.returncode == 0 else 100.0  # no such file yet
        verdict = "ok" if percent >= least else "TOO LOW"
        print(f"Coverage of {what}: {percent:.2f} % of lines (at least {least} %): {verdict}")
        if percent < least:
            hold = False
            print(coverage("report", *chosen).stdout)
    return hold


def suites(arguments: list[str]) -> list[tuple[str, list[str]]]:
    """Return which projects to test with which words: folders go to the project they belong to."""
    paths = [word for word in arguments if word.startswith("tests/")]
    options = [word for word in arguments if word not in paths]
    members = [path for path in paths if not path.startswith(CORNER)]
    corner = [path for path in paths if path.startswith(CORNER)]
    if not paths:
        return [("", options), ("corner", [*options, CORNER])]
    return [
        (project, [*options, *chosen])
        for project, chosen in (("", members), ("corner", corner))
        if chosen
    ]


def main() -> int:
    """Run the suites of both projects and the gates; return 0 only when everything holds."""
    arguments = sys.argv[1:]
    BUILD.mkdir(parents=True, exist_ok=True)
    for old in [*BUILD.glob("*.xml"), *BUILD.glob("coverage.*"), *BUILD.glob("lines.*")]:
        old.unlink()
    chosen = suites(arguments)
    once = [] if arguments else [f"--ignore={path}" for path in ONCE]
    stricter = [] if arguments else [f"--ignore={path}" for path in STRICTER]
    postgres = [sys.executable, "-m", "tests.postgres", "--"]
    outcomes = [
        *(
            run_suite("SQLite", [], [*words, *stricter], counted=not arguments, project=project)
            for project, words in chosen
        ),
        *(
            run_suite("PostgreSQL", postgres, [*words, *once], counted=False, project=project)
            for project, words in chosen
        ),
    ]
    print()
    hold = gates_hold() if not arguments else True
    for outcome in outcomes:
        print(outcome)
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if hold and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
