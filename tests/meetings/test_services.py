"""Deeds on meetings: duty from the assignments, attendance by exception, cases from minutes."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from footpath.accounts.models import TrailLine
from footpath.cases.models import Case
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, MeetingKind
from footpath.meetings.services import Mark
from tests.world import NOON, World, assign, later

pytestmark = pytest.mark.django_db

EVENING = later(hours=7)
NIGHT = later(hours=9)


def meeting_of(world: World, **values: object) -> Meeting:
    """Convene this evening's cell meeting of hamlet hue."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": EVENING,
        "ends_at": NIGHT,
        "by": world.head,
        "at": NOON,
    } | values
    return services.convene_meeting(**values)  # type: ignore[arg-type]


def marks_of(meeting: Meeting) -> dict[str, str]:
    """Return what became of each duty, by name."""
    return {duty.person.name: duty.attendance for duty in meeting.duties.select_related("person")}


def read_anew(meeting: Meeting) -> Meeting:
    """Return the meeting as the database has it."""
    return Meeting.objects.get(pk=meeting.pk)


# --- convening ------------------------------------------------------------------------------------


def test_whoever_is_in_charge_of_the_place_has_the_duty_to_attend(world: World) -> None:
    deputy = assign(world.second, world.hue, "deputy")
    monitor = assign(world.far, world.hue, "monitor")
    assign(world.second, world.hue, "monitor")
    meeting = meeting_of(world)
    duties = meeting.duties.order_by("pk")
    assert [(duty.person, duty.assignment) for duty in duties] == [
        (world.officer, world.hue.assignments.get(role="lead")),
        (world.second, deputy),
        (world.far, monitor),
    ]
    assert set(marks_of(meeting).values()) == {"unknown"}


def test_who_is_in_charge_on_the_day_counts_not_who_is_today(world: World) -> None:
    world.hue.assignments.update(until=date(2026, 3, 31))
    assign(world.second, world.hue, start=date(2026, 4, 1))
    meeting = meeting_of(world, starts_at=later(days=30), ends_at=later(days=30, hours=2))
    assert [duty.person for duty in meeting.duties.all()] == [world.second]


def test_a_meeting_lies_in_its_place_and_leaves_a_line(world: World) -> None:
    meeting = read_anew(meeting_of(world, title="  Spring   sowing ", where=" Hall "))
    assert meeting.area_path == world.hue.path
    assert (str(meeting), meeting.where, meeting.convened_by) == (
        "Spring sowing",
        "Hall",
        world.head,
    )
    lines = TrailLine.objects.filter(subject=f"meetings.meeting:{meeting.pk}")
    assert [line.deed for line in lines] == ["meeting.convened"]


def test_a_meeting_cannot_end_before_it_begins(world: World) -> None:
    with pytest.raises(InvalidValue, match="ends before it begins") as refused:
        meeting_of(world, ends_at=EVENING)
    assert refused.value.field == "ends_at"


def test_a_title_fits_on_its_line(world: World) -> None:
    with pytest.raises(InvalidValue, match="longer than 200") as refused:
        meeting_of(world, title="a" * 201)
    assert refused.value.field == "title"


def test_nobody_convenes_a_meeting_of_a_place_that_is_not_theirs(world: World) -> None:
    for by in (world.far, world.member, world.auditor, world.administrator):
        with pytest.raises(NotAllowed):
            meeting_of(world, by=by)


# --- invitations ----------------------------------------------------------------------------------


def test_somebody_else_can_be_invited_once_and_uninvited(world: World) -> None:
    meeting = meeting_of(world)
    duty = services.add_duty(meeting=meeting, person=world.boss, by=world.head, at=NOON)
    assert services.add_duty(meeting=meeting, person=world.boss, by=world.head, at=NOON) == duty
    assert duty.assignment is None
    services.remove_duty(duty=duty, by=world.head, at=NOON)
    assert [kept.person for kept in meeting.duties.all()] == [world.officer]
    with pytest.raises(StaleState):
        services.remove_duty(duty=duty, by=world.head, at=NOON)


def test_the_duty_of_an_assignment_cannot_be_taken_off_the_list(world: World) -> None:
    duty = meeting_of(world).duties.get()
    with pytest.raises(RuleBroken, match="Lê Thị Mai is in charge of this place"):
        services.remove_duty(duty=duty, by=world.head, at=NOON)


# --- moving, cancelling ---------------------------------------------------------------------------


def test_the_duty_list_follows_the_new_day_and_keeps_the_invited(world: World) -> None:
    meeting = meeting_of(world)
    services.add_duty(meeting=meeting, person=world.boss, by=world.head, at=NOON)
    services.add_duty(meeting=meeting, person=world.second, by=world.head, at=NOON)
    world.hue.assignments.update(until=date(2026, 3, 31))
    new = assign(world.second, world.hue, start=date(2026, 4, 1))
    day = later(days=30)
    services.move_meeting(
        meeting=meeting,
        starts_at=day,
        ends_at=day + timedelta(hours=2),
        where="School",
        by=world.head,
        at=NOON,
    )
    kept = read_anew(meeting)
    assert (kept.starts_at, kept.where) == (day, "School")
    assert {(duty.person, duty.assignment) for duty in kept.duties.all()} == {
        (world.boss, None),
        (world.second, new),
    }


