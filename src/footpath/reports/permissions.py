"""Who may read the figures of a place."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from footpath.accounts.permissions import allow
from footpath.accounts.rules import Role
from footpath.directory.permissions import path_of


def register() -> None:
    """Register this room's deeds."""
    allow(
        "reports.read",
        Role.OFFICER,
        Role.HEAD,
        Role.OFFICE,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        path_of=path_of,
        sentence=gettext_noop("read the figures of a place"),
    )
