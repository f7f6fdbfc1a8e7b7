"""Files with a fixed set of columns: organizations and people. They are small enough to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from footpath.directory.imports import judge
from footpath.directory.imports.checking import CheckedFile
from footpath.directory.imports.outcome import Progress
from footpath.directory.imports.problems import Problem, Unreadable
from footpath.directory.imports.reading import Sheet
from footpath.directory.models import Area

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Record:
    """A row with its cells by column; columns that the file does not have are empty."""

    row: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class RecordsFile(CheckedFile):
    """A file whose columns have names of their own; further columns are passed over."""

    required: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]]
    filled: ClassVar[tuple[str, ...]]

    def __init__(self, sheet: Sheet, progress: Progress) -> None:
        super().__init__(sheet, progress)
        for column in self.required:
            if column not in self._at:
                found = ", ".join(sheet.header)
                raise Unreadable("no_column", row=1, column=column, found=found)
        self.records: list[Record] = []

    def preview_columns(self) -> list[str]:
        return [column for column in (*self.required, *self.optional) if column in self._at]

    def _read(self) -> None:
        """Read all rows; keep those whose cells are right by themselves."""
        columns = self.preview_columns()
        for row in self.sheet.rows():
            self.total += 1
            cells = self._cells(row)
            if cells is None:
                continue
            record = Record(row.number, {column: cells[self._at[column]] for column in columns})
            for column in self.filled:
                if not record[column]:
                    code = {"code": "missing_code", "name": "missing_name"}.get(column, "missing")
                    self.blame(self._missing(row, column, code))
            self.blame(self._wrong_text(record))
            self.records.append(record)

    def _wrong_text(self, record: Record) -> Problem | None:
        for column, text in record.cells.items():
            if not text:
                continue
            if column == "name":
                wrong = judge.bad_name(record.row, column, text)
            else:
                most = 160 if column in {"post", "email", "user_name"} else judge.LONGEST_CODE
                wrong = judge.bad_sign(record.row, column, text) or judge.bad_length(
                    record.row, column, text, most
                )
            if wrong is not None:
                return wrong
        return None

    def good(self) -> list[Record]:
        """Return the rows without a problem so far."""
        return [record for record in self.records if record.row not in self.problems]

    def places(self, column: str) -> dict[str, Area]:
        """Return the places named in a column by code; blame rows that name none."""
        wanted = sorted({record[column] for record in self.good() if record[column]})
        found: dict[str, Area] = {}
        for at in range(0, len(wanted), CHUNK):
            rows = Area.objects.filter(code__in=wanted[at : at + CHUNK], valid_until=None)
            found |= {area.code: area for area in rows}
        for record in self.good():
            if record[column] and record[column] not in found:
                self.blame(Problem(record.row, column, record[column], "unknown_place"))
        return found


def day(text: str) -> date | None:
    """Return the date in a cell, None for an empty one; ValueError when it is none."""
    return date.fromisoformat(text) if text else None
