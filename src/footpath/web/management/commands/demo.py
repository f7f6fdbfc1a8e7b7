"""``footpath demo``: one month of a district through the real services."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from footpath.core import clock
from footpath.web import demo


class Command(BaseCommand):
    """Loads the demonstration into an empty database; a second run changes nothing."""

    help = "Live one month of Châu Thành district, print its report and the log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day that is called today, and whether a small district is enough."""
        parser.add_argument("--today", type=date.fromisoformat, default=None)
        parser.add_argument("--small", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, then print the end."""
        began = monotonic()
        scale = demo.SMALL if options["small"] else demo.FULL

        def say(line: str) -> None:
            self.stdout.write(f"[{monotonic() - began:5.1f} s] {line}")
            self.stdout.flush()

        try:
            if demo.load(options["today"] or clock.today(), say=say, scale=scale) is None:
                say("the demonstration is here already; nothing is changed")
        except demo.Refused as refused:
            raise CommandError(str(refused)) from refused
        today = demo.loaded_for()
        if today is None:
            raise CommandError("The demonstration is not complete.")
        for line in demo.closing_lines(today):
            self.stdout.write(line)
