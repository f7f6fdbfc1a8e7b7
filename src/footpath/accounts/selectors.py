"""Looking up who somebody is and what their posts grant.

Rooms above register what they know: ``directory`` how a user becomes a person, and every room
that gives roles a function from a person's key to grants.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footpath.accounts.models import Session, User
from footpath.accounts.rules import Grant, Role, Scope
from footpath.core import clock

GrantProvider = Callable[[int], list[Grant]]
PersonLoader = Callable[[User], Any]

_providers: list[GrantProvider] = []
_loaders: list[PersonLoader] = []
_known: dict[int, tuple[tuple[int, object], Any]] = {}
_MOST_KNOWN = 10_000


def register_grants(provider: GrantProvider) -> None:
    """Add a function that gives the grants of a person (by key) in force today."""
    _providers.append(provider)


def register_person_loader(loader: PersonLoader) -> None:
    """Set the function that gives the person behind a user, or None."""
    _loaders[:] = [loader]


def scope_of(person_id: int) -> Scope:
    """Return everything that a person's posts, memberships and assignments grant today."""
    return Scope(tuple(grant for provider in _providers for grant in provider(person_id)))


def person_behind(user: Any) -> Any:
    """Return the person behind a user with the scope already read, or None.

    Kept in this process until the user's ``scope_version`` or the day changes, so that a signed-in
    page costs no further query. The answer is shared: nobody writes to it.
    """
    if not user.is_authenticated:
        return None
    stamp = (user.scope_version, clock.today())
    kept = _known.get(user.pk)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    person = _loaders[0](user) if _loaders else None
    if person is not None:
        person.scope  # noqa: B018 - read once, kept on the person
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[user.pk] = (stamp, person)
    return person


def forget_everybody() -> None:
    """Drop what this process has kept of people: for tests, whose databases come and go."""
    _known.clear()


def is_administrator(user: User) -> bool:
    """Return whether the person behind the user holds an administrator's post."""
    person = person_behind(user)
    return person is not None and person.scope.has(Role.ADMINISTRATOR)


def sessions_of(user: User) -> list[Session]:
    """Return the user's open sessions, the newest first."""
    return list(
        Session.objects.filter(user=user, expire_date__gt=clock.now()).order_by("-started_at")
    )
