"""What Python and JavaScript must agree on to the byte: writes ``vectors.json`` beside this file.

    python -m tests.secrecy.vectors

Everything in it follows from what is written here and from ``fixed.json``, which holds what was
drawn at random once: the private key of an epoch and some sealed files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from footpath.secrecy import (
    age,
    blind,
    encoding,
    envelopes,
    notice,
    receipts,
    records,
    signatures,
    tokens,
)
from footpath.secrecy import roster as rosters
from footpath.secrecy.blind.encoding import encoded
from footpath.secrecy.epochs import Epoch
from footpath.secrecy.officers import Bundle

HERE = Path(__file__).parent
EPOCH = "2026-11"
RECEIPTS = (0, 1, (1 << 115) - 1, 0x1_2345_6789_ABCD_EF01_2345_6789_ABCD)
TEXTS = (
    "Is a household group meeting valid without its lead?",
    "Đất của tổ dân phố do ai quản lý?",
    "谁负责这条路？\n请答复。",
    "Кто отвечает за колодец? «Никто»",
    '🙂"\\\u2028/',
)


def fixed() -> dict[str, Any]:
    """Return what was drawn at random once."""
    return json.loads((HERE / "fixed.json").read_text(encoding="utf-8"))


def certain(name: str, length: int = 32) -> bytes:
    """Return bytes that look random and are always the same for a name."""
    return hashlib.shake_256(f"footpath vectors {name}".encode()).digest(length)


def bundle(code: str) -> Bundle:
    """Return the secrets of an officer, always the same for a code."""
    return Bundle(code, age.identity_of(certain(f"age {code}")), certain(f"sign {code}"))


def first_roster() -> rosters.Roster:
    """Return version 1: officers a1 to a3, recovery key, supervisor s1."""
    names = {"a1": "Nguyễn Thị Ánh", "a2": "王小明", "a3": "Иван Петров"}
    return rosters.Roster(
        number=1,
        previous="",
        officers=tuple(bundle(code).public(name) for code, name in names.items()),
        recovery=age.recipient_of(age.identity_of(certain("recovery"))),
        supervisor=bundle("s1").public("Supervisor"),
        since=Epoch(EPOCH),
    )


def second_roster() -> rosters.Roster:
    """Return version 2: a1 has left, a4 has come; a2 and a3 sign it."""
    first = first_roster()
    return rosters.Roster(
        number=2,
        previous=first.digest,
        officers=(*first.officers[1:], bundle("a4").public("New & <officer>")),
        recovery=first.recovery,
        supervisor=first.supervisor,
        since=Epoch("2027-01"),
    )


def signed(roster: rosters.Roster, *codes: str) -> dict[str, Any]:
    """Return a roster signed by the officers of these codes."""
    return rosters.signed(roster, {code: bundle(code).seed for code in codes})


def question(text: str = TEXTS[0]) -> envelopes.Question:
    """Return a question whose answer the first receipt opens."""
    return envelopes.Question(
        kind="ask",
        thread=certain("thread", 16).hex(),
        topic="duty",
        language="en",
        consent=True,
        text=text,
        reply_to=age.recipient_of(receipts.identity(receipts.with_check(RECEIPTS[0]))),
    )


def answer() -> envelopes.Answer:
    """Return an answer to the question, by a1 and a2."""
    return envelopes.Answer("answer", question().thread, TEXTS[2], ("a1", "a2"), Epoch(EPOCH))


def made() -> dict[str, Any]:
    """Return all that ``vectors.json`` says."""
    return {
        "about": "Written by `python -m tests.secrecy.vectors`; b64 is URL-safe, unpadded.",
        "receipts": [_receipt(number) for number in RECEIPTS],
        "typed": _typed(),
        "padding": [_padding(text) for text in ("", "x", "ở" * 1364, "x" * 4092, "x" * 4093)],
        "canonical": _canonical(),
        "officers": [_officer(code) for code in ("a1", "a2", "a3", "a4", "s1")],
        "roster": {
            "canonical": first_roster().canonical.decode(),
            "digest": first_roster().digest,
            "short": notice.short(first_roster().digest),
            "signed": signed(first_roster(), "a1", "a2"),
            "successor": signed(second_roster(), "a2", "a3"),
            "successor_signed_by_one": signed(second_roster(), "a2"),
            "successor_signed_by_newcomers": signed(second_roster(), "a3", "a4"),
        },
        "signatures": _signatures(),
        "token": _token(),
        "notice": made_notice(),
        "sizes": {
            "question": sorted(envelopes.question_sizes(first_roster())),
            "answer": envelopes.answer_size(first_roster()),
            "blob": sorted(envelopes.blob_sizes(first_roster())),
        },
        "records": encoding.b64(records.joined([b"first", b"", b"third record"])),
        "slip": tokens.slip_nullifier(receipts.with_check(RECEIPTS[3])).hex(),
        "sealed": _sealed(),
    }


def _receipt(number: int) -> dict[str, str]:
    receipt = receipts.with_check(number)
    keys = receipts.keys(receipt)
    return {
        "bits": f"{number << 5:030x}",
        "receipt": receipt,
        "shown": receipts.shown(receipt),
        "identity": keys.identity,
        "recipient": age.recipient_of(keys.identity),
        "thread": keys.thread,
    }


def _typed() -> dict[str, Any]:
    receipt = receipts.with_check(RECEIPTS[3])
    swapped = receipt[1] + receipt[0] + receipt[2:]
    return {
        "receipt": receipt,
        "right": [
            receipt,
            receipts.shown(receipt).lower(),
            "-".join(receipt).replace("1", "l").replace("0", "o"),
            f"\t{receipt.replace('1', 'I')}\n",
            receipts.shown(receipt).replace(" ", "\u00a0"),
            receipts.shown(receipt).replace(" ", "\u2013"),
            "".join(chr(ord(sign) + 0xFEE0) for sign in receipt),
        ],
        "wrong": ["", receipt[:-1], receipt + "0", swapped, "U" + receipt[1:], "é" + receipt[1:]],
    }


def _padding(text: str) -> dict[str, Any]:
    plain = text.encode()
    filled = envelopes.padded(plain)
    return {
        "sign": text[:1],
        "times": len(text),
        "length": len(filled),
        "sha256": encoding.digest(filled),
    }


def _canonical() -> list[dict[str, Any]]:
    values: list[Any] = [
        {"b": 1, "a": [True, None, -7, ""], "B": {"y": {}, "x": []}},
        *({"text": text} for text in TEXTS),
        "\u0000\u0007\b\t\n\f\r\u001f\u007f",
    ]
    return [
        {
            "value": value,
            "bytes": encoding.b64(encoding.canonical(value)),
            "sha256": encoding.digest(encoding.canonical(value)),
        }
        for value in values
    ]


def _officer(code: str) -> dict[str, Any]:
    secret = bundle(code)
    public = secret.public(code)
    return {"bundle": secret.plain(), "age": public.age, "sign": public.sign}


def _signatures() -> list[dict[str, str]]:
    purposes: tuple[signatures.What, ...] = (
        "roster",
        "blob",
        "answer",
        "counters",
        "done",
        "wrapped",
    )
    return [
        {
            "what": what,
            "data": encoding.b64(b"the same bytes"),
            "signed": encoding.b64(signatures.signed_bytes(what, b"the same bytes")),
            "code": "a1",
            "signature": encoding.b64(signatures.sign(bundle("a1").seed, what, b"the same bytes")),
        }
        for what in purposes
    ]


def _token() -> dict[str, Any]:
    signer = blind.Signer(fixed()["pem"].encode())
    key = signer.key
    prepared = certain("prefix") + certain("message")
    salt = certain("salt", 48)
    factor = int.from_bytes(certain("factor", 384)) % key.n
    blinded = blind.blind(prepared, key, salt=salt, factor=factor)
    blind_signature = signer.sign(blinded.message)
    signature = blind.finalize(prepared, blind_signature, blinded.inverse, key)
    draw = [certain(f"blinded {slot}", 384) for slot in range(tokens.SLOTS)]
    return {
        "epoch": EPOCH,
        "spki": encoding.b64(key.spki),
        "kid": blind.kid(key.spki),
        "short": notice.short(blind.kid(key.spki)),
        "prefix": encoding.b64(prepared[:32]),
        "message": encoding.b64(prepared[32:]),
        "prepared": encoding.b64(prepared),
        "salt": encoding.b64(salt),
        "factor": encoding.b64(factor.to_bytes(key.size)),
        "encoded": encoding.b64(encoded(prepared, 3071, salt)),
        "blinded": encoding.b64(blinded.message),
        "inverse": encoding.b64(blinded.inverse.to_bytes(key.size)),
        "blind_signature": encoding.b64(blind_signature),
        "signature": encoding.b64(signature),
        "nullifier": tokens.Token(prepared, signature).nullifier.hex(),
        "draw": {
            "blinded": [encoding.b64(one) for one in draw],
            "sha256": tokens.request_hash(EPOCH, draw).hex(),
        },
    }


def made_notice() -> dict[str, Any]:
    """Return a notice of one key, one roster and one client."""
    signer = blind.Signer(fixed()["pem"].encode())
    found = notice.empty()
    for entry in (
        notice.key_entry(EPOCH, signer.key.spki),
        {"kind": "roster", "number": 1, "digest": first_roster().digest},
        {"kind": "client", "version": "0.1.0", "digest": encoding.digest(b"the command")},
    ):
        found["entries"].append(notice.chained(found["entries"], entry))
    return found


def _sealed() -> dict[str, Any]:
    to: dict[str, Any] = {"keys": [certain("posting", 16).hex()], "epoch": EPOCH}
    again = envelopes.seal_answer(answer(), first_roster(), question().reply_to, certain("seed"))
    return {
        "question": {"opened": {**vars(question())}, "sealed": fixed()["question"]},
        "answer": {
            "opened": {**vars(answer()), "by": list(answer().by)},
            "sealed": fixed()["answer"],
            "seed": encoding.b64(certain("seed")),
            "again": encoding.b64(again),
            "to": to,
            "approved": envelopes.approved(again, answer().by, **to).decode(),
        },
        "wrapped": {"code": "a1", "passphrase": "a phrase of words", **fixed()["wrapped"]},
    }


def text(value: object) -> str:
    """Return a value as the files beside this one have it."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _draw_once() -> None:
    """Write ``fixed.json``, when it is not there yet."""
    from footpath.secrecy import officers

    drawn = {
        "about": "Drawn at random once, for tests alone.",
        "pem": blind.new_key().decode(),
        "question": encoding.b64(envelopes.seal_question(question(), first_roster())),
        "answer": encoding.b64(
            envelopes.seal_answer(answer(), first_roster(), question().reply_to)
        ),
        "wrapped": officers.wrapped(bundle("a1"), "a phrase of words"),
    }
    (HERE / "fixed.json").write_text(text(drawn), encoding="utf-8")


if __name__ == "__main__":
    if not (HERE / "fixed.json").exists():
        _draw_once()
    (HERE / "vectors.json").write_text(text(made()), encoding="utf-8")
