"""The pages of meetings, as people of each role see and use them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.cases.models import Case
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings import services
from footpath.meetings.models import Meeting, MeetingKind
from footpath.meetings.services import Mark
from tests.world import World, assign, person

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> Client:
    """Return a client signed in as the person."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def shown(reader: Person, address: str) -> str:
    """Return the text of a page that the reader may open, every kind of space as one."""
    response = signed_in(reader).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def listed(reader: Person, **query: Any) -> str:
    """Return the text of the list of meetings."""
    return shown(reader, reverse("meetings:list", query=query or None))


def this_morning(days: float = 0) -> datetime:
    """Return eight o'clock of today or some days off, in the organisation's time zone."""
    now = timezone.localtime(clock.now())
    return now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=days)


def convene(world: World, place: Area | None = None, days: int = 0, **values: Any) -> Meeting:
    """Convene a meeting of hamlet hue, or of another place, at eight o'clock."""
    start = this_morning(days)
    values = {
        "kind": world.cell_meeting,
        "area": place or world.hue,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "by": world.office,
        "at": clock.now(),
    } | values
    return services.convene_meeting(**values)


def send(by: Person, meeting: Meeting, deed: str, **values: Any) -> Any:
    """Send one of the forms of the meeting's page."""
    return signed_in(by).post(meeting.get_absolute_url(), {"deed": deed} | values)


# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_this_month_of_my_places(world: World) -> None:
    convene(world, title="Mine")
    convene(world, world.phuoc, title="Elsewhere")
    convene(world, days=40, title="Later")
    page = listed(world.officer)
    assert "Mine" in page
    assert "Elsewhere" not in page
    assert "Later" not in page
    then = Month.of(this_morning(40).date())
    assert "Later" in listed(world.officer, month=str(then))
    assert "Mine" in listed(world.officer, month="2026-77")


def test_the_list_is_filtered_by_place_state_and_kind(world: World) -> None:
    coffee = MeetingKind.objects.get(code="coffee")
    convene(world, title="Cell of Hue")
    convene(world, world.phuoc, kind=coffee, title="Coffee of Phuoc")
    held = convene(world, world.khanh, title="Cell of Khanh")
    services.hold_meeting(meeting=held, by=world.office, at=clock.now())

    def titles(**query: Any) -> list[str]:
        page = listed(world.office, **query)
        names = ("Cell of Hue", "Coffee of Phuoc", "Cell of Khanh")
        return [name for name in names if name in page]

    assert titles(place="831") == ["Cell of Hue", "Coffee of Phuoc", "Cell of Khanh"]
    assert titles(place="28804") == ["Cell of Hue", "Cell of Khanh"]
    assert titles(state="held") == ["Cell of Khanh"]
    assert titles(kind="coffee") == ["Coffee of Phuoc"]
    assert titles(place="28804", state="planned", kind="cell") == ["Cell of Hue"]


def test_the_figures_of_a_place_open_their_rows(world: World) -> None:
    held = convene(world)
    convene(world, title="Youth", ends_at=this_morning(1), starts_at=this_morning(0.5))
    services.hold_meeting(meeting=held, by=world.office, at=clock.now())
    page = listed(world.head, place="28804")
    assert "Meetings held: 1/2 = 50.00 %" in page
    assert "Meetings attended: 1/1 = 100.00 %" in page
    assert "Meetings held" not in listed(world.far, place="28804")


