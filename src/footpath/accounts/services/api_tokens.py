"""Deeds on the keys of the API."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.models import ApiToken, User
from footpath.accounts.rules import token_digest
from footpath.core.errors import InvalidValue, NotThere


@transaction.atomic
def create_api_token(*, user: User, name: str, by: audit.Actor, at: datetime) -> str:
    """Make a key for the API and return it; only its digest is kept.

    Raises InvalidValue when the key has no name or one longer than 80 characters.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 80:
        raise InvalidValue(_("Say in at most 80 characters what the key is for."), field="name")
    token = f"fp_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(user=user, name=name, digest=token_digest(token), created_at=at)
    audit.record("accounts.token_created", by=by, subject=row, at=at, after={"name": name})
    return token


@transaction.atomic
def revoke_api_token(*, user: User, token_id: int, by: audit.Actor, at: datetime) -> None:
    """Revoke one of the user's keys; NotThere when it is not theirs or already revoked."""
    rows = ApiToken.objects.filter(pk=token_id, user=user, revoked_at=None)
    token = rows.first()
    if token is None or not rows.update(revoked_at=at):
        raise NotThere
    audit.record("accounts.token_revoked", by=by, subject=token, at=at)
