"""Outside systems to which cases are sent: their addresses, their sealed keys."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Endpoint, Handoff
from footpath.cases.open311.wire import problem
from footpath.core import sealing
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person

CHANGED = ("name", "url", "jurisdiction", "has_updates", "is_active", "sealed_key")


@transaction.atomic
def create_endpoint(
    *, name: str, url: str, by: Person, at: datetime, key: str = "", jurisdiction: str = "",
    has_updates: bool = False,
) -> Endpoint:  # fmt: skip
    """Register an outside system and return it; its key is kept encrypted.

    Raises InvalidValue for an empty name and for an address that no endpoint can have.
    """
    require(by, "cases.systems")
    made = Endpoint(
        name=_name(name),
        url=_url(url),
        jurisdiction=jurisdiction.strip(),
        has_updates=has_updates,
        sealed_key=sealing.seal(key.strip()),
        made_by=by,
        made_at=at,
    )
    made.save(force_insert=True)
    audit.record("cases.endpoint_created", by=by, subject=made, at=at, after=_snapshot(made))
    return made


@transaction.atomic
def change_endpoint(
    *, endpoint: Endpoint, name: str, url: str, jurisdiction: str, has_updates: bool,
    is_active: bool, key: str, by: Person, at: datetime,
) -> None:  # fmt: skip
    """Change what is known of an outside system; an empty key leaves the present one.

    What waits to be sent there is tried again at once.
    """
    require(by, "cases.systems")
    before = _snapshot(endpoint)
    endpoint.name, endpoint.url = _name(name), _url(url)
    endpoint.jurisdiction = jurisdiction.strip()
    endpoint.has_updates, endpoint.is_active = has_updates, is_active
    if key.strip():
        endpoint.sealed_key = sealing.seal(key.strip())
    endpoint.save(update_fields=CHANGED)
    waiting = endpoint.handoffs.filter(state=Handoff.State.WAITING, next_at__gt=at)
    waiting.update(next_at=at)
    after = _snapshot(endpoint)
    if key.strip() or after != before:
        audit.record(
            "cases.endpoint_changed",
            by=by, subject=endpoint, at=at, before=before, after=after | {"key": bool(key.strip())},
        )  # fmt: skip


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise InvalidValue(_("Name the system in at most 120 characters."), field="name")
    return name


def _url(url: str) -> str:
    url = url.strip().rstrip("/")
    sentence = problem(url)
    if sentence or len(url) > 300:
        raise InvalidValue(sentence or _("This is no web address."), field="url")
    return url


def _snapshot(endpoint: Endpoint) -> dict[str, object]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "jurisdiction": endpoint.jurisdiction,
        "has_updates": endpoint.has_updates,
        "is_active": endpoint.is_active,
    }
