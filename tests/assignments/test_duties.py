"""Duty lists and clusters: "4 grasps", and places led together (S2.1, S2.7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.assignments import selectors, services
from footpath.assignments.models import Assignment, BasisDocument, Cluster, DutyList
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.directory.models import Person
from tests.world import NOON, World, area, assign

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
GRASPS = ["Grasp the place", "Grasp its people", "Grasp what is urgent", "Grasp who needs help"]


def grasps(world: World, **values: Any) -> DutyList:
    """Write the four grasps of a lead in the district."""
    values.setdefault("area", world.district)
    values.setdefault("role", "lead")
    values.setdefault("title", "4 grasps")
    values.setdefault("items", GRASPS)
    values.setdefault("start", TODAY)
    values.setdefault("by", world.office)
    return services.create_duty_list(at=NOON, **values)


def texts(rows: list[DutyList]) -> list[list[str]]:
    return [[item.text for item in row.items.all()] for row in rows]


def test_a_list_holds_for_its_role_in_the_place_and_below(world: World) -> None:
    made = grasps(world)
    assert selectors.duty_lists_of(world.group, role="lead", on=TODAY) == [made]
    assert selectors.duty_lists_of(world.group, role="deputy", on=TODAY) == []
    assert selectors.duty_lists_of(world.province, on=TODAY) == []
    assert selectors.duty_lists_of(world.group, on=TODAY - DAY) == []
    assert texts([made]) == [GRASPS]
    assert [str(made), str(made.items.first())] == ["4 grasps", "Grasp the place"]


def test_a_new_version_ends_the_old_one_the_day_before(world: World) -> None:
    made = grasps(world)
    new = services.change_duty_list(
        duty_list=made,
        title="3 grasps",
        items=GRASPS[:3],
        start=TODAY + 9 * DAY,
        by=world.office,
        at=NOON,
    )
    assert made.until == TODAY + 8 * DAY
    assert selectors.duty_lists_of(world.hue, on=TODAY + 8 * DAY) == [made]
    assert selectors.duty_lists_of(world.hue, on=TODAY + 9 * DAY) == [new]


def test_a_list_that_begins_the_same_day_is_put_right(world: World) -> None:
    made, stale = grasps(world), DutyList.objects.get()
    same = services.change_duty_list(
        duty_list=made, title="Grasps", items=GRASPS[:1], start=TODAY, by=world.office, at=NOON
    )
    assert (same, made.title, texts([DutyList.objects.get()])) == (made, "Grasps", [GRASPS[:1]])
    with pytest.raises(StaleState):
        services.change_duty_list(
            duty_list=stale, title="X", items=["x"], start=TODAY, by=world.office, at=NOON
        )


def test_a_list_needs_a_title_duties_a_role_and_days(world: World) -> None:
    for wrong in (
        {"title": " "},
        {"items": ["", "  "]},
        {"items": ["x" * 501]},
        {"items": ["x"] * 51},
        {"role": "boss"},
        {"until": TODAY - DAY},
    ):
        with pytest.raises(InvalidValue):
            grasps(world, **wrong)
    with pytest.raises(NotAllowed):
        grasps(world, by=world.head)
    grasps(world, by=world.head, area=world.thach)


def test_a_list_ends_once(world: World) -> None:
    made, stale = grasps(world), DutyList.objects.get()
    with pytest.raises(InvalidValue):
        services.end_duty_list(duty_list=made, last_day=TODAY - DAY, by=world.office, at=NOON)
    services.end_duty_list(duty_list=made, last_day=TODAY, by=world.office, at=NOON)
    with pytest.raises(RuleBroken):
        services.end_duty_list(duty_list=made, last_day=TODAY, by=world.office, at=NOON)
    with pytest.raises(StaleState):
        services.end_duty_list(duty_list=stale, last_day=TODAY, by=world.office, at=NOON)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_queries_for_one_and_for_three(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for at in range(number):
        grasps(world, title=f"{at} grasps")
    rows = selectors.assignments_of(world.officer, on=TODAY)
    with django_assert_num_queries(2):
        assert len(texts(selectors.duty_lists_for_roles(rows, on=TODAY))) == number
    with django_assert_num_queries(2):
        page = selectors.duty_lists_in(world.member, world.thach, on=TODAY)
        assert len(texts(list(page.rows))) == number
    assert selectors.duty_lists_for_roles([], on=TODAY) == []


def client_of(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_lists_are_written_changed_and_ended_on_their_pages(world: World) -> None:
    basis = BasisDocument.objects.create(number="1524-QD/HU", issued_on="2022-10-11")
    client, today = client_of(world.office), clock.today()
    write = reverse("assignments:duty-list-new", query={"place": "831"})
    sent = {
        "title": "4 grasps",
        "role": "lead",
        "items": "\n".join(GRASPS),
        "start": today.isoformat(),
        "basis": basis.pk,
    }
    assert client.get(write).status_code == 200
    assert client.post(write, sent | {"items": ""}).status_code == 422
    answer = client.post(write, sent)
    assert answer.status_code == 302
    made = DutyList.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "Grasp who needs help" in page
    assert "1524-QD/HU" in page
    version = reverse("assignments:duty-list-version", args=[made.pk])
    assert "Grasp the place" in client.get(version).content.decode()
    changed = {"title": "2 grasps", "items": "One\nTwo", "start": (today + DAY).isoformat()}
    assert client.post(version, changed).status_code == 302
    one = reverse("assignments:duty-list", args=[made.pk])
    assert client.post(one, {"last_day": (today + 9 * DAY).isoformat()}).status_code == 422
    other = DutyList.objects.get(title="2 grasps")
    address = reverse("assignments:duty-list", args=[other.pk])
    assert client.post(address, {"last_day": (today + 9 * DAY).isoformat()}).status_code == 302
    listed = client.get(reverse("assignments:duty-lists", query={"place": "831"}))
    assert "2 grasps" in listed.content.decode()
    officer = client_of(world.officer)
    assert "4 grasps" in officer.get("/").content.decode()
    assert (
        "4 grasps" in officer.get(world.hue.assignments.get().get_absolute_url()).content.decode()
    )
    assert officer.post(one, {"last_day": today.isoformat()}).status_code == 403
    assert officer.get(version).status_code == 403
    assert officer.get(write).status_code == 403
    with pytest.raises(NotThere):
        selectors.get_duty_list_for(world.member, pk=999_999)


def test_without_places_there_is_nothing_to_write_for(db: None) -> None:
    from tests.world import person

    client = client_of(person("New"))
    for name in ("duty-lists", "clusters", "cover"):
        assert (
            "There is no place yet" in client.get(reverse(f"assignments:{name}")).content.decode()
        )
    for name in ("duty-list-new", "cluster-new"):
        assert client.get(reverse(f"assignments:{name}")).status_code == 302


# --- clusters -------------------------------------------------------------------------------------


def cluster_of(world: World) -> Cluster:
    """Return a cluster of both communes."""
    return services.create_cluster(
        name="Cụm 1",
        area=world.district,
        members=[world.thach, world.son],
        by=world.office,
        at=NOON,
    )


def test_one_deed_puts_the_lead_in_charge_of_all_places(world: World) -> None:
    cluster = cluster_of(world)
    assign(world.far, world.son, "cluster_lead")
    made = services.lead_cluster(
        cluster=cluster, lead=world.boss, from_day=TODAY, by=world.office, at=NOON
    )
    assert [(row.area, row.role) for row in made] == [
        (world.thach, "cluster_lead"),
        (world.son, "cluster_lead"),
    ]
    assert Assignment.objects.get(person=world.far, area=world.son).until == TODAY - DAY
    assert (
        services.lead_cluster(
            cluster=cluster, lead=world.boss, from_day=TODAY, by=world.office, at=NOON
        )
        == []
    )


def test_a_cluster_changes_its_name_and_places(world: World) -> None:
    cluster = cluster_of(world)
    values = {"cluster": cluster, "by": world.office, "at": NOON}
    services.change_cluster(name="Cụm Nam", members=[world.son], **values)  # type: ignore[arg-type]
    assert selectors.get_cluster_for(world.member, pk=cluster.pk).name == "Cụm Nam"
    cluster_of(world)
    with pytest.raises(InvalidValue, match="already has"):
        services.change_cluster(name="Cụm 1", members=[], **values)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="does not lie"):
        services.change_cluster(name="X", members=[world.province], **values)  # type: ignore[arg-type]
    services.change_cluster(name="Cụm Nam", members=[], **values)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="no place yet"):
        services.lead_cluster(
            cluster=cluster, lead=world.boss, from_day=TODAY, by=world.office, at=NOON
        )
    with pytest.raises(NotThere):
        selectors.get_cluster_for(world.member, pk=999_999)


@pytest.mark.parametrize("number", [1, 3])
def test_clusters_cost_the_same_queries_for_one_and_for_three(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for at in range(number):
        services.create_cluster(
            name=f"Cụm {at}",
            area=world.district,
            members=[area(f"Xã {at}", world.district)],
            by=world.office,
            at=NOON,
        )
    with django_assert_num_queries(2):
        page = selectors.clusters_in(world.member, world.district)
        found = [[member.name for member in row.members.all()] for row in page.rows]
    assert found == [[f"Xã {at}"] for at in range(number)]


def test_clusters_are_made_and_led_on_their_pages(world: World) -> None:
    client = client_of(world.office)
    new = reverse("assignments:cluster-new", query={"place": "831"})
    assert "Xã Quới Sơn" in client.get(new).content.decode()
    assert client.post(new, {"name": ""}).status_code == 422
    answer = client.post(new, {"name": "Cụm 1", "members": [world.thach.pk, world.son.pk]})
    assert answer.status_code == 302
    address = answer["Location"]
    assert "No cluster lead" in client.get(address).content.decode()
    lead = {"what": "lead", "who": world.boss.code, "start": clock.today().isoformat()}
    assert client.post(address, lead | {"who": "nobody"}).status_code == 422
    assert client.post(address, lead | {"start": "1900-01-01"}).status_code in {302, 422}
    assert client.post(address, lead).status_code in {302, 422}
    assert world.boss.name in client.get(address).content.decode()
    places = {"what": "places", "name": "Cụm Nam", "members": [world.son.pk]}
    assert client.post(address, places).status_code == 302
    assert client.post(address, places | {"name": ""}).status_code == 422
    assert (
        "Cụm Nam"
        in client.get(reverse("assignments:clusters", query={"place": "831"})).content.decode()
    )
    assert client_of(world.officer).post(address, places).status_code == 403
    assert client_of(world.officer).get(new).status_code == 403
