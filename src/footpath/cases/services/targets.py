"""How long the legs of a case may take, and due dates counted anew. Source: S0.3, S4.4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Case, Category, Clock, ClockKind, Entry, Target, TimeUnit
from footpath.cases.rules.working_time import Basis, Computation, Pause
from footpath.cases.services import clocks, ladder
from footpath.core import tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier

LONGEST = 730
AT_ONCE = 500


@transaction.atomic
def add_target(
    *,
    kind: str,
    amount: int,
    unit: str,
    by: Person,
    at: datetime,
    category: Category | None = None,
    tier: Tier | None = None,
) -> Target:
    """Say how long a leg may take, for a category and a tier, one of them, or for all.

    Clocks that run already keep their due dates. RuleBroken when the same is said already.
    """
    require(by, "cases.targets")
    if kind not in ClockKind.values:
        raise InvalidValue(_("Choose the leg."), field="kind")
    _check(amount, unit)
    made = Target(kind=kind, category=category, tier=tier, amount=amount, unit=unit)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise RuleBroken(_("This target stands already. Change it in the table.")) from taken
    audit.record("cases.target_set", by=by, subject=made, at=at, after=snapshot(made))
    return made


@transaction.atomic
def change_target(
    *, target: Target, amount: int, unit: str, expected: str, by: Person, at: datetime
) -> None:
    """Change how long a leg may take; ``expected`` is ``standing_of`` the target that was read."""
    require(by, "cases.targets")
    _check(amount, unit)
    now = Target.objects.select_for_update(no_key=True).filter(pk=target.pk).first()
    if now is None or standing_of(now) != expected:
        raise StaleState(_("Somebody else has changed this target. Read it again first."))
    before = snapshot(now)
    target.amount, target.unit = amount, unit
    target.save(update_fields=["amount", "unit"])
    audit.record(
        "cases.target_set", by=by, subject=target, at=at, before=before, after=snapshot(target)
    )


@transaction.atomic
def remove_target(*, target: Target, by: Person, at: datetime) -> None:
    """Take a target away: the less particular one counts, or the promised day."""
    require(by, "cases.targets")
    before, key = snapshot(target), audit.subject_key(target)
    gone, _rows = Target.objects.filter(pk=target.pk).delete()
    if not gone:
        raise StaleState(_("Somebody else has taken this target away already."))
    audit.record("cases.target_removed", by=by, subject=key, at=at, before=before)


def standing_of(target: Target) -> str:
    """Return what a target says in one word, to notice a change in between."""
    return f"{target.amount}.{target.unit}"


def snapshot(target: Target) -> dict[str, Any]:
    """Return the values of a target that the trail keeps a digest of."""
    return {
        "kind": str(target.kind),
        "category": target.category_id,
        "tier": target.tier_id,
        "amount": target.amount,
        "unit": str(target.unit),
    }


def _check(amount: int, unit: str) -> None:
    if not 1 <= amount <= LONGEST:
        raise InvalidValue(
            _("Write a number from 1 to %(most)s.") % {"most": LONGEST}, field="amount"
        )
    if unit not in TimeUnit.values:
        raise InvalidValue(_("Choose in what it is counted."), field="unit")


# --- counted anew ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A running clock whose due date would be another, and the year that nobody has settled."""

    clock: Clock
    before: date
    counted: Computation | None
    refused: str = ""


def moved_clocks(place: Area | None) -> Iterator[Moved]:
    """Yield the running clocks of a place whose due dates the calendar of today moves.

    Only clocks with a target: promised and given days do not follow the calendar. A clock whose
    new due date lies in a year that nobody has settled is yielded with the reason.
    """
    path = place.path if place is not None else ""
    rows = (
        Clock.objects.filter(stopped_at=None, amount__isnull=False)
        .filter(tree.within(path))
        .select_related("case")
        .prefetch_related("pauses")
        .order_by("pk")
    )
    oldest = rows.order_by("started_at").values_list("started_at", flat=True).first()
    if oldest is None:
        return
    calendar_of = directory.office_calendars_below(path, [oldest.year - 1])
    for clock in rows.iterator(chunk_size=AT_ONCE):
        if clock.computed.get("basis") != Basis.TARGET:
            continue
        pauses = [Pause(row.since, row.until, row.reason) for row in clock.pauses.all()]
        try:
            counted = clocks.count(clock, calendar_of(clock.path), pauses)
        except RuleBroken as refused:
            yield Moved(clock, clock.due_on, None, str(refused))
            continue
        if counted.due_at != clock.due_at:
            yield Moved(clock, clock.due_on, counted)


def recount_clocks(*, place: Area | None, by: Person, at: datetime) -> tuple[int, list[Moved]]:
    """Count the due dates of a place's running clocks anew; returns how many moved, and those
    that could not be counted. Each leaves an entry with both days, and a line of the trail.
    """
    if place is None:
        require(by, "directory.settle_year")
    require(by, "cases.clocks", place)
    refused, changed = [], 0
    for moved in list(moved_clocks(place)):
        if moved.counted is None:
            refused.append(moved)
        else:
            changed += _recount(moved.clock, moved.counted, by=by, at=at)
    return changed, refused


@transaction.atomic
def _recount(read: Clock, counted: Computation, *, by: Person, at: datetime) -> bool:
    """Write a due date that was counted anew, unless the clock has changed since it was read."""
    case = Case.objects.select_for_update(no_key=True).get(pk=read.case_id)
    running = clocks.running_clocks(case)
    clock = next((row for row in running if row.pk == read.pk), None)
    if clock is None or clock.version != read.version:
        return False
    was = clock.due_on
    before = {"kind": str(clock.kind), "due_at": clock.due_at.isoformat()}
    clocks.set_due(clock, counted)
    clock.version += 1
    Clock.objects.bulk_update([clock], clocks.DUE)
    clocks.note_due(case, running)
    ladder.replan(clock, at=at)
    after = {"kind": str(clock.kind), "due_at": clock.due_at.isoformat()}
    audit.record("case.due_recounted", by=by, subject=case, at=at, before=before, after=after)
    Entry.objects.create(
        case=case,
        round_number=case.round_number,
        deed=Entry.Deed.RECOUNTED,
        by=by,
        at=at,
        text=f"{was.isoformat()} → {clock.due_on.isoformat()}",
    )
    return True
