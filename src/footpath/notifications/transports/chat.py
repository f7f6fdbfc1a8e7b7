"""Chats through Apprise: only services with a fixed place in the network, no options.

Apprise knows services that call programs, read files or send to any host; an address here comes
from any signed-in user, so only the ones below are taken, and nothing after a question mark.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.notifications.transports import HandOver, Refused

SERVICES = {
    "dingtalk": "DingTalk",
    "discord": "Discord",
    "feishu": "Feishu",
    "gchat": "Google Chat",
    "lark": "Lark",
    "line": "LINE",
    "slack": "Slack",
    "tgram": "Telegram",
    "threema": "Threema",
    "viber": "Viber",
    "webex": "Webex",
    "wecombot": "WeCom",
    "zalo": "Zalo",
}
"""Schema of Apprise and name of the service; each sends to its own servers only."""

REFUSED = gettext_noop("The chat service did not take the message.")


def problem(address: str) -> str:
    """Return why an address cannot be a chat, as a sentence for the reader, or ""."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return _("This is no address of a chat.")
    if parts.scheme not in SERVICES:
        return _("Footpath does not send to this service. It sends to: %(services)s.") % {
            "services": ", ".join(f"{name} ({code}://)" for code, name in SERVICES.items())
        }
    if parts.query or parts.fragment or not address.isprintable() or " " in address:
        return _("The address of a chat holds nothing after a question mark.")
    found = _service(address)
    if found is None:
        return _("This is no address of a chat.")
    if len(found) != 1:
        return _("One channel leads to one chat; add the others as channels of their own.")
    return ""


def send(address: str, *, title: str, text: str, hand_over: HandOver) -> None:
    """Send a text; Refused when the service did not take it."""
    if problem(address):
        raise Refused(REFUSED)
    service = _service(address)
    hand_over()
    if service is None or not service.notify(body=text, title=title, body_format="text"):
        raise Refused(REFUSED)


def _service(address: str) -> Any:
    """Return Apprise's object for an address, or None; it keeps no file and writes no log."""
    # Half a second to load: only a worker that sends, or a form that checks, needs it.
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415
    from apprise.common import PersistentStoreMode  # noqa: PLC0415

    asset = AppriseAsset(
        plugin_paths=[], storage_mode=PersistentStoreMode.MEMORY, secure_logging=True
    )
    return Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
