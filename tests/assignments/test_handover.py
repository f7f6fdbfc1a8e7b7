"""Ending hands over what is open, or is refused with the list (S2.1)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.accounts.models import TrailLine
from footpath.assignments import handing, on_the_day, selectors, services
from footpath.assignments.models import Assignment, Handover
from footpath.cases import services as cases
from footpath.cases.models import Case, Entry
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import services as meetings
from footpath.meetings.models import Duty, Meeting
from tests.world import NOON, World, area, assign, later, person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
LEAD, DEPUTY = "lead", "deputy"


def owned_case(world: World, **values: Any) -> Case:
    """Return an open case of the officer in the officer's hamlet."""
    case = world.case(**values)
    cases.accept_case(case=case, by=world.officer, at=NOON)
    return case


def meeting_of(world: World, days: float = 3, **values: Any) -> Meeting:
    """Return a coming meeting of the hamlet, convened by the officer."""
    values.setdefault("by", world.officer)
    return meetings.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=days),
        ends_at=later(days=days, hours=1),
        at=NOON,
        **values,
    )


def end(world: World, **values: Any) -> Handover | None:
    """End the officer's lead of the hamlet today."""
    values.setdefault("assignment", world.hue.assignments.get(role=LEAD))
    values.setdefault("last_day", TODAY)
    return services.end_assignment(by=world.head, at=NOON, **values)


def test_ending_with_something_open_is_refused_with_the_list(world: World) -> None:
    case, meeting = owned_case(world), meeting_of(world)
    with pytest.raises(services.StillOpen) as refused:
        end(world)
    [left] = refused.value.left
    assert [(matter.key, matter.title, matter.number) for matter in left.matters] == [
        ("cases", "1 open case", 1),
        ("meetings", "1 coming meeting", 1),
    ]
    urls = [item.url for matter in left.matters for item in matter.items]
    assert urls == [case.get_absolute_url(), meeting.get_absolute_url()]
    assert "Ấp Tân Huề" in str(refused.value)
    assert world.hue.assignments.get().until is None
    assert refused.value.status == 409


def test_a_successor_takes_cases_meetings_and_duties_at_once_when_the_day_has_come(
    world: World,
) -> None:
    case, meeting = owned_case(world), meeting_of(world)
    handover = end(
        world, last_day=TODAY - DAY, successor=world.second, handover_note="Key: Ms Hoa."
    )
    assert handover is not None
    handover.refresh_from_db()
    assert (handover.done_at, handover.counts) == (NOON, {"cases": 1, "meetings": 1})
    case.refresh_from_db()
    meeting.refresh_from_db()
    assert (case.owner, meeting.convened_by) == (world.second, world.second)
    assert set(meeting.duties.values_list("person_id", flat=True)) == {world.second.pk}
    entry = Entry.objects.filter(case=case).order_by("-pk").first()
    assert entry is not None
    assert (entry.deed, entry.to_person) == ("assigned", world.second)
    assert entry.text == "Handed over with Ấp Tân Huề. Key: Ms Hoa."
    deeds = set(TrailLine.objects.values_list("deed", flat=True))
    assert {"case.handed_over", "meeting.handed_over", "assignment.handed_over"} <= deeds


def test_what_arises_until_the_day_is_handed_over_on_the_day(world: World) -> None:
    handover = end(world, last_day=TODAY + 4 * DAY, successor=world.second)
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=world.officer)
    task = DBTaskResult.objects.get()
    assert clock.day_of(task.run_after) == TODAY + 5 * DAY  # type: ignore[arg-type]
    assert services.carry_out_due(on=TODAY + 4 * DAY, at=later(days=4)) == 0
    assert services.carry_out_due(on=TODAY + 5 * DAY, at=later(days=5)) == 1
    assert services.carry_out_due(on=TODAY + 5 * DAY, at=later(days=5)) == 0
    case.refresh_from_db()
    assert case.owner == world.second
    assert handover is not None
    handover.refresh_from_db()
    assert handover.counts == {"cases": 1, "meetings": 0}