def test_of_two_who_move_a_meeting_the_second_is_told(world: World) -> None:
    meeting = meeting_of(world)
    stale = read_anew(meeting)
    times = {"starts_at": later(days=1), "ends_at": later(days=1, hours=1)}
    services.move_meeting(meeting=meeting, by=world.head, at=NOON, **times)
    with pytest.raises(StaleState):
        services.move_meeting(meeting=stale, by=world.office, at=NOON, **times)


def test_a_cancelled_meeting_says_why_and_is_never_held(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue) as refused:
        services.cancel_meeting(meeting=meeting, reason="  ", by=world.head, at=NOON)
    assert refused.value.field == "reason"
    services.cancel_meeting(meeting=meeting, reason="Flood.", by=world.head, at=NOON)
    kept = read_anew(meeting)
    assert (kept.state, kept.cancel_reason) == ("cancelled", "Flood.")
    with pytest.raises(StaleState):
        services.hold_meeting(meeting=kept, by=world.head, at=NIGHT)
    with pytest.raises(StaleState):
        services.cancel_meeting(meeting=kept, reason="Again.", by=world.head, at=NOON)
    with pytest.raises(RuleBroken, match="This meeting was cancelled"):
        services.add_minute_item(meeting=kept, text="Anything", by=world.head, at=NIGHT)


# --- attendance -----------------------------------------------------------------------------------


def test_everybody_was_present_but_those_who_are_named(world: World) -> None:
    for who in (world.second, world.far, world.boss, world.lead):
        assign(who, world.hue, "monitor")
    meeting = meeting_of(world)
    services.hold_meeting(
        meeting=meeting,
        exceptions={
            world.second.pk: Mark("late"),
            world.far.pk: Mark("excused", reason="Ill"),
            world.boss.pk: Mark("substitute", substitute=world.office),
            world.lead.pk: Mark("absent"),
        },
        headcount=41,
        by=world.officer,
        at=NIGHT,
    )
    kept = read_anew(meeting)
    assert (kept.state, kept.held_at, kept.headcount) == ("held", NIGHT, 41)
    assert marks_of(kept) == {
        "Lê Thị Mai": "present",
        "Tô Thị Hiền": "late",
        "Bùi Thanh Sơn": "excused",
        "Trần Văn Lộc": "substitute",
        "Ngô Thị Bích Thủy": "absent",
    }
    assert kept.duties.get(person=world.boss).substitute == world.office


def test_leave_given_before_the_meeting_holds(world: World) -> None:
    meeting = meeting_of(world)
    services.mark_attendance(
        duty=meeting.duties.get(), mark=Mark("excused", reason="Training"), by=world.head, at=NOON
    )
    services.hold_meeting(meeting=meeting, by=world.head, at=NIGHT)
    assert marks_of(meeting) == {"Lê Thị Mai": "excused"}


def test_before_the_meeting_nobody_is_marked_present(world: World) -> None:
    duty = meeting_of(world).duties.get()
    with pytest.raises(RuleBroken, match="only leave"):
        services.mark_attendance(duty=duty, mark=Mark("present"), by=world.head, at=NOON)


def test_a_meeting_is_not_held_before_its_day(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(RuleBroken, match="The meeting is on 10 March 2026"):
        services.hold_meeting(meeting=meeting, by=world.head, at=later(days=-1))


def test_of_two_who_hold_a_meeting_the_second_is_told(world: World) -> None:
    meeting = meeting_of(world)
    services.hold_meeting(meeting=meeting, by=world.head, at=NIGHT)
    with pytest.raises(StaleState):
        services.hold_meeting(
            meeting=meeting,
            exceptions={world.officer.pk: Mark("absent")},
            by=world.office,
            at=NIGHT,
        )
    assert marks_of(meeting) == {"Lê Thị Mai": "present"}
    with pytest.raises(RuleBroken, match="already been held"):
        services.remove_duty(duty=meeting.duties.get(), by=world.head, at=NIGHT)


@pytest.mark.parametrize(
    ("mark", "field"),
    [
        (Mark("excused"), "reason"),
        (Mark("substitute"), "substitute"),
        (Mark("asleep"), "attendance"),
        (Mark("late", reason="a" * 201), "reason"),
    ],
)
def test_a_mark_needs_what_it_rests_on(world: World, mark: Mark, field: str) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue) as refused:
        services.hold_meeting(
            meeting=meeting, exceptions={world.officer.pk: mark}, by=world.head, at=NIGHT
        )
    assert refused.value.field == field
    assert read_anew(meeting).state == "planned"


def test_only_the_expected_stand_on_the_list(world: World) -> None:
    with pytest.raises(InvalidValue, match="not expected"):
        services.hold_meeting(
            meeting=meeting_of(world),
            exceptions={world.far.pk: Mark("late")},
            by=world.head,
            at=NIGHT,
        )


