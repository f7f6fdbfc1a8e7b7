"""The deeds of all rooms and the roles that may do them.

Each room registers its deeds with ``allow`` in its own ``permissions.py``; ``rules`` keeps the
predicates. The table in docs/reference/roles.md is written from what is registered here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import rules as predicates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.accounts.rules import Role, Scope
from footpath.core.errors import NotAllowed


class Asker(Protocol):
    """Somebody with a scope: a person of the directory."""

    @property
    def scope(self) -> Scope:
        """Return what the person's posts, memberships and assignments grant."""


@dataclass(frozen=True)
class Deed:
    """One line of the table: a deed, the roles that may do it in their places, and who else."""

    name: str
    roles: frozenset[Role]
    also: str
    sentence: str
    is_for_everybody: bool = False


_deeds: dict[str, Deed] = {}

PathOf = Callable[[Any], str | None]
_for_everybody: set[PathOf] = set()


def for_everybody(path_of: PathOf) -> PathOf:
    """Mark a path that is known without a thing: of deeds that hold for the whole organization."""
    _for_everybody.add(path_of)
    return path_of


def allow(
    name: str,
    *roles: Role,
    sentence: str,
    path_of: PathOf | None = None,
    also: Callable[[Any, Any], bool] | None = None,
    also_says: str = "",
) -> None:
    """Register a deed such as "cases.verify" with the roles that may do it.

    ``path_of`` gives the path of the place that a thing belongs to; without it the role is enough
    anywhere. One marked ``for_everybody`` is asked without a thing too: with ``whole_tree`` the
    role must hold over everything. ``also`` is a further question
    (person, thing) that opens the deed on its own, and ``also_says`` its words for the table.
    ``sentence`` says in English what the deed is.
    """
    if name in _deeds:
        raise ValueError(f"the deed {name} is registered twice")
    held = frozenset(roles)

    @predicates.predicate
    def by_role(person: Asker | None, thing: Any = None) -> bool:
        if person is None or not person.scope.has(*held):
            return False
        known = path_of is not None and (thing is not None or path_of in _for_everybody)
        path = path_of(thing) if path_of is not None and known else None
        return person.scope.has(*held) if path is None else person.scope.covers(path, held)

    predicate = by_role
    if also is not None:
        question = also

        @predicates.predicate
        def by_other_reason(person: Asker | None, thing: Any = None) -> bool:
            return person is not None and thing is not None and question(person, thing)

        predicate = by_role | by_other_reason
    _deeds[name] = Deed(name, held, also_says, sentence, path_of in _for_everybody)
    predicates.add_perm(name, predicate)


def may(person: Asker | None, deed: str, thing: Any = None) -> bool:
    """Return whether the person may do the deed on the thing (None: anywhere at all)."""
    if deed not in _deeds:
        raise KeyError(f"no such deed: {deed}")
    return bool(predicates.has_perm(deed, person, thing))


def require(person: Asker | None, deed: str, thing: Any = None) -> None:
    """Raise NotAllowed with a sentence unless the person may do the deed on the thing."""
    if not may(person, deed, thing):
        raise NotAllowed(
            _("Your posts and assignments do not include this: %(deed)s.")
            % {"deed": _(_deeds[deed].sentence)}
        )


def deeds() -> list[Deed]:
    """Return every registered deed, sorted by name: the table of roles and deeds."""
    return sorted(_deeds.values(), key=lambda deed: deed.name)


@for_everybody
def whole_tree(_thing: Any) -> str:
    """Return the path of everything: for deeds that stop at no place, asked with a thing or not."""
    return ""


allow(
    "trail.read",
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    sentence=gettext_noop("read the audit trail"),
)
allow(
    "accounts.manage",
    Role.ADMINISTRATOR,
    path_of=whole_tree,
    sentence=gettext_noop("manage users and posts"),
)
