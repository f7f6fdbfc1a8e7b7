"""What ``footpath check`` says about the settings of this room."""

from __future__ import annotations

from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Remark

from footpath.notifications.transports.smtp import Server


def settings_are_sound(**_options: Any) -> list[CheckMessage]:
    """Return what is wrong with the e-mail server, the hour of the digest and the base address."""
    found: list[CheckMessage] = []
    if settings.EMAIL_URL:
        try:
            Server.from_url(settings.EMAIL_URL)
        except ValueError as wrong:
            found.append(Error(str(wrong), id="notifications.E001"))
        if urlsplit(settings.BASE_URL).hostname in {"127.0.0.1", "localhost"}:
            found.append(
                Remark(
                    "E-mail goes out, but its links lead to this machine: set FOOTPATH_BASE_URL.",
                    id="notifications.W001",
                )
            )
    try:
        time.fromisoformat(settings.DIGEST_AT)
    except ValueError:
        found.append(Error("FOOTPATH_DIGEST_AT is no time such as 07:00", id="notifications.E002"))
    return found
