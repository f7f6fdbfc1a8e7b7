"""Writing the trail: ``audit.record`` stands beside the change, in the same transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.crypto import salted_hmac

from footpath.accounts import chain
from footpath.accounts.models import TrailCheckpoint, TrailHead, TrailLine
from footpath.core import sql

log = logging.getLogger(__name__)

LINES_BETWEEN_CHECKPOINTS = 1000
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that was not to be had in time
CHECKPOINTS = "trail.checkpoints"
"""The name of the head that stands for the newest checkpoint."""


class Actor(Protocol):
    """Whoever does a deed: a person, a user, or the system itself."""

    @property
    def actor_key(self) -> str:
        """Return the key that the trail keeps, such as "person:12"."""

    @property
    def actor_name(self) -> str:
        """Return the name that the trail keeps."""


@dataclass(frozen=True)
class System:
    """A deed that no person pressed: a command or the timetable."""

    name: str = "footpath"

    @property
    def actor_key(self) -> str:
        """Return the key that the trail keeps."""
        return "system"

    @property
    def actor_name(self) -> str:
        """Return the name that the trail keeps."""
        return self.name


def keys() -> list[bytes]:
    """Return the sealing keys, the present one first, then those it replaced."""
    return [_key_from(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=16)
def _key_from(secret: str) -> bytes:
    return salted_hmac("footpath.trail", "seal", secret=secret, algorithm="sha256").digest()


def is_sealed(seal: str, *parts: object) -> bool:
    """Return whether the seal over the parts was made with the present key or a former one."""
    return any(chain.same(chain.seal(key, *parts), seal) for key in keys())


def subject_key(subject: models.Model | str) -> str:
    """Return how the trail names a thing: "cases.case:17"; text stands as it is."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{subject.pk}"


