"""``footpath corner``: what an administrator does for the Question Corner.

Each command loads the project it belongs to with ``set_up``: the member side, which keeps the keys,
or the Corner itself, which knows nobody.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from footpath.config.commands import InOrder, call_command, set_up
from footpath.config.corner_check import check

MEMBERS = "footpath.config.settings"
CORNER = "footpath.config.corner"


@click.group(cls=InOrder)
def corner() -> None:
    """Keep the Question Corner: its keys, its notice, its server and its checks."""


@corner.command()
def keys() -> None:
    """Make the keys of this month and of twelve months ahead, and publish them on the notice.

    Keys of months that are over are destroyed. Run it once a year at least, print the notice then,
    and hang it up. Safe to run twice.
    """
    set_up(MEMBERS)
    from footpath.accounts.audit import System
    from footpath.accounts.services import publish_keys
    from footpath.core import clock
    from footpath.secrecy.notice import BrokenChain

    try:
        done = publish_keys(by=System("footpath corner keys"), at=clock.now())
    except BrokenChain as broken:
        raise click.ClickException(f"the key notice has been altered: {broken}") from broken
    for epoch in done.made:
        click.echo(f"{epoch}: key made and published")
    for epoch in done.destroyed:
        click.echo(f"{epoch}: private key destroyed")
    if not done.made and not done.destroyed:
        click.echo("Nothing to do: the keys of twelve months ahead are published.")
    if done.missing:
        raise click.ClickException(
            f"the private keys of {', '.join(done.missing)} are gone: nobody can draw then"
        )


@corner.command()
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it as A4.")
@click.option("--language", default=None, help="Of the paper: en, vi, zh-hans or ru.")
def notice(pdf: Path | None, language: str | None) -> None:
    """Show the fingerprints of the key notice, or write them as a paper for the board."""
    set_up(MEMBERS)
    from django.conf import settings

    from footpath.accounts import key_notice
    from footpath.core import clock

    found = key_notice.read()
    if found is None:
        raise click.ClickException("nothing is published yet: run `footpath corner keys`")
    if not found.sound:
        raise click.ClickException("the key notice has been altered")
    chosen = language or settings.LANGUAGE_CODE
    if chosen not in dict(settings.LANGUAGES):
        raise click.ClickException(f"there is no language {chosen}")
    if pdf is not None:
        pdf.write_bytes(key_notice.paper(found, language=chosen, day=clock.today()))
        return
    for key in found.keys:
        click.echo(f"{key.month:%Y-%m}  {key.fingerprint}")
    if found.roster is not None:
        click.echo(f"roster {found.roster.name}  {found.roster.fingerprint}")
    if found.client is not None:
        click.echo(f"footpath-corner {found.client.name}  {found.client.fingerprint}")
    click.echo(f"notice  {found.whole}")


@corner.command()
def migrate() -> None:
    """Bring the Corner's own database to this version's form; never loses data."""
    set_up(CORNER)
    call_command("migrate", verbosity=1, interactive=False)


@corner.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
@click.option("--workers", default=None, type=int, help="Processes (default: by database).")
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the Corner, and mix what was posted once a day (FOOTPATH_CORNER_MIX_AT)."""
    set_up(CORNER)
    from footpath.config import corner_server

    corner_server.serve(host=host, port=port, workers=workers)


@corner.command()
def mix() -> None:
    """Mix what was posted, unless this day has been mixed: for cron. Safe to run twice."""
    set_up(CORNER)
    from footpath.core import clock
    from footpath.questions import services

    done = services.mix(on=clock.today())
    if done is None:
        click.echo("This day has been mixed already.")
    else:
        held = f", postings held back for {done.held} days" if done.held else ""
        click.echo(
            f"{done.questions} postings mixed, {done.answers} answers let out, "
            f"{done.deleted} rows deleted{held}"
        )


@corner.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def roster(file: TextIO) -> None:
    """Take the first version of the roster from a FILE that two of its officers have signed.

    The key notice names it from then on. Later versions come over the officers' desk.
    """
    set_up(CORNER)
    from footpath.questions import selectors, services

    try:
        signed = json.load(file)
    except ValueError as wrong:
        raise click.ClickException("this is no JSON") from wrong
    if not services.take_roster(signed=signed, by_administrator=True):
        raise click.ClickException("this is no roster that follows, or it is not signed by two")
    taken = selectors.newest_rosters()[0]
    click.echo(f"roster {taken.number} taken: {', '.join(one.code for one in taken.officers)}")
    click.echo(f"digest {taken.digest}")


corner.add_command(check)
