"""Ledgers of other systems: mapped, tried, taken in pieces, never twice, never half."""

from __future__ import annotations

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from footpath.accounts import verification
from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.cases.ledger_imports import mapping, tasks, words
from footpath.cases.ledger_imports import run as runs
from footpath.cases.ledger_imports.mapping import Map
from footpath.cases.ledger_imports.problems import BadMap, Problem
from footpath.cases.models import Case, Category, Clock, Counted, LedgerImport, Round, TallyChange
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, StaleState
from footpath.directory.models import Organization
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn, at_the_top
from tests.world import World, area, holder, later

pytestmark = pytest.mark.django_db

HEADER = ["unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor"]
AT = later()
COLUMNS = {
    "key": "unique_key",
    "title": "complaint_type",
    "title_more": "descriptor",
    "category": "complaint_type",
    "place": "account",
    "raised_on": "opendate",
    "closed_on": "closedate",
}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PIECE", 4)


def rows_of(world: World, number: int = 10) -> list[list[str]]:
    """Return rows like those of a city's casework: every third is open."""
    return [
        [
            f"K{at}",
            [world.hue.code, world.phuoc.code][at % 2],
            f"2026-01-{at % 27 + 1:02}",
            "" if at % 3 == 0 else "2026-02-28",
            "Roads",
            f"Hole {at}",
        ]
        for at in range(number)
    ]


def text(rows: list[list[str]], header: list[str] = HEADER) -> str:
    return "\n".join(",".join(cells) for cells in [header, *rows]) + "\n"


def chosen(world: World, **more: Any) -> Map:
    made = Map("city", dict(COLUMNS), {"category": world.category.code})
    for name, value in more.items():
        setattr(made, name, value)
    return made


def sent(said: str | bytes, world: World, name: str = "city.csv", **more: Any) -> LedgerImport:
    raw = said.encode() if isinstance(said, str) else said
    file = ContentFile(raw, name=name)
    run = runs.keep_file(upload=file, by=world.office, at=AT)
    runs.set_map(run=run, chosen=chosen(world, **more), by=world.office, at=AT)
    runs.check(run=run)
    return run


def taken(run: LedgerImport, world: World) -> LedgerImport:
    runs.start_taking(run=run, by=world.office, at=AT)
    runs.take(run=run, at=AT)
    return LedgerImport.objects.get(pk=run.pk)


def counts(run: LedgerImport) -> tuple[int, int, int, int, int]:
    return run.created, run.updated, run.unchanged, run.repeated, runs.wrong_rows(run)


def said_of(run: LedgerImport) -> list[str]:
    return [str(Problem.from_json(kept)) for kept in run.problems]


# --- taking ---------------------------------------------------------------------------------------


def test_a_try_says_what_would_happen_and_changes_nothing(world: World) -> None:
    run = sent(text(rows_of(world)), world)
    assert (run.state, run.rows, counts(run)) == ("checked", 10, (10, 0, 0, 0, 0))
    assert not Case.objects.exists()


def test_a_ledger_is_taken_with_clocks_figures_and_trail(world: World) -> None:
    run = taken(sent(text(rows_of(world)), world), world)
    assert (run.state, counts(run)) == ("done", (10, 0, 0, 0, 0))
    there = Case.objects.get(source_key="city:K0")
    assert (there.title, there.area, there.state) == ("Roads – Hole 0", world.hue, "raised")
    assert (there.source, there.raised_by, there.is_open) == ("import", None, True)
    assert clock.day_of(there.raised_at) == date(2026, 1, 1)
    assert there.promised_on == date(2026, 1, 1) + timedelta(days=world.category.days_to_close)
    assert there.area_path == world.hue.path
    assert list(Case.objects.all().matching("hole 7")) == [Case.objects.get(source_key="city:K7")]
    assert Clock.objects.filter(kind="accept", stopped_at=None).count() == 4
    assert Clock.objects.get(case=there).due_on == there.due_on == there.promised_on
    assert Counted.objects.count() == 10
    sums = TallyChange.objects.values_list("raised", "elsewhere", "response_due")
    assert [sum(column) for column in zip(*sums, strict=True)][:2] == [10, 6]
    line = TrailLine.objects.get(subject=f"cases.case:{there.pk}")
    assert (line.deed, line.actor) == ("case.imported", f"person:{world.office.pk}")
    assert f"import {run.pk} of city.csv" in line.actor_name
    assert world.office.name in line.actor_name
    assert list(verification.verify()) == []


