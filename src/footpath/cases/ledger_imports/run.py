"""Deeds: keep a file, map it, try it, take it piece by piece, stop, go on.

Each piece is one transaction together with ``LedgerImport.done``, which is locked first and
compared: whoever is killed leaves whole pieces behind, and of two workers at one import the second
finds the piece taken and ends. See docs/decisions/0016-ledgers-in-pieces.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.ledger_imports import mapping
from footpath.cases.ledger_imports.mapping import MOST_WORDS, WORDED, Map
from footpath.cases.ledger_imports.problems import BadMap, Problem
from footpath.cases.ledger_imports.reading import Line, Reader, Repeat, words_in
from footpath.cases.ledger_imports.taking import Done, Importer, take_piece, try_piece
from footpath.cases.ledger_imports.words import categories, fold, organizations, places
from footpath.cases.models import LedgerImport
from footpath.core import clock, sql
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory.imports.problems import Unreadable
from footpath.directory.imports.reading import Sheet
from footpath.directory.imports.run import digest_of
from footpath.directory.models import Person

log = logging.getLogger(__name__)

PIECE = 2_000
MOST_PROBLEMS = 1_000
SAMPLE = 200
MANY = 1_000
"""After more new cases than this the database counts anew how its rows lie."""

SILENT_FOR = timedelta(minutes=1)
"""Whoever takes an import shows a sign of life with each piece; after so long it was cut off."""

State = LedgerImport.State
WORKING = (State.CHECKING, State.RUNNING)
Tell = Callable[[LedgerImport], None]


def silent(_run: LedgerImport) -> None:
    """Say nothing."""


def keep_file(*, upload: Any, by: Person | None, at: datetime, name: str = "") -> LedgerImport:
    """Keep a file that somebody has sent, and propose a map for it.

    InvalidValue when it cannot be read. ``by`` is None for the command, which is for whoever runs
    the server.
    """
    if by is not None:
        require(by, "cases.import")
    run = LedgerImport(name=(name or upload.name)[:200], started_by=by, started_at=at)
    run.file.save(_safe_name(run.name), upload, save=False)
    try:
        sheet = sheet_of(run)
        sample = [row.cells for _n, row in zip(range(SAMPLE), sheet.rows(), strict=False)]
        if not sample:
            raise Unreadable("no_rows", row=1)
    except Unreadable as wrong:
        run.file.delete(save=False)
        raise InvalidValue(str(wrong), field="file") from wrong
    run.digest = digest_of(Path(run.file.path))
    run.mapping = {
        **mapping.propose(run.name, sheet.header, sample).as_json(),
        "header": sheet.header,
        "sample": sample[:3],
    }
    with transaction.atomic():
        run.save()
        _record("case.import_sent", run, by, at, file=run.digest)
    return run


def keep_path(*, path: Path, by: Person | None, at: datetime) -> LedgerImport:
    """Keep a file of this machine."""
    with path.open("rb") as raw:
        return keep_file(upload=File(raw, name=path.name), by=by, at=at)


def _safe_name(name: str) -> str:
    for ending in (".csv.gz", ".csv", ".xlsx"):
        if name.lower().endswith(ending):
            return f"ledger{ending}"
    return "ledger.unknown"


def sheet_of(run: LedgerImport) -> Sheet:
    """Return the kept file of an import; Unreadable when it is none."""
    return Sheet(Path(run.file.path), name=run.name, limited=run.started_by_id is not None)


def map_of(run: LedgerImport) -> Map:
    """Return the map of an import."""
    return Map.from_json(run.mapping)


def _require(run: LedgerImport, by: Person | None) -> None:
    """Raise NotAllowed unless it is the command, or somebody who may import and read this one."""
    if by is not None:
        require(by, "cases.import")
        require(by, "cases.read_import", run)


def set_columns(*, run: LedgerImport, chosen: Map, by: Person | None, at: datetime) -> None:
    """Say which column is what, and find the words that need a meaning.

    InvalidValue when the map does not fit the file. Meanings that were set before stay; for words
    that are a code or a name here, that is proposed.
    """
    _require(run, by)
    try:
        sheet = sheet_of(run)
        chosen.check(sheet.header)
        found = words_in(sheet, chosen, most=MOST_WORDS)
    except BadMap as wrong:
        raise InvalidValue(str(wrong), field=wrong.problem.column) from wrong
    except Unreadable as wrong:
        raise InvalidValue(str(wrong)) from wrong
    _propose_words(chosen, found, at)
    kept = {**run.mapping, **chosen.as_json(), "found": _by_number(found)}
    _change(run, (State.UPLOADED, State.CHECKED, State.FAILED), state=State.UPLOADED, mapping=kept)


def _by_number(found: dict[str, dict[str, int]]) -> dict[str, list[list[Any]]]:
    return {
        name: sorted(([word, number] for word, number in counts.items()), key=lambda one: -one[1])
        for name, counts in found.items()
    }


def _propose_words(chosen: Map, found: dict[str, dict[str, int]], at: datetime) -> None:
    for name, counts in found.items():
        if name == "category":
            here: dict[str, Any] = dict(categories())
        elif name == "place":
            here = places(counts, clock.day_of(at))
        else:
            here = organizations(counts)
        said = chosen.words.setdefault(name, {})
        for word in counts:
            row = here.get(fold(word))
            if row is not None:
                said.setdefault(word, row.code)


def set_words(
    *,
    run: LedgerImport,
    words: dict[str, dict[str, str]],
    fixed: dict[str, str],
    by: Person | None,
    at: datetime,
) -> None:
    """Say what the words of the ledger mean here; the file is to be checked next."""
    _require(run, by)
    kept = map_of(run)
    for name, said in words.items():
        kept.words[name] = {**kept.words.get(name, {}), **said}
    kept.fixed = {name: code for name, code in fixed.items() if name in WORDED and code}
    _unknown_codes(kept, at)
    _start_check(run, {**run.mapping, **kept.as_json()}, by, at)


def _unknown_codes(kept: Map, at: datetime) -> None:
    """Raise InvalidValue when a meaning is no category, place or organization here."""
    for name in WORDED:
        said = {*kept.words.get(name, {}).values(), kept.fixed.get(name, "")} - {""}
        if name == "category":
            here: dict[str, Any] = dict(categories())
        elif name == "place":
            here = places(said, clock.day_of(at))
        else:
            here = organizations(said)
        for code in sorted(said):
            if fold(code) not in here:
                raise InvalidValue(
                    _("There is no “%(code)s” here. Write a code.") % {"code": code}, field=name
                )


def set_map(*, run: LedgerImport, chosen: Map, by: Person | None, at: datetime) -> None:
    """Set a whole map at once: the command's way; BadMap or InvalidValue when it does not fit."""
    chosen.check(sheet_of(run).header)
    _unknown_codes(chosen, at)
    _start_check(run, {**run.mapping, **chosen.as_json()}, by, at)


