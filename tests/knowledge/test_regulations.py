"""Regulations by number, issuer and date: entered, corrected, replaced, repealed, found."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.assignments import services as assignments
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.knowledge import selectors, services
from footpath.knowledge.models import Item, Regulation
from tests.knowledge import shelf
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)


def deeds_of(item: Item) -> list[str]:
    """Return the deeds that the trail tells of an item, in their order."""
    lines = TrailLine.objects.filter(subject=f"knowledge.item:{item.pk}").order_by("number")
    return list(lines.values_list("deed", flat=True))


def test_the_office_enters_a_regulation_and_everybody_reads_it(world: World) -> None:
    made = shelf.regulation(world)
    found = selectors.get_item_for(world.member, pk=made.pk)
    assert isinstance(found, Regulation)
    assert (found.number, found.state, found.is_open, found.issued_on) == (
        "1524-QĐ/HU",
        "in_force",
        True,
        shelf.ISSUED,
    )
    assert deeds_of(made) == ["regulation.entered"]


@pytest.mark.parametrize("who", ["member", "officer", "head", "auditor"])
def test_others_enter_no_regulation(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.enter_regulation(said=shelf.regulation_words(), by=getattr(world, who), at=NOON)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("number", {"number": " "}),
        ("number", {"number": "—"}),
        ("title", {"title": ""}),
        ("text", {"text": " "}),
        ("language", {"language": "xx"}),
        ("issued_on", {"issued_on": TODAY + timedelta(days=1)}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    world: World, field: str, said: dict[str, object]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        shelf.regulation(world, **said)
    assert refused.value.field == field


def test_the_same_regulation_stands_there_once(world: World) -> None:
    shelf.regulation(world)
    with pytest.raises(InvalidValue, match="already"):
        shelf.regulation(world, number="No. 1524-QD/HU")
    shelf.regulation(world, number="1524-QD/HU", issued_on=date(2021, 10, 11))
    assert Regulation.objects.count() == 2


def test_a_file_is_kept_and_saved_never_shown(world: World, client: Client) -> None:
    made = services.enter_regulation(
        said=shelf.regulation_words(text=""), upload=shelf.picture(), by=world.office, at=NOON
    )
    client.force_login(world.member.user)
    answer = client.get(reverse("knowledge:regulation-file", args=[made.pk]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="page.png"'
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"", b"%PD", b"\x89PNG broken"]
)
def test_a_file_that_is_not_what_it_says_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(InvalidValue) as refused:
        services.enter_regulation(
            said=shelf.regulation_words(),
            upload=SimpleUploadedFile("law.pdf", content, "application/pdf"),
            by=world.office,
            at=NOON,
        )
    assert refused.value.field == "upload"
    assert not Item.objects.exists()


def test_a_new_file_stands_instead_of_the_old_one(
    world: World, django_capture_on_commit_callbacks: object
) -> None:
    made = services.enter_regulation(
        said=shelf.regulation_words(), upload=shelf.picture(), by=world.office, at=NOON
    )
    old = Path(settings.MEDIA_ROOT) / made.file.name
    assert old.exists()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.change_regulation(
            regulation=made,
            said=shelf.regulation_words(title="Corrected"),
            upload=SimpleUploadedFile("b.pdf", b"%PDF-1.7 text"),
            by=world.office,
            at=later(days=1),
        )
    kept = Regulation.objects.get(pk=made.pk)
    assert (kept.title, kept.file_name, kept.version) == ("Corrected", "b.pdf", 2)
    assert not old.exists()
    services.change_regulation(
        regulation=kept,
        said=shelf.regulation_words(),
        remove_file=True,
        by=world.office,
        at=later(days=2),
    )
    assert not Regulation.objects.get(pk=made.pk).file
    assert deeds_of(made) == ["regulation.entered", *["regulation.changed"] * 2]


def test_without_text_the_file_cannot_be_taken_away(world: World) -> None:
    made = services.enter_regulation(
        said=shelf.regulation_words(text=""), upload=shelf.picture(), by=world.office, at=NOON
    )
    with pytest.raises(InvalidValue, match="Give the text"):
        services.change_regulation(
            regulation=made,
            said=shelf.regulation_words(text=""),
            remove_file=True,
            by=world.office,
            at=NOON,
        )


def test_a_replaced_regulation_says_by_which_and_since_when(world: World) -> None:
    old, new = shelf.regulation(world), shelf.regulation(world, number="7-QD/HU")
    services.replace_regulation(regulation=old, replacement=new, on=TODAY, by=world.office, at=NOON)
    kept = Regulation.objects.get(pk=old.pk)
    assert (kept.state, kept.replaced_by, kept.ended_on, kept.holds, kept.is_open) == (
        "replaced",
        new,
        TODAY,
        False,
        True,
    )
    assert [row.pk for row in selectors.replaced_by(new)] == [old.pk]


def test_a_regulation_does_not_replace_itself_nor_one_that_is_in_force_no_longer(
    world: World,
) -> None:
    one, other = shelf.regulation(world), shelf.regulation(world, number="7-QD/HU")
    with pytest.raises(InvalidValue, match="itself"):
        services.replace_regulation(
            regulation=one, replacement=one, on=TODAY, by=world.office, at=NOON
        )
    services.repeal_regulation(
        regulation=other, on=TODAY, reason="Law changed", by=world.office, at=NOON
    )
    with pytest.raises(InvalidValue, match="not in force"):
        services.replace_regulation(
            regulation=one, replacement=other, on=TODAY, by=world.office, at=NOON
        )


@pytest.mark.parametrize("day", [shelf.ISSUED - timedelta(days=1), TODAY + timedelta(days=1)])
def test_it_does_not_end_before_it_began_nor_on_a_day_to_come(world: World, day: date) -> None:
    made = shelf.regulation(world)
    with pytest.raises(InvalidValue) as refused:
        services.repeal_regulation(
            regulation=made, on=day, reason="Law changed", by=world.office, at=NOON
        )
    assert refused.value.field == "on"


def test_of_two_who_end_it_at_once_one_is_told(world: World) -> None:
    mine = shelf.regulation(world)
    theirs = Regulation.objects.get(pk=mine.pk)
    services.repeal_regulation(
        regulation=theirs, on=TODAY, reason="Law changed", by=world.office, at=NOON
    )
    with pytest.raises(StaleState):
        services.repeal_regulation(
            regulation=mine, on=TODAY, reason="Another", by=world.office, at=NOON
        )


def test_a_mistake_is_taken_back_with_a_reason(world: World) -> None:
    made = shelf.regulation(world)
    services.repeal_regulation(
        regulation=made, on=TODAY, reason="Law changed", by=world.office, at=NOON
    )
    with pytest.raises(RuleBroken, match="no longer be changed"):
        services.change_regulation(
            regulation=made, said=shelf.regulation_words(), by=world.office, at=NOON
        )
    services.restore_regulation(regulation=made, reason="Misread", by=world.office, at=NOON)
    kept = Regulation.objects.get(pk=made.pk)
    assert (kept.state, kept.ended_on, kept.end_reason) == ("in_force", None, "")
    assert deeds_of(made)[1:] == ["regulation.repealed", "regulation.restored"]


def test_the_database_itself_keeps_states_and_kinds_together(world: World) -> None:
    made = shelf.regulation(world)
    for values in ({"state": "published"}, {"is_open": False}, {"state": "draft"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item.objects.filter(pk=made.pk).update(**values)


def test_the_basis_of_a_duty_opens_the_regulation_of_its_number_and_date(
    world: World, client: Client
) -> None:
    basis = assignments.create_basis_document(
        number="No. 1524-QD/HU", issued_on=shelf.ISSUED, by=world.office, at=NOON
    )
    duties = assignments.create_duty_list(
        area=world.thach,
        role="lead",
        title="4 grasps",
        items=["Grasp the place"],
        basis=basis,
        start=date(2023, 1, 1),
        by=world.office,
        at=NOON,
    )
    client.force_login(world.office.user)
    way = reverse("knowledge:regulation-named", query={"number": basis.number, "on": "2022-10-11"})
    page = client.get(reverse("assignments:duty-list", args=[duties.pk])).content.decode()
    assert way.replace("&", "&amp;") in page
    before = client.get(way).content.decode()
    assert "Not in the library yet" in before
    assert reverse("knowledge:regulation-new") in before
    made = shelf.regulation(world)
    assert client.get(way).url == made.get_absolute_url()
    shown = client.get(made.get_absolute_url()).content.decode()
    assert "What rests on it" in shown
    assert "4 grasps" in shown


def test_of_two_with_one_number_both_are_shown(world: World, client: Client) -> None:
    shelf.regulation(world)
    shelf.regulation(world, issued_on=date(2020, 1, 1), title="The older one")
    client.force_login(world.member.user)
    page = client.get(reverse("knowledge:regulation-named", query={"number": "1524 QD HU"}))
    assert page.status_code == 200
    assert "The older one" in page.content.decode()
