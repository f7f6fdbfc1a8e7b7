"""The attendance sheet: by exception, in bulk, with two keepers at once; and on paper."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken
from footpath.directory.models import Person
from footpath.meetings import duty_list, rules, services
from footpath.meetings.models import Duty, Meeting, MeetingKind
from footpath.meetings.services import Mark
from tests.world import World, kinds, person

pytestmark = pytest.mark.django_db


def client_of(who: Person) -> Client:
    """Return a client signed in as somebody."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def held_now(world: World, names: int = 0, kind: MeetingKind | None = None) -> Meeting:
    """Convene a meeting of the hamlet that runs now, with so many names more than the officer."""
    now = clock.now()
    meeting = services.convene_meeting(
        kind=kind or world.cell_meeting,
        area=world.hue,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        by=world.head,
        at=now,
        extraordinary_reason="Storm",
    )
    people = Person.objects.bulk_create(
        Person(name=f"Officer {number:03}", code=f"S{number}") for number in range(names)
    )
    Duty.objects.bulk_create(Duty(meeting=meeting, person=one) for one in people)
    return meeting


def sheet(meeting: Meeting) -> str:
    """Return the address of the sheet."""
    return reverse("meetings:attendance", args=[meeting.pk])


def seen_of(meeting: Meeting) -> str:
    """Return what a page opened now carries along."""
    return " ".join(f"{row.pk}.{row.attendance}" for row in meeting.duties.all())


def marks_of(meeting: Meeting) -> dict[str, str]:
    """Return the marks by name."""
    return dict(meeting.duties.order_by("person__name").values_list("person__name", "attendance"))


def send(who: Person, meeting: Meeting, **values: Any) -> Any:
    """Send the sheet as somebody."""
    return client_of(who).post(sheet(meeting), values)


# --- keeping --------------------------------------------------------------------------------------


def test_everybody_came_except_those_whose_line_says_otherwise(world: World) -> None:
    meeting = held_now(world, 4)
    rows = {row.person.name: row.pk for row in meeting.duties.select_related("person")}
    sent = {
        "seen": seen_of(meeting),
        f"mark_{rows['Officer 000']}": "absent",
        f"mark_{rows['Officer 001']}": "excused",
        f"reason_{rows['Officer 001']}": "Training",
        f"mark_{rows['Officer 002']}": "substitute",
        f"instead_{rows['Officer 002']}": world.second.name,
        f"mark_{rows['Officer 003']}": "late",
    }
    assert send(world.head, meeting, **sent).status_code == 302
    assert marks_of(meeting) == {
        world.officer.name: "present",
        "Officer 000": "absent",
        "Officer 001": "excused",
        "Officer 002": "substitute",
        "Officer 003": "late",
    }
    meeting.refresh_from_db()
    assert meeting.state == "held"
    instead = meeting.duties.get(person__name="Officer 002")
    assert (instead.substitute, instead.reason) == (world.second, "")
    assert TrailLine.objects.filter(deed="meeting.held").count() == 1


def test_the_same_sheet_twice_changes_nothing(world: World) -> None:
    meeting = held_now(world, 3)
    late = meeting.duties.get(person=world.officer)
    sent = {"seen": seen_of(meeting), f"mark_{late.pk}": "late"}
    for _twice in range(2):
        assert send(world.head, meeting, **sent).status_code == 302
    lines = TrailLine.objects.filter(deed__startswith="meeting.").exclude(deed="meeting.convened")
    assert list(lines.values_list("deed", flat=True)) == ["meeting.held"]


def test_a_sheet_is_corrected_by_one_deed_with_one_line_in_the_trail(world: World) -> None:
    meeting = held_now(world, 5)
    assert send(world.head, meeting, seen=seen_of(meeting)).status_code == 302
    sent = {f"mark_{row.pk}": "absent" for row in meeting.duties.all()}
    assert send(world.head, meeting, seen=seen_of(meeting), **sent).status_code == 302
    assert set(marks_of(meeting).values()) == {"absent"}
    assert TrailLine.objects.filter(deed="meeting.attendance_corrected").count() == 1


