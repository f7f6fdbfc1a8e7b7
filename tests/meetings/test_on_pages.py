"""What meetings say on the pages of places and cases, and in the administration."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings import on_pages, services
from footpath.meetings.models import Meeting, MeetingKind
from tests.world import World

pytestmark = pytest.mark.django_db


def client_of(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def convene(world: World, minutes: float = 60) -> Meeting:
    """Convene a meeting of hamlet hue that begins in some minutes."""
    start = clock.now() + timedelta(minutes=minutes)
    return services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        by=world.office,
        at=clock.now(),
    )


def test_a_place_shows_its_next_meetings_and_those_below(world: World) -> None:
    meeting = convene(world)
    for place in (world.hue, world.thach):
        page = client_of(world.office).get(place.get_absolute_url()).content.decode()
        assert meeting.get_absolute_url() in page
    assert on_pages.next_meetings(world.far, world.hue) is None
    panel = on_pages.next_meetings(world.far, world.phuoc)
    assert panel is not None
    assert panel.context == {"meetings": [], "may_convene": True}
    page = client_of(world.far).get(world.phuoc.get_absolute_url()).content.decode()
    assert "No meeting is planned" in page


def test_the_attendance_of_the_month_is_for_who_reads_there(world: World) -> None:
    meeting = convene(world, minutes=0)
    services.hold_meeting(meeting=meeting, by=world.office, at=clock.now())
    [figure] = on_pages.attended(world.office, world.thach)
    assert figure.value == Rate(1, 1)
    assert "state=held" in figure.href
    assert on_pages.attended(world.far, world.thach) == []


def test_a_case_names_the_meeting_it_was_raised_in(world: World) -> None:
    meeting = convene(world, minutes=0)
    item = services.add_minute_item(
        meeting=meeting, text="Gate leaks", by=world.officer, at=clock.now()
    )
    case = services.raise_case_from_item(
        item=item,
        title="Gate leaks",
        category=world.category,
        by=world.officer,
        at=clock.now(),
    )
    page = client_of(world.officer).get(case.get_absolute_url()).content.decode()
    assert "Raised in the meeting" in page
    assert meeting.get_absolute_url() in page
    assert on_pages.raised_in(world.officer, world.case()) is None


def test_the_administrator_changes_kinds_but_not_meetings(world: World) -> None:
    client = client_of(world.administrator)
    sent = {"code": "water", "name_en": "Water users", "minutes": "60", "is_active": "on"}
    sent |= {"name_vi": "", "name_zh": "", "name_ru": ""}
    assert client.post(reverse("admin:meetings_meetingkind_add"), sent).status_code == 302
    kind = MeetingKind.objects.get(code="water")
    change = reverse("admin:meetings_meetingkind_change", args=[kind.pk])
    assert client.post(change, sent | {"name_vi": "Tổ dùng nước"}).status_code == 302
    deeds = TrailLine.objects.filter(subject=f"meetings.meetingkind:{kind.pk}").order_by("number")
    assert [line.deed for line in deeds] == ["meeting.kind_created", "meeting.kind_changed"]
    assert (
        client.get(reverse("admin:meetings_meetingkind_delete", args=[kind.pk])).status_code == 403
    )
    meeting = convene(world)
    assert client.get(reverse("admin:meetings_meeting_changelist")).status_code == 200
    assert client.get(reverse("admin:meetings_meeting_add")).status_code == 403
    for name in ("change", "delete"):
        address = reverse(f"admin:meetings_meeting_{name}", args=[meeting.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
