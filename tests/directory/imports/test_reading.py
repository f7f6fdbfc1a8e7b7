"""Files are read in the forms that spreadsheets write, within limits."""

from __future__ import annotations

import contextlib
import gzip
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from footpath.directory.imports import mapping
from footpath.directory.imports.problems import SENTENCES, Problem, Unreadable
from footpath.directory.imports.reading import Sheet
from footpath.directory.models import Area
from tests.directory.imports.files import said, take, units, write


def refused(path: Path, **options: bool) -> Problem:
    """Return why a file cannot be used."""
    with pytest.raises(Unreadable) as found:
        list(Sheet(path, **options).rows())
    return found.value.problem


def test_a_byte_order_mark_and_semicolons_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffcode;name\n1;Châu Thành\n".encode())
    sheet = Sheet(path)
    assert sheet.header == ["code", "name"]
    assert [(row.number, row.cells) for row in sheet.rows()] == [(2, ["1", "Châu Thành"])]


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('code,name\n1,"two\nlines"\n\n3,c\n\n', encoding="utf-8")
    assert [(row.number, len(row.cells)) for row in Sheet(path).rows()] == [(2, 2), (3, 0), (4, 2)]


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "gb18030"])
def test_another_encoding_is_said_with_its_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    lines = "code,name\n" * 3000
    second = {"cp1258": "1,à\n", "utf-16": "1,a\n", "gb18030": "1,西宁\n"}[encoding]
    path.write_bytes(lines.encode() + second.encode(encoding))
    wrong = refused(path)
    assert (wrong.code, wrong.values) == ("encoding", {"line": 3001})


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("code", encoding="utf-8")
    assert refused(tmp_path / "a.pdf").code == "kind_of_file"
    (tmp_path / "a.csv").write_text("", encoding="utf-8")
    assert refused(tmp_path / "a.csv").code == "no_header"
    (tmp_path / "b.csv").write_text("code,code\n", encoding="utf-8")
    assert refused(tmp_path / "b.csv").code == "double_column"
    (tmp_path / "a.csv.gz").write_text("code\n", encoding="utf-8")
    assert refused(tmp_path / "a.csv.gz").code == "not_readable"
    (tmp_path / "a.xlsx").write_text("code\n", encoding="utf-8")
    assert refused(tmp_path / "a.xlsx").code == "not_readable"
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    assert refused(tmp_path / "b.xlsx").code == "not_readable"


def test_files_that_are_too_big_or_unpack_to_too_much_are_refused(
    tmp_path: Path, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 10_000
    (tmp_path / "a.csv").write_text("code\n" * 3_000, encoding="utf-8")
    assert refused(tmp_path / "a.csv", limited=True).code == "too_big"
    with gzip.open(tmp_path / "a.csv.gz", "wt") as out:
        out.write("code\n" * 200_000)
    assert refused(tmp_path / "a.csv.gz", limited=True).code == "unpacks_too_big"
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 1_000_000)
    assert refused(tmp_path / "a.xlsx").code == "unpacks_too_big"


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """Write a workbook and return its path."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(y, x, cell, day)
                else:
                    sheet.write(y, x, cell)
    return path


@pytest.mark.django_db
def test_a_workbook_is_read_like_a_text_file(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in units()]
    outcome = take(workbook(tmp_path / "units.xlsx", rows))
    assert outcome.line == "created=67 updated=0 unchanged=0 errors=0"
    assert take(write(tmp_path / "units.csv", units())).unchanged == 67


def test_numbers_and_days_of_a_workbook_become_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["code", "day"], [831, date(2026, 3, 1)], [10.5, True]])
    cells = [row.cells for row in Sheet(path).rows()]
    assert cells == [["831", "2026-03-01"], ["10.5", "True"]]


# --- maps -----------------------------------------------------------------------------------------


def test_the_map_is_found_from_the_header() -> None:
    headers = {
        "vn-3level": units()[0],
        "cn-levels1-4": ["level", "code", "name", "parent"],
        "cn-level5": ["code", "name", "parent"],
        "own": ["code", "name", "tier", "parent", "type"],
    }
    assert {name: mapping.choose(header).name for name, header in headers.items()} == {
        name: name for name in headers
    }
    assert mapping.built_in() == sorted(headers)


def test_a_header_that_no_map_fits_is_said_with_its_columns() -> None:
    with pytest.raises(Unreadable) as found:
        mapping.choose(["id", "title"])
    assert (found.value.problem.code, found.value.problem.values) == (
        "no_map",
        {"found": "id, title"},
    )
    with pytest.raises(Unreadable) as found:
        mapping.choose(["code", "name"], "cn-level5")
    assert (found.value.problem.column, found.value.problem.code) == ("parent", "no_column")


def test_a_map_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'form = "parent"\ncolumns = { code = "id", name = "title", parent = "above" }\n',
        encoding="utf-8",
    )
    assert mapping.load(str(path)).wanted == ["id", "title", "above"]


@pytest.mark.parametrize(
    "text",
    [
        "form = ",
        'form = "tree"',
        'form = "columns"',
        'form = "parent"\ncolumns = { code = "id" }',
        (
            'form = "columns"\n[[tier]]\nlevel = 1\ncode = "a"\nnames = {}\n'
            'columns = { code = "c", name = "n" }'
        ),
        'form = "parent"\n[[tier]]\nlevel = 9\ncode = "a"\nnames = {}\n',
    ],
)
def test_a_map_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable) as found:
        mapping.load(str(path))
    assert found.value.problem.code == "bad_map"


def test_a_map_that_is_not_there_is_named() -> None:
    with pytest.raises(Unreadable, match="vn-3level"):
        mapping.load("vn-9level")


@pytest.mark.django_db
def test_a_file_that_cannot_be_used_is_one_problem_and_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["id", "title"], ["1", "a"]])
    assert said(take(path)) == [(1, "", "no_map")]
    path = write(tmp_path / "b.csv", [["code", "name", "parent"]])
    assert said(take(path)) == [(1, "", "no_rows")]
    assert not Area.objects.exists()


def test_every_sentence_can_be_said() -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "x"

    for code in SENTENCES:
        problem = Problem(1, "a", "b", code, Anything())
        assert problem.message.endswith((".", "x"))
        assert "%(" not in problem.message
        assert Problem.from_json(problem.as_json()).code == code


@pytest.mark.parametrize("damage", range(40))
def test_a_damaged_workbook_or_archive_is_refused_and_breaks_nothing(
    tmp_path: Path, damage: int
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, ["code", "name"] if row == 0 else [str(row), f"Place {row}"])
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(b"code,name\n" + b"".join(b"%d,x\n" % n for n in range(9999))))
    for file in (path, packed):
        content = bytearray(file.read_bytes())
        at = len(content) * damage // 40
        content[at : at + 8] = bytes(255 - sign for sign in content[at : at + 8])
        file.write_bytes(content)
        with contextlib.suppress(Unreadable):  # what the damage left readable is read
            list(Sheet(file, limited=True).rows())


def test_a_line_without_end_is_not_unpacked_to_find_a_wrong_sign(
    tmp_path: Path, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 20_000
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"code\xff" + b"x" * 10_000_000))
    assert refused(path, limited=True).code == "encoding"
    path.write_bytes(gzip.compress(b"code" + b"x" * 10_000_000))
    assert refused(path, limited=True).code == "unpacks_too_big"
