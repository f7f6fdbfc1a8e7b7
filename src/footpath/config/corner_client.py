"""``footpath corner client``: the command of members as a single file, pinned by its digest."""

from __future__ import annotations

from pathlib import Path

import click

from footpath.config.commands import set_up

CORNER = "footpath.config.corner"


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option("--publish", is_flag=True, help="Put its digest on the key notice.")
def client(out: Path | None, publish: bool) -> None:
    """Make footpath-corner as one file: the same bytes from the same version, everywhere.

    The Corner gives the same file away under /footpath-corner.pyz. With --publish its digest stands
    on the key notice from now on: print the notice again.
    """
    set_up(CORNER)
    from django.conf import settings

    from footpath.core.cornerfiles import CornerFiles
    from footpath.questions import program
    from footpath.secrecy import notice

    try:
        entry = program.entry()
    except FileNotFoundError:
        raise click.ClickException(
            "The translations are not compiled: run `make install`."
        ) from None
    if out is not None:
        out.write_bytes(program.program())
        click.echo(f"{out}: {len(program.program())} bytes")
    click.echo(f"SHA-256 {entry['digest']}")
    click.echo(f"short   {notice.short(entry['digest'])}")
    if not publish:
        return
    files = CornerFiles(settings.CORNER_DIR)
    if any(one.get("digest") == entry["digest"] for one in files.notice()["entries"]):
        click.echo("It stands on the key notice already.")
        return
    added = files.add_to_notice(entry)
    click.echo(f"On the key notice: {notice.short(added[0]['hash'])}. Print the notice again.")
