"""Who is asking, told from the session with one query."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from footpath.accounts.guards import Asked
from footpath.accounts.models import User


class WhoIsAsking(AuthenticationMiddleware):
    """Sets ``request.user`` from the session row, and ``request.person`` to nobody yet.

    Nothing is read before a page asks; ``guards.signed_in`` then sets the person.
    """

    def process_request(self, request: Asked) -> None:  # type: ignore[override]
        """Put the lazily known user on the request."""
        request.user = SimpleLazyObject(lambda: user_of(request))
        request.person = None


def user_of(request: Asked) -> User | AnonymousUser:
    """Return the active user of the session, or the anonymous one.

    A session whose password has changed since is over.
    """
    session = request.session
    if BACKEND_SESSION_KEY not in session:
        return AnonymousUser()
    user = session.user_of_row
    if user is None or str(user.pk) != session.get(SESSION_KEY) or not user.is_active:
        return AnonymousUser()
    if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        session.flush()
        return AnonymousUser()
    session.seen()
    return user
