"""Meetings as iCalendar: the feeds that calendar programs read, and invitations by e-mail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.accounts import selectors as accounts
from footpath.accounts.models import User
from footpath.accounts.permissions import may
from footpath.core import ical
from footpath.core.errors import NotThere
from footpath.core.ical import Event, Party
from footpath.core.keys import key_in
from footpath.meetings import rules, selectors
from footpath.meetings.models import Feed, Meeting
from footpath.notifications.kinds import Attached

PRODUCT = "-//Footpath//Meetings//EN"
REFRESH = "PT1H"
LONGEST_AGENDA = 400
NO_ADDRESS = "invalid:nomail"


def zone() -> ZoneInfo:
    """Return the time zone of the organisation."""
    return ZoneInfo(settings.TIME_ZONE)


def uid_of(pk: int, installation: str) -> str:
    """Return the UID of a meeting: the same wherever it is moved to and whoever reads it."""
    return f"meeting-{pk}@{installation}.footpath"


def name_of(feed: Feed) -> str:
    """Return what calendar programs call a feed."""
    whose = feed.area or feed.organization
    if whose is None:
        return _("My meetings")
    return _("Meetings: %(whose)s") % {"whose": whose.name}


def digest_of(feed: Feed, shown: selectors.FeedRows, address: str) -> str:
    """Return a digest of all that the feed's text is made of, without writing it."""
    known = hashlib.sha256()
    values = (
        feed.pk,
        name_of(feed),
        settings.TIME_ZONE,
        address,
        translation.get_language(),
        sorted(shown.kinds.items()),
        sorted(shown.offices.items()),
        shown.provisional,
    )
    known.update(repr(values).encode())
    for row in shown.rows:
        known.update(repr(tuple(row.values())).encode())
    return known.hexdigest()[:32]


def feed_text(feed: Feed, shown: selectors.FeedRows, *, address: str) -> bytes:
    """Return a feed in the language that is spoken now; ``address`` is that of this Footpath."""
    return ical.calendar(
        _events(shown, address, feed.created_at),
        zone=zone(),
        product=PRODUCT,
        name=name_of(feed),
        language=translation.get_language() or "",
        refresh=REFRESH,
    )


def _events(shown: selectors.FeedRows, address: str, known_since: datetime) -> Iterator[Event]:
    installation = accounts.installation()
    page = f"{address.rstrip('/')}{reverse('meetings:list')}"
    whose, more = _("Whose meeting: %(office)s"), _("Read more: %(address)s")
    for row in shown.rows:
        kind = shown.kinds[row["kind_id"]]
        url = f"{page}{row['id']}/"
        office = row["organization__name"] or shown.offices.get(row["convened_by_id"], "")
        said = [short(row["agenda"])] if row["agenda"] else []
        if office:
            said.append(whose % {"office": office})
        said.append(more % {"address": url})
        yield Event(
            uid=uid_of(row["id"], installation),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            changed_at=row["changed_at"] or known_since,
            summary=row["title"] or f"{kind}, {row['area__name']}",
            sequence=row["sequence"],
            status=status_of(row, provisional=row in shown.provisional),
            location=_joined(row["hall__name"], row["where"], row["area__name"]),
            description="\n".join(said),
            url=url,
            category=kind,
        )


def status_of(row: Mapping[str, Any], *, provisional: bool) -> str:
    """Return CANCELLED, TENTATIVE while a planned meeting is provisional, else CONFIRMED."""
    if row["state"] == rules.State.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if provisional else "CONFIRMED"


def short(agenda: str) -> str:
    """Return the beginning of an agenda, at most 400 letters, cut between words."""
    if len(agenda) <= LONGEST_AGENDA:
        return agenda
    return f"{agenda[:LONGEST_AGENDA].rsplit(maxsplit=1)[0]} …"


def _joined(*parts: str | None) -> str:
    found: list[str] = []
    for part in parts:
        if part and part not in found:
            found.append(part)
    return ", ".join(found)


# --- invitations ----------------------------------------------------------------------------------


def invitation(meeting_id: int, user_id: int) -> bytes:
    """Return a meeting as an invitation to one user, or its cancellation (iMIP, RFC 6047).

    METHOD:REQUEST or CANCEL, whoever convenes as the organizer, the user as the only attendee, in
    the user's language. Answers by e-mail are not asked for: leave has its own page. NotThere
    when the user may not read the meeting.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    person = accounts.person_behind(user) if user is not None else None
    meeting = (
        Meeting.objects.select_related("kind", "area", "organization", "hall")
        .prefetch_related("duties")
        .filter(pk=meeting_id)
        .first()
    )
    if user is None or person is None or not may(person, "meetings.see", meeting):
        raise NotThere
    if meeting is None:
        raise NotThere
    with translation.override(user.language or settings.LANGUAGE_CODE):
        cancelled = meeting.state == rules.State.CANCELLED
        return ical.calendar(
            [_invited(meeting, user, person.name)],
            zone=zone(),
            product=PRODUCT,
            method="CANCEL" if cancelled else "REQUEST",
        )


def _invited(meeting: Meeting, user: User, name: str) -> Event:
    office = meeting.organization.name if meeting.organization else ""
    office = office or selectors.offices_of({meeting.convened_by_id}).get(
        meeting.convened_by_id, ""
    )
    url = f"{settings.BASE_URL}{meeting.get_absolute_url()}"
    said = [short(meeting.agenda)] if meeting.agenda else []
    said.append(_("Read more: %(address)s") % {"address": url})
    return Event(
        uid=uid_of(meeting.pk, accounts.installation()),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.changed_at or meeting.starts_at,
        summary=meeting.name,
        sequence=meeting.sequence,
        status="CANCELLED" if meeting.state == rules.State.CANCELLED else "CONFIRMED",
        location=_joined(
            meeting.hall.name if meeting.hall else "", meeting.where, meeting.area.name
        ),
        description="\n".join(said),
        url=url,
        category=meeting.kind.name,
        organizer=Party(office or "Footpath", _mail(settings.EMAIL_FROM)),
        attendee=Party(name, _mail(user.email)),
    )


def _mail(address: str) -> str:
    plain = address.rpartition("<")[2].rstrip("> ")
    return f"mailto:{plain}" if "@" in plain else NO_ADDRESS


def attached(subject: str, user_id: int) -> list[Attached]:
    """Return the invitation that goes with a notice about ``meetings.meeting:17``; or nothing."""
    room, _colon, said = subject.partition(":")
    key = key_in(said)
    if room != "meetings.meeting" or key is None:
        return []
    try:
        content = invitation(key, user_id)
    except NotThere:
        return []
    method = "CANCEL" if b"\r\nMETHOD:CANCEL\r\n" in content else "REQUEST"
    return [Attached("invitation.ics", f"text/calendar; method={method}", content)]
