"""Webhooks: signed, never into the house's own network, never along a redirection."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from footpath.notifications.models import Delivery
from footpath.notifications.services import delivering
from footpath.notifications.transports import Refused, webhook
from tests.notifications.told import NOON, Told, step

State = Delivery.State


class Receiver:
    """A web server that notes what was posted."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.cut = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, dict(self.headers), body))
                if receiver.cut:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@pytest.fixture
def inside(settings: Settings) -> None:
    """Allow webhooks into the own network, as an installation may."""
    settings.WEBHOOK_PRIVATE = True
    settings.BASE_URL = "https://footpath.example.org"


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_webhook_gets_signed_json_once(receiver: Receiver) -> None:
    told = Told(kind="webhook", address=f"http://127.0.0.1:{receiver.port}/hook?of=us")
    told.hears("test.urgent", what="Kênh rò rỉ")
    assert (step(NOON), step(NOON)) == (1, 0)
    ((path, headers, body),) = receiver.posts
    sent = Delivery.objects.get()
    assert (path, sent.state) == ("/hook?of=us", State.SENT)
    assert sent.address == f"http://127.0.0.1:{receiver.port}/…"
    assert headers["Idempotency-Key"] == sent.key
    key = webhook.signing_key(told.channel.pk, told.channel.address)
    assert headers["Footpath-Signature"] == webhook.signature(key, int(NOON.timestamp()), body)
    assert json.loads(body) == {
        "id": sent.key,
        "subject": "At once: Kênh rò rỉ",
        "language": "en",
        "digest": False,
        "notices": [
            {
                "text": "At once: Kênh rò rỉ",
                "url": "https://footpath.example.org/cases/",
                "kind": "test.urgent",
                "at": "2026-03-10T05:00:00+00:00",
            }
        ],
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("status", [302, 404, 500])
def test_anything_but_a_good_answer_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.status = status
    Told(kind="webhook", address=f"http://127.0.0.1:{receiver.port}/").hears("test.urgent")
    step(NOON)
    assert (Delivery.objects.get().state, Delivery.objects.get().error) == (
        State.PLANNED,
        f"HTTP {status}",
    )
    assert [path for path, *_rest in receiver.posts] == ["/"]


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_post_without_an_answer_is_perhaps_sent(receiver: Receiver) -> None:
    receiver.cut = True
    Told(kind="webhook", address=f"http://127.0.0.1:{receiver.port}/").hears("test.urgent")
    step(NOON)
    assert Delivery.objects.get().state == State.HANDED_OVER
    assert Delivery.objects.get().error == delivering.NO_ANSWER


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_receiver_that_answers_byte_by_byte_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LONGEST_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        Told(kind="webhook", address=f"http://127.0.0.1:{port}/").hears("test.urgent")
        step(NOON)
    assert Delivery.objects.get().state == State.HANDED_OVER


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    Told(kind="webhook", address=f"http://127.0.0.1:{port}/").hears("test.urgent")
    step(NOON)
    assert (Delivery.objects.get().state, Delivery.objects.get().error) == (
        State.PLANNED,
        webhook.CANNOT_REACH,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "why"),
    [("https://localhost/", webhook.NOT_PUBLIC), ("https://no.invalid/", webhook.NOT_FOUND)],
)
def test_a_name_that_leads_inside_is_refused_when_it_is_sent(
    monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    def looked_up(host: str, port: int, **_values: Any) -> list[Any]:
        if host == "no.invalid":
            raise socket.gaierror
        return [(0, 0, 0, "", ("192.0.2.7", port)), (0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    Told(kind="webhook", address=address).hears("test.urgent")
    step(NOON)
    assert Delivery.objects.get().error == why


def test_the_connection_goes_to_the_judged_address_under_the_hosts_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    went: list[Any] = []
    ours, theirs = socket.socketpair()

    class Context:
        def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
            went.append(server_hostname)
            return sock

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_v: [(0, 0, 0, "", ("8.8.8.8", 443))])
    monkeypatch.setattr(
        socket, "create_connection", lambda where, _limit: went.append(where) or ours
    )
    monkeypatch.setattr("ssl.create_default_context", Context)
    theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    webhook.send(
        "https://hook.example.org/x",
        {"id": "1"},
        key="k",
        idempotency="1",
        moment=0,
        hand_over=lambda: went.append("handed over"),
    )
    assert went == [("8.8.8.8", 443), "hook.example.org", "handed over"]
    assert theirs.recv(20) == b"POST /x HTTP/1.1\r\nHo"
    theirs.close()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "nonsense"),
        *("fec0::1", "::127.0.0.1"),
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not webhook.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_an_address_outside_is_public(address: str) -> None:
    assert webhook.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("http://example.org/", "ftp://example.org/", "https://", "example.org", "https://[::"),
        *("https://u:p@example.org/", "https://example.org/a b", "https://example.org:99999/"),
        *(
            "https://localhost/",
            "https://a.localhost/",
            "https://printer.local/",
            "https://x.internal",
        ),
        *("https://127.0.0.1/", "https://[::1]/", "https://exämple.org/", "https://example.org:0/"),
    ],
)
def test_an_address_that_is_no_webhook_is_refused_with_a_sentence(address: str) -> None:
    with translation.override("en"):
        assert webhook.problem(address).endswith(".")


@pytest.mark.parametrize("address", ["https://example.org/x?y=1", "https://8.8.8.8:8443/"])
def test_a_public_address_is_taken(address: str) -> None:
    assert webhook.problem(address) == ""


def test_refused_is_not_an_error_of_the_network() -> None:
    assert not issubclass(Refused, OSError)
