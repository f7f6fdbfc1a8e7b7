"""Places from a file: checked in passes over the file, so that memory stays small, then taken.

A file of 620,573 rows is read again for each pass rather than kept. What is kept is the code of
each place, the place above it and its row. See docs/decisions/0006-imports-in-passes.md.
"""

from __future__ import annotations

from footpath.directory.imports.columns import ColumnsFile
from footpath.directory.imports.mapping import Map
from footpath.directory.imports.outcome import Progress
from footpath.directory.imports.parents import ParentFile
from footpath.directory.imports.places import AreaFile
from footpath.directory.imports.reading import Sheet


def reader_for(sheet: Sheet, mapping: Map, progress: Progress) -> AreaFile:
    """Return the reader for the form of the map."""
    form = ColumnsFile if mapping.form == "columns" else ParentFile
    return form(sheet, mapping, progress)
