"""Raising a case."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case, Category
from footpath.cases.services import clocks, routing, tallies
from footpath.core import clock, sql, textsearch, tree
from footpath.core.errors import InvalidValue
from footpath.directory.models import Area, Person


def raise_case(  # noqa: PLR0913 - the values of a case
    *,
    title: str,
    area: Area,
    category: Category,
    by: Person,
    at: datetime,
    text: str = "",
    source: str = Case.Source.OFFICER,
    client_key: UUID | None = None,
    source_key: str | None = None,
    due_on: date | None = None,
) -> Case:
    """Put a new problem of a place into the ledger and return it.

    A ``client_key`` makes the deed safe to repeat: the second call of the same person with the
    same key gives the first case back and changes nothing. A day that was agreed (``due_on``)
    stands instead of the days that the category gives. Raises InvalidValue for an empty title, a
    place that is closed, a day already past or a key that somebody else used. Source: S0.1, S2.3.
    """
    require(by, "cases.raise", area)
    case = new_case(
        title=title,
        text=text,
        area=area,
        category=category,
        at=at,
        source=source,
        due_on=due_on,
        raised_by=by,
        client_key=client_key,
        source_key=source_key,
    )
    try:
        write_case(case, actor=by, at=at)
    except IntegrityError:
        already = _case_of_key(client_key, by) if client_key is not None else None
        if already is None:
            raise
        return already
    return case


def new_case(
    *,
    title: str,
    text: str,
    area: Area,
    category: Category,
    at: datetime,
    source: str,
    due_on: date | None = None,
    **more: Any,
) -> Case:
    """Return a case as it is raised, not yet written; ``more`` are further columns.

    The same checks whoever raises it: InvalidValue for an empty or too long title, a place that
    is closed, a day already past.
    """
    title = " ".join(title.split())
    if not title:
        raise InvalidValue(_("Say in one line what is wrong."), field="title")
    if area.valid_until is not None and area.valid_until < clock.day_of(at):
        raise InvalidValue(
            _("%(place)s is closed. Choose the place that took its stead.") % {"place": area.name},
            field="area",
        )
    if len(title) > 200:
        raise InvalidValue(
            _("The line is longer than 200 characters. Put the rest into the details."),
            field="title",
        )
    if due_on is not None and due_on < clock.day_of(at):
        raise InvalidValue(_("This day is already past."), field="due_on")
    case = Case(
        pk=sql.next_pk(Case),
        title=title,
        text=text.strip(),
        category=category,
        area=area,
        level=len(area.ancestor_ids) - 1,
        source=source,
        raised_at=at,
        state=rules.State.RAISED,
        due_on=due_on or rules.due_date(clock.day_of(at), category.days_to_close),
        is_agreed=due_on is not None,
        updated_at=at,
        search=textsearch.document(title, text),
        **tree.ancestor_values(area.path),
        **more,
    )
    case.promised_on = case.due_on
    return case


def write_case(
    case: Case,
    *,
    actor: audit.Actor,
    at: datetime,
    with_reporter: bool = False,
    beside: Sequence[models.Model] = (),
) -> None:
    """Write a new case with its first clocks and its first trail line, all or nothing.

    With a reporter somebody outside waits for an answer, and the clock of the reply begins.
    ``beside`` are rows that have the case as their ``case`` and are written with it. A route gives
    the case its organization, its owner and the outside system it is sent to.
    IntegrityError when its client key or source key is known already.
    """
    placed = routing.place(case, at=at)
    first = clocks.first_clocks(case, at=at, with_reporter=with_reporter)
    with transaction.atomic() if placed.has_more else nullcontext():
        _insert(case, [*first, *placed.beside, *beside], by=actor, at=at)
        routing.follow_up(case, placed, at=at)


def _insert(case: Case, first: Sequence[Any], *, by: audit.Actor, at: datetime) -> None:
    """Write the case, what belongs to it and the first line of its trail, all or nothing."""
    with transaction.atomic() if connection.in_atomic_block or case.pk is None else nullcontext():
        rows: list[models.Model] = []
        if case.pk is None:
            sql.insert_together([case])
        else:
            rows.append(case)
        for begun in first:
            begun.case = case
        rows += first
        rows += tallies.opening_rows(case, first)
        key = audit.subject_key(case)
        rows += audit.opening_rows("case.raised", by=by, key=key, at=at, after=snapshot(case))
        sql.insert_together(rows)
    case._state.adding = False


def snapshot(case: Case) -> dict[str, object]:
    """Return the values of a case that the trail keeps a digest of."""
    return {
        "title": case.title,
        "text": case.text,
        "category": case.category_id,
        "area": case.area_id,
        "agency": case.agency_id,
        "organization": case.organization_id,
        "level": case.level,
        "state": str(case.state),
        "outcome": str(case.outcome),
        "round": case.round_number,
        "owner": case.owner_id,
        "due_on": case.due_on.isoformat(),
        "duplicate_of": case.duplicate_of_id,
    }


def _case_of_key(client_key: UUID, by: Person) -> Case | None:
    case = Case.objects.filter(client_key=client_key).first()
    if case is not None and case.raised_by_id != by.pk:
        raise InvalidValue(_("This key was already used for another record."), field="client_key")
    return case
