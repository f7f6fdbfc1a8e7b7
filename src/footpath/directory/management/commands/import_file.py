"""Take places, organizations or people from a file: all rows or none."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from footpath.accounts.audit import System
from footpath.core import clock
from footpath.directory.imports.outcome import Outcome
from footpath.directory.imports.run import Source, kinds, take_file

MOST_SHOWN = 200


class Command(BaseCommand):
    """``footpath import KIND FILE``."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("kind")
        parser.add_argument("file")
        parser.add_argument("--map", dest="mapping", default=None)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the file, take it, and end with one line of counts; exit 1 on errors."""
        path = Path(options["file"])
        if options["kind"] not in kinds():
            raise CommandError(f"This installation takes only: {', '.join(kinds())}.")
        source = Source(options["kind"], path, path.name, options["mapping"])
        meter = Meter()
        outcome = take_file(
            source=source,
            by=System("footpath import"),
            at=clock.now(),
            dry_run=options["dry_run"],
            progress=meter,
        )
        meter.end(outcome)
        self._say(outcome, dry_run=options["dry_run"])

    def _say(self, outcome: Outcome, *, dry_run: bool) -> None:
        for wrong in outcome.problems[:MOST_SHOWN]:
            where = f"row {wrong.row}" + (f", {wrong.column}" if wrong.column else "")
            value = f" “{wrong.value}”" if wrong.value else ""
            self.stdout.write(f"{where}{value}: {wrong.message}")
        if len(outcome.problems) > MOST_SHOWN:
            self.stdout.write(f"... and {len(outcome.problems) - MOST_SHOWN} more")
        if dry_run and not outcome.problems:
            self.stdout.write("Dry run: nothing was changed.")
        self.stdout.write(outcome.line)
        if outcome.problems:
            raise CommandError("The file was refused; nothing was changed.", returncode=1)


class Meter:
    """Shows how many rows are done, on one line of a terminal or now and then in a log."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        """Say how many rows are done, at most twice a second (every 10 s in a log)."""
        now = time.monotonic()
        live = sys.stderr.isatty()
        if now - self._told < (0.5 if live else 10):
            return
        self._told = now
        sys.stderr.write(f"\r{done:,} rows" if live else f"{done:,} rows\n")
        sys.stderr.flush()

    def end(self, outcome: Outcome) -> None:
        """Say how long it took and how many rows went through in a second."""
        spent = max(time.monotonic() - self._began, 0.001)
        start = "\r" if sys.stderr.isatty() else ""
        speed = round(outcome.total / spent)
        sys.stderr.write(
            f"{start}{outcome.total:,} rows in {spent:.1f} s, {speed:,} rows a second\n"
        )
