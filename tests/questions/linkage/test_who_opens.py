"""Who opens what: the roster and the asker, nobody else; with one lost key nothing is lost."""

from __future__ import annotations

import json

import pytest

from footpath.questions import rules, services
from footpath.questions.models import Question
from footpath.secrecy import age, encoding, envelopes, officers, receipts, signatures
from footpath.secrecy.epochs import Epoch
from tests.questions.corner import CODES, TODAY, Corner


def opened(sealed: bytes, identity: str) -> str | None:
    """Return the text inside, None when the identity does not open it."""
    try:
        return envelopes.open_question(sealed, identity).text
    except age.CannotOpen:
        return None


@pytest.fixture
def asker() -> str:
    return receipts.identity(receipts.new())


def asked(corner: Corner, asker: str, **more: str) -> bytes:
    """Return a question as it lies in the database after the mix."""
    sealed = corner.sealed("Whose is the pump?", reply_to=age.recipient_of(asker), **more)
    assert services.take_posting(body=corner.posting(sealed=sealed), on=TODAY)
    corner.ask(2)
    services.mix(on=TODAY)
    [kept] = [bytes(row.sealed) for row in Question.objects.all() if bytes(row.sealed) == sealed]
    return kept


def test_every_officer_the_recovery_key_and_the_asker_open_a_question(
    lasting: Corner, asker: str
) -> None:
    kept = asked(lasting, asker)
    for identity in (*(one.identity for one in lasting.officers.values()), lasting.recovery, asker):
        assert opened(kept, identity) == "Whose is the pump?"


def test_nobody_else_opens_it(lasting: Corner, asker: str) -> None:
    """An outsider, another asker, the supervisor of what is no complaint."""
    kept = asked(lasting, asker)
    other = receipts.identity(receipts.new())
    for identity in (age.new_identity(), other, lasting.supervisor.identity):
        assert opened(kept, identity) is None
    altered = bytes([*kept[:-1], kept[-1] ^ 1])
    assert opened(altered, asker) is None


def test_the_supervisor_opens_a_complaint(lasting: Corner, asker: str) -> None:
    kept = asked(lasting, asker, kind="complaint")
    assert opened(kept, lasting.supervisor.identity) == "Whose is the pump?"


def test_with_one_of_three_keys_lost_nothing_is_lost(lasting: Corner, asker: str) -> None:
    """Two officers open everything, answer it together, and name a successor."""
    kept = asked(lasting, asker)
    del lasting.officers[CODES[0]]
    assert opened(kept, lasting.officers[CODES[1]].identity) == "Whose is the pump?"
    said = envelopes.Answer("answer", envelopes.new_thread(), "Ours.", CODES[1:], Epoch("2026-11"))
    sealed = envelopes.seal_answer(said, lasting.roster, age.recipient_of(asker))
    services.take_answer(plain=lasting.approved(sealed, *CODES[1:]))
    assert envelopes.open_answer(sealed, asker).text == "Ours."
    lasting.officers["guidance-4"] = officers.new("guidance-4")
    successor = lasting.version(
        *CODES[1:], "guidance-4",
        number=2, previous=lasting.roster.digest, signers=CODES[1:],
    )  # fmt: skip
    assert services.take_roster(signed=successor)


def test_with_all_officers_keys_lost_the_recovery_key_opens_everything(
    lasting: Corner, asker: str
) -> None:
    kept = asked(lasting, asker)
    assert opened(kept, lasting.recovery) == "Whose is the pump?"


def test_whoever_was_removed_opens_nothing_that_was_sealed_afterwards(
    lasting: Corner, asker: str
) -> None:
    removed = lasting.officers[CODES[0]]
    before = asked(lasting, asker)
    lasting.officers["guidance-4"] = officers.new("guidance-4")
    assert services.take_roster(
        signed=lasting.version(
            *CODES[1:], "guidance-4",
            number=2, previous=lasting.roster.digest, signers=CODES[:2],
        )
    )  # fmt: skip
    afterwards = lasting.sealed("And the sluice?", reply_to=age.recipient_of(asker))
    assert services.take_posting(body=lasting.posting(sealed=afterwards), on=TODAY)
    assert opened(afterwards, removed.identity) is None
    assert opened(afterwards, lasting.officers["guidance-4"].identity) == "And the sluice?"
    assert opened(before, removed.identity) == "Whose is the pump?", "what was read stays read"
    blob = envelopes.seal_blob({"v": 1, "kind": "note"}, lasting.roster)
    with pytest.raises(age.CannotOpen):
        envelopes.open_plain(blob, removed.identity)
    signature = encoding.b64(signatures.sign(removed.seed, "blob", blob))
    with pytest.raises(rules.Refused):
        services.take_blob(
            plain={
                "officer": removed.code,
                "sealed": encoding.b64(blob),
                "signature": signature,
            }
        )


@pytest.mark.parametrize("language", ["a", "ấ", "问", "щ", "😀"])
def test_texts_of_every_length_have_one_size(lasting: Corner, language: str) -> None:
    """From 1 to 900 signs of any script one stored size, cover and complaint alike."""
    sizes = {
        len(lasting.sealed(language * length)) for length in (1, 2, 10, 99, 100, 255, 500, 899, 900)
    }
    sizes.add(len(lasting.sealed(language, kind="complaint")))
    sizes.add(len(lasting.sealed(language * 900, kind="follow-up")))
    sizes.add(len(envelopes.seal_question(envelopes.cover(), lasting.roster)))
    bodies = {len(lasting.posting(sealed=lasting.sealed(language * length))) for length in (1, 900)}
    assert (len(sizes), len(bodies)) == (1, 1)
    assert json.loads(lasting.posting())