def _start_check(run: LedgerImport, kept: dict[str, Any], by: Person | None, at: datetime) -> None:
    with transaction.atomic():
        _change(
            run,
            (State.UPLOADED, State.CHECKED, State.FAILED),
            state=State.CHECKING,
            mapping=kept,
            seen_at=at,
            error="",
        )
        chosen = {name: kept[name] for name in map_of(run).as_json()}
        _record("case.import_mapped", run, by, at, map=chosen)


def check(*, run: LedgerImport, tell: Tell = silent) -> None:
    """Read the whole file and keep what it would do and what is wrong; changes no case."""
    run.done = run.created = run.updated = run.unchanged = run.repeated = 0
    problems: list[Problem] = []
    try:
        for piece in _pieces(run, run.started_at):
            done = try_piece(piece.lines)
            _count(run, done, piece)
            problems += piece.problems[: MOST_PROBLEMS - len(problems)]
            run.problems = [one.as_json() for one in problems]
            _save_check(run, State.CHECKING)
            tell(run)
    except (Unreadable, BadMap) as wrong:
        _fail(run, wrong)
        return
    run.rows = run.done
    _save_check(run, State.CHECKED)


def _save_check(run: LedgerImport, state: State) -> None:
    run.state, run.seen_at = state, clock.now()
    names = ["state", "done", "created", "updated", "unchanged", "repeated", "problems", "rows"]
    values = {name: getattr(run, name) for name in [*names, "seen_at"]}
    LedgerImport.objects.filter(pk=run.pk, state=State.CHECKING).update(**values)


def _fail(run: LedgerImport, wrong: Unreadable | BadMap) -> None:
    run.state, run.error = State.FAILED, _sentence(wrong)[:500]
    LedgerImport.objects.filter(pk=run.pk, state__in=WORKING).update(
        state=run.state, error=run.error, finished_at=clock.now()
    )


def _sentence(wrong: Unreadable | BadMap) -> str:
    """Return what is wrong with the file, with its row and column."""
    problem = wrong.problem
    return str(
        Problem(problem.row, problem.column, problem.value, problem.code, dict(problem.values))
    )


def start_taking(*, run: LedgerImport, by: Person | None, at: datetime) -> None:
    """Mark a checked file as being taken; StaleState when it is not, or no longer, checked."""
    _require(run, by)
    with transaction.atomic():
        _change(
            run,
            (State.CHECKED,),
            state=State.RUNNING,
            done=0,
            created=0,
            updated=0,
            unchanged=0,
            repeated=0,
            problems=[],
            seen_at=at,
        )
        _record("case.import_started", run, by, at, file=run.digest, rows=run.rows)


def stop(*, run: LedgerImport, by: Person | None, at: datetime) -> None:
    """Stop taking after the present piece; what was taken stays, and one can go on."""
    _require(run, by)
    with transaction.atomic():
        _change(run, (State.RUNNING,), state=State.STOPPED)
        _record("case.import_stopped", run, by, at, done=run.done)


def go_on(*, run: LedgerImport, by: Person | None, at: datetime) -> None:
    """Go on with an import that was stopped or cut off; StaleState when somebody is at it."""
    _require(run, by)
    if run.state in WORKING and not is_cut_off(run, at=at):
        raise StaleState(_("This file is being worked on. Look again in a moment."))
    state = State.CHECKING if run.state == State.CHECKING else State.RUNNING
    with transaction.atomic():
        _change(run, (State.STOPPED, *WORKING), state=state, seen_at=at)
        _record("case.import_went_on", run, by, at, done=run.done)


