"""What the outside may read of cases by Open311: public ones, and an application its own.

Nothing about a reporter is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from footpath.cases.models import Application, Case, CaseQuerySet, Category, Entry, Received
from footpath.core import tree
from footpath.directory.models import Area

COLUMNS = (
    *("id", "title", "text", "public_text", "is_public", "category_id", "is_open", "state"),
    *("outcome", "round_number", "raised_at", "updated_at", "closed_at", "promised_on", "due_on"),
    *("address", "latitude", "longitude", "media_url", "answers", "organization__name", "source"),
    *("a0", "a1", "a2", "a3", "a4", "a5", "own"),
)


def services() -> list[Category]:
    """Return the categories that the public may report, sorted by their codes."""
    return list(Category.objects.filter(is_active=True, is_public=True))


def service(code: str) -> Category | None:
    """Return the category with this code if the public may report it, else None."""
    return Category.objects.filter(code=code, is_active=True, is_public=True).first()


def open_to(application: Application | None) -> CaseQuerySet:
    """Return the cases that may be read: public ones, and those the application has posted.

    Each has ``own``, whether the application has posted it.
    """
    if application is None:
        return Case.objects.filter(is_public=True).annotate(own=Exists(Received.objects.none()))
    posted = Received.objects.filter(application=application)
    return Case.objects.filter(Q(is_public=True) | Q(pk__in=posted.values("case_id"))).annotate(
        own=Exists(posted.filter(case_id=OuterRef("pk")))
    )


def rows_of(cases: QuerySet[Case]) -> list[dict[str, Any]]:
    """Return the columns of cases that are read from outside."""
    return list(cases.values(*COLUMNS))


def categories_of(rows: Iterable[dict[str, Any]]) -> dict[int, Category]:
    """Return the categories of rows by their keys."""
    return Category.objects.in_bulk({row["category_id"] for row in rows})


def places_of(rows: Iterable[dict[str, Any]]) -> dict[int, Area]:
    """Return the places of rows and all places above them by their keys."""
    wanted = {row[f"a{level}"] for row in rows for level in range(tree.LEVELS)} - {None}
    return Area.objects.only("name", "code").in_bulk(wanted)


def public_words(rows: Iterable[dict[str, Any]]) -> dict[int, list[Entry]]:
    """Return what may be read of the threads, by case and in its order. One query.

    That is the answers; who sent the case also reads what was said to the reporter alone.
    """
    found: dict[int, list[Entry]] = {}
    own = {row["id"]: bool(row["own"]) for row in rows}
    readable = Q(deed=Entry.Deed.REPLIED) | Q(case__in=[pk for pk, is_own in own.items() if is_own])
    entries = Entry.objects.filter(readable, case__in=list(own), is_public=True)
    for entry in entries.exclude(text="").order_by("pk"):
        found.setdefault(entry.case_id, []).append(entry)
    return found


def updates(
    application: Application | None,
    deeds: Iterable[str],
    *,
    since: datetime,
    until: datetime,
    case: int | None,
) -> QuerySet[Entry]:
    """Return the entries of readable cases in a span of time, the earliest first.

    Each has ``own``, whether the application has posted its case.
    """
    own = Received.objects.none()
    if application is not None:
        own = Received.objects.filter(application=application, case_id=OuterRef("case_id"))
    readable = open_to(application).filter(updated_at__gte=since)
    if case is not None:
        readable = readable.filter(pk=case)
    shown = Q(deed__in=list(deeds)) | Q(is_public=True)
    return (
        Entry.objects.filter(shown, case__in=readable.values("pk"), at__range=(since, until))
        .annotate(own=Exists(own))
        .select_related("case")
        .order_by("at", "pk")
    )


def received(application: Application, key: str) -> Case | None:
    """Return the case that the application has posted under a key of its own, or None."""
    row = (
        Received.objects.select_related("case").filter(application=application, key=key).first()
        if key
        else None
    )
    return row.case if row is not None else None


def posted_by(application: Application, pk: int) -> Case | None:
    """Return a case that the application has posted, or None."""
    row = Received.objects.select_related("case").filter(application=application, case=pk).first()
    return row.case if row is not None else None
