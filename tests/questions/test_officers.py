"""What guidance officers send: each piece signed, an answer by two different officers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from footpath.core import clock
from footpath.questions import rules, selectors, services
from footpath.questions.models import Answer, Blob, OfficerCount, Question, Waiting, Wrapped
from footpath.secrecy import encoding, envelopes, officers, records, signatures
from tests.questions.corner import CODES, EPOCH, TODAY, Corner

REFUSED = (403, b'{"taken":false}')
ONE, TWO, THREE = CODES


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def post(client: Client, where: str, plain: Any) -> tuple[int, bytes]:
    response = client.post(f"/desk/{where}/", data=plain, content_type="application/json")
    return response.status_code, response.content


def is_taken(client: Client, where: str, plain: Any) -> bool:
    said = post(client, where, plain)
    assert said in {REFUSED, (202, b'{"taken":true} ')}
    return said[0] == 202


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_needs_two_different_officers(client: Client, corner: Corner) -> None:
    sealed = corner.answer()
    assert not is_taken(client, "answers", corner.approved(sealed))
    assert not is_taken(client, "answers", corner.approved(sealed, ONE))
    assert not is_taken(client, "answers", corner.approved(sealed, ONE, ONE))
    assert not is_taken(client, "answers", corner.approved(sealed, ONE, TWO, THREE))
    assert Waiting.objects.count() == 0
    assert is_taken(client, "answers", corner.approved(sealed, ONE, TWO))
    assert [(bytes(row.sealed), row.read) for row in Waiting.objects.all()] == [(sealed, False)]


def test_an_answer_is_refused_when_a_signature_is_not_of_it(client: Client, corner: Corner) -> None:
    sealed, other = corner.answer(), corner.answer()
    good = corner.approved(sealed, ONE, TWO)
    of_another = corner.approved(other, ONE, TWO)["approvals"]
    for approvals in (
        [good["approvals"][0], of_another[1]],
        [good["approvals"][0], good["approvals"][1] | {"officer": THREE}],
        [good["approvals"][0], good["approvals"][1] | {"officer": "nobody"}],
        [good["approvals"][0], good["approvals"][1] | {"officer": 7}],
        [good["approvals"][0], good["approvals"][1] | {"signature": ""}],
        [good["approvals"][0], good["approvals"][1] | {"signature": 7}],
        [good["approvals"][0], good["approvals"][1] | {"name": "Lan"}],
        [good["approvals"][0], "signed"],
        {"0": good["approvals"][0], "1": good["approvals"][1]},
    ):
        assert not is_taken(client, "answers", good | {"approvals": approvals})
    signed = envelopes.approved(sealed, (ONE, TWO))
    as_blob = [
        {"officer": code, "signature": corner.sign(code, "blob", signed)} for code in (ONE, TWO)
    ]
    assert not is_taken(client, "answers", good | {"approvals": as_blob})
    assert not is_taken(client, "answers", good | {"read": False})
    assert is_taken(client, "answers", good)


def test_both_officers_sign_for_each_other(client: Client, corner: Corner) -> None:
    sealed = corner.answer()
    first, second = corner.approved(sealed, ONE, TWO)["approvals"]
    other = corner.approved(sealed, ONE, THREE)["approvals"]
    alone = [
        {"officer": code, "signature": corner.sign(code, "answer", sealed)} for code in (ONE, TWO)
    ]
    for approvals in ([second, first], [first, other[1]], [other[0], second], alone):
        plain = {"sealed": encoding.b64(sealed), "approvals": approvals}
        assert not is_taken(client, "answers", plain)
    for count in (1, 2):
        read = {"approvals": [first, second][:count], "read": True}
        assert not is_taken(client, "answers", {"sealed": encoding.b64(sealed), **read})
    assert Waiting.objects.count() == 0
    assert is_taken(client, "answers", corner.approved(sealed, TWO, ONE))


def test_an_answer_of_another_size_is_refused(client: Client, corner: Corner) -> None:
    sealed = envelopes.seal_blob({"kind": "note"}, corner.roster)
    assert not is_taken(client, "answers", corner.approved(sealed, ONE, TWO))


def test_a_sign_of_reading_needs_one_officer_and_stands_apart(
    client: Client, lasting: Corner
) -> None:
    sealed = lasting.answer("", read=True)
    assert not is_taken(client, "answers", lasting.approved(sealed, ONE, TWO, read=True))
    assert is_taken(client, "answers", lasting.approved(sealed, ONE, read=True))
    services.mix(on=TODAY)
    approved, read = records.bulletin(client.get("/bulletin/").content)
    assert (approved, len(read), sealed in read) == ([], 7, True)


def test_an_answer_sent_twice_leaves_once(client: Client, lasting: Corner) -> None:
    plain = lasting.approved(lasting.answer(), ONE, TWO)
    assert is_taken(client, "answers", plain)
    assert is_taken(client, "answers", plain)
    services.mix(on=TODAY)
    assert is_taken(client, "answers", plain)
    assert (Waiting.objects.count(), Answer.objects.filter(read=False).count()) == (0, 8)


def test_one_officer_cannot_keep_an_answer_out_by_calling_it_a_sign_of_reading(
    client: Client, lasting: Corner
) -> None:
    sealed = lasting.answer()
    early = lasting.approved(sealed, THREE) | {"read": True}
    assert is_taken(client, "answers", early)
    assert is_taken(client, "answers", lasting.approved(sealed, ONE, TWO))
    services.mix(on=TODAY)
    assert is_taken(client, "answers", early)
    approved, _ = records.bulletin(client.get("/bulletin/").content)
    assert sealed in approved


# --- blobs ----------------------------------------------------------------------------------------


def blob(corner: Corner, code: str = ONE, **more: Any) -> dict[str, Any]:
    sealed = envelopes.seal_blob({"v": 1, "kind": "note"}, corner.roster)
    return {
        "officer": code,
        "sealed": encoding.b64(sealed),
        "signature": corner.sign(code, "blob", sealed),
    } | more


def test_officers_keep_blobs_for_each_other(client: Client, corner: Corner) -> None:
    plain = blob(corner)
    assert is_taken(client, "blobs", plain)
    assert is_taken(client, "blobs", plain)
    [(key, sealed)] = records.split_blobs(client.get("/desk/blobs/").content)
    assert encoding.b64(sealed) == plain["sealed"]
    assert list(Blob.objects.values_list("key", "officer")) == [(key.hex(), ONE)]


def test_a_blob_of_nobody_in_the_roster_is_refused(client: Client, corner: Corner) -> None:
    for wrong in (
        blob(corner, officer=TWO),
        blob(corner, officer=None),
        blob(corner, name="Lan"),
        blob(corner, sealed="!"),
        blob(corner, sealed=encoding.b64(b"open")),
    ):
        assert not is_taken(client, "blobs", wrong)
    big = b"age-encryption.org/v1\n" + bytes(49_152)
    too_big = {"sealed": encoding.b64(big), "signature": corner.sign(ONE, "blob", big)}
    assert post(client, "blobs", blob(corner) | too_big) == REFUSED
    plain = b"open"
    unsealed = {"sealed": encoding.b64(plain), "signature": corner.sign(ONE, "blob", plain)}
    assert post(client, "blobs", blob(corner) | unsealed) == REFUSED
    assert Blob.objects.count() == 0


def test_without_a_roster_nothing_of_officers_is_taken(client: Client, corner: Corner) -> None:
    from footpath.questions.models import Roster

    plain, answer = blob(corner), corner.approved(corner.answer(), ONE, TWO)
    Roster.objects.all().delete()
    assert post(client, "blobs", plain) == REFUSED
    assert post(client, "answers", answer) == REFUSED
    assert post(client, "blobs", [plain]) == REFUSED


# --- what is done ---------------------------------------------------------------------------------


@pytest.fixture
def asked(lasting: Corner) -> list[str]:
    """Return the keys of three questions after their mix."""
    lasting.ask(3)
    services.mix(on=TODAY)
    return sorted(Question.objects.values_list("key", flat=True))


def answered() -> dict[str, str]:
    """Return when each question was answered."""
    return dict(Question.objects.order_by("key").values_list("key", "answered_in"))


def test_an_answer_names_the_questions_it_is_to(
    client: Client, lasting: Corner, asked: list[str]
) -> None:
    found = records.split_postings(client.get("/desk/postings/").content)
    assert [(key.hex(), epoch) for key, epoch, _sealed in found] == [(key, EPOCH) for key in asked]
    sealed, to = lasting.answer(), {"keys": [asked[0], "0" * 32], "epoch": EPOCH}
    plain = lasting.approved(sealed, ONE, TWO, **to)
    for wrong in (
        lasting.approved(sealed, ONE, TWO) | to,
        lasting.approved(sealed, ONE, TWO, keys=[]) | to,
        plain | {"keys": asked},
        plain | {"epoch": "2026-10"},
        plain | {"read": True},
        {name: plain[name] for name in plain if name != "epoch"},
        lasting.approved(sealed, ONE, TWO, keys=asked, epoch="2026-12"),
        lasting.approved(sealed, ONE, TWO, keys="all", epoch=EPOCH),
        lasting.approved(sealed, ONE, **to),
    ):
        assert not is_taken(client, "answers", wrong)
    assert (Waiting.objects.count(), set(answered().values())) == (0, {""})
    assert is_taken(client, "answers", plain)
    assert is_taken(client, "answers", plain)
    assert answered() == dict.fromkeys(asked, "") | {asked[0]: EPOCH}
    with pytest.raises(rules.Refused):
        services.take_answer(plain=plain)


def test_questions_are_marked_as_done_by_two_officers_alone(
    client: Client, lasting: Corner, asked: list[str]
) -> None:
    keys = [asked[0], "0" * 32]
    plain = lasting.done(keys, ONE, TWO)
    for wrong in (
        lasting.done(keys),
        lasting.done(keys, ONE),
        lasting.done(keys, ONE, ONE),
        lasting.done(keys, ONE, TWO, THREE),
        plain | {"keys": asked},
        plain | {"epoch": "2026-10"},
        plain | {"approvals": [plain["approvals"][0], lasting.done(asked, TWO)["approvals"][0]]},
        plain | {"officer": ONE},
        lasting.signed(ONE, "done", keys=keys, epoch=EPOCH),
    ):
        assert not is_taken(client, "done", wrong)
    assert is_taken(client, "done", lasting.signed(ONE, "done", keys=keys))
    assert set(answered().values()) == {""}
    assert is_taken(client, "done", plain)
    assert is_taken(client, "done", lasting.done(keys, TWO, THREE, epoch="2026-10"))
    assert answered() == dict.fromkeys(asked, "") | {asked[0]: EPOCH}


def test_one_officer_lets_notes_go(client: Client, corner: Corner) -> None:
    assert is_taken(client, "blobs", blob(corner))
    [(key, _)] = records.split_blobs(client.get("/desk/blobs/").content)
    plain = corner.signed(ONE, "done", keys=[key.hex(), "0" * 32])
    assert not is_taken(client, "done", plain | {"keys": [key.hex()]})
    assert not is_taken(client, "done", plain | {"officer": TWO})
    assert Blob.objects.count() == 1
    assert is_taken(client, "done", corner.done([key.hex()], ONE, TWO))
    assert Blob.objects.count() == 1
    assert is_taken(client, "done", plain)
    assert Blob.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"epoch": "2026-12"},
        {"epoch": "2026-09"},
        {"epoch": "now"},
        {"keys": "0" * 32},
        {"keys": ["x"]},
        {"keys": ["0" * 32] * 1001},
    ],
)
def test_what_cannot_be_marked_is_refused(
    client: Client, corner: Corner, wrong: dict[str, Any]
) -> None:
    plain = {"keys": ["0" * 32], "epoch": EPOCH} | wrong
    assert not is_taken(client, "done", corner.done(plain["keys"], ONE, TWO, epoch=plain["epoch"]))


# --- counters -------------------------------------------------------------------------------------


def counts(real: int, answered: int, overdue: int) -> dict[str, int]:
    return {"real": real, "answered": answered, "overdue": overdue}


def test_the_counters_of_an_officer_take_the_place_of_earlier_ones(
    client: Client, corner: Corner
) -> None:
    for real in (3, 5):
        plain = corner.signed(ONE, "counters", counters={EPOCH: counts(real, 2, 1)})
        assert is_taken(client, "counters", plain)
    assert selectors.figures(EPOCH).real == 5
    row = OfficerCount.objects.get()
    kept = json.loads(row.text)
    signature = encoding.unb64(kept["signature"])
    part = encoding.canonical({name: kept[name] for name in ("officer", "counters")})
    public = corner.officers[ONE].public("").public
    assert signatures.holds(public, "counters", part, signature)


@pytest.mark.parametrize(
    "counters",
    [
        {EPOCH: counts(1, 1, 1)},
        {EPOCH: counts(-1, 0, 0)},
        {EPOCH: {"real": 1, "answered": 1}},
        {EPOCH: counts(1, 1, 0) | {"real": True}},
        {EPOCH: "many"},
        {"2026-12": counts(1, 1, 0)},
        {"soon": counts(1, 1, 0)},
        {f"20{year}-01": counts(1, 1, 0) for year in range(1, 26)},
        [EPOCH],
    ],
)
def test_counters_that_cannot_be_are_refused(client: Client, corner: Corner, counters: Any) -> None:
    assert not is_taken(client, "counters", corner.signed(ONE, "counters", counters=counters))


def test_fractions_and_foreign_signatures_are_refused(client: Client, corner: Corner) -> None:
    plain = corner.signed(ONE, "counters", counters={EPOCH: counts(3, 2, 1)})
    assert not is_taken(client, "counters", plain | {"officer": TWO})
    assert not is_taken(client, "counters", plain | {"counters": {EPOCH: counts(4, 2, 1)}})
    done = corner.signed(ONE, "done", keys=[])
    assert not is_taken(client, "done", done | {"keys": 1.5})
    assert not is_taken(client, "done", done | {"officer": 1.5})


# --- rosters --------------------------------------------------------------------------------------


def test_a_new_version_needs_two_officers_of_the_version_before(
    client: Client, corner: Corner
) -> None:
    corner.officers["guidance-4"] = officers.new("guidance-4")
    before = corner.roster.digest
    new = ("guidance-2", "guidance-3", "guidance-4")
    alone = corner.version(*new, number=2, previous=before, signers=(TWO,))
    newcomer = corner.version(*new, number=2, previous=before, signers=(TWO, "guidance-4"))
    good = corner.version(*new, number=2, previous=before, signers=(ONE, TWO))
    assert not is_taken(client, "roster", alone)
    assert not is_taken(client, "roster", newcomer)
    assert is_taken(client, "roster", good)
    assert is_taken(client, "roster", good)
    assert not is_taken(client, "roster", corner.version(signers=(ONE, TWO)))
    assert client.get("/roster/").json()["rosters"] == selectors.signed_rosters()
    assert [one["roster"]["number"] for one in client.get("/desk/roster/").json()["rosters"]] == [
        1,
        2,
    ]
    named = [entry for entry in corner.files.notice()["entries"] if entry["kind"] == "roster"]
    assert [(entry["number"], entry["digest"]) for entry in named] == [
        (1, before),
        (2, corner.roster.digest),
    ]


def test_a_version_that_could_not_be_named_is_sent_again(
    client: Client, corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = corner.version(number=2, previous=corner.roster.digest)
    with monkeypatch.context() as broken:
        broken.setattr(type(corner.files), "add_to_notice", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.take_roster(signed=second)
    named = [entry["kind"] for entry in corner.files.notice()["entries"]]
    assert named.count("roster") == 1
    assert is_taken(client, "roster", second)
    assert [entry["kind"] for entry in corner.files.notice()["entries"]] == [*named, "roster"]


def test_whoever_has_left_signs_nothing_more_and_leaves_no_keys(
    client: Client, corner: Corner
) -> None:
    corner.officers["guidance-4"] = officers.new("guidance-4")
    assert is_taken(client, "wrapped", wrapped(corner, ONE))
    assert is_taken(client, "wrapped", wrapped(corner, TWO))
    new = corner.version(
        TWO, THREE, "guidance-4", number=2, previous=corner.roster.digest, signers=(ONE, TWO)
    )
    assert is_taken(client, "roster", new)
    assert not is_taken(client, "answers", corner.approved(corner.answer(), ONE, TWO))
    assert is_taken(client, "answers", corner.approved(corner.answer(), "guidance-4", TWO))
    assert list(Wrapped.objects.values_list("code", flat=True)) == [TWO]


def test_a_stranger_cannot_be_the_first(client: Client, corner: Corner) -> None:
    from footpath.questions.models import Roster

    first = corner.version()
    Roster.objects.all().delete()
    other = Corner.__new__(Corner)
    other.__dict__ |= corner.__dict__
    other.officers = {code: officers.new(code) for code in CODES}
    assert not is_taken(client, "roster", other.version())
    assert not is_taken(client, "roster", {"roster": {}, "signatures": []})
    # The key notice names the digest of the first version: its own officers may send it.
    assert is_taken(client, "roster", first)


# --- wrapped keys ---------------------------------------------------------------------------------


def wrapped(corner: Corner, code: str, *, by: str = "", **more: Any) -> dict[str, Any]:
    """Return a wrapped bundle as it is sent; the key of another officer may sign it."""
    bundle = {
        "v": 1,
        "salt": encoding.b64(bytes(16)),
        "sealed": encoding.b64(envelopes.age.seal(b"{}", [envelopes.age.nobody()])),
    }
    signer = corner.officers[by or code]
    plain = {"code": code, "wrapped": bundle} | more
    return plain | {
        "sign": signer.public("").sign,
        "signature": corner.sign(signer.code, "wrapped", encoding.canonical(plain)),
    }


def test_wrapped_keys_are_fetched_all_at_once(client: Client, corner: Corner) -> None:
    plain = wrapped(corner, ONE)
    assert is_taken(client, "wrapped", plain)
    assert client.get("/desk/wrapped/").json() == {"wrapped": {ONE: plain["wrapped"]}}


def test_only_the_officer_replaces_the_keys_of_a_code_in_the_roster(
    client: Client, corner: Corner
) -> None:
    assert not is_taken(client, "wrapped", wrapped(corner, ONE, by=TWO))
    assert is_taken(client, "wrapped", wrapped(corner, ONE))
    again = wrapped(corner, ONE)
    assert is_taken(client, "wrapped", again)
    assert client.get("/desk/wrapped/").json()["wrapped"][ONE] == again["wrapped"]


def test_somebody_to_come_keeps_a_code_with_the_first_key(client: Client, corner: Corner) -> None:
    corner.officers["guidance-4"] = officers.new("guidance-4")
    assert is_taken(client, "wrapped", wrapped(corner, "guidance-4"))
    assert not is_taken(client, "wrapped", wrapped(corner, "guidance-4", by=ONE))
    assert is_taken(client, "wrapped", wrapped(corner, "guidance-4"))


def test_no_stranger_can_keep_new_officers_out(client: Client, corner: Corner) -> None:
    assert is_taken(client, "wrapped", wrapped(corner, ONE))
    for number in range(4, 66):
        code = f"guidance-{number}"
        corner.officers[code] = officers.new(code)
        assert is_taken(client, "wrapped", wrapped(corner, code))
    kept = client.get("/desk/wrapped/").json()["wrapped"]
    assert len(kept) == 1 + 60
    assert {ONE, "guidance-65"} <= kept.keys()


def test_a_stranger_who_was_first_gives_way_to_the_supervisor(
    client: Client, corner: Corner
) -> None:
    corner.officers["stranger"] = officers.new("stranger")
    corner.officers[corner.supervisor.code] = corner.supervisor
    assert not is_taken(client, "wrapped", wrapped(corner, corner.supervisor.code, by="stranger"))
    assert is_taken(client, "wrapped", wrapped(corner, corner.supervisor.code))


def test_what_is_no_bundle_is_refused(client: Client, corner: Corner) -> None:
    sealed = wrapped(corner, ONE)["wrapped"]["sealed"]
    for bundle in (
        None,
        {},
        {"v": 2, "salt": encoding.b64(bytes(16)), "sealed": sealed},
        {"v": 1, "salt": encoding.b64(bytes(15)), "sealed": sealed},
        {"v": 1, "salt": encoding.b64(bytes(16)), "sealed": encoding.b64(b"open")},
        {"v": 1, "salt": encoding.b64(bytes(16)), "sealed": sealed, "more": 1},
    ):
        assert not is_taken(client, "wrapped", wrapped(corner, ONE, wrapped=bundle))
    assert not is_taken(client, "wrapped", wrapped(corner, ONE) | {"code": "two words"})