def test_a_second_keeper_sees_what_changed_and_loses_nothing(world: World) -> None:
    meeting = held_now(world, 3)
    rows = {row.person.name: row.pk for row in meeting.duties.select_related("person")}
    opened = seen_of(meeting)
    first = {"seen": opened, f"mark_{rows['Officer 000']}": "absent"}
    assert send(world.officer, meeting, **first).status_code == 302
    second = {
        "seen": opened,
        **{f"mark_{pk}": "present" for pk in rows.values()},
        f"mark_{rows['Officer 001']}": "excused",
        f"reason_{rows['Officer 001']}": "Her child is ill",
    }
    refused = send(world.head, meeting, **second)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Somebody else has changed the list in the meantime." in page
    assert page.count("in the meantime: Absent") == 2
    assert page.count("in the meantime: Present") == 2
    assert 'value="Her child is ill"' in page
    assert f'name="mark_{rows["Officer 001"]}" value="excused" checked' in page
    assert f'name="mark_{rows["Officer 000"]}" value="absent" checked' in page
    assert marks_of(meeting)["Officer 001"] == "present"
    again = second | {"seen": seen_of(meeting), f"mark_{rows['Officer 000']}": "absent"}
    assert send(world.head, meeting, **again).status_code == 302
    assert marks_of(meeting) == {
        world.officer.name: "present",
        "Officer 000": "absent",
        "Officer 001": "excused",
        "Officer 002": "present",
    }


def test_a_name_that_came_onto_the_list_meanwhile_is_shown_before_it_is_marked(
    world: World,
) -> None:
    meeting = held_now(world, 1)
    opened = seen_of(meeting)
    services.add_duty(meeting=meeting, person=world.far, by=world.head, at=clock.now())
    assert send(world.officer, meeting, seen=opened).status_code == 409
    assert send(world.officer, meeting, seen=seen_of(meeting)).status_code == 302


def test_who_checked_in_is_shown_and_confirmed(world: World) -> None:
    meeting = held_now(world, 1)
    Duty.objects.filter(person=world.officer).update(attendance="late", checked_in_at=clock.now())
    page = client_of(world.head).get(sheet(meeting)).content.decode()
    assert "checked in, " in page
    assert send(world.head, meeting, seen=seen_of(meeting)).status_code == 302
    assert marks_of(meeting) == {world.officer.name: "late", "Officer 000": "present"}


def test_whoever_is_expected_elsewhere_is_not_marked_present(world: World) -> None:
    meeting = held_now(world, 1)
    now = clock.now()
    other = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.khanh,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        by=world.head,
        at=now,
        extraordinary_reason="Storm",
    )
    Duty.objects.filter(meeting=meeting, person=world.officer).update(elsewhere=other)
    page = client_of(world.head).get(sheet(meeting)).content.decode()
    assert "Not expected here" in page
    assert send(world.head, meeting, seen=seen_of(meeting)).status_code == 302
    assert marks_of(meeting) == {world.officer.name: "unknown", "Officer 000": "present"}


@pytest.mark.parametrize(
    ("mark", "more", "says"),
    [
        ("excused", {}, "Say why"),
        ("substitute", {}, "Say who came instead"),
        ("substitute", {"instead": "Nobody at all"}, "Nobody is called"),
        ("substitute", {"instead": "Twin"}, "Several are called that"),
        ("absent", {"reason": "x" * 201}, "longer than 200"),
    ],
)
def test_a_line_that_lacks_something_is_named_and_what_was_typed_stays(
    world: World, mark: str, more: dict[str, str], says: str
) -> None:
    for _two in range(2):
        person("Twin", signs_in=False)
    meeting = held_now(world)
    pk = meeting.duties.get().pk
    sent = {f"{name}_{pk}": text for name, text in more.items()}
    refused = send(world.head, meeting, seen=seen_of(meeting), **{f"mark_{pk}": mark}, **sent)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert says in page
    assert f'value="{mark}" checked' in page
    for text in more.values():
        assert f'value="{text}"' in page
    assert marks_of(meeting) == {world.officer.name: "unknown"}


