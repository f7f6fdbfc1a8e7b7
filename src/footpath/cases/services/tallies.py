"""The figures of cases by month and place: each deed notes what it changes and waits for nobody.

Whoever changes something that counts calls ``follow(case, at=at)`` at the end, inside the deed's
transaction. Counting is by state (``rules.rates``), so a second call changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from footpath.cases.models import Case, Clock, ClockKind, Counted, Reporter, Tally, TallyChange
from footpath.cases.models.thread import Round
from footpath.cases.rules import rates
from footpath.core import clock, tree
from footpath.directory.models import Area

PIECE = 2_000
"""So many cases are counted anew, and so many notes are added up, in one transaction."""

ANCESTORS = tuple(f"a{level}" for level in range(tree.LEVELS))
KEY = ("month", "area_id", "organization_key", "category_id", "level")


def note(case: Case, *, at: datetime, **changes: int) -> None:
    """Note that the figures under the case's key change by so much; ``at`` is only for the log."""
    note_many([(case, changes)], at=at)


def note_many(changes: Iterable[tuple[Case, dict[str, int]]], *, at: datetime) -> None:
    """Note changes of many cases in one statement; changes of one key are noted in one row."""
    rows: dict[tuple[Any, ...], TallyChange] = {}
    for case, counts in changes:
        row = rows.setdefault(_key_of(case), _change_of(case))
        for name, number in counts.items():
            setattr(row, name, getattr(row, name) + number)
    TallyChange.objects.bulk_create(rows.values(), batch_size=500)


def opening_rows(case: Case, first: Sequence[models.Model]) -> list[models.Model]:
    """Return what is written with a case that is being raised: one more raised, and what counts.

    The case has its key already; ``first`` holds its first clocks, and may hold other rows.
    """
    facts = rates.Facts(
        promised_on=case.promised_on,
        promise_ends=_end_of(case.promised_on),
        accept_due=next(
            (
                row.due_at
                for row in first
                if isinstance(row, Clock) and row.kind == ClockKind.ACCEPT
            ),
            None,
        ),
    )
    counts = rates.Counts(raised=1)
    change = _change_of(case)
    change.raised = 1
    return [change, counted_row(case, counts, rates.next_change(facts, case.raised_at))]


def counted_row(case: Case, counts: rates.Counts, next_at: datetime | None) -> Counted:
    """Return the row that says what of a case is counted, not saved."""
    return Counted(
        case=case,
        month=month_of(case.raised_at),
        area_key=case.area_id,
        organization_key=case.organization_id or 0,
        category_key=case.category_id,
        level=case.level,
        bits=counts.packed(),
        next_at=next_at,
    )


def follow(case: Case, *, at: datetime) -> None:
    """Count a case anew after a deed, and note the difference. Part of the deed's transaction."""
    count_anew([case.pk], at=at)


def month_of(moment: datetime) -> date:
    """Return the first day of the month in which a moment lies, for the organisation."""
    return clock.day_of(moment).replace(day=1)