def test_without_a_successor_what_arises_goes_to_the_deputy_else_up_the_tree(world: World) -> None:
    handover = end(world, last_day=TODAY + 4 * DAY)
    assert handover is not None
    assert handover.successor == world.lead
    assign(world.far, world.khanh, DEPUTY)
    other = end(world, assignment=world.khanh.assignments.get(role=LEAD), last_day=TODAY + DAY)
    assert other is not None
    assert other.successor == world.far


def test_nothing_is_left_to_do_when_nobody_stands_above(world: World) -> None:
    assignment = Assignment.objects.get(area=world.district)
    assert (
        services.end_assignment(
            assignment=assignment, last_day=TODAY + DAY, by=world.office, at=NOON
        )
        is None
    )


def test_an_assignment_that_runs_out_hands_over_too(world: World) -> None:
    case = owned_case(world)
    world.hue.assignments.update(until=TODAY)
    assert services.carry_out_due(on=TODAY + DAY, at=later(days=1)) == 1
    case.refresh_from_db()
    assert case.owner == world.lead


def test_cases_of_another_place_of_the_same_officer_stay(world: World) -> None:
    assign(world.officer, world.group)
    here, there = owned_case(world), owned_case(world, area=world.group)
    end(world, last_day=TODAY - DAY, successor=world.second)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.owner, there.owner) == (world.second, world.officer)


def test_a_successor_is_somebody_else(world: World) -> None:
    with pytest.raises(InvalidValue, match="somebody else"):
        end(world, successor=world.officer)


def test_a_monitor_leaves_without_a_successor_and_meetings_no_longer_expect_them(
    world: World,
) -> None:
    watching = assign(world.far, world.hue, "monitor")
    meeting = meeting_of(world)
    assert meeting.duties.filter(person=world.far).exists()
    end(world, assignment=watching)
    assert not meeting.duties.filter(person=world.far).exists()


def test_an_assignment_of_an_organization_hands_over_the_cases_of_the_agency(world: World) -> None:
    charge = services.put_in_charge(
        person=world.far, organization=world.agency, start=TODAY, by=world.office, at=NOON
    )
    case = world.case()
    Case.objects.filter(pk=case.pk).update(agency=world.agency, owner=world.far)
    with pytest.raises(services.StillOpen, match="Office of Health"):
        services.end_assignment(assignment=charge, last_day=TODAY, by=world.office, at=NOON)
    services.end_assignment(
        assignment=charge, last_day=TODAY, successor=world.second, by=world.office, at=NOON
    )
    services.carry_out_due(on=TODAY + DAY, at=later(days=1))
    case.refresh_from_db()
    assert case.owner == world.second
    with pytest.raises(InvalidValue):
        services.move(
            assignment=charge, to_person=world.second, from_day=TODAY, by=world.office, at=NOON
        )


def test_a_case_closed_in_the_meantime_is_not_handed_over(world: World) -> None:
    case = owned_case(world)
    Case.objects.filter(pk=case.pk).update(owner=world.second)
    assert not cases.hand_over_case(case=case, successor=world.far, by=world.head, at=NOON)


# --- moving and replacing -------------------------------------------------------------------------


def test_replacing_ends_the_holder_the_day_before_and_hands_over(world: World) -> None:
    case = owned_case(world)
    made = services.replace(
        area=world.hue, role=LEAD, successor=world.far, from_day=TODAY, by=world.head, at=NOON
    )
    old = Assignment.objects.get(person=world.officer, area=world.hue)
    case.refresh_from_db()
    assert (old.until, made.start, case.owner) == (TODAY - DAY, TODAY, world.far)
    with pytest.raises(RuleBroken, match="already"):
        services.replace(
            area=world.hue, role=LEAD, successor=world.far, from_day=TODAY, by=world.head, at=NOON
        )


