"""Documents to be printed and kept: a Typst template and its data become a PDF.

A template is a ``.typ`` file inside the package, kept by its room (``assignments/typst/…``) and
laid out by ``core/typst/paper.typ``. It holds no words: every word comes in as data, already in the
reader's language, and data never becomes Typst source, so that a name with ``#``, ``"``, ``$`` or
``\\`` in it comes out as it was typed.

The same template, data and day give the same bytes: only our own fonts are used, nothing is fetched
from a network, and the document is dated by the caller. It conforms to PDF/A-2a (kept for decades)
and PDF/UA-1 (read aloud). Safe to call from several threads at once. One page takes some 5 ms.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parent.parent
FONTS = PACKAGE / "core" / "fonts"
FONT_FILES = ("NotoSerif-Bold.ttf", "NotoSerif-Regular.ttf", "NotoSerifSC-Regular.ttf")
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]

logger = logging.getLogger(__name__)


class NotRendered(Exception):
    """A template cannot be turned into a PDF; the message says why, for those who mend it."""


class FontsMissing(NotRendered):
    """The fonts have not been built."""


def render(
    template: str | Path, data: Mapping[str, Any], *, language: str, title: str, day: date
) -> bytes:
    """Return the PDF of a template filled with data (anything that JSON can hold).

    ``template`` is a path inside the package: "assignments/typst/letter.typ". ``language`` is
    Django's code ("zh-hans"); title and language go into the document, and ``day``, the date that
    the document bears, becomes the moment of its making (midnight UTC).

    Raises FontsMissing, or NotRendered when the template has an error; both are logged. When our
    fonts lack a sign (an emoji), it becomes a box: such a PDF cannot conform to PDF/A, which is
    logged as a warning.
    """
    values = json.dumps(_printable(data), ensure_ascii=False)
    inputs = {"data": values, "title": _clean(title), "language": language.partition("-")[0]}
    try:
        fonts = _fonts(FONTS)
        try:
            return _compile(template, inputs, fonts, day, STANDARDS)
        except typst.TypstError as refused:
            made = _compile(template, inputs, fonts, day, [])
            logger.warning("%s: the PDF is no PDF/A: %s", template, refused.message)
            return made
    except FontsMissing as missing:
        logger.error("%s: %s", template, missing)
        raise
    except typst.TypstError as error:
        logger.error("%s: %s\n%s", template, error.message, error.diagnostic)
        raise NotRendered(f"{template}: {error.message}") from error


def _compile(
    template: str | Path,
    inputs: dict[str, str],
    fonts: typst.Fonts,
    day: date,
    standards: list[typst.PDFStandard],
) -> bytes:
    return typst.compile(
        str(PACKAGE / template),
        root=str(PACKAGE),
        font_paths=fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=datetime.combine(day, time(), tzinfo=UTC),
    )


@lru_cache(maxsize=2)
def _fonts(folder: Path) -> typst.Fonts:
    """Return our fonts and no others, looked up once in a process."""
    missing = [name for name in FONT_FILES if not (folder / name).is_file()]
    if missing:
        raise FontsMissing(
            f"The fonts for PDF are not there ({', '.join(missing)}): run `make install`."
        )
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def _printable(value: Any) -> Any:
    """Return data without the signs that no paper can show: control signs and half surrogates."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Mapping):
        return {key: _printable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(entry) for entry in value]
    return value


def _clean(text: str) -> str:
    """Return text in composed letters, as our fonts draw them best, with line ends only as such."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFC", text)
        if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )
