"""Opening .csv, .csv.gz and .xlsx files, row by row, within limits on what they unpack to."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from footpath.directory.imports.problems import Unreadable

UNPACKED_TIMES = 12
"""How many times the largest file may unpack to: an archive made to fill the disk is refused."""

MOST_COLUMNS = 200
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its number as a spreadsheet shows it, and its cells as text."""

    number: int
    cells: list[str]


class Sheet:
    """A table in a file; it can be read from its beginning as often as needed.

    ``header`` is the first row without spaces around the names. ``rows()`` gives the others,
    without empty rows at the end; an empty row before others is given with no cells.
    """

    def __init__(self, path: Path, *, name: str | None = None, limited: bool = False) -> None:
        self.path = path
        self.kind = _kind_of(name or path.name)
        self.limited = limited
        if limited and path.stat().st_size > settings.IMPORT_MAX_BYTES:
            raise Unreadable("too_big", most=settings.IMPORT_MAX_BYTES // 1024**2)
        if self.kind == "xlsx":
            self._check_archive()
        first = next(self._raw(), None)
        if first is None or not any(cell.strip() for cell in first):
            raise Unreadable("no_header", row=1)
        self.header = [tidy(cell) for cell in first]
        while self.header and not self.header[-1]:
            self.header.pop()
        for column in self.header:
            if column and self.header.count(column) > 1:
                raise Unreadable("double_column", row=1, column=column)

    @property
    def pads(self) -> bool:
        """Return whether short rows are normal: a workbook does not keep empty cells at the end."""
        return self.kind == "xlsx"

    def rows(self) -> Iterator[Row]:
        """Return the rows below the header in order."""
        raw = self._raw()
        next(raw, None)
        empty: list[int] = []
        for number, cells in enumerate(raw, start=2):
            if not any(cells):
                empty.append(number)
                continue
            for at in empty:
                yield Row(at, [])
            empty.clear()
            yield Row(number, cells)

    def _raw(self) -> Iterator[list[str]]:
        return self._workbook() if self.kind == "xlsx" else self._text()

    # -- text ---------------------------------------------------------------------------------

    def _open(self) -> BinaryIO:
        if self.kind == "csv.gz":
            return gzip.open(self.path, "rb")  # type: ignore[return-value]
        return self.path.open("rb")

    def _text(self) -> Iterator[list[str]]:
        try:
            with self._open() as raw:
                limited: Any = _Limited(raw) if self.limited else raw
                text = io.TextIOWrapper(limited, encoding="utf-8-sig", newline="")
                yield from csv.reader(text, delimiter=self._delimiter())
        except UnicodeDecodeError:
            line = self._line_not_in_utf8()
            raise Unreadable("encoding", row=line, line=line) from None
        except (csv.Error, EOFError, gzip.BadGzipFile, OSError, zlib.error):
            raise Unreadable("not_readable", kind=f".{self.kind}") from None

    def _delimiter(self) -> str:
        with self._open() as raw:
            line = raw.readline(100_000).decode("utf-8", "replace")
        return max(_DELIMITERS, key=line.count)

    def _line_not_in_utf8(self) -> int:
        number, decoder = 1, codecs.getincrementaldecoder("utf-8")()
        with self._open() as raw:
            limited: Any = _Limited(raw) if self.limited else raw
            try:
                while chunk := limited.read(65536):
                    number += decoder.decode(chunk).count("\n")
                decoder.decode(b"", final=True)
            except UnicodeDecodeError as wrong:
                return number + wrong.object[: wrong.start].count(b"\n")
        return 0

    # -- workbooks ----------------------------------------------------------------------------

    def _check_archive(self) -> None:
        most = UNPACKED_TIMES * settings.IMPORT_MAX_BYTES
        try:
            with zipfile.ZipFile(self.path) as archive:
                size = sum(part.file_size for part in archive.infolist())
                names = archive.namelist()
        except _DAMAGED:
            raise Unreadable("not_readable", kind=".xlsx") from None
        if size > most or len(names) > 10_000:
            raise Unreadable("unpacks_too_big", most=most // 1024**2)

    def _workbook(self) -> Iterator[list[str]]:
        from openpyxl import load_workbook  # noqa: PLC0415 - heavy, and rarely needed

        book: Any = None
        try:
            book = load_workbook(self.path, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a workbook says about its own size may be anything
            for cells in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
                yield _without_empty_end([_as_text(cell) for cell in cells])
        except Unreadable:
            raise
        except _DAMAGED:
            raise Unreadable("not_readable", kind=".xlsx") from None
        finally:
            if book is not None:
                book.close()


_DAMAGED = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl and the packers below it raise for a workbook that is damaged or locked.

A way of packing or of locking that they do not know is one of the RuntimeErrors.
"""


class _Limited(io.RawIOBase):
    """A stream that stops with an error when it has given more than the limit."""

    def __init__(self, raw: BinaryIO) -> None:
        self._source = raw
        self._most = UNPACKED_TIMES * settings.IMPORT_MAX_BYTES
        self._given = 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        return self.read(size)

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size if size > 0 else 65536)
        self._given += len(data)
        if self._given > self._most:
            raise Unreadable("unpacks_too_big", most=self._most // 1024**2)
        return data


def _kind_of(name: str) -> str:
    lower = name.lower()
    for ending in ("csv.gz", "csv", "xlsx"):
        if lower.endswith(f".{ending}"):
            return ending
    raise Unreadable("kind_of_file")


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def tidy(text: str) -> str:
    """Return text in composed form (NFC), one space between words and no blanks at the ends.

    Only spaces are put right silently; a line break or a tab inside a text stays, and is reported.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u3000", " ")
    text = text.strip()
    return " ".join(filter(None, text.split(" "))) if "  " in text else text
