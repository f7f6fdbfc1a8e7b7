"""Deeds on the keys of the Question Corner: made ahead, published, destroyed in time.

Private keys lie in files and never in the database; the notice has a line for each public one. In
the trail each publishing leaves a line with the hash of the notice, as printed on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from footpath.accounts import audit, corner
from footpath.core import clock
from footpath.secrecy import blind, epochs, notice

AHEAD = 12
"""So many months are published before they begin, so that no key can be made for one person."""

SUBJECT = "corner:notice"


@dataclass(frozen=True)
class Published:
    """What was done: months that got a key, whose key was destroyed, and whose key is missing.

    Of a missing one the notice has the public part and no file has the private one: nobody can
    draw in that month, and no second key can take its place.
    """

    made: tuple[str, ...]
    destroyed: tuple[str, ...]
    missing: tuple[str, ...]


def publish_keys(*, by: audit.Actor, at: datetime, ahead: int = AHEAD) -> Published:
    """Make the keys of this month and of so many months ahead, and add them to the notice.

    What is there already stays as it is; a run that was broken off is finished. Raises
    ``secrecy.notice.BrokenChain`` when the notice has been altered: nothing is made then.
    """
    files = corner.files()
    found = files.notice()
    notice.check(found)
    published = {entry["epoch"] for entry in found["entries"] if entry["kind"] == "key"}
    now = corner.epoch_at(at)
    wanted = [str(now.after(month)) for month in range(ahead + 1)]
    made, missing = [], []
    for epoch in wanted:
        if epoch in published:
            if not files.has_key(epoch):
                missing.append(epoch)
            continue
        if not files.has_key(epoch):
            files.keep_key(epoch, blind.new_key())
        made.append(epoch)
    if made:
        _announce(made, by=by, at=at)
    return Published(tuple(made), tuple(destroy_keys(at=at)), tuple(missing))


def _announce(made: list[str], *, by: audit.Actor, at: datetime) -> None:
    files = corner.files()
    entries = []
    for epoch in made:
        pem = files.key(epoch)
        if pem is None:
            raise FileNotFoundError(f"the key of {epoch} was taken away while it was published")
        entries.append(notice.key_entry(epoch, blind.spki(pem)))
    with transaction.atomic():
        added = files.add_to_notice(*entries)
        audit.record(
            "accounts.corner_keys_published",
            by=by,
            subject=SUBJECT,
            at=at,
            after={"epochs": made, "notice": added[-1]["hash"]},
        )


def destroy_keys(*, at: datetime) -> list[str]:
    """Destroy the private keys of months whose tokens can no longer be spent; return the months."""
    files, today = corner.files(), clock.day_of(at)
    old = [epoch for epoch in files.epochs_with_key() if epochs.destroyed_by(epoch, today)]
    for epoch in old:
        files.destroy_key(epoch)
    return old
