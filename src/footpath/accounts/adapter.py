"""How allauth behaves here: nobody signs up alone, users are made by the administrator."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Adapter(DefaultAccountAdapter):
    """Closes the door to sign-up and keeps quiet after signing in and out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # The same words for a wrong name and a wrong password: nobody learns which names exist.
        "username_password_mismatch": _(
            "This user name and this password do not go together. Check both, small and capital "
            "letters too."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts follow posts."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count all ways to write one name together, as the database takes them for one.

        PostgreSQL looks names up in capitals, where a long s is an S and a dotless i an I.
        """
        name = unicodedata.normalize("NFKC", credentials.get("username", "")).upper().casefold()
        key: str = super()._get_login_attempts_cache_key(
            request, **{**credentials, "username": name}
        )
        return key

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that opens says enough."""
