"""The rows of the ledger: what a filter means, in which order, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from footpath.accounts.rules import READERS
from footpath.cases import rules
from footpath.cases.filters import NOBODY, Filter
from footpath.cases.models import Case, CaseQuerySet, Entry, SavedView
from footpath.cases.presenting import ROW_COLUMNS
from footpath.cases.rules.mapping import Box
from footpath.cases.selectors.reading import cases_for, of_organizations, taking_part
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Person

PAGE_SIZE = 50
MOST_COUNTED = 1000
MOST_EXPORTED = 100_000

BY_DUE_DATE = Order("due_on", read=date.fromisoformat)
NEWEST_FIRST = Order("raised_at", descending=True, read=datetime.fromisoformat)


def ledger(person: Person, asked: Filter, *, path: str | None, today: date) -> CaseQuerySet:
    """Return the cases that a filter shows to a person, not yet ordered.

    ``path`` is the path of the place that the filter names, None when it names none: then the
    person's own places are meant. ``mine`` and the person's own key as owner look everywhere.
    """
    rows = _where(person, asked, path).filter(_view(asked.view, today))
    for name, value in asked.chosen.items():
        meaning = _MEANS.get(name)
        if meaning is not None:
            rows = rows.filter(meaning(value, today))
    if asked.q:
        rows = _found(rows, asked.q)
    return rows


def page(
    person: Person, asked: Filter, *, path: str | None, today: date, after: str | None
) -> Page[dict[str, Any]]:
    """Return one page of the ledger as rows for ``presenting.rows_of``: one query."""
    rows = ledger(person, asked, path=path, today=today).values(*ROW_COLUMNS)
    return page_of(rows, order=order_of(asked), after=after, size=PAGE_SIZE)


def order_of(asked: Filter) -> Order:
    """Return the order of a filter's list: by due date, or the newest first."""
    return NEWEST_FIRST if asked.newest_first else BY_DUE_DATE


def count(
    person: Person, asked: Filter, *, path: str | None, today: date, most: int = MOST_COUNTED
) -> int:
    """Return how many cases a filter shows, but never more than ``most`` + 1.

    Open cases are counted in the order of their list, so that its index is read, which holds no
    closed ones: SQLite, left to choose, reads all that were ever raised.
    """
    rows = ledger(person, asked, path=path, today=today)
    rows = rows.order_by(*(() if asked.newest_first else order_of(asked).terms))
    return rows.values("pk")[: most + 1].count()


def views_of(person: Person) -> list[SavedView]:
    """Return the filters a person keeps, sorted by name."""
    return list(SavedView.objects.filter(person=person).order_by("name", "pk"))


def raised_within(age: str, today: date) -> Q:
    """Return the condition that a case was raised so many days ago ("8-30")."""
    first, last = next(row for row in rules.AGES if row.code == age).span(today)
    condition = Q(raised_at__lt=midnight(last + timedelta(days=1)))
    if first is not None:
        condition &= Q(raised_at__gte=midnight(first))
    return condition


def in_month(column: str, month: Month) -> Q:
    """Return the condition that a moment lies in a month of the organisation's time zone."""
    return Q(
        **{f"{column}__gte": midnight(month.first), f"{column}__lt": midnight(month.next.first)}
    )


def reopened_in(month: Month) -> Q:
    """Return the condition that a closed case was opened again in a month."""
    entries = Entry.objects.filter(in_month("at", month), deed=Entry.Deed.REOPENED)
    return Q(pk__in=entries.values("case_id"))


def midnight(day: date) -> datetime:
    """Return the first moment of a day in the organisation's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _where(person: Person, asked: Filter, path: str | None) -> CaseQuerySet:
    if asked.view == "mine":
        rows = Case.objects.filter(taking_part(person))
        return rows if path is None else rows.in_subtree(path)
    if path is not None:
        return cases_for(person, path=path)
    if asked.owner == str(person.pk) or asked.organization in _own_organizations(person):
        return Case.objects.all()
    paths = person.scope.paths(READERS)
    if not paths:
        return Case.objects.filter(of_organizations(person))
    condition = Q()
    for own in paths:
        condition |= tree.in_subtree(own)
    return Case.objects.filter(condition)


def _own_organizations(person: Person) -> frozenset[str]:
    return frozenset(map(str, person.scope.organizations()))


def _view(view: str, today: date) -> Q:
    if view == "all":
        return Q()
    if view == "closed":
        return Q(is_open=False)
    more = {
        "overdue": Q(due_on__lt=today),
        "verify": Q(state=rules.State.RECTIFIED),
        "returned": Q(round_number__gt=1),
        "unowned": Q(owner=None),
    }
    return Q(is_open=True) & more.get(view, Q())


_MEANS: dict[str, Callable[[str, date], Q]] = {
    "state": lambda value, _today: Q(state=value),
    "owner": lambda value, _today: Q(owner=None if value == NOBODY else int(value)),
    "organization": lambda value, _today: Q(organization=None if value == NOBODY else int(value)),
    "category": lambda value, _today: Q(category__code=value),
    "source": lambda value, _today: Q(source=value),
    "level": lambda value, _today: Q(level=int(value)),
    "age": raised_within,
    "raised": lambda value, _today: in_month("raised_at", Month.parse(value)),
    "closed": lambda value, _today: in_month("closed_at", Month.parse(value)),
    "reopened": lambda value, _today: reopened_in(Month.parse(value)),
    "box": lambda value, _today: _in_box(value),
}


def _in_box(text: str) -> Q:
    box = Box.read(text)
    if box is None:
        return Q()
    return Q(
        latitude__gte=box.south,
        latitude__lt=box.north,
        longitude__gte=box.west,
        longitude__lt=box.east,
    )


def _found(rows: CaseQuerySet, typed: str) -> CaseQuerySet:
    digits = typed.upper().removeprefix("C-").strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        return rows.filter(pk=int(digits))
    return rows.matching(typed)
