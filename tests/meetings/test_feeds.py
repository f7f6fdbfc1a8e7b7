"""Secret calendar addresses: what they show, to whom, and what they never tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from typing import Any

import icalendar
import pytest
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.directory.models import Area, Membership, Person
from footpath.meetings import ics, selectors, services
from footpath.meetings.models import Feed, Hall, Meeting, MonthPlan
from footpath.meetings.views import feeds as view
from tests.world import NOON, World, assign, fresh, organization, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_asked_yet() -> None:
    view._asked.clear()


def morning(days: int = 0) -> datetime:
    """Return eight o'clock of a day from today on."""
    return timezone.make_aware(datetime.combine(clock.today(), time(8))) + timedelta(days=days)


def convene(world: World, days: int = 1, place: Area | None = None, **values: Any) -> Meeting:
    """Write a planned meeting of two hours, as a deed leaves it."""
    start = morning(days)
    area = place or world.hue
    values = {
        "kind": world.cell_meeting,
        "area": area,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "convened_by": world.office,
        "changed_at": NOON,
        **{f"a{level}": pk for level, pk in enumerate(area.ancestor_ids)},
    } | values
    return Meeting.objects.create(**values)


def make(who: Person, **values: Any) -> tuple[Feed, str]:
    """Make a feed and return it with its address."""
    feed, secret = services.make_feed(by=fresh(who), at=NOON, **values)
    return feed, reverse("meetings:feed", args=[secret])


def read(address: str, **headers: str) -> HttpResponse:
    """Ask for an address as a calendar program does: without a session."""
    response: HttpResponse = Client().get(address, headers=headers)  # type: ignore[assignment]
    return response


def events(address: str) -> list[Any]:
    """Return the events at an address in their order."""
    response = read(address)
    assert response.status_code == 200
    return list(icalendar.Calendar.from_ical(response.content).events)


def told(address: str) -> list[str]:
    """Return what the events at an address are called."""
    return [str(event["SUMMARY"]) for event in events(address)]


# --- what a feed shows ----------------------------------------------------------------------------


def test_a_feed_shows_one_event_for_each_meeting_with_all_that_a_calendar_needs(
    world: World,
) -> None:
    hall = Hall.objects.create(area=world.hue, name="Hamlet hall")
    meeting = convene(
        world, hall=hall, where="Left door", agenda="1. Roads", sequence=2, title="Dykes"
    )
    _feed, address = make(world.officer, area=world.hue, language="en")
    response = read(address)
    whole = icalendar.Calendar.from_ical(response.content)
    event = whole.events[0]
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(whole["X-WR-CALNAME"]) == "Meetings: Ấp Tân Huề"
    assert str(event["UID"]).startswith(f"meeting-{meeting.pk}@")
    assert (event.start, event.end) == (meeting.starts_at, meeting.ends_at)
    assert event.start.tzinfo.key == "Asia/Ho_Chi_Minh"
    assert whole.walk("VTIMEZONE")[0]["TZID"] == "Asia/Ho_Chi_Minh"
    assert {name: str(event[name]) for name in ("SUMMARY", "LOCATION", "STATUS", "SEQUENCE")} == {
        "SUMMARY": "Dykes",
        "LOCATION": "Hamlet hall, Left door, Ấp Tân Huề",
        "STATUS": "CONFIRMED",
        "SEQUENCE": "2",
    }
    page = f"http://testserver{meeting.get_absolute_url()}"
    assert str(event["DESCRIPTION"]).split("\n") == [
        "1. Roads",
        "Whose meeting: District office",
        f"Read more: {page}",
    ]
    assert str(event["URL"]) == page
    assert event["CATEGORIES"].cats == [world.cell_meeting.name]
    assert event["LAST-MODIFIED"].dt == NOON


def test_a_moved_meeting_keeps_its_uid_and_a_cancelled_one_stays_as_cancelled(
    world: World,
) -> None:
    meeting = convene(world)
    _feed, address = make(world.officer, area=world.hue)
    before = events(address)[0]
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=morning(3), ends_at=morning(3) + timedelta(hours=1), sequence=1
    )
    moved = events(address)[0]
    assert (moved["UID"], moved.start, int(moved["SEQUENCE"])) == (before["UID"], morning(3), 1)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.CANCELLED, sequence=2, cancel_reason="Mr Tuấn is ill"
    )
    response = read(address)
    cancelled = icalendar.Calendar.from_ical(response.content).events[0]
    assert (cancelled["UID"], str(cancelled["STATUS"])) == (before["UID"], "CANCELLED")
    assert "ill" not in response.content.decode()


