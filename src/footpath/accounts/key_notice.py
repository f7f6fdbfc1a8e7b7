"""The key notice as people read it: short fingerprints, on a page and on paper for the board.

Whoever compares them with what a browser or the command has pinned knows that all members are
given the same keys: a key of one's own would mark whoever uses it (docs/explanation).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.accounts import corner
from footpath.core import clock, formats, pdf
from footpath.secrecy import epochs, notice

TEMPLATE = "accounts/typst/key_notice.typ"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Key:
    """The key of a month: its first day, and the fingerprint."""

    month: date
    fingerprint: str


@dataclass(frozen=True)
class Numbered:
    """A roster or a build of the command: its number or version, and the fingerprint."""

    name: str
    fingerprint: str


@dataclass(frozen=True)
class KeyNotice:
    """What the notice says at present; keys of the past are left to the file itself.

    ``whole`` is the fingerprint of the last entry, to which all others are chained. ``sound`` is
    False when an entry has been altered.
    """

    keys: tuple[Key, ...]
    roster: Numbered | None
    client: Numbered | None
    whole: str
    entries: int
    sound: bool


def read() -> KeyNotice | None:
    """Return the key notice, None while nothing has been published."""
    found = corner.files().notice()
    entries = found["entries"]
    if not entries:
        return None
    try:
        notice.check(found)
    except notice.BrokenChain as broken:
        log.error("the key notice has been altered: %s", broken)
        return KeyNotice((), None, None, "", len(entries), sound=False)
    return KeyNotice(
        keys=tuple(_keys(entries)),
        roster=_last(entries, "roster", "number"),
        client=_last(entries, "client", "version"),
        whole=notice.short(entries[-1]["hash"]),
        entries=len(entries),
        sound=True,
    )


def _keys(entries: list[dict[str, Any]]) -> list[Key]:
    now = corner.epoch_at(clock.now())
    months = (
        (epochs.Epoch(entry["epoch"]), entry["kid"]) for entry in entries if entry["kind"] == "key"
    )
    return [
        Key(epoch.first_day, notice.short(kid)) for epoch, kid in sorted(months) if epoch >= now
    ]


def _last(entries: list[dict[str, Any]], kind: str, name: str) -> Numbered | None:
    for entry in reversed(entries):
        if entry["kind"] == kind:
            return Numbered(str(entry[name]), notice.short(entry["digest"]))
    return None


def paper(found: KeyNotice, *, language: str, day: date) -> bytes:
    """Return the notice as PDF in a language ("vi"): one page A4, for the board.

    Raises core.pdf.NotRendered, and ValueError when the notice has been altered.
    """
    if not found.sound:
        raise ValueError("an altered notice is not to be printed")
    with translation.override(language):
        data = _words(found, language, day)
    return pdf.render(TEMPLATE, data, language=language, title=data["title"], day=day)


def _words(found: KeyNotice, language: str, day: date) -> dict[str, Any]:
    others = [{"name": _("The whole notice"), "fingerprint": found.whole}]
    if found.client is not None:
        name = _("Command footpath-corner %(version)s") % {"version": found.client.name}
        others.insert(0, {"name": name, "fingerprint": found.client.fingerprint})
    if found.roster is not None:
        name = _("Guidance officers, list %(number)s") % {"number": found.roster.name}
        others.insert(0, {"name": name, "fingerprint": found.roster.fingerprint})
    return {
        "language": language.partition("-")[0],
        "title": _("Key notice of the Question Corner"),
        "dated": _("Printed on %(day)s") % {"day": formats.day_formal(day)},
        "opening": _(
            "Questions in the Question Corner are unlinkable in our records as long as all members "
            "are given the same keys. These are their fingerprints."
        ),
        "keys_title": _("Keys of the months"),
        "keys": [
            {"name": formats.month(key.month), "fingerprint": key.fingerprint} for key in found.keys
        ],
        "others_title": _("Lists and programs"),
        "others": others,
        "compare_title": _("Compare them"),
        "compare": [
            _("Open the page below on your own device, or let the command show its fingerprints."),
            _("Each group of five signs must be the same as on this paper."),
            _(
                "If one is not, ask nothing in the Corner, keep this paper, and show both to a "
                "guidance officer and to somebody outside the administration."
            ),
        ],
        "address": settings.BASE_URL + reverse("corner:notice"),
    }
