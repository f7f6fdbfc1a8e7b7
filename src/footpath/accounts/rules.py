"""Who may do what, as plain values: roles, grants and the scope of a person. No Django here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The roles that posts, memberships and assignments give. Source: DESIGN section 5."""

    MEMBER = "member"
    OFFICER = "officer"
    HEAD = "head"
    OFFICE = "office"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Grant:
    """One role over one place and everything below it.

    ``area_path`` is the path of the place; the empty path is the whole tree. A grant over an
    organization alone has no place: ``area_path`` is None.
    """

    role: Role
    area_path: str | None
    organization_id: int | None = None

    def covers(self, path: str) -> bool:
        """Return whether the place with this path lies in the grant."""
        return self.area_path is not None and path.startswith(self.area_path)


@dataclass(frozen=True)
class Scope:
    """Everything a person's posts, memberships and assignments grant at one moment."""

    grants: tuple[Grant, ...] = field(default=())

    def covers(self, path: str, roles: Iterable[Role] | None = None) -> bool:
        """Return whether any grant with one of the roles (any role: None) covers the place."""
        wanted = None if roles is None else frozenset(roles)
        return any(
            grant.covers(path) for grant in self.grants if wanted is None or grant.role in wanted
        )

    def has(self, *roles: Role) -> bool:
        """Return whether the person holds one of the roles anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def organizations(self, roles: Iterable[Role] | None = None) -> frozenset[int]:
        """Return the keys of organizations granted with one of the roles (any role: None)."""
        wanted = None if roles is None else frozenset(roles)
        return frozenset(
            grant.organization_id
            for grant in self.grants
            if grant.organization_id is not None and (wanted is None or grant.role in wanted)
        )

    def paths(self, roles: Iterable[Role] | None = None) -> tuple[str, ...]:
        """Return the paths of granted places, sorted, without places inside one another.

        With one of the roles only, or with any role when ``roles`` is None. ("",) is everything.
        """
        wanted = None if roles is None else frozenset(roles)
        found: list[str] = []
        for path in sorted(
            {
                grant.area_path
                for grant in self.grants
                if grant.area_path is not None and (wanted is None or grant.role in wanted)
            }
        ):
            if not (found and path.startswith(found[-1])):
                found.append(path)
        return tuple(found)


READERS = frozenset({Role.OFFICER, Role.HEAD, Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that read the records of their places; a member sees places and takes part in cases."""


_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("coc_coc", "Cốc Cốc"),
    ("MicroMessenger", "WeChat"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(agent: str) -> str:
    """Return browser and system as a browser names itself, "" when neither is known.

    "Mozilla/5.0 (Linux; Android 14) ... Chrome/124.0 Mobile Safari/537.36" is "Chrome, Android".
    The more particular names come first, because browsers also claim the names of older ones.
    """
    found = (
        next((word for mark, word in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(word for word in found if word)


def token_digest(token: str) -> str:
    """Return what is kept of a key: its SHA-256. The key itself is long and random."""
    return hashlib.sha256(token.encode()).hexdigest()