def test_a_line_can_be_corrected_but_not_by_two_at_once(world: World) -> None:
    meeting = meeting_of(world)
    services.hold_meeting(meeting=meeting, by=world.head, at=NIGHT)
    duty = meeting.duties.select_related("meeting", "person").get()
    stale = Duty.objects.get(pk=duty.pk)
    services.mark_attendance(duty=duty, mark=Mark("late"), by=world.head, at=NIGHT)
    assert marks_of(meeting) == {"Lê Thị Mai": "late"}
    with pytest.raises(StaleState):
        services.mark_attendance(duty=stale, mark=Mark("absent"), by=world.head, at=NIGHT)


def test_who_has_no_role_there_keeps_no_list(world: World) -> None:
    meeting = meeting_of(world)
    for by in (world.far, world.member, world.auditor):
        with pytest.raises(NotAllowed):
            services.hold_meeting(meeting=meeting, by=by, at=NIGHT)


# --- minutes and cases ----------------------------------------------------------------------------


def test_items_of_the_minutes_are_numbered_in_turn(world: World) -> None:
    meeting = meeting_of(world)
    items = [
        services.add_minute_item(meeting=meeting, text=text, by=world.officer, at=NIGHT)
        for text in (" Sluice gate leaks ", "Road is dark")
    ]
    assert [(item.number, item.text) for item in items] == [
        (1, "Sluice gate leaks"),
        (2, "Road is dark"),
    ]
    assert str(items[0]) == "1. Sluice gate leaks"
    with pytest.raises(InvalidValue):
        services.add_minute_item(meeting=meeting, text=" ", by=world.officer, at=NIGHT)


def test_minutes_are_not_overwritten_unread(world: World) -> None:
    meeting = meeting_of(world)
    stale = read_anew(meeting)
    services.write_minutes(meeting=meeting, minutes="All agreed.", by=world.officer, at=NIGHT)
    assert read_anew(meeting).minutes == "All agreed."
    with pytest.raises(StaleState):
        services.write_minutes(meeting=stale, minutes="Nobody agreed.", by=world.head, at=NIGHT)


@pytest.mark.parametrize(("kind", "source"), [("cell", "meeting"), ("coffee", "coffee")])
def test_a_case_raised_from_an_item_is_linked_to_it(world: World, kind: str, source: str) -> None:
    found, _made = MeetingKind.objects.get_or_create(code=kind, defaults={"name_en": kind})
    meeting = meeting_of(world, kind=found)
    item = services.add_minute_item(
        meeting=meeting, text="The gate leaks at spring tide.", by=world.officer, at=NIGHT
    )
    case = services.raise_case_from_item(
        item=item, title="Sluice gate leaks", category=world.category, by=world.officer, at=NIGHT
    )
    item.refresh_from_db()
    assert (item.case, case.area, case.source, case.text) == (
        case,
        world.hue,
        source,
        "The gate leaks at spring tide.",
    )
    assert [row.meeting for row in selectors.meetings_of_case(world.officer, case)] == [meeting]
    assert selectors.meetings_of_case(world.far, case) == []


def test_raising_from_an_item_is_safe_to_repeat(world: World) -> None:
    meeting = meeting_of(world)
    item = services.add_minute_item(meeting=meeting, text="Leak", by=world.officer, at=NIGHT)
    values = {
        "item": item,
        "title": "Leak",
        "category": world.category,
        "by": world.officer,
        "at": NIGHT,
    }
    key = uuid4()
    first = services.raise_case_from_item(client_key=key, **values)  # type: ignore[arg-type]
    assert services.raise_case_from_item(client_key=key, **values) == first  # type: ignore[arg-type]
    with pytest.raises(StaleState):
        services.raise_case_from_item(client_key=uuid4(), **values)  # type: ignore[arg-type]
    assert Case.objects.count() == 1


def test_a_case_lies_in_the_place_of_its_meeting(world: World) -> None:
    meeting = meeting_of(world)
    item = services.add_minute_item(meeting=meeting, text="Leak", by=world.officer, at=NIGHT)
    with pytest.raises(InvalidValue, match="does not lie in") as refused:
        services.raise_case_from_item(
            item=item,
            title="Leak",
            area=world.khanh,
            category=world.category,
            by=world.officer,
            at=NIGHT,
        )
    assert refused.value.field == "area"
    case = services.raise_case_from_item(
        item=item,
        title="Leak",
        text="",
        area=world.group,
        category=world.category,
        by=world.officer,
        at=NIGHT,
    )
    assert (case.area, case.text) == (world.group, "")


def test_a_meeting_convened_twice_by_one_press_is_one(world: World) -> None:
    meeting = meeting_of(world)
    assert meeting_of(world, at=later(minutes=1)) == meeting
    for values in ({"title": "Youth"}, {"by": world.office}):
        with pytest.raises(services.ExpectedElsewhere):
            meeting_of(world, **values)
    services.cancel_meeting(meeting=meeting, reason="Flood.", by=world.head, at=NOON)
    assert meeting_of(world) != meeting
