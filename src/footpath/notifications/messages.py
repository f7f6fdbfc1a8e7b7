"""What goes out: the text of a delivery in the language of whoever gets it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.models import User
from footpath.notifications import kinds
from footpath.notifications.kinds import Attached
from footpath.notifications.models import Channel, Delivery, Notice
from footpath.notifications.sentences import say

GREETING = "hello:"
"""Begins the key of the first message on a new channel, which tells of no notice."""

MOST_FILES = 20


@dataclass(frozen=True)
class Line:
    """One notice of a message: its sentence and the page it is about."""

    text: str
    link: str
    notice: Notice | None = None


@dataclass(frozen=True)
class Message:
    """A delivery in words."""

    subject: str
    lines: list[Line]
    foot: str
    preferences: str  # the address of the page where the reader chooses
    language: str
    files: list[Attached] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the message as plain text."""
        blocks = [f"{line.text}\n{line.link}".strip() for line in self.lines]
        return "\n\n".join([*blocks, f"--\n{self.foot}\n{self.preferences}", ""])


def language_of(user: User) -> str:
    """Return the language a user is written to."""
    return user.language or settings.LANGUAGE_CODE


def compose(delivery: Delivery, *, code: str = "") -> Message | None:
    """Return what a delivery says now; None when everything in it has been read meanwhile.

    ``code`` is what proves an e-mail address, in the first message on a channel.
    """
    language = language_of(delivery.user)
    with translation.override(language):
        if delivery.key.startswith(GREETING):
            return _message(_("Footpath writes to you here"), _greeting(code), language)
        notices = list(delivery.notices.filter(read_at=None).order_by("at", "pk"))
        if not notices:
            return None
        lines = [Line(say(notice), absolute(notice.url), notice) for notice in notices]
        subject = lines[0].text
        if delivery.is_digest:
            subject = ngettext(
                "Footpath: %(number)s notice", "Footpath: %(number)s notices", len(lines)
            ) % {"number": len(lines)}
        files = files_of(notices, delivery.user_id) if delivery.kind == Channel.Kind.EMAIL else []
        return _message(subject, lines, language, files)


def _message(
    subject: str, lines: list[Line], language: str, files: list[Attached] | None = None
) -> Message:
    return Message(
        # A line break in somebody's title must not end the header.
        subject=Truncator(" ".join(subject.split())).chars(150),
        lines=lines,
        foot=_("You chose to be told here. What reaches you, and where, is up to you:"),
        preferences=absolute(reverse("notifications:preferences")),
        language=language,
        files=files or [],
    )


def _greeting(code: str) -> list[Line]:
    said = [Line(_("From now on Footpath sends your notices to this address."), "")]
    if code:
        said = [
            Line(_("Somebody entered this address in Footpath to get notices here."), ""),
            Line(
                _("If it was you, enter this code there: %(code)s") % {"code": code},
                absolute(reverse("notifications:preferences")),
            ),
            Line(_("If it was not you, nothing more will come."), ""),
        ]
    return said


def absolute(url: str) -> str:
    """Return the full address of a page; "" stays empty."""
    return f"{settings.BASE_URL}{url}" if url.startswith("/") else url


def files_of(notices: list[Notice], user_id: int) -> list[Attached]:
    """Return the files that the kinds of the notices attach, each once, at most 20."""
    found: dict[tuple[str, bytes], Attached] = {}
    for notice in notices:
        try:
            attach = kinds.get(notice.kind).attach
        except KeyError:
            continue
        if attach is not None and notice.subject:
            for file in attach(notice.subject, user_id):
                found.setdefault((file.name, file.content), file)
    return list(found.values())[:MOST_FILES]


def email_of(message: Message, delivery: Delivery, address: str) -> EmailMultiAlternatives:
    """Return a message as an e-mail with text, simple HTML and its files."""
    made = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.EMAIL_FROM,
        to=[address],
        headers={
            "Message-ID": message_id(delivery),
            "Date": formatdate(delivery.due_at.timestamp()),
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    with translation.override(message.language):
        page = render_to_string("notifications/message.html", {"message": message})
    made.attach_alternative(page, "text/html")
    for file in message.files:
        made.attach(file.name, file.content, file.mime)
    return made


def message_id(delivery: Delivery) -> str:
    """Return the Message-ID of a delivery: the same at every try, so that doubles are seen."""
    name = hashlib.sha256(f"{delivery.pk}:{delivery.key}".encode()).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.BASE_URL).hostname or 'footpath'}>"


def as_json(message: Message, delivery: Delivery) -> dict[str, Any]:
    """Return a message as a webhook posts it."""
    return {
        "id": delivery.key,
        "subject": message.subject,
        "language": message.language,
        "digest": delivery.is_digest,
        "notices": [
            {
                "text": line.text,
                "url": line.link,
                "kind": line.notice.kind if line.notice else "",
                "at": line.notice.at.isoformat() if line.notice else "",
            }
            for line in message.lines
        ],
    }
