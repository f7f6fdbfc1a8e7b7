"""Cases from a file: the same rules as on the pages, row by row, all or nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from footpath.accounts.models import TrailLine
from footpath.cases.imports import import_cases
from footpath.cases.models import Case, Entry
from tests.world import World

pytestmark = pytest.mark.django_db

HEADER = (
    "source_key,title,text,category,place,raised_by,raised_at,deed,by,at,said,result,outcome,to"
)


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Return a function that writes lines below the header and gives the file."""

    def written(*lines: str) -> Path:
        path = tmp_path / "cases.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    return written


def raising(world: World, key: str = "K1", **values: str) -> str:
    """Return the row that raises a case."""
    cells = {
        "title": "Sluice gate leaks",
        "category": "irrigation",
        "place": world.hue.code,
        "raised_by": world.officer.code,
        "raised_at": "2026-03-01",
        **values,
    }
    return (
        f"{key},{cells['title']},,{cells['category']},{cells['place']},{cells['raised_by']},"
        f"{cells['raised_at']},,,,,,,"
    )


def deed(word: str, by: str | None, day: int, key: str = "K1", **values: str) -> str:
    """Return a row with a deed on a day of March."""
    cells = {
        "said": "",
        "result": "",
        "outcome": "",
        "to": "",
        "at": f"2026-03-{day:02d}",
        **values,
    }
    return (
        f"{key},,,,,,,{word},{by},{cells['at']},{cells['said']},{cells['result']},"
        f"{cells['outcome']},{cells['to']}"
    )


def whole_life(world: World) -> list[str]:
    """Return a case on nearly every path, and its duplicate."""
    head, officer, second = world.head.code, world.officer.code, world.second.code
    return [
        raising(world),
        raising(world, "K2", title="The same gate"),
        deed("return", head, 2, said="Which gate?"),
        deed("resubmit", officer, 3, said="At Rạch Sâu."),
        deed("accept", head, 4),
        deed("assign", head, 5, to=second or ""),
        deed("guide", head, 6, said="Rubber."),
        deed("escalate", head, 7, said="Too dear."),
        deed("escalate", head, 8, said="To the agency.", to=world.agency.code),
        deed("rectify", second, 9, said="Done."),
        deed("verify", officer, 10, said="Leaks.", result="not"),
        deed("rectify", second, 11, said="Welded.", outcome="explained"),
        deed("verify", officer, 12, result="confirmed", at="2026-03-12T08:30"),
        deed("reopen", officer, 13, said="Again."),
        deed("note", officer, 14, said="Seen."),
        deed("mark-duplicate", head, 15, key="K2", to="K1"),
    ]


def test_a_file_lives_whole_cases_through_the_services(world: World, write) -> None:  # type: ignore[no-untyped-def]
    outcome = import_cases(write(*whole_life(world)))
    assert str(outcome) == "created=2 updated=14 unchanged=0 errors=0"
    first, second = Case.objects.order_by("pk")
    assert (first.state, first.round_number, first.source) == ("accepted", 3, "import")
    assert (second.outcome, second.duplicate_of) == ("duplicate", first)
    verified = Entry.objects.get(deed="verified")
    assert verified.at.isoformat() == "2026-03-12T01:30:00+00:00"


def test_the_second_run_changes_nothing(world: World, write) -> None:  # type: ignore[no-untyped-def]
    path = write(*whole_life(world))
    import_cases(path)
    lines = TrailLine.objects.count()
    assert str(import_cases(path)) == "created=0 updated=0 unchanged=16 errors=0"
    assert TrailLine.objects.count() == lines


def test_a_dry_run_says_what_would_happen_and_changes_nothing(world: World, write) -> None:  # type: ignore[no-untyped-def]
    outcome = import_cases(write(raising(world)), dry_run=True)
    assert (str(outcome), Case.objects.count()) == (
        "created=1 updated=0 unchanged=0 errors=0",
        0,
    )


