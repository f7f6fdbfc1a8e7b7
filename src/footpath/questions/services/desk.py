"""Taking what guidance officers send; each piece is signed by whoever sends it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, transaction

from footpath.questions import rules, selectors
from footpath.questions.models import Answer, Blob, OfficerCount, Question, Wrapped
from footpath.secrecy import encoding, envelopes, signatures
from footpath.secrecy.epochs import Epoch
from footpath.secrecy.roster import Roster


def take_blob(*, plain: dict[str, Any]) -> None:
    """Keep what an officer has sealed for the others; Refused when it is not theirs.

    Sent twice it is kept once. Expects {"officer", "sealed", "signature"}.
    """
    rules.with_names(plain, "officer", "sealed", "signature")
    sealed = rules.raw(plain["sealed"])
    _require_signed(_roster(), plain["officer"], "blob", sealed, plain["signature"])
    if not rules.is_blob(sealed):
        raise rules.Refused
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO corner_blob (key, sealed, officer, epoch) VALUES (%s, %s, %s, '')"
            " ON CONFLICT DO NOTHING",
            [_key(sealed), sealed, plain["officer"]],
        )


def take_answer(*, plain: dict[str, Any], on: date | None = None) -> None:
    """Keep an answer for the next mix that two different officers have signed (S0.3).

    Both sign the same: the sealed bytes, both codes, and which questions it answers, whose 90 days
    begin with the epoch. A sign that a question was read needs one, answers none, and stands apart
    in the bulletin. Refused without the signatures, and for another epoch than that of the day
    ``on`` or the one before. Sent twice it leaves once. Expects {"sealed", "approvals":
    [{"officer", "signature"}, ...]}, of an answer also {"keys", "epoch"} when it is to questions,
    of a sign of reading {"read": true}.
    """
    read, answers = "read" in plain, "keys" in plain
    more = ["read"] if read else ["keys", "epoch"] if answers else []
    rules.with_names(plain, "sealed", "approvals", *more)
    if read and plain["read"] is not True:
        raise rules.Refused
    roster, sealed = _roster(), rules.raw(plain["sealed"])
    if not rules.is_sealed(sealed, {envelopes.answer_size(roster)}):
        raise rules.Refused
    keys = rules.keys(plain["keys"]) if answers else None
    epoch = rules.answered_in(plain["epoch"], on) if answers else None
    _require_approved(
        roster,
        "answer",
        lambda by: envelopes.approved(sealed, by, keys, epoch or ""),
        plain["approvals"],
        1 if read else 2,
    )
    # Of its own for each part: what one officer sends as a sign of reading keeps no answer out.
    key = _key(b"read" + sealed if read else sealed)
    with transaction.atomic():
        if not Answer.objects.filter(key=key).exists():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO corner_waiting (key, sealed, read) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    [key, sealed, read],
                )
        if keys and epoch:
            _mark(keys, epoch)


def mark_done(*, plain: dict[str, Any], on: date) -> None:
    """Note that questions are done with in an epoch without an answer, as two officers say.

    The server cannot see which are covers or which threads were closed, so one officer's word would
    do to hasten a deletion. Refused without two signatures, or for another epoch than this or the
    one before. Keys that are not there are passed over. Expects {"keys", "epoch", "approvals":
    [{"officer", "signature"}, ...]}.
    """
    rules.with_names(plain, "keys", "epoch", "approvals")
    keys, epoch = rules.keys(plain["keys"]), rules.answered_in(plain["epoch"], on)
    signed = encoding.canonical({"keys": keys, "epoch": epoch})
    _require_approved(_roster(), "done", lambda _by: signed, plain["approvals"], 2)
    _mark(keys, epoch)


def drop_blobs(*, plain: dict[str, Any]) -> None:
    """Delete what officers kept for each other and are done with, as one of them says.

    No question is among it. Refused without the signature. Expects {"officer", "keys",
    "signature"}.
    """
    rules.with_names(plain, "officer", "keys", "signature")
    keys, signed = rules.keys(plain["keys"]), rules.signed_part(plain)
    _require_signed(_roster(), plain["officer"], "done", signed, plain["signature"])
    Blob.objects.filter(key__in=keys).delete()


@transaction.atomic
def take_counters(*, plain: dict[str, Any], on: date) -> None:
    """Keep an officer's signed counts by epoch, in place of those the officer said before.

    Refused without the signature. Expects {"officer", "counters": {"2026-11": {"real", "answered",
    "overdue"}}, "signature"}.
    """
    rules.with_names(plain, "officer", "counters", "signature")
    counters = rules.counters(plain["counters"], on)
    officer = plain["officer"]
    _require_signed(_roster(), officer, "counters", rules.signed_part(plain), plain["signature"])
    text = encoding.canonical(plain).decode("utf-8")
    OfficerCount.objects.bulk_create(
        [
            OfficerCount(key=f"{epoch} {officer}", epoch=epoch, officer=officer, text=text)
            for epoch in counters
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["text"],
    )


@transaction.atomic
def take_wrapped(*, plain: dict[str, Any]) -> None:
    """Keep an officer's keys, wrapped by a passphrase, so that another device can fetch them.

    A code of the roster is signed for with the roster's key. Another code, of somebody who is to
    become an officer, is taken with any key, and from then on replaced with the same key only.
    Of codes that are on no roster few are kept: one more takes the place of any other, so that no
    stranger can keep officers out, who have their sheets of paper. Refused otherwise. Expects
    {"code", "wrapped", "sign", "signature"}.
    """
    rules.with_names(plain, "code", "wrapped", "sign", "signature")
    code, bundle = rules.code(plain["code"]), rules.bundle(plain["wrapped"])
    roster = selectors.newest_roster()
    people = [*roster.officers, roster.supervisor] if roster else []
    person = next((one for one in people if one.code == code), None)
    before = Wrapped.objects.filter(code=code).first()
    if person is not None:
        sign = person.sign
    elif before is not None:
        sign = before.sign
    else:
        sign = encoding.b64(rules.raw(plain["sign"]))
    signed = encoding.canonical({"code": code, "wrapped": bundle})
    if not signatures.holds(rules.raw(sign), "wrapped", signed, rules.raw(plain["signature"])):
        raise rules.Refused
    if person is None and before is None:
        _make_room([one.code for one in people])
    Wrapped.objects.update_or_create(
        code=code,
        defaults={"text": encoding.canonical(bundle).decode("ascii"), "sign": sign},
    )


def _make_room(known: list[str]) -> None:
    """Drop any of the bundles of codes on no roster when there are as many as are kept."""
    codes = list(Wrapped.objects.exclude(code__in=known).values_list("code", flat=True))
    if len(codes) >= rules.MOST_BUNDLES:
        Wrapped.objects.filter(code=secrets.choice(codes)).delete()


def _roster() -> Roster:
    roster = selectors.newest_roster()
    if roster is None:
        raise rules.Refused
    return roster


def _require_signed(
    roster: Roster, officer: object, what: signatures.What, data: bytes, signature: object
) -> None:
    if not roster.has_signed(officer, what, data, signature):
        raise rules.Refused


def _require_approved(
    roster: Roster,
    what: signatures.What,
    signed: Callable[[list[str]], bytes],
    approvals: object,
    count: int,
) -> None:
    """Refuse unless so many different officers have signed; ``signed`` tells what, by all codes."""
    named = [rules.approval(one) for one in rules.listed(approvals, count)]
    by = [code for code, _signature in named]
    if len(set(by)) != count:
        raise rules.Refused
    data = signed(by)
    for code, signature in named:
        _require_signed(roster, code, what, data, signature)


def _mark(keys: list[str], epoch: Epoch) -> None:
    Question.objects.filter(key__in=keys, answered_in="").update(answered_in=epoch)


def _key(sealed: bytes) -> str:
    """Return the key of what an officer sent: of its own bytes, so that it is kept once."""
    return hashlib.sha256(sealed).hexdigest()[:32]
