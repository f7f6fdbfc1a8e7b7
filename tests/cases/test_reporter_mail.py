"""Mail to reporters: each message once, and nothing but the receipt before an address answered."""

from __future__ import annotations

import re
import smtplib
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from footpath.cases import services
from footpath.cases.models import Case, ReporterMail
from footpath.cases.services import reporter_mail
from footpath.core import timetable
from footpath.notifications.transports import Refused, smtp
from tests.cases.reports import EMAIL, NAME, report, reporter_of
from tests.workers import MailServer, mail_server
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

SOON = later(days=30)


class Post:
    """An e-mail server in small: keeps what it was given, and fails as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.EMAIL_URL = "smtp://127.0.0.1:1"
        self.sent: list[Any] = []
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.meanwhile: Any = None
        monkeypatch.setattr(smtp.Mailer, "send", self._send)

    def _send(self, message: Any, *, hand_over: Any) -> None:
        if self.meanwhile is not None:
            self.meanwhile()
        if self.before is not None:
            raise self.before
        hand_over()
        if self.after is not None:
            raise self.after
        self.sent.append(message)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Post:
    """Return the e-mail server of this test."""
    return Post(monkeypatch, settings)


def deliver(at: Any = SOON) -> int:
    """Send what is due at a moment."""
    return reporter_mail.deliver(now=lambda: at)


def confirmed(world: World) -> Case:
    """Return a case whose reporter has an address that answered."""
    case, _code = report(world, email=EMAIL, name=NAME, title="Buy our pills")
    services.confirm_address(reporter=reporter_of(case), at=later(hours=1))
    return case


def test_the_receipt_goes_out_once_and_says_nothing_that_was_typed(
    world: World, post: Post
) -> None:
    case, _code = report(world, email=EMAIL, name=NAME, title="Buy our pills")
    assert (deliver(), deliver()) == (1, 0)
    (message,) = post.sent
    assert message.to == [EMAIL]
    assert case.number in message.body
    assert "pills" not in message.body + message.subject
    assert NAME not in message.body
    assert re.search(r"/public/mail/[\w:-]+/", message.body)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/public/stop/" in message.body


def test_each_happening_has_its_words(world: World, post: Post) -> None:
    case = confirmed(world)
    services.return_case(case=case, text="Which lamp?", by=world.head, at=later(hours=2))
    services.say(reporter=reporter_of(case), text="That one.", at=later(hours=3))
    case.refresh_from_db()
    services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(hours=4))
    services.accept_case(case=case, by=world.head, at=later(hours=5))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=6))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=7))
    services.case_closed(case, at=later(hours=7))
    assert deliver() == 4
    subjects = [message.subject.split(f" {case.number}")[0] for message in post.sent]
    assert subjects == [
        "Your report", "Something is missing in your report", "An answer to your report",
        "Is it fixed?",
    ]  # fmt: skip
    assert "Which lamp?" in post.sent[1].body
    assert "Tomorrow." in post.sent[2].body
    assert len({message.extra_headers["Message-ID"] for message in post.sent}) == 4


def test_a_message_is_written_in_the_language_of_the_reporter(world: World, post: Post) -> None:
    report(world, email=EMAIL, language="vi")
    deliver()
    assert post.sent[0].extra_headers["Content-Language"] == "vi"


def test_who_stopped_in_between_gets_nothing(world: World, post: Post) -> None:
    case = confirmed(world)
    mail = reporter_of(case).mails.get()
    services.stop_messages(reporter=reporter_of(case), at=later(hours=2))
    ReporterMail.objects.bulk_create([mail])
    deliver()
    assert post.sent == []
    assert not ReporterMail.objects.exists()


def test_of_two_workers_one_sends(world: World, post: Post) -> None:
    confirmed(world)
    post.meanwhile = lambda: deliver(SOON + timedelta(seconds=1))
    deliver()
    assert len(post.sent) == 1


def test_a_worker_that_was_too_slow_loses_its_claim(world: World, post: Post) -> None:
    confirmed(world)

    def other() -> None:
        post.meanwhile = None
        deliver(SOON + reporter_mail.LEASE + timedelta(seconds=1))

    post.meanwhile = other
    deliver()
    assert len(post.sent) == 1


def test_a_worker_killed_before_the_hand_over_is_followed_by_another(
    world: World, post: Post
) -> None:
    confirmed(world)
    post.before = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        deliver()
    post.before = None
    assert deliver(SOON + timedelta(minutes=1)) == 0
    assert deliver(SOON + timedelta(minutes=6)) == 1
    assert len(post.sent) == 1


def test_a_worker_killed_after_the_hand_over_is_not_followed(world: World, post: Post) -> None:
    confirmed(world)
    post.after = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        deliver()
    post.after = None
    assert deliver(SOON + timedelta(days=1)) == 0


def test_a_refusal_is_tried_again_later_and_its_words_hold_no_address(
    world: World, post: Post
) -> None:
    confirmed(world)
    post.after = Refused(f"550 no such user {EMAIL}")
    deliver()
    mail = ReporterMail.objects.get()
    assert (mail.sent_at, mail.error) == (None, "550 no such user …")
    post.after = None
    post.before = OSError("down")
    deliver(mail.planned_at)
    assert ReporterMail.objects.get().error == smtp.CANNOT_REACH
    post.before = ValueError("what")
    deliver(ReporterMail.objects.get().planned_at)
    assert ReporterMail.objects.get().error == reporter_mail.BROKEN
    post.before = None
    deliver(ReporterMail.objects.get().planned_at)
    assert len(post.sent) == 1


def test_a_message_is_given_up_after_the_last_try(world: World, post: Post) -> None:
    confirmed(world)
    post.before = Refused("550 no")
    moment = SOON
    for _try in range(reporter_mail.MOST_TRIES):
        deliver(moment)
        moment += timedelta(days=2)
    assert ReporterMail.objects.get().attempts == reporter_mail.MOST_TRIES
    post.before = None
    assert deliver(moment) == 0


def test_an_answer_unknown_after_the_hand_over_is_not_sent_again(world: World, post: Post) -> None:
    confirmed(world)
    post.after = OSError("cut")
    deliver()
    post.after = None
    assert deliver(SOON + timedelta(days=1)) == 0


def test_without_a_server_everything_waits(world: World, settings: Any) -> None:
    settings.EMAIL_URL = ""
    confirmed(world)
    assert reporter_mail.send_due(NOON) == 0
    assert ReporterMail.objects.get().sent_at is None
    assert {"cases.reporter_mail", "cases.reporter_erasing"} <= {
        job.code for job in timetable.jobs()
    }


# --- over a real connection -----------------------------------------------------------------------


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it and tidy up."""


