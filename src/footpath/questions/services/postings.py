"""Taking what members post."""

from __future__ import annotations

import secrets
from datetime import date

from django.conf import settings
from django.db import connection, transaction

from footpath.questions import rules, selectors, storage
from footpath.questions.models import random_key
from footpath.questions.selectors import keys
from footpath.secrecy import blind, envelopes, tokens

USUAL_LENGTH = 5_000
"""How long a refused posting is taken to be that could not be read: about as long as most."""


def take_posting(*, body: bytes | None, on: date) -> bool:
    """Keep what was posted when its token or slip is good, and tell whether it was kept.

    ``body`` is the JSON as it was sent, None when it could not be read; ``on`` is today in the
    organisation's time zone. The spent token and the sealed bytes are written in one transaction,
    and of two that spend one token the database lets one. A refusal says nothing about its reason,
    and has done the same work: a signature checked, two rows written and taken back.
    """
    posting, good = _checked(body)
    epoch = _epoch_of(posting, on)
    with transaction.atomic():
        kept = _spend(posting.nullifier, epoch or "") and good and epoch is not None
        _put_in(posting.sealed)
        if not kept:
            transaction.set_rollback(True)
    if kept:
        storage.settle_files(on)
    return kept


def _checked(body: bytes | None) -> tuple[rules.Posting, bool]:
    """Return the posting and True when its form, its size and its signature are good.

    Else something of the same length that is refused, and False: what was sent touches no disk.
    """
    try:
        posting, readable = rules.read_posting(body), True
    except rules.Refused:
        posting, readable = rules.Posting(bytes(USUAL_LENGTH), None, None, b""), False
    key = selectors.epoch_key(posting.epoch) if posting.epoch else None
    try:
        (posting.token or _forged()).check(key or keys.some_key())
        signed = key is not None
    except blind.BadSignature:
        signed = posting.token is None  # a slip needs no signature
    sizes = {
        size for roster in selectors.newest_rosters() for size in envelopes.question_sizes(roster)
    }
    if readable and signed and rules.is_sealed(posting.sealed, sizes):
        return posting, True
    noise = secrets.token_bytes(len(posting.sealed))
    return rules.Posting(noise, posting.epoch, None, secrets.token_bytes(32)), False


def _epoch_of(posting: rules.Posting, on: date) -> str | None:
    """Return the epoch whose token or slip this is, when it is taken on that day. One query."""
    digest = posting.nullifier.hex()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH slip AS (SELECT epoch FROM corner_slip WHERE digest = %s)"
            " SELECT (SELECT epoch FROM slip), (SELECT count(*) FROM corner_slip"
            " WHERE epoch = COALESCE((SELECT epoch FROM slip), %s))",
            [digest, posting.epoch or ""],
        )
        of_slip, made = cursor.fetchone()
    least = settings.CORNER_LEAST
    if of_slip is not None:
        of = rules.epoch(of_slip)
        return of if rules.takes_slips(of, on, made=made, least=least) else None
    if posting.epoch is None:
        return None
    drawn = selectors.drawn(posting.epoch)
    return (
        posting.epoch if rules.takes_tokens(posting.epoch, on, drawn=drawn, least=least) else None
    )


def _spend(nullifier: bytes, epoch: str) -> bool:
    # An error of the database would put the row into the log of its server: so there is none.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO corner_nullifier (digest, epoch) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [nullifier.hex(), epoch],
        )
        return int(cursor.rowcount) == 1


def _put_in(sealed: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO corner_inbox (key, sealed) VALUES (%s, %s)", [random_key(), sealed]
        )


def _forged() -> tokens.Token:
    """Return a token that nobody has signed."""
    return tokens.Token(
        secrets.token_bytes(tokens.PREPARED), b"\0" + secrets.token_bytes(blind.BITS // 8 - 1)
    )
