"""Taking new versions of the roster."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from footpath.questions import selectors
from footpath.questions.models import Wrapped
from footpath.secrecy import encoding, roster


def take_roster(*, signed: object, by_administrator: bool = False) -> bool:
    """Keep a new version that two officers of the version before have signed; tell whether.

    Nobody is there to sign the first version but its own officers, so anybody could be first: it
    is taken only from the administrator, or when the key notice names its digest already. The
    notice names later versions after they are taken, and wrapped keys of who has left are deleted.
    The newest version may be sent again.
    """
    before = selectors.newest_roster()
    if before is not None and signed == selectors.signed_rosters()[-1]:
        _name(before)  # sent again, perhaps because naming it failed the first time
        return True
    try:
        taken = roster.taken(signed, before)
        text = encoding.canonical(signed).decode("utf-8")
    except (ValueError, RecursionError):
        return False
    if before is None and not (by_administrator or _is_named(taken)):
        return False
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO corner_roster (number, signed) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [taken.number, text],
            )
            kept = int(cursor.rowcount) == 1
        if kept and before is not None:
            left = {one.code for one in before.officers} - {one.code for one in taken.officers}
            Wrapped.objects.filter(code__in=left).delete()
    if kept:
        _name(taken)
    return kept


def _name(version: roster.Roster) -> None:
    """Put a version on the key notice, unless it stands there."""
    if not _is_named(version):
        selectors.files().add_to_notice(_entry(version))


def _entry(version: roster.Roster) -> dict[str, Any]:
    return {"kind": "roster", "number": version.number, "digest": version.digest}


def _is_named(version: roster.Roster) -> bool:
    return any(
        entry["kind"] == "roster"
        and (entry["number"], entry["digest"]) == (version.number, version.digest)
        for entry in selectors.files().notice()["entries"]
    )
