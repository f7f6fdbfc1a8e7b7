"""What the commands of the command line share."""

from __future__ import annotations

import os
import sys

import click


class InOrder(click.Group):
    """Lists the commands in the order an administrator meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they were written."""
        return list(self.commands)


def set_up(settings: str = "footpath.config.settings") -> None:
    """Load Django with the settings of a project, unless the environment names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    import django

    django.setup()


def call_command(command: str, /, *arguments: object, **options: object) -> None:
    """Run one of Django's commands; a failure is one line on standard error and its exit code."""
    from django.core import management

    try:
        management.call_command(command, *arguments, **options)
    except management.CommandError as failure:
        click.echo(f"footpath: {failure}", err=True)
        sys.exit(failure.returncode)
