"""The code in the room and typing it: minutes, windows, tries, lateness, deputies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.rules import checkin
from footpath.meetings.views.checking_in import picture_of
from tests.world import NOON, World, later

BEGIN, END = later(hours=7), later(hours=9)


@pytest.fixture(autouse=True)
def _no_tries(db: None) -> None:
    cache.clear()


def meeting_of(world: World, **values: Any) -> Meeting:
    """Convene this evening's cell meeting of hamlet hue and open its room."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": BEGIN,
        "ends_at": END,
        "by": world.head,
        "at": NOON,
    } | values
    meeting = services.convene_meeting(**values)
    services.open_room(meeting=meeting, by=world.head, at=NOON)
    return meeting


def duty_of(meeting: Meeting) -> Duty:
    """Return the one duty of a meeting, read anew."""
    return Duty.objects.select_related("meeting", "person", "substitute").get(meeting=meeting)


def code_at(meeting: Meeting, at: datetime) -> str:
    """Return what the room shows at a moment."""
    return checkin.code_of(meeting.room_secret, checkin.minute_of(at))


def typed(world: World, meeting: Meeting, at: datetime, code: str | None = None) -> Duty:
    """Type the code of a moment as the officer."""
    return services.check_in(
        duty=duty_of(meeting), code=code or code_at(meeting, at), by=world.officer, at=at
    )


# --- the deed -------------------------------------------------------------------------------------


def test_whoever_types_the_code_of_the_minute_is_present_and_no_place_is_kept(
    world: World,
) -> None:
    meeting = meeting_of(world)
    done = typed(world, meeting, BEGIN - timedelta(minutes=5))
    assert (done.attendance, done.checked_in_at) == ("present", BEGIN - timedelta(minutes=5))
    assert typed(world, meeting, BEGIN).checked_in_at == BEGIN - timedelta(minutes=5)
    lines = TrailLine.objects.filter(deed="meeting.checked_in")
    assert lines.count() == 1
    assert {field.name for field in Duty._meta.fields} == {
        "id",
        "meeting",
        "person",
        "assignment",
        "attendance",
        "substitute",
        "reason",
        "elsewhere",
        "checked_in_at",
    }


@pytest.mark.parametrize(
    ("minutes", "mark"), [(-30, "present"), (0, "present"), (10, "present"), (11, "late")]
)
def test_ten_minutes_after_the_beginning_is_late(world: World, minutes: int, mark: str) -> None:
    meeting = meeting_of(world)
    assert typed(world, meeting, BEGIN + timedelta(minutes=minutes)).attendance == mark


def test_the_code_of_the_minute_before_holds_and_older_ones_do_not(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue) as wrong:
        typed(world, meeting, BEGIN, code_at(meeting, BEGIN - timedelta(minutes=2)))
    assert wrong.value.field == "code"
    code = code_at(meeting, BEGIN - timedelta(minutes=1))
    assert typed(world, meeting, BEGIN, f" {code[:3]} {code[3:]}").attendance == "present"


def test_check_in_is_open_from_half_an_hour_before_until_the_end(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(RuleBroken, match="opens at 18:30"):
        typed(world, meeting, BEGIN - timedelta(minutes=31))
    with pytest.raises(RuleBroken, match="is over"):
        typed(world, meeting, END)


def test_five_tries_a_minute_and_then_not_even_the_right_code(world: World) -> None:
    meeting = meeting_of(world)
    for _try in range(5):
        with pytest.raises(InvalidValue):
            typed(world, meeting, BEGIN, "x")
    with pytest.raises(services.TooManyTries) as many:
        typed(world, meeting, BEGIN)
    assert many.value.status == 429
    assert typed(world, meeting, BEGIN + timedelta(minutes=1)).attendance == "present"


def test_before_the_room_is_opened_no_code_holds(world: World) -> None:
    meeting = meeting_of(world)
    Meeting.objects.update(room_secret="")
    with pytest.raises(InvalidValue):
        typed(world, meeting, BEGIN, checkin.code_of("", checkin.minute_of(BEGIN)))


def test_the_secret_is_made_once(world: World) -> None:
    meeting = meeting_of(world)
    other = Meeting.objects.get(pk=meeting.pk)
    other.room_secret = ""
    services.open_room(meeting=other, by=world.officer, at=BEGIN)
    assert other.room_secret == meeting.room_secret
    assert len(meeting.room_secret) == 64
    with pytest.raises(NotAllowed):
        services.open_room(meeting=meeting, by=world.far, at=BEGIN)


def test_everybody_checks_in_for_themselves(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(NotAllowed):
        services.check_in(
            duty=duty_of(meeting), code=code_at(meeting, BEGIN), by=world.head, at=BEGIN
        )


def test_a_deputy_checks_in_and_stays_a_deputy(world: World) -> None:
    meeting = meeting_of(world)
    Duty.objects.update(attendance="substitute", substitute=world.second)
    with pytest.raises(RuleBroken, match="comes instead"):
        typed(world, meeting, BEGIN)
    done = services.check_in(
        duty=duty_of(meeting), code=code_at(meeting, BEGIN), by=world.second, at=BEGIN
    )
    assert (done.attendance, done.checked_in_at) == ("substitute", BEGIN)


def test_whoever_has_leave_tells_the_secretary(world: World) -> None:
    meeting = meeting_of(world)
    Duty.objects.update(attendance="excused")
    with pytest.raises(RuleBroken, match="You have leave"):
        typed(world, meeting, BEGIN)


def test_a_list_that_changed_meanwhile_is_not_overwritten(world: World) -> None:
    meeting = meeting_of(world)
    stale = duty_of(meeting)
    Duty.objects.update(attendance="excused")
    with pytest.raises(StaleState):
        services.check_in(duty=stale, code=code_at(meeting, BEGIN), by=world.officer, at=BEGIN)


# --- the pages ------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    """Return a client signed in as somebody."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def running(world: World) -> Meeting:
    """Return a meeting that began five minutes ago by the real clock."""
    now = clock.now()
    return services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(hours=1),
        by=world.head,
        at=now,
        extraordinary_reason="Storm",
    )


def test_the_room_shows_the_code_and_the_phone_takes_it(world: World) -> None:
    meeting = running(world)
    room = reverse("meetings:room-code", args=[meeting.pk])
    page = client_of(world.head).get(room)
    assert "Show the code in the room" in page.content.decode()
    assert "Refresh" not in page
    assert client_of(world.head).post(room).status_code == 302
    meeting.refresh_from_db()
    page = client_of(world.head).get(room)
    shown = page.content.decode()
    now = checkin.minute_of(clock.now())
    codes = {checkin.code_of(meeting.room_secret, minute) for minute in (now, now - 1)}
    assert any(f"<span>{code[:3]}</span> <span>{code[3:]}</span>" in shown for code in codes)
    assert "<svg" in shown
    assert "style=" not in shown
    assert "0/1" in shown
    assert 1 <= int(page["Refresh"]) <= 60
    address = reverse("meetings:check-in", args=[meeting.pk])
    code = checkin.code_of(meeting.room_secret, checkin.minute_of(clock.now()))
    form = client_of(world.officer).get(address, {"code": code}).content.decode()
    assert f'value="{code}"' in form
    wrong = client_of(world.officer).post(address, {"code": "12"})
    assert wrong.status_code == 422
    assert "This is not the code" in wrong.content.decode()
    assert client_of(world.officer).post(address, {"code": code}).status_code == 302
    assert duty_of(meeting).attendance == "present"
    assert "You are checked in." in client_of(world.officer).get(address).content.decode()
    assert "1/1" in client_of(world.head).get(room).content.decode()


def test_too_many_tries_are_answered_with_429_and_a_sentence(world: World) -> None:
    meeting = running(world)
    services.open_room(meeting=meeting, by=world.head, at=clock.now())
    address = reverse("meetings:check-in", args=[meeting.pk])
    client = client_of(world.officer)
    answers = [client.post(address, {"code": "1"}) for _try in range(11)]
    assert answers[0].status_code == 422
    # Where a minute ends between them, one of the two minutes has six tries at least.
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.status_code for answer in answers} == {422, 429}
    assert all("Too many tries." in answer.content.decode() for answer in refused)


