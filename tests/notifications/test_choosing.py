"""Channels are proved or known to be one's own; choices are kept; nobody's box is filled."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from footpath.accounts.models import TrailLine, User
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.notifications import rules
from footpath.notifications.models import Channel, Delivery, Notice, Preferences
from footpath.notifications.services import (
    add_channel,
    code_of,
    confirm_channel,
    mark_all_read,
    mark_read,
    plan_due,
    remove_channel,
    save_preferences,
)
from tests.notifications.told import NOON, Told, at, step
from tests.workers import MailServer
from tests.world import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return user("reader")


def add(who: User, address: str, kind: str = "email") -> Channel:
    return add_channel(user=who, kind=kind, address=address, by=who, at=NOON)


def confirm(channel: Channel, code: str, who: User | None = None) -> bool:
    return confirm_channel(
        user=who or channel.user, channel_id=channel.pk, code=code, by=channel.user, at=NOON
    )


def deeds() -> list[str]:
    return list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))


def test_an_address_is_used_after_the_code_that_came_there(mails: MailServer, reader: User) -> None:
    channel = add(reader, " Reader@Example.ORG ")
    assert (channel.address, channel.is_active) == ("Reader@example.org", False)
    step(NOON)
    body = mails.mails[0].get_body(("plain",))
    assert body is not None
    code = re.findall(r"\b\d{6}\b", body.get_content())
    assert code == [code_of(channel)]
    assert not confirm(channel, "12")
    assert confirm(channel, f"{code[0][:3]} {code[0][3:]}")
    assert confirm(channel, "whatever")  # it is used already
    channel.refresh_from_db()
    assert (channel.is_active, channel.failures) == (True, 0)
    assert deeds() == ["notifications.channel_added", "notifications.channel_confirmed"]
    assert not TrailLine.objects.filter(subject__contains="@").exists()


def test_after_five_wrong_codes_the_address_is_removed(mails: MailServer, reader: User) -> None:
    channel = add(reader, "reader@example.org")
    wrong = f"{(int(code_of(channel)) + 1) % 1_000_000:06}"
    assert [confirm(channel, wrong) for _n in range(rules.MOST_WRONG_CODES)] == [False] * 5
    with pytest.raises(NotThere):
        confirm(channel, wrong)
    assert deeds()[-1] == "notifications.channel_removed"
    step(NOON)
    assert mails.mails == []  # nobody is written to who proved nothing


def test_a_code_of_one_address_does_not_prove_another(mails: MailServer, reader: User) -> None:
    first, second = add(reader, "a@example.org"), add(reader, "b@example.org")
    assert code_of(first) != code_of(second)
    first.refresh_from_db()
    assert confirm(first, code_of(first))


def test_a_webhook_is_used_at_once_and_greeted(reader: User) -> None:
    channel = add(reader, "https://example.org/hook", "webhook")
    assert channel.is_active
    greeting = Delivery.objects.get()
    assert (greeting.channel, greeting.due_at, greeting.address) == (
        channel,
        NOON,
        "https://example.org/…",
    )


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "nobody"),
        ("email", "a@b@c"),
        ("email", "x@example.org\nBcc: all@example.org"),
        ("webhook", "http://127.0.0.1/"),
        ("chat", "file:///etc/passwd"),
        ("webhook", "https://example.org/" + "x" * 500),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    mails: MailServer, reader: User, kind: str, address: str
) -> None:
    with translation.override("en"), pytest.raises(InvalidValue) as refused:
        add(reader, address, kind)
    assert refused.value.field == "address"
    assert not Channel.objects.exists()


def test_without_a_mail_server_no_address_is_added(settings: Settings, reader: User) -> None:
    settings.EMAIL_URL = ""
    with pytest.raises(InvalidValue):
        add(reader, "reader@example.org")


def test_the_same_address_twice_is_refused(mails: MailServer, reader: User) -> None:
    add(reader, "reader@example.org")
    with pytest.raises(InvalidValue):
        add(reader, "reader@EXAMPLE.org")
    add(user("another"), "reader@example.org")


def test_there_are_at_most_five_channels_and_ten_greetings_a_day(
    mails: MailServer, reader: User
) -> None:
    for number in range(rules.MOST_GREETINGS_A_DAY):
        channel = add(reader, f"{number}@example.org")
        if number >= 4:
            remove_channel(user=reader, channel_id=channel.pk, by=reader, at=NOON)
    with pytest.raises(RuleBroken):
        add(reader, "fifth@example.org")
    Delivery.objects.all().delete()
    add(reader, "fifth@example.org")
    with pytest.raises(RuleBroken):
        add(reader, "sixth@example.org")


def test_what_was_to_go_to_a_removed_channel_does_not(mails: MailServer) -> None:
    told = Told()
    told.hears("test.urgent")
    plan_due(at=NOON)
    remove_channel(user=told.user, channel_id=told.channel.pk, by=told.user, at=NOON)
    step(NOON)
    assert (mails.mails, Delivery.objects.get().state) == ([], Delivery.State.DROPPED)
    assert deeds() == ["notifications.channel_removed"]


def test_a_channel_of_somebody_else_is_not_there(reader: User) -> None:
    told = Told()
    with pytest.raises(NotThere):
        remove_channel(user=reader, channel_id=told.channel.pk, by=reader, at=NOON)
    with pytest.raises(NotThere):
        confirm(told.channel, "x", reader)


def test_choices_are_kept(reader: User) -> None:
    for days in ([4, 0], range(7)):
        kept = save_preferences(
            user=reader,
            quiet_from=time(21),
            quiet_until=time(6),
            digest_at=time(8),
            digest_days=days,
            muted=["test.calm", "no.such"],
            by=reader,
            at=NOON,
        )
    assert Preferences.objects.get() == kept
    assert (kept.digest_days, kept.muted, kept.digest_at) == ([], ["test.calm"], time(8))
    assert deeds() == ["notifications.preferences_saved"] * 2


def test_quiet_hours_need_both_ends(reader: User) -> None:
    with pytest.raises(InvalidValue) as refused:
        save_preferences(
            user=reader,
            quiet_from=time(21),
            quiet_until=None,
            digest_at=time(8),
            digest_days=[],
            muted=[],
            by=reader,
            at=NOON,
        )
    assert refused.value.field == "quiet_until"


def test_a_notice_is_read_once_and_by_its_reader(reader: User) -> None:
    told = Told()
    notice = told.hears()
    for moment in (NOON, NOON + timedelta(hours=1)):
        assert mark_read(user=told.user, notice_id=notice.pk, at=moment).read_at == NOON
    with pytest.raises(NotThere):
        mark_read(user=reader, notice_id=notice.pk, at=NOON)


def test_all_are_read_up_to_what_was_seen() -> None:
    told, other = Told(), Told()
    seen, since, theirs = told.hears(), told.hears(when=at(10, 13)), other.hears()
    assert mark_all_read(user=told.user, up_to=seen.pk, at=NOON) == 1
    assert set(Notice.objects.filter(read_at=None)) == {since, theirs}
