"""The deeds on a case: what is written on their buttons, and in which order they stand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from footpath.cases.models import Case
from footpath.cases.rules import Deed

DEED_ICONS = {
    Deed.ACCEPT: "user-check",
    Deed.ASSIGN: "user-plus",
    Deed.GUIDE: "books",
    Deed.RECTIFY: "clipboard-check",
    Deed.VERIFY: "eye-check",
    Deed.REOPEN: "refresh",
    Deed.ESCALATE: "arrow-up-right",
    Deed.RETURN: "corner-up-left",
    Deed.RESUBMIT: "send",
    Deed.MARK_DUPLICATE: "arrows-join",
    Deed.NOTE: "message-circle",
    Deed.TRANSFER: "building",
    Deed.MISROUTE: "corner-up-left",
    Deed.PAUSE: "player-pause",
    Deed.RESUME: "player-play",
    Deed.EXTEND: "calendar-plus",
    Deed.REPLY: "mail",
    Deed.PUBLISH: "eye",
    Deed.HIDE: "eye-off",
}


def is_worth_offering(deed: Deed, case: Case) -> bool:
    """Return whether a deed that may be done has something to be done with."""
    if deed == Deed.REPLY:
        return case.raised_by_id is None
    return deed != Deed.HIDE or case.is_public


_OFTEN = (Deed.NOTE, Deed.ESCALATE, Deed.ASSIGN, Deed.REPLY)
BY_USE = (*_OFTEN, *(deed for deed in Deed if deed not in _OFTEN))
"""The deeds in the order in which a page offers them: those done often first."""


def deed_word(deed: Deed) -> str:
    """Return what is written on the button that opens a deed."""
    return {
        Deed.ACCEPT: _("Accept"),
        Deed.ASSIGN: _("Assign an owner"),
        Deed.GUIDE: _("Give guidance"),
        Deed.RECTIFY: _("Report it rectified"),
        Deed.VERIFY: _("Verify on the spot"),
        Deed.REOPEN: _("Reopen with a reason"),
        Deed.ESCALATE: _("Escalate"),
        Deed.RETURN: _("Return"),
        Deed.RESUBMIT: _("Send in again"),
        Deed.MARK_DUPLICATE: _("It is a duplicate"),
        Deed.NOTE: _("Add a note or a photo"),
        Deed.TRANSFER: _("Transfer"),
        Deed.MISROUTE: _("Not ours"),
        Deed.PAUSE: _("Pause the clock"),
        Deed.RESUME: _("Let the clock run again"),
        Deed.EXTEND: _("Give more time"),
        Deed.REPLY: _("Answer the reporter"),
        Deed.PUBLISH: _("Show it to the public"),
        Deed.HIDE: _("Take it from the public"),
    }[deed]
