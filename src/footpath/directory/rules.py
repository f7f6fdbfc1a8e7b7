"""Small decisions about names, codes and dates of places. No Django here."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from footpath.core import textsearch


def short_name(name: str, type_name: str) -> str:
    """Return a place's name without its kind in front or behind.

    "Xã Tân Thạch" with kind "Xã" is "Tân Thạch"; a name that is nothing but its kind, or its kind
    with a number ("Khu phố 1"), stays.
    """
    kind = type_name.strip()
    if kind and name.casefold().startswith(kind.casefold() + " "):
        rest = name[len(kind) + 1 :].strip()
        return rest if any(sign.isalpha() for sign in rest) else name
    return name


def in_force(start: date | None, until: date | None, day: date) -> bool:
    """Return whether a span holds on a day. Both ends are included; None is open."""
    return (start is None or start <= day) and (until is None or day <= until)


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Return whether two spans share a day. Both ends are included; an end of None is open."""
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])


MOST_LEVELS = 6
"""How many places may stand above one another, the place itself included."""

_CODE = re.compile(r"[^\s/?#%\\]([^/?#%\\]*[^\s/?#%\\])?")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_DIGITS = re.compile(r"(\d+)")
_VIETNAMESE = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def is_code(code: str) -> bool:
    """Return whether a code may stand in the address of a page: no slash, no question mark."""
    return _CODE.fullmatch(code) is not None


def language_of(name: str) -> str:
    """Return the language that a name is read aloud in: "vi", "zh", "ru", or "" when unknown."""
    if _HAN.search(name):
        return "zh"
    if _CYRILLIC.search(name):
        return "ru"
    if _VIETNAMESE & set(name) or _TONES & set(unicodedata.normalize("NFD", name)):
        return "vi"
    return ""


def reading_order(name: str) -> list[tuple[int, int, str]]:
    """Return the key that sorts names as people read them.

    "Tổ 2" stands before "Tổ 10", and "Hồ Chí Minh" before "Huế": marks decide last.
    """
    parts = [part for part in _DIGITS.split(textsearch.fold(name)) if part]
    key = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
    return [*key, (2, 0, unicodedata.normalize("NFC", name))]


def may_stand_below(level: int, *, above: int | None, depth: int) -> str:
    """Return why a place cannot stand there, or "": "tier" or "depth".

    ``level`` is that of its tier, ``above`` that of the tier of its parent (None: it is a root),
    ``depth`` the number of places above it. The parent's tier must be the higher one, that is the
    smaller number.
    """
    if above is not None and above >= level:
        return "tier"
    return "depth" if depth >= MOST_LEVELS else ""


def many(name: str, language: str) -> str:
    """Return a tier's name over several places: English says "Hamlets", others do not change it."""
    if language != "en" or not name:
        return name
    if name.endswith("y") and name[-2:-1].casefold() not in set("aeiou"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def counted(number: int, shown: str, name: str, language: str) -> str:
    """Return a number of places in words: "8 hamlets", "8 ấp", "8 村", "деревня: 8".

    ``shown`` is the number as the language writes it. Russian would need the case of each name,
    so it counts after a colon.
    """
    word = name[:1].lower() + name[1:]
    if language == "ru":
        return f"{word}: {shown}"
    return f"{shown} {word if number == 1 else many(word, language)}"


def last_word(name: str, language: str) -> str:
    """Return what is enough of a unit where there is little room: "household groups" is "groups".

    Only English ends on the word that matters; other languages keep the whole.
    """
    return name.rsplit(maxsplit=1)[-1] if language == "en" and name.strip() else name
