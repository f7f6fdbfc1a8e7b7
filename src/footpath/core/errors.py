"""The errors that a deed or a look-up may answer with.

Messages are whole sentences, already in the reader's language and fit to show.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404


class RuleBroken(Exception):
    """A deed was refused because a rule of the house forbids it now (HTTP 409)."""

    status = 409


class StaleState(RuleBroken):
    """Somebody else was quicker: the record is no longer as the deed expects it."""


class InvalidValue(RuleBroken):
    """A value cannot be used (HTTP 422). ``field`` names the form field, if there is one."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(PermissionDenied):
    """The person may see the thing but may not do this deed on it (HTTP 403)."""


class NotThere(Http404):
    """There is no such thing for this person: not there and not yours look the same."""
