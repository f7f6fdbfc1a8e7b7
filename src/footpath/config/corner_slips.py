"""``footpath corner slips``: paper slips for a meeting, one question each."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from footpath.config.commands import set_up

CORNER = "footpath.config.corner"
LANGUAGES = ("en", "vi", "zh-hans", "ru")


def _epoch(_ctx: click.Context, _option: click.Parameter, typed: str) -> str:
    if not re.fullmatch(r"[1-9]\d{3}-(0[1-9]|1[0-2])", typed, re.ASCII):
        raise click.BadParameter("an epoch is a month, written 2026-12")
    return typed


@click.command()
@click.option("--number", type=click.IntRange(1, 500), default=40, show_default=True)
@click.option("--epoch", callback=_epoch, required=True, metavar="MONTH", help="As in 2026-12.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF."
)
def slips(number: int, epoch: str, language: str, out: Path) -> None:
    """Draw slips that a meeting takes from a box: one question each, without any account.

    Print the file, cut along the dashed lines, fold from the right so that the code lies inside,
    seal, mix, and delete the file: the codes stand nowhere else, the Corner keeps digests alone.
    """
    set_up(CORNER)
    from django.conf import settings

    from footpath.questions import services
    from footpath.questions.slips import SlipFacts, printed
    from footpath.secrecy import receipts, tokens
    from footpath.secrecy.epochs import Epoch

    counts_for = Epoch(epoch)
    codes = tuple(receipts.new() for _slip in range(number))
    facts = SlipFacts(
        codes=codes,
        corner=settings.CORNER_URL,
        first=counts_for.first_day,
        last=counts_for.spending_window[1],
    )
    pdf = printed(facts, language=language)
    _write_new(out, pdf)
    try:
        services.keep_slips([tokens.slip_nullifier(code) for code in codes], counts_for)
    except BaseException:
        with suppress(OSError):
            out.unlink()
        raise
    for line in _closing_lines(number, epoch, out, settings.CORNER_LEAST):
        click.echo(line)


def _write_new(out: Path, content: bytes) -> None:
    """Write a file for its owner's eyes only; one that is there already is left alone."""
    try:
        handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{out} is there already: choose another name.") from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _closing_lines(number: int, epoch: str, out: Path, least: int) -> Sequence[str]:
    return (
        f"{number} slips for {epoch} are in {out}; the codes stand nowhere else.",
        "Print, cut along the dashed lines, fold from the right, seal, mix; then delete the file.",
        f"They count once {least} slips of that month exist.",
    )