def test_a_feed_goes_from_the_month_before_to_the_thirteenth_ahead(world: World) -> None:
    first, last = selectors.span_of_feed(clock.today())
    month = Month.of(clock.today())
    assert first == month.previous.first
    assert (last.year * 12 + last.month) - (month.year * 12 + month.month) == 13
    for title, day in (
        ("too old", first - timedelta(days=1)),
        ("first", first),
        ("last", last),
        ("too far", last + timedelta(days=1)),
    ):
        convene(world, days=(day - clock.today()).days, title=title)
    _feed, address = make(world.officer, area=world.hue)
    assert told(address) == ["first", "last"]


def test_the_feed_of_own_duties_follows_whoever_is_expected(world: World) -> None:
    for title, values in (
        ("mine", {"person": world.officer}),
        ("on leave", {"person": world.officer, "attendance": "excused"}),
        ("another comes", {"person": world.officer, "attendance": "substitute"}),
        ("instead", {"person": world.second, "attendance": "substitute"}),
        ("theirs", {"person": world.second}),
    ):
        meeting = convene(world, title=title, place=world.khanh)
        extra = {"substitute": world.officer} if title == "instead" else {}
        if title == "another comes":
            extra = {"substitute": world.far}
        meeting.duties.create(**values, **extra)
    busy = convene(world, title="not here", place=world.khanh)
    busy.duties.create(person=world.officer, elsewhere=Meeting.objects.get(title="mine"))
    _feed, address = make(world.officer)
    assert sorted(told(address)) == ["instead", "mine"]


def test_the_feed_of_an_organization_shows_its_meetings_only(world: World) -> None:
    convene(world, title="theirs", organization=world.cell)
    convene(world, title="of nobody")
    _feed, address = make(world.office, organization=world.cell)
    assert told(address) == ["theirs"]
    assert "Whose meeting: Cell of Tân Huề" in str(events(address)[0]["DESCRIPTION"])


def test_a_feed_speaks_its_own_language_whatever_the_program_asks_for(world: World) -> None:
    convene(world)
    _feed, address = make(world.officer, area=world.hue, language="vi")
    response = read(address, **{"Accept-Language": "ru"})
    event = icalendar.Calendar.from_ical(response.content).events[0]
    assert response["Content-Language"] == "vi"
    assert str(event["SUMMARY"]) == f"{world.cell_meeting.name_vi}, Ấp Tân Huề"


def test_a_feed_without_a_language_speaks_its_owners(world: World) -> None:
    convene(world)
    assert world.officer.user is not None
    world.officer.user.language = "ru"
    world.officer.user.save()
    _feed, address = make(world.officer, area=world.hue)
    assert told(address) == [f"{world.cell_meeting.name_ru}, Ấp Tân Huề"]


def test_a_feed_names_no_people(world: World) -> None:
    meeting = convene(world)
    meeting.duties.create(person=world.officer)
    _feed, address = make(world.officer)
    said = read(address).content.decode().replace("\r\n ", "")
    names = [world.officer.name, world.office.name]
    assert [name for name in names if name in said] == []


def test_meetings_of_a_year_nobody_has_settled_are_tentative(world: World) -> None:
    year = clock.today().year + 1
    from footpath.directory.models import CalendarYear

    CalendarYear.objects.all().delete()
    settle(world, clock.today().year)
    later = (date(year, 1, 20) - clock.today()).days
    convene(world, days=later, title="unsettled")
    _feed, address = make(world.officer, area=world.hue)
    assert str(events(address)[0]["STATUS"]) == "TENTATIVE"
    settle(world, year)
    assert str(events(address)[0]["STATUS"]) == "CONFIRMED"


