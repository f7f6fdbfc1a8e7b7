"""Where a case belongs: the route that counts, what it gives a case, and who reads it then."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from footpath.accounts import audit
from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.cases import selectors, services
from footpath.cases.filters import Filter
from footpath.cases.models import Case, Category, Endpoint, Entry, Handoff, Route
from footpath.cases.rules import Deed, State
from footpath.cases.rules.routing import Looked, RouteLine, Why, counting, look
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.notifications.models import Notice
from tests.world import LONG_AGO, NOON, World, fresh, holder, later, member

db = pytest.mark.django_db

PLACE = "0000000100000002"


def whys(lines: list[RouteLine], path: str = PLACE, category: int = 7) -> list[tuple[int, Why]]:
    return [(row.line.key, row.why) for row in look(lines, path=path, category=category)]


def test_the_deepest_place_counts_and_then_the_category_before_everything() -> None:
    lines = [
        RouteLine(1, "", 7),
        RouteLine(2, "00000001", None),
        RouteLine(3, PLACE, None),
        RouteLine(4, PLACE, 7),
        RouteLine(5, PLACE, 8),
        RouteLine(6, "00000009", 7),
    ]
    assert whys(lines) == [
        (4, Why.COUNTS),
        (3, Why.CATEGORY_FIRST),
        (2, Why.DEEPER_PLACE),
        (1, Why.DEEPER_PLACE),
        (5, Why.ANOTHER_CATEGORY),
        (6, Why.ANOTHER_PLACE),
    ]


def test_without_a_fitting_route_none_counts() -> None:
    looked = look([RouteLine(1, "00000009", None)], path=PLACE, category=7)
    assert (counting(looked), counting([])) == (None, None)
    assert looked == [Looked(RouteLine(1, "00000009", None), Why.ANOTHER_PLACE)]


LINES = list(itertools.product(["", "00000001", PLACE, "00000009"], [None, 7, 8]))


def test_at_most_one_counts_whatever_the_order_of_the_table() -> None:
    for values in itertools.chain(*(itertools.combinations(LINES, size) for size in range(4))):
        lines = [RouteLine(key, path, category) for key, (path, category) in enumerate(values)]
        there = whys(lines)
        assert whys(lines[::-1]) == there
        fitting = [row for row in lines if PLACE.startswith(row.path) and row.category in (None, 7)]
        assert [why for _key, why in there].count(Why.COUNTS) == (1 if fitting else 0)


def routed(world: World, **values: Any) -> Route:
    values = {"area": world.thach, "category": None, "organization": world.agency} | values
    return services.add_route(by=world.office, at=NOON, **values)


@db
def test_a_case_belongs_to_the_organization_of_its_route(world: World) -> None:
    routed(world)
    case = Case.objects.get(pk=world.case().pk)
    assert (case.organization, case.owner, case.state) == (world.agency, None, State.RAISED)
    assert world.case(area=world.phuoc, by=world.far).organization is None


@db
def test_without_routes_raising_asks_one_small_question_more(
    world: World, django_assert_max_num_queries: Any
) -> None:
    from footpath.cases.services.routing import NOWHERE, place

    case = world.case()
    with django_assert_max_num_queries(1):
        assert place(case, at=NOON) is NOWHERE


@db
def test_the_lead_of_the_place_owns_it_at_once_and_cannot_verify_it(world: World) -> None:
    routed(world, owner=Route.Owner.LEAD)
    case = world.case()
    assert case.owner == world.officer
    assert case.entries.get().said_by == "Route"
    assert case.rounds.get().owner == world.officer
    assert selectors.workers_of(case) == {world.officer.pk}
    assert Notice.objects.filter(kind="case.assigned", user=world.officer.user).count() == 1


@db
def test_who_stands_in_owns_it_while_the_lead_is_away(world: World) -> None:
    routed(world, owner=Route.Owner.LEAD)
    absence = Absence.objects.create(
        person=world.officer, start=LONG_AGO, until=later(days=9).date(),
        recorded_by=world.office, recorded_at=NOON,
    )  # fmt: skip
    StandIn.objects.create(
        absence=absence, assignment=Assignment.objects.get(person=world.officer),
        person=world.second, start=absence.start, until=absence.until,
    )  # fmt: skip
    assert world.case().owner == world.second


@db
def test_a_route_sends_the_case_to_an_outside_system_once(world: World) -> None:
    endpoint = Endpoint.objects.create(
        name="City",
        url="https://example.org/open311/v2/",
        made_by=world.administrator,
        made_at=NOON,
    )
    routed(world, endpoint=endpoint, service_code="042")
    case = world.case()
    handoff = Handoff.objects.get(case=case)
    assert (handoff.endpoint, handoff.service_code) == (endpoint, "042")


@db
def test_a_route_of_a_category_is_tried_with_the_reasons_of_the_others(world: World) -> None:
    lamps = Category.objects.create(code="lamps", name_en="Lamps")
    everything = routed(world)
    other = routed(world, category=lamps)
    above = routed(world, area=world.district, category=world.category)
    found = services.route_of(world.hue, world.category)
    assert found.route == everything
    assert [(route, row.why) for route, row in found.looked] == [
        (everything, Why.COUNTS),
        (above, Why.DEEPER_PLACE),
        (other, Why.ANOTHER_CATEGORY),
    ]


@db
def test_the_table_of_routes_leaves_a_trail_and_refuses_a_second_of_the_same(world: World) -> None:
    route = routed(world)
    with pytest.raises(RuleBroken, match="already"):
        routed(world, organization=world.cell)
    services.change_route(
        route=route, organization=world.cell, owner="nobody", endpoint=None, service_code="",
        by=world.office, at=NOON,
    )  # fmt: skip
    services.withdraw_route(route=route, by=world.office, at=NOON)
    lines = TrailLine.objects.filter(subject=audit.subject_key(route)).order_by("number")
    assert [line.deed for line in lines] == [
        "case.route_added",
        "case.route_changed",
        "case.route_withdrawn",
    ]
    assert services.route_of(world.hue, world.category).route is None
    routed(world)
    for deed in (
        lambda: services.withdraw_route(route=route, by=world.office, at=NOON),
        lambda: services.change_route(
            route=route, organization=world.cell, owner="nobody", endpoint=None, service_code="",
            by=world.office, at=NOON,
        ),
    ):  # fmt: skip
        with pytest.raises(StaleState):
            deed()


@db
def test_routes_are_set_in_ones_own_places_and_everywhere_by_who_covers_everything(
    world: World,
) -> None:
    with pytest.raises(NotAllowed):
        services.add_route(
            area=world.thach, category=None, organization=world.agency, by=world.head, at=NOON
        )
    with pytest.raises(InvalidValue, match="everywhere"):
        routed(world, area=None)
    services.add_route(
        area=None, category=None, organization=world.agency, by=world.administrator, at=NOON
    )
    assert world.case().organization == world.agency
    with pytest.raises(InvalidValue, match="service code"):
        routed(world, endpoint=Endpoint(name="x"))
    with pytest.raises(InvalidValue, match="who owns"):
        routed(world, owner="everybody")


# --- the people of the organization ---------------------------------------------------------------


@db
def test_the_people_of_the_organization_read_the_case_and_work_on_it(world: World) -> None:
    nurse = member("Nurse", world.agency)
    stranger = member("Stranger", world.cell)
    routed(world)
    case = world.case()
    for someone, sees in ((nurse, True), (stranger, False)):
        rows = selectors.cases_for(someone)
        assert rows.filter(pk=case.pk).exists() is sees
        asked = Filter.read({})
        page = selectors.page(someone, asked, path=None, today=NOON.date(), after=None)
        assert bool(page.rows) is sees
    with pytest.raises(NotThere):
        selectors.get_case_for(stranger, pk=case.pk)
    services.accept_case(case=selectors.get_case_for(nurse, pk=case.pk), by=nurse, at=NOON)
    case.refresh_from_db()
    assert case.owner == nurse


@db
def test_only_who_heads_the_organization_names_the_owner(world: World) -> None:
    nurse = member("Nurse", world.agency)
    chief = holder("Chief", Role.HEAD, world.agency, world.son)
    routed(world)
    case = world.case()
    with pytest.raises(NotAllowed):
        services.assign_owner(case=case, owner=nurse, by=nurse, at=NOON)
    services.assign_owner(case=case, owner=nurse, by=chief, at=NOON)
    assert case.owner == nurse


@db
def test_the_agency_that_was_asked_reads_the_case_and_does_not_send_it_away(world: World) -> None:
    nurse = member("Nurse", world.agency)
    case = world.case()
    services.escalate_case(case=case, text="Help.", by=world.head, at=NOON, agency=world.agency)
    found = selectors.get_case_for(nurse, pk=case.pk)
    assert Deed.GUIDE not in selectors.deeds_for(nurse, found)  # not accepted yet
    assert {Deed.NOTE, Deed.ESCALATE} <= selectors.deeds_for(nurse, found)
    assert not {Deed.TRANSFER, Deed.MISROUTE, Deed.ACCEPT} & selectors.deeds_for(nurse, found)


@db
def test_the_overdue_list_of_an_organization_is_a_filter_of_the_ledger(world: World) -> None:
    nurse = member("Nurse", world.agency)
    routed(world)
    mine, _other = world.case(), world.case(area=world.phuoc, by=world.far)
    asked = Filter.read({"view": "overdue", "organization": str(world.agency.pk)})
    today = later(days=60).date()
    for someone in (nurse, world.office, fresh(world.officer)):
        rows = selectors.page(someone, asked, path=None, today=today, after=None).rows
        assert [row["id"] for row in rows] == [mine.pk]
    nobody = Filter.read({"organization": "none"})
    rows = selectors.page(world.office, nobody, path=None, today=today, after=None).rows
    assert mine.pk not in [row["id"] for row in rows]
    assert Filter.read({"organization": "x"}).organization == ""


# --- transfer and "not ours" ----------------------------------------------------------------------


@db
def test_a_transfer_keeps_the_clock_and_the_owner_before_as_somebody_who_worked(
    world: World,
) -> None:
    chief = holder("Chief", Role.HEAD, world.agency, world.son)
    case = world.case()
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    running = list(case.clocks.filter(stopped_at=None).values("kind", "due_at", "started_at"))
    entry = services.transfer_case(
        case=case, to=world.agency, text="Theirs.", by=world.head, at=later(hours=2)
    )
    case = Case.objects.get(pk=case.pk)
    assert (case.organization, case.owner, case.state) == (world.agency, None, State.RAISED)
    after = list(case.clocks.filter(stopped_at=None).values("kind", "due_at", "started_at"))
    assert after == running
    assert (entry.to_organization, entry.from_organization) == (world.agency, None)
    assert selectors.workers_of(case) == {world.head.pk}
    assert Notice.objects.filter(kind="case.transferred", user=chief.user).exists()
    services.accept_case(case=case, by=chief, at=later(hours=3))
    assert list(case.clocks.filter(stopped_at=None).values("kind", "due_at", "started_at")) == after
    with pytest.raises(RuleBroken, match="already"):
        services.transfer_case(case=case, to=world.agency, text="Again.", by=chief, at=NOON)


@db
def test_a_misrouted_case_goes_back_to_who_sent_it_or_to_the_nearest_office(world: World) -> None:
    chief = holder("Chief", Role.HEAD, world.agency, world.son)
    case = world.case()
    services.transfer_case(case=case, to=world.cell, text="Yours.", by=world.head, at=NOON)
    services.transfer_case(case=case, to=world.agency, text="Theirs.", by=world.head, at=NOON)
    services.misroute_case(case=case, text="A road.", by=chief, at=later(hours=1))
    case.refresh_from_db()
    assert case.organization == world.cell
    other = world.case("Other")
    Case.objects.filter(pk=other.pk).update(organization=world.agency)
    other.refresh_from_db()
    services.misroute_case(case=other, text="A road.", by=chief, at=later(hours=1))
    other.refresh_from_db()
    assert other.organization == world.cell  # the office of the hamlet itself is the nearest
    assert Entry.objects.filter(deed="misrouted", from_organization=world.agency).count() == 2
    assert Notice.objects.filter(kind="case.misrouted").count() == 0  # the cell has no office


@db
def test_with_no_office_above_a_misrouted_case_has_nowhere_to_go(world: World) -> None:
    case = world.case()
    for unit in (world.cell, world.commune_office, world.district_office):
        unit.kind = "association"
        unit.save()
    with pytest.raises(RuleBroken, match="No office above"):
        services.misroute_case(case=case, text="Not ours.", by=world.head, at=NOON)


@db
def test_of_two_who_move_a_case_at_once_the_second_is_told(world: World) -> None:
    case = world.case()
    stale = Case.objects.get(pk=case.pk)
    services.transfer_case(case=case, to=world.cell, text="Yours.", by=world.head, at=NOON)
    with pytest.raises(StaleState):
        services.transfer_case(case=stale, to=world.agency, text="Yours.", by=world.head, at=NOON)


@db
@pytest.mark.parametrize("deed", [services.transfer_case, services.misroute_case])
def test_moving_a_case_needs_a_reason(world: World, deed: Any) -> None:
    more = {"to": world.agency} if deed is services.transfer_case else {}
    with pytest.raises(InvalidValue):
        deed(case=world.case(), text=" ", by=world.head, at=NOON, **more)
