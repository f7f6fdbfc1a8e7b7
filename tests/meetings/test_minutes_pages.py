"""The pages of agenda and minutes, as those who keep, approve and read them use them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings import services
from footpath.meetings.models import Meeting, MinuteItem, Minutes
from tests.world import World

pytestmark = pytest.mark.django_db


def client_of(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def meeting_of(world: World, days: int = 0, *, held: bool = False) -> Meeting:
    """Convene a meeting of hamlet hue at some hour of today or days off; hold it when asked."""
    start = clock.now() + timedelta(days=days)
    start = start.replace(hour=3, minute=0, second=0, microsecond=0)
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        agenda="Sluice gate\nRoad",
        by=world.head,
        at=clock.now(),
    )
    if held:
        services.hold_meeting(meeting=meeting, by=world.head, at=clock.now())
    return meeting


def shown(reader: Person, address: str) -> str:
    """Return the text of a page that the reader may open, every kind of space as one."""
    response = client_of(reader).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def send(by: Person, meeting: Meeting, deed: str, **values: Any) -> Any:
    """Send one of the forms of the meeting's page."""
    return client_of(by).post(meeting.get_absolute_url(), {"deed": deed} | values)


def in_ten_days() -> str:
    """Return the day ten days from now, as a form sends it."""
    return (clock.today() + timedelta(days=10)).isoformat()


# --- the meeting's page ---------------------------------------------------------------------------


def test_one_line_puts_a_promise_into_minutes_and_ledger(world: World) -> None:
    meeting = meeting_of(world, held=True)
    sent = {
        "text": "Repair the gate",
        "owner": "Lê Thị Mai",
        "due_on": in_ten_days(),
        "category": world.category.pk,
        "client_key": str(uuid4()),
    }
    for _again in range(2):
        assert send(world.head, meeting, "item", **sent).status_code == 302
    case = Case.objects.get()
    assert (case.owner, case.due_on.isoformat()) == (world.officer, in_ten_days())
    page = shown(world.officer, meeting.get_absolute_url())
    assert f"{case.number} Repair the gate" in page
    refused = send(world.head, meeting, "item", **(sent | {"category": "", "client_key": uuid4()}))
    assert refused.status_code == 422
    assert "Choose what the case is about." in refused.content.decode()


def test_pasted_lines_become_items_and_promises(world: World) -> None:
    meeting = meeting_of(world, held=True)
    pasted = f"The road is mended.\nRepair the gate | {world.officer.code} | {in_ten_days()}"
    sent = {"lines": pasted, "category": world.category.pk}
    answer = client_of(world.head).post(
        meeting.get_absolute_url(), {"deed": "lines"} | sent, follow=True
    )
    said = answer.content.decode()
    assert "2 items stand in the minutes." in said
    assert "1 case is in the ledger." in said
    assert [item.case for item in meeting.items.all()] == [None, Case.objects.get()]
    plain = client_of(world.head).post(
        meeting.get_absolute_url(), {"deed": "lines", "lines": "Only said"}, follow=True
    )
    assert "1 item stands in the minutes." in plain.content.decode()


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("A\nB | nobody at all |", "Line 2: Nobody is called “nobody at all”"),
        ("A | | soon", "Line 1: “soon” is no day."),
        ("x\n" * 501, "at most 500 items"),
        (" \n - ", "Write what was said."),
    ],
)
def test_lines_that_cannot_be_understood_are_named(world: World, pasted: str, said: str) -> None:
    meeting = meeting_of(world, held=True)
    refused = send(world.head, meeting, "lines", lines=pasted, category=world.category.pk)
    assert refused.status_code == 422
    assert said in refused.content.decode().replace("&#39;", "'")
    assert not MinuteItem.objects.exists()


def test_items_are_changed_moved_and_withdrawn_on_the_page(world: World) -> None:
    meeting = meeting_of(world, held=True)
    for text in "ABC":
        send(world.head, meeting, "item", text=text)
    first, second, third = meeting.items.all()
    assert send(world.head, meeting, f"change-{first.pk}", text="AA").status_code == 302
    assert send(world.head, meeting, f"change-{first.pk}", text=" ").status_code == 422
    assert send(world.head, meeting, f"down-{first.pk}").status_code == 302
    assert send(world.head, meeting, f"up-{second.pk}").status_code == 302
    assert send(world.head, meeting, f"up-{third.pk}").status_code == 302
    assert [item.text for item in meeting.items.all()] == ["B", "C", "AA"]
    assert send(world.head, meeting, f"withdraw-{third.pk}").status_code == 302
    page = shown(world.head, meeting.get_absolute_url())
    assert "2. C" not in page
    assert send(world.auditor, meeting, f"up-{first.pk}").status_code == 404


def test_the_next_meeting_shows_what_was_promised(world: World) -> None:
    before = meeting_of(world, -7, held=True)
    send(
        world.head,
        before,
        "item",
        text="Repair the gate",
        owner=world.officer.code,
        due_on=in_ten_days(),
        category=world.category.pk,
    )
    coming = meeting_of(world, 7)
    page = shown(world.officer, coming.get_absolute_url())
    assert "What was promised last time" in page
    assert "Kept and verified:" in page
    assert "0/1 = 0.00 %" in page
    assert before.get_absolute_url() in page
    paper = client_of(world.officer).get(reverse("meetings:agenda-pdf", args=[coming.pk]))
    said = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "Repair the gate" in said
    assert "Sluice gate" in said


