"""Applications that post cases by Open311: their keys, their limits, and what they have done."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Case as When
from django.db.models import F, Q, Value
from django.db.models import When as Then
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.rules import token_digest
from footpath.cases.models import Application
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

MOST_A_MINUTE = 6000


@transaction.atomic
def create_application(
    *, name: str, by: Person, at: datetime, per_minute: int = 60, is_trusted: bool = False
) -> tuple[Application, str]:
    """Register an application and return it with its key, of which only the digest is kept.

    Raises InvalidValue for an empty name or a limit outside of 1 to 6,000 requests a minute.
    """
    require(by, "cases.systems")
    key = f"fo_{secrets.token_urlsafe(32)}"
    made = Application(
        name=_name(name),
        per_minute=_limit(per_minute),
        is_trusted=is_trusted,
        key_digest=token_digest(key),
        key_hint=key[:8],
        made_by=by,
        made_at=at,
    )
    made.save(force_insert=True)
    audit.record("cases.application_created", by=by, subject=made, at=at, after=_snapshot(made))
    return made, key


@transaction.atomic
def change_application(
    *, application: Application, name: str, per_minute: int, is_trusted: bool, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """Change what an application is called, how often it may ask, and whether it is trusted."""
    require(by, "cases.systems")
    _must_work(application)
    before = _snapshot(application)
    application.name, application.per_minute = _name(name), _limit(per_minute)
    application.is_trusted = is_trusted
    application.save(update_fields=["name", "per_minute", "is_trusted"])
    after = _snapshot(application)
    if after != before:
        audit.record(
            "cases.application_changed",
            by=by, subject=application, at=at, before=before, after=after,
        )  # fmt: skip


@transaction.atomic
def new_key(*, application: Application, by: Person, at: datetime) -> str:
    """Give an application another key and return it; the former one no longer works."""
    require(by, "cases.systems")
    _must_work(application)
    key = f"fo_{secrets.token_urlsafe(32)}"
    application.key_digest, application.key_hint = token_digest(key), key[:8]
    application.save(update_fields=["key_digest", "key_hint"])
    audit.record("cases.application_key", by=by, subject=application, at=at)
    return key


@transaction.atomic
def revoke_application(*, application: Application, by: Person, at: datetime) -> None:
    """Let the key of an application no longer work; its cases stay."""
    require(by, "cases.systems")
    rows = Application.objects.filter(pk=application.pk, revoked_at=None)
    if not rows.update(revoked_at=at):
        raise RuleBroken(_("This application was revoked already."))
    application.revoked_at = at
    audit.record("cases.application_revoked", by=by, subject=application, at=at)


def count_use(*, application: Application, at: datetime) -> bool:
    """Count one request of the application; return False when its minute is used up.

    One statement, so that any number of processes count together. A minute begins on the clock.
    """
    minute = at.replace(second=0, microsecond=0)
    rows = Application.objects.filter(
        Q(minute=None) | ~Q(minute=minute) | Q(used__lt=F("per_minute")),
        pk=application.pk,
        revoked_at=None,
    )
    return bool(
        rows.update(
            used=When(Then(minute=minute, then=F("used") + 1), default=Value(1)),
            minute=minute,
            last_used_at=at,
        )
    )


def _must_work(application: Application) -> None:
    if application.revoked_at is not None:
        raise RuleBroken(_("This application was revoked. Register it anew."))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise InvalidValue(_("Name the application in at most 120 characters."), field="name")
    return name


def _limit(per_minute: int) -> int:
    if not 1 <= per_minute <= MOST_A_MINUTE:
        raise InvalidValue(
            _("Give a number of requests from 1 to 6,000 a minute."), field="per_minute"
        )
    return per_minute


def _snapshot(application: Application) -> dict[str, object]:
    return {
        "name": application.name,
        "per_minute": application.per_minute,
        "is_trusted": application.is_trusted,
    }
