"""The code by which a reporter without an account finds the case again. No Django here."""

from __future__ import annotations

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that are taken for each other when they are read aloud or copied."""

LENGTH = 12
GROUP = 4


def code_from(number: int) -> str:
    """Return the code of twelve signs (59 bits) that a number of at least 64 bits stands for."""
    signs = []
    for _sign in range(LENGTH):
        number, at = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[at])
    return "".join(signs)


def grouped(code: str) -> str:
    """Return a code as it is shown and printed: "K7QM-2XPD-9RTA"."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def typed(text: str) -> str:
    """Return the code that somebody typed, "" when it can be none.

    Small letters, spaces and dashes do not matter.
    """
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    fits = len(signs) == LENGTH and all(sign in ALPHABET for sign in signs)
    return signs if fits else ""
