"""Is each line of a chain as it was written, and does the head say so?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db import models
from django.utils.translation import gettext as _

from footpath.accounts import audit, chain
from footpath.accounts.models import TrailHead, TrailLine
from footpath.accounts.verification.finding import BATCH, Finding, Kind, Walk

MOST_PLACES_TRIED = 10_000

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


def faults_of_chains(walk: Walk, subject: str | None) -> Iterator[Finding]:
    """Yield the first fault of each chain, or of that of one subject, in the order of subjects."""
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


def heads_without_lines(subject: str | None) -> Iterator[Finding]:
    """Yield a fault for each head whose lines are all gone."""
    lines = TrailLine.objects.filter(subject=models.OuterRef("subject"))
    heads = TrailHead.objects.exclude(subject=audit.CHECKPOINTS).filter(~models.Exists(lines))
    if subject is not None:
        heads = heads.filter(subject=subject)
    for head in heads.order_by("subject").iterator(chunk_size=BATCH):
        said = _("All %(count)s lines are missing; only the head is left.")
        said = said % {"count": head.number}
        yield Finding(Kind.LINES_MISSING, head.subject, None, said)