def test_a_verification_by_the_rectifier_is_refused_with_its_row(world: World, write) -> None:  # type: ignore[no-untyped-def]
    head = world.head.code
    outcome = import_cases(
        write(
            raising(world),
            deed("accept", head, 2),
            deed("rectify", head, 3, said="Done."),
            deed("verify", head, 4, result="confirmed"),
        )
    )
    assert [str(error) for error in outcome.errors] == [
        (
            "Row 5, column deed “verify”: You took part in the work on this case. "
            "Somebody else has to verify it on the spot."
        )
    ]
    assert Case.objects.count() == 0


def test_each_wrong_row_is_named_and_nothing_is_taken(world: World, write) -> None:  # type: ignore[no-untyped-def]
    outcome = import_cases(
        write(
            raising(world, "A", place="nowhere"),
            raising(world, "B", raised_by="nobody"),
            raising(world, "C", category="none"),
            raising(world, "D", raised_at="1 March"),
            raising(world, "E", title=""),
            raising(world, "F", place=world.phuoc.code, raised_by=world.member.code),
            raising(world, ""),
            raising(world, "G"),
            deed("forget", world.head.code, 2, key="G"),
            deed("accept", world.head.code, 2, key="G"),
            deed("accept", world.head.code, 2, key="H"),
            raising(world, "I"),
            deed("accept", world.head.code, 2, key="I", at=""),
            raising(world, "J"),
            deed("accept", world.head.code, 2, key="J"),
            deed("rectify", world.head.code, 3, key="J", said="Done."),
            deed("verify", world.officer.code, 4, key="J", result="maybe"),
            raising(world, "K"),
            deed("accept", "", 4, key="K"),
            raising(world, "L"),
            deed("mark_duplicate", world.head.code, 4, key="L", to="Z"),
            raising(world, "M"),
            deed("accept", world.head.code, 2, key="M"),
            deed("escalate", world.head.code, 4, key="M", said="Up.", to="none"),
            raising(world, "N"),
            deed("note", world.head.code, 4, key="N"),
            raising(world, "A", place=world.hue.code),
        )
    )
    assert [(error.row, error.column, error.value) for error in outcome.errors] == [
        (2, "place", "nowhere"),
        (3, "raised_by", "nobody"),
        (4, "category", "none"),
        (5, "raised_at", "1 March"),
        (6, "title", ""),
        (7, "raised_by", world.member.code),
        (8, "source_key", ""),
        (10, "deed", "forget"),
        (12, "source_key", "H"),
        (14, "at", ""),
        (18, "result", "maybe"),
        (20, "by", ""),
        (22, "to", "Z"),
        (25, "to", "none"),
        (27, "said", ""),
    ]
    assert Case.objects.count() == 0


def test_errors_end_at_a_hundred(world: World, write) -> None:  # type: ignore[no-untyped-def]
    rows = [raising(world, f"A{number}", place="nowhere") for number in range(150)]
    assert len(import_cases(write(*rows)).errors) == 100


def test_columns_are_checked_first(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("title,colour\nGate,red\n", encoding="utf-8")
    errors = import_cases(path).errors
    assert [(error.row, error.column) for error in errors] == [(1, "source_key"), (1, "colour")]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    path.write_bytes(b"no workbook")
    assert len(import_cases(path).errors) == 1


def test_a_workbook_is_read_like_the_text(world: World, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(raising(world).split(","))
    path = tmp_path / "cases.xlsx"
    book.save(path)
    assert str(import_cases(path)) == "created=1 updated=0 unchanged=0 errors=0"


def test_the_command_ends_with_the_counts_and_fails_on_errors(world: World, write) -> None:  # type: ignore[no-untyped-def]
    out, err = io.StringIO(), io.StringIO()
    call_command("import_cases", str(write(raising(world))), dry_run=True, stdout=out)
    assert out.getvalue().splitlines()[-1] == "created=1 updated=0 unchanged=0 errors=0"
    with pytest.raises(CommandError, match="Nothing was taken"):
        call_command("import_cases", str(write(raising(world, place="x"))), stdout=out, stderr=err)
    assert err.getvalue().startswith("Row 2, column place “x”: No place in force")
    assert out.getvalue().splitlines()[-1] == "created=0 updated=0 unchanged=0 errors=1"