def test_what_was_closed_elsewhere_is_never_said_to_be_verified(
    world: World, sign_in: SignIn
) -> None:
    taken(sent(text(rows_of(world)), world), world)
    case = Case.objects.get(source_key="city:K1")
    assert (case.state, case.outcome, case.is_open) == ("closed", "elsewhere", False)
    assert case.closed_at is not None
    assert clock.day_of(case.closed_at) == date(2026, 2, 28)
    assert not Round.objects.exists()
    assert not Clock.objects.filter(case=case).exists()
    client = sign_in(world.office)
    page = text_of(client.get(case.get_absolute_url()))
    assert "Closed elsewhere" in page
    assert "Closed before it came here, not verified" in page
    assert "Closed on 28 February 2026." in page
    found = text_of(client.get("/search/", {"q": case.number}))
    assert "Closed elsewhere" in found
    for said in (page, found):
        assert "Verified" not in said


def test_the_second_run_changes_nothing(world: World) -> None:
    taken(sent(text(rows_of(world)), world), world)
    lines, changes = TrailLine.objects.filter(deed="case.imported").count(), TallyChange.objects
    noted = changes.count()
    again = sent(text(rows_of(world)), world)
    assert counts(again) == (0, 0, 10, 0, 0)
    assert counts(taken(again, world)) == (0, 0, 10, 0, 0)
    assert Case.objects.count() == 10
    assert TrailLine.objects.filter(deed="case.imported").count() == lines
    assert changes.count() == noted


def test_a_later_ledger_that_says_closed_lets_the_case_wait_for_its_verifier(world: World) -> None:
    rows = rows_of(world, 4)
    taken(sent(text(rows), world), world)
    for row in rows:
        row[3] = "2026-03-01"
    run = taken(sent(text(rows), world), world)
    assert counts(run) == (0, 2, 2, 0, 0)
    case = Case.objects.get(source_key="city:K0")
    assert (case.state, case.is_open) == ("rectified", True)
    entry = case.entries.order_by("-pk")[0]
    assert (entry.deed, entry.by) == ("rectified", None)
    assert f"import {run.pk}" in entry.said_by
    assert case.rounds.get().proposed_outcome == "solved"
    assert counts(taken(sent(text(rows), world), world)) == (0, 0, 4, 0, 0)


def test_a_row_of_another_place_says_nothing_of_a_case(world: World) -> None:
    rows = rows_of(world, 1)
    taken(sent(text(rows), world), world)
    Case.objects.filter(source_key="city:K0").update(area=world.son)
    rows[0][3] = "2026-03-01"
    assert counts(taken(sent(text(rows), world), world)) == (0, 0, 1, 0, 0)
    assert Case.objects.get(source_key="city:K0").state == "raised"


def test_repeated_keys_are_reported_and_only_the_first_is_taken(world: World) -> None:
    rows = rows_of(world, 6)
    rows[5][0] = rows[0][0]
    run = taken(sent(text(rows), world), world)
    assert counts(run) == (5, 0, 0, 1, 0)
    assert said_of(run) == [
        (
            "Row 7, column unique_key “K0”: This key already stands in row 2. "
            "Only the first of the two is taken."
        )
    ]
    assert counts(taken(sent(text(rows), world), world)) == (0, 0, 5, 1, 0)


class Killed(BaseException):
    """What ends a process without a word."""