@pytest.mark.parametrize("heads", ["-1", "many", "1000000"])
def test_heads_are_a_number(world: World, heads: str) -> None:
    meeting = held_now(world, kind=kinds()["study"])
    assert 'name="headcount"' in client_of(world.head).get(sheet(meeting)).content.decode()
    assert send(world.head, meeting, headcount=heads).status_code == 422
    assert send(world.head, meeting, headcount="51").status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.headcount) == ("held", 51)


def test_heads_are_asked_for_where_they_are_counted_only(world: World) -> None:
    meeting = held_now(world)
    assert 'name="headcount"' not in client_of(world.head).get(sheet(meeting)).content.decode()


def test_before_the_day_and_after_a_cancellation_there_is_no_sheet(world: World) -> None:
    meeting = held_now(world)
    Meeting.objects.update(
        starts_at=clock.now() + timedelta(days=2), ends_at=clock.now() + timedelta(days=3)
    )
    assert "It is kept from" in client_of(world.head).get(sheet(meeting)).content.decode()
    assert send(world.head, meeting).status_code == 409
    Meeting.objects.update(state="cancelled")
    assert "was cancelled" in client_of(world.head).get(sheet(meeting)).content.decode()
    with pytest.raises(RuleBroken):
        services.keep_attendance(
            meeting=meeting, marks={}, by=world.head, at=clock.now() + timedelta(days=9)
        )


def test_who_may_not_keep_the_list_has_no_sheet(world: World) -> None:
    meeting = held_now(world)
    assert client_of(world.auditor).get(sheet(meeting)).status_code == 403
    assert client_of(world.far).get(sheet(meeting)).status_code == 404
    with pytest.raises(NotAllowed):
        services.keep_attendance(meeting=meeting, marks={}, by=world.far, at=clock.now())


def test_marks_without_a_sheet_are_for_people_on_the_list(world: World) -> None:
    meeting = held_now(world)
    with pytest.raises(InvalidValue):
        services.keep_attendance(
            meeting=meeting,
            marks={world.far.pk: Mark("present")},
            by=world.head,
            at=clock.now(),
        )
    with pytest.raises(InvalidValue):
        services.keep_attendance(
            meeting=meeting, marks={world.officer.pk: Mark("odd")}, by=world.head, at=clock.now()
        )
    assert services.keep_attendance(meeting=meeting, marks={}, by=world.head, at=clock.now())
    assert not services.keep_attendance(meeting=meeting, marks={}, by=world.head, at=clock.now())


def test_leave_noted_by_hand_and_taken_back_keeps_everybody_in_one_place(world: World) -> None:
    now = clock.now()

    def convene(place: Any) -> Meeting:
        return services.convene_meeting(
            kind=world.cell_meeting,
            area=place,
            starts_at=now + timedelta(days=3),
            ends_at=now + timedelta(days=3, hours=1),
            by=world.head,
            at=now,
            extraordinary_reason="Storm",
        )

    duty = convene(world.hue).duties.get()
    leave = Mark("excused", reason="Training")
    services.mark_attendance(duty=duty, mark=leave, by=world.head, at=now)
    services.add_duty(meeting=convene(world.khanh), person=world.officer, by=world.head, at=now)
    with pytest.raises(services.ExpectedElsewhere):
        services.mark_attendance(duty=duty, mark=Mark("unknown"), by=world.head, at=now)


# --- as many queries for 500 as for 30 ------------------------------------------------------------


