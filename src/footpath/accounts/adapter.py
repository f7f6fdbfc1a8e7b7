"""How allauth behaves here: nobody signs up alone, users are made by the administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the door to sign-up and keeps quiet after signing in and out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts follow posts."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that opens says enough."""
