"""``footpath import ledger FILE --map MAP``: the cases of another ledger, taken in pieces."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from footpath.cases.ledger_imports import run as runs
from footpath.cases.ledger_imports.mapping import Map, propose, read_map
from footpath.cases.ledger_imports.problems import BadMap, Problem
from footpath.cases.models import LedgerImport
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.imports.problems import Unreadable
from footpath.directory.imports.reading import Sheet

MOST_SHOWN = 200


class Command(BaseCommand):
    """Take the cases of another ledger; run again after it was cut off, it goes on."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file, its map, and what to do with rows that cannot be taken."""
        parser.add_argument("file")
        parser.add_argument("--map", dest="mapping", default=None)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--leave-out", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the file, take it, and end with one line of counts; exit 1 on problems."""
        path = Path(options["file"])
        try:
            chosen = self._map(path, options["mapping"])
            run = _cut_off(path, chosen)
            if run is None:
                run = self._checked(path, chosen, dry_run=options["dry_run"])
                refused = bool(runs.wrong_rows(run)) and not options["leave_out"]
                if refused or options["dry_run"]:
                    run.file.delete(save=False)
                    run.delete()
                    self._end(run, refused=refused)
                    return
                runs.start_taking(run=run, by=None, at=clock.now())
            else:
                self.stderr.write(f"going on after row {run.done:,}")
            runs.take(run=run, at=clock.now(), tell=Meter())
        except (BadMap, Unreadable, RuleBroken) as wrong:
            raise CommandError(str(wrong), returncode=1) from wrong
        if run.state == LedgerImport.State.FAILED:
            raise CommandError(run.error, returncode=1)
        if run.state != LedgerImport.State.DONE:
            raise CommandError("Somebody else takes this file, or has stopped it.", returncode=1)
        self._end(run, refused=False)

    def _map(self, path: Path, wished: str | None) -> Map:
        if wished is not None:
            return read_map(Path(wished))
        sheet = Sheet(path)
        sample = [row.cells for _number, row in zip(range(runs.SAMPLE), sheet.rows(), strict=False)]
        return propose(path.name, sheet.header, sample)

    def _checked(self, path: Path, chosen: Map, *, dry_run: bool) -> LedgerImport:
        run = runs.keep_path(path=path, by=None, at=clock.now())
        try:
            runs.set_map(run=run, chosen=chosen, by=None, at=clock.now())
            runs.check(run=run, tell=Meter() if dry_run else runs.silent)
        except (BadMap, Unreadable, RuleBroken):
            run.file.delete(save=False)
            run.delete()
            raise
        if run.state == LedgerImport.State.FAILED:
            raise CommandError(run.error, returncode=1)
        return run

    def _end(self, run: LedgerImport, *, refused: bool) -> None:
        for kept in run.problems[:MOST_SHOWN]:
            self.stdout.write(str(Problem.from_json(kept)))
        if len(run.problems) > MOST_SHOWN:
            self.stdout.write(f"... and {len(run.problems) - MOST_SHOWN} more")
        self.stdout.write(
            f"created={run.created} updated={run.updated} unchanged={run.unchanged} "
            f"repeated={run.repeated} errors={runs.wrong_rows(run)}"
        )
        if refused:
            raise CommandError(
                "Nothing was taken. Correct the rows, or leave them out with --leave-out.",
                returncode=1,
            )


def _cut_off(path: Path, chosen: Map) -> LedgerImport | None:
    """Return the import of the same file by the same map that the command has not finished."""
    states = (LedgerImport.State.RUNNING, LedgerImport.State.STOPPED)
    rows = LedgerImport.objects.filter(
        digest=runs.digest_of(path), started_by=None, state__in=states
    )
    for run in rows.order_by("-pk"):
        if runs.map_of(run) == chosen:
            if run.state == LedgerImport.State.STOPPED:
                runs.go_on(run=run, by=None, at=clock.now())
            return run
    return None


class Meter:
    """Shows how many rows are done, on one line of a terminal or now and then in a log."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, run: LedgerImport) -> None:
        """Say how many rows are done, at most twice a second (every 10 s in a log)."""
        now, live = time.monotonic(), sys.stderr.isatty()
        if now - self._told < (0.5 if live else 10):
            return
        self._told = now
        sys.stderr.write(f"\r{run.done:,} rows" if live else f"{run.done:,} rows\n")
        sys.stderr.flush()
