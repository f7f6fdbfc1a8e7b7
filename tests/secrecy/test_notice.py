"""The key notice: entries chained to each other, and nothing said twice."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from footpath.secrecy import blind, encoding, notice
from tests.secrecy import vectors

DIGEST = "0f" * 32


@pytest.fixture(scope="module")
def other_spki() -> bytes:
    return blind.spki(blind.new_key())


def whole(*more: dict[str, Any]) -> dict[str, Any]:
    """A key, a roster, a client, and what else is given."""
    found = deepcopy(vectors.made_notice())
    for entry in more:
        found["entries"].append(notice.chained(found["entries"], entry))
    return found


def rechained(broken: dict[str, Any]) -> dict[str, Any]:
    """Put the chain right again behind a change: what a lying server would do."""
    previous = ""
    for entry in broken["entries"]:
        entry["previous"] = previous
        previous = entry["hash"] = encoding.digest(notice.canonical(entry))
    return broken


def test_a_notice_grows_entry_by_entry(other_spki: bytes) -> None:
    grown = whole(
        notice.key_entry("2026-12", other_spki), {"kind": "roster", "number": 2, "digest": DIGEST}
    )

    notice.check(grown)
    notice.check(notice.empty())
    assert notice.epochs(grown) == ["2026-11", "2026-12"]
    assert notice.key_of(grown, "2026-12") == other_spki
    with pytest.raises(KeyError):
        notice.key_of(grown, "2027-01")
    first, second = grown["entries"][:2]
    assert (first["previous"], second["previous"]) == ("", first["hash"])


def test_a_pinned_notice_may_only_grow(other_spki: bytes) -> None:
    pinned, grown = whole(), whole(notice.key_entry("2026-12", other_spki))
    another = rechained({"v": 1, "entries": [notice.key_entry("2026-11", other_spki)]})

    notice.check_continues(pinned, pinned)
    notice.check_continues(pinned, grown)
    notice.check_continues(notice.empty(), grown)
    for wrong in (another, notice.empty()):
        with pytest.raises(notice.BrokenChain, match="not the one that was pinned"):
            notice.check_continues(pinned, wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["entries"].pop(0),
        lambda one: one["entries"].pop(1),
        lambda one: one["entries"].reverse(),
        lambda one: one["entries"][1].update(digest="ff" * 32),
        lambda one: one["entries"][2].update(version="0.1.1"),
        lambda one: one["entries"][2].update(previous=""),
        lambda one: one["entries"][0].update(hash=DIGEST),
    ],
)
def test_a_change_breaks_the_chain(change: Callable[[dict[str, Any]], object]) -> None:
    broken = whole()
    change(broken)

    with pytest.raises(notice.BrokenChain, match=r"not chained|numbered"):
        notice.check(broken)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: one[0].update(epoch="2026-13"), "not one of an epoch"),
        (lambda one: one[0].update(epoch=None), "not one of an epoch"),
        (lambda one: one[0].update(spki="AAAA"), "not one of an epoch"),
        (lambda one: one[0].update(spki=7), "not one of an epoch"),
        (lambda one: one[0].update(kid=DIGEST), "its own name"),
        (lambda one: one[0].update(more=1), "too many or too few"),
        (lambda one: one[0].pop("kid"), "too many or too few"),
        (lambda one: one[0].update(kind="other"), "too many or too few"),
        (lambda one: one[0].update(kind=7), "no entry"),
        (lambda one: one[1].update(number=True), "numbered from 1"),
        (lambda one: one[1].update(digest="0F" * 32), "a digest is not one"),
        (lambda one: one[1].update(digest="0f" * 31), "a digest is not one"),
        (lambda one: one[2].update(digest=None), "a digest is not one"),
        (lambda one: one[2].update(version=""), "a short text"),
        (lambda one: one[2].update(version="\ud800"), "a short text"),
        (lambda one: one[2].update(version=1), "a short text"),
    ],
)
def test_an_entry_that_says_what_it_may_not_is_refused(
    change: Callable[[list[dict[str, Any]]], object], says: str
) -> None:
    broken = whole()
    change(broken["entries"])

    with pytest.raises(notice.BrokenChain, match=says):
        notice.check(broken)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"v": 1},
        {"v": 2, "entries": []},
        {"v": 1, "entries": {}},
        {"v": 1, "entries": [7]},
    ],
)
def test_what_is_no_notice_is_refused(wrong: object) -> None:
    with pytest.raises(notice.BrokenChain, match="this is no"):
        notice.check(wrong)


def test_an_epoch_has_one_key_and_a_key_one_epoch(other_spki: bytes) -> None:
    known = whole()
    same_key = notice.key_entry("2026-12", notice.key_of(known, "2026-11"))
    same_epoch = notice.key_entry("2026-11", other_spki)

    for second in (same_key, same_epoch):
        with pytest.raises(notice.BrokenChain, match="one key of its own"):
            notice.chained(known["entries"], second)


def test_a_liar_who_chains_it_anew_still_cannot_leave_out_a_roster() -> None:
    broken = whole()
    broken["entries"][1]["number"] = 2

    with pytest.raises(notice.BrokenChain, match="numbered from 1"):
        notice.check(rechained(broken))


def test_a_roster_left_out_cannot_be_entered() -> None:
    with pytest.raises(notice.BrokenChain, match="numbered from 1"):
        notice.chained(whole()["entries"], {"kind": "roster", "number": 3, "digest": DIGEST})


def test_a_month_that_is_none_has_no_entry(other_spki: bytes) -> None:
    with pytest.raises(ValueError, match="a month"):
        notice.key_entry("November", other_spki)


def test_people_compare_20_signs_of_a_digest() -> None:
    assert notice.short("0" * 64) == "00000 00000 00000 00000"
    assert notice.short("f" * 25 + "0" * 39) == "ZZZZZ ZZZZZ ZZZZZ ZZZZZ"
    assert notice.short("08421" + "0" * 59) == "11110 00000 00000 00000"
