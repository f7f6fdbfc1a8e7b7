"""``footpath handovers``: carry out the handovers whose day has come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from footpath.assignments.services import carry_out_due
from footpath.core import clock


class Command(BaseCommand):
    """Give open cases and coming meetings to the successors whose day has come."""

    help = "Carry out the handovers whose day has come. Safe to run at any time and twice."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Carry them out and say how many."""
        done = carry_out_due(on=clock.today(), at=clock.now())
        self.stdout.write(f"{done} handed over")
