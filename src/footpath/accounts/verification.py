"""Walking the trail: names the first line of each chain that is not as it was written.

What a chain proves, what the heads and checkpoints add, and what nobody can prove:
docs/explanation/trail.md. Source: DESIGN section 6, principle 5.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit, chain
from footpath.accounts.models import TrailCheckpoint, TrailHead, TrailLine

BATCH = 2000
MOST_PLACES_TRIED = 10_000
MOST_NAMED = 10
BEFORE_ALL = -(2**63)  # a forger may also choose a row number below the first

_with_trail: dict[str, type[models.Model]] = {}


def must_have_trail(model: type[models.Model]) -> None:
    """Make every verification ask that each row of the model has a chain, and each chain a row.

    Rooms call it in ``apps.ready`` for records that are never deleted, such as cases.
    """
    _with_trail[model._meta.label_lower] = model


class Kind(StrEnum):
    """What is wrong with a chain, a head, a checkpoint or a row."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    MOVED = "moved"
    REWRITTEN = "rewritten"
    TAIL_DROPPED = "tail-dropped"
    HEAD_ALTERED = "head-altered"
    HEAD_MISSING = "head-missing"
    LINES_MISSING = "lines-missing"
    CHECKPOINT_ALTERED = "checkpoint-altered"
    CHECKPOINT_MISSING = "checkpoint-missing"
    NOT_AS_SEALED = "not-as-sealed"
    NOT_AS_NOTED = "not-as-noted"
    ROW_WITHOUT_CHAIN = "row-without-chain"
    CHAIN_WITHOUT_ROW = "chain-without-row"


@dataclass(frozen=True)
class Finding:
    """One fault: where, which line (None: not about one line), and a sentence fit to show."""

    kind: Kind
    subject: str
    number: int | None
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: {self.sentence}"


@dataclass
class Walk:
    """How much a verification has looked at so far."""

    chains: int = 0
    lines: int = 0
    checkpoints: int = 0
    newest: TrailCheckpoint | None = None


def verify(
    walk: Walk | None = None, *, subject: str | None = None, expected: str = ""
) -> Generator[Finding, None, None]:
    """Yield the first fault of each chain, then those of checkpoints and of rows without a chain.

    With ``subject`` only that chain is walked. ``expected`` is the seal of a checkpoint that was
    noted elsewhere: when it is gone, what it sealed may have been exchanged as a whole. All is
    read as of one moment, in batches, and nothing is written; ``walk`` counts along.
    """
    walk = walk if walk is not None else Walk()
    with _one_moment():
        yield from _chains(walk, subject)
        yield from _heads_without_lines(subject)
        if subject is None:
            yield from _checkpoints(walk)
            for label, model in sorted(_with_trail.items()):
                yield from _rows_without_chain(label, model)
                yield from _chains_without_row(label, model)
        if expected and not TrailCheckpoint.objects.filter(seal=expected).exists():
            said = _("No checkpoint bears the seal that was noted. What it sealed was exchanged.")
            yield Finding(Kind.NOT_AS_NOTED, audit.CHECKPOINTS, None, said)


def chain_is_sound(subject: str) -> tuple[int, Finding | None]:
    """Return how many lines the chain of one subject has, and its first fault or None.

    Two queries. A fault is looked at again as of one moment before it is believed, because a line
    may have been added between the two.
    """
    lines, fault = _one_chain(subject)
    if fault is not None:
        with _one_moment():
            lines, fault = _one_chain(subject)
    return lines, fault


def _one_chain(subject: str) -> tuple[int, Finding | None]:
    walk = Walk()
    fault = next(iter(list(_chains(walk, subject))), None)
    if not walk.lines:
        fault = next(_heads_without_lines(subject), None)
    return walk.lines, fault


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as of one moment, so that work going on is not mistaken for a fault."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # A plain BEGIN reads without the writer lock that an atomic block would take.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


# --- chains ---------------------------------------------------------------------------------------

_SAID = (
    "subject",
    "number",
    "at",
    "actor",
    "actor_name",
    "deed",
    "before_digest",
    "after_digest",
    "previous",
)


