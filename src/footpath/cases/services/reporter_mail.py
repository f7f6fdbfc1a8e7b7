"""Messages to reporters, each once: the same way as docs/decisions/0011-each-message-once.md.

A claim is a moment and a number of tries. At the last moment before the server can take the
message the row becomes "sent" for good; a worker that lost its claim meanwhile sends nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, models
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.cases.models import Entry, ReporterMail
from footpath.cases.selectors.reporters import mail_token
from footpath.core import clock
from footpath.directory.rules import short_name
from footpath.notifications.rules import wait_after
from footpath.notifications.transports import ClaimLost, Refused, smtp

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After so long a claim is taken over although its worker may live; it then cannot hand over."""

MOST_AT_ONCE = 200
MOST_TRIES = 20
BROKEN = gettext_noop("The message could not be written.")


def send_due(_at: datetime) -> int:
    """Send the messages that are due and return how many were tried; the job of the timetable."""
    return deliver(now=clock.now)


def deliver(*, now: Callable[[], datetime]) -> int:
    """Send what is due; without an e-mail server everything waits."""
    if not settings.EMAIL_URL:
        return 0
    due = list(_due(now()).order_by("planned_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    if not due:
        return 0
    tried = 0
    with smtp.Mailer(smtp.Server.from_url(settings.EMAIL_URL)) as mailer:
        for pk in due:
            mail = _claim(pk, now())
            if mail is not None:
                _Attempt(mail, mailer, now).make()
                tried += 1
    return tried


def _due(at: datetime) -> models.QuerySet[ReporterMail]:
    free = models.Q(claimed_at=None) | models.Q(claimed_at__lt=at - LEASE)
    return ReporterMail.objects.filter(
        free, sent_at=None, planned_at__lte=at, attempts__lt=MOST_TRIES
    )


def _claim(pk: int, at: datetime) -> ReporterMail | None:
    """Take a message for this worker alone; None when another was quicker."""
    mail = _due(at).filter(pk=pk).first()
    if mail is None:
        return None
    claimed = ReporterMail.objects.filter(
        pk=pk, sent_at=None, claimed_at=mail.claimed_at, attempts=mail.attempts
    ).update(claimed_at=at, attempts=F("attempts") + 1)
    if not claimed:
        return None
    return ReporterMail.objects.select_related("reporter__case__area__parent").get(pk=pk)


class _Attempt:
    """One try of one claimed message, and what became of it."""

    def __init__(
        self, mail: ReporterMail, mailer: smtp.Mailer, now: Callable[[], datetime]
    ) -> None:
        self._mail = mail
        self._mailer = mailer
        self._now = now
        self._handed_over = False

    def make(self) -> None:
        """Send the message and write down how it ended."""
        mail = self._mail
        if not _may_go(mail):
            self._still().delete()
            return
        try:
            self._mailer.send(compose(mail), hand_over=self._hand_over)
        except ClaimLost:
            pass  # it is somebody else's by now
        except DatabaseError:
            raise
        except Refused as refused:
            self._failed(str(refused))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next must go out
            # The type alone: the text of an error may hold an address.
            log.warning("Reporter mail %s: %s", mail.pk, type(problem).__name__)
            if not self._handed_over:
                self._failed(smtp.CANNOT_REACH if isinstance(problem, OSError) else BROKEN)

    def _still(self) -> models.QuerySet[ReporterMail]:
        """Return the message as long as it is in this worker's hands, at this try."""
        mail = self._mail
        return ReporterMail.objects.filter(
            pk=mail.pk, claimed_at=mail.claimed_at, attempts=mail.attempts
        )

    def _hand_over(self) -> None:
        """Write down that the message goes out now, for good; ClaimLost when it is another's."""
        if not self._still().filter(sent_at=None).update(sent_at=self._now(), error=""):
            raise ClaimLost
        self._handed_over = True

    def _failed(self, why: str) -> None:
        """Try again later, or give up after the last try."""
        address = self._mail.reporter.email
        wait = wait_after(self._mail.attempts)
        self._still().update(
            sent_at=None,
            claimed_at=None,
            error=why.replace(address, "…")[:300],
            planned_at=self._now() + (wait or timedelta(0)),
            attempts=self._mail.attempts if wait is not None else MOST_TRIES,
        )


def _may_go(mail: ReporterMail) -> bool:
    """Return whether the reporter still wants it: only the receipt goes to a new address."""
    reporter = mail.reporter
    if not reporter.email or reporter.stopped_at is not None:
        return False
    return mail.kind == "received" or reporter.confirmed_at is not None


# --- words ----------------------------------------------------------------------------------------


def compose(mail: ReporterMail) -> EmailMessage:
    """Return the message in the reporter's language.

    Nothing that somebody typed into the public form stands in the receipt: who enters a stranger's
    address cannot send words to it.
    """
    reporter = mail.reporter
    token = mail_token(reporter.pk)
    stop = _absolute(reverse("public:stop", args=[token]))
    with translation.override(reporter.language):
        subject, blocks = _words(mail, _absolute(reverse("public:mail", args=[token])))
        foot = _("You get this because this address was given with the report. No more messages:")
        text = "\n\n".join([*blocks, f"--\n{foot}\n{stop}", ""])
        return EmailMessage(
            subject=" ".join(subject.split()),
            body=text,
            from_email=settings.EMAIL_FROM,
            to=[reporter.email],
            headers={
                "Message-ID": _message_id(mail),
                "Date": format_datetime(mail.planned_at),
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Content-Language": reporter.language,
            },
        )


def _words(mail: ReporterMail, link: str) -> tuple[str, list[str]]:
    case = mail.reporter.case
    place = case.area.name
    if case.area.parent is not None:
        place = f"{place}, {short_name(case.area.parent.name, case.area.parent.type_name)}"
    values = {"number": case.number, "place": place}
    if mail.kind == "closed":
        return _("Is it fixed? %(number)s") % values, [
            _("Your report %(number)s about %(place)s was closed.") % values,
            _("Is it fixed? Say yes, partly or no here. You are asked once.") + f"\n{link}",
        ]
    if mail.kind == "returned":
        return _("Something is missing in your report %(number)s") % values, [
            _("Your report %(number)s about %(place)s was sent back to you:") % values,
            *_said(mail),
            _("Add what is missing here, and it goes on.") + f"\n{link}",
        ]
    if mail.kind == "reply":
        return _("An answer to your report %(number)s") % values, [
            _("Your report %(number)s about %(place)s was answered:") % values,
            *_said(mail),
            _("Where it stands, and where you can write back:") + f"\n{link}",
        ]
    return _("Your report %(number)s was received") % values, [
        _("Somebody gave this address with report %(number)s about %(place)s.") % values,
        _("If it was you, confirm it here. Then you are told when somebody answers.") + f"\n{link}",
        _("If it was not you, do nothing: no more messages come."),
    ]


def _said(mail: ReporterMail) -> list[str]:
    pk = mail.key.removeprefix("entry-")
    entry = Entry.objects.filter(pk=pk, case=mail.reporter.case_id, is_public=True).first()
    return [entry.text] if entry is not None and entry.text else []


def _absolute(url: str) -> str:
    return f"{settings.BASE_URL}{url}"


def _message_id(mail: ReporterMail) -> str:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    made = hashlib.sha256(f"{settings.BASE_URL}:reporter:{mail.pk}".encode()).hexdigest()[:32]
    return f"<reporter-{made}@{host}>"
