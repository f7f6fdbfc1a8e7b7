"""Requests by the standard library: on a real connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from footpath.secrecy.client import wire
from footpath.secrecy.client.errors import Refused


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        self.answer(404 if self.path == "/missing" else 200, b"not json")

    def do_POST(self) -> None:
        said = sorted(f"{name.lower()}: {value}" for name, value in self.headers.items())
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(202, "\n".join(said).encode() + b"\n\n" + body)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_posting_bears_the_same_headers_each_time_and_no_more(address: str) -> None:
    reply = wire.network("POST", f"{address}/postings/", b"{}", wire.JSON)
    host = address.removeprefix("http://")
    headers, _blank, body = reply.body.decode().partition("\n\n")
    assert (reply.status, body) == (202, "{}")
    assert headers.splitlines() == [
        "accept-encoding: identity",
        "accept: */*",
        "connection: close",
        "content-length: 2",
        "content-type: application/json",
        f"host: {host}",
        "user-agent: Mozilla/5.0",
    ]


def test_nobody_is_sent_elsewhere(address: str) -> None:
    assert wire.network("GET", f"{address}/moved", None, {}).status == 302
    with pytest.raises(Refused, match="does not answer"):
        wire.get(wire.network, f"{address}/missing")


def test_what_is_no_json_is_said_to_be_none(address: str) -> None:
    with pytest.raises(Refused, match="not understood"):
        wire.get_json(wire.network, address)


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Refused, match=r"127\.0\.0\.1:9 does not answer"):
        wire.network("GET", "http://127.0.0.1:9/", None, {})
