"""Walking the whole trail, or one chain, as of one moment."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.models import TrailCheckpoint
from footpath.accounts.verification.chains import faults_of_chains, heads_without_lines
from footpath.accounts.verification.checkpoints import faults_of_checkpoints
from footpath.accounts.verification.finding import Finding, Kind, Walk
from footpath.accounts.verification.rows import WITH_TRAIL, chains_without_row, rows_without_chain


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
        yield from faults_of_chains(walk, subject)
        yield from heads_without_lines(subject)
        if subject is None:
            yield from faults_of_checkpoints(walk)
            for label, model in sorted(WITH_TRAIL.items()):
                yield from rows_without_chain(label, model)
                yield from chains_without_row(label, model)
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
    fault = next(iter(list(faults_of_chains(walk, subject))), None)
    if not walk.lines:
        fault = next(heads_without_lines(subject), None)
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
