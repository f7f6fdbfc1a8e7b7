"""Text made searchable in four languages: without diacritics, and Chinese by pairs of signs.

Pure: no Django here. The database side is ``core.search``.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that carry no combining mark but are typed without their stroke.
_PLAIN = str.maketrans({"đ": "d", "Đ": "d", "ı": "i", "ł": "l", "ø": "o", "ё": "е"})
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_RUNS = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


def fold(text: str) -> str:
    """Return text in lower case without diacritics: "Châu Thành" is "chau thanh".

    The Russian short i keeps its mark (it is a letter of its own), yo becomes ye.
    """
    plain = text.casefold().translate(_PLAIN)
    marked = unicodedata.normalize("NFD", plain)
    kept = "".join(
        sign
        for at, sign in enumerate(marked)
        if not unicodedata.combining(sign) or (sign == "\u0306" and at and marked[at - 1] == "и")
    )
    return unicodedata.normalize("NFC", kept)


def tokens(text: str) -> list[str]:
    """Return the searchable words of text, in order, repeats included.

    Words of letters and digits stand as they are, folded. A run of Chinese signs gives each sign
    and each pair of neighbours: "西宁市" is ["西", "西宁", "宁", "宁市", "市"].
    """
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        for run in _RUNS.findall(word):
            if not _HAN.match(run):
                found.append(run)
                continue
            for at, sign in enumerate(run):
                found.append(sign)
                if at + 1 < len(run):
                    found.append(run[at : at + 2])
    return found


def document(*parts: str) -> str:
    """Return what is stored beside a row so that it can be found: unique tokens, spaces between."""
    return " ".join(dict.fromkeys(token for part in parts for token in tokens(part or "")))


def query_terms(text: str) -> list[tuple[str, bool]]:
    """Return (token, is_prefix) pairs that a row must all have to match what was typed.

    The last word typed may be unfinished, so it matches as a beginning; of a Chinese run only the
    pairs count (a single sign stands alone). "chau th" is [("chau", True), ("th", True)].
    """
    terms: dict[tuple[str, bool], None] = {}
    for word in _WORD.findall(fold(text)):
        for run in _RUNS.findall(word):
            if not _HAN.match(run):
                terms[(run, True)] = None
            elif len(run) == 1:
                terms[(run, False)] = None
            else:
                for at in range(len(run) - 1):
                    terms[(run[at : at + 2], False)] = None
    return list(terms)
