"""Worker processes and a mail server for tests: what goes out is counted where it arrives."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

from tests.ports import HOST, free_port


def database_url() -> str:
    """Return the address of the test database, for processes of their own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    values = connection.settings_dict
    return f"postgresql://{values['USER']}@{quote(values['HOST'], safe='')}:{values['PORT']}/{name}"


def worker(*options: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start ``footpath worker`` on the test database."""
    values = {
        "FOOTPATH_DATABASE_URL": database_url(),
        "FOOTPATH_DATA_DIR": str(settings.DATA_DIR),
        **environment,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "footpath", "worker", *options],
        env={**os.environ, **values},
        stderr=subprocess.DEVNULL,
    )


class MailServer:
    """A mail server that keeps what it accepts and can be slow at one step.

    ``pause`` is called with the step before the server answers it: "rcpt", "data" (before the text
    may come) or "end" (the message is accepted, nobody knows yet).
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: Callable[[str], str | None] = lambda _step: None
        self.pause: Callable[[str], float] = lambda _step: 0.0
        self.port = 0

    @property
    def url(self) -> str:
        """Return the address for ``FOOTPATH_EMAIL_URL``."""
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    @property
    def subjects(self) -> list[str]:
        """Return the subjects of what was accepted."""
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd names it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient."""
        await asyncio.sleep(self.pause("rcpt"))
        envelope.rcpt_tos.append(address)
        return self.refuse("rcpt") or "250 OK"

    async def handle_DATA(  # noqa: N802 - as aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Accept a message: from here on it is delivered."""
        refused = self.refuse("end")
        if refused is None:
            content: Any = envelope.content
            self.mails.append(message_from_bytes(content, policy=policy.default))
        await asyncio.sleep(self.pause("end"))
        return refused or "250 OK"


class _Slow(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as aiosmtpd names it
        await asyncio.sleep(self.event_handler.pause("data"))
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Slow(self.handler, loop=self.loop)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    server = MailServer()
    server.port = free_port()
    # On a busy machine the thread of the server takes its time to come to its first turn.
    controller = _Controller(server, hostname=HOST, port=server.port, ready_timeout=60)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