def test_killed_in_the_middle_it_goes_on_without_loss_or_doubling(world: World) -> None:
    rows = rows_of(world)
    rows[9][0] = rows[0][0]  # repeated across the break
    run = sent(text(rows), world)
    runs.start_taking(run=run, by=world.office, at=AT)

    def kill(_run: LedgerImport) -> None:
        raise Killed

    with pytest.raises(Killed):
        runs.take(run=run, at=AT, tell=kill)
    kept = LedgerImport.objects.get(pk=run.pk)
    assert (kept.state, kept.done, Case.objects.count()) == ("running", 4, 4)
    late = clock.now() + timedelta(minutes=5)
    assert not runs.is_cut_off(kept, at=clock.now())
    assert tasks.go_on(late) == 1
    kept = LedgerImport.objects.get(pk=run.pk)
    runs.take(run=kept, at=AT)
    assert (kept.state, counts(kept)) == ("done", (9, 0, 0, 1, 0))
    assert (Case.objects.count(), Counted.objects.count()) == (9, 9)


def test_a_piece_is_taken_whole_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sent(text(rows_of(world)), world)
    runs.start_taking(run=run, by=world.office, at=AT)
    real = runs.take_piece

    def dies_at_its_end(*args: Any, **named: Any) -> Any:
        real(*args, **named)
        if Case.objects.count() > 4:
            raise Killed
        return runs.Done(created=4)

    monkeypatch.setattr(runs, "take_piece", dies_at_its_end)
    with pytest.raises(Killed):
        runs.take(run=run, at=AT)
    assert LedgerImport.objects.get(pk=run.pk).done == Case.objects.count() == 4


def test_two_workers_never_take_the_same_piece(world: World) -> None:
    run = sent(text(rows_of(world)), world)
    runs.start_taking(run=run, by=world.office, at=AT)
    other = LedgerImport.objects.get(pk=run.pk)
    runs.take(run=run, at=AT)
    runs.take(run=other, at=AT)
    assert Case.objects.count() == 10
    assert LedgerImport.objects.get(pk=run.pk).created == 10


def test_it_stops_after_a_piece_and_goes_on(world: World) -> None:
    run = sent(text(rows_of(world)), world)
    runs.start_taking(run=run, by=world.office, at=AT)

    def stop(now: LedgerImport) -> None:
        runs.stop(run=LedgerImport.objects.get(pk=now.pk), by=world.office, at=AT)

    runs.take(run=run, at=AT, tell=stop)
    kept = LedgerImport.objects.get(pk=run.pk)
    assert (kept.state, kept.done) == ("stopped", 4)
    runs.go_on(run=kept, by=world.office, at=clock.now())
    with pytest.raises(StaleState):
        runs.go_on(run=kept, by=world.office, at=clock.now())
    runs.take(run=kept, at=AT)
    assert (kept.state, Case.objects.count()) == ("done", 10)


def test_a_key_that_comes_at_the_very_moment_is_found_by_the_second_attempt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sent(text(rows_of(world, 3)), world)
    other = sent(text(rows_of(world, 3)), world)
    taken(other, world)
    from footpath.cases.ledger_imports import taking

    real, blind = taking.there_already, [True]

    def sees_late(lines: Any) -> Any:
        return {} if blind and blind.pop() else real(lines)

    monkeypatch.setattr(taking, "there_already", sees_late)
    assert counts(taken(run, world)) == (0, 0, 3, 0, 0)


