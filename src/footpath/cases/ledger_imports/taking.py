"""Writing a piece of a ledger: cases, clocks, figures and trail, each table in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from footpath.accounts import audit
from footpath.cases.ledger_imports.reading import Line, end_of, promised
from footpath.cases.models import Case, Clock, ClockKind, Counted, Entry, TallyChange
from footpath.cases.rules import Deed, Outcome, State, rates
from footpath.cases.rules.ladder import LOOK_AHEAD
from footpath.cases.services import doing
from footpath.core import sql, textsearch

CASE = (
    "id", "title", "text", "category_id", "area_id", "organization_id", "level", "raised_at",
    "state", "is_open", "outcome", "due_on", "due_at", "due_kind", "updated_at", "closed_at",
    "promised_on", "address", "latitude", "longitude", "source_key", "search",
    "a0", "a1", "a2", "a3", "a4", "a5",
)  # fmt: skip
CLOCK = (
    "case_id",
    "kind",
    "round_number",
    "path",
    "started_at",
    "due_at",
    "due_on",
    "next_rung_at",
)
COUNTED = (
    "case_id", "month", "area_key", "organization_key", "category_key", "level", "bits", "next_at",
)  # fmt: skip
CHANGE = (
    "month", "area_id", "organization_key", "category_id", "level",
    "a0", "a1", "a2", "a3", "a4", "a5", *rates.COLUMNS,
)  # fmt: skip


@dataclass(frozen=True)
class Importer:
    """Who imports what: named in the trail of each case, and in the thread where a deed is done."""

    actor_key: str
    actor_name: str
    file: str
    digest: str
    number: int


@dataclass
class Done:
    """What a piece did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _There:
    pk: int
    state: str
    area: int


def there_already(lines: Sequence[Line]) -> dict[str, _There]:
    """Return the cases of these keys that are in the ledger; one query."""
    rows = Case.objects.filter(source_key__in=[line.key for line in lines])
    found = rows.values_list("source_key", "pk", "state", "area")
    return {key: _There(pk, state, area) for key, pk, state, area in found if key is not None}


def is_news(line: Line, case: _There) -> bool:
    """Return whether the row says that a case is closed which is still worked on here.

    A row of another place says nothing of it: whoever imports may not act there.
    """
    at_work = {State.RAISED, State.ACCEPTED, State.GUIDED}
    return line.closed is not None and case.state in at_work and case.area == line.spot.pk


def try_piece(lines: Sequence[Line]) -> Done:
    """Return what a piece would do; changes nothing."""
    known, done = there_already(lines), Done()
    for line in lines:
        case = known.get(line.key)
        if case is None:
            done.created += 1
        elif is_news(line, case):
            done.updated += 1
        else:
            done.unchanged += 1
    return done


def take_piece(lines: Sequence[Line], *, importer: Importer, at: datetime) -> Done:
    """Write a piece; stands in the transaction that notes how far the import has come."""
    known, done = there_already(lines), Done()
    new: list[Line] = []
    for line in lines:
        case = known.get(line.key)
        if case is None:
            new.append(line)
        elif is_news(line, case):
            _said_closed(case.pk, importer, at)
            done.updated += 1
        else:
            done.unchanged += 1
    if new:
        _write(new, importer, at)
    done.created = len(new)
    return done


def _said_closed(pk: int, importer: Importer, at: datetime) -> None:
    """Let a case wait for its verification: another ledger has closed it, nobody here has looked.

    Never closed by this: somebody independent verifies it on the spot, as any other.
    """
    case = Case.objects.get(pk=pk)
    said = importer.actor_name[:120]
    if case.state == State.RAISED:
        doing.act(
            Deed.ACCEPT, case, Entry.Deed.ACCEPTED, None, at, "", said_by=said,
            state=State.ACCEPTED,
        )  # fmt: skip
    doing.act(
        Deed.RECTIFY, case, Entry.Deed.RECTIFIED, None, at, "", said_by=said,
        state=State.RECTIFIED,
    )  # fmt: skip
    doing.set_round(case, rectified_at=at, proposed_outcome=Outcome.SOLVED)


def _write(lines: Sequence[Line], importer: Importer, at: datetime) -> None:
    cases: list[tuple[Any, ...]] = []
    clocks: list[tuple[Any, ...]] = []
    counted: list[tuple[Any, ...]] = []
    sums: dict[tuple[Any, ...], list[int]] = {}
    opened: dict[str, dict[str, Any]] = {}
    table = Case._meta.label_lower
    for pk, line in zip(sql.next_pks(Case, len(lines)), lines, strict=True):
        promise = promised(line.raised.day, line.kind.days)
        ends = _end_of(promise)
        is_open = line.closed is None
        spot = line.spot
        state = State.RAISED if is_open else State.CLOSED
        outcome = "" if is_open else str(Outcome.ELSEWHERE)
        cases.append(
            (
                pk, line.title, line.text, line.kind.pk, spot.pk, line.organization, spot.level,
                line.raised.at, str(state), is_open, outcome, promise, ends if is_open else None,
                str(ClockKind.ACCEPT) if is_open else "", at,
                line.closed.at if line.closed is not None else None, promise, line.address,
                line.latitude, line.longitude, line.key, _document(line.title, line.text),
                *spot.ancestors,
            )
        )  # fmt: skip
        if is_open:
            next_rung = max(at, ends - LOOK_AHEAD) if ends > at else None
            clocks.append(
                (
                    pk, str(ClockKind.ACCEPT), 1, spot.path, line.raised.at, ends, promise,
                    next_rung,
                )
            )  # fmt: skip
        facts = rates.Facts(
            outcome=outcome, promised_on=promise, promise_ends=ends if is_open else None,
            accept_due=ends if is_open else None,
        )  # fmt: skip
        counts = rates.count(facts, at)
        month = line.raised.day.replace(day=1)
        key = (month, spot.pk, line.organization or 0, line.kind.pk, spot.level, *spot.ancestors)
        counted.append((pk, *key[:5], counts.packed(), rates.next_change(facts, at)))
        known = sums.get(key)
        if known is None:
            known = sums[key] = [0] * len(rates.COLUMNS)
        for number, name in enumerate(rates.COLUMNS):
            known[number] += getattr(counts, name)
        opened[f"{table}:{pk}"] = {
            "title": line.title,
            "text": line.text,
            "category": line.kind.pk,
            "area": spot.pk,
            "organization": line.organization,
            "state": str(state),
            "outcome": outcome,
            "due_on": promise.isoformat(),
            "source_key": line.key,
            "file": importer.digest,
            "import": importer.number,
        }
    sql.insert_many(Case, CASE, cases, same={"source": Case.Source.IMPORT})
    sql.insert_many(Clock, CLOCK, clocks)
    sql.insert_many(Counted, COUNTED, counted)
    sql.insert_many(TallyChange, CHANGE, ((*key, *counts) for key, counts in sums.items()))
    audit.open_many("case.imported", opened, by=importer, at=at)


@lru_cache(maxsize=20_000)
def _document(title: str, text: str) -> str:
    return textsearch.document(title, text)


@lru_cache(maxsize=20_000)
def _end_of(day: Any) -> datetime:
    return end_of(day)