@pytest.mark.parametrize("days", [-1, 1])
def test_outside_of_its_window_no_code_is_shown(world: World, days: int) -> None:
    meeting = running(world)
    services.open_room(meeting=meeting, by=world.head, at=clock.now())
    Meeting.objects.update(
        starts_at=meeting.starts_at + timedelta(days=days),
        ends_at=meeting.ends_at + timedelta(days=days),
    )
    page = client_of(world.head).get(reverse("meetings:room-code", args=[meeting.pk]))
    words = "This page opens it by itself." if days > 0 else "Check-in is closed."
    assert words in page.content.decode()
    assert "fp-room-qr" not in page.content.decode()
    mine = client_of(world.officer).get(reverse("meetings:check-in", args=[meeting.pk]))
    assert "Check-in is open from" in mine.content.decode()


def test_a_cancelled_meeting_has_no_room(world: World) -> None:
    meeting = running(world)
    Meeting.objects.update(state="cancelled")
    address = reverse("meetings:room-code", args=[meeting.pk])
    assert "No code is shown." in client_of(world.head).get(address).content.decode()
    assert client_of(world.head).post(address).status_code == 409


def test_my_day_offers_check_in_while_it_is_open(world: World) -> None:
    meeting = running(world)
    services.open_room(meeting=meeting, by=world.head, at=clock.now())
    home = client_of(world.officer).get("/").content.decode()
    address = reverse("meetings:check-in", args=[meeting.pk])
    assert f'action="{address}"' in home
    mine = selectors.my_duty_in(world.officer, pk=meeting.pk, now=clock.now())
    assert mine.may_check_in
    typed(world, meeting, clock.now())
    home = client_of(world.officer).get("/").content.decode()
    assert f'action="{address}"' not in home
    assert "Checked in" in home


# --- the rules ------------------------------------------------------------------------------------


@given(st.text(min_size=1), st.integers(0, 2**40))
def test_a_code_is_six_digits_and_its_minute_and_the_next_take_it(secret: str, minute: int) -> None:
    code = checkin.code_of(secret, minute)
    assert len(code) == 6
    assert code.isdecimal()
    at = datetime.fromtimestamp(min(minute, 2**28) * 60, tz=NOON.tzinfo)
    code = checkin.code_of(secret, checkin.minute_of(at))
    assert checkin.is_code(secret, code, at)
    assert checkin.is_code(secret, code, at + timedelta(seconds=119))


@pytest.mark.parametrize("wrong", ["", "１２３４５６", "1234567", "abcdef"])
def test_what_is_no_code_is_never_one(wrong: str) -> None:
    assert not checkin.is_code("secret", wrong, NOON)
    assert not checkin.is_code("", checkin.code_of("", checkin.minute_of(NOON)), NOON)


def test_the_minute_runs_down() -> None:
    assert checkin.seconds_left(NOON) == 60
    assert checkin.seconds_left(NOON + timedelta(seconds=59)) == 1


def test_the_picture_holds_no_style() -> None:
    picture = picture_of("https://example.org/meetings/1/check-in/?code=123456")
    assert picture.startswith("<svg")
    assert "style" not in picture
