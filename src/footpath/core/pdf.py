"""Documents to be printed and kept: a Typst template and its data become a PDF.

A template is a ``.typ`` file inside the package, kept by its room (``assignments/typst/…``) and
laid out by ``core/typst/paper.typ``. It holds no words: every word comes in as data, already in the
reader's language, and data never becomes Typst source, so that a name with ``#``, ``"``, ``$`` or
``\\`` in it comes out as it was typed.

The same template, data and day give the same bytes: only our own fonts are used, nothing is fetched
from a network, and the document is dated by the caller. It conforms to PDF/A-2a (kept for decades)
and PDF/UA-1 (read aloud). Safe to call from several threads at once. A letter takes some 15 ms,
and no other thread waits for it.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TextIO

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


@dataclass(frozen=True, slots=True)
class _Work:
    """What the typesetter is given, as text, so that another process can be given it too."""

    template: str
    inputs: dict[str, str]
    day: str
    package: str
    fonts: str


def render(
    template: str | Path,
    data: Mapping[str, Any],
    *,
    language: str,
    title: str,
    day: date,
    apart: bool = False,
) -> bytes:
    """Return the PDF of a template filled with data (anything that JSON can hold).

    ``template`` is a path inside the package: "assignments/typst/letter.typ". ``language`` is
    Django's code ("zh-hans"); title and language go into the document, and ``day``, the date that
    the document bears, becomes the moment of its making (midnight UTC).

    A long document takes about 1 MB of memory a page, which the typesetter keeps: ``apart`` sets it
    in a process of its own, which gives the memory back and costs some 100 ms.

    Raises FontsMissing, or NotRendered when the template has an error; both are logged. When our
    fonts lack a sign (an emoji), it becomes a box: such a PDF cannot conform to PDF/A, which is
    logged as a warning.
    """
    work = _Work(
        template=str(template),
        inputs={
            "data": json.dumps(_printable(data), ensure_ascii=False),
            "title": _clean(title),
            "language": language.partition("-")[0],
        },
        day=day.isoformat(),
        package=str(PACKAGE),
        fonts=str(FONTS),
    )
    try:
        made, shortcoming = _set_apart(work) if apart else _set(work)
    except NotRendered as error:
        logger.error("%s: %s", template, error)
        raise
    if shortcoming:
        logger.warning("%s: the PDF is no PDF/A: %s", template, shortcoming)
    return made


def _set(work: _Work) -> tuple[bytes, str]:
    """Return the PDF, and why it does not conform to our standards ("" when it does)."""
    fonts = _fonts(Path(work.fonts))
    try:
        try:
            return _compile(work, fonts, STANDARDS), ""
        except typst.TypstError as refused:
            return _compile(work, fonts, []), refused.message
    except RuntimeError as error:  # TypstError is one; no such file is another
        raise NotRendered(getattr(error, "diagnostic", "").strip() or str(error)) from error


def _compile(work: _Work, fonts: typst.Fonts, standards: list[typst.PDFStandard]) -> bytes:
    return typst.compile(
        str(Path(work.package) / work.template),
        root=work.package,
        font_paths=fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=work.inputs,
        pdf_standards=standards,
        timestamp=datetime.combine(date.fromisoformat(work.day), time(), tzinfo=UTC),
    )


def _set_apart(work: _Work) -> tuple[bytes, str]:
    """Do as ``_set`` does, in a process that ends afterwards."""
    _fonts(Path(work.fonts))
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", __name__],
        input=json.dumps(asdict(work)).encode(),
        capture_output=True,
        check=False,
    )
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        raise NotRendered(said or f"the typesetter ended with {done.returncode}")
    return done.stdout, said


def main(given: bytes, out: BinaryIO, err: TextIO) -> int:
    """Set the work that is given as JSON; the exit status is 1 when it cannot be set."""
    try:
        made, shortcoming = _set(_Work(**json.loads(given)))
    except NotRendered as error:
        err.write(str(error))
        return 1
    out.write(made)
    err.write(shortcoming)
    return 0


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


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer.read(), sys.stdout.buffer, sys.stderr))
