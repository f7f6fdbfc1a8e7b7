"""Deeds on users: who may sign in, their passwords, and the scope that every process keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.models import Session, User
from footpath.accounts.permissions import Asker, require
from footpath.core.errors import InvalidValue, RuleBroken, StaleState


class Manager(audit.Actor, Asker, Protocol):
    """A person with a name for the trail and a scope to ask for."""


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str | None,
    by: Manager | audit.System,
    at: datetime,
    email: str = "",
) -> User:
    """Make a user who can sign in; with no password nobody can until one is set.

    Raises InvalidValue when the name cannot be used or is taken, or the password is too weak.
    """
    _require_manager(by)
    username = username.strip()
    if User.objects.filter(username__iexact=username).exists():
        raise _name_taken(username)
    user = User(username=username, email=email)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as wrong:
        raise InvalidValue(" ".join(wrong.messages), field="username") from wrong
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as taken:
        raise _name_taken(username) from taken
    audit.first_line(
        "accounts.user_created", by=by, subject=user, at=at, after={"username": username}
    )
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: Manager | audit.System, at: datetime) -> None:
    """Give a user a new password, for one who has forgotten it; ends all of the user's sessions.

    Raises InvalidValue when the password is too weak.
    """
    _require_manager(by)
    _set_password(user, password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
    audit.record("accounts.password_set", by=by, subject=user, at=at)


@transaction.atomic
def deactivate_user(*, user: User, by: Manager | audit.System, at: datetime) -> None:
    """Keep a user out: every session ends and keys for the API stop working at once.

    Raises RuleBroken for one's own account, StaleState when the user is kept out already.
    """
    _require_manager(by)
    if getattr(by, "user_id", None) == user.pk:
        raise RuleBroken(_("You cannot shut yourself out. Another administrator can do it."))
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise StaleState(_("This account is shut already."))
    user.is_active = False
    Session.objects.filter(user=user).delete()
    audit.record("accounts.user_deactivated", by=by, subject=user, at=at)


@transaction.atomic
def activate_user(*, user: User, by: Manager | audit.System, at: datetime) -> None:
    """Let a user in again; StaleState when the user may sign in already."""
    _require_manager(by)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise StaleState(_("This account is open already."))
    user.is_active = True
    audit.record("accounts.user_activated", by=by, subject=user, at=at)


def change_password(
    *, user: User, old: str, new: str, kept: str | None, by: audit.Actor, at: datetime
) -> None:
    """Change one's own password; every session but the kept one ends.

    Raises InvalidValue when the old password is wrong, which leaves a line too, or when the new
    one is too weak.
    """
    if not user.check_password(old):
        with transaction.atomic():
            audit.record("accounts.password_change_refused", by=by, subject=user, at=at)
        raise InvalidValue(_("This is not your present password."), field="old")
    with transaction.atomic():
        _set_password(user, new, field="new")
        user.save(update_fields=["password"])
        Session.objects.filter(user=user).exclude(session_key=kept or "").delete()
        audit.record("accounts.password_changed", by=by, subject=user, at=at)


def scope_changed(user_ids: Iterable[int | None]) -> None:
    """Make every process read the scopes of these users anew; call in the deed's transaction."""
    known = [pk for pk in user_ids if pk is not None]
    if known:
        User.objects.filter(pk__in=known).update(scope_version=F("scope_version") + 1)


def _require_manager(by: Manager | audit.System) -> None:
    if not isinstance(by, audit.System):
        require(by, "accounts.manage", User)


def _name_taken(username: str) -> InvalidValue:
    said = _("The user name “%(name)s” is taken. Choose another.") % {"name": username}
    return InvalidValue(said, field="username")


def _set_password(user: User, password: str, *, field: str = "password") -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise InvalidValue(" ".join(weak.messages), field=field) from weak
    user.set_password(password)
