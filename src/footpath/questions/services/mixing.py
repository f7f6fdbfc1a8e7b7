"""The daily mix: what came since yesterday goes on in an order that says nothing.

One transaction moves the postings from the inbox to the questions under new keys, lets answers into
the bulletin, deletes what has been kept for long enough, and writes the tables anew. Whether the
day has been mixed is decided by the database: of two processes one mixes, and a process that is
killed leaves either everything or nothing done.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from footpath.questions import rules, selectors, storage
from footpath.questions.models import (
    Answer,
    Blob,
    Count,
    Inbox,
    Nullifier,
    OfficerCount,
    Question,
    Slip,
    Waiting,
    random_key,
)
from footpath.questions.selectors.counting import ITEMS, RECEIVED
from footpath.secrecy import envelopes
from footpath.secrecy.epochs import Epoch, destroyed_by, epoch_of

DAY, HELD = "mix day", "mix held"
TABLES = (
    "corner_slip",
    "corner_nullifier",
    "corner_inbox",
    "corner_answer",
    "corner_waiting",
    "corner_roster",
    "corner_question",
    "corner_blob",
    "corner_officer_count",
    "corner_wrapped",
    "corner_count",
)
"""All tables, in the order in which other deeds touch them: so no two ever wait for each other."""

ANSWERED, UNANSWERED = rules.ANSWERED_KEPT_DAYS, rules.UNANSWERED_KEPT_DAYS
FIGURES_KEPT_EPOCHS = 24


@dataclass(frozen=True)
class Mixed:
    """What a mix did: how much left the inbox, how many answers went out, how much was deleted."""

    questions: int
    answers: int
    deleted: int
    held: int


def mix(*, on: date) -> Mixed | None:
    """Mix once on a day; None when this day, or a later one, has been mixed already.

    Postings wait until there are ``CORNER_MIX_LEAST`` of them, at most ``CORNER_MIX_HELD`` days.
    Answers go out on every day. After the transaction the files are compacted and ``mix.json``
    says that the day is over; what a killed process left undone of that, the next call does.
    """
    with transaction.atomic():
        mixed = _mix(on) if _begin(on) else None
    if mixed is not None or not storage.is_noted(on):
        storage.compact(on)
        storage.note_mix(on, held=_value(HELD))
    return mixed


def retain(*, on: date) -> int:
    """Delete what has been kept for long enough, with its last byte; return how many rows.

    The daily mix does the same; this is for a Corner that is to be emptied at once.
    """
    with transaction.atomic():
        _lock()
        deleted = _retain(epoch_of(on), on)
        _top_up(epoch_of(on))
        storage.rewrite(TABLES)
    storage.compact(on)
    return deleted


# --- the one transaction --------------------------------------------------------------------------


def _begin(on: date) -> bool:
    """Take the day for this process; False when somebody has it."""
    _lock()
    for name in (DAY, HELD):
        Count.objects.bulk_create([Count(key=name, epoch="", name=name)], ignore_conflicts=True)
    day = on.toordinal()
    return Count.objects.filter(key=DAY, value__lt=day).update(value=day) == 1


def _mix(on: date) -> Mixed:
    now = epoch_of(on)
    items, held = Inbox.objects.count(), _value(HELD)
    leaves = rules.is_mixed(
        items, held, least=settings.CORNER_MIX_LEAST, longest=settings.CORNER_MIX_HELD
    )
    held = held + 1 if items and not leaves else 0
    questions = _move_questions(now) if leaves else 0
    answers = _move_answers(now)
    Blob.objects.filter(epoch="").update(epoch=now)
    deleted = _retain(now, on)
    _top_up(now)
    storage.rewrite(TABLES)
    Count.objects.filter(key=HELD).update(value=held)
    return Mixed(questions, answers, deleted, held)


def _move_questions(now: Epoch) -> int:
    rows = [bytes(sealed) for sealed in Inbox.objects.values_list("sealed", flat=True)]
    secrets.SystemRandom().shuffle(rows)
    Question.objects.bulk_create(
        [Question(key=random_key(), epoch=now, sealed=sealed) for sealed in rows]
    )
    _empty("corner_inbox")
    _count(now, RECEIVED, len(rows))
    return len(rows)


def _move_answers(now: Epoch) -> int:
    rows = list(Waiting.objects.all())
    secrets.SystemRandom().shuffle(rows)
    Answer.objects.bulk_create(
        [Answer(key=row.key, epoch=now, sealed=bytes(row.sealed), read=row.read) for row in rows]
    )
    _empty("corner_waiting")
    _count(now, ITEMS, sum(not row.read for row in rows))
    return len(rows)


def _retain(now: Epoch, on: date) -> int:
    """Delete questions 90 days after the answer, 180 without one, and what belonged to them."""

    def after(days: int) -> Callable[[str], bool]:
        return lambda epoch: rules.is_over(epoch, days, now)

    def unspendable(epoch: str) -> bool:
        return destroyed_by(epoch, on)

    deleted = (
        _delete(Question.objects.exclude(answered_in=""), "answered_in", after(ANSWERED)),
        _delete(Question.objects.filter(answered_in=""), "epoch", after(UNANSWERED)),
        _delete(Answer.objects.all(), "epoch", after(ANSWERED)),
        _delete(Blob.objects.exclude(epoch=""), "epoch", after(rules.BLOBS_KEPT_DAYS)),
        _delete(Nullifier.objects.all(), "epoch", unspendable),
        _delete(Slip.objects.all(), "epoch", unspendable),
    )
    oldest = now.after(-FIGURES_KEPT_EPOCHS)
    Count.objects.exclude(epoch="").filter(epoch__lt=oldest).delete()
    OfficerCount.objects.filter(epoch__lt=oldest).delete()
    return sum(deleted)


def _delete(rows: QuerySet[Any], field: str, is_old: Callable[[str], bool]) -> int:
    epochs = rows.order_by().values_list(field, flat=True).distinct()
    old = [epoch for epoch in epochs if is_old(epoch)]
    return rows.filter(**{f"{field}__in": old}).delete()[0]


def _top_up(now: Epoch) -> None:
    """Add fillers until each part of the bulletin has a multiple of 8 records.

    The empty record between the two is counted with the second part.
    """
    approved = Answer.objects.filter(read=False).count()
    read = Answer.objects.filter(read=True).count()
    roster = selectors.newest_roster()
    if roster is None or not approved + read:
        return
    for part, there in ((False, approved), (True, read + 1)):
        for _ in range(rules.missing(there)):
            sealed = envelopes.seal_filler(roster, now)
            key = hashlib.sha256(sealed).hexdigest()[:32]
            Answer.objects.create(key=key, epoch=now, sealed=sealed, read=part)


# --- inside ---------------------------------------------------------------------------------------


def _lock() -> None:
    """Let nobody else write until the transaction ends. SQLite does so for every transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE")


def _empty(table: str) -> None:
    # On PostgreSQL deleted rows would lie on in their order; an emptied table begins a new file.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {table}")
        else:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours


def _count(epoch: str, name: str, number: int) -> None:
    if number:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO corner_count (key, epoch, name, value) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = corner_count.value + excluded.value",
                [f"{epoch} {name}", epoch, name, number],
            )


def _value(name: str) -> int:
    return int(Count.objects.filter(key=name).values_list("value", flat=True).first() or 0)