def record(
    deed: str,
    *,
    by: Actor,
    subject: models.Model | str,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> TrailLine:
    """Append one line to the subject's chain and return it.

    Must stand inside the deed's transaction (RuntimeError otherwise), so that a change and its
    line commit together or not at all. Deeds on one subject queue for its head; deeds on
    different subjects never wait for each other.
    """
    _require_transaction()
    key = subject_key(subject)
    head = TrailHead.objects.select_for_update().filter(subject=key).first()
    if head is None:
        try:
            with transaction.atomic():
                return _append(None, deed, by=by, key=key, at=at, before=before, after=after)
        except IntegrityError:
            # Somebody else began the chain at this very moment: stand behind them.
            head = TrailHead.objects.select_for_update().get(subject=key)
    return _append(head, deed, by=by, key=key, at=at, before=before, after=after)


def first_line(
    deed: str,
    *,
    by: Actor,
    subject: models.Model | str,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> TrailLine:
    """Begin the chain of a subject that was made in this very transaction, and return the line.

    As ``record``, but spares the look for a head, which cannot be there yet; if it is, the
    database answers IntegrityError.
    """
    _require_transaction()
    key = subject_key(subject)
    return _append(None, deed, by=by, key=key, at=at, before=before, after=after)


def record_many(
    deed: str,
    entries: Mapping[str, Mapping[str, Any]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Append one line to each of many chains, by the subjects' keys, with what came after.

    As ``record`` for each, in five queries for all. Deeds on the same subjects queue, in one order.
    """
    _require_transaction()
    wanted = sorted(entries)
    rows = TrailHead.objects.select_for_update().filter(subject__in=wanted).order_by("subject")
    heads = {head.subject: head for head in rows}
    key = keys()[0]
    lines, fresh, further = [], [], []
    for subject in wanted:
        head = heads.get(subject)
        line = _line(head, deed, by=by, key=subject, at=at, before=None, after=entries[subject])
        digest = line.digest()
        sealed = chain.seal(key, subject, line.number, digest)
        if head is None:
            fresh.append(TrailHead(subject=subject, number=1, digest=digest, seal=sealed))
        else:
            if not is_sealed(head.seal, subject, head.number, head.digest):
                log.error("the head of %s was altered; run `footpath verify-ledger`", subject)
                sealed = head.seal
            head.number, head.digest, head.seal = line.number, digest, sealed
            further.append(head)
        lines.append(TrailLine(**vars(line), digest=digest))
    TrailHead.objects.bulk_create(fresh)
    if further:
        TrailHead.objects.bulk_update(further, ["number", "digest", "seal"], batch_size=500)
    written = TrailLine.objects.bulk_create(lines)
    if any(row.pk % LINES_BETWEEN_CHECKPOINTS == 0 for row in written):
        transaction.on_commit(lambda: seal_checkpoint(at=at), robust=True)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a line of the trail is written in the transaction of its deed")


def _append(
    head: TrailHead | None,
    deed: str,
    *,
    by: Actor,
    key: str,
    at: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> TrailLine:
    line = _line(head, deed, by=by, key=key, at=at, before=before, after=after)
    digest = line.digest()
    sealed = chain.seal(keys()[0], key, line.number, digest)
    if head is None:
        TrailHead(subject=key, number=1, digest=digest, seal=sealed).save(force_insert=True)
    else:
        if not is_sealed(head.seal, key, head.number, head.digest):
            # The work goes on, but a good seal here would hide that somebody was at the head.
            log.error("the head of %s was altered; run `footpath verify-ledger`", key)
            sealed = head.seal
        TrailHead.objects.filter(subject=key).update(number=line.number, digest=digest, seal=sealed)
    written = TrailLine.objects.create(**vars(line), digest=digest)
    if written.pk % LINES_BETWEEN_CHECKPOINTS == 0:
        transaction.on_commit(lambda: seal_checkpoint(at=at), robust=True)
    return written


def _line(
    head: TrailHead | None,
    deed: str,
    *,
    by: Actor,
    key: str,
    at: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> chain.Line:
    """Return what the next line of a chain says; the first one when there is no head."""
    return chain.Line(
        subject=key,
        number=head.number + 1 if head else 1,
        at=at,
        actor=by.actor_key,
        actor_name=by.actor_name,
        deed=deed,
        before_digest=chain.digest_of(before),
        after_digest=chain.digest_of(after),
        previous=head.digest if head else chain.GENESIS,
    )


def seal_checkpoint(*, at: datetime, patience_ms: int = 500) -> TrailCheckpoint | None:
    """Seal all lines since the last checkpoint and return the new one.

    None when there is no new line, or when writers kept the table of lines for longer than
    ``patience_ms``: the next thousand lines bring the next attempt, and nobody waits meanwhile.
    """
    try:
        with transaction.atomic():
            return _sealed(at=at, patience_ms=patience_ms)
    except OperationalError as busy:
        if getattr(busy.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        log.info("no checkpoint now: writers keep the trail busy")
        return None


def _sealed(*, at: datetime, patience_ms: int) -> TrailCheckpoint | None:
    if connection.vendor == "postgresql":
        # Writers are kept out for the moment, so that no line with a smaller number is on its way.
        table = connection.ops.quote_name(TrailLine._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_ms}ms"])
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    last = TrailCheckpoint.objects.order_by("-number").first()
    span = TrailLine.objects.filter(pk__gt=last.last_line if last else 0).aggregate(
        first=models.Min("pk"), last=models.Max("pk"), lines=models.Count("pk")
    )
    if not span["lines"]:
        return None
    number = last.number + 1 if last else 1
    previous = last.seal if last else chain.GENESIS
    rows = TrailLine.objects.filter(pk__range=(span["first"], span["last"])).order_by("pk")
    root = chain.root(rows.values_list("digest", flat=True).iterator(chunk_size=2000))
    key = keys()[0]
    made = TrailCheckpoint.objects.create(
        number=number,
        at=at,
        first_line=span["first"],
        last_line=span["last"],
        lines=span["lines"],
        root=root,
        previous=previous,
        seal=chain.seal(key, number, span["first"], span["last"], span["lines"], root, previous),
    )
    TrailHead.objects.update_or_create(
        subject=CHECKPOINTS,
        defaults={
            "number": number,
            "digest": made.seal,
            "seal": chain.seal(key, CHECKPOINTS, number, made.seal),
        },
    )
    return made


def opening_rows(
    deed: str, *, by: Actor, key: str, at: datetime, after: Mapping[str, Any]
) -> tuple[TrailLine, TrailHead]:
    """Return the first line of a new subject and its head, not yet saved.

    For deeds that write their subject and its chain in one step with ``sql.insert_together``
    (``cases.services.raising``); ``key`` is the subject's, as ``subject_key`` gives it.
    """
    line = _line(None, deed, by=by, key=key, at=at, before=None, after=after)
    digest = line.digest()
    sealed = chain.seal(keys()[0], key, 1, digest)
    if secrets.randbelow(LINES_BETWEEN_CHECKPOINTS) == 0:
        # The line has no number yet to count by, so that every thousandth comes by chance.
        transaction.on_commit(lambda: seal_checkpoint(at=at), robust=True)
    return (
        TrailLine(**vars(line), digest=digest),
        TrailHead(subject=key, number=1, digest=digest, seal=sealed),
    )


def open_many(
    deed: str, entries: Mapping[str, Mapping[str, Any]], *, by: Actor, at: datetime
) -> None:
    """Begin the chains of thousands of new subjects, by their keys, with what they are.

    As ``first_line`` for each, by the shortest way of each engine; IntegrityError when one of the
    chains is there already. A checkpoint follows once they are written.
    """
    _require_transaction()
    key = keys()[0]
    lines, heads = [], []
    for subject, after in entries.items():
        line = _line(None, deed, by=by, key=subject, at=at, before=None, after=after)
        digest = line.digest()
        lines.append((*vars(line).values(), digest))
        heads.append((subject, 1, digest, chain.seal(key, subject, 1, digest)))
    names = tuple(field.name for field in fields(chain.Line))
    sql.insert_many(TrailLine, (*names, "digest"), lines)
    sql.insert_many(TrailHead, ("subject", "number", "digest", "seal"), heads)
    if len(lines) >= LINES_BETWEEN_CHECKPOINTS:
        transaction.on_commit(lambda: seal_checkpoint(at=at), robust=True)
