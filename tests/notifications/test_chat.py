"""Chats: through Apprise, to the listed services only, and never with options."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import requests
from django.utils import translation

from footpath.notifications.models import Delivery
from footpath.notifications.transports import Refused, chat
from tests.notifications.told import NOON, Told, step

TELEGRAM = "tgram://123456789:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi/4711"


class Answers:
    """Stands in for the network: notes what Apprise posts."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.posts: list[tuple[str, str]] = []

    def __call__(self, url: str, **values: Any) -> requests.Response:
        self.posts.append((url, str(values.get("data") or values.get("json"))))
        answer = requests.Response()
        answer.status_code = self.status
        answer._content = b'{"ok": true, "result": {"message_id": 1}}'
        return answer


@pytest.mark.django_db
@pytest.mark.parametrize("status", [200, 500])
def test_a_chat_gets_the_text_once(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    answers = Answers(status)
    monkeypatch.setattr(requests, "post", answers)
    Told(kind="chat", address=TELEGRAM).hears("test.urgent", what="Kênh rò rỉ")
    step(NOON)
    assert len(answers.posts) == 1
    url, text = answers.posts[0]
    assert url.startswith("https://api.telegram.org/bot123456789:")
    assert "4711" in text
    sent = Delivery.objects.get()
    assert sent.address == "tgram://…"
    assert (sent.state, sent.error) == (
        (Delivery.State.SENT, "") if status == 200 else (Delivery.State.PLANNED, chat.REFUSED)
    )


@pytest.mark.django_db
def test_no_secret_address_reaches_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: Any, **_values: Any) -> None:
        raise requests.ConnectionError(f"cannot reach {TELEGRAM}")

    monkeypatch.setattr(requests, "post", fail)
    Told(kind="chat", address=TELEGRAM).hears("test.urgent")
    step(NOON)
    assert "AAaaBBbb" not in caplog.text
    assert "AAaaBBbb" not in Delivery.objects.get().error


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "json://example.org/", "mailto://u:p@example.org", "dbus://", ""),
        *("https://hooks.slack.com/services/T/B/x", "ntfy://host/topic", "syslog://", "exec://x"),
        *(
            f"{TELEGRAM}?template=/etc/passwd",
            f"{TELEGRAM}#x",
            f"{TELEGRAM} x",
            "tgram://",
            "tgram://[",
        ),
        f"{TELEGRAM}/4712",
    ],
)
def test_an_address_that_is_no_chat_of_ours_is_refused_with_a_sentence(address: str) -> None:
    with translation.override("en"):
        assert chat.problem(address)
    with pytest.raises(Refused):
        chat.send(address, title="x", text="y", hand_over=lambda: pytest.fail("handed over"))


@pytest.mark.parametrize(
    "address",
    [
        TELEGRAM,
        "discord://4711/tokenOfTheWebhook",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general".replace("/#general", ""),
        "zalo://12345689:abcdef1234/4711",
        "line://accessTokenOfTheBot/U1234",
        "wecombot://keyOfTheBot-1234",
    ],
)
def test_addresses_of_the_listed_services_are_taken(address: str) -> None:
    with translation.override("en"):
        assert chat.problem(address) == ""


@pytest.mark.parametrize("schema", sorted(chat.SERVICES))
def test_each_listed_service_is_apprises_and_takes_no_host(schema: str) -> None:
    service = chat.SERVICES[schema]
    plugin = getattr(import_module(f"apprise.plugins.{service.module}"), service.plugin)
    protocols = plugin.secure_protocol
    assert schema in ([protocols] if isinstance(protocols, str) else protocols)
    assert not {"host", "port"} & set(plugin.template_tokens)
