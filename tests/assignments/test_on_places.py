"""What being in charge says on the pages of places and people, and in the administration."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.assignments import on_places
from footpath.assignments.models import BasisDocument
from footpath.core.figures import Rate
from footpath.directory.models import Person
from tests.world import World, assign

pytestmark = pytest.mark.django_db


def page_of(reader: Person, address: str) -> str:
    """Return the text of a page, every kind of space as one."""
    client = Client()
    assert reader.user is not None
    client.force_login(reader.user)
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_figures_count_the_two_lowest_tiers_and_open_their_rows(world: World) -> None:
    found = on_places.figures(world.head, world.district)
    assert [(figure.label, figure.value, figure.note, figure.tone) for figure in found] == [
        ("Hamlets covered", Rate(3, 3), "", ""),
        ("Household groups covered", Rate(0, 1), "1 household group has nobody", "attention"),
    ]
    assert found[1].href == reverse(
        "assignments:coverage", query={"place": world.district.code, "tier": "group"}
    )


def test_the_highest_tier_with_a_gap_is_named_first(world: World) -> None:
    panel = on_places.without_lead(world.office, world.district)
    assert panel is not None
    assert panel.context["places"] == [world.son]
    for place in (world.son, world.group):
        assign(world.far, place)
    assert on_places.without_lead(world.office, world.district) is None


def test_tiles_name_the_lead_and_the_gap_below(world: World) -> None:
    facts = on_places.below(world.head, [world.hue, world.khanh, world.group])
    hue, khanh, group = (facts[place.pk] for place in (world.hue, world.khanh, world.group))
    assert (hue.second, hue.covered, hue.unit, hue.missing) == (
        "Lê Thị Mai",
        Rate(0, 1),
        "household groups",
        True,
    )
    assert (khanh.second, khanh.covered, khanh.missing) == ("Tô Thị Hiền", None, False)
    assert (group.second, group.missing) == ("", True)


def test_a_place_shows_who_is_in_charge_with_the_basis(world: World) -> None:
    basis = BasisDocument.objects.create(number="1524-QĐ/HU", issued_on=date(2022, 10, 11))
    assign(world.second, world.hue, "deputy", basis=basis)
    page = page_of(world.member, reverse("directory:area", args=[world.hue.code]))
    assert "Tô Thị Hiền" in page
    assert "1524-QĐ/HU, 11 October 2022" in page
    assert reverse("assignments:place", args=[world.hue.code]) in page
    assert "Put somebody in charge" not in page
    page = page_of(world.head, reverse("directory:area", args=[world.hue.code]))
    assert "Put somebody in charge" in page
    assert reverse("assignments:assign", query={"place": world.group.code}) in page


def test_a_person_shows_what_they_are_in_charge_of(world: World) -> None:
    page = page_of(world.head, reverse("directory:person", args=[world.officer.pk]))
    assert world.hue.assignments.get().get_absolute_url() in page
    assert on_places.in_charge_of(world.member, world.head) is None


def test_the_administrator_changes_documents_but_not_assignments(world: World) -> None:
    client = Client()
    assert world.administrator.user is not None
    client.force_login(world.administrator.user)
    sent = {"number": "7", "issued_on": "2026-01-02", "issuer": "", "title": ""}
    add = reverse("admin:assignments_basisdocument_add")
    assert client.post(add, sent).status_code == 302
    document = BasisDocument.objects.get()
    assert TrailLine.objects.filter(deed="assignment.basis_created").count() == 1
    kept = reverse("admin:assignments_basisdocument_delete", args=[document.pk])
    assert client.get(kept).status_code == 403
    made = world.hue.assignments.get()
    assert client.get(reverse("admin:assignments_assignment_changelist")).status_code == 200
    assert client.get(reverse("admin:assignments_assignment_add")).status_code == 403
    change = reverse("admin:assignments_assignment_change", args=[made.pk])
    assert client.post(change, {"role": "deputy"}).status_code == 403
    assert (
        client.get(reverse("admin:assignments_assignment_delete", args=[made.pk])).status_code
        == 403
    )