def test_an_empty_month_offers_to_convene(world: World) -> None:
    page = listed(world.head, place="28804")
    assert "No meeting in" in page
    assert "Convene a meeting" in page
    assert "Convene a meeting" not in listed(world.auditor)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_for_three(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        meeting = convene(world)
        services.hold_meeting(meeting=meeting, by=world.office, at=clock.now())
    client = signed_in(world.office)
    address = reverse("meetings:list", query={"place": "28804"})
    client.get(address)
    with django_assert_max_num_queries(10):
        page = client.get(address).content.decode()
    assert page.count("fp-row-dated") == number


def test_pages_of_the_list_follow_each_other(world: World) -> None:
    Meeting.objects.bulk_create(
        Meeting(
            kind=world.cell_meeting,
            area=world.hue,
            starts_at=this_morning(),
            ends_at=this_morning() + timedelta(hours=1),
            convened_by=world.office,
            a0=world.province.pk,
            a1=world.district.pk,
            a2=world.thach.pk,
            a3=world.hue.pk,
        )
        for _ in range(53)
    )
    client = signed_in(world.office)
    first = client.get(reverse("meetings:list", query={"place": "831"})).content.decode()
    following = first.split('class="fp-pager"')[1].split('href="')[1].split('"')[0]
    second = client.get(following.replace("&amp;", "&")).content.decode()
    assert (first.count("fp-row-dated"), second.count("fp-row-dated")) == (50, 3)


# --- convening ------------------------------------------------------------------------------------


def test_a_meeting_is_convened_and_says_how_many_are_expected(world: World) -> None:
    address = reverse("meetings:convene", query={"place": world.hue.code})
    assert "Lê Thị Mai" in shown(world.head, address)
    sent = {
        "area": world.hue.code,
        "kind": world.cell_meeting.pk,
        "day": "2026-12-05",
        "starts_at": "19:00",
        "ends_at": "21:00",
        "agenda": "Sluice gate\nRoad",
    }
    client = signed_in(world.head)
    response = client.post(address, sent, follow=True)
    made = Meeting.objects.get()
    assert response.redirect_chain == [(made.get_absolute_url(), 302)]
    assert "1 person has to attend." in response.content.decode()
    assert timezone.localtime(made.starts_at).isoformat() == "2026-12-05T19:00:00+07:00"
    refused = client.post(address, sent | {"ends_at": "18:00"})
    assert refused.status_code == 422
    assert "The meeting ends before it begins." in refused.content.decode()


def test_only_who_may_convenes(world: World) -> None:
    assert signed_in(world.member).get(reverse("meetings:convene")).status_code == 403
    elsewhere = reverse("meetings:convene", query={"place": world.phuoc.code})
    assert signed_in(world.officer).get(elsewhere).status_code == 403
    assert "Nobody is in charge" in shown(
        world.head, reverse("meetings:convene", query={"place": world.group.code})
    )
    assert "Whoever is in charge" in shown(world.head, reverse("meetings:convene"))
    sent = {
        "area": world.phuoc.code,
        "kind": world.cell_meeting.pk,
        "day": "2026-12-05",
        "starts_at": "19:00",
        "ends_at": "21:00",
    }
    assert signed_in(world.head).post(reverse("meetings:convene"), sent).status_code == 403


# --- one meeting ----------------------------------------------------------------------------------


def test_the_page_says_from_which_assignment_each_duty_comes(world: World) -> None:
    meeting = convene(world)
    services.add_duty(meeting=meeting, person=world.boss, by=world.office, at=clock.now())
    page = shown(world.officer, meeting.get_absolute_url())
    assert "Lead, Ấp Tân Huề" in page
    assert "Invited" in page
    assert "2 people are expected." in page


def test_a_meeting_elsewhere_is_not_there(world: World) -> None:
    meeting = convene(world)
    for reader in (world.far, world.member):
        assert signed_in(reader).get(meeting.get_absolute_url()).status_code == 404
    assert signed_in(world.auditor).get(meeting.get_absolute_url()).status_code == 200
    assert Client().get(meeting.get_absolute_url()).status_code == 302


def test_thirty_names_with_nobody_absent_are_one_press(world: World) -> None:
    for number in range(29):
        assign(person(f"Officer {number}", signs_in=False), world.hue, "monitor")
    meeting = convene(world)
    assert "30 of 30 came" in shown(world.officer, meeting.get_absolute_url())
    assert send(world.officer, meeting, "hold").status_code == 302
    page = shown(world.officer, meeting.get_absolute_url())
    assert "Attended: 30/30 = 100.00 %" in page
    assert set(meeting.duties.values_list("attendance", flat=True)) == {"present"}


def test_attendance_by_exception_and_its_correction(world: World) -> None:
    assign(world.second, world.hue, "deputy")
    meeting = convene(world)
    mine = meeting.duties.get(person=world.officer)
    other = meeting.duties.get(person=world.second)
    sheet = reverse("meetings:attendance", args=[meeting.pk])
    head = signed_in(world.head)
    refused = head.post(sheet, {f"mark_{other.pk}": "excused"})
    assert refused.status_code == 422
    assert "Say why Tô Thị Hiền has leave." in refused.content.decode()
    sent = {f"mark_{other.pk}": "substitute", f"instead_{other.pk}": world.far.code}
    assert head.post(sheet, sent | {"headcount": 41}).status_code == 302
    page = shown(world.head, meeting.get_absolute_url())
    assert "Bùi Thanh Sơn came instead" in page
    assert "Heads counted" in page
    sent = {f"mark_{mine.pk}": "late", f"mark_{other.pk}": "absent", "headcount": "41"}
    assert head.post(sheet, sent).status_code == 302
    assert list(meeting.duties.order_by("pk").values_list("attendance", flat=True)) == [
        "late",
        "absent",
    ]
    assert "Attended: 1/2 = 50.00 %" in shown(world.head, meeting.get_absolute_url())


def test_who_is_second_to_keep_the_attendance_is_told(world: World) -> None:
    meeting = convene(world)
    assert send(world.officer, meeting, "hold").status_code == 302
    second = send(world.head, meeting, "hold")
    assert second.status_code == 422
    assert "already been held or cancelled" in second.content.decode()


def test_before_the_day_attendance_is_not_kept(world: World) -> None:
    meeting = convene(world, days=3)
    page = shown(world.officer, meeting.get_absolute_url())
    assert "It is kept from" in page
    assert "Nobody was missing" not in page
    refused = send(world.officer, meeting, "hold")
    assert refused.status_code == 422
    assert "It can be marked as held from that day on." in refused.content.decode()


def test_minutes_become_cases_with_a_link(world: World) -> None:
    meeting = convene(world)
    assert send(world.officer, meeting, "item", text="The gate leaks.").status_code == 302
    item = meeting.items.get()
    sent = {"title": "Gate leaks", "category": world.category.pk, "client_key": str(uuid4())}
    refused = send(world.officer, meeting, f"raise-{item.pk}", **(sent | {"title": ""}))
    assert refused.status_code == 422
    assert send(world.officer, meeting, f"raise-{item.pk}", **sent).status_code == 302
    case = Case.objects.get()
    assert send(world.officer, meeting, f"raise-{item.pk}", **sent).status_code == 302
    late = send(world.head, meeting, f"raise-{item.pk}", **(sent | {"client_key": uuid4()}))
    assert late.status_code == 422
    assert "already been raised from this item" in late.content.decode()
    assert Case.objects.get() == case
    page = shown(world.officer, meeting.get_absolute_url())
    assert case.get_absolute_url() in page
    assert "Raise a case from item" not in page
    assert send(world.officer, meeting, "minutes", minutes="All agreed.").status_code == 302
    assert "All agreed." in shown(world.officer, meeting.get_absolute_url())
    assert send(world.officer, meeting, "item", text=" ").status_code == 422


def test_a_meeting_is_moved_and_called_off(world: World) -> None:
    meeting = convene(world)
    times = {"day": "2026-12-05", "starts_at": "19:00", "ends_at": "20:00", "where": "School"}
    assert send(world.head, meeting, "move", **times).status_code == 302
    meeting.refresh_from_db()
    assert meeting.where == "School"
    assert send(world.head, meeting, "cancel", reason="").status_code == 422
    assert send(world.head, meeting, "cancel", reason="Flood").status_code == 302
    page = shown(world.head, meeting.get_absolute_url())
    assert "Flood" in page
    assert "Add to the minutes" not in page


def test_people_are_invited_and_uninvited(world: World) -> None:
    meeting = convene(world)
    assert send(world.head, meeting, "invite", who=world.boss.code).status_code == 302
    duty = meeting.duties.get(person=world.boss)
    assert send(world.head, meeting, "uninvite", duty=duty.pk).status_code == 302
    assert send(world.head, meeting, "uninvite", duty=duty.pk).status_code == 404
    assert send(world.head, meeting, "invite", who="nobody at all").status_code == 422
    assert send(world.head, meeting, "dance").status_code == 404
    kept = meeting.duties.get()
    assert send(world.head, meeting, "uninvite", duty=kept.pk).status_code == 409


def test_a_second_place_at_the_same_time_is_refused_and_named(world: World) -> None:
    convene(world, title="Cell of Hue")
    other = convene(world, world.khanh)
    refused = send(world.head, other, "invite", who=world.officer.code)
    assert refused.status_code == 422
    assert "Lê Thị Mai is expected in another meeting" in refused.content.decode()
    assert "Cell of Hue" in refused.content.decode()
    assert other.duties.count() == 1


def test_the_open_cases_of_the_place_stand_on_the_agenda(world: World) -> None:
    world.case(title="Sluice gate leaks")
    meeting = convene(world, agenda="First\n\nSecond")
    page = shown(world.officer, meeting.get_absolute_url())
    assert "Sluice gate leaks" in page
    assert "<li>First</li><li>Second</li>" in page


def test_who_only_reads_gets_no_forms(world: World) -> None:
    meeting = convene(world)
    services.mark_attendance(
        duty=meeting.duties.get(),
        mark=Mark("excused", reason="Training"),
        by=world.head,
        at=clock.now(),
    )
    assert "Training" in shown(world.office, meeting.get_absolute_url())
    page = shown(world.auditor, meeting.get_absolute_url())
    assert "Excused" in page
    assert "Training" not in page
    assert 'name="deed"' not in page
    for deed in ("hold", "item", "cancel"):
        sent = {"text": "x", "reason": "x"}
        assert send(world.auditor, meeting, deed, **sent).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_a_meeting_costs_the_same_queries_whatever_its_lists(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    meeting = convene(world)
    for at in range(number):
        world.case(title=f"Case {at}")
        services.add_duty(
            meeting=meeting,
            person=person(f"Guest {at}", signs_in=False),
            by=world.office,
            at=clock.now(),
        )
        services.add_minute_item(
            meeting=meeting, text=f"Item {at}", by=world.office, at=clock.now()
        )
    client = signed_in(world.office)
    client.get(meeting.get_absolute_url())
    with django_assert_max_num_queries(17):
        client.get(meeting.get_absolute_url())
