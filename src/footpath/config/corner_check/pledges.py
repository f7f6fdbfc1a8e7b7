"""What the Corner has published: the chain of its notice, its keys ahead, its roster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from footpath.config.corner_check.fault import Fault
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import notice as notices
from footpath.secrecy import roster as rosters
from footpath.secrecy.epochs import destroyed_by, epoch_of

LEAST_AHEAD = 6
"""So many months ahead, at least, are the keys published: they are made twelve at a time."""


LONGEST_UNMIXED = timedelta(days=2)


def of_mix(files: CornerFiles, today: date) -> Iterator[Fault]:
    """Yield a fault when what came lies unmixed, in the order in which it came."""
    try:
        said = json.loads((files.folder / "mix.json").read_text(encoding="utf-8"))
        last = date.fromisoformat(said["day"])
    except FileNotFoundError:
        return  # nothing has ever been served
    except (ValueError, KeyError, TypeError, OSError) as broken:
        yield Fault(f"mix.json cannot be read ({broken}).", "Delete it; the next mix writes it.")
        return
    if today - last > LONGEST_UNMIXED:
        yield Fault(
            f"The Corner was last mixed on {last}: what came since lies as it came.",
            "Keep `footpath corner serve` running, or run `footpath corner mix` daily.",
        )


def of_notice(files: CornerFiles, today: date) -> Iterator[Fault]:
    """Yield what is wrong with the key notice, and with the private keys that belong to it."""
    try:
        notice = files.notice()
        notices.check(notice)
    except (notices.BrokenChain, json.JSONDecodeError, OSError) as broken:
        yield Fault(
            f"The key notice is not the one that was published ({broken}).",
            "Find out who altered it; put back the one whose last line the printed notice shows.",
        )
        return
    published = set(notices.epochs(notice))
    this = epoch_of(today)
    ahead = 0
    while this.after(ahead) in published:
        ahead += 1
    if ahead < LEAST_AHEAD:
        yield Fault(
            f"The keys of {ahead} months are published, this one counted; fewer than {LEAST_AHEAD} "
            "can be swapped before anybody has pinned them.",
            "Make more with `footpath corner keys`, and print the notice anew.",
        )
    if this in published and not files.has_key(this):
        yield Fault(
            f"The private key of {this} is missing: nobody can draw tokens.",
            f"Put back keys/{this}.pem.",
        )
    for epoch in files.epochs_with_key():
        if destroyed_by(epoch, today):
            yield Fault(
                f"The private key of {epoch} should be destroyed.",
                "Keep `footpath serve` or `footpath worker` running, which does so.",
            )
        elif epoch not in published:
            yield Fault(
                f"The private key of {epoch} belongs to no line of the notice.",
                f"Delete keys/{epoch}.pem.",
            )


def of_roster(notice: dict[str, Any], signed: list[Any]) -> Iterator[Fault]:
    """Yield what is wrong with the versions of the roster, first to last, beside the notice."""
    if not signed:
        yield Fault(
            "Nobody can open a question: there is no roster of guidance officers.",
            "Hold the first ceremony: docs/how-to/question-corner.md.",
        )
        return
    before = None
    named = {
        entry["number"]: entry["digest"]
        for entry in notice.get("entries", [])
        if entry.get("kind") == "roster"
    }
    for number, plain in enumerate(signed, 1):
        try:
            before = rosters.taken(plain, before)
        except rosters.BadRoster as bad:
            yield Fault(
                f"Version {number} of the roster does not hold: {bad}.",
                "Let two officers of the version before sign a roster of at least three.",
            )
            return
        if named.get(number) != before.digest:
            yield Fault(
                f"Version {number} of the roster is not the one that the key notice names.",
                "Find out who altered it; members' browsers refuse it.",
            )
    if named and max(named) > len(signed):
        yield Fault(
            f"The notice names version {max(named)} of the roster, the Corner has {len(signed)}.",
            "Put back the database, or find out who wrote into the notice.",
        )
