"""Chats through Apprise: only services with a fixed place in the network, no options.

Apprise knows services that call programs, read files or send to any host; an address here comes
from any signed-in user, so only the ones below are taken, and nothing after a question mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.notifications.transports import HandOver, Refused


@dataclass(frozen=True)
class Service:
    """A chat service: its name, and Apprise's module and class for it."""

    name: str
    module: str
    plugin: str


SERVICES = {
    "dingtalk": Service("DingTalk", "dingtalk", "NotifyDingTalk"),
    "discord": Service("Discord", "discord", "NotifyDiscord"),
    "feishu": Service("Feishu", "feishu", "NotifyFeishu"),
    "gchat": Service("Google Chat", "google_chat", "NotifyGoogleChat"),
    "lark": Service("Lark", "lark", "NotifyLark"),
    "line": Service("LINE", "line", "NotifyLine"),
    "slack": Service("Slack", "slack", "NotifySlack"),
    "tgram": Service("Telegram", "telegram", "NotifyTelegram"),
    "threema": Service("Threema", "threema", "NotifyThreema"),
    "viber": Service("Viber", "viber", "NotifyViber"),
    "webex": Service("Webex", "webexteams", "NotifyWebexTeams"),
    "wecombot": Service("WeCom", "wecombot", "NotifyWeComBot"),
    "zalo": Service("Zalo", "zalo", "NotifyZalo"),
}
"""By Apprise's schema; each sends to its own servers only."""

REFUSED = gettext_noop("The chat service did not take the message.")


def listed() -> str:
    """Return the services as a reader may choose them: "Telegram (tgram://), …"."""
    return ", ".join(f"{one.name} ({schema}://)" for schema, one in SERVICES.items())


def problem(address: str) -> str:
    """Return why an address cannot be a chat, as a sentence for the reader, or ""."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return _("This is no address of a chat.")
    if parts.scheme not in SERVICES:
        return _("Footpath does not send to this service. It sends to: %(services)s.") % {
            "services": listed()
        }
    if parts.query or parts.fragment or not address.isprintable() or " " in address:
        return _("The address of a chat holds no spaces and nothing after a question mark.")
    found = _plugin(address)
    if found is None:
        return _("This is no address of a chat.")
    if len(found) != 1:
        return _("One channel leads to one chat; add the others as channels of their own.")
    return ""


def send(address: str, *, title: str, text: str, hand_over: HandOver) -> None:
    """Send a text; Refused when the service did not take it."""
    if problem(address):
        raise Refused(REFUSED)
    plugin = _plugin(address)
    hand_over()
    if plugin is None or not plugin.notify(body=text, title=title, body_format="text"):
        raise Refused(REFUSED)


def _plugin(address: str) -> Any:
    """Return Apprise's object for an address, or None; it keeps no file and writes no log.

    The one module is loaded by itself: Apprise's own search would load all 170.
    """
    from apprise import AppriseAsset  # noqa: PLC0415 - not before somebody uses a chat
    from apprise.common import PersistentStoreMode  # noqa: PLC0415

    service = SERVICES[urlsplit(address).scheme]
    plugin = getattr(import_module(f"apprise.plugins.{service.module}"), service.plugin)
    asset = AppriseAsset(
        plugin_paths=[], storage_mode=PersistentStoreMode.MEMORY, secure_logging=True
    )
    parsed = plugin.parse_url(address)
    if parsed is None:
        return None
    try:
        return plugin(**parsed, asset=asset)
    except TypeError:  # as Apprise says that a part of an address is missing or wrong
        return None
