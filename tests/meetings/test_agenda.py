"""The agenda is drawn from the ledger: what was promised, what became of it, what is open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.core import tree
from footpath.core.figures import Rate
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Meeting, MeetingKind, MinuteItem, Series
from footpath.meetings.selectors import Agenda
from tests.world import NOON, World, fresh, later

pytestmark = pytest.mark.django_db


def held(world: World, days: int, place: Area | None = None, **values: object) -> Meeting:
    """Return a cell meeting held so many days from NOON."""
    place = place or world.hue
    return Meeting.objects.create(
        **{
            "kind": world.cell_meeting,
            "area": place,
            "starts_at": later(days=days),
            "ends_at": later(days=days, hours=2),
            "state": Meeting.State.HELD,
            "held_at": later(days=days, hours=2),
            "convened_by": world.head,
            **tree.ancestor_values(place.path),
        }
        | values
    )


def promised(world: World, meeting: Meeting, text: str, days: int = 30) -> Case:
    """Promise something in a meeting, to be done so many days after NOON, and return its case."""
    item = services.add_action(
        meeting=meeting,
        text=text,
        category=world.category,
        owner=world.head,
        due_on=(NOON + timedelta(days=days)).date(),
        by=world.head,
        at=NOON - timedelta(days=40),
    )
    assert item.case is not None
    return item.case


def keep(world: World, case: Case) -> None:
    """Rectify a case and have it verified on the spot."""
    cases.rectify_case(case=case, text="Done.", by=world.head, at=NOON)
    case.refresh_from_db()
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=NOON)


def agenda(reader: Person, meeting: Meeting) -> Agenda:
    """Return the agenda that somebody sees at NOON."""
    return selectors.agenda_of(fresh(reader), meeting, today=NOON.date())


def test_the_next_agenda_shows_what_became_of_each_promise(world: World) -> None:
    before = held(world, -30)
    done = promised(world, before, "Repair the gate")
    late = promised(world, before, "Clear the ditch", days=-3)
    waits = promised(world, before, "Light at the school", days=20)
    services.add_minute_item(meeting=before, text="Only said", by=world.head, at=NOON)
    keep(world, done)
    found = agenda(world.officer, held(world, 3, state="planned", held_at=None))
    assert found.last == before
    assert [(row.case, row.is_kept, row.is_overdue, row.item.text) for row in found.promises] == [
        (done, True, False, "Repair the gate"),
        (late, False, True, "Clear the ditch"),
        (waits, False, False, "Light at the school"),
    ]
    assert (found.kept, found.overdue, found.older, found.open_cases) == (Rate(1, 3), 1, [], [])


def test_promises_of_earlier_meetings_stay_until_they_are_kept(world: World) -> None:
    first, second = held(world, -60), held(world, -30)
    kept, open_still = promised(world, first, "Kept"), promised(world, first, "Open still")
    again = promised(world, first, "Talked about twice")
    keep(world, kept)
    MinuteItem.objects.create(
        meeting=second, number=9, text="Again", case=again, added_by=world.head, added_at=NOON
    )
    found = agenda(world.officer, held(world, 3, state="planned", held_at=None))
    assert [row.case for row in found.promises] == [again]
    assert [row.case for row in found.older] == [open_still]
    assert found.older[0].item.meeting == first


def test_the_last_meeting_is_that_of_the_series_else_of_kind_and_place(world: World) -> None:
    series = Series.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        path=world.hue.path,
        rrule="FREQ=MONTHLY",
        first_day=date(2026, 1, 1),
        begins=NOON.time(),
        convened_by=world.head,
        created_at=NOON,
    )
    of_series = held(world, -40, series=series)
    alike = held(world, -10)
    held(world, -5, kind=MeetingKind.objects.get(code="review"))
    held(world, -4, place=world.khanh)
    held(world, -3, state="cancelled", held_at=None)
    planned = {"state": "planned", "held_at": None}
    assert selectors.last_before(held(world, 3, series=series, **planned)) == of_series
    assert selectors.last_before(held(world, 3, **planned)) == alike
    assert selectors.last_before(of_series) is None
    assert agenda(world.officer, of_series).promises == []


def test_a_first_meeting_of_a_series_follows_on_those_before(world: World) -> None:
    series = Series.objects.create(
        kind=world.cell_meeting,
        area=world.hue,
        path=world.hue.path,
        rrule="FREQ=MONTHLY",
        first_day=date(2026, 1, 1),
        begins=NOON.time(),
        convened_by=world.head,
        created_at=NOON,
    )
    before = held(world, -10)
    meeting = held(world, 3, series=series, state="planned", held_at=None)
    assert selectors.last_before(meeting) == before


def test_open_cases_come_most_urgent_first_and_stand_once(world: World) -> None:
    before = held(world, -30)
    promised(world, before, "Promised")
    soon = cases.raise_case(
        title="Soon",
        area=world.group,
        category=world.category,
        due_on=(NOON + timedelta(days=2)).date(),
        by=world.officer,
        at=NOON,
    )
    then = world.case(title="Later")
    world.case(title="Elsewhere", area=world.khanh, by=world.second)
    world.closed_case(title="Closed")
    found = agenda(world.officer, held(world, 3, state="planned", held_at=None))
    assert found.open_cases == [soon, then]
    assert not found.more_open


def test_of_many_open_cases_the_ten_most_urgent_are_shown(world: World) -> None:
    for number in range(11):
        world.case(title=f"Case {number}")
    found = agenda(world.officer, held(world, 3, state="planned", held_at=None))
    assert (len(found.open_cases), found.more_open) == (10, True)


def test_what_a_reader_may_not_read_is_not_on_their_agenda(world: World) -> None:
    before = held(world, -30)
    promised(world, before, "Repair the gate")
    world.case(title="Open")
    meeting = held(world, 3, state="planned", held_at=None, agenda="Welcome\n\n Sluice ")
    services.add_duty(meeting=meeting, person=world.far, by=world.office, at=NOON)
    seen = agenda(world.far, meeting)
    assert (seen.points, seen.promises, seen.open_cases) == (["Welcome", "Sluice"], [], [])
    assert len(agenda(world.officer, meeting).promises) == 1
    assert not seen.is_empty
    assert agenda(world.far, held(world, 4, state="planned", held_at=None)).is_empty


def test_topics_sent_in_stand_on_the_agenda_and_not_in_the_minutes(world: World) -> None:
    meeting = held(world, 3, state="planned", held_at=None)
    for number, state in ((1, "waiting"), (2, "answered")):
        MinuteItem.objects.create(
            meeting=meeting,
            number=number,
            text=f"Topic {number}",
            state=state,
            sent_in=True,
            added_by=world.officer,
            added_at=NOON,
        )
    assert [row.text for row in agenda(world.officer, meeting).topics] == ["Topic 1"]
    assert [row.text for row in selectors.items_in_minutes(meeting)] == ["Topic 2"]


@pytest.mark.parametrize("number", [1, 3])
def test_an_agenda_costs_the_same_queries_whatever_its_lists(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    early, before = held(world, -60), held(world, -30)
    for at in range(number):
        promised(world, early, f"Old {at}")
        promised(world, before, f"New {at}")
        world.case(title=f"Open {at}")
    meeting = selectors.get_meeting_for(
        world.officer, pk=held(world, 3, state="planned", held_at=None).pk
    )
    with django_assert_num_queries(3):
        found = selectors.agenda_of(world.officer, meeting, today=NOON.date())
        shown = [
            (row.case.owner, row.item.meeting.starts_at) for row in (*found.promises, *found.older)
        ]
        owners = [(case.owner, case.area.name) for case in found.open_cases]
    assert (len(shown), len(owners)) == (2 * number, number)
