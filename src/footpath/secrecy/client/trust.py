"""What the command believes: what was pinned, and what follows from it; nothing else.

A notice may only grow behind what was pinned; a roster counts when two officers of the version
before have signed it and the notice names it. Whatever differs stops everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from footpath.secrecy import notice, roster
from footpath.secrecy.blind import PublicKey
from footpath.secrecy.client.errors import Alarm, Refused
from footpath.secrecy.client.words import gettext as _
from footpath.secrecy.roster import Roster

Json = dict[str, Any]


def first_notice(fetched: Json, fingerprint: str) -> int:
    """Return how many entries of a notice the fingerprint from paper vouches for.

    The fingerprint is that of one entry: it covers all entries before it. Alarm when it is of none.
    """
    try:
        notice.check(fetched)
    except notice.BrokenChain:
        raise _changed() from None
    wanted = _plain(fingerprint)
    for count, entry in enumerate(fetched["entries"], start=1):
        if wanted and _plain(notice.short(entry["hash"])) == wanted:
            return count
    raise Alarm(
        _(
            "The fingerprint is not on the key notice that the server shows. Look whether you "
            "typed it right; if you did, do not ask by this way and show this to a guidance "
            "officer."
        )
    )


def same_notice(pinned: Sequence[Json], fetched: object) -> list[Json]:
    """Return the entries of a fetched notice; Alarm unless it begins with all that was pinned."""
    try:
        notice.check(fetched)
        if not isinstance(fetched, dict):
            raise _changed()
        notice.check_continues({"v": 1, "entries": list(pinned)}, fetched)
    except notice.BrokenChain:
        raise _changed() from None
    entries: list[Json] = fetched["entries"]
    return entries


def same_rosters(pinned: Sequence[Json], fetched: object, entries: Sequence[Json]) -> list[Json]:
    """Return the signed rosters, the first version first.

    Alarm unless they begin with those that were pinned, each was signed by two officers of the
    version before, and the key notice names each by its digest.
    """
    rosters = fetched.get("rosters") if isinstance(fetched, dict) else None
    if not isinstance(rosters, list) or rosters[: len(pinned)] != list(pinned):
        raise _officers_changed()
    named = [entry["digest"] for entry in entries if entry["kind"] == "roster"]
    try:
        checked = chain(rosters)
    except roster.BadRoster:
        raise _officers_changed() from None
    if [one.digest for one in checked] != named:
        raise _officers_changed()
    return rosters


def chain(rosters: Sequence[object]) -> list[Roster]:
    """Return the rosters, each signed by two officers of the one before; BadRoster otherwise."""
    found: list[Roster] = []
    for signed in rosters:
        found.append(roster.taken(signed, found[-1] if found else None))
    return found


def present(rosters: Sequence[Json]) -> Roster:
    """Return the roster to seal for; Refused while there is none."""
    if not rosters:
        raise Refused(_("There are no guidance officers yet: nobody could read a question."))
    return roster.read(rosters[-1]["roster"])


def key(entries: Sequence[Json], epoch: str) -> PublicKey:
    """Return the published key of an epoch; Refused when the pinned notice has none."""
    try:
        return PublicKey.read(notice.key_of({"v": 1, "entries": list(entries)}, epoch))
    except KeyError:
        raise Refused(_("The key notice has no key for %(epoch)s.") % {"epoch": epoch}) from None


def _plain(fingerprint: str) -> str:
    """Return a fingerprint as it was typed, without what does not matter in it."""
    kept = "".join(sign for sign in fingerprint.upper() if sign.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def _changed() -> Alarm:
    return Alarm(
        _(
            "The key notice is not the one that was pinned. The server may be trying to find out "
            "who asks: do not ask by this way, and show this to a guidance officer."
        )
    )


def _officers_changed() -> Alarm:
    return Alarm(
        _(
            "The list of guidance officers has changed without two of them signing it. Somebody "
            "may be trying to read along: do not ask by this way, and show this to a guidance "
            "officer whom you know."
        )
    )
