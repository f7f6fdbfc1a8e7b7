"""Addresses of channels: which are taken, and how they are shown. They are secrets."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from footpath.core.errors import InvalidValue
from footpath.notifications.models import Channel
from footpath.notifications.transports import chat, webhook


def clean(kind: str, address: str) -> str:
    """Return the address as it is kept; InvalidValue with a sentence when it cannot be used."""
    text = address.strip()
    if len(text) > 500:
        raise InvalidValue(_("The address is too long."), field="address")
    if kind == Channel.Kind.EMAIL:
        try:
            validate_email(text)
        except ValidationError:
            raise InvalidValue(_("This is no e-mail address."), field="address") from None
        local, _at, domain = text.rpartition("@")
        return f"{local}@{domain.lower()}"
    problem = webhook.problem(text) if kind == Channel.Kind.WEBHOOK else chat.problem(text)
    if problem:
        raise InvalidValue(problem, field="address")
    return text


def short(kind: str, address: str) -> str:
    """Return what may be shown: an e-mail address whole, of others where they lead.

    "https://example.org/hook/s3cret" is "https://example.org/…", a chat is "tgram://…".
    """
    if kind == Channel.Kind.EMAIL:
        return address
    parts = urlsplit(address)
    if kind == Channel.Kind.WEBHOOK:
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}/…"
    return f"{parts.scheme}://…"
