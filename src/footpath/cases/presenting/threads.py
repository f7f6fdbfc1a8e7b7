"""The thread of a case: what was done, by whom, in whose words, with which files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from footpath.cases.models import Case, Entry
from footpath.cases.rules.chain import Rung
from footpath.core import formats

_ENTRY_LOOKS = {
    Entry.Deed.ACCEPTED: ("user-check", "accent"),
    Entry.Deed.ASSIGNED: ("user-plus", "accent"),
    Entry.Deed.GUIDED: ("books", "accent"),
    Entry.Deed.RECTIFIED: ("clipboard-check", "accent"),
    Entry.Deed.VERIFIED: ("eye-check", "verified"),
    Entry.Deed.PARTLY: ("corner-up-left", "refused"),
    Entry.Deed.REFUSED: ("corner-up-left", "refused"),
    Entry.Deed.REOPENED: ("refresh", "refused"),
    Entry.Deed.ESCALATED: ("arrow-up-right", "accent"),
    Entry.Deed.RETURNED: ("corner-up-left", "refused"),
    Entry.Deed.RESUBMITTED: ("send", "accent"),
    Entry.Deed.DUPLICATE: ("arrows-join", "neutral"),
    Entry.Deed.NOTE: ("message-circle", "neutral"),
    Entry.Deed.TRANSFERRED: ("building", "accent"),
    Entry.Deed.MISROUTED: ("corner-up-left", "refused"),
    Entry.Deed.PAUSED: ("player-pause", "neutral"),
    Entry.Deed.RESUMED: ("player-play", "neutral"),
    Entry.Deed.EXTENDED: ("calendar-plus", "neutral"),
    Entry.Deed.RECOUNTED: ("calendar-event", "neutral"),
    Entry.Deed.REPLIED: ("mail", "accent"),
    Entry.Deed.PUBLISHED: ("eye", "neutral"),
    Entry.Deed.HIDDEN: ("eye-off", "neutral"),
    Entry.Deed.ANSWERED: ("message-circle", "accent"),
    Entry.Deed.REMINDED: ("bell", "neutral"),
    Entry.Deed.CHECKED: ("eye-check", "verified"),
    Entry.Deed.SENT_OUT: ("send", "accent"),
    Entry.Deed.UPDATE: ("world", "accent"),
}


@dataclass(frozen=True)
class Evidence:
    """A file beside an entry: where it opens, its words and its small picture."""

    href: str
    caption: str
    thumb: str


@dataclass(frozen=True)
class Said:
    """One entry of the thread as it is drawn; ``opens_round`` draws the line of a round first."""

    id: str
    icon: str
    deed: str
    at: datetime
    who: str
    text: str
    tone: str
    evidence: tuple[Evidence, ...]
    opens_round: int | None


def thread(case: Case, entries: Iterable[Entry], raised_with: Iterable[Any]) -> list[Said]:
    """Return the thread from the raising on; ``raised_with`` are the files of the raising."""
    found = [
        Said(
            "raised",
            "flag",
            _("Raised"),
            case.raised_at,
            _raiser(case),
            case.text,
            "accent",
            _evidence(raised_with),
            None,
        )
    ]
    number = 1
    for entry in entries:
        icon, tone = _ENTRY_LOOKS[Entry.Deed(entry.deed)]
        found.append(
            Said(
                f"entry-{entry.pk}",
                icon,
                _entry_word(entry),
                entry.at,
                _who(entry),
                entry.text,
                tone,
                _evidence(entry.attachments.all()),
                entry.round_number if entry.round_number > number else None,
            )
        )
        number = max(number, entry.round_number)
    return found


def _raiser(case: Case) -> str:
    source = str(Case.Source(case.source).label)
    return f"{case.raised_by.name}, {source}" if case.raised_by is not None else source


def name_of(entry: Entry) -> str:
    """Return who did it: somebody in office, or the words for who or what did."""
    if entry.by is not None:
        return entry.by.name
    said_by = _(entry.said_by) if entry.said_by else ""
    if entry.deed == Entry.Deed.ANSWERED and entry.why:  # of somebody who reported the same
        return f"{said_by} ({entry.why})"
    return said_by


def _entry_word(entry: Entry) -> str:
    if entry.deed == Entry.Deed.RECTIFIED and entry.round_number > 1:
        return _("Rectified again")
    if entry.why and entry.deed == Entry.Deed.PAUSED:
        return _("Clock paused until %(day)s") % {"day": _day_of(entry.why)}
    if entry.why and entry.deed == Entry.Deed.EXTENDED:
        return _("More time given, until %(day)s") % {"day": _day_of(entry.why)}
    return str(Entry.Deed(entry.deed).label)


def _day_of(why: str) -> str:
    return formats.day_year(date.fromisoformat(why))


def _who(entry: Entry) -> str:
    if entry.deed == Entry.Deed.ASSIGNED and entry.to_person is not None:
        return _("%(who)s, to %(owner)s") % {
            "who": name_of(entry),
            "owner": entry.to_person.name,
        }
    to = entry.to_person or entry.to_organization
    if to is not None and entry.why:
        return _("%(who)s, to %(whom)s: %(why)s") % {
            "who": name_of(entry),
            "whom": to.name,
            "why": why_word(entry.why),
        }
    if to is not None:
        return _("%(who)s, to %(whom)s") % {"who": name_of(entry), "whom": to.name}
    return name_of(entry)


def why_word(why: str) -> str:
    """Return why an escalation went to this person: the rung of the chain, and who stands in."""
    rung, _sep, acting = why.partition(".")
    words = {
        Rung.CLUSTER: _("leads the cluster of the place"),
        Rung.UNIT: _("heads the unit"),
        Rung.TIER: _("in charge of the place above"),
        Rung.AGENCY: _("the agency asked"),
    }
    word = words[Rung(rung)]
    return _("%(word)s, standing in") % {"word": word} if acting else word


def _evidence(files: Iterable[Any]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            file.get_absolute_url(),
            file.name,
            f"{file.get_absolute_url()}?size=small" if file.is_picture else "",
        )
        for file in files
    )
