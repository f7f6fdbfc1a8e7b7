"""Convening, moving and inviting: what is refused, who is told, and where people are expected."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from footpath.core import clock
from footpath.core.errors import NotAllowed, RuleBroken, StaleState
from footpath.directory.models import SpecialDay
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting
from footpath.notifications.models import Notice
from tests.world import NOON, World, assign, later, member, organization, person

pytestmark = pytest.mark.django_db


def convene(world: World, **values: Any) -> Meeting:
    """Convene a meeting of hamlet hue, tomorrow at noon, for two hours."""
    starts_at: datetime = values.pop("starts_at", later(days=1))
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "by": world.office,
        "at": NOON,
    } | values
    return services.convene_meeting(**values)


def move(meeting: Meeting, world: World, **span: float) -> None:
    """Move a meeting by a span of time."""
    by = timedelta(**span)
    services.move_meeting(
        meeting=meeting,
        starts_at=meeting.starts_at + by,
        ends_at=meeting.ends_at + by,
        by=world.office,
        at=later(hours=1),
    )


def close(world: World, day: date) -> None:
    SpecialDay.objects.create(
        kind=SpecialDay.Kind.CLOSED,
        area=world.district,
        path=world.district.path,
        first=day,
        last=day,
        reason="Flood",
        noted_by=world.administrator,
        noted_at=NOON,
    )


def told(kind: str) -> list[str]:
    """Return who was told of something, by user name."""
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def name_of(who: Any) -> str:
    return str(who.user.username)


def test_whoever_is_called_is_told(world: World) -> None:
    meeting = convene(world)
    assert told("meeting.invited") == [name_of(world.officer)]
    services.add_duty(meeting=meeting, person=world.head, by=world.office, at=NOON)
    services.add_duty(meeting=meeting, person=world.head, by=world.office, at=NOON)
    assert told("meeting.invited") == sorted([name_of(world.officer), name_of(world.head)])
    move(meeting, world, days=1)
    assert told("meeting.moved") == sorted([name_of(world.officer), name_of(world.head)])
    move(meeting, world, days=1)
    assert len(told("meeting.moved")) == 4
    services.cancel_meeting(meeting=meeting, reason="Flood", by=world.office, at=NOON)
    assert told("meeting.cancelled") == sorted([name_of(world.officer), name_of(world.head)])


def test_every_change_that_a_calendar_shows_counts(world: World) -> None:
    meeting = convene(world)
    assert (meeting.sequence, meeting.changed_at) == (0, NOON)
    move(meeting, world, hours=1)
    assert (meeting.sequence, meeting.changed_at) == (1, later(hours=1))
    services.cancel_meeting(meeting=meeting, reason="Flood", by=world.office, at=later(hours=2))
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.changed_at) == (2, later(hours=2))


def test_a_form_sent_twice_makes_one_meeting_also_with_other_words(world: World) -> None:
    key = uuid4()
    meeting = convene(world, client_key=key)
    assert convene(world, client_key=key, title="Other", starts_at=later(days=3)) == meeting
    assert convene(world, starts_at=later(days=3), client_key=uuid4()) != meeting


def test_a_second_place_is_refused_and_said_in_words(world: World) -> None:
    convene(world, title="Cell of Hue")
    assign(world.officer, world.khanh, role="deputy")
    with pytest.raises(services.ExpectedElsewhere) as refused:
        convene(world, area=world.khanh, starts_at=later(days=1, hours=1))
    (clash,) = refused.value.clashes
    assert clash.people == [world.officer]
    assert str(refused.value).startswith(
        "Lê Thị Mai is expected in another meeting at that time: Cell of Hue"
    )
    assert convene(world, area=world.khanh, starts_at=later(days=1, hours=2))


def test_the_free_days_are_free_of_rules_in_the_hall_and_for_people(world: World) -> None:
    hall = services.add_hall(area=world.district, name="Hall", by=world.office, at=NOON)
    assign(world.officer, world.khanh, role="deputy")
    close(world, date(2026, 3, 12))  # a day rule
    convene(world, starts_at=later(days=3))  # the officer is expected elsewhere on the 13th
    convene(world, area=world.phuoc, hall=hall, starts_at=later(days=4))  # the hall is taken
    services.close_hall(
        hall=hall,
        first=date(2026, 3, 15),
        last=date(2026, 3, 15),
        reason="Roof",
        by=world.office,
        at=NOON,
    )
    asked = {
        "kind": world.cell_meeting,
        "area": world.khanh,
        "starts_at": later(days=1),
        "ends_at": later(days=1, hours=2),
        "hall": hall,
    }
    assert services.free_days_for(**asked) == [
        date(2026, 3, 16),
        date(2026, 3, 17),
        date(2026, 3, 18),
    ]
    moved = convene(world, area=world.khanh, starts_at=later(days=1))
    assert services.free_days_for(**asked, besides=moved, limit=1) == [date(2026, 3, 16)]


def test_an_extraordinary_meeting_needs_somebody_who_may(world: World) -> None:
    close(world, date(2026, 3, 11))
    with pytest.raises(services.DayRefused):
        convene(world)
    with pytest.raises(NotAllowed):
        convene(world, by=world.officer, extraordinary_reason="The dyke")
    meeting = convene(world, extraordinary_reason="The dyke")
    assert (meeting.extraordinary_reason, meeting.extraordinary_by) == ("The dyke", world.office)
    move(meeting, world, days=1)
    assert (meeting.extraordinary_reason, meeting.extraordinary_by) == ("", None)
    with pytest.raises(services.DayRefused):
        move(meeting, world, days=-1)


def test_a_move_refuses_those_invited_and_those_in_charge_on_the_new_day(world: World) -> None:
    convene(world, area=world.khanh, starts_at=later(days=2))
    meeting = convene(world)
    services.add_duty(meeting=meeting, person=world.second, by=world.office, at=NOON)
    with pytest.raises(services.ExpectedElsewhere):
        move(meeting, world, days=1)
    meeting.refresh_from_db()
    services.remove_duty(duty=meeting.duties.get(person=world.second), by=world.office, at=NOON)
    assign(world.second, world.hue, role="deputy", start=date(2026, 3, 12))
    with pytest.raises(services.ExpectedElsewhere):
        move(meeting, world, days=1)
    move(meeting, world, days=1, hours=3)
    assert meeting.duties.count() == 2


def test_leave_and_deputies_count_where_they_are(world: World) -> None:
    meeting = convene(world)
    services.add_duty(meeting=meeting, person=world.head, by=world.office, at=NOON)
    Duty.objects.filter(meeting=meeting, person=world.officer).update(
        attendance="substitute", substitute=world.second
    )
    Duty.objects.filter(meeting=meeting, person=world.head).update(attendance="excused")
    assert selectors.expected_in([meeting.pk]) == {meeting.pk: {world.second.pk}}
    with pytest.raises(services.ExpectedElsewhere) as refused:
        convene(world, area=world.khanh)
    assert refused.value.clashes[0].people == [world.second]
    convene(world, area=world.khanh, starts_at=later(days=2))
    with pytest.raises(services.ExpectedElsewhere):
        move(meeting, world, days=1)  # the deputy leads the other place on that day
    move(meeting, world, days=3)


def test_who_was_on_the_list_but_elsewhere_is_no_reason_to_refuse_a_move(world: World) -> None:
    assign(world.officer, world.khanh, role="deputy")
    there = convene(world)
    here = convene(world, area=world.khanh, starts_at=later(days=2))
    duty = here.duties.get(person=world.officer)
    Duty.objects.filter(pk=duty.pk).update(elsewhere=there)
    move(here, world, days=-1)
    duty.refresh_from_db()
    assert duty.elsewhere == there
    move(here, world, days=2)
    duty.refresh_from_db()
    assert duty.elsewhere is None


def test_an_assignment_change_never_refuses_and_says_who_is_elsewhere(world: World) -> None:
    first = convene(world)
    second = convene(world, area=world.khanh)
    assign(world.officer, world.khanh, role="deputy", start=NOON.date())
    services.draw_duties(second, by=world.office)
    duty = second.duties.get(person=world.officer)
    assert duty.elsewhere == first
    services.draw_duties(second, by=world.office)
    assert second.duties.get(person=world.officer).elsewhere == first
    move(first, world, days=1)
    duty.refresh_from_db()
    assert duty.elsewhere is None
    with pytest.raises(services.ExpectedElsewhere):
        move(first, world, days=-1)


def test_of_two_other_meetings_the_one_that_remains_is_named(world: World) -> None:
    assign(world.officer, world.khanh, role="deputy")
    invited = convene(world, area=world.phuoc)
    services.add_duty(meeting=invited, person=world.officer, by=world.office, at=NOON)
    first, second = (
        Meeting.objects.create(
            kind=world.cell_meeting,
            area=area,
            starts_at=later(days=1),
            ends_at=later(days=1, hours=1),
            convened_by=world.office,
            **{f"a{at}": pk for at, pk in enumerate(area.ancestor_ids)},
        )
        for area in (world.hue, world.khanh)
    )
    services.draw_many([first, second])
    waiting = Duty.objects.filter(person=world.officer, elsewhere__isnull=False)
    assert set(waiting.values_list("meeting", "elsewhere")) == {
        (first.pk, invited.pk),
        (second.pk, invited.pk),
    }
    services.cancel_meeting(meeting=invited, reason="Flood", by=world.office, at=NOON)
    assert list(waiting.values_list("meeting", "elsewhere")) == [(second.pk, first.pk)]


def test_a_successor_expected_elsewhere_is_called_without_refusal(world: World) -> None:
    busy = convene(world, area=world.khanh)
    meeting = convene(world)
    services.call(meeting, world.second)
    services.call(meeting, world.second)
    assert meeting.duties.get(person=world.second).elsewhere == busy
    services.call(meeting, world.head)
    assert meeting.duties.get(person=world.head).elsewhere is None


def test_many_lists_are_drawn_as_one_by_one(world: World) -> None:
    assign(person("Deputy"), world.hue, role="deputy", until=date(2026, 3, 20))
    made = [convene(world, starts_at=later(days=1 + 7 * number)) for number in range(3)]
    Duty.objects.all().delete()
    before, after = services.draw_many(made)
    assert list(before.values()) == [[], [], []]
    for meeting in made:
        due = selectors.duties_due(world.office, world.hue, on=clock.day_of(meeting.starts_at))
        assert after[meeting.pk] == sorted(row.person.pk for row in due)
    assert services.draw_many([]) == ({}, {})


def test_everybody_of_an_organization_is_invited_once(world: World) -> None:
    unit = organization("Youth", world.thach)
    members = [member(f"Member {number}", unit) for number in range(3)]
    meeting = convene(world)
    invited = services.invite_organization(
        meeting=meeting, organization=unit, by=world.office, at=NOON
    )
    assert (invited.called, invited.busy) == (members, [])
    again = services.invite_organization(
        meeting=meeting, organization=unit, by=world.office, at=NOON
    )
    assert (again.called, again.busy) == ([], [])
    with pytest.raises(RuleBroken):
        services.invite_organization(
            meeting=meeting, organization=world.agency, by=world.office, at=NOON
        )


def test_a_meeting_that_somebody_moved_meanwhile_is_not_moved(world: World) -> None:
    meeting = convene(world)
    stale = Meeting.objects.get(pk=meeting.pk)
    move(meeting, world, days=1)
    with pytest.raises(StaleState):
        move(stale, world, days=2)


def test_lists_follow_a_meeting_that_moved_while_they_waited(world: World) -> None:
    meeting = convene(world)
    stale = Meeting.objects.select_related("kind").get(pk=meeting.pk)
    move(meeting, world, days=30)
    assign(world.second, world.hue, role="deputy", start=date(2026, 4, 1))
    services.draw_many([stale])
    assert stale.starts_at == meeting.starts_at
    assert meeting.duties.count() == 2
    services.cancel_meeting(meeting=meeting, reason="Flood", by=world.office, at=NOON)
    Duty.objects.all().delete()
    services.draw_many([stale])
    assert not Duty.objects.exists()
