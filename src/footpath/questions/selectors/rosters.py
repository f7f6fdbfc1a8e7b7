"""The versions of the roster."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from footpath.questions.models import Roster
from footpath.secrecy import roster


def signed_rosters() -> list[dict[str, Any]]:
    """Return every version with its signatures, the first one first. One query."""
    return [
        json.loads(text)
        for text in Roster.objects.order_by("number").values_list("signed", flat=True)
    ]


def newest_rosters() -> list[roster.Roster]:
    """Return the newest version and the one before it, as far as there are any. One query.

    A question may have been sealed some days before it is sent: for the version before.
    """
    newest = Roster.objects.order_by("-number").values_list("signed", flat=True)[:2]
    return [_read(text) for text in newest]


def newest_roster() -> roster.Roster | None:
    """Return the newest version; None before the first. One query."""
    return next(iter(newest_rosters()), None)


@lru_cache(maxsize=8)
def _read(signed: str) -> roster.Roster:
    return roster.read(json.loads(signed)["roster"])
