"""Whoever is expected at a meeting gets it into their own calendar, and out of it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from footpath.meetings import notices
from footpath.meetings.models import Meeting
from footpath.notifications.models import Channel
from tests.notifications.told import step
from tests.workers import MailServer
from tests.world import World

pytestmark = pytest.mark.django_db


def event(mail: Any) -> tuple[str, Any]:
    """Return the method and the event of the file that a mail carries."""
    (file,) = mail.iter_attachments()
    found = Calendar.from_ical(file.get_content())
    assert file.get_param("method") == str(found["METHOD"])
    (one,) = found.walk("VEVENT")
    return str(found["METHOD"]), one


def test_an_invitation_and_a_cancellation_come_as_files_for_the_calendar(
    world: World, mails: MailServer
) -> None:
    now = timezone.localtime().replace(hour=12)
    Channel.objects.create(
        user=world.officer.user, kind="email", address="officer@example.org", created_at=now
    )
    start = now + timedelta(days=3)
    meeting = Meeting.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        convened_by=world.head,
        **{f"a{at}": pk for at, pk in enumerate(world.hue.ancestor_ids)},
    )
    meeting.duties.create(person=world.officer)
    notices.tell([world.officer], "meeting.invited", meeting, at=now)
    assert step(now) == 0
    assert step(now + timedelta(days=1)) == 1
    method, invited = event(mails.mails[0])
    assert (method, invited["DTSTART"].dt) == ("REQUEST", start.replace(microsecond=0))

    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", sequence=1)
    meeting.refresh_from_db()
    notices.tell([world.officer], "meeting.cancelled", meeting, at=now, values={"reason": "Flood."})
    assert step(now + timedelta(days=1)) == 1
    method, cancelled = event(mails.mails[1])
    assert (method, str(cancelled["STATUS"])) == ("CANCEL", "CANCELLED")
    assert cancelled["UID"] == invited["UID"]
    assert int(cancelled["SEQUENCE"]) > int(invited["SEQUENCE"])
