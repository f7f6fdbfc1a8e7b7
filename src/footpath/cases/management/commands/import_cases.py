"""``footpath import cases FILE``: cases and their deeds from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from footpath.cases.imports import import_cases


class Command(BaseCommand):
    """Take cases from a .csv, .csv.gz or .xlsx file: all rows or none."""

    help = "Take cases and the deeds done to them from a file: all rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file and the dry run."""
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the file, name what is wrong row by row, and end with the counts."""
        outcome = import_cases(Path(options["file"]), dry_run=options["dry_run"])
        for error in outcome.errors:
            self.stderr.write(str(error))
        self.stdout.write(str(outcome))
        if outcome.errors:
            raise CommandError("Nothing was taken. Correct the rows named above.", returncode=1)
