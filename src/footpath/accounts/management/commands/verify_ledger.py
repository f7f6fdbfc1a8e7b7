"""``footpath verify-ledger``: is the trail as it was written?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from footpath.accounts import audit, verification
from footpath.core import clock

PATIENCE_MS = 10_000


class Command(BaseCommand):
    """Prints one line a finding and a summary; exits 1 when there is a finding."""

    help = "Walk the trail and name the first altered, missing, reordered or inserted line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the seal that was noted earlier."""
        parser.add_argument(
            "--expect",
            default="",
            metavar="SEAL",
            help="the seal of a checkpoint noted on paper: nothing before it may be exchanged",
        )

    def handle(self, *args: Any, expect: str = "", **options: Any) -> None:
        """Verify, and seal a new checkpoint when all is well."""
        walk = verification.Walk()
        findings = 0
        for finding in verification.verify(walk, expected=expect.strip().lower()):
            self.stdout.write(str(finding))
            findings += 1
        walked = (
            f"{walk.lines} lines in {walk.chains} chains, {walk.checkpoints} checkpoints: "
            f"{findings} findings"
        )
        if findings:
            raise CommandError(walked, returncode=1)
        self.stdout.write(f"{walked}. The trail is as it was written.")
        newest = audit.seal_checkpoint(at=clock.now(), patience_ms=PATIENCE_MS) or walk.newest
        if newest is not None:
            self.stdout.write(
                f"checkpoint {newest.number} of {newest.at:%Y-%m-%d}, seal {newest.seal}\n"
                "Note the seal elsewhere: `footpath verify-ledger --expect SEAL` then proves that "
                "nothing up to this checkpoint was exchanged."
            )
