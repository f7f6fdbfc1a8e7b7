"""Study sessions: topic, material, and how many people they reached. Source: S4.2."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Meeting, MeetingKind
from footpath.meetings.selectors import Reach
from tests.world import NOON, World, fresh, later

pytestmark = pytest.mark.django_db

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
PERIOD = {"first": "2026-01-01", "last": "2026-12-31"}


def session(world: World, place: Area, heads: int | None = None, **values: Any) -> Meeting:
    """Return a study session of a place that was held at NOON."""
    return Meeting.objects.create(
        **{
            "kind": MeetingKind.objects.get(code="study"),
            "area": place,
            "starts_at": NOON,
            "ends_at": later(hours=2),
            "state": Meeting.State.HELD,
            "held_at": NOON,
            "headcount": heads,
            "convened_by": world.office,
            "topic": "Directive 13",
            **tree.ancestor_values(place.path),
        }
        | values
    )


def founding_figures(world: World) -> None:
    """Hold the 66 sessions that reached 3,559 members, over the places of the district."""
    places = (world.hue, world.khanh, world.phuoc)
    # 65 sessions of 54 heads each are 3,510; the last one had 49.
    for number in range(66):
        session(
            world,
            places[number % 3],
            54 if number < 65 else 49,
            starts_at=later(days=number),
            ends_at=later(days=number, hours=2),
            organization=world.cell if number % 3 == 0 else None,
        )


def client_of(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def shown(reader: Person, **query: Any) -> str:
    """Return the page of study sessions, every kind of space as one."""
    response = client_of(reader).get(reverse("meetings:studies"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def totals(reader: Person, place: Area | None, **values: Any) -> selectors.Totals:
    """Return the totals of a place in 2026 as somebody sees them."""
    rows = selectors.studies_for(
        fresh(reader), path=place.path if place else None, **(YEAR | values)
    )
    return selectors.totals_of(rows, place)


# --- totals ---------------------------------------------------------------------------------------


def test_66_sessions_reached_3559_members(world: World) -> None:
    founding_figures(world)
    session(world, world.hue, 99, starts_at=later(days=-365), ends_at=later(days=-364))
    session(world, world.hue, 99, state="planned", held_at=None)
    session(world, world.hue, 99, kind=world.cell_meeting)
    found = totals(world.office, world.district)
    assert found.all == Reach(66, 3559)
    assert found.by_child == [
        (world.son, Reach(22, 21 * 54 + 49)),
        (world.thach, Reach(44, 44 * 54)),
    ]
    assert found.by_organization == [
        (None, Reach(44, 43 * 54 + 49)),
        (world.cell, Reach(22, 22 * 54)),
    ]
    assert [month for month, _reach in found.by_month] == [
        Month(2026, 3),
        Month(2026, 4),
        Month(2026, 5),
    ]
    assert sum((reach for _month, reach in found.by_month), Reach()) == found.all


def test_the_page_shows_the_figures_and_drills_down(world: World) -> None:
    founding_figures(world)
    page = shown(world.office, place="831", **PERIOD)
    assert "3,559" in page
    assert ">66<" in page
    assert "place=28804&amp;first=2026-01-01" in page
    below = shown(world.office, place="28804", **PERIOD)
    assert "2,376" in below
    of_cell = shown(world.office, place="831", organization=world.cell.pk, **PERIOD)
    assert "1,188" in of_cell
    assert "Only sessions of Cell of Tân Huề." in of_cell
    assert "No study session was held" in shown(
        world.office, place="831", first="2025-01-01", last="2025-02-01"
    )
    assert "3,559" in shown(world.office, place="831", organization="x", **PERIOD)
    assert shown(world.office, first="never", last="2026-01-01")
    assert shown(world.office, first="2026-02-01", last="2026-01-01")


def test_the_file_has_every_session(world: World) -> None:
    founding_figures(world)
    session(world, world.hue, None, topic="=SUM(A1)")
    answer = client_of(world.office).get(
        reverse("meetings:studies"), {"place": "831", "format": "csv"} | PERIOD
    )
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 68
    assert sum(int(line.rsplit(",", 2)[1]) for line in lines[1:]) == 3559
    assert any("'=SUM(A1)" in line for line in lines)


def test_without_heads_counted_those_who_attended_are_reached(world: World) -> None:
    meeting = session(world, world.hue)
    for who, mark in (
        (world.officer, "present"),
        (world.second, "late"),
        (world.far, "absent"),
        (world.head, "excused"),
    ):
        Duty.objects.create(meeting=meeting, person=who, attendance=mark)
    session(world, world.hue, 0)
    assert totals(world.office, world.hue).all == Reach(2, 2)
    rows = selectors.studies_for(world.office, path=world.hue.path, **YEAR)
    assert [row.reached for row in selectors.page_of_studies(rows, after=None).rows] == [0, 2]
    assert [row.reached for row in selectors.every_study(rows, at_once=1)] == [2, 0]


def test_only_sessions_that_the_reader_may_read_are_counted(world: World) -> None:
    session(world, world.hue, 10)
    session(world, world.phuoc, 100)
    assert totals(world.officer, world.district).all == Reach(1, 10)
    assert totals(world.far, None).all == Reach(1, 100)
    assert totals(world.member, None).all == Reach()
    assert totals(world.office, world.group).all == Reach()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_for_one_and_for_three(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for place in (world.hue, world.phuoc):
        for _session in range(number):
            session(world, place, 10, organization=world.cell)
            session(world, place)
    client = client_of(world.office)
    address = reverse("meetings:studies", query={"place": "831"} | PERIOD)
    client.get(address)
    with django_assert_max_num_queries(14):
        page = client.get(address).content.decode()
    assert page.count("fp-row-dated") == 4 * number


# --- topic and material ---------------------------------------------------------------------------


def picture(name: str = "page.png") -> SimpleUploadedFile:
    """Return a small picture as it is sent."""
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue())


def set_material(world: World, meeting: Meeting, **values: Any) -> None:
    """Set topic and material of a session as the district office."""
    values = {"topic": "Directive 13", "material": "", "by": world.office, "at": NOON} | values
    services.set_material(meeting=meeting, **values)


def test_a_session_has_a_topic_and_something_to_read(world: World) -> None:
    meeting = session(world, world.hue, topic="")
    set_material(world, meeting, material=" https://example.org/13 \n", upload=picture())
    meeting.refresh_from_db()
    assert (meeting.topic, meeting.material, meeting.material_name) == (
        "Directive 13",
        "https://example.org/13",
        "page.png",
    )
    with pytest.raises(InvalidValue, match="what the session is about"):
        set_material(world, meeting, topic=" ")


def test_a_file_is_what_its_content_says(world: World) -> None:
    meeting = session(world, world.hue)
    page = SimpleUploadedFile("harmless.pdf", b"<html><script>alert(1)</script></html>")
    with pytest.raises(InvalidValue, match="is not a photo") as refused:
        set_material(world, meeting, upload=page)
    assert refused.value.field == "upload"
    meeting.refresh_from_db()
    assert not meeting.material_file


def test_a_new_file_stands_instead_of_the_old_one(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    meeting = session(world, world.hue)
    set_material(world, meeting, upload=picture())
    old, storage = meeting.material_file.name, meeting.material_file.storage
    pdf = SimpleUploadedFile("text.pdf", b"%PDF-1.4\n%%EOF")
    with django_capture_on_commit_callbacks(execute=True):
        set_material(world, meeting, upload=pdf)
    assert (meeting.material_name, storage.exists(old)) == ("text.pdf", False)
    with django_capture_on_commit_callbacks(execute=True):
        set_material(world, meeting, remove=True)
    meeting.refresh_from_db()
    assert (meeting.material_name, bool(meeting.material_file)) == ("", False)


def test_two_people_do_not_overwrite_each_other(world: World) -> None:
    meeting = session(world, world.hue)
    same = Meeting.objects.get(pk=meeting.pk)
    set_material(world, meeting, topic="Directive 14")
    with pytest.raises(StaleState):
        set_material(world, same, topic="Directive 15")


def test_a_cancelled_session_and_a_stranger_change_nothing(world: World) -> None:
    meeting = session(world, world.hue, state="cancelled", held_at=None)
    with pytest.raises(RuleBroken, match="cancelled"):
        set_material(world, meeting)
    with pytest.raises(NotAllowed):
        set_material(world, meeting, by=world.far)


def test_topic_and_material_are_set_and_read_on_the_page(world: World) -> None:
    meeting = session(world, world.hue, topic="")
    office = client_of(world.office)
    assert "Nobody has said yet" in office.get(meeting.get_absolute_url()).content.decode()
    address = reverse("meetings:study", args=[meeting.pk])
    assert office.get(address).status_code == 200
    assert office.post(address, {"topic": ""}).status_code == 422
    bad = SimpleUploadedFile("x.pdf", b"no")
    assert office.post(address, {"topic": "A", "upload": bad}).status_code == 422
    sent = {"topic": "Directive 13", "material": "https://example.org/13\nRead it."}
    assert office.post(address, sent | {"upload": picture("=page.png")}).status_code == 302
    page = client_of(world.officer).get(meeting.get_absolute_url()).content.decode()
    file = reverse("meetings:material", args=[meeting.pk])
    for words in ("Directive 13", 'href="https://example.org/13"', "Read it.", file):
        assert words in page
    assert office.post(address, sent | {"remove": "on"}).status_code == 302
    assert office.get(file).status_code == 404


def test_a_file_is_saved_never_shown_and_only_for_readers(world: World) -> None:
    meeting = session(world, world.hue)
    set_material(world, meeting, upload=picture("Chỉ thị 13.png"))
    file = reverse("meetings:material", args=[meeting.pk])
    answer = client_of(world.officer).get(file)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    for reader in (world.far, world.member):
        assert client_of(reader).get(file).status_code == 404
    meeting.material_file.storage.delete(meeting.material_file.name)
    assert client_of(world.officer).get(file).status_code == 404


def test_the_last_year_is_shown_unless_days_are_given(world: World) -> None:
    session(
        world,
        world.hue,
        12,
        starts_at=selectors.span_of((clock.today() - timedelta(days=3),) * 2)[0],
        ends_at=selectors.span_of((clock.today(), clock.today()))[1],
    )
    assert ">12<" in shown(world.office, place="831")