class _Chain:
    """One chain being walked; keeps the first fault only, because what follows it is noise."""

    def __init__(self, subject: str, head: TrailHead | None) -> None:
        self.subject = subject
        self.head = head
        self.number = 0
        self.digest = chain.GENESIS
        self.fault: Finding | None = None

    def take(self, line: chain.Line, digest: str) -> None:
        """Look at the next line in the order of the numbers."""
        if self.fault is None:
            self.fault = self._fault_at(line, digest)
        self.number = line.number
        self.digest = digest

    def close(self) -> Finding | None:
        """Return the first fault, comparing the end of the chain with its head."""
        return self.fault or self._fault_at_end()

    def _found(self, kind: Kind, number: int | None, sentence: str) -> Finding:
        return Finding(kind, self.subject, number, sentence)

    def _fault_at(self, line: chain.Line, digest: str) -> Finding | None:
        expected = self.number + 1
        if line.number > expected:
            return self._found(Kind.MISSING, expected, _missing(expected, line.number - 1))
        if line.number < expected:
            said = _("Line %(number)s was put in: its number is taken, or none at all.")
            return self._found(Kind.INSERTED, line.number, said % {"number": line.number})
        if not chain.same(line.digest(), digest):
            return self._altered(line, digest)
        if not chain.same(line.previous, self.digest):
            if line.number == 1:
                said = _("Line 1 says that lines went before it: the beginning was cut off.")
                return self._found(Kind.MISSING, 1, said)
            said = _("Line %(number)s is not the line that line %(next)s was written after.")
            numbers = {"number": self.number, "next": line.number}
            return self._found(Kind.REWRITTEN, self.number, said % numbers)
        return None

    def _altered(self, line: chain.Line, digest: str) -> Finding:
        place = self._place_of(line, digest)
        if place is None:
            said = _("Line %(number)s was altered: it does not fit its digest.")
            return self._found(Kind.ALTERED, line.number, said % {"number": line.number})
        if place == line.number - 1:
            said = _("Line %(number)s was put in: the line that stood here is now the next one.")
            return self._found(Kind.INSERTED, place, said % {"number": place})
        said = _("Line %(written)s was moved: it stands as line %(number)s.")
        numbers = {"written": place, "number": line.number}
        return self._found(Kind.MOVED, line.number, said % numbers)

    def _place_of(self, line: chain.Line, digest: str) -> int | None:
        """Return the number under which the line is right, so that it was moved and not altered."""
        longest = max(line.number, self.head.number if self.head else 0) + 1
        said = vars(line)
        near = sorted(
            range(1, min(longest, MOST_PLACES_TRIED) + 1), key=lambda n: abs(n - line.number)
        )
        for number in near:
            if chain.same(chain.Line(**(said | {"number": number})).digest(), digest):
                return number
        return None

    def _fault_at_end(self) -> Finding | None:
        head = self.head
        if head is None:
            said = _("The head of the chain is missing.")
            return self._found(Kind.HEAD_MISSING, None, said)
        if not audit.is_sealed(head.seal, self.subject, head.number, head.digest):
            said = _("The head of the chain was altered: its seal does not fit.")
            return self._found(Kind.HEAD_ALTERED, head.number, said)
        if head.number > self.number:
            said = _missing(self.number + 1, head.number)
            return self._found(Kind.TAIL_DROPPED, self.number + 1, said)
        if head.number < self.number:
            said = _("Line %(number)s was put in after the end of the chain.")
            number = head.number + 1
            return self._found(Kind.INSERTED, number, said % {"number": number})
        if not chain.same(head.digest, self.digest):
            said = _("Line %(number)s, the last one, was rewritten: the head names another.")
            return self._found(Kind.REWRITTEN, self.number, said % {"number": self.number})
        return None


def _missing(first: int, last: int) -> str:
    if first == last:
        return _("Line %(number)s is missing.") % {"number": first}
    return _("Lines %(first)s to %(last)s are missing.") % {"first": first, "last": last}


def _chains(walk: Walk, subject: str | None) -> Iterator[Finding]:
    lines = TrailLine.objects.order_by("subject", "number", "pk")
    if subject is not None:
        lines = lines.filter(subject=subject)
    rows = lines.values_list(*_SAID, "digest").iterator(chunk_size=BATCH)
    walked: _Chain | None = None
    while batch := list(islice(rows, BATCH)):
        heads = TrailHead.objects.in_bulk({row[0] for row in batch})
        for row in batch:
            if walked is None or walked.subject != row[0]:
                if walked is not None and (fault := walked.close()):
                    yield fault
                walked = _Chain(row[0], heads.get(row[0]))
                walk.chains += 1
            walk.lines += 1
            walked.take(chain.Line(*row[:-1]), row[-1])
    if walked is not None and (fault := walked.close()):
        yield fault


def _heads_without_lines(subject: str | None) -> Iterator[Finding]:
    lines = TrailLine.objects.filter(subject=models.OuterRef("subject"))
    heads = TrailHead.objects.exclude(subject=audit.CHECKPOINTS).filter(~models.Exists(lines))
    if subject is not None:
        heads = heads.filter(subject=subject)
    for head in heads.order_by("subject").iterator(chunk_size=BATCH):
        said = _("All %(count)s lines are missing; only the head is left.")
        said = said % {"count": head.number}
        yield Finding(Kind.LINES_MISSING, head.subject, None, said)


# --- checkpoints ----------------------------------------------------------------------------------


def _checkpoints(walk: Walk) -> Iterator[Finding]:
    sealed_until, previous, expected = BEFORE_ALL, chain.GENESIS, 1
    for point in TrailCheckpoint.objects.order_by("number").iterator(chunk_size=BATCH):
        fault = _fault_of(point, expected, previous) or _lines_not_as_sealed(point, sealed_until)
        if fault is not None:
            yield fault
        walk.checkpoints += 1
        walk.newest = point
        sealed_until, previous, expected = point.last_line, point.seal, point.number + 1
    yield from _newest_dropped(walk.newest)


