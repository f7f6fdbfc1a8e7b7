"""The roster: who may be in it, and who vouches for the next version."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from footpath.secrecy import age, encoding, roster, signatures
from tests.secrecy import vectors

FIRST, SECOND = vectors.first_roster(), vectors.second_roster()


def test_a_roster_comes_back_from_json() -> None:
    assert roster.read(FIRST.plain()) == FIRST
    assert roster.read(SECOND.plain()) == SECOND
    assert FIRST.officer("a2") == FIRST.officers[1]
    assert FIRST.officer("s1") is None
    assert FIRST.readers == [*(officer.age for officer in FIRST.officers), FIRST.recovery]


def test_two_officers_of_the_first_version_sign_it_themselves() -> None:
    assert roster.taken(vectors.signed(FIRST, "a1", "a3"), None) == FIRST
    assert roster.taken(vectors.signed(FIRST, "a1", "a2", "a3"), None) == FIRST


def test_two_officers_of_the_version_before_sign_the_next() -> None:
    assert roster.taken(vectors.signed(SECOND, "a1", "a3"), FIRST) == SECOND


@pytest.mark.parametrize(
    "signers", [(), ("a2",), ("a4",), ("a2", "a4"), ("a3", "a4"), ("a2", "s1")]
)
def test_nobody_else_vouches_for_it(signers: tuple[str, ...]) -> None:
    with pytest.raises(roster.BadRoster, match=r"does not hold|two officers"):
        roster.taken(vectors.signed(SECOND, *signers), FIRST)


def test_one_officer_who_signs_twice_is_one() -> None:
    signed = vectors.signed(SECOND, "a2")
    signed["signatures"] *= 2

    with pytest.raises(roster.BadRoster, match="two officers"):
        roster.taken(signed, FIRST)


def test_an_officer_cannot_sign_in_the_name_of_another() -> None:
    signed = rosters_signed_by(SECOND, {"a1": "a2", "a2": "a2"})

    with pytest.raises(roster.BadRoster, match="does not hold"):
        roster.taken(signed, FIRST)


def rosters_signed_by(of: roster.Roster, codes: dict[str, str]) -> dict[str, Any]:
    return roster.signed(of, {code: vectors.bundle(by).seed for code, by in codes.items()})


def test_what_was_signed_cannot_be_altered() -> None:
    signed = vectors.signed(SECOND, "a1", "a2")
    signed["roster"]["recovery"] = age.nobody()

    with pytest.raises(roster.BadRoster, match="does not hold"):
        roster.taken(signed, FIRST)


def test_a_version_follows_the_one_before() -> None:
    other = replace(FIRST, recovery=age.nobody())

    with pytest.raises(roster.BadRoster, match="does not follow"):
        roster.taken(vectors.signed(SECOND, "a2", "a3"), other)
    with pytest.raises(roster.BadRoster, match="does not follow"):
        roster.taken(vectors.signed(FIRST, "a1", "a2"), FIRST)
    with pytest.raises(roster.BadRoster, match="number 1"):
        roster.taken(vectors.signed(SECOND, "a1", "a2"), None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: one.update(v=2), "no roster"),
        (lambda one: one.update(v=True), "one way"),
        (lambda one: one.update(more=1), "no roster"),
        (lambda one: one.pop("from"), "no roster"),
        (lambda one: one.update(number=0), "numbered from 1"),
        (lambda one: one.update(number=True), "numbered from 1"),
        (lambda one: one.update(number=2), "only version 1"),
        (lambda one: one.update(previous="0f" * 32), "only version 1"),
        (lambda one: one.update(previous="0F" * 32), "by its digest"),
        (lambda one: one.update(previous=None), "by its digest"),
        (lambda one: one.update(officers=one["officers"][:2]), "at least three"),
        (lambda one: one.update(officers={}), "at least three"),
        (lambda one: one.update(recovery="age1"), "not a key of age"),
        (lambda one: one.update(supervisor=None), "no officer"),
        (lambda one: one.update({"from": "2026"}), "a month"),
        (lambda one: one["officers"][0].pop("name"), "no officer"),
        (lambda one: one["officers"][0].update(name=" "), "are texts"),
        (lambda one: one["officers"][0].update(name=7), "are texts"),
        (lambda one: one["officers"][0].update(name="\ud800"), "one way"),
        (lambda one: one["officers"][0].update(code="A1"), "small letters"),
        (lambda one: one["officers"][0].update(code="-"), "small letters"),
        (lambda one: one["officers"][0].update(age="age1x"), "not a key of age"),
        (lambda one: one["officers"][0].update(sign="AAAA"), "Ed25519"),
        (lambda one: one["officers"][0].update(sign="?"), "base64"),
        (lambda one: one["officers"][0].update(code="a2"), "twice"),
        (lambda one: one["officers"][0].update(age=one["recovery"]), "twice"),
        (lambda one: one["officers"][0].update(sign=one["supervisor"]["sign"]), "twice"),
    ],
)
def test_what_is_no_roster_is_refused(
    change: Callable[[dict[str, Any]], object], says: str
) -> None:
    plain = deepcopy(FIRST.plain())
    change(plain)

    with pytest.raises(roster.BadRoster, match=says):
        roster.read(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.pop("signatures"),
        lambda one: one.update(more=1),
        lambda one: one.update(roster=None),
        lambda one: one.update(signatures=None),
        lambda one: one.update(signatures=[None]),
        lambda one: one["signatures"][0].pop("code"),
        lambda one: one["signatures"][0].update(code=None),
        lambda one: one["signatures"][0].update(signature=None),
        lambda one: one["signatures"][0].update(signature="AAAA"),
    ],
)
def test_what_is_no_signed_roster_is_refused(
    change: Callable[[dict[str, Any]], object],
) -> None:
    signed = vectors.signed(FIRST, "a1", "a2")
    change(signed)

    with pytest.raises(roster.BadRoster):
        roster.taken(signed, None)
    for nothing in (None, [], "roster"):
        with pytest.raises(roster.BadRoster, match="no signed roster"):
            roster.taken(nothing, None)


def test_an_officer_of_the_version_signs_for_a_purpose() -> None:
    seed = vectors.bundle("a1").seed
    signature = encoding.b64(signatures.sign(seed, "blob", b"sealed"))

    assert FIRST.has_signed("a1", "blob", b"sealed", signature)
    assert not FIRST.has_signed("a2", "blob", b"sealed", signature)
    assert not FIRST.has_signed("a1", "answer", b"sealed", signature)
    assert not SECOND.has_signed("a1", "blob", b"sealed", signature)
    for code, sent in ((None, signature), (["a1"], signature), ("a1", None), ("a1", "?")):
        assert not FIRST.has_signed(code, "blob", b"sealed", sent)
