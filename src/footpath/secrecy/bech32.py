"""Bech32 (BIP 173, without its limit of 90 signs): how age writes keys."""

from __future__ import annotations

SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECK_SIGNS = 6
_POLYNOMIAL = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, data: bytes) -> str:
    """Return 32 bytes, or any other number, behind a prefix, in small letters."""
    values = _regrouped(data)
    checked = [*values, *_check(prefix, values)]
    return f"{prefix}1" + "".join(SIGNS[value] for value in checked)


def decode(prefix: str, text: str) -> bytes:
    """Return the 32 bytes behind the prefix; ValueError for any other text, or another length."""
    front, _, back = text.rpartition("1")
    if front != prefix or len(back) != 52 + _CHECK_SIGNS or not set(back) <= set(SIGNS):
        raise ValueError("this is not a key of age")
    values = [SIGNS.index(sign) for sign in back]
    number = 0
    for value in values[:-_CHECK_SIGNS]:
        number = number << 5 | value
    data = (number >> 4).to_bytes(32)
    if encode(prefix, data) != text:
        raise ValueError("this is not a key of age")
    return data


def _regrouped(data: bytes) -> list[int]:
    """Return the bits of bytes in groups of five, filled up with zeros."""
    count = -(-len(data) * 8 // 5)
    number = int.from_bytes(data) << (count * 5 - len(data) * 8)
    return [number >> 5 * place & 31 for place in reversed(range(count))]


def _check(prefix: str, values: list[int]) -> list[int]:
    letters = [ord(sign) for sign in prefix]
    spread = [letter >> 5 for letter in letters] + [0] + [letter & 31 for letter in letters]
    rest = 1
    for value in [*spread, *values, *[0] * _CHECK_SIGNS]:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(_POLYNOMIAL):
            rest ^= part if top >> place & 1 else 0
    rest ^= 1
    return [rest >> 5 * place & 31 for place in reversed(range(_CHECK_SIGNS))]
