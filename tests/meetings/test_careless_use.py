"""What careless hands send: keys of others, pages opened long ago, numbers too long to be keys."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from footpath.core.errors import InvalidValue
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, Minutes
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

LONG = "9" * 5_000
"""So many digits are no number that could be reckoned with."""


def held(world: World) -> Meeting:
    """Return a cell meeting of hamlet hue that was held this noon."""
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(hours=-2),
        ends_at=later(hours=-1),
        by=world.head,
        at=later(days=-3),
    )
    services.hold_meeting(meeting=meeting, by=world.head, at=NOON)
    return meeting


def test_a_key_of_somebody_else_makes_no_meeting_and_no_series(world: World) -> None:
    key = uuid4()
    meeting = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": later(days=1),
        "ends_at": later(days=1, hours=1),
        "client_key": key,
        "at": NOON,
    }
    series = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "rrule": "FREQ=MONTHLY;BYMONTHDAY=3",
        "first_day": date(2026, 4, 3),
        "begins": time(19),
        "minutes": 60,
        "client_key": key,
        "at": NOON,
    }
    made = services.convene_meeting(by=world.head, **meeting)  # type: ignore[arg-type]
    begun = services.create_series(by=world.head, **series)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        services.convene_meeting(by=world.office, **meeting)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        services.create_series(by=world.office, **series)  # type: ignore[arg-type]
    assert services.convene_meeting(by=world.head, **meeting) == made  # type: ignore[arg-type]
    assert services.create_series(by=world.head, **series) == begun  # type: ignore[arg-type]


def test_nobody_comes_instead_of_themselves(world: World) -> None:
    meeting = held(world)
    duty = Duty.objects.get(meeting=meeting, person=world.officer)
    mark = services.Mark("substitute", substitute=world.officer)
    with pytest.raises(InvalidValue):
        services.mark_attendance(duty=duty, mark=mark, by=world.head, at=NOON)
    with pytest.raises(InvalidValue):
        services.keep_attendance(
            meeting=meeting, marks={world.officer.pk: mark}, by=world.head, at=NOON
        )


def test_what_was_not_read_is_not_approved(world: World, client: Client) -> None:
    meeting = held(world)
    client.force_login(world.head.user)
    address = f"/meetings/{meeting.pk}/minutes/"
    read = selectors.mark_of_minutes(meeting)
    assert f'value="{read}"' in client.get(address).content.decode()
    services.add_minute_item(meeting=meeting, text="The gate leaks.", by=world.officer, at=NOON)
    assert client.post(f"{address}approve/", {"seen": read}).status_code == 409
    assert not Minutes.objects.exists()
    now = selectors.mark_of_minutes(Meeting.objects.get(pk=meeting.pk))
    assert client.post(f"{address}approve/", {"seen": now}).status_code == 302
    assert Minutes.objects.count() == 1


def test_a_hall_with_a_number_too_long_is_no_hall(world: World, client: Client) -> None:
    client.force_login(world.office.user)
    assert client.get("/meetings/calendar/", {"hall": LONG}).status_code == 200


def test_a_number_too_long_is_no_key_wherever_one_is_asked_for(
    world: World, client: Client
) -> None:
    meeting = held(world)
    client.force_login(world.office.user)
    assert client.get("/meetings/days/check/", {"meeting": LONG}).status_code == 200
    sheet = f"/meetings/{meeting.pk}/attendance/"
    assert client.post(sheet, {"seen": f"{LONG}.present"}).status_code < 500
    taken = {"deed": "withdraw", "days": LONG}
    assert client.post(reverse("directory:calendar"), taken).status_code == 404


def test_a_repair_opens_from_leave_that_was_refused(world: World, client: Client) -> None:
    starts_at = timezone.now() + timedelta(days=3)
    meeting = Meeting.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        convened_by=world.head,
        **{f"a{at}": pk for at, pk in enumerate(world.hue.ancestor_ids)},
    )
    duty = meeting.duties.create(person=world.officer)
    leave = duty.leaves.create(reason="Fever", state="refused", asked_at=NOON)
    client.force_login(world.head.user)
    page = client.get("/meetings/months/repair/", {"leave": leave.pk})
    assert page.status_code == 200
    assert world.officer.code in page.content.decode()


@pytest.mark.parametrize("field", ["kinds", "others", "days"])
@pytest.mark.parametrize("typed", [LONG, "9" * 19])
def test_a_day_rule_takes_no_number_too_long(
    world: World, client: Client, field: str, typed: str
) -> None:
    client.force_login(world.office.user)
    rule = {"title": "Offices", "test": "only_days", "days": "9", "valid_from": "2026-05-01"}
    assert client.post("/meetings/days/new/", rule | {field: typed}).status_code == 422


def test_a_meeting_of_eight_thousand_years_is_refused_at_once(world: World, client: Client) -> None:
    client.force_login(world.office.user)
    sent = {
        "kind": "cell",
        "area": world.hue.code,
        "starts_at": "1000-01-01T00:00:00Z",
        "ends_at": "9000-12-31T00:00:00Z",
    }
    answer = client.post("/api/v1/meetings", sent, content_type="application/json")
    assert answer.status_code == 422
    assert "ends_at" in answer.content.decode()