def is_cut_off(run: LedgerImport, *, at: datetime) -> bool:
    """Return whether whoever worked on an import has shown no sign of life for long."""
    if run.state not in WORKING:
        return False
    return at - (run.seen_at or run.started_at) > SILENT_FOR


def take(*, run: LedgerImport, at: datetime, tell: Tell = silent) -> None:
    """Take the rows that are not taken yet, piece by piece, until the end or until it is stopped.

    A mistake in the file itself (a damaged archive, a map that no longer fits) ends it as failed;
    the pieces before stay, and the same file can be taken again.
    """
    importer = _importer(run)
    try:
        for piece in _pieces(run, at, skip=run.done):
            if not _take_one(run, piece, importer, at):
                return
            tell(run)
    except (Unreadable, BadMap) as wrong:
        _fail(run, wrong)
        return
    _finish(run, at)


def _importer(run: LedgerImport) -> Importer:
    by = run.started_by or audit.System()
    words = _("%(name)s, import %(number)s of %(file)s")
    said = words % {"name": by.actor_name[:60], "number": run.pk, "file": run.name[:80]}
    return Importer(by.actor_key, said[:200], run.name, run.digest, run.pk)


def _take_one(run: LedgerImport, piece: _Piece, importer: Importer, at: datetime) -> bool:
    """Take a piece and note it, both or neither; False when somebody else took it or stopped it.

    A key that another import has brought at this very moment is found by a second attempt.
    """
    for attempt in (1, 2):
        try:
            with transaction.atomic():
                held = LedgerImport.objects.select_for_update().get(pk=run.pk)
                if held.state != State.RUNNING or held.done != run.done:
                    run.state = held.state
                    return False
                done = take_piece(piece.lines, importer=importer, at=at)
                _count(held, done, piece)
                left = MOST_PROBLEMS - len(held.problems)
                held.problems += [one.as_json() for one in piece.problems[:left]]
                held.seen_at = clock.now()
                names = ["done", "created", "updated", "unchanged", "repeated"]
                held.save(update_fields=[*names, "problems", "seen_at"])
        except IntegrityError:
            if attempt == 2:
                raise
            continue
        for name in [*names, "problems", "seen_at"]:
            setattr(run, name, getattr(held, name))
        return True
    return False


def _count(run: LedgerImport, done: Done, piece: _Piece) -> None:
    run.created += done.created
    run.updated += done.updated
    run.unchanged += done.unchanged
    run.repeated += piece.repeated
    run.done += piece.rows


def _finish(run: LedgerImport, at: datetime) -> None:
    if run.created > MANY:
        # Before the word is given, so that the first page is not slow; a failure costs nothing.
        try:
            sql.refresh_statistics()
        except DatabaseError:
            log.exception("the statistics of the database were not refreshed")
    with transaction.atomic():
        now = clock.now()
        _change(run, (State.RUNNING,), state=State.DONE, rows=run.done, finished_at=now)
        counts = {"created": run.created, "updated": run.updated, "unchanged": run.unchanged}
        _record("case.import_done", run, run.started_by, at, file=run.digest, **counts)


class _Piece:
    """So many rows of the file, in order."""

    def __init__(self) -> None:
        self.rows = 0
        self.repeated = 0
        self.lines: list[Line] = []
        self.problems: list[Problem] = []


def _pieces(run: LedgerImport, at: datetime, *, skip: int = 0) -> Iterator[_Piece]:
    reader = Reader(sheet_of(run), map_of(run), by=run.started_by, now=at)
    piece = _Piece()
    for row in reader.rows(skip=skip):
        piece.rows += 1
        if isinstance(row, Line):
            piece.lines.append(row)
        elif isinstance(row, Repeat):
            piece.repeated += 1
            values = {"row": row.first}
            piece.problems.append(Problem(row.row, row.column, row.key, "repeated", values))
        else:
            piece.problems.append(row)
        if piece.rows == PIECE:
            yield piece
            piece = _Piece()
    if piece.rows:
        yield piece


def wrong_rows(run: LedgerImport) -> int:
    """Return how many rows cannot be taken, repeated keys not counted."""
    return run.done - run.created - run.updated - run.unchanged - run.repeated


def _change(run: LedgerImport, states: tuple[State, ...], **values: Any) -> None:
    """Change an import that is still as whoever asks has seen it; StaleState otherwise."""
    rows = LedgerImport.objects.filter(pk=run.pk, state=run.state, seen_at=run.seen_at)
    if run.state not in states or not rows.update(**values):
        raise StaleState(_("Somebody else has changed this import. Look at it again first."))
    for name, value in values.items():
        setattr(run, name, value)


def _record(deed: str, run: LedgerImport, by: Person | None, at: datetime, **after: Any) -> None:
    audit.record(deed, by=by or audit.System(), subject=run, at=at, after=after)
