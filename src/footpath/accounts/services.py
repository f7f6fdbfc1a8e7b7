"""Deeds on users, sessions and keys of the API."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.models import ApiToken, Session, User
from footpath.core.errors import InvalidValue, NotThere


@transaction.atomic
def create_user(
    *, username: str, password: str | None, by: audit.Actor, at: datetime, email: str = ""
) -> User:
    """Make a user who can sign in; with no password nobody can until one is set.

    Raises InvalidValue when the name is taken or the password is too weak.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidValue(
            _("The user name “%(name)s” is taken. Choose another.") % {"name": username},
            field="username",
        )
    user = User(username=username, email=email)
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise InvalidValue(" ".join(weak.messages), field="password") from weak
        user.set_password(password)
    user.save()
    audit.record("accounts.user_created", by=by, subject=user, at=at, after={"username": username})
    return user


@transaction.atomic
def end_session(*, user: User, session_key: str, by: audit.Actor, at: datetime) -> None:
    """End one of the user's own sessions; NotThere when it is not theirs or already over."""
    ended, _rows = Session.objects.filter(user=user, session_key=session_key).delete()
    if not ended:
        raise NotThere
    audit.record("accounts.session_ended", by=by, subject=user, at=at)


@transaction.atomic
def end_other_sessions(*, user: User, kept: str | None, by: audit.Actor, at: datetime) -> int:
    """End all of the user's sessions but the kept one; return how many ended."""
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=kept).delete()
    if ended:
        audit.record("accounts.sessions_ended", by=by, subject=user, at=at, after={"ended": ended})
    return ended


@transaction.atomic
def create_api_token(*, user: User, name: str, by: audit.Actor, at: datetime) -> str:
    """Make a key for the API and return it; only its digest is kept."""
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


def token_digest(token: str) -> str:
    """Return what is kept of a key: its SHA-256. The key itself is long and random."""
    return hashlib.sha256(token.encode()).hexdigest()


def scope_changed(user_ids: Iterable[int | None]) -> None:
    """Make every process read the scopes of these users anew; call in the deed's transaction."""
    known = [pk for pk in user_ids if pk is not None]
    if known:
        User.objects.filter(pk__in=known).update(scope_version=F("scope_version") + 1)