def killed_at(server: MailServer, step: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker end, its connection cut, when the server has done a step so many times."""
    seen: Counter[str] = Counter()
    original = smtplib.SMTP.getreply

    def pause(at: str) -> float:
        seen[at] += 1
        return 0.0

    def getreply(self: smtplib.SMTP) -> Any:
        reply = original(self)
        if seen[step] == count:
            seen[step] += 1  # once
            self.close()
            raise Killed
        return reply

    server.pause = pause
    monkeypatch.setattr(smtplib.SMTP, "getreply", getreply)


@pytest.mark.parametrize(("step", "count"), [("rcpt", 1), ("data", 3), ("end", 2), ("end", 6)])
def test_each_message_arrives_once_whenever_the_worker_is_killed(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, step: str, count: int
) -> None:
    addresses = [f"reporter{number}@example.net" for number in range(3)]
    for address in addresses:
        case, _code = report(world, email=address)
        services.confirm_address(reporter=reporter_of(case), at=later(hours=1))
        services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(hours=2))
    with mail_server() as server:
        settings.EMAIL_URL = server.url
        killed_at(server, step, count, monkeypatch)
        with pytest.raises(Killed):
            deliver()
        assert len(server.mails) < 6 or step == "end"
        deliver(SOON + timedelta(seconds=1))  # what the dead worker held waits for its time
        held = 0 if step == "end" else 1
        assert len(server.mails) == 6 - held
        assert deliver(SOON + reporter_mail.LEASE + timedelta(minutes=1)) == held
        assert deliver(SOON + timedelta(days=9)) == 0
        mails = server.mails
    assert Counter(str(mail["To"]) for mail in mails) == dict.fromkeys(addresses, 2)
    assert len({str(mail["Message-ID"]) for mail in mails}) == 6
    assert not ReporterMail.objects.filter(sent_at=None).exists()


def test_a_worker_killed_before_the_last_line_has_perhaps_sent_and_nobody_repeats_it(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(world)
    send = smtplib.SMTP.send

    def cut(self: smtplib.SMTP, text: Any) -> None:
        if text == b"\r\n.\r\n":  # written down already, the line that ends it is not out
            self.close()
            raise Killed
        send(self, text)

    with mail_server() as server:
        settings.EMAIL_URL = server.url
        with monkeypatch.context() as patch:
            patch.setattr(smtplib.SMTP, "send", cut)
            with pytest.raises(Killed):
                deliver()
        assert deliver(SOON + timedelta(days=9)) == 0
        assert server.mails == []
    assert ReporterMail.objects.get().sent_at == SOON
