"""The pages: one's own notices, how one is told, what was sent; and the bell in every header."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from footpath.accounts.models import User
from footpath.notifications.models import Channel, Delivery, Notice, Preferences
from footpath.notifications.services import code_of, plan_due
from tests.notifications.told import NOON, Told, at, step
from tests.workers import MailServer
from tests.world import World

pytestmark = pytest.mark.django_db
INBOX, CHOICE, SENT = "/notifications/", "/notifications/preferences/", "/notifications/deliveries/"


@pytest.fixture
def told(world: World) -> Told:
    """Return somebody with a post and a channel."""
    made = Told()
    User.objects.filter(pk=made.user.pk).delete()
    made.user = world.officer.user
    made.channel = Channel.objects.create(
        user=made.user, kind="email", address="officer@example.org", created_at=NOON
    )
    return made


@pytest.fixture
def reader(client: Client, told: Told) -> Client:
    client.force_login(told.user)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def more(answer: Any) -> str:
    """Return the address behind "Show more"."""
    (found,) = re.findall(r'href="([^"]*)">Show more<', text(answer))
    return str(found)


def order(page: str, *words: str) -> list[str]:
    return sorted(words, key=page.index)


# --- the inbox ------------------------------------------------------------------------------------


def test_unread_notices_come_first_and_the_newest_of_them_first(reader: Client, told: Told) -> None:
    old = told.hears(what="Older", when=at(9, 8))
    told.hears(what="Newer", when=at(10, 8))
    read = told.hears(what="Newest but read", when=at(10, 11))
    Notice.objects.filter(pk=read.pk).update(read_at=NOON)
    page = text(reader.get(INBOX))
    words = ("Some time: Newer", "Some time: Older", "Some time: Newest but read")
    assert order(page, *words) == list(words)
    assert f'action="/notifications/{old.pk}/open/"' in page
    assert "Tue 10 March, 11:00" in page


def test_opening_a_notice_leads_to_its_page_and_marks_it_as_read(
    reader: Client, told: Told
) -> None:
    notice = told.hears()
    address = f"/notifications/{notice.pk}/open/"
    assert reader.get(address).status_code == 405
    answer = reader.post(address)
    assert (answer.status_code, answer["Location"]) == (302, "/cases/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert 'href="/cases/"' in text(reader.get(INBOX))


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "", "javascript:1"])
def test_a_notice_never_leads_to_another_site(reader: Client, told: Told, url: str) -> None:
    notice = told.hears()
    Notice.objects.filter(pk=notice.pk).update(url=url)
    assert reader.post(f"/notifications/{notice.pk}/open/")["Location"] == INBOX


def test_one_or_all_are_marked_as_read(reader: Client, told: Told) -> None:
    first, second, third = (told.hears() for _n in range(3))
    reader.post(f"{INBOX}read/", {"notice": second.pk})
    assert set(Notice.objects.filter(read_at=None)) == {first, third}
    page = text(reader.get(INBOX))
    assert f'name="up_to" value="{third.pk}"' in page
    since = told.hears()
    reader.post(f"{INBOX}read/", {"up_to": third.pk})
    assert set(Notice.objects.filter(read_at=None)) == {since}


@pytest.mark.parametrize("number", ["", "x", "²", "-1", "9" * 30])
def test_a_number_that_is_none_marks_nothing(reader: Client, told: Told, number: str) -> None:
    told.hears()
    assert reader.post(f"{INBOX}read/", {"notice": number, "up_to": number}).status_code == 302
    assert Notice.objects.filter(read_at=None).count() == 1


def test_another_persons_notices_are_not_there(reader: Client) -> None:
    theirs = Told().hears(what="Their secret")
    assert "Their secret" not in text(reader.get(INBOX))
    assert reader.post(f"/notifications/{theirs.pk}/open/").status_code == 404
    assert reader.post(f"{INBOX}read/", {"notice": theirs.pk}).status_code == 404
    reader.post(f"{INBOX}read/", {"up_to": theirs.pk + 1})
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_many_notices_come_in_pages(reader: Client, told: Told) -> None:
    for number in range(35):
        told.hears(what=f"No. {number:02}", when=NOON + timedelta(minutes=number))
    first = reader.get(INBOX)
    assert "No. 05" in text(first)
    assert "No. 04" not in text(first)
    second = text(reader.get(INBOX + more(first)))
    assert "No. 04" in second
    assert "No. 05" not in second
    Notice.objects.update(read_at=NOON)
    first = reader.get(INBOX)
    assert "Nothing new" in text(first)
    second = text(reader.get(INBOX + more(first)))
    assert "No. 04" in second
    assert "Nothing new" not in second


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_costs_the_same_whatever_it_holds(
    reader: Client,
    told: Told,
    number: int,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    for _n in range(number):
        told.hears("test.urgent")
        told.hears("test.urgent")
    plan_due(at=NOON)
    Notice.objects.filter(pk__in=Notice.objects.values("pk")[:number]).update(read_at=NOON)
    for page, queries in ((INBOX, 4), (CHOICE, 4), (SENT, 3)):
        reader.get(page)
        with django_assert_num_queries(queries):  # who is asking; the rows; the bell
            reader.get(page)


# --- the bell -------------------------------------------------------------------------------------


def test_the_bell_says_how_many_are_unread(reader: Client, told: Told) -> None:
    assert '<span class="visually-hidden">Notices</span>' in text(reader.get("/"))
    told.hears()
    assert '<span class="visually-hidden">1 unread notice</span>' in text(reader.get("/"))
    told.hears()
    page = text(reader.get("/"))
    assert '<span class="visually-hidden">2 unread notices</span>' in page
    assert '<span class="fp-tool-count" aria-hidden="true">2</span>' in page


def test_nobody_signed_in_has_no_bell(client: Client) -> None:
    assert "/notifications/" not in text(client.get("/account/sign-in/"))


# --- how one is told ------------------------------------------------------------------------------


def test_hours_days_and_kinds_are_chosen(reader: Client, told: Told) -> None:
    page = text(reader.get(CHOICE))
    assert 'value="07:00"' in page
    assert "A meeting is moved" in page
    chosen = {
        "digest_at": "06:15",
        "digest_days": ["0", "4"],
        "quiet_from": "21:00",
        "quiet_until": "06:00",
        "muted": ["test.calm"],
    }
    assert reader.post(CHOICE, chosen).status_code == 302
    kept = Preferences.objects.get(user=told.user)
    assert (f"{kept.digest_at:%H:%M}", kept.digest_days, kept.muted) == (
        "06:15",
        [0, 4],
        ["test.calm"],
    )
    assert 'value="06:15"' in text(reader.get(CHOICE))


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest_at": "25:00"},
        {"digest_at": "07:00", "quiet_from": "21:00"},
        {"digest_at": "07:00", "muted": ["no.such"]},
        {"digest_at": "07:00", "digest_days": ["9"]},
    ],
)
def test_a_choice_that_cannot_be_is_refused(reader: Client, wrong: dict[str, Any]) -> None:
    assert reader.post(CHOICE, wrong).status_code == 422
    assert not Preferences.objects.exists()


def test_an_address_is_added_proved_and_removed(
    reader: Client, told: Told, mails: MailServer
) -> None:
    new = {"kind": "email", "address": "new@example.org"}
    assert reader.post("/notifications/channels/new/", new).status_code == 302
    channel = Channel.objects.get(address="new@example.org")
    page = text(reader.get(CHOICE))
    assert "Waits for its code" in page
    step(NOON + timedelta(days=3650))
    assert len(mails.mails) == 1
    address = f"/notifications/channels/{channel.pk}"
    answer = reader.post(f"{address}/confirm/", {"code": "0"}, follow=True)
    assert "This is not the code" in text(answer)
    answer = reader.post(f"{address}/confirm/", {"code": code_of(channel)}, follow=True)
    assert "The address is used from now on." in text(answer)
    assert reader.post(f"{address}/remove/").status_code == 302
    assert list(Channel.objects.all()) == [told.channel]


def test_a_webhook_shows_its_key_and_never_its_whole_address(reader: Client, told: Told) -> None:
    new = {"kind": "webhook", "address": "https://example.org/s3cret"}
    reader.post("/notifications/channels/new/", new)
    page = text(reader.get(CHOICE))
    assert "https://example.org/…" in page
    assert "Key of its signatures: " in page
    assert "s3cret" not in page + text(reader.get(SENT))
    assert "s3cret" not in Delivery.objects.get().address


@pytest.mark.parametrize(
    ("address", "said"),
    [("http://example.org/", "begins with https://"), ("", "This field is required")],
)
def test_a_channel_that_cannot_be_is_refused_with_a_reason(
    reader: Client, address: str, said: str
) -> None:
    new = {"kind": "webhook", "address": address}
    answer = reader.post("/notifications/channels/new/", new)
    assert answer.status_code == 422
    assert said in text(answer)


def test_too_many_channels_are_refused_on_the_page(reader: Client, told: Told) -> None:
    for number in range(5):
        new = {"kind": "webhook", "address": f"https://example.org/{number}"}
        answer = reader.post("/notifications/channels/new/", new)
    assert answer.status_code == 422
    assert "remove one first" in text(answer)


def test_without_a_mail_server_the_page_says_so(reader: Client, settings: Settings) -> None:
    settings.EMAIL_URL = ""
    page = text(reader.get(CHOICE))
    assert "This installation has no e-mail server" in page
    assert 'value="email"' not in page
    settings.EMAIL_URL = "smtp://127.0.0.1"
    page = text(reader.get(CHOICE))
    assert "This installation has no e-mail server" not in page
    assert 'value="email"' in page


# --- what was sent --------------------------------------------------------------------------------


def test_each_message_and_what_became_of_it_is_listed(
    reader: Client, told: Told, mails: MailServer
) -> None:
    assert "Nothing was sent" in text(reader.get(SENT))
    told.hears("test.urgent")
    step(NOON)
    mails.refuse = lambda one: "550 no such box" if one == "rcpt" else None
    told.hears()
    step(at(11, 8))
    page = text(reader.get(SENT))
    assert page.count("E-mail: officer@example.org") == 2
    assert "550 no such box" in page
    assert "digest" in page
    assert "1 failed try" in text(reader.get(CHOICE))
    Delivery.objects.update(state="handed_over", attempts=2)
    page = text(reader.get(SENT))
    assert page.count(">Perhaps sent<") == 2
    assert "2 tries" in page


def test_what_was_sent_comes_in_pages_and_is_ones_own(reader: Client, told: Told) -> None:
    other = Told()
    for number in range(35):
        for who in (told, other):
            Delivery.objects.create(
                user=who.user,
                channel=who.channel,
                key=f"{who.user.pk}:{number}",
                kind="email",
                address=f"{who.user.pk}-{number:02}@example.org",
                due_at=NOON + timedelta(minutes=number),
            )
    first = reader.get(SENT)
    assert text(first).count("@example.org") == 30
    assert f"{other.user.pk}-34@" not in text(first)
    assert text(reader.get(SENT + more(first))).count("@example.org") == 5


def test_the_administrator_sees_that_messages_go_out_and_not_to_which_address(
    client: Client, world: World, told: Told, settings: Settings
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    told.hears("test.urgent", what="Private words")
    plan_due(at=NOON)
    client.force_login(world.administrator.user)
    listed = text(client.get("/admin/notifications/delivery/"))
    shown = text(client.get(f"/admin/notifications/delivery/{Delivery.objects.get().pk}/change/"))
    assert told.user.username in listed
    for page in (listed, shown):
        assert "officer@example.org" not in page
        assert "Private words" not in page
