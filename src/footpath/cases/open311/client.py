"""GeoReport v2 as its client, in XML: every server has to speak it. No database here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.cases.open311 import wire
from footpath.cases.open311.wire import Unreachable

FINAL = frozenset({400, 404, 405, 409, 413, 422})
"""Statuses that say no to this very request; all others may be another answer later."""


class RefusedThere(Exception):
    """The other system has read the request and says no to it; the message is its own."""


@dataclass(frozen=True)
class Service:
    """A kind of problem that the other system takes."""

    code: str
    name: str
    group: str = ""


@dataclass(frozen=True)
class Posted:
    """What became of a request: a number, or a token that stands for it for a while."""

    number: str
    token: str = ""


@dataclass(frozen=True)
class Remote:
    """A request as it stands there."""

    number: str
    status: str
    notes: str
    description: str
    updated_at: datetime | None


@dataclass(frozen=True)
class RemoteWord:
    """An update of a request."""

    update_id: str
    number: str
    status: str
    text: str
    updated_at: datetime | None


@dataclass(frozen=True)
class Client:
    """Speaks with one endpoint. Each call raises Unreachable or RefusedThere."""

    url: str
    jurisdiction: str = ""
    key: str = ""

    def services(self) -> list[Service]:
        """Return what the endpoint takes."""
        root = self._get("services")
        return [
            Service(_text(row, "service_code"), _text(row, "service_name"), _text(row, "group"))
            for row in root.iter("service")
        ]

    def post(self, values: Mapping[str, str | Sequence[str]]) -> Posted:
        """Send a request."""
        root = self._ask("POST", "requests", {**values, **self._own(with_key=True)})
        row = root.find("request")
        number = _text(row, "service_request_id") if row is not None else ""
        token = _text(row, "token") if row is not None else ""
        if not number and not token:
            raise Unreachable(_("Its answer holds no number."), handed_over=True)
        return Posted(number[:120], token[:120])

    def number_of_token(self, token: str) -> str:
        """Return the number that a token stands for by now, or ""."""
        row = self._get(f"tokens/{quote(token, safe='')}").find("request")
        return _text(row, "service_request_id")[:120] if row is not None else ""

    def requests(self, **query: str) -> list[Remote]:
        """Return requests as they stand there."""
        root = self._get("requests", query, with_key=True)
        return [
            Remote(
                number=_text(row, "service_request_id"),
                status=_text(row, "status").casefold(),
                notes=_text(row, "status_notes"),
                description=_text(row, "description"),
                updated_at=_moment(_text(row, "updated_datetime")),
            )
            for row in root.iter("request")
        ]

    def updates(self, since: datetime, until: datetime, *, page: int) -> list[RemoteWord]:
        """Return updates of requests in a span of time; servers without pages give all in one."""
        query = {"start_date": _written(since), "end_date": _written(until)}
        if page > 1:
            query["page"] = str(page)
        query["page_size"] = str(ROWS)
        root = self._get("servicerequestupdates", query, with_key=True)
        return [
            RemoteWord(
                update_id=_text(row, "update_id")[:120],
                number=_text(row, "service_request_id"),
                status=_text(row, "status").upper(),
                text=_text(row, "description"),
                updated_at=_moment(_text(row, "updated_datetime")),
            )
            for row in root.iter("request_update")
        ]

    def _get(
        self, path: str, query: Mapping[str, str] | None = None, *, with_key: bool = False
    ) -> Element:
        return self._ask("GET", path, {**(query or {}), **self._own(with_key=with_key)})

    def _own(self, *, with_key: bool) -> dict[str, str]:
        own = {"jurisdiction_id": self.jurisdiction, "api_key": self.key if with_key else ""}
        return {name: value for name, value in own.items() if value}

    def _ask(self, method: str, path: str, values: Mapping[str, str | Sequence[str]]) -> Element:
        address, body = f"{self.url.rstrip('/')}/{path}.xml", urlencode(values, doseq=True)
        if method == "GET" and body:
            address += f"?{body}"
        status, content = wire.ask(method, address, body.encode() if method == "POST" else b"")
        if 300 <= status < 400:
            raise Unreachable(_("It leads to another address. Give that address instead."))
        if status in FINAL:
            raise RefusedThere(_errors_of(content) or f"HTTP {status}")
        if not 200 <= status < 300:
            said = _errors_of(content)
            # What a server in trouble did with the request is not known; a gate did nothing.
            raise Unreachable(
                f"HTTP {status}: {said}" if said else f"HTTP {status}", handed_over=status >= 500
            )
        return _parsed(content)


ROWS = 500
"""How many updates are asked for at once."""


def _parsed(content: bytes) -> Element:
    try:
        return fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreachable(_("Its answer is no XML of Open311."), handed_over=True) from None


def _errors_of(content: bytes) -> str:
    """Return what the errors in an answer say, at most 200 characters."""
    try:
        root = _parsed(content)
    except Unreachable:
        return ""
    said = [_text(row, "description") for row in root.iter("error")]
    return " ".join(filter(None, said))[:200]


def _text(row: Element, name: str) -> str:
    """Return the text of an element, without what no database keeps."""
    return (row.findtext(name) or "").replace("\x00", "").strip()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return timezone.make_aware(moment) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