def test_moving_keeps_the_basis_and_the_note(world: World) -> None:
    made = services.move(
        assignment=world.hue.assignments.get(),
        to_person=world.far,
        from_day=TODAY + DAY,
        note="Ask Ms Hoa.",
        by=world.head,
        at=NOON,
    )
    old = Assignment.objects.get(person=world.officer, area=world.hue)
    assert (old.handover_note, old.handover.successor, made.person) == (
        "Ask Ms Hoa.",
        world.far,
        world.far,
    )


def test_an_assignment_that_has_ended_is_not_moved_over_whoever_came_since(world: World) -> None:
    old = world.hue.assignments.get()
    services.move(assignment=old, to_person=world.far, from_day=TODAY, by=world.head, at=NOON)
    old.refresh_from_db()
    with pytest.raises(RuleBroken, match="already ends on"):
        services.move(
            assignment=old, to_person=world.second, from_day=TODAY + DAY, by=world.head, at=NOON
        )
    assert Assignment.objects.get(area=world.hue, person=world.far).until is None


def change(place: Area, role: str, who: Person | None) -> services.Change:
    return services.Change(place, role, who)


def together(world: World, *changes: services.Change, **values: Any) -> list[Assignment]:
    """Make the changes from today on."""
    return services.replace_together(
        changes,
        from_day=values.pop("from_day", TODAY),
        basis=None,
        note="",
        by=world.office,
        at=NOON,
    )


def test_two_officers_change_places_in_one_deed(world: World) -> None:
    first, second = owned_case(world), world.case(area=world.khanh, by=world.second)
    cases.accept_case(case=second, by=world.second, at=NOON)
    made = together(
        world, change(world.hue, LEAD, world.second), change(world.khanh, LEAD, world.officer)
    )
    assert [(row.area, row.person) for row in made] == [
        (world.hue, world.second),
        (world.khanh, world.officer),
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (world.second, world.officer)


def test_all_places_left_with_something_open_are_named_and_nothing_changes(world: World) -> None:
    owned_case(world)
    before = list(Assignment.objects.order_by("pk").values())
    with pytest.raises(services.StillOpen) as refused:
        together(
            world,
            change(world.khanh, LEAD, world.far),
            change(world.hue, LEAD, None),
        )
    assert [left.assignment.area for left in refused.value.left] == [world.hue]
    assert list(Assignment.objects.order_by("pk").values()) == before


def test_a_deputy_who_leaves_hands_over_to_the_lead(world: World) -> None:
    assign(world.far, world.hue, DEPUTY)
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=world.far)
    together(world, change(world.hue, DEPUTY, None))
    case.refresh_from_db()
    assert case.owner == world.officer


def test_who_goes_on_keeps_the_assignment(world: World) -> None:
    assert together(world, change(world.hue, LEAD, world.officer)) == []
    world.hue.assignments.update(until=TODAY + 5 * DAY)
    [made] = together(world, change(world.hue, LEAD, world.officer))
    assert made.start == TODAY + 6 * DAY


def test_somebody_who_begins_later_is_in_the_way(world: World) -> None:
    world.hue.assignments.update(until=TODAY)
    assign(world.far, world.hue, start=TODAY + 9 * DAY)
    with pytest.raises(RuleBroken, match="will be in charge"):
        together(world, change(world.hue, LEAD, world.second))


def test_a_role_is_changed_once_and_only_where_one_may(world: World) -> None:
    wanted = change(world.hue, LEAD, world.far)
    with pytest.raises(InvalidValue):
        together(world, wanted, wanted)
    with pytest.raises(InvalidValue):
        together(world, change(world.hue, "monitor", world.far))
    with pytest.raises(NotAllowed):
        services.replace_together(
            [wanted], from_day=TODAY, basis=None, note="", by=world.officer, at=NOON
        )