def test_the_sheet_of_500_names_costs_the_queries_of_30(world: World) -> None:
    def queries(names: int) -> tuple[int, int, int]:
        meeting = held_now(world)
        people = Person.objects.bulk_create(
            Person(name=f"Officer {names} {number}", code=f"N{names}-{number}")
            for number in range(names - 1)
        )
        Duty.objects.bulk_create(Duty(meeting=meeting, person=one) for one in people)
        client = client_of(world.head)
        client.get(sheet(meeting))
        with CaptureQueriesContext(connection) as opened:
            page = client.get(sheet(meeting)).content.decode()
        assert page.count('id="line_') == names
        sent = {"seen": seen_of(meeting)}
        choices = ("present", "late", "excused", "substitute", "absent")
        for at, row in enumerate(meeting.duties.all()):
            mark = choices[at % 5]
            sent[f"mark_{row.pk}"] = mark
            sent[f"reason_{row.pk}"] = f"Reason {at}"
            sent[f"instead_{row.pk}"] = world.second.code or ""
        with CaptureQueriesContext(connection) as kept:
            assert client.post(sheet(meeting), sent).status_code == 302
        sent = {key: ("absent" if key[:5] == "mark_" else word) for key, word in sent.items()}
        sent["seen"] = seen_of(meeting)
        with CaptureQueriesContext(connection) as corrected:
            assert client.post(sheet(meeting), sent).status_code == 302
        assert set(meeting.duties.values_list("attendance", flat=True)) == {"absent"}
        return len(opened), len(kept), len(corrected)

    few = queries(30)
    assert queries(500) == few
    assert few[0] <= 12
    assert max(few) <= 30


# --- on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Attendance list", "Present", "Late", "Excused", "Absent", "Signature")),
        ("vi", ()),
        ("zh-hans", ()),
        ("ru", ()),
    ],
)
def test_the_printed_list_names_everybody_in_four_languages(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    meeting = held_now(world, 45)
    Duty.objects.filter(person__name="Officer 007").update(
        attendance="excused", reason="Secret reason"
    )
    Duty.objects.filter(person__name="Officer 008").update(
        attendance="substitute", substitute=world.second, reason="Secret reason"
    )
    client = client_of(world.head)
    client.post(reverse("web:language"), {"language": language, "next": "/"})
    answer = client.get(reverse("meetings:duty-list-pdf", args=[meeting.pk]))
    assert answer["Content-Type"] == "application/pdf"
    read = PdfReader(io.BytesIO(answer.content))
    text = "".join(page.extract_text() for page in read.pages)
    assert len(read.pages) in {2, 3}
    for number in (0, 44):
        assert f"Officer {number:03}" in text
    for word in (*words, "Lê Thị Mai", world.second.name):
        assert word in text
    assert "Secret" not in text
    assert text.count("×") == 1
    assert read.trailer["/Root"]["/Lang"].startswith(language[:2])


def test_the_words_of_the_list_are_in_the_readers_language(world: World) -> None:
    meeting = held_now(world, 1)
    facts = duty_list.facts_of(
        meeting,
        list(meeting.duties.all()),
        posts={},
        address="https://example.org/meetings/1/attendance/",
        day=clock.today(),
    )
    same = [duty_list.printed(facts, language="vi") for _twice in range(2)]
    assert same[0] == same[1]
    assert duty_list.qr_of(facts.address).count("<svg") == 1


def test_a_list_without_names_says_that_heads_are_counted(world: World) -> None:
    meeting = held_now(world, kind=kinds()["study"])
    meeting.duties.all().delete()
    answer = client_of(world.head).get(reverse("meetings:duty-list-pdf", args=[meeting.pk]))
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "heads are counted" in text


# --- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "elsewhere", "proposed"),
    [
        ("unknown", False, "present"),
        ("unknown", True, "unknown"),
        ("late", True, "late"),
        ("excused", False, "excused"),
    ],
)
def test_what_a_sheet_proposes(known: str, elsewhere: bool, proposed: str) -> None:
    assert rules.default_mark(rules.Attendance(known), is_elsewhere=elsewhere) == proposed
