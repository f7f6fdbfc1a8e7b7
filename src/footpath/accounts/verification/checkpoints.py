"""Are the checkpoints as they were sealed, and the lines as they sealed them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from footpath.accounts import audit, chain
from footpath.accounts.models import TrailCheckpoint, TrailHead, TrailLine
from footpath.accounts.verification.finding import BATCH, Finding, Kind, Walk

MOST_NAMED = 10
BEFORE_ALL = -(2**63)  # a forger may also choose a row number below the first


def faults_of_checkpoints(walk: Walk) -> Iterator[Finding]:
    """Yield what is wrong with each checkpoint, and when the newest one is gone."""
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
