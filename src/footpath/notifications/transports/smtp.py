"""E-mail over SMTP, with the moment of handing over in our hands.

A server delivers a message when it has read the line that ends it. Everything before that line can
be repeated without harm; so the claim becomes "handed over" between the text and its last line.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail import EmailMessage
from django.utils.translation import gettext_noop

from footpath.notifications.transports import HandOver, Refused

TIMEOUT_S = 20
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Server:
    """Where e-mail is given to, as ``FOOTPATH_EMAIL_URL`` says."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "starttls"  # "starttls", "always" or "no"

    @classmethod
    def from_url(cls, url: str) -> Server:
        """Read smtp://user:password@host:587?tls=starttls; ValueError when it cannot be read.

        ``tls`` is starttls (the default of smtp://), always (of smtps://) or no.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("FOOTPATH_EMAIL_URL must begin with smtp:// or smtps:// and a host")
        usual = "always" if parts.scheme == "smtps" else "starttls"
        tls = parse_qs(parts.query).get("tls", [usual])[0]
        if tls not in {"starttls", "always", "no"}:
            raise ValueError("in FOOTPATH_EMAIL_URL tls is starttls, always or no")
        port = parts.port or {"always": 465, "starttls": 587, "no": 25}[tls]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, tls)


class Mailer:
    """A connection for a few messages, opened for the first and closed after the last."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._open.quit()
        self._drop()

    def send(self, message: EmailMessage, *, hand_over: HandOver) -> None:
        """Send a message to its one recipient; see the package for what errors mean."""
        text = _LINE_END.sub(b"\r\n", message.message().as_bytes())
        text = _LEADING_DOT.sub(b"..", text.removesuffix(b"\r\n"))
        try:
            connection = self._connection()
            self._expect(connection.mail(message.from_email), 250)
            self._expect(connection.rcpt(message.to[0]), 250, 251)
            self._expect(connection.docmd("DATA"), 354)
            connection.send(text)
            hand_over()
            connection.send(b"\r\n.\r\n")
            self._expect(connection.getreply(), 250)
        except smtplib.SMTPResponseException as answer:
            self._drop()
            said = answer.smtp_error
            words = said if isinstance(said, str) else said.decode("utf-8", "replace")
            raise Refused(f"{answer.smtp_code} {words}") from None
        except BaseException:
            # The text may be half on its way: the next message begins afresh.
            self._drop()
            raise

    def _connection(self) -> smtplib.SMTP:
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._open.noop()[0] == 250:
                    return self._open
            self._drop()
        server = self.server
        secure = ssl.create_default_context()
        if server.tls == "always":
            self._open = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_S, context=secure
            )
        else:
            self._open = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        if server.tls == "starttls":
            self._open.starttls(context=secure)
        self._open.ehlo_or_helo_if_needed()
        if server.user:
            self._open.login(server.user, server.password)
        return self._open

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    @staticmethod
    def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
        code, said = answer
        if code == -1:
            raise smtplib.SMTPServerDisconnected("the connection ended")
        if code not in wanted:
            raise Refused(f"{code} {said.decode('utf-8', 'replace')}")


CANNOT_REACH = gettext_noop("The e-mail server cannot be reached.")
