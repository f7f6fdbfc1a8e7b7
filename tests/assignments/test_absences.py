"""Absence gives the duties to the deputy, or to somebody named, for its dates and back (S2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.accounts.models import TrailLine
from footpath.assignments import selectors, services
from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import services as meetings
from footpath.meetings.models import Meeting
from tests.assignments.test_handover import WRITERS, at_once
from tests.world import NOON, World, area, assign, fresh, later, person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
LEAD, DEPUTY = "lead", "deputy"


def away(world: World, **values: Any) -> Absence:
    """Record that the officer is away from tomorrow for a week; the second stands in."""
    values.setdefault("person", world.officer)
    values.setdefault("start", TODAY + DAY)
    values.setdefault("until", values["start"] + 7 * DAY)
    values.setdefault("stand_ins", {world.hue.assignments.get(role=LEAD): world.second})
    values.setdefault("by", values["person"])
    return services.record_absence(at=NOON, **values)


def acting(world: World, day: date) -> int | None:
    return selectors.acting_on([world.hue.pk], day).get(world.hue.pk)


def test_somebody_named_acts_on_these_days_and_no_others(world: World) -> None:
    away(world)
    who = [acting(world, TODAY + number * DAY) for number in (0, 1, 8, 9)]
    assert who == [world.officer.pk, world.second.pk, world.second.pk, world.officer.pk]
    assert TrailLine.objects.filter(deed="absence.recorded").count() == 1


def test_the_deputy_acts_without_being_named(world: World) -> None:
    assign(world.far, world.hue, DEPUTY)
    away(world, stand_ins=None)
    assert acting(world, TODAY + DAY) == world.far.pk


def test_every_place_where_nobody_would_act_is_named(world: World) -> None:
    assign(world.officer, world.group)
    with pytest.raises(services.StandInMissing) as refused:
        away(world, stand_ins=None)
    assert [row.area for row in refused.value.places] == [world.hue, world.group]
    assert "Ấp Tân Huề, Tổ 1" in str(refused.value)
    assert not Absence.objects.exists()


def test_whoever_leads_nothing_is_simply_away(world: World) -> None:
    made = away(world, person=world.member, stand_ins=None)
    assert not made.stand_ins.exists()
    assert selectors.stand_ins_of_absence(made) == []


def test_whoever_stands_in_is_an_officer_of_the_place_on_these_days(world: World) -> None:
    today = clock.today()
    services.record_absence(
        person=world.officer,
        start=today,
        until=today,
        stand_ins={world.hue.assignments.get(): world.far},
        by=world.office,
        at=clock.now(),
    )
    assert fresh(world.far).scope.covers(world.hue.path, {"officer"})  # type: ignore[arg-type]
    StandIn.objects.update(start=today - 5 * DAY, until=today - DAY)
    assert not fresh(world.far).scope.covers(world.hue.path, {"officer"})  # type: ignore[arg-type]


def test_who_is_in_charge_tells_who_acts(world: World) -> None:
    away(world)
    charge = selectors.who_is_in_charge(world.member, world.hue, on=TODAY + DAY)
    assert charge.lead is not None
    assert charge.acting is not None
    assert (charge.lead.person, charge.acting.person) == (world.officer, world.second)
    nobody = selectors.who_is_in_charge(world.member, world.group, on=TODAY)
    assert nobody.above is not None
    assert (nobody.lead, nobody.above.person) == (None, world.officer)


def test_the_meeting_expects_whoever_acts_and_again_the_lead_when_back(world: World) -> None:
    meeting = meetings.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=5),
        ends_at=later(days=5, hours=1),
        by=world.head,
        at=NOON,
    )

    def expected() -> list[str]:
        return [duty.person.name for duty in meeting.duties.order_by("pk")]

    made = away(world)
    assert expected() == [world.second.name]
    services.come_back(absence=made, last_day=TODAY + 2 * DAY, by=world.officer, at=NOON)
    assert expected() == [world.officer.name]
    assert TrailLine.objects.filter(deed="meeting.duties_drawn").count() == 2


def test_a_monitor_who_is_away_is_not_expected(world: World) -> None:
    assign(world.far, world.hue, "monitor")
    away(world, person=world.far, by=world.office, stand_ins={
        world.phuoc.assignments.get(): world.second
    })  # fmt: skip
    meeting = meetings.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=2),
        ends_at=later(days=2, hours=1),
        by=world.head,
        at=NOON,
    )
    assert [duty.person for duty in Meeting.objects.get(pk=meeting.pk).duties.all()] == [
        world.officer
    ]


def test_nobody_who_is_away_stands_in(world: World) -> None:
    away(world)
    with pytest.raises(services.StandInMissing, match="stands in for Lê Thị Mai in Ấp Tân Huề"):
        away(
            world,
            person=world.second,
            stand_ins={world.khanh.assignments.get(): world.far},
        )
    away(
        world,
        person=world.far,
        by=world.office,
        stand_ins={world.phuoc.assignments.get(): world.lead},
    )
    row = StandIn.objects.get(person=world.second)
    with pytest.raises(services.StandInMissing, match="is not there"):
        services.name_stand_in(stand_in=row, person=world.far, by=world.officer, at=NOON)


def test_another_stands_in_from_a_day_on(world: World) -> None:
    made = away(world)
    row = made.stand_ins.get()
    row.absence = made
    services.name_stand_in(
        stand_in=row, person=world.far, start=TODAY + 4 * DAY, by=world.head, at=NOON
    )
    assert [acting(world, TODAY + number * DAY) for number in (3, 4)] == [
        world.second.pk,
        world.far.pk,
    ]
    with pytest.raises(StaleState):
        services.name_stand_in(
            stand_in=row, person=world.far, start=TODAY + 6 * DAY, by=world.head, at=NOON
        )


def test_days_are_recorded_once(world: World) -> None:
    away(world)
    with pytest.raises(RuleBroken, match="already"):
        away(world, start=TODAY + 8 * DAY)
    with pytest.raises(InvalidValue):
        away(world, start=TODAY, until=TODAY - DAY)
    with pytest.raises(InvalidValue):
        away(world, kind="mood")


def test_an_absence_ends_earlier_or_never_was(world: World) -> None:
    made = away(world)
    with pytest.raises(InvalidValue):
        services.come_back(absence=made, last_day=made.until, by=world.officer, at=NOON)
    stale = Absence.objects.get(pk=made.pk)
    services.come_back(absence=made, last_day=TODAY + 3 * DAY, by=world.officer, at=NOON)
    assert [acting(world, TODAY + number * DAY) for number in (3, 4)] == [
        world.second.pk,
        world.officer.pk,
    ]
    with pytest.raises(StaleState):
        services.come_back(absence=stale, last_day=None, by=world.officer, at=NOON)
    services.come_back(absence=made, by=world.officer, at=NOON)
    assert acting(world, TODAY + DAY) == world.officer.pk


def test_an_absence_that_is_over_stays_as_it_was_recorded(world: World) -> None:
    made = away(world)
    over = later(days=20)
    with pytest.raises(RuleBroken, match="is over"):
        services.come_back(absence=made, by=world.officer, at=over)
    with pytest.raises(RuleBroken, match="is over"):
        services.name_stand_in(
            stand_in=made.stand_ins.get(), person=world.far, by=world.head, at=over
        )
    assert acting(world, TODAY + DAY) == world.second.pk


def test_an_absence_is_recorded_by_the_officer_or_the_office(world: World) -> None:
    for by in (world.far, world.member, world.auditor):
        with pytest.raises(NotAllowed):
            away(world, by=by)
    away(world, by=world.head)
    with pytest.raises(NotThere):
        selectors.get_absence_for(world.far, pk=Absence.objects.get().pk)


def test_an_assignment_that_ends_takes_its_stand_in_with_it(world: World) -> None:
    away(world)
    services.end_assignment(
        assignment=world.hue.assignments.get(),
        last_day=TODAY + 3 * DAY,
        successor=world.far,
        by=world.head,
        at=NOON,
    )
    assert StandIn.objects.get().until == TODAY + 3 * DAY


def test_a_deputy_who_is_to_stand_in_leaves_only_to_a_deputy_who_is_there(world: World) -> None:
    deputy = assign(world.far, world.hue, DEPUTY)
    away(world, stand_ins=None)
    with pytest.raises(services.StandInMissing, match="Name somebody else"):
        services.end_assignment(assignment=deputy, last_day=TODAY + 3 * DAY, by=world.head, at=NOON)
    services.replace(
        area=world.hue,
        role=DEPUTY,
        successor=world.second,
        from_day=TODAY + 3 * DAY,
        by=world.head,
        at=NOON,
    )
    who = [acting(world, TODAY + number * DAY) for number in (2, 3)]
    assert who == [world.far.pk, world.second.pk]
    told = TrailLine.objects.get(deed="absence.stand_in_named")
    assert told.subject == f"assignments.absence:{Absence.objects.get().pk}"


def test_whoever_is_away_is_put_in_charge_only_where_a_deputy_is(world: World) -> None:
    away(world)
    values = {"person": world.officer, "area": world.group, "start": TODAY, "by": world.head}
    with pytest.raises(services.StandInMissing, match="has no deputy"):
        services.put_in_charge(at=NOON, **values)  # type: ignore[arg-type]
    assign(world.far, world.group, DEPUTY)
    services.put_in_charge(at=NOON, **values)  # type: ignore[arg-type]
    found = selectors.acting_on([world.group.pk], TODAY + DAY)
    assert found == {world.group.pk: world.far.pk}


@pytest.mark.parametrize("number", [1, 3])
def test_absences_cost_the_same_queries_for_one_and_for_three(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    today = clock.today()
    for at in range(number):
        Absence.objects.create(
            person=[world.officer, world.second, world.far][at],
            start=today,
            until=today,
            recorded_by=world.office,
            recorded_at=NOON,
        )
    with django_assert_num_queries(1):
        page = selectors.absences_in(world.office, world.district.path, on=today)
        assert len([row.person.name for row in page.rows]) == number
    assert selectors.absences_in(world.member, None, on=today).rows == []
    assert len(selectors.absences_of(world.officer)) == 1


def test_what_stands_ahead_is_told(world: World) -> None:
    away(world)
    assert [row.start for row in selectors.stands_in_later(world.second, on=TODAY)] == [TODAY + DAY]
    assert [row.until for row in selectors.stands_in_at(world.second, on=TODAY + DAY)] == [
        TODAY + 8 * DAY
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_would_leave_a_place_alone_one_is_refused(world: World) -> None:
    """The lead names the deputy while the deputy goes away: fifty at the same moment."""
    world.officer.scope  # noqa: B018 - read before the start
    Assignment.objects.filter(area=world.khanh).delete()  # the second leads nothing

    def go(number: int) -> str:
        if number % 2:
            away(world, person=Person.objects.get(pk=world.second.pk), stand_ins=None)
            return "second"
        away(world, person=Person.objects.get(pk=world.officer.pk))
        return "first"

    results = at_once(WRITERS, go)
    assert len([row for row in results if row in {"first", "second"}]) == 1
    assert all(row in {"first", "second", "RuleBroken", "StandInMissing"} for row in results)
    assert acting(world, TODAY + DAY) is not None


# --- pages ----------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_an_officer_records_leave_and_comes_back(world: World) -> None:
    client, today = client_of(world.officer), clock.today()
    row = world.hue.assignments.get()
    address = reverse("assignments:leave")
    sent = {"kind": "leave", "start": today.isoformat(), "until": (today + DAY).isoformat()}
    assert "no deputy" in client.get(address).content.decode()
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "Nobody would act in Ấp Tân Huề" in refused.content.decode()
    sent[f"place_{row.pk}"] = world.second.code or ""
    answer = client.post(address, sent)
    assert answer.status_code == 302
    made = Absence.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert world.second.name in page
    place = reverse("assignments:place", args=[world.hue.code])
    assert "Stands in for the lead" in client_of(world.member).get(place).content.decode()
    home = client_of(world.second).get("/").content.decode()
    assert "You stand in for Lê Thị Mai until" in home
    assert "Away until" in client.get("/").content.decode()
    back = reverse("assignments:absence", args=[made.pk])
    assert client.post(back, {"last_day": (today + 9 * DAY).isoformat()}).status_code == 422
    assert client.post(back, {"last_day": ""}).status_code == 302
    assert "Withdrawn" in client.get(back).content.decode()


def test_the_office_names_another_stand_in(world: World) -> None:
    today = clock.today()
    made = away(world, start=today, until=today + 3 * DAY)
    client, row = client_of(world.office), made.stand_ins.get()
    address = reverse("assignments:stand-in", args=[made.pk, row.pk])
    bad = client.post(address, {"who": world.officer.code, "start": ""})
    assert bad.status_code == 422
    assert "is not there on these days" in bad.content.decode()
    assert client.post(address, {"who": "Nobody at all", "start": ""}).status_code == 422
    assert client.post(address, {"who": world.far.code, "start": ""}).status_code == 302
    row.refresh_from_db()
    assert row.person == world.far
    missing = reverse("assignments:stand-in", args=[made.pk, 999])
    assert client.post(missing, {"who": world.far.code}).status_code == 404
    assert (
        client_of(world.member).get(reverse("assignments:absence", args=[made.pk])).status_code
        == 404
    )


def test_the_list_of_absences_is_for_the_places_one_works_for(world: World) -> None:
    today = clock.today()
    away(world, start=today, until=today + 3 * DAY)
    address = reverse("assignments:absences")
    assert "Lê Thị Mai" in client_of(world.office).get(address).content.decode()
    assert "Everybody is there" in client_of(world.far).get(address).content.decode()


def test_leave_is_asked_for_somebody_who_is_there(world: World) -> None:
    client = client_of(world.office)
    address = reverse("assignments:leave")
    assert client.get(f"{address}?person=abc").status_code == 404
    assert client.get(f"{address}?person=999999").status_code == 404
    assert client.get(f"{address}?person={world.officer.pk}").status_code == 200
    assert client_of(world.far).get(f"{address}?person={world.officer.pk}").status_code == 403


def test_coverage_and_the_person_tell_who_stands_in(world: World) -> None:
    today = clock.today()
    assign(world.far, area("Tổ 9", world.hue))
    away(world, start=today, until=today + 3 * DAY)
    page = client_of(world.head).get(
        reverse("assignments:coverage", query={"place": world.thach.code, "tier": "hamlet"})
    )
    assert "Tô Thị Hiền stands in until" in page.content.decode()
    page = client_of(world.office).get(reverse("directory:person", args=[world.second.pk]))
    assert "Stands in for Lê Thị Mai until" in page.content.decode()
    assert person("Somebody else").absences.count() == 0
