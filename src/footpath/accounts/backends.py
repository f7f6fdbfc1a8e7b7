"""Checking a user name and a password; nothing else is decided here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from footpath.accounts import selectors


class ByPost(ModelBackend):
    """Signs users in. What they may do comes from their posts, so no permission is read here."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return nothing: there are no permissions on users."""
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return nothing: there are no groups."""
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return nothing: permissions are predicates over posts."""
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return whether an administrator asks, for the tables of the administration site.

        Everything else asks ``accounts.permissions.may``.
        """
        return selectors.is_administrator(user_obj)
