"""One way to write bytes, JSON and signs."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from footpath.secrecy import bech32, encoding


@given(some.binary(max_size=100))
def test_bytes_come_back_from_base64(data: bytes) -> None:
    text = encoding.b64(data)

    assert encoding.unb64(text) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AA==", "A A", "AA\n", "+/", "AB", "AAB", "é", None, 7, b"AA"]
)
def test_what_is_not_the_one_way_to_write_bytes_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="this is not"):
        encoding.unb64(text)


def test_json_has_one_form() -> None:
    value = {"b": [1, None, True, {"z": "ở", "a": '"'}], "a": "\n", "B": ()}

    assert encoding.canonical(value) == (
        '{"B":[],"a":"\\n","b":[1,null,true,{"a":"\\"","z":"ở"}]}'.encode()
    )
    assert encoding.digest(b"abc") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, float("nan"), {1: "a"}, "\ud800", (1.5,)])
def test_what_has_no_such_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a text of Python's for half a sign
        encoding.canonical(value)


@given(some.integers(0, 2**100 - 1))
def test_signs_stand_for_a_number(number: int) -> None:
    text = encoding.signs(number, 20)

    assert len(text) == 20
    assert encoding.unsigns(text) == number


def test_signs_leave_out_what_is_mistaken_for_another() -> None:
    assert encoding.signs(33, 2) == "11"
    assert not set("ILOU") & set(encoding.SIGNS)
    for sign in "ILOUa-":
        with pytest.raises(ValueError, match="substring"):
            encoding.unsigns(sign)


@given(some.binary(min_size=32, max_size=32))
def test_keys_come_back_from_bech32(data: bytes) -> None:
    assert bech32.decode("age", bech32.encode("age", data)) == data


def test_a_key_with_a_slip_of_the_pen_is_refused() -> None:
    good = bech32.encode("age", b"k" * 32)

    assert bech32.decode("age", good) == b"k" * 32
    for place in range(4, len(good)):
        other = "q" if good[place] != "q" else "p"
        with pytest.raises(ValueError, match="not a key of age"):
            bech32.decode("age", good[:place] + other + good[place + 1 :])
    for wrong in ("", "age1", good[:-1], good + "q", good.upper(), good.replace("age", "agf")):
        with pytest.raises(ValueError, match="not a key of age"):
            bech32.decode("age", wrong)
    with pytest.raises(ValueError, match="not a key of age"):
        bech32.decode("age", bech32.encode("age", b"k" * 31))


def test_a_key_whose_last_bits_are_not_zero_is_refused() -> None:
    good = bech32.encode("age", bytes(32))
    values = [bech32.SIGNS.index(sign) for sign in good[4:-6]]
    values[-1] |= 1
    check = bech32._check("age", values)
    other = "age1" + "".join(bech32.SIGNS[value] for value in [*values, *check])

    with pytest.raises(ValueError, match="not a key of age"):
        bech32.decode("age", other)