def test_many_changes_cost_a_bounded_number_of_queries_each(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    places = [area(f"Tổ {number}", world.hue) for number in range(2, 14)]
    for place in places:
        assign(world.officer, place)
    with django_assert_max_num_queries(40 + 45 * len(places)):
        together(world, *(change(place, LEAD, world.far) for place in places))


def test_a_handover_to_somebody_who_has_left_goes_to_their_successor(world: World) -> None:
    case = owned_case(world)
    end(world, last_day=TODAY + 9 * DAY, successor=world.far)
    deputy = assign(world.far, world.hue, DEPUTY)
    with pytest.raises(services.StillOpen, match="1 handover to come"):
        end(world, assignment=deputy, last_day=TODAY + DAY)
    end(world, assignment=deputy, last_day=TODAY + DAY, successor=world.second)
    services.carry_out_due(on=TODAY + 20 * DAY, at=later(days=20))
    case.refresh_from_db()
    assert case.owner == world.second


def test_an_end_brought_forward_brings_its_handover_forward(world: World) -> None:
    end(world, last_day=TODAY + 9 * DAY, successor=world.far)
    again = end(world, last_day=TODAY + DAY)
    handover = Handover.objects.get()
    assert again is not None
    assert (handover.due_on, handover.successor) == (TODAY + 2 * DAY, world.far)


def test_somebody_quicker_has_changed_the_assignment(world: World) -> None:
    stale = world.hue.assignments.get()
    world.hue.assignments.update(until=TODAY + 30 * DAY)
    with pytest.raises(StaleState):
        end(world, assignment=stale)


# --- on the day -----------------------------------------------------------------------------------


def test_the_command_and_the_task_carry_out_what_is_due(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    owned_case(world)
    Handover.objects.create(
        assignment=world.hue.assignments.get(),
        successor=world.far,
        by=world.head,
        due_on=clock.today(),
    )
    world.hue.assignments.update(until=clock.today() - DAY)
    call_command("handovers")
    assert capsys.readouterr().out == "1 handed over\n"
    assert on_the_day.handovers.func() == 0


def test_a_kind_counts_in_words(world: World) -> None:
    assert handing.said({"cases": 2, "meetings": 0}) == ["2 open cases"]


def test_contacts_are_the_posts_of_the_place_and_below(world: World) -> None:
    assert [row.person for row in selectors.contacts_of(world.thach, on=TODAY)] == [world.head]


WRITERS = 50


def at_once(writers: int, deed: Callable[[int], object]) -> list[str]:
    """Do something many times at the same moment and return how each went, sorted."""
    gate = threading.Barrier(writers)
    results: list[str] = []

    def work(number: int) -> None:
        try:
            gate.wait(timeout=60)
            done = deed(number)
        except RuleBroken as refused:
            results.append(type(refused).__name__)
        except BaseException as error:
            results.append(f"broken: {error!r}")
            raise
        else:
            results.append(str(done))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_workers_exactly_one_carries_a_handover_out(world: World) -> None:
    case = owned_case(world)
    end(world, last_day=TODAY, successor=world.second)
    assert at_once(
        WRITERS, lambda _number: services.carry_out_due(on=TODAY + DAY, at=later(days=1))
    ) == sorted(["1"] + ["0"] * (WRITERS - 1))
    assert Entry.objects.filter(case=case, deed="assigned").count() == 1
    assert Duty.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_replace_one_officer_exactly_one_wins(world: World) -> None:
    people = [person(f"Officer {number}", signs_in=False) for number in range(WRITERS)]

    def replace(number: int) -> str:
        by = Person.objects.get(pk=world.head.pk)
        services.replace(
            area=Area.objects.get(pk=world.hue.pk),
            role=LEAD,
            successor=people[number],
            from_day=TODAY,
            by=by,
            at=NOON,
        )
        return "won"

    results = at_once(WRITERS, replace)
    assert results == ["RuleBroken"] * (WRITERS - 1) + ["won"]
    assert Assignment.objects.in_force(TODAY).filter(area=world.hue).count() == 1
