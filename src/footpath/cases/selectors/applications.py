"""Applications that post cases, for the administrator and for themselves."""

from __future__ import annotations

from django.db.models import Count

from footpath.accounts.permissions import may
from footpath.accounts.rules import token_digest
from footpath.cases.models import Application
from footpath.core.errors import NotThere
from footpath.directory.models import Person


def applications_for(person: Person) -> list[Application]:
    """Return the applications with ``count`` of their cases, those that work first.

    NotThere for somebody who connects no systems. One query.
    """
    must_connect(person)
    rows = Application.objects.annotate(count=Count("received")).select_related("made_by")
    return sorted(rows, key=lambda row: (row.revoked_at is not None, row.name.casefold(), row.pk))


def get_application_for(person: Person, *, pk: int) -> Application:
    """Return an application; NotThere for somebody who connects no systems."""
    must_connect(person)
    found = Application.objects.filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found


def application_of_key(key: str) -> Application | None:
    """Return the application with this key, or None when it is unknown or revoked."""
    if not key:
        return None
    return Application.objects.filter(key_digest=token_digest(key), revoked_at=None).first()


def must_connect(person: Person) -> None:
    """Raise NotThere for somebody who connects no systems."""
    if not may(person, "cases.systems"):
        raise NotThere