# --- rows that cannot be taken --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (0, "", "Row 3, column unique_key: The key of the case is missing."),
        (0, "K" * 130, "Row 3, column unique_key: The key is longer than 115 characters."),
        (1, "nowhere", "Row 3, column account “nowhere”: No place is set for this word."),
        (2, "", "Row 3, column opendate: The day on which the case was raised is missing."),
        (2, "31/01/2026", "Row 3, column opendate “31/01/2026”: This is no date of the form"),
        (2, "2199-01-01", "Row 3, column opendate “2199-01-01”: This day lies in the future."),
        (2, "0002-01-01", "Row 3, column opendate “0002-01-01”: This is no date"),
        (3, "yesterday", "Row 3, column closedate “yesterday”: This is no date"),
        (3, "2025-12-31", "Row 3, column closedate “2025-12-31”: The case was closed before"),
        (3, "2199-01-01", "Row 3, column closedate “2199-01-01”: This day lies in the future."),
        (5, "x" * 300, "Row 3, column complaint_type “Roads”: The text is longer than 200"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_column_and_left_out(
    world: World, column: int, value: str, sentence: str
) -> None:
    rows = rows_of(world, 3)
    rows[1][column] = value
    run = sent(text(rows), world)
    assert counts(run) == (2, 0, 0, 0, 1)
    assert said_of(run)[0].startswith(sentence)
    assert counts(taken(run, world)) == (2, 0, 0, 0, 1)


def test_rows_of_the_wrong_shape_are_named(world: World) -> None:
    lines = text(rows_of(world, 2)) + "K8,x\n\nK9,a,b,c,d,e,f\n"
    run = sent(lines, world)
    assert [one.split(":")[0] for one in said_of(run)] == [
        "Row 4, column opendate",
        "Row 5",
        "Row 6",
    ]


def test_a_point_is_kept_or_named_when_it_lies_nowhere_on_earth(world: World) -> None:
    header = [*HEADER, "lat", "lon"]
    columns = COLUMNS | {"latitude": "lat", "longitude": "lon"}
    rows = [[*row, *point] for row, point in zip(
        rows_of(world, 4),
        (["10.3", "106.3"], ["95", "0"], ["x", "0"], ["", "1"]),
        strict=True,
    )]  # fmt: skip
    run = taken(sent(text(rows, header), world, columns=columns), world)
    assert counts(run) == (2, 0, 0, 0, 2)
    assert Case.objects.get(source_key="city:K0").latitude == 10.3
    assert Case.objects.get(source_key="city:K3").longitude is None


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty"),
        (b"a,b\n", "The file has a header and no rows."),
        (b"a,a\n1,2\n", "Two columns have this name."),
        (b"\xff\xfe\x00a\n\xff\n", "not written in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    world: World, raw: bytes, sentence: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        runs.keep_file(upload=ContentFile(raw, name="x.csv"), by=world.office, at=AT)
    assert not LedgerImport.objects.exists()


def test_a_file_that_breaks_off_leaves_whole_pieces_and_one_sentence(world: World) -> None:
    lines = [[f"{row[0]}é", *row[1:]] for row in rows_of(world, 400)]
    whole = gzip.compress(text(lines).encode())
    run = sent(whole, world, "city.csv.gz")
    runs.start_taking(run=run, by=world.office, at=AT)
    Path(run.file.path).write_bytes(whole[: len(whole) - 20])
    runs.take(run=run, at=AT)
    kept = LedgerImport.objects.get(pk=run.pk)
    assert kept.state == "failed"
    assert "The file cannot be read as .csv.gz" in kept.error
    assert Case.objects.count() == kept.done
    assert kept.done % runs.PIECE == 0


# --- maps -----------------------------------------------------------------------------------------


def test_columns_dates_and_words_are_proposed(world: World) -> None:
    code = world.category.code
    rows = [[*row[:2], "31/01/2026", "", code, "x"] for row in rows_of(world, 3)]
    file = ContentFile(text(rows).encode(), name="My City 2026.csv")
    run = runs.keep_file(upload=file, by=world.office, at=AT)
    proposed = runs.map_of(run)
    assert (proposed.ledger, proposed.date_format) == ("my-city", "%d/%m/%Y")
    assert proposed.columns["key"] == "unique_key"
    assert proposed.columns["place"] == "account"
    runs.set_columns(run=run, chosen=proposed, by=world.office, at=AT)
    assert runs.map_of(run).words["category"] == {code: code}
    assert runs.map_of(run).words["place"][world.hue.code] == world.hue.code
    assert run.mapping["found"]["category"] == [[code, 3]]


def test_words_are_found_by_code_and_name_in_each_language(world: World) -> None:
    world.category.name_vi = "Đường sá"
    world.category.save()
    assert words.categories()["đường sá"] == world.category
    assert words.places([world.hue.name], AT.date())[words.fold(world.hue.name)] == world.hue
    office = world.commune_office
    assert words.organizations([office.code])[words.fold(office.code)] == office


def test_organizations_come_from_a_column_and_all_else_from_fixed_values(world: World) -> None:
    header = ["id", "what", "office", "day"]
    office = Organization.objects.first()
    assert office is not None
    columns = {"key": "id", "title": "what", "organization": "office", "raised_on": "day"}
    fixed = {"category": world.category.code, "place": world.hue.code}
    rows = [["1", "A", "the office", "2026-02-01"], ["2", "", "unheard of", "2026-02-01"],
            ["3", "", "", "2026-02-01 14:30"]]  # fmt: skip
    said = {"organization": {"The Office": office.code}}
    run = taken(sent(text(rows, header), world, columns=columns, fixed=fixed, words=said), world)
    assert counts(run) == (2, 0, 0, 0, 1)
    assert "No organization is set for this word" in said_of(run)[0]
    assert Case.objects.get(source_key="city:1").organization == office
    assert Case.objects.get(source_key="city:3").title == world.category.name_en


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"columns": {}}, "Choose a column for this"),
        ({"columns": COLUMNS | {"text": "none"}}, "The file has no column of this name"),
        ({"columns": COLUMNS | {"colour": "account"}}, "The map cannot be used"),
        ({"date_format": "%s"}, "The map cannot be used"),
        ({"columns": {**COLUMNS, "place": ""}, "fixed": {}}, "Choose a column for this"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(
    world: World, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadMap, match=sentence):
        sent(text(rows_of(world, 2)), world, **change)


def test_a_meaning_that_is_not_here_is_refused(world: World) -> None:
    run = sent(text(rows_of(world, 2)), world)
    with pytest.raises(InvalidValue, match="There is no “nowhere” here"):
        runs.set_words(run=run, words={"place": {"x": "nowhere"}}, fixed={}, by=world.office, at=AT)
    bad = chosen(world, columns=COLUMNS | {"text": "none"})
    with pytest.raises(InvalidValue, match="no column"):
        runs.set_columns(run=run, chosen=bad, by=world.office, at=AT)


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2026-03-31", "%Y-%m-%d"), ("2026-03-31T14:05", "%Y-%m-%d"), ("31/03/2026", "%d/%m/%Y"),
        ("03/31/2026", "%m/%d/%Y"), ("31.03.2026", "%d.%m.%Y"), ("2026年03月31日", "%Y年%m月%d日"),
        ("31/03/2026 14:05", "%d/%m/%Y"), ("soon", "%Y-%m-%d"),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_form_of_the_ledger(cell: str, form: str) -> None:
    assert mapping.date_format_of([cell]) == form
    found = mapping.moment(cell, form)
    assert found is None if cell == "soon" else found is not None
    assert mapping.date_format_of([]) == "%Y-%m-%d"


def test_a_workbook_is_taken_as_a_text_file_is(world: World, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADER, *rows_of(world, 3)]:
        sheet.append(row)
    file = tmp_path / "city.xlsx"
    book.save(file)
    run = taken(sent(file.read_bytes(), world, "city.xlsx"), world)
    assert counts(run) == (3, 0, 0, 0, 0)


def test_only_places_of_ones_own_are_imported(world: World) -> None:
    run = sent(text(rows_of(world, 2)), world)
    run.started_by = world.office
    run.save()
    with pytest.raises(NotAllowed):
        runs.start_taking(run=run, by=world.member, at=AT)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    made = tmp_path / "city.csv"
    with made.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows_of(world, 6)])
    (tmp_path / "map.toml").write_text(
        'ledger = "city"\n[columns]\n'
        + "".join(f'{name} = "{column}"\n' for name, column in COLUMNS.items())
        + f'[fixed]\ncategory = "{world.category.code}"\n',
        encoding="utf-8",
    )
    return made


