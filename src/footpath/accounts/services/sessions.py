"""Deeds on sessions: signing in and out, ending what is open elsewhere."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from footpath.accounts import audit
from footpath.accounts.models import Session, User
from footpath.core.errors import NotThere


@transaction.atomic
def record_sign_in(*, user: User, at: datetime) -> None:
    """Leave the line of a sign-in; the session itself is opened by Django."""
    audit.record("accounts.signed_in", by=user, subject=user, at=at)


@transaction.atomic
def record_sign_out(*, user: User, at: datetime) -> None:
    """Leave the line of a sign-out."""
    audit.record("accounts.signed_out", by=user, subject=user, at=at)


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
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=kept or "").delete()
    if ended:
        audit.record("accounts.sessions_ended", by=by, subject=user, at=at, after={"ended": ended})
    return ended