def _fault_of(point: TrailCheckpoint, expected: int, previous: str) -> Finding | None:
    values: tuple[object, ...] = (
        point.number,
        point.first_line,
        point.last_line,
        point.lines,
        point.root,
        point.previous,
    )
    if not audit.is_sealed(point.seal, *values):
        said = _("Checkpoint %(number)s was altered: its seal does not fit.")
        said = said % {"number": point.number}
        return Finding(Kind.CHECKPOINT_ALTERED, audit.CHECKPOINTS, point.number, said)
    if point.number != expected or not chain.same(point.previous, previous):
        said = _("A checkpoint before number %(number)s is missing or was exchanged.")
        said = said % {"number": point.number}
        return Finding(Kind.CHECKPOINT_MISSING, audit.CHECKPOINTS, expected, said)
    return None


def _lines_not_as_sealed(point: TrailCheckpoint, sealed_until: int) -> Finding | None:
    tally = _Tally(sealed_until if sealed_until != BEFORE_ALL else point.first_line - 1)
    rows = (
        TrailLine.objects.filter(pk__gt=sealed_until, pk__lte=point.last_line)
        .order_by("pk")
        .values_list("pk", "digest")
        .iterator(chunk_size=BATCH)
    )
    if chain.same(chain.root(tally.digests(rows)), point.root):
        return None
    tally.to(point.last_line + 1)
    if tally.lines < point.lines:
        said = _(
            "%(count)s of the rows %(first)s to %(last)s, sealed by checkpoint %(number)s, are "
            "missing. No row bears these numbers: %(rows)s."
        )
    elif tally.lines > point.lines:
        said = _(
            "%(count)s rows were put in among the rows %(first)s to %(last)s after checkpoint "
            "%(number)s sealed them."
        )
    else:
        said = _(
            "A row from %(first)s to %(last)s was altered after checkpoint %(number)s sealed it."
        )
    said = said % {
        "number": point.number,
        "first": point.first_line,
        "last": point.last_line,
        "count": abs(point.lines - tally.lines),
        "rows": tally.named(),
    }
    return Finding(Kind.NOT_AS_SEALED, audit.CHECKPOINTS, point.number, said)


class _Tally:
    """Counts rows as they pass and remembers the first numbers that no row bears."""

    def __init__(self, after: int) -> None:
        self.lines = 0
        self.gaps: list[str] = []
        self._last = after

    def digests(self, rows: Iterable[tuple[int, str]]) -> Iterator[str]:
        for pk, digest in rows:
            self.to(pk)
            self.lines += 1
            # A digest that is not hexadecimal any more is a fault of its chain too.
            yield digest if _is_digest(digest) else chain.GENESIS

    def to(self, pk: int) -> None:
        """Note the numbers between the last row and this one."""
        if pk > self._last + 1 and len(self.gaps) <= MOST_NAMED:
            first, last = self._last + 1, pk - 1
            self.gaps.append(str(first) if first == last else f"{first}–{last}")
        self._last = pk

    def named(self) -> str:
        more = ", …" if len(self.gaps) > MOST_NAMED else ""
        return ", ".join(self.gaps[:MOST_NAMED]) + more


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


def _newest_dropped(newest: TrailCheckpoint | None) -> Iterator[Finding]:
    head = TrailHead.objects.filter(subject=audit.CHECKPOINTS).first()
    if head is None and newest is None:
        return
    if head is None or not audit.is_sealed(head.seal, head.subject, head.number, head.digest):
        said = _("The head of the checkpoints is missing or was altered.")
        yield Finding(Kind.HEAD_ALTERED, audit.CHECKPOINTS, None, said)
    elif newest is None or newest.seal != head.digest:
        said = _("The newest checkpoint, number %(number)s, is missing.")
        said = said % {"number": head.number}
        yield Finding(Kind.CHECKPOINT_MISSING, audit.CHECKPOINTS, head.number, said)


# --- rows -----------------------------------------------------------------------------------------


def _rows_without_chain(label: str, model: type[models.Model]) -> Iterator[Finding]:
    pks = model._base_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(pks, BATCH)):
        wanted = {f"{label}:{pk}" for pk in batch}
        known = TrailHead.objects.filter(subject__in=wanted).values_list("subject", flat=True)
        for subject in sorted(wanted.difference(known)):
            said = _("This record has no chain: it was put in by hand, or its chain was deleted.")
            yield Finding(Kind.ROW_WITHOUT_CHAIN, subject, None, said)


def _chains_without_row(label: str, model: type[models.Model]) -> Iterator[Finding]:
    subjects = (
        TrailHead.objects.filter(subject__startswith=f"{label}:")
        .order_by("subject")
        .values_list("subject", flat=True)
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(subjects, BATCH)):
        named = {subject: _pk_of(subject, model) for subject in batch}
        wanted = [pk for pk in named.values() if pk is not None]
        there = set(model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for subject, pk in named.items():
            if pk not in there:
                said = _("The record of this chain is gone: it was deleted by hand.")
                yield Finding(Kind.CHAIN_WITHOUT_ROW, subject, None, said)


def _pk_of(subject: str, model: type[models.Model]) -> Any:
    try:
        return model._meta.pk.to_python(subject.partition(":")[2])
    except ValidationError:
        return None
