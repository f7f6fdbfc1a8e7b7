"""Webhooks: signed JSON to an address of the user's choice, never into the house's own network."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath import __version__
from footpath.core import outbound
from footpath.core.outbound import LONGEST_S, is_public
from footpath.notifications.transports import HandOver, Refused

NOT_PUBLIC = gettext_noop("The address of the webhook does not lead to a public network.")
NOT_FOUND = gettext_noop("The host of the webhook is not known.")
CANNOT_REACH = gettext_noop("The webhook cannot be reached.")


def problem(address: str) -> str:
    """Return why an address cannot be a webhook, as a sentence for the reader, or ""."""
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return _("This is no web address.")
    allowed = {"https", "http"} if settings.WEBHOOK_PRIVATE else {"https"}
    if parts.scheme not in allowed or not parts.hostname or not port_is_fine:
        return _("The address of a webhook begins with https://.")
    if parts.username is not None or parts.password is not None:
        return _("The address of a webhook holds no user name and no password.")
    if not address.isascii() or not address.isprintable() or " " in address:
        return _("This is no web address.")
    if not settings.WEBHOOK_PRIVATE and _is_private_text(parts.hostname):
        return _(NOT_PUBLIC)
    return ""


def signing_key(channel_id: int, address: str) -> str:
    """Return the key with which the messages of a webhook are signed; its owner may see it."""
    return salted_hmac(
        "footpath.webhook", f"{channel_id}:{address}", algorithm="sha256"
    ).hexdigest()


def signature(key: str, moment: int, body: bytes) -> str:
    """Return the value of the header: "t=1765432100,v1=<HMAC-SHA256 of "t.body" in hex>"."""
    signed = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def send(
    address: str,
    content: Mapping[str, Any],
    *,
    key: str,
    idempotency: str,
    moment: int,
    hand_over: HandOver,
) -> None:
    """Post the content once; anything but an answer of 200 to 299 is Refused.

    The name is resolved here and the connection goes to the very address that was judged, so that
    a second answer of the name server cannot lead elsewhere. Redirections are not followed.
    """
    parts = urlsplit(address)
    body = json.dumps(content, ensure_ascii=False).encode()
    with outbound.connected(parts, _judged_address(parts), longest=LONGEST_S) as connection:
        hand_over()
        connection.request(
            "POST",
            connection.target,
            body,
            {
                "Content-Type": "application/json",
                "User-Agent": f"Footpath/{__version__}",
                "Idempotency-Key": idempotency,
                "Footpath-Signature": signature(key, moment, body),
                "Connection": "close",
            },
        )
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise Refused(f"HTTP {answer.status}")


def _judged_address(parts: SplitResult) -> str:
    """Return the first network address of the host; Refused when any of them is not public."""
    try:
        return outbound.judged(parts, private=settings.WEBHOOK_PRIVATE)
    except outbound.NotKnown:
        raise Refused(NOT_FOUND) from None
    except outbound.NotPublic:
        raise Refused(NOT_PUBLIC) from None


def _is_private_text(host: str) -> bool:
    """Return whether a host is written as an address that is not public, or as this machine."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return not is_public(host)
