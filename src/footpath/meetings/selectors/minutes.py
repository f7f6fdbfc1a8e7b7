"""What minutes and cases say of each other, and the minutes that somebody approved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from footpath.accounts.permissions import may
from footpath.cases.models import Case
from footpath.core.errors import NotThere
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem, Minutes
from footpath.meetings.rules.minutes import NotFrozen, digest
from footpath.meetings.selectors.meetings import get_meeting_for


def meetings_of_case(person: Person, case: Case) -> list[MinuteItem]:
    """Return the items of minutes a case was raised from, of meetings the person may read."""
    items = case.minute_items.select_related(
        "meeting__kind", "meeting__area", "proposed_owner"
    ).order_by("pk")
    return [item for item in items if may(person, "meetings.see", item.meeting)]


def items_in_minutes(meeting: Meeting) -> list[MinuteItem]:
    """Return what stands in the minutes, in its order: neither withdrawn nor a topic that waits."""
    hidden = MinuteItem.State.WITHDRAWN
    waits = MinuteItem.State.WAITING
    return [
        item
        for item in meeting.items.all()
        if item.state != hidden and not (item.sent_in and item.state == waits)
    ]


def mark_of_minutes(meeting: Meeting) -> str:
    """Return a short mark of what minutes say: who approves them says which they have read.

    Of text, items, heads and attendance. The meeting comes with duties and items.
    """
    items = [
        [row.pk, row.number, str(row.state), row.text, row.answer]
        for row in items_in_minutes(meeting)
    ]
    duties = [
        [row.person_id, str(row.attendance), row.substitute_id]
        for row in sorted(meeting.duties.all(), key=lambda row: row.pk)
    ]
    return digest([meeting.minutes, meeting.headcount, items, duties])[:16]


@dataclass(frozen=True)
class Version:
    """One version of approved minutes, and whether what is kept is what was approved."""

    minutes: Minutes
    record_unchanged: bool
    paper_unchanged: bool

    @property
    def is_unchanged(self) -> bool:
        """Return whether both record and paper are, byte for byte, what was approved."""
        return self.record_unchanged and self.paper_unchanged


def versions_of(meeting: Meeting) -> list[Version]:
    """Return the approved versions, the newest first, each checked now against its digests."""
    rows = Minutes.objects.filter(meeting=meeting).select_related("approved_by", "reopened_by")
    return [
        Version(row, record_unchanged(row), paper_unchanged(row))
        for row in rows.order_by("-version")
    ]


def record_unchanged(minutes: Minutes) -> bool:
    """Return whether the frozen record still has the digest under which it was approved."""
    try:
        return digest(minutes.frozen) == minutes.digest
    except NotFrozen:
        return False


def paper_unchanged(minutes: Minutes) -> bool:
    """Return whether the PDF still has the digest under which it was kept."""
    return hashlib.sha256(bytes(minutes.pdf)).hexdigest() == minutes.pdf_digest


def minutes_in_force(meeting: Meeting) -> Minutes | None:
    """Return the approved minutes that stand now, without their paper; None when none do."""
    rows = Minutes.objects.filter(meeting=meeting, reopened_at=None)
    return rows.select_related("approved_by").defer("pdf", "frozen").first()


def latest_minutes(meeting: Meeting) -> Minutes | None:
    """Return the newest version, also when it was opened again; without its paper."""
    rows = Minutes.objects.filter(meeting=meeting).select_related("approved_by", "reopened_by")
    return rows.defer("pdf", "frozen").order_by("-version").first()


def get_minutes_for(person: Person, *, pk: int, version: int) -> Minutes:
    """Return a version of a meeting's minutes that the person may read; NotThere otherwise."""
    meeting = get_meeting_for(person, pk=pk)
    found = Minutes.objects.filter(meeting=meeting, version=version).first()
    if found is None:
        raise NotThere
    found.meeting = meeting
    return found
