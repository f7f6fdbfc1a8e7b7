"""The command line: ``footpath --help`` lists what an administrator can do."""

from __future__ import annotations

import os
from datetime import datetime

import click

from footpath import __version__
from footpath.config.addresses import require_free
from footpath.config.commands import InOrder, call_command, set_up
from footpath.config.corner_admin import corner
from footpath.config.corner_client import client
from footpath.config.corner_slips import slips
from footpath.config.plan import plan


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="footpath")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Footpath: every place has someone in charge, every problem has an owner.

    Settings are read from the environment (FOOTPATH_DATABASE_URL, FOOTPATH_DATA_DIR and others).
    """
    if ctx.invoked_subcommand in {corner.name, demo.name}:
        return  # which belong to two projects, or choose their addresses first
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")
    if ctx.invoked_subcommand != plan.name:  # which needs a database only when it plans from one
        set_up()


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=None, type=int, help="Processes (default: by database).")
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the pages and the API."""
    from footpath.config import server

    server.serve(host=host, port=port, workers=workers)


@cli.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end: for cron.")
def worker(once: bool) -> None:
    """Do what pages left for later, what the timetable has due, and send what people are told.

    `footpath serve` runs one by itself; run more where there is much to do.
    """
    from footpath.config import worker as work

    if once:
        work.once()
    else:
        work.work()


@cli.command()
def migrate() -> None:
    """Bring the database to this version's form; never loses data."""
    call_command("migrate", verbosity=1, interactive=False)
    call_command("createcachetable", verbosity=0)


@cli.command("import")
@click.argument("kind", type=click.Choice(["areas", "organizations", "people", "cases", "ledger"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--map", "mapping", default=None, help="A built-in map, or a TOML file.")
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--leave-out", is_flag=True, help="Of a ledger: take the rows that are in order.")
def import_(kind: str, file: str, mapping: str | None, dry_run: bool, leave_out: bool) -> None:
    """Take places, organizations, people or cases from a .csv, .csv.gz or .xlsx file.

    All rows or none; a ledger of another system in pieces, and after a break it goes on where it
    was. The second run of the same file changes nothing.
    """
    if kind == "ledger":
        call_command("import_ledger", file, mapping=mapping, dry_run=dry_run, leave_out=leave_out)
        return
    if kind == "cases":
        call_command("import_cases", file, dry_run=dry_run)
        return
    call_command("import_file", kind, file, mapping=mapping, dry_run=dry_run)


@cli.command()
@click.option("--no-serve", is_flag=True, help="Load the demonstration and stop.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--corner-port", default=8001, show_default=True, help="Of the Question Corner.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, hidden=True)
def demo(no_serve: bool, host: str, port: int, corner_port: int, today: datetime | None) -> None:
    """Live one month of a district through the real services, and show it.

    The Question Corner is lived and served beside it, by a process of its own.
    """
    if not no_serve:
        require_free(host, port)
        require_free(host, corner_port, option="--corner-port")
    seen = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - where a browser finds it
    os.environ.setdefault("FOOTPATH_BASE_URL", f"http://{seen}:{port}")
    os.environ.setdefault("FOOTPATH_CORNER_URL", f"http://{seen}:{corner_port}")
    set_up()
    migrate.callback()  # type: ignore[misc]
    call_command("demo", today=today.date() if today is not None else None)
    from footpath.config.corner_demo import loading

    is_there = loading.load(say=click.echo)
    for line in loading.closing_lines() if is_there else ():
        click.echo(line)
    if no_serve:
        return
    from contextlib import nullcontext

    from footpath.config import corner_beside, server

    corner_too = corner_beside.beside(host=host, port=corner_port) if is_there else nullcontext()
    with corner_too:
        server.serve(host=host, port=port, workers=None)


@cli.command("verify-ledger")
@click.option("--expect", default="", metavar="SEAL", help="A seal noted earlier must be there.")
def verify_ledger(expect: str) -> None:
    """Walk the trail and name the first altered, missing, reordered or inserted line."""
    call_command("verify_ledger", expect=expect)


@cli.command()
@click.argument("username")
@click.option("--name", default=None, help="The person's name (default: the user name).")
def createadmin(username: str, name: str | None) -> None:
    """Make an administrator; asks for the password, or reads it from standard input."""
    call_command("createadmin", username, name=name)


@cli.command()
@click.option("--deploy", is_flag=True, help="Check what a public installation needs.")
def check(deploy: bool) -> None:
    """Check the settings and the database."""
    call_command("check", deploy=deploy, databases=["default"])


@cli.command()
def handovers() -> None:
    """Hand over what ended assignments left open, where the day has come.

    The server's worker does so by itself; run it daily when no worker runs. Safe to run twice.
    """
    call_command("handovers")


cli.add_command(plan)
cli.add_command(corner)
corner.add_command(slips)
corner.add_command(client)


def main() -> None:
    """Run the command line."""
    cli(prog_name="footpath", standalone_mode=True)


if __name__ == "__main__":
    main()
