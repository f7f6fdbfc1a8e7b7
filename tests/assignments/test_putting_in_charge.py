"""Putting somebody in charge, and ending it: one lead of a place at a time (S2.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from footpath.accounts.models import TrailLine, User
from footpath.assignments import services
from footpath.assignments.models import Assignment, BasisDocument
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from tests.world import NOON, World, area

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
LAST = date(2026, 3, 31)


def put(world: World, **values: object) -> Assignment:
    """Put the second officer in charge of the group without a lead."""
    values = {"person": world.second, "area": world.group, "start": DAY, "by": world.head} | values
    return services.put_in_charge(at=NOON, **values)  # type: ignore[arg-type]


def test_a_person_is_put_in_charge_of_a_place_with_a_basis(world: World) -> None:
    basis = services.create_basis_document(
        number="1524-QD/HU", issued_on=date(2022, 10, 11), by=world.office, at=NOON
    )
    made = put(world, basis=basis, until=LAST)
    kept = Assignment.objects.get(pk=made.pk)
    assert (kept.person, kept.area, kept.role, kept.basis, kept.start, kept.until) == (
        world.second,
        world.group,
        "lead",
        basis,
        DAY,
        LAST,
    )


def test_being_put_in_charge_leaves_one_line_on_the_trail(world: World) -> None:
    made = put(world)
    lines = TrailLine.objects.filter(subject=f"assignments.assignment:{made.pk}")
    assert [(line.deed, line.actor) for line in lines] == [
        ("assignment.made", world.head.actor_key)
    ]


def test_the_new_lead_is_an_officer_of_the_place_on_the_next_page(world: World) -> None:
    before = User.objects.get(pk=world.second.user_id).scope_version
    put(world)
    assert User.objects.get(pk=world.second.user_id).scope_version == before + 1


def test_a_second_lead_is_refused_and_told_who_is_in_charge(world: World) -> None:
    with pytest.raises(RuleBroken, match=r"Lê Thị Mai is in charge of Ấp Tân Huề \(Lead\) and no"):
        put(world, area=world.hue)


def test_the_refusal_says_until_when(world: World) -> None:
    put(world, until=LAST)
    with pytest.raises(RuleBroken, match=r"until 31 March 2026. Choose a later first day"):
        put(world, person=world.far, start=LAST)


def test_a_lead_who_comes_later_sets_the_last_day(world: World) -> None:
    put(world, start=LAST)
    with pytest.raises(RuleBroken, match=r"will be in charge .* from 31 March 2026"):
        put(world, person=world.far)
    made = put(world, person=world.far, until=LAST - timedelta(days=1))
    assert made.pk is not None


def test_the_database_refuses_what_slips_past_the_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world)
    asked = []
    real = services.charge._refuse_if_held

    def only_the_second_time(wanted: Assignment) -> None:
        asked.append(wanted)
        if len(asked) > 1:
            real(wanted)

    monkeypatch.setattr(services.charge, "_refuse_if_held", only_the_second_time)
    with pytest.raises(RuleBroken, match="Tô Thị Hiền is in charge of Tổ 1"):
        put(world, person=world.far)
    assert Assignment.objects.filter(area=world.group).count() == 1


def test_another_refusal_of_the_database_is_not_explained_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.charge, "_check_values", lambda **_values: None)
    with pytest.raises(IntegrityError):
        put(world, until=DAY - timedelta(days=1))


@pytest.mark.parametrize("role", ["lead", "deputy", "cluster_lead"])
@pytest.mark.parametrize("column", ["area_id", "organization_id"])
def test_the_database_itself_refuses_two_on_one_day(world: World, role: str, column: str) -> None:
    thing = world.group.pk if column == "area_id" else world.agency.pk
    statement = (
        f"INSERT INTO assignments_assignment ({column}, person_id, role, start, until,"
        " handover_note) VALUES (%s, %s, %s, %s, %s, '')"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [thing, world.officer.pk, role, "2026-03-01", "2026-03-31"])
        cursor.execute(statement, [thing, world.second.pk, role, "2026-04-01", None])
    for start, until in (("2026-03-31", "2026-03-31"), ("2026-01-01", None)):
        with (
            pytest.raises(IntegrityError, match="assignment_one_"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [thing, world.far.pk, role, start, until])


def test_the_database_refuses_moving_a_lead_onto_another(world: World) -> None:
    first = put(world, until=LAST)
    put(world, person=world.far, start=date(2026, 4, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=first.pk).update(until=None)


def test_a_place_may_have_many_monitors_but_not_the_same_one_twice(world: World) -> None:
    put(world, role="monitor")
    put(world, role="monitor", person=world.far)
    with pytest.raises(RuleBroken, match=r"Tô Thị Hiền is in charge of Tổ 1 \(Monitor\)"):
        put(world, role="monitor")


def test_an_organization_has_its_lead_too(world: World) -> None:
    made = put(world, area=None, organization=world.agency, by=world.office)
    assert (made.area, made.organization) == (None, world.agency)


@pytest.mark.parametrize("both", [True, False])
def test_an_assignment_is_of_exactly_one_thing(world: World, both: bool) -> None:
    with pytest.raises(InvalidValue) as refused:
        put(
            world,
            area=world.group if both else None,
            organization=world.agency if both else None,
        )
    assert refused.value.field == "place"


def test_a_last_day_before_the_first_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue, match="before the first day, 10 March 2026") as refused:
        put(world, until=date(2026, 3, 9))
    assert refused.value.field == "until"


def test_an_unknown_role_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue) as refused:
        put(world, role="king")
    assert refused.value.field == "role"


def test_nobody_is_put_in_charge_of_a_place_that_is_no_more(world: World) -> None:
    gone = area("Tổ 2", world.hue, valid_until=date(2026, 2, 28))
    with pytest.raises(InvalidValue, match="Tổ 2 has not existed since 28 February 2026"):
        put(world, area=gone)


def test_only_who_leads_there_may_put_somebody_in_charge(world: World) -> None:
    for by in (world.officer, world.member, world.auditor):
        with pytest.raises(NotAllowed):
            put(world, by=by)
    with pytest.raises(NotAllowed):
        put(world, area=area("Tổ 1", world.phuoc))


def test_an_assignment_ends_with_a_note_for_the_next(world: World) -> None:
    made = put(world)
    before = User.objects.get(pk=world.second.user_id).scope_version
    services.end_assignment(
        assignment=made, last_day=LAST, handover_note=" Ask Ms Hoa. ", by=world.head, at=NOON
    )
    kept = Assignment.objects.get(pk=made.pk)
    assert (kept.until, kept.handover_note) == (LAST, "Ask Ms Hoa.")
    assert User.objects.get(pk=world.second.user_id).scope_version == before + 1
    put(world, person=world.far, start=date(2026, 4, 1))


def test_an_end_can_be_brought_forward_but_not_put_off(world: World) -> None:
    made = put(world, until=LAST)
    services.end_assignment(assignment=made, last_day=date(2026, 3, 20), by=world.head, at=NOON)
    with pytest.raises(RuleBroken, match="already ends on 20 March 2026"):
        services.end_assignment(assignment=made, last_day=LAST, by=world.head, at=NOON)


def test_an_assignment_cannot_end_before_it_began(world: World) -> None:
    made = put(world)
    with pytest.raises(InvalidValue, match="before the first day") as refused:
        services.end_assignment(assignment=made, last_day=date(2026, 3, 9), by=world.head, at=NOON)
    assert refused.value.field == "last_day"


def test_of_two_who_end_it_at_once_the_second_is_told(world: World) -> None:
    made = put(world)
    stale = Assignment.objects.get(pk=made.pk)
    services.end_assignment(assignment=made, last_day=LAST, by=world.head, at=NOON)
    with pytest.raises(StaleState):
        services.end_assignment(assignment=stale, last_day=DAY, by=world.office, at=NOON)


def test_only_who_leads_there_may_end_it(world: World) -> None:
    made = put(world)
    with pytest.raises(NotAllowed):
        services.end_assignment(assignment=made, last_day=LAST, by=world.second, at=NOON)


def test_a_basis_document_is_written_down_once(world: World) -> None:
    def write(number: str) -> BasisDocument:
        return services.create_basis_document(
            number=number, issued_on=date(2022, 10, 11), by=world.office, at=NOON, issuer="District"
        )

    assert write("1524-QD/HU") == write("  1524-QD/HU ")
    assert TrailLine.objects.filter(deed="assignment.basis_written").count() == 1
    with pytest.raises(InvalidValue):
        write("  ")


def test_the_basis_of_an_assignment_can_be_changed(world: World) -> None:
    made = put(world)
    stale = Assignment.objects.get(pk=made.pk)
    basis = services.create_basis_document(
        number="7", issued_on=date(2026, 1, 2), by=world.office, at=NOON
    )
    services.change_basis(assignment=made, basis=basis, by=world.head, at=NOON)
    assert Assignment.objects.get(pk=made.pk).basis == basis
    with pytest.raises(StaleState):
        services.change_basis(assignment=stale, basis=None, by=world.head, at=NOON)


def test_a_cluster_holds_places_of_its_parent(world: World) -> None:
    cluster = services.create_cluster(
        name="Town cluster",
        area=world.district,
        members=[world.thach, world.son],
        lead=world.boss,
        by=world.office,
        at=NOON,
    )
    assert set(cluster.members.all()) == {world.thach, world.son}
    assert str(cluster) == "Town cluster"


@pytest.mark.parametrize("name", ["", "Town cluster"])
def test_a_cluster_needs_a_name_of_its_own(world: World, name: str) -> None:
    services.create_cluster(
        name="Town cluster", area=world.district, members=[], by=world.office, at=NOON
    )
    with pytest.raises(InvalidValue) as refused:
        services.create_cluster(
            name=name, area=world.district, members=[], by=world.office, at=NOON
        )
    assert refused.value.field == "name"


def test_a_place_elsewhere_cannot_be_in_the_cluster(world: World) -> None:
    with pytest.raises(InvalidValue, match="Xã Quới Sơn does not lie in Xã Tân Thạch"):
        services.create_cluster(
            name="Town", area=world.thach, members=[world.son], by=world.head, at=NOON
        )


def test_nobody_is_their_own_deputy(world: World) -> None:
    refused = r"in charge of .* \(Lead\)"
    with pytest.raises(RuleBroken, match=refused):
        services.put_in_charge(
            person=world.officer,
            area=world.hue,
            role=Assignment.Role.DEPUTY,
            start=NOON.date(),
            by=world.head,
            at=NOON,
        )
    with pytest.raises(RuleBroken, match=refused):
        services.replace(
            area=world.hue,
            role=Assignment.Role.DEPUTY,
            successor=world.officer,
            from_day=NOON.date(),
            by=world.head,
            at=NOON,
        )
    assert not world.hue.assignments.filter(role=Assignment.Role.DEPUTY).exists()
