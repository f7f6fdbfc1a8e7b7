"""``footpath createadmin``: the first person who can sign in."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from footpath.accounts.audit import System
from footpath.core import clock
from footpath.core.errors import InvalidValue
from footpath.directory.services.administrators import create_administrator


class Command(BaseCommand):
    """Makes an administrator with a post over the whole tree."""

    help = "Make an administrator; asks for the password, or reads it from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the user name, and the person's name if it is another."""
        parser.add_argument("username")
        parser.add_argument("--name", default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the password and make the administrator."""
        try:
            person = create_administrator(
                username=options["username"],
                password=_password(),
                name=options["name"] or options["username"],
                by=System("footpath createadmin"),
                at=clock.now(),
            )
        except InvalidValue as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(f"{person.name} can sign in as {options['username']}.")


def _password() -> str:
    """Ask twice at a terminal; otherwise take the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("Password: ")
    if getpass("The same once more: ") != first:
        raise CommandError("The two passwords differ. Nothing was done.")
    return first