def facts_of(keys: Sequence[int]) -> models.QuerySet[Case]:
    """Return cases with what their counts depend on; one query for any number."""
    accept = Clock.objects.filter(case=OuterRef("pk"), kind=ClockKind.ACCEPT)
    accept = accept.exclude(ended=Clock.Ended.CANCELLED).order_by("pk")
    superficial = (
        Round.objects.filter(case=OuterRef("pk"), is_superficial=True)
        .order_by()
        .values("case")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Case.objects.filter(pk__in=keys).annotate(
        accept_due=Subquery(accept.values("due_at")[:1]),
        accept_ended=Subquery(accept.values("ended")[:1]),
        accept_in_time=Subquery(accept.values("is_in_time")[:1]),
        superficial_rounds=Subquery(superficial),
        said=Subquery(Reporter.objects.filter(case=OuterRef("pk")).values("answer")[:1]),
    )


def facts(case: Any) -> rates.Facts:
    """Return the facts of a case that ``facts_of`` gave."""
    accepted = case.accept_ended == Clock.Ended.MET
    return rates.Facts(
        outcome=case.outcome,
        closed_on=clock.day_of(case.closed_at) if case.closed_at else None,
        promised_on=case.promised_on,
        promise_ends=_end_of(case.promised_on),
        accept_due=case.accept_due,
        accepted_in_time=bool(case.accept_in_time) if accepted else None,
        superficial=case.superficial_rounds or 0,
        answer=case.said or "",
    )


@transaction.atomic
def count_anew(keys: Sequence[int], *, at: datetime) -> int:
    """Count cases as they stand at a moment; note the differences, and return how many differ.

    What is counted of a case is locked first and the case read afterwards, so that two deeds at
    once are counted one after the other.
    """
    before = {
        row.pk: row
        for row in Counted.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    changes: list[TallyChange] = []
    new: list[Counted] = []
    changed: list[Counted] = []
    moved: list[Counted] = []
    for case in facts_of(keys).order_by("pk"):
        known = facts(case)
        counts = rates.count(known, at)
        row = counted_row(case, counts, rates.next_change(known, at))
        old = before.get(case.pk)
        if old is None:
            new.append(row)
            changes.append(_change_of(case, counts))
            continue
        same_key = _key_counted(old) == _key_counted(row)
        if same_key and old.bits == row.bits and old.next_at == row.next_at:
            continue
        changed.append(row)
        if same_key:
            was = rates.Counts.unpacked(old.bits)
            if old.bits != row.bits:
                changes.append(_change_of(case, counts, was))
        else:
            moved.append(old)
            changes.append(_change_of(case, counts))
    changes += _taken_back(moved)
    Counted.objects.bulk_create(new, batch_size=500)
    names = ["month", "area_key", "organization_key", "category_key", "level", "bits", "next_at"]
    if len(changed) == 1:
        values = {name: getattr(changed[0], name) for name in names}
        Counted.objects.filter(pk=changed[0].pk).update(**values)
    elif changed:
        Counted.objects.bulk_update(changed, names, batch_size=200)
    TallyChange.objects.bulk_create(changes, batch_size=500)
    return len(new) + len(changed)


def _taken_back(moved: Sequence[Counted]) -> list[TallyChange]:
    """Return what takes back what was counted under a key that cases no longer have."""
    if not any(row.bits for row in moved):
        return []
    places = Area.objects.in_bulk({row.area_key for row in moved})
    taken = []
    for row in moved:
        change = TallyChange(
            month=row.month,
            area_id=row.area_key,
            organization_key=row.organization_key,
            category_id=row.category_key,
            level=row.level,
            **tree.ancestor_values(places[row.area_key].path),
        )
        for name, number in vars(rates.Counts.unpacked(row.bits)).items():
            setattr(change, name, -number)
        taken.append(change)
    return taken


def count_due(at: datetime) -> int:
    """Count what has fallen due by a moment without any deed; returns how many cases differ."""
    differ = 0
    while True:
        due = Counted.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk")
        keys = [pk for (pk,) in due[:PIECE]]
        if not keys:
            return differ
        differ += count_anew(keys, at=at)


def add_up(at: datetime) -> int:
    """Add all notes up into the sums, each exactly once; returns how many notes there were."""
    done = 0
    while True:
        number = _add_piece()
        done += number
        if number < PIECE:
            return done


@transaction.atomic
def _add_piece() -> int:
    """Take a piece of notes away and add it to the sums, both or neither."""
    rows = TallyChange.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    taken = list(rows[:PIECE])
    sums: dict[tuple[Any, ...], Tally] = {}
    for row in taken:
        key = tuple(getattr(row, name) for name in KEY)
        known = sums.get(key)
        if known is None:
            known = sums[key] = Tally(**{name: getattr(row, name) for name in (*KEY, *ANCESTORS)})
        for name in rates.COLUMNS:
            setattr(known, name, getattr(known, name) + getattr(row, name))
    if sums:
        _upsert([sums[key] for key in sorted(sums)])
        TallyChange.objects.filter(pk__in=[row.pk for row in taken]).delete()
    return len(taken)


def _upsert(rows: Sequence[Tally]) -> None:
    """Add rows to the sums that are there, or let them begin one."""
    names = [field.attname for field in Tally._meta.concrete_fields if not field.primary_key]
    fields = {field.attname: field for field in Tally._meta.concrete_fields}
    quote = connection.ops.quote_name
    table = quote(Tally._meta.db_table)
    adding = ", ".join(
        f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}" for name in rates.COLUMNS
    )
    marks = ", ".join(["%s"] * len(names))
    statement = (
        f"INSERT INTO {table} ({', '.join(quote(name) for name in names)}) VALUES ({marks}) "  # noqa: S608 - names of our own columns
        f"ON CONFLICT ({', '.join(quote(name) for name in KEY)}) DO UPDATE SET {adding}"
    )
    values = [
        [fields[name].get_db_prep_save(getattr(row, name), connection) for name in names]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def keep(at: datetime) -> int:
    """Count what fell due and add everything up: the job ``cases.tallies``."""
    return count_due(at) + add_up(at)


def _key_of(case: Case) -> tuple[Any, ...]:
    organization = case.organization_id or 0
    return (month_of(case.raised_at), case.area_id, organization, case.category_id, case.level)


def _key_counted(row: Counted) -> tuple[Any, ...]:
    return (row.month, row.area_key, row.organization_key, row.category_key, row.level)


def _change_of(
    case: Case, counts: rates.Counts | None = None, was: rates.Counts | None = None
) -> TallyChange:
    month, area, organization, category, level = _key_of(case)
    change = TallyChange(
        month=month,
        area_id=area,
        organization_key=organization,
        category_id=category,
        level=level,
        **{name: getattr(case, name) for name in ANCESTORS},
    )
    if counts is not None:
        before = was or rates.Counts()
        for name in rates.COLUMNS:
            setattr(change, name, getattr(counts, name) - getattr(before, name))
    return change


def _end_of(day: date | None) -> datetime | None:
    """Return the first moment after a day, for the organisation."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
