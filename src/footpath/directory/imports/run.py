"""Deeds: check a file, take it whole or not at all, and keep what happened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, sql
from footpath.core.errors import StaleState
from footpath.directory.imports import areas, mapping
from footpath.directory.imports.checking import CheckedFile
from footpath.directory.imports.organizations import OrganizationsFile
from footpath.directory.imports.outcome import MOST_PROBLEMS, Outcome, Progress, silent
from footpath.directory.imports.people import PeopleFile
from footpath.directory.imports.problems import Problem, Unreadable
from footpath.directory.imports.reading import Sheet
from footpath.directory.models import ImportRun, Person

LONG = 2_000
"""A file with more rows is checked and taken in the background."""

MANY_ROWS = 1000
"""After a file that wrote more, the database counts anew how its rows lie."""


class _Refused(Exception):
    """Ends the transaction of an import that turned out to be impossible."""


@dataclass(frozen=True)
class Source:
    """A file to import: where it is, what it is called, and the map wished for."""

    kind: str
    path: Path
    name: str
    wished_map: str | None = None
    limited: bool = False


OtherKind = Callable[..., Outcome]
_other_kinds: dict[str, OtherKind] = {}


def register_kind(kind: str, take: OtherKind) -> None:
    """Let a room above take files of its own, such as cases, with the same command.

    ``take`` is called with the keywords path, by, at, dry_run and progress, gives an Outcome and
    is responsible for taking all rows or none.
    """
    _other_kinds[kind] = take


def kinds() -> list[str]:
    """Return what files may hold."""
    return [*ImportRun.Kind.values, *_other_kinds]


def take_file(
    *,
    source: Source,
    by: Person | audit.System,
    at: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Outcome:
    """Check a file and, unless it is a dry run or something is wrong, take all of it.

    One transaction; one line of the trail on the run with the digest of the file and the counts.
    A file that changes nothing leaves neither a run nor a line. Who may do this is asked where
    people come in: the command is for whoever runs the server.
    """
    if source.kind in _other_kinds:
        take = _other_kinds[source.kind]
        return take(path=source.path, by=by, at=at, dry_run=dry_run, progress=progress)
    reader, outcome = _checked(source, by=by, at=at, progress=progress)
    if reader is None or dry_run or reader.problems:
        if reader is not None:
            reader.apply(outcome, write=False)
            _settle(outcome, reader)
        return outcome
    run = ImportRun(
        kind=source.kind,
        file_name=source.name[:200],
        digest=digest_of(source.path),
        by=by if isinstance(by, Person) else None,
        started_at=at,
    )
    _take(reader, outcome, run, by=by, at=at)
    return outcome


def _checked(
    source: Source, *, by: Person | audit.System, at: datetime, progress: Progress
) -> tuple[CheckedFile | None, Outcome]:
    outcome = Outcome()
    try:
        reader = _reader(source, outcome, by=by, at=at, progress=progress)
        reader.check()
    except Unreadable as wrong:
        outcome.refuse([wrong.problem])
        return None, outcome
    outcome.total = reader.total
    if not reader.total:
        outcome.refuse([Problem(1, "", "", "no_rows")])
        return None, outcome
    return reader, outcome


def _reader(
    source: Source, outcome: Outcome, *, by: Person | audit.System, at: datetime, progress: Progress
) -> CheckedFile:
    sheet = Sheet(source.path, name=source.name, limited=source.limited)
    if source.kind == ImportRun.Kind.ORGANIZATIONS:
        return OrganizationsFile(sheet, progress)
    if source.kind == ImportRun.Kind.PEOPLE:
        return PeopleFile(sheet, progress, by=by, at=at)
    chosen = mapping.choose(sheet.header, source.wished_map)
    outcome.mapping = chosen.name
    return areas.reader_for(sheet, chosen, progress)


def _settle(outcome: Outcome, reader: CheckedFile) -> None:
    outcome.refuse(list(reader.problems.values()))
    outcome.preview.sort(key=lambda row: (row["row"], row.get("level", 0)))
    del outcome.preview[20:]


def _take(
    reader: CheckedFile,
    outcome: Outcome,
    run: ImportRun,
    *,
    by: Person | audit.System,
    at: datetime,
) -> None:
    """Write the file and its run, or leave everything as it was and say why in the outcome."""
    try:
        with transaction.atomic():
            reader.apply(outcome, write=True)
            if reader.problems:
                raise _Refused
            if outcome.created or outcome.updated:
                _fill(run, outcome, ImportRun.State.DONE)
                run.save()
                counts = {"created": outcome.created, "updated": outcome.updated}
                audit.record(
                    "directory.imported",
                    by=by,
                    subject=run,
                    at=at,
                    after={"kind": run.kind, "file": run.digest, **counts},
                )
                if outcome.created + outcome.updated > MANY_ROWS:
                    transaction.on_commit(sql.refresh_statistics)
    except _Refused:
        pass
    except KeyError:
        # A place that the check has found was ended meanwhile by somebody else.
        reader.blame(Problem(0, "", "", "changed_since"))
    _settle(outcome, reader)


def _fill(run: ImportRun, outcome: Outcome, state: ImportRun.State) -> None:
    run.state = state
    run.mapping = outcome.mapping[:60]
    run.finished_at = clock.now()
    run.rows_total = run.rows_done = outcome.total
    run.created, run.updated, run.unchanged = (
        outcome.created,
        outcome.updated,
        outcome.unchanged,
    )
    run.errors = [wrong.as_json() for wrong in outcome.problems[:MOST_PROBLEMS]]
    run.preview = outcome.preview


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


# --- runs started on a page ---------------------------------------------------------------------


def start_run(*, kind: str, upload: Any, wished_map: str, by: Person, at: datetime) -> ImportRun:
    """Keep a file that somebody has sent; the run is to be checked next."""
    require(by, "directory.import")
    run = ImportRun(
        kind=kind,
        state=ImportRun.State.CHECKING,
        file_name=upload.name[:200],
        mapping=wished_map[:60],
        by=by,
        started_at=at,
    )
    run.file.save(_safe_ending(upload.name), upload, save=False)
    run.digest = digest_of(Path(run.file.path))
    run.save()
    return run


def _safe_ending(name: str) -> str:
    for ending in (".csv.gz", ".csv", ".xlsx"):
        if name.lower().endswith(ending):
            return f"import{ending}"
    return "import.unknown"


def is_long(run: ImportRun) -> bool:
    """Return whether a run is worked on in the background."""
    try:
        sheet = Sheet(Path(run.file.path), name=run.file_name, limited=True)
        return any(number > LONG for number, _row in enumerate(sheet.rows(), start=1))
    except Unreadable:
        return False


def check_run(*, run: ImportRun, at: datetime) -> None:
    """Check the kept file of a run and keep counts, preview and what is wrong. Changes no place."""
    by = run.by or audit.System()
    reader, outcome = _checked(source_of(run), by=by, at=at, progress=_progress_of(run))
    if reader is not None:
        reader.apply(outcome, write=False)
        _settle(outcome, reader)
    refused = bool(outcome.problems)
    _fill(run, outcome, ImportRun.State.REFUSED if refused else ImportRun.State.CHECKED)
    run.save()
    _end_progress(run)


def start_taking(*, run: ImportRun, by: Person, at: datetime) -> None:
    """Mark a checked run as being taken; StaleState when it is not, or no longer, checked."""
    require(by, "directory.import")
    changed = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKED).update(
        state=ImportRun.State.TAKING, by=by, started_at=at, rows_done=0
    )
    if not changed:
        raise StaleState(_("This file is already being taken, or was not found right."))
    run.refresh_from_db()


def take_run(*, run: ImportRun, at: datetime) -> None:
    """Take the file of a run that is marked as being taken; a failure leaves it checked."""
    by = run.by or audit.System()
    try:
        reader, outcome = _checked(source_of(run), by=by, at=at, progress=_progress_of(run))
        if reader is not None and not reader.problems:
            _take(reader, outcome, run, by=by, at=at)
        elif reader is not None:
            reader.apply(outcome, write=False)
            _settle(outcome, reader)
    except Exception:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.CHECKED)
        raise
    finally:
        _end_progress(run)
    refused = bool(outcome.problems)
    _fill(run, outcome, ImportRun.State.REFUSED if refused else ImportRun.State.DONE)
    run.save()


def source_of(run: ImportRun) -> Source:
    """Return the kept file of a run."""
    wished = run.mapping if run.mapping in mapping.built_in() else None
    return Source(run.kind, Path(run.file.path), run.file_name, wished, limited=True)


# How far a run has come stands in a small file beside it: the transaction that takes the rows
# cannot show anything of itself to others before it ends.


def _progress_file(run: ImportRun) -> Path:
    return Path(run.file.path + ".progress")


def _progress_of(run: ImportRun) -> Progress:
    file = _progress_file(run)

    def tell(done: int) -> None:
        file.write_text(str(done), encoding="ascii")

    tell(0)
    return tell


def _end_progress(run: ImportRun) -> None:
    _progress_file(run).unlink(missing_ok=True)


def rows_done(run: ImportRun) -> int:
    """Return how many rows of a run have been worked on, as far as is known."""
    try:
        return int(_progress_file(run).read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return run.rows_done


def last_sign(run: ImportRun) -> datetime | None:
    """Return when a run that is worked on last said how far it is."""
    try:
        return datetime.fromtimestamp(_progress_file(run).stat().st_mtime, tz=UTC)
    except (OSError, ValueError):
        return None


def start_again(*, run: ImportRun, by: Person, at: datetime) -> None:
    """Let a run that was cut off be checked once more; its file is still here."""
    require(by, "directory.import")
    changed = ImportRun.objects.filter(pk=run.pk, state=run.state, started_at=run.started_at)
    if not changed.update(state=ImportRun.State.CHECKING, started_at=at, rows_done=0):
        raise StaleState(_("Somebody else has already started this again."))
    _end_progress(run)
    run.refresh_from_db()
