"""Who calls the API: a browser with its session, or a program with a key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from footpath.accounts import selectors as accounts
from footpath.accounts.models import ApiToken
from footpath.accounts.rules import token_digest
from footpath.directory.models import Person


class SessionAuth(APIKeyCookie):
    """A signed-in browser; unsafe methods need the CSRF token as pages do."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        """Return the person behind the session, or None."""
        return _as(request, accounts.person_behind(request.user)) if key else None


class TokenAuth(HttpBearer):
    """A key of the API in the ``Authorization`` header: ``Bearer fp_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Return the person the key belongs to, or None when it is unknown or revoked."""
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=token_digest(token), revoked_at=None, user__is_active=True)
            .first()
        )
        if row is None:
            return None
        request.user = row.user
        return _as(request, accounts.person_behind(row.user))


def _as(request: Any, person: Person | None) -> Person | None:
    request.person = person
    return person