def test_meetings_of_a_month_that_is_being_planned_are_tentative_until_it_is_published(
    world: World,
) -> None:
    meeting = convene(world, days=2)
    day = clock.day_of(meeting.starts_at)
    elsewhere = convene(world, days=2, place=world.phuoc)
    plan = MonthPlan.objects.create(
        area=world.thach,
        path=world.thach.path,
        month=day.replace(day=1),
        state=MonthPlan.State.PROPOSED,
        started_by=world.office,
        started_at=NOON,
    )
    _feed, address = make(world.office, area=world.district)
    status = {str(one["UID"]).partition("@")[0]: str(one["STATUS"]) for one in events(address)}
    assert status == {
        f"meeting-{meeting.pk}": "TENTATIVE",
        f"meeting-{elsewhere.pk}": "CONFIRMED",
    }
    MonthPlan.objects.filter(pk=plan.pk).update(state=MonthPlan.State.PUBLISHED)
    assert {str(one["STATUS"]) for one in events(address)} == {"CONFIRMED"}


def test_a_long_agenda_is_cut_between_words() -> None:
    assert ics.short("word " * 100) == "word " * 78 + "word …"
    assert ics.short("1. Roads") == "1. Roads"


# --- who reads it ---------------------------------------------------------------------------------


def test_every_address_that_shows_nothing_looks_the_same(world: World) -> None:
    convene(world)
    revoked, revoked_at = make(world.officer)
    services.revoke_feed(feed=revoked, by=world.officer, at=NOON)
    _feed, inactive = make(world.second)
    assert world.second.user is not None
    world.second.user.is_active = False
    world.second.user.save()
    _feed, no_rights = make(world.far, area=world.phuoc)
    world.far.assignments.update(until=date(2020, 2, 1))
    assert world.far.user is not None
    world.far.user.scope_version += 1
    world.far.user.save()
    _feed, left = make(world.member, organization=world.cell)
    Membership.objects.filter(person=world.member).update(until=date(2020, 2, 1))
    world.member.user.scope_version += 1  # type: ignore[union-attr]
    world.member.user.save()  # type: ignore[union-attr]
    addresses = [revoked_at, inactive, no_rights, left, reverse("meetings:feed", args=["unknown"])]
    answers = [read(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_feed_shows_what_its_owner_may_read_now(world: World) -> None:
    convene(world, title="hue")
    convene(world, title="khanh", place=world.khanh)
    _feed, address = make(world.lead, area=world.thach)
    _feed, below = make(world.lead, area=world.hue)
    assert told(address) == ["hue", "khanh"]
    world.lead.assignments.update(until=date(2020, 2, 1))
    assign(world.lead, world.hue, role="deputy")
    assert world.lead.user is not None
    world.lead.user.scope_version += 1
    world.lead.user.save()
    assert read(address).status_code == 404
    assert told(below) == ["hue"]


def test_nobody_makes_a_feed_of_a_place_or_an_organization_that_is_not_theirs(
    world: World,
) -> None:
    other = organization("Elsewhere", world.son)
    with pytest.raises(InvalidValue):
        make(world.officer, area=world.phuoc)
    with pytest.raises(InvalidValue):
        make(world.officer, organization=other)
    with pytest.raises(InvalidValue):
        make(world.officer, area=world.hue, organization=world.cell)
    with pytest.raises(InvalidValue):
        make(world.officer, language="xx")
    assert Feed.objects.count() == 0


def test_a_person_has_at_most_twenty_feeds(world: World) -> None:
    for _number in range(services.feeds.MOST_FEEDS):
        make(world.officer)
    with pytest.raises(RuleBroken):
        make(world.officer)


def test_only_the_digest_of_the_secret_is_kept_and_the_trail_knows_both_deeds(
    world: World,
) -> None:
    feed, address = make(world.officer)
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 43
    assert secret not in str(list(Feed.objects.values()))
    services.revoke_feed(feed=feed, by=world.officer, at=NOON)
    deeds = TrailLine.objects.filter(subject=f"meetings.feed:{feed.pk}").values_list(
        "deed", flat=True
    )
    assert list(deeds) == ["meeting.feed_made", "meeting.feed_revoked"]
    with pytest.raises(NotThere):
        services.revoke_feed(feed=feed, by=world.officer, at=NOON)


# --- how it is read -------------------------------------------------------------------------------


def test_a_program_that_has_it_is_told_so_until_something_changes(world: World) -> None:
    meeting = convene(world)
    _feed, address = make(world.officer, area=world.hue)
    first = read(address)
    tag = first["ETag"]
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Length"] == str(len(first.content))
    again = read(address, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert read(address, **{"If-None-Match": f'"old", W/{tag}'}).status_code == 304
    Meeting.objects.filter(pk=meeting.pk).update(sequence=1)
    changed = read(address, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_feed_needs_no_session_and_sets_no_cookie(world: World) -> None:
    convene(world)
    _feed, address = make(world.officer)
    response = read(address)
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    assert Client().post(address).status_code == 405


def test_a_feed_asked_for_too_often_says_when_to_come_again(world: World) -> None:
    _feed, address = make(world.officer)
    answers = [read(address).status_code for _number in range(view.TIMES)]
    assert answers == [200] * view.TIMES
    late = read(address)
    assert (late.status_code, late["Retry-After"]) == (429, str(view.SECONDS))
    _feed, other = make(world.officer)
    assert read(other).status_code == 200


def test_the_memory_of_who_asked_is_not_filled_by_strangers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_MOST_ADDRESSES", 3)
    for number in range(5):
        assert read(reverse("meetings:feed", args=[f"guess{number}"])).status_code == 404
    assert len(view._asked) <= 3


def test_the_last_reading_is_kept_to_the_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, address = make(world.officer)
    read(address)
    feed.refresh_from_db()
    first = feed.read_at
    assert first is not None
    read(address)
    feed.refresh_from_db()
    assert feed.read_at == first
    services.note_reading(feed=feed, at=first + timedelta(hours=2))
    feed.refresh_from_db()
    assert feed.read_at == first + timedelta(hours=2)


@pytest.mark.parametrize("number", [1, 3])
def test_a_feed_asks_the_same_number_of_queries_whatever_it_shows(
    world: World, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(number):
        convene(world, days=days)
    _feed, address = make(world.officer, area=world.hue)
    read(address)  # who is asking is known from here on
    with django_assert_num_queries(8):
        read(address)


# --- the page -------------------------------------------------------------------------------------


def signed_in(who: Person) -> Client:
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def test_the_address_of_a_new_feed_is_shown_once(world: World) -> None:
    client = signed_in(world.officer)
    page = reverse("meetings:feeds")
    made = client.post(page, {"what": "place", "area": world.hue.code, "language": "vi"})
    assert made.status_code == 200
    text = made.content.decode()
    feed = Feed.objects.get()
    start = text.index("http://testserver/meetings/feed/")
    address = text[start : text.index('"', start)]
    assert (feed.area, feed.language, feed.read_at) == (world.hue, "vi", None)
    assert read(address.removeprefix("http://testserver")).status_code == 200
    assert "no-store" in made["Cache-Control"]
    later = client.get(page).content.decode()
    assert address not in later
    assert "Ấp Tân Huề" in later
    assert "last read" in later


def test_a_feed_is_revoked_on_the_page_of_its_owner_alone(world: World) -> None:
    feed, address = make(world.officer)
    gone = reverse("meetings:feed-revoke", args=[feed.pk])
    assert signed_in(world.second).post(gone).status_code == 404
    assert read(address).status_code == 200
    assert signed_in(world.officer).post(gone).status_code == 302
    assert read(address).status_code == 404
    assert signed_in(world.officer).post(gone).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"what": "place"}, "Say which place."),
        ({"what": "organization"}, "Say which organization."),
        ({"what": "place", "area": "28807-01"}, "You do not read the meetings there."),
        ({"what": "other"}, "Select a valid choice"),
    ],
)
def test_the_form_says_what_is_missing(world: World, said: dict[str, str], sentence: str) -> None:
    response = signed_in(world.officer).post(reverse("meetings:feeds"), said | {"language": "en"})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Feed.objects.count() == 0


def test_what_the_choice_does_not_ask_for_is_left_out(world: World) -> None:
    said = {"what": "own", "area": "nowhere", "organization": "nothing", "language": "en"}
    assert signed_in(world.officer).post(reverse("meetings:feeds"), said).status_code == 200
    feed = Feed.objects.get()
    assert (feed.area, feed.organization) == (None, None)


def test_the_form_begins_with_the_place_or_the_organization_one_comes_from(world: World) -> None:
    client = signed_in(world.officer)
    page = reverse("meetings:feeds")
    assert world.hue.code in client.get(page, {"place": world.hue.code}).content.decode()
    assert world.cell.code in client.get(page, {"organization": world.cell.code}).content.decode()


# --- invitations ----------------------------------------------------------------------------------


def test_an_invitation_asks_one_user_and_a_cancellation_takes_it_back(world: World) -> None:
    meeting = convene(world, agenda="1. Roads")
    meeting.duties.create(person=world.officer)
    user = world.officer.user
    assert user is not None
    user.email = "mai@footpath.example"
    user.language = "vi"
    user.save()
    _feed, address = make(world.officer)
    found = icalendar.Calendar.from_ical(ics.invitation(meeting.pk, user.pk))
    event = found.events[0]
    assert str(found["METHOD"]) == "REQUEST"
    assert str(event["ATTENDEE"]) == "mailto:mai@footpath.example"
    assert event["ORGANIZER"].params["CN"] == "District office"
    assert str(event["SUMMARY"]).startswith(world.cell_meeting.name_vi)
    assert event.start == meeting.starts_at
    assert str(events(address)[0]["UID"]) == str(event["UID"])
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CANCELLED)
    gone = icalendar.Calendar.from_ical(ics.invitation(meeting.pk, user.pk))
    assert (str(gone["METHOD"]), str(gone.events[0]["STATUS"])) == ("CANCEL", "CANCELLED")


