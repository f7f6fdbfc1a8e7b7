"""Writing the trail: ``audit.record`` stands beside the change, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac

from footpath.accounts import chain
from footpath.accounts.models import TrailCheckpoint, TrailHead, TrailLine

LINES_BETWEEN_CHECKPOINTS = 1000


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
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("footpath.trail", "seal", secret=secret, algorithm="sha256").digest()
        for secret in secrets
    ]


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
    if not connection.in_atomic_block:
        raise RuntimeError("a line of the trail is written in the transaction of its deed")
    key = subject_key(subject)
    head = TrailHead.objects.select_for_update().filter(subject=key).first()
    line = chain.Line(
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
    digest = line.digest()
    sealed = chain.seal(keys()[0], key, line.number, digest)
    if head:
        TrailHead.objects.filter(subject=key).update(number=line.number, digest=digest, seal=sealed)
    else:
        TrailHead(subject=key, number=1, digest=digest, seal=sealed).save(force_insert=True)
    written = TrailLine.objects.create(**vars(line), digest=digest)
    if written.pk % LINES_BETWEEN_CHECKPOINTS == 0:
        transaction.on_commit(lambda: seal_checkpoint(at=at))
    return written


def opening_rows(
    deed: str, *, by: Actor, key: str, at: datetime, after: Mapping[str, Any]
) -> tuple[TrailLine, TrailHead]:
    """Return the first line of a new subject and its head, not yet saved.

    For deeds that write their subject and its chain in one step with ``sql.insert_together``;
    ``key`` is the subject's, as ``subject_key`` gives it. Everything else calls ``record``.
    """
    line = chain.Line(
        subject=key,
        number=1,
        at=at,
        actor=by.actor_key,
        actor_name=by.actor_name,
        deed=deed,
        before_digest="",
        after_digest=chain.digest_of(after),
        previous=chain.GENESIS,
    )
    digest = line.digest()
    return (
        TrailLine(**vars(line), digest=digest),
        TrailHead(subject=key, number=1, digest=digest, seal=chain.seal(keys()[0], key, 1, digest)),
    )


@transaction.atomic
def seal_checkpoint(*, at: datetime) -> TrailCheckpoint | None:
    """Seal all lines since the last checkpoint; None when there is no new line.

    On PostgreSQL the table of lines is locked against writers for the moment, so that no line
    with a smaller number can still be on its way.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{TrailLine._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
    last = TrailCheckpoint.objects.order_by("-number").first()
    after = last.last_line if last else 0
    found = list(TrailLine.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "digest"))
    if not found:
        return None
    number = last.number + 1 if last else 1
    previous = last.seal if last else chain.GENESIS
    root = chain.root(digest for _pk, digest in found)
    return TrailCheckpoint.objects.create(
        number=number,
        at=at,
        first_line=found[0][0],
        last_line=found[-1][0],
        lines=len(found),
        root=root,
        previous=previous,
        seal=chain.seal(keys()[0], number, found[0][0], found[-1][0], len(found), root, previous),
    )
