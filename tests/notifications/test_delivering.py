"""Sending: what arrives, in which words, how often, and what becomes of failures."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from footpath.core import workers
from footpath.notifications import kinds, messages
from footpath.notifications.kinds import Attached, Kind
from footpath.notifications.models import Channel, Delivery, Notice
from footpath.notifications.services import deliver_due, delivering, mark_read, plan_due
from footpath.notifications.transports import smtp
from footpath.notifications.transports.smtp import Server
from tests.notifications.told import NOON, Told, at, step
from tests.workers import MailServer

pytestmark = pytest.mark.django_db
State = Delivery.State


def only() -> Delivery:
    return Delivery.objects.get()


def planned(told: Told) -> Delivery:
    """Plan one urgent message without sending it."""
    told.hears("test.urgent")
    plan_due(at=NOON)
    return only()


# --- what arrives ---------------------------------------------------------------------------------


def test_an_urgent_notice_arrives_as_one_mail(mails: MailServer) -> None:
    told = Told()
    told.hears("test.urgent", what="Gate & lock <open>")
    assert step(NOON) == 1
    assert step(NOON) == 0
    mail = mails.mails[0]
    assert (mail["Subject"], mail["To"]) == ("At once: Gate & lock <open>", told.channel.address)
    assert mail["From"] == "Footpath <footpath@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, page = (part.get_content().replace("\r", "") for part in mail.iter_parts())
    assert text.startswith("At once: Gate & lock <open>\nhttps://footpath.example.org/cases/")
    assert "https://footpath.example.org/notifications/preferences/" in text
    assert "<p>At once: Gate &amp; lock &lt;open&gt;<br>" in page
    sent = only()
    assert (sent.state, sent.sent_at, sent.attempts, sent.error) == (State.SENT, NOON, 1, "")
    assert mail["Message-ID"] == sent.message_id
    assert sent.message_id.endswith("@footpath.example.org>")


def test_a_digest_arrives_in_the_language_of_its_reader(mails: MailServer) -> None:
    kinds.register(Kind("test.day", "x", "On %(day)s, %(who)s"))
    told = Told(language="ru")
    for _n in range(2):
        told.hears("test.day", day="2026-04-11", who={"en": "Cell", "ru": "Ячейка"})
    step(at(11, 8))
    assert mails.subjects == ["Footpath: 2 notices"] or "2" in mails.subjects[0]
    assert mails.mails[0]["Content-Language"] == "ru"
    body = mails.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().count("Ячейка") == 2
    assert "11 апреля 2026" in body.get_content()


def test_a_line_that_is_a_dot_does_not_end_the_mail(mails: MailServer) -> None:
    Told().hears("test.urgent", what="Above\n.\n..\nbelow é")
    step(NOON)
    body = mails.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r", "").startswith("At once: Above\n.\n..\nbelow é\n")
    assert mails.subjects == ["At once: Above . .. below é"]


def test_a_kind_attaches_its_files_once(mails: MailServer) -> None:
    asked: list[tuple[str, int]] = []

    def attach(subject: str, user: int) -> list[Attached]:
        asked.append((subject, user))
        event = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        return [Attached("meeting.ics", "text/calendar; method=REQUEST", event)]

    kinds.register(Kind("test.event", "x", "Come", attach=attach))
    told = Told()
    told.hears("test.event")
    told.hears("test.event")
    step(at(11, 8))
    assert asked == [("x:1", told.user.pk)] * 2
    (file,) = mails.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("meeting.ics", "text/calendar")
    assert file.get_param("method") == "REQUEST"
    assert file.get_content().startswith("BEGIN:VCALENDAR")


def test_what_was_read_meanwhile_is_left_out_and_a_message_of_nothing_is_dropped(
    mails: MailServer,
) -> None:
    told = Told()
    first, second = told.hears(), told.hears(what="Stays")
    plan_due(at=at(11, 8))
    mark_read(user=told.user, notice_id=first.pk, at=at(11, 8))
    step(at(11, 8))
    assert mails.subjects == ["Footpath: 1 notice"]
    urgent = told.hears("test.urgent")
    plan_due(at=at(11, 9))
    mark_read(user=told.user, notice_id=urgent.pk, at=at(11, 9))
    step(at(11, 9))
    assert len(mails.mails) == 1
    assert Delivery.objects.get(is_digest=False).state == State.DROPPED
    assert second.read_at is None


def test_a_user_who_may_not_sign_in_any_more_gets_nothing(mails: MailServer) -> None:
    told = Told()
    planned(told)
    told.user.is_active = False
    told.user.save()
    step(NOON)
    assert (mails.mails, only().state) == ([], State.DROPPED)


# --- each message once ----------------------------------------------------------------------------


def gone() -> str:
    """Return the name of a worker that has ended."""
    return subprocess.run(
        [sys.executable, "-c", "from footpath.core import workers; print(workers.me())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_what_a_dead_worker_had_not_handed_over_is_sent_again(mails: MailServer) -> None:
    planned(Told())
    Delivery.objects.update(state=State.CLAIMED, claimed_by=gone(), claimed_at=NOON, attempts=1)
    assert step(NOON) == 1
    assert (len(mails.mails), only().state, only().attempts) == (1, State.SENT, 2)


def test_what_a_dead_worker_had_handed_over_is_not_sent_again(mails: MailServer) -> None:
    planned(Told())
    Delivery.objects.update(state=State.HANDED_OVER, claimed_by=gone(), claimed_at=NOON)
    assert step(at(14, 12)) == 0
    assert (mails.mails, only().state) == ([], State.HANDED_OVER)


def test_what_a_living_worker_holds_is_left_to_it_for_a_while(mails: MailServer) -> None:
    planned(Told())
    Delivery.objects.update(
        state=State.CLAIMED, claimed_by=workers.me(), claimed_at=NOON, attempts=1
    )
    assert step(NOON + timedelta(minutes=4)) == 0
    assert step(NOON + timedelta(minutes=6)) == 1
    assert len(mails.mails) == 1


def test_a_worker_that_lost_its_claim_cannot_hand_over(mails: MailServer) -> None:
    planned(Told())

    def lose(at_step: str) -> float:
        if at_step == "rcpt":
            Delivery.objects.update(claimed_by="another", attempts=2)
        return 0.0

    with pytest.MonkeyPatch.context() as patch:
        original = delivering._Attempt._hand_over

        def hand_over(attempt: Any) -> None:
            lose("rcpt")
            original(attempt)

        patch.setattr(delivering._Attempt, "_hand_over", hand_over)
        step(NOON)
    assert mails.mails == []
    assert (only().state, only().claimed_by) == (State.CLAIMED, "another")


def test_a_claim_that_another_worker_took_first_is_left(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = planned(Told())
    monkeypatch.setattr(delivering, "_due", lambda *_a: [delivery.pk, delivery.pk, 999_999])
    assert step(NOON) == 1
    assert only().state == State.SENT


def test_of_two_workers_that_reach_for_a_message_one_gets_it(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(Told())

    def while_another_is_quicker(_row: Delivery) -> str:
        Delivery.objects.update(state=State.CLAIMED, claimed_by="quicker", attempts=1)
        return ""

    monkeypatch.setattr(messages, "message_id", while_another_is_quicker)
    assert deliver_due(worker="slow", now=lambda: NOON) == 0
    assert (mails.mails, only().claimed_by) == ([], "quicker")


def test_an_end_without_an_answer_is_perhaps_sent_and_not_repeated(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(Told())
    monkeypatch.setattr(smtplib.SMTP, "getreply", _cut_after_the_end(smtplib.SMTP.getreply))
    step(NOON)
    assert (only().state, only().error) == (State.HANDED_OVER, delivering.NO_ANSWER)
    assert step(at(12, 12)) == 0
    assert len(mails.mails) <= 1


def _cut_after_the_end(original: Callable[..., Any]) -> Callable[..., Any]:
    def getreply(self: smtplib.SMTP) -> Any:
        if Delivery.objects.filter(state=State.HANDED_OVER).exists():
            raise smtplib.SMTPServerDisconnected("gone")
        return original(self)

    return getreply


def test_a_closed_connection_after_the_end_is_perhaps_sent(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(Told())
    original = smtplib.SMTP.getreply

    def getreply(self: smtplib.SMTP) -> Any:
        handed_over = Delivery.objects.filter(state=State.HANDED_OVER).exists()
        return (-1, b"") if handed_over else original(self)

    monkeypatch.setattr(smtplib.SMTP, "getreply", getreply)
    step(NOON)
    assert only().state == State.HANDED_OVER


def test_a_worker_that_is_to_stop_stops_between_two_messages(mails: MailServer) -> None:
    told = Told()
    for _n in range(3):
        told.hears("test.urgent")
    plan_due(at=NOON)
    tried = deliver_due(worker="one", now=lambda: NOON, stopping=lambda: len(mails.mails) >= 2)
    assert (tried, len(mails.mails)) == (2, 2)
    assert step(NOON) == 1


def test_several_mails_go_over_one_connection(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    connect = smtplib.SMTP.connect

    def counting(self: smtplib.SMTP, *arguments: Any, **values: Any) -> Any:
        opened.append(1)
        return connect(self, *arguments, **values)

    monkeypatch.setattr(smtplib.SMTP, "connect", counting)
    told = Told()
    for _n in range(3):
        told.hears("test.urgent")
    assert step(NOON) == 3
    assert len(opened) == 1

    noop = smtplib.SMTP.noop
    monkeypatch.setattr(smtplib.SMTP, "noop", lambda self: (421, noop(self)[1]))
    for _n in range(2):
        told.hears("test.urgent")
    assert step(NOON) == 2
    assert len(opened) == 3


# --- failures -------------------------------------------------------------------------------------


def test_a_refused_message_is_tried_again_later_and_the_channel_counts(mails: MailServer) -> None:
    told = Told()
    planned(told)
    mails.refuse = lambda one: (
        f"550 no such box <{told.channel.address}>" if one == "rcpt" else None
    )
    step(NOON)
    waiting = only()
    assert (waiting.state, waiting.due_at, waiting.attempts) == (
        State.PLANNED,
        NOON + timedelta(minutes=1),
        1,
    )
    assert waiting.error == "550 no such box <…>"
    told.channel.refresh_from_db()
    assert told.channel.failures == 1
    mails.refuse = lambda one: "451 later" if one == "end" else None
    step(NOON + timedelta(minutes=2))
    assert only().error == "451 later"
    mails.refuse = lambda _one: None
    step(NOON + timedelta(minutes=20))
    told.channel.refresh_from_db()
    assert (only().state, only().error, told.channel.failures) == (State.SENT, "", 0)
    assert len(mails.mails) == 1


def test_after_five_more_tries_a_message_is_given_up(mails: MailServer) -> None:
    planned(Told())
    mails.refuse = lambda one: "451 later" if one == "rcpt" else None
    now = NOON
    tries = 0
    while tried := step(now):
        tries += tried
        now = max(now, only().due_at)
    assert (tries, only().state, only().attempts) == (6, State.FAILED, 6)
    assert now - NOON == timedelta(minutes=1 + 5 + 30 + 120 + 720)


@pytest.mark.parametrize(
    ("error", "told"),
    [(ConnectionRefusedError(), smtp.CANNOT_REACH), (LookupError(), delivering.NOT_COMPOSED)],
)
def test_an_error_before_the_hand_over_is_tried_again(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    planned(Told())

    def fail(*_arguments: Any, **_values: Any) -> None:
        raise error

    monkeypatch.setattr(smtplib.SMTP, "mail", fail)
    step(NOON)
    assert (only().state, only().error) == (State.PLANNED, told)
    assert mails.mails == []


def test_one_message_that_cannot_be_written_does_not_hold_up_the_next(mails: MailServer) -> None:
    def attach(_subject: str, _user: int) -> list[Attached]:
        raise LookupError

    kinds.register(Kind("test.broken", "x", "Broken", urgent=True, attach=attach))
    told = Told()
    told.hears("test.broken")
    told.hears("test.urgent")
    step(NOON)
    assert mails.subjects == ["At once: The gate leaks"]


def test_a_database_that_fails_is_not_taken_for_a_mail_that_fails(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(Told())

    def fail(*_arguments: Any, **_values: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(messages, "compose", fail)
    with pytest.raises(DatabaseError):
        step(NOON)


def test_a_mail_server_that_went_out_of_the_settings_is_a_failure(
    mails: MailServer, settings: Settings
) -> None:
    planned(Told())
    settings.EMAIL_URL = ""
    deliver_due(worker="one", now=lambda: NOON)
    assert (only().state, only().error) == (State.PLANNED, smtp.CANNOT_REACH)


def test_a_removed_channel_gets_nothing_more(mails: MailServer) -> None:
    told = Told()
    planned(told)
    told.channel.delete()
    step(NOON)
    assert (only().state, mails.mails) == (State.DROPPED, [])


def test_with_nothing_due_sending_only_reads(mails: MailServer) -> None:
    planned(Told())
    Delivery.objects.update(due_at=at(20, 12))
    with CaptureQueriesContext(connection) as asked:
        assert deliver_due(worker="one", now=lambda: NOON.astimezone(UTC)) == 0
    assert [query["sql"][:6] for query in asked.captured_queries] == ["SELECT"]


# --- the mail server ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 587)),
        ("smtp://mail.example.org?tls=no", Server("mail.example.org", 25, tls="no")),
        ("smtps://mail.example.org", Server("mail.example.org", 465, tls="always")),
        (
            "smtp://a%40b:p%2Fw@mail.example.org:2525?tls=starttls",
            Server("mail.example.org", 2525, "a@b", "p/w"),
        ),
    ],
)
def test_the_address_of_the_mail_server_is_read(url: str, server: Server) -> None:
    assert Server.from_url(url) == server


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://x?tls=maybe"])
def test_an_address_of_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="FOOTPATH_EMAIL_URL"):
        Server.from_url(url)


class _Recorder(smtplib.SMTP):
    said: list[Any] = []  # noqa: RUF012

    def __init__(self, host: str, port: int, **values: Any) -> None:
        self.said.append((type(self).__name__, host, port, sorted(values)))

    def starttls(self, **_values: Any) -> Any:
        self.said.append("starttls")

    def ehlo_or_helo_if_needed(self) -> None:
        self.said.append("ehlo")

    def login(self, user: str, password: str, **_values: Any) -> Any:
        self.said.append((user, password))
        raise smtplib.SMTPAuthenticationError(535, b"bad key")

    def close(self) -> None:
        self.said.append("close")


class _Always(_Recorder):
    pass


@pytest.mark.parametrize("url", ["smtp://u:p@mail.example.org", "smtps://u:p@mail.example.org"])
def test_the_connection_is_encrypted_before_the_password_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    settings.EMAIL_URL = url
    _Recorder.said = _Always.said = said = []
    monkeypatch.setattr(smtplib, "SMTP", _Recorder)
    monkeypatch.setattr(smtplib, "SMTP_SSL", _Always)
    planned(Told())
    step(NOON)
    assert (only().state, only().error) == (State.PLANNED, "535 bad key")
    assert said == (
        [
            ("_Always", "mail.example.org", 465, ["context", "timeout"]),
            "ehlo",
            ("u", "p"),
            "close",
        ]
        if url.startswith("smtps")
        else [
            ("_Recorder", "mail.example.org", 587, ["timeout"]),
            "starttls",
            "ehlo",
            ("u", "p"),
            "close",
        ]
    )


def test_the_moments_of_sending_are_asked_anew(mails: MailServer) -> None:
    planned(Told())
    moments = iter([NOON, NOON, NOON + timedelta(seconds=5)])
    deliver_due(worker="one", now=lambda: next(moments))
    assert only().sent_at == NOON + timedelta(seconds=5)
    assert isinstance(only().sent_at, datetime)
    assert Notice.objects.count() == Channel.objects.count() == 1
