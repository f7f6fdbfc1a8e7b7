"""What every kind of file shares: one problem a row at most, and rows put in order."""

from __future__ import annotations

from abc import ABC, abstractmethod

from footpath.directory.imports.outcome import Outcome, Progress
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Row, Sheet, tidy


class CheckedFile(ABC):
    """A file of rows: ``check`` reads it and fills ``problems``, ``apply`` compares and writes."""

    def __init__(self, sheet: Sheet, progress: Progress) -> None:
        self.sheet = sheet
        self.progress = progress
        self.problems: dict[int, Problem] = {}
        self.total = 0
        self._at = {column: n for n, column in enumerate(sheet.header)}

    @abstractmethod
    def check(self) -> None:
        """Read the file and put what is wrong into ``problems``, at most one for each row."""

    @abstractmethod
    def apply(self, outcome: Outcome, *, write: bool) -> None:
        """Compare every row with what is here; count, and with ``write`` also change it."""

    @abstractmethod
    def preview_columns(self) -> list[str]:
        """Return the names of the columns of the preview: codes that the page puts into words."""

    def blame(self, wrong: Problem | None) -> bool:
        """Keep a problem unless its row has one already; return whether there was a problem."""
        if wrong is not None:
            self.problems.setdefault(wrong.row, wrong)
        return wrong is not None

    def _cells(self, row: Row) -> list[str] | None:
        """Return the row's cells put in order, or None when the row as a whole is wrong."""
        cells, wanted = row.cells, len(self.sheet.header)
        if len(cells) > wanted and any(cell.strip() for cell in cells[wanted:]):
            values = {"found": len(cells), "wanted": wanted}
            self.blame(Problem(row.number, "", "", "many_cells", values))
            return None
        tidied = [tidy(cell) for cell in cells[:wanted]]
        if not any(tidied):
            self.blame(Problem(row.number, "", "", "empty_row"))
            return None
        if len(cells) < wanted:
            if not self.sheet.pads:
                column = self.sheet.header[len(cells)]
                values = {"found": len(cells), "wanted": wanted}
                self.blame(Problem(row.number, column, "", "few_cells", values))
                return None
            tidied += [""] * (wanted - len(cells))
        return tidied

    def _missing(self, row: Row, column: str, code: str) -> Problem:
        at = self._at[column]
        raw = row.cells[at] if at < len(row.cells) else ""
        return Problem(row.number, column, "", "blank" if raw else code)