def test_a_cancelled_meeting_has_no_agenda_to_print(world: World) -> None:
    coming = meeting_of(world, 7)
    services.cancel_meeting(meeting=coming, reason="Flood", by=world.head, at=clock.now())
    address = reverse("meetings:agenda-pdf", args=[coming.pk])
    assert client_of(world.officer).get(address).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_whatever_its_minutes(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    before, meeting = meeting_of(world, -7, held=True), meeting_of(world, held=True)
    for at in range(number):
        for one in (before, meeting):
            services.add_action(
                meeting=one,
                text=f"Promise {at}",
                category=world.category,
                owner=world.officer,
                by=world.head,
                at=clock.now(),
            )
        services.add_minute_item(meeting=meeting, text="Said", by=world.head, at=clock.now())
    client = client_of(world.head)
    client.get(meeting.get_absolute_url())
    with django_assert_max_num_queries(24):
        page = client.get(meeting.get_absolute_url()).content.decode()
    assert page.count("Raise a case from item") == number


# --- approval -------------------------------------------------------------------------------------


def test_minutes_are_approved_read_and_opened_again(world: World) -> None:
    meeting = meeting_of(world, held=True)
    services.add_minute_item(meeting=meeting, text="The gate", by=world.head, at=clock.now())
    address = reverse("meetings:minutes", args=[meeting.pk])
    assert "Approve the minutes" in shown(world.head, address)
    assert "Approve the minutes" not in shown(world.officer, address)
    approve = reverse("meetings:minutes-approve", args=[meeting.pk])
    assert client_of(world.officer).post(approve).status_code == 403
    assert client_of(world.head).post(approve).status_code == 302
    kept = Minutes.objects.get()
    page = shown(world.officer, address)
    assert "Unchanged since" in page
    assert kept.digest in page
    assert client_of(world.head).post(approve).status_code == 409
    late = send(world.officer, meeting, "item", text="Too late")
    assert late.status_code == 422
    assert "The minutes of this meeting are approved." in late.content.decode()
    closed = shown(world.officer, meeting.get_absolute_url())
    assert "Add to the minutes" not in closed
    assert "Version 1, approved by Phạm Văn Tuấn" in closed

    correct = reverse("meetings:minutes-correct", args=[meeting.pk])
    assert client_of(world.head).get(correct).status_code == 302
    assert client_of(world.head).post(correct, {"reason": ""}).status_code == 422
    assert client_of(world.head).post(correct, {"reason": "A name"}).status_code == 302
    assert client_of(world.head).post(correct, {"reason": "A name"}).status_code == 422
    opened = shown(world.officer, meeting.get_absolute_url())
    assert "Open for a correction." in opened
    assert "Add to the minutes" in opened
    assert client_of(world.head).post(approve).status_code == 302
    assert "Corrected: A name" in shown(world.officer, address)


def test_a_record_that_was_changed_is_called_so(world: World) -> None:
    meeting = meeting_of(world, held=True)
    kept = services.approve_minutes(meeting=meeting, by=world.head, at=clock.now(), language="en")
    address = reverse("meetings:minutes", args=[meeting.pk])
    Minutes.objects.update(pdf=bytes(kept.pdf) + b" ")
    assert "The paper was changed" in shown(world.officer, address)
    Minutes.objects.update(frozen=kept.frozen | {"text": "x"})
    assert "The record was changed" in shown(world.officer, address)


def test_the_paper_is_the_one_that_was_kept_or_in_another_language(world: World) -> None:
    meeting = meeting_of(world, held=True)
    kept = services.approve_minutes(meeting=meeting, by=world.head, at=clock.now(), language="en")
    address = reverse("meetings:minutes-pdf", args=[meeting.pk, 1])
    reader = client_of(world.officer)
    answer = reader.get(address)
    assert (answer.content, answer["Content-Type"]) == (bytes(kept.pdf), "application/pdf")
    assert reader.get(address, {"language": "en"}).content == bytes(kept.pdf)
    assert reader.get(address, {"language": "xx"}).content == bytes(kept.pdf)
    other = reader.get(address, {"language": "ru"}).content
    assert kept.digest in pypdf.PdfReader(io.BytesIO(other)).pages[0].extract_text().replace(
        " ", ""
    ).replace("\n", "")
    assert reader.get(reverse("meetings:minutes-pdf", args=[meeting.pk, 2])).status_code == 404
    assert client_of(world.far).get(address).status_code == 404


def test_the_draft_is_what_would_be_approved(world: World) -> None:
    meeting, coming = meeting_of(world, held=True), meeting_of(world, 3)
    services.add_minute_item(meeting=meeting, text="The gate", by=world.head, at=clock.now())
    draft = client_of(world.officer).get(reverse("meetings:minutes-pdf", args=[meeting.pk, 0]))
    said = pypdf.PdfReader(io.BytesIO(draft.content)).pages[0].extract_text()
    assert "The gate" in said
    missing = reverse("meetings:minutes-pdf", args=[coming.pk, 0])
    assert client_of(world.officer).get(missing).status_code == 404
    assert "Only the minutes of a meeting that was held" in shown(
        world.head, reverse("meetings:minutes", args=[coming.pk])
    )


@pytest.mark.parametrize("number", [1, 3])
def test_versions_cost_the_same_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    meeting = meeting_of(world, held=True)
    for _version in range(number):
        services.approve_minutes(meeting=meeting, by=world.head, at=clock.now(), language="en")
        services.correct_minutes(meeting=meeting, reason="A", by=world.head, at=clock.now())
    client, address = client_of(world.head), reverse("meetings:minutes", args=[meeting.pk])
    client.get(address)
    with django_assert_max_num_queries(14):
        page = client.get(address).content.decode()
    assert page.count("Unchanged since") == number
