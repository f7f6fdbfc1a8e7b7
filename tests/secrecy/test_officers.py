"""The secrets of officers, wrapped by a passphrase."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from footpath.secrecy import age, encoding, officers

PHRASE = "bốn từ để nhớ"


@pytest.fixture(scope="module")
def bundle() -> officers.Bundle:
    return officers.new("ptt-1")


@pytest.fixture(scope="module")
def wrapped(bundle: officers.Bundle) -> dict[str, Any]:
    return officers.wrapped(bundle, PHRASE)


def test_the_passphrase_opens_it_however_its_accents_were_typed(
    bundle: officers.Bundle, wrapped: dict[str, Any]
) -> None:
    assert officers.unwrapped(wrapped, unicodedata.normalize("NFD", PHRASE)) == bundle


def test_another_passphrase_does_not(wrapped: dict[str, Any]) -> None:
    with pytest.raises(officers.BadBundle, match="does not open"):
        officers.unwrapped(wrapped, PHRASE + " ")


def test_a_bundle_comes_back_from_json_and_shows_no_secret(bundle: officers.Bundle) -> None:
    assert officers.read(bundle.plain()) == bundle
    assert repr(bundle) == "Bundle(code='ptt-1')"
    assert bundle.public("Ánh").age == age.recipient_of(bundle.identity)


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"more": 1}, {"salt": "AAAA"}, {"salt": None}, {"sealed": "?"}]
)
def test_what_is_no_wrapped_bundle_is_refused(
    wrapped: dict[str, Any], change: dict[str, Any]
) -> None:
    for wrong in ({**wrapped, **change}, None, []):
        with pytest.raises(officers.BadBundle, match="no wrapped bundle"):
            officers.unwrapped(wrong, PHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"more": 1},
        {"code": 7},
        {"age": 7},
        {"age": "AGE-SECRET-KEY-1"},
        {"sign": "AAAA"},
        {"sign": None},
    ],
)
def test_what_is_no_bundle_is_refused(bundle: officers.Bundle, change: dict[str, Any]) -> None:
    with pytest.raises(officers.BadBundle):
        officers.read({**bundle.plain(), **change})
    with pytest.raises(officers.BadBundle, match="no bundle"):
        officers.read(None)


@pytest.mark.parametrize("inside", [b"no JSON", b"\xff", b"[" * 5000, b"9" * 5000])
def test_what_was_wrapped_and_is_no_json_is_refused(inside: bytes) -> None:
    salt = b"s" * 16
    recipient = age.recipient_of(officers._key(PHRASE, salt))
    outer = {
        "v": 1,
        "salt": encoding.b64(salt),
        "sealed": encoding.b64(age.seal(inside, [recipient])),
    }

    with pytest.raises(officers.BadBundle, match="no JSON"):
        officers.unwrapped(outer, PHRASE)
