"""Keys of rows as people and programs send them: in addresses, forms and cells."""

from __future__ import annotations

from typing import Any

LONGEST = 18
"""How many digits a key has at most: any such number fits the keys of both databases."""


def key_in(typed: Any) -> int | None:
    """Return the key that was typed or sent: 17 for "17"; None when it can be none.

    Nothing, a sign, a blank, digits of other scripts and numbers of more than 18 digits are no key.
    """
    text = "" if typed is None else str(typed)
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        return None
    return int(text)
