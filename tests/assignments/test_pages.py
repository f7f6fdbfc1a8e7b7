"""The pages of being in charge, as people of each role see them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.assignments.models import Assignment, BasisDocument
from footpath.assignments.services import carry_out_due, set_limit
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Area, Organization, Person
from tests.world import World, area, assign, person

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def shown(reader: Person, name: str, *args: Any, **query: Any) -> str:
    """Return the text of a page that the reader may open, every kind of space as one."""
    response = signed_in(reader).get(reverse(name, args=args, query=query or None))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def put(by: Person, thing: Area | Organization, **values: Any) -> Any:
    """Send the form that puts somebody in charge."""
    name = "place" if isinstance(thing, Area) else "organization"
    address = reverse("assignments:assign", query={name: thing.code})
    values = {"role": "lead", "start": clock.today().isoformat()} | values
    return signed_in(by).post(address, values)


# --- coverage -------------------------------------------------------------------------------------


def test_coverage_begins_with_the_readers_own_place(world: World) -> None:
    page = shown(world.head, "assignments:coverage")
    assert "Xã Tân Thạch" in page
    assert "Ấp Tân Huề" in page
    assert "Ấp Phước Hòa" not in page
    assert "2/2 = 100.00 %" in page


def test_a_place_without_a_lead_is_offered_to_who_may_assign(world: World) -> None:
    address = reverse("assignments:assign", query={"place": world.group.code})
    page = shown(world.head, "assignments:coverage", place=world.hue.code, tier="group")
    assert "1 place has nobody in charge." in page
    assert address in page
    page = shown(world.officer, "assignments:coverage", place=world.hue.code, tier="group")
    assert "Nobody" in page
    assert address not in page


def test_only_the_places_without_a_lead_can_be_shown(world: World) -> None:
    Assignment.objects.filter(area=world.khanh).delete()
    page = shown(world.office, "assignments:coverage", place="831", tier="hamlet", missing="1")
    assert "Ấp Vĩnh Khánh" in page
    assert "Ấp Tân Huề" not in page
    assert "2/3 = 66.67 %" in page


def test_coverage_looks_back_and_ahead(world: World) -> None:
    world.hue.assignments.update(until=date(2026, 3, 31))
    asked = {"place": world.thach.code, "tier": "hamlet"}
    assert "2/2 =" in shown(world.head, "assignments:coverage", on="2026-03-31", **asked)
    assert "1/2 =" in shown(world.head, "assignments:coverage", on="2026-04-01", **asked)
    assert "2/2 =" not in shown(world.head, "assignments:coverage", on="nonsense", **asked)


def test_tiles_show_the_children_with_their_fraction(world: World) -> None:
    page = shown(world.office, "assignments:coverage", place="831", tier="hamlet")
    assert 'class="fp-tile-name"' in page
    assert "Tân Thạch" in page
    assert "Ngô Thị Bích Thủy" in page


def test_a_leaf_has_nothing_below_to_cover(world: World) -> None:
    page = shown(world.head, "assignments:coverage", place=world.group.code)
    assert "No place below needs somebody in charge" in page


def test_without_places_the_page_says_what_is_missing(db: None) -> None:
    assert "There is no place yet" in shown(person("New"), "assignments:coverage")


@pytest.mark.parametrize("more", [0, 2])
def test_coverage_costs_the_same_queries_for_one_place_and_for_three(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    for number in range(more):
        assign(world.far, area(f"Tổ {number + 2}", world.hue))
    client = signed_in(world.head)
    address = reverse("assignments:coverage", query={"place": world.hue.code, "tier": "group"})
    client.get(address)
    with django_assert_max_num_queries(16):
        page = client.get(address).content.decode()
    rows = page.split('id="places"')[1].split("</ul>")[0]
    assert rows.count("<li") == 1 + more


def test_pages_of_coverage_follow_each_other(world: World) -> None:
    for number in range(60):
        area(f"Tổ {number + 2}", world.hue)
    client = signed_in(world.head)
    first = client.get(
        reverse("assignments:coverage", query={"place": world.hue.code, "tier": "group"})
    ).content.decode()
    assert first.count("Assign someone") == 50
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = client.get(following.replace("&amp;", "&")).content.decode()
    assert second.count("Assign someone") == 11


# --- putting somebody in charge -------------------------------------------------------------------


def test_the_form_offers_people_of_the_offices_around(world: World) -> None:
    page = shown(world.head, "assignments:assign", place=world.group.code)
    assert "Tô Thị Hiền" in page
    assert "In charge of 1 place." in page
    assert "In charge of no place." in page
    found = shown(world.head, "assignments:assign", place=world.group.code, q="hien")
    assert "Tô Thị Hiền" in found
    assert "Bùi Thanh Sơn" not in found
    assert "Nobody found" in shown(
        world.head, "assignments:assign", place=world.group.code, q="zzz"
    )


def test_a_person_named_in_the_address_is_chosen(world: World) -> None:
    page = shown(
        world.head, "assignments:assign", place=world.group.code, person=world.far.pk, q="hien"
    )
    assert f'value="{world.far.pk}" required checked' in page


def test_somebody_is_put_in_charge_with_a_new_basis(world: World) -> None:
    response = put(
        world.head,
        world.group,
        who=world.second.pk,
        number="1524-QĐ/HU",
        issued_on="2022-10-11",
        issuer="Huyện ủy",
    )
    made = Assignment.objects.get(area=world.group)
    assert response.status_code == 302
    assert response["Location"] == made.get_absolute_url()
    assert (made.person, made.basis) == (world.second, BasisDocument.objects.get())


def test_somebody_is_put_in_charge_of_an_organization(world: World) -> None:
    assert "Office of Health" in shown(
        world.office, "assignments:assign", organization=world.agency.code
    )
    put(world.office, world.agency, who=world.second.pk)
    assert Assignment.objects.get(organization=world.agency).person == world.second


def test_what_is_refused_is_said_on_the_form(world: World) -> None:
    response = put(world.head, world.hue, who=world.second.pk)
    assert response.status_code == 422
    assert "Lê Thị Mai is in charge of Ấp Tân Huề (Lead)" in response.content.decode()
    response = put(world.head, world.hue, number="7")
    text = response.content.decode()
    assert "Choose a person." in text
    assert "Give the date of the document." in text


def test_who_may_not_assign_is_told_so(world: World) -> None:
    for who in (world.member, world.officer, world.auditor):
        address = reverse("assignments:assign", query={"place": world.hue.code})
        assert signed_in(who).get(address).status_code == 403
        assert put(who, world.group, who=world.second.pk).status_code == 403
    assert signed_in(world.head).get(reverse("assignments:assign")).status_code == 302
    missing = reverse("assignments:assign", query={"place": "nowhere"})
    assert signed_in(world.head).get(missing).status_code == 404


# --- one assignment, one place --------------------------------------------------------------------


def test_an_assignment_shows_its_basis_and_its_history(world: World) -> None:
    basis = BasisDocument.objects.create(
        number="1524-QĐ/HU", issued_on=date(2022, 10, 11), title="On officers"
    )
    old = assign(
        world.far, world.group, start=date(2021, 1, 1), until=date(2022, 1, 1), basis=basis
    )
    new = assign(world.second, world.group, start=date(2022, 1, 2))
    page = shown(world.member, "assignments:assignment", old.pk)
    assert "1524-QĐ/HU, 11 October 2022" in page
    assert new.get_absolute_url() in page
    assert "Ended" in page
    assert "End this assignment" not in page
    assert "End this assignment" in shown(world.head, "assignments:assignment", new.pk)
    assert "Put somebody in charge" in shown(world.head, "assignments:assignment", old.pk)
    assert signed_in(world.head).get(reverse("assignments:assignment", args=[0])).status_code == 404


def test_an_assignment_of_an_organization_has_a_page(world: World) -> None:
    made = Assignment.objects.create(
        person=world.far, organization=world.agency, start=date(2021, 1, 1)
    )
    assert "Office of Health" in shown(world.office, "assignments:assignment", made.pk)


def test_ending_names_its_consequence_and_asks_to_read_it(world: World) -> None:
    made = world.hue.assignments.get()
    page = shown(world.head, "assignments:assignment", made.pk)
    assert "Without a successor in charge, nobody leads Ấp Tân Huề" in page
    client, address = signed_in(world.head), made.get_absolute_url()
    day = clock.today().isoformat()
    assert client.post(address, {"last_day": day}).status_code == 422
    sent = {"last_day": day, "understood": "on", "handover_note": "The key is with Ms Hoa."}
    assert client.post(address, sent).status_code == 302
    made.refresh_from_db()
    assert (made.until, made.handover_note) == (clock.today(), "The key is with Ms Hoa.")
    page = client.get(address).content.decode()
    assert "The key is with Ms Hoa." in page
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "already ends on" in refused.content.decode()
    assert signed_in(world.officer).post(address, sent).status_code == 403


def test_a_place_says_who_was_in_charge_on_any_day(world: World) -> None:
    world.hue.assignments.update(until=date(2026, 3, 31))
    assign(world.second, world.hue, start=date(2026, 4, 1))
    code = world.hue.code
    on = shown(world.member, "assignments:place", code, on="2026-03-31")
    assert on.index("Lê Thị Mai") < on.index("Tô Thị Hiền")
    assert "Nobody" in shown(world.member, "assignments:place", code, on="2019-01-01")
    assert "Nobody has been in charge" in shown(world.head, "assignments:place", world.group.code)


def test_pages_ask_to_sign_in(world: World) -> None:
    made = world.hue.assignments.get()
    for address in (
        reverse("assignments:coverage"),
        reverse("assignments:assign", query={"place": world.hue.code}),
        reverse("assignments:place", args=[world.hue.code]),
        made.get_absolute_url(),
    ):
        assert Client().get(address).status_code == 302


# --- handing over ---------------------------------------------------------------------------------


def test_ending_with_something_open_shows_the_list_and_asks_who_takes_over(world: World) -> None:
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=world.officer)
    assign(world.far, world.hue, "deputy")
    made = world.hue.assignments.get(role="lead")
    client, address = signed_in(world.head), made.get_absolute_url()
    page = client.get(address).content.decode()
    assert "Still open." in page
    assert case.get_absolute_url() in page
    assert page.index("Deputy here") < page.index("Somebody else")
    sent = {"last_day": clock.today().isoformat(), "understood": "on", "handover_note": "Keys."}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "Still open in Ấp Tân Huề: 1 open case. Name who takes over." in " ".join(
        refused.content.decode().split()
    )
    assert client.post(address, sent | {"other": "Nobody at all"}).status_code == 422
    sheet = shown(world.head, "assignments:handover", made.pk)
    assert "1 open case" in sheet
    assert "1 open case" not in shown(world.second, "assignments:handover", made.pk)
    taken = sent | {"successor": world.far.pk}
    assert client.post(address, taken).status_code == 302
    assert "Hands over on" in shown(world.head, "assignments:assignment", made.pk)
    made.handover.due_on = clock.today()
    made.handover.save()
    carry_out_due(on=clock.today(), at=clock.now())
    sheet = shown(world.member, "assignments:handover", made.pk)
    assert "Handed over in all" in sheet
    assert world.far.name in sheet


def test_a_successor_is_put_in_charge_from_the_day_after(world: World) -> None:
    made = world.hue.assignments.get()
    today = clock.today()
    sent = {
        "last_day": today.isoformat(),
        "understood": "on",
        "other": world.far.code,
        "in_charge": "on",
    }
    set_limit(person=world.far, places=0, bound=False, by=world.office, at=clock.now())
    client = signed_in(world.head)
    refused = client.post(made.get_absolute_url(), sent)
    assert refused.status_code == 422
    assert 'name="exception"' in refused.content.decode()
    assert client.post(made.get_absolute_url(), sent | {"exception": "Spring."}).status_code == 302
    following = Assignment.objects.get(area=world.hue, person=world.far)
    assert (following.start, following.exception) == (today + timedelta(days=1), "Spring.")


def test_whoever_replaces_somebody_for_some_time_has_a_last_day(world: World) -> None:
    first = clock.today() + timedelta(days=10)
    sent = {"role": "lead", "replaces": "on", "start": first.isoformat()}
    address = reverse("assignments:assign", query={"place": world.hue.code})
    client = signed_in(world.head)
    early = sent | {"who": world.far.pk, "until": (first - timedelta(days=1)).isoformat()}
    assert client.post(address, early).status_code == 422
    assert world.hue.assignments.get().until is None
    last = first + timedelta(days=90)
    assert client.post(address, early | {"until": last.isoformat()}).status_code == 302
    assert Assignment.objects.get(area=world.hue, person=world.far).until == last


def test_who_is_in_charge_of_a_place_is_three_taps_from_home(world: World) -> None:
    client = signed_in(world.member)
    assert reverse("directory:places") in client.get("/").content.decode()
    places = client.get(reverse("directory:places", query={"q": "Huề"})).content.decode()
    assert world.hue.get_absolute_url() in places
    page = client.get(world.hue.get_absolute_url()).content.decode()
    assert "Lê Thị Mai" in page
    assert reverse("assignments:place", args=[world.hue.code]) in page
    assert 'name="on"' in page


def test_a_place_without_a_lead_names_the_nearest_above(world: World) -> None:
    page = shown(world.member, "assignments:place", world.group.code)
    assert "Nearest lead above: Ấp Tân Huề" in page
    assert "Nearest lead above" in shown(world.member, "directory:area", world.group.code)
    assert "Nearest lead above" not in shown(world.member, "assignments:place", world.hue.code)