def test_an_invitation_goes_only_to_somebody_who_may_read_the_meeting(world: World) -> None:
    meeting = convene(world)
    assert world.far.user is not None
    for pk, user in ((meeting.pk, world.far.user.pk), (meeting.pk, 0), (0, world.far.user.pk)):
        with pytest.raises(NotThere):
            ics.invitation(pk, user)
        assert ics.attached(f"meetings.meeting:{pk}", user) == []


def test_a_notice_carries_the_invitation_as_a_file(world: World) -> None:
    meeting = convene(world)
    assert world.officer.user is not None
    (file,) = ics.attached(f"meetings.meeting:{meeting.pk}", world.officer.user.pk)
    assert (file.name, file.mime) == ("invitation.ics", "text/calendar; method=REQUEST")
    assert icalendar.Calendar.from_ical(file.content).events[0].start == meeting.starts_at
    assert ics.attached("cases.case:1", world.officer.user.pk) == []
    assert ics.attached("meetings.meeting:x", world.officer.user.pk) == []


def test_mail_programs_see_the_invitation_in_a_message(world: World) -> None:
    meeting = convene(world, hall=Hall.objects.create(area=world.hue, name="Hall"))
    assert world.officer.user is not None
    (file,) = ics.attached(f"meetings.meeting:{meeting.pk}", world.officer.user.pk)
    message = EmailMessage("A meeting", "Come.", "office@footpath.example", ["x@y.example"])
    message.attach(file.name, file.content, file.mime)
    whole = message_from_bytes(message.message().as_bytes())
    part = whole.get_payload()[1]  # type: ignore[index]
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "REQUEST")  # type: ignore[union-attr]
    read_back = icalendar.Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[union-attr,arg-type]
    assert str(read_back.events[0]["LOCATION"]) == "Hall, Ấp Tân Huề"
    assert str(read_back.events[0]["ATTENDEE"]) == "invalid:nomail"


def test_the_office_of_somebody_is_where_they_hold_a_post(world: World) -> None:
    Membership.objects.create(
        person=world.head, organization=world.cell, start=clock.today() - timedelta(days=1)
    )
    assert selectors.offices_of({world.head.pk, world.member.pk}) == {
        world.head.pk: "Commune office",
        world.member.pk: "Cell of Tân Huề",
    }
    assert selectors.offices_of(set()) == {}


def test_the_installation_keeps_its_name(world: World) -> None:
    from footpath.accounts import selectors as accounts

    assert accounts.installation() == "new"
    services.make_feed(by=world.officer, at=NOON)
    named = accounts.installation()
    services.make_feed(by=world.officer, at=datetime(2026, 4, 1, tzinfo=UTC))
    assert len(named) == 12
    assert accounts.installation() == named