def test_the_command_takes_a_ledger_twice_without_doubling(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = str(file.with_name("map.toml"))
    call_command("import_ledger", str(file), mapping=chart, dry_run=True)
    assert "created=6" in capsys.readouterr().out
    assert not LedgerImport.objects.exists()
    call_command("import_ledger", str(file), mapping=chart)
    call_command("import_ledger", str(file), mapping=chart)
    assert capsys.readouterr().out.splitlines() == [
        "created=6 updated=0 unchanged=0 repeated=0 errors=0",
        "created=0 updated=0 unchanged=6 repeated=0 errors=0",
    ]
    line = TrailLine.objects.filter(deed="case.imported").first()
    assert line is not None
    assert line.actor == "system"


def test_the_command_goes_on_where_it_was_killed(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from footpath.cases.management.commands import import_ledger

    def kill(_self: Any, run: LedgerImport) -> None:
        if run.state == "running":
            raise Killed

    chart = str(file.with_name("map.toml"))
    with monkeypatch.context() as patch:
        patch.setattr(import_ledger.Meter, "__call__", kill)
        with pytest.raises(Killed):
            call_command("import_ledger", str(file), mapping=chart)
    assert Case.objects.count() == 4
    call_command("import_ledger", str(file), mapping=chart)
    assert "going on after row 4" in capsys.readouterr().err
    assert (Case.objects.count(), LedgerImport.objects.get().state) == (6, "done")


def test_the_command_refuses_wrong_rows_unless_they_are_left_out(file: Path, world: World) -> None:
    chart = str(file.with_name("map.toml"))
    with file.open("a", encoding="utf-8") as out:
        out.write(f"K9,{world.hue.code},,,Roads,x\n")
    with pytest.raises(CommandError, match="Nothing was taken"):
        call_command("import_ledger", str(file), mapping=chart)
    assert not Case.objects.exists()
    with pytest.raises(CommandError, match="Nothing was taken"):
        call_command("import_ledger", str(file), mapping=chart, dry_run=True)
    call_command("import_ledger", str(file), mapping=chart, leave_out=True)
    assert Case.objects.count() == 6
    with pytest.raises(CommandError, match="Nothing was taken"):  # by the map that is proposed
        call_command("import_ledger", str(file))
    assert LedgerImport.objects.count() == 1
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("import_ledger", str(file), mapping="/nowhere.toml")


# --- the pages ------------------------------------------------------------------------------------


def test_a_ledger_is_imported_by_page(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.office)
    assert client.get("/cases/imports/").status_code == 200
    upload = ContentFile(text(rows_of(world)).encode(), name="city.csv")
    answer = client.post("/cases/imports/", {"file": upload})
    run = LedgerImport.objects.get()
    page = f"/cases/imports/{run.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "Which column is what" in text_of(client.get(page))
    columns = {f"column-{name}": column for name, column in COLUMNS.items()}
    form = {"do": "columns", "ledger": "city", "date_format": "%Y-%m-%d", **columns}
    assert client.post(page, {**form, "ledger": ""}).status_code == 422
    assert client.post(page, form).status_code == 302
    assert "What the words mean here" in text_of(client.get(page))
    bad = client.post(page, {"do": "words", "fixed-place": "nowhere"})
    assert (bad.status_code, "There is no “nowhere” here" in text_of(bad)) == (422, True)
    assert (
        client.post(page, {"do": "words", "fixed-category": world.category.code}).status_code == 302
    )
    work(run)
    assert "Take 10 rows" in text_of(client.get(page))
    assert client.post(page, {"do": "take"}).status_code == 302
    assert "Stop after this piece" in text_of(client.get(page, headers={"hx-request": "true"}))
    assert client.post(page, {"do": "stop"}).status_code == 302
    assert "Go on" in text_of(client.get(page))
    assert client.post(page, {"do": "go_on"}).status_code == 302
    work(run)
    assert "10 cases were taken" in text_of(client.get(page))
    assert client.post(page, {"do": "take"}).status_code == 409
    assert client.post(page, {"do": "dance"}).status_code == 409
    assert Case.objects.count() == 10


def work(run: LedgerImport) -> None:
    tasks.work.func(run.pk, "en")


def test_problems_are_listed_and_downloaded(world: World, sign_in: SignIn) -> None:
    rows = rows_of(world, 3)
    rows[1][2] = "=soon"
    run = sent(text(rows), world)
    client = sign_in(world.office)
    assert "This is no date of the form" in text_of(client.get(f"/cases/imports/{run.pk}/"))
    answer = client.get(f"/cases/imports/{run.pk}/problems.csv")
    assert "3,opendate,'=soon,This is no date" in answer.content.decode("utf-8-sig")


def test_a_file_that_cannot_be_read_is_refused_on_the_page(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.office).post(
        "/cases/imports/", {"file": ContentFile(b"a,b\n", name="x.csv")}
    )
    assert (answer.status_code, "a header and no rows" in text_of(answer)) == (422, True)


def test_whoever_may_not_import_finds_nothing_there(world: World, sign_in: SignIn) -> None:
    run = sent(text(rows_of(world, 2)), world)
    client = sign_in(world.member)
    for page in ("/cases/imports/", f"/cases/imports/{run.pk}/"):
        assert client.get(page).status_code == 404
    assert sign_in(world.office).get("/cases/imports/99999/").status_code == 404


def statuses(client: Any, run: LedgerImport) -> list[int]:
    """Return what the pages of an import answer, its deed, and whether the list names it."""
    page = f"/cases/imports/{run.pk}/"
    answers = (
        client.get(page),
        client.get(f"{page}problems.csv"),
        client.post(page, {"do": "go_on"}),
    )
    listed = page in client.get("/cases/imports/").content.decode()
    return [*(answer.status_code for answer in answers), listed]


def test_an_import_is_read_by_who_started_it_and_by_those_above_all(
    world: World, sign_in: SignIn
) -> None:
    other = holder("Other", Role.OFFICE, world.commune_office, world.thach)
    run = sent(text(rows_of(world, 2)), world)
    for person in (world.office, at_the_top(world), world.administrator):
        assert statuses(sign_in(person), run) == [200, 200, 409, True]
    assert statuses(sign_in(other), run) == [404, 404, 404, False]
    LedgerImport.objects.update(started_by=None)  # by the command, for whoever runs the server
    assert statuses(sign_in(world.office), run) == [404, 404, 404, False]
    assert statuses(sign_in(world.administrator), run) == [200, 200, 409, True]


def test_nobody_works_on_the_import_of_another_office(world: World) -> None:
    other = holder("Other", Role.OFFICE, world.commune_office, world.thach)
    run = sent(text(rows_of(world, 2)), world)
    for deed in (
        lambda: runs.set_columns(run=run, chosen=chosen(world), by=other, at=AT),
        lambda: runs.set_words(run=run, words={}, fixed={}, by=other, at=AT),
        lambda: runs.start_taking(run=run, by=other, at=AT),
        lambda: runs.stop(run=run, by=other, at=AT),
        lambda: runs.go_on(run=run, by=other, at=AT),
    ):
        with pytest.raises(NotAllowed, match="read an import of cases"):
            deed()
    assert LedgerImport.objects.get().state == "checked"


def test_with_two_places_at_the_top_only_who_covers_everything_reads_all_imports(
    world: World, sign_in: SignIn
) -> None:
    top = at_the_top(world)
    run = sent(text(rows_of(world, 2)), world)
    area("Tỉnh Trà Vinh", code="84")
    assert statuses(sign_in(top), run) == [404, 404, 404, False]
    assert statuses(sign_in(world.administrator), run)[0] == 200


def test_categories_of_the_form_are_those_in_use(world: World) -> None:
    Category.objects.create(code="old", name_en="Old", is_active=False)
    assert "old" not in words.categories()
