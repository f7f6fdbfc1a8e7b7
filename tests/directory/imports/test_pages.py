"""A file is chosen, checked, looked at, and then taken, by page and by command."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.errors import NotAllowed, StaleState
from footpath.directory.imports import run as runs
from footpath.directory.imports import selectors, tasks
from footpath.directory.models import Area, ImportRun
from tests.directory.imports.files import Table, take, units, write
from tests.world import NOON, World, area

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    """Return a browser in which the administrator is signed in."""
    client.force_login(world.administrator.user)
    return client


def as_file(rows: Table, name: str = "units.csv") -> SimpleUploadedFile:
    """Return a table as a file sent by a browser."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile(name, out.getvalue().encode())


def hamlets(count: int) -> Table:
    """Return hamlets of the commune in the form that Footpath itself uses."""
    rows = [["code", "name", "tier", "parent"]]
    return rows + [[f"28804-5{n:04}", f"Ấp Mới {n}A", "hamlet", "28804"] for n in range(count)]


def send(browser: Client, rows: Table, **values: str) -> ImportRun:
    """Send a file and return its run."""
    address = reverse("directory:imports")
    answer = browser.post(address, {"kind": "areas", "file": as_file(rows)} | values)
    run = ImportRun.objects.latest("pk")
    assert answer["Location"] == reverse("directory:import", args=[run.pk])
    return run


def test_a_file_is_looked_at_before_it_is_taken(admin: Client, world: World) -> None:
    before = Area.objects.count()
    run = send(admin, hamlets(3))
    assert (run.state, run.created, run.by) == ("checked", 3, world.administrator)
    assert Area.objects.count() == before
    page = admin.get(reverse("directory:import", args=[run.pk])).content.decode()
    assert "Import 3 rows" in page
    assert "Ấp Mới 0A" in page
    admin.post(reverse("directory:import", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.created, Area.objects.count()) == ("done", 3, before + 3)
    line = TrailLine.objects.get(subject=f"directory.importrun:{run.pk}")
    assert (line.deed, line.actor_name) == ("directory.imported", world.administrator.name)
    assert (
        "3 rows were taken"
        in admin.get(reverse("directory:import", args=[run.pk])).content.decode()
    )


def test_a_file_is_not_taken_twice(admin: Client, world: World) -> None:
    run = send(admin, hamlets(3))
    address = reverse("directory:import", args=[run.pk])
    admin.post(address)
    answer = admin.post(address)
    assert answer.status_code == 409
    assert ImportRun.objects.get().state == "done"


def test_a_refused_file_says_what_to_correct_and_gives_it_as_a_list(
    admin: Client, world: World
) -> None:
    rows = hamlets(3)
    rows[2][1] = "=?"
    run = send(admin, rows)
    assert (run.state, run.created) == ("refused", 0)
    page = admin.get(reverse("directory:import", args=[run.pk])).content.decode()
    assert "Correct 1 row in the file" in page
    assert "A letter was lost here" in page
    listed = admin.get(reverse("directory:import-errors", args=[run.pk]))
    assert listed["Content-Type"] == "text/csv; charset=utf-8"
    found = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig"))))
    assert found[0] == ["row", "column", "value", "message"]
    assert found[1][:3] == ["3", "name", "'=?"]
    assert admin.post(reverse("directory:import", args=[run.pk])).status_code == 409


def test_a_file_without_news_is_not_offered(admin: Client, world: World) -> None:
    rows = hamlets(2)
    first = send(admin, rows)
    admin.post(reverse("directory:import", args=[first.pk]))
    second = send(admin, rows)
    page = admin.get(reverse("directory:import", args=[second.pk])).content.decode()
    assert "There is nothing to import" in page


def test_what_was_taken_meanwhile_is_seen_when_the_file_is_taken(
    admin: Client, world: World
) -> None:
    run = send(admin, hamlets(2))
    area("Ấp Khác", world.son, code="28804-50000")
    admin.post(reverse("directory:import", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "refused"
    assert [wrong["code"] for wrong in run.errors] == ["moved"]
    assert not Area.objects.filter(code="28804-50001").exists()


def test_a_long_file_is_worked_on_in_the_background(
    admin: Client, world: World, settings: Any
) -> None:
    run = send(admin, hamlets(2_100))
    assert run.state == "checking"
    address = reverse("directory:import", args=[run.pk])
    page = admin.get(address).content.decode()
    assert "Look again" in page
    assert 'http-equiv="refresh"' not in page
    part = admin.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    tasks.check.call(run.pk, "en")
    run.refresh_from_db()
    assert (run.state, run.created) == ("checked", 2_100)
    admin.post(address)
    run.refresh_from_db()
    assert run.state == "taking"
    tasks.take.call(run.pk, "en")
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("done", 2_100)
    assert Area.objects.filter(code__startswith="28804-5").count() == 2_100


def test_work_that_was_cut_off_can_be_started_again(admin: Client, world: World) -> None:
    run = send(admin, hamlets(2_100))
    address = reverse("directory:import", args=[run.pk])
    assert admin.post(address, {"again": "1"}).status_code == 409
    earlier = clock.now() - timedelta(hours=1)
    ImportRun.objects.filter(pk=run.pk).update(started_at=earlier, state="taking")
    assert "Check the file again" in admin.get(address).content.decode()
    assert admin.post(address, {"again": "1"}).status_code == 302
    run.refresh_from_db()
    assert run.state == "checking"
    stale = ImportRun(pk=run.pk, state="taking", started_at=earlier, file=run.file)
    with pytest.raises(StaleState):
        runs.start_again(run=stale, by=world.administrator, at=NOON)


def test_a_failure_while_taking_leaves_the_file_checked(
    admin: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = send(admin, hamlets(3))
    runs.start_taking(run=run, by=world.administrator, at=NOON)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(runs.audit, "record", fail)
    before = Area.objects.count()
    with pytest.raises(OSError, match="disk full"):
        runs.take_run(run=run, at=NOON)
    run.refresh_from_db()
    assert (run.state, Area.objects.count()) == ("checked", before)


def test_the_form_says_what_is_wrong_with_a_file(
    admin: Client, world: World, settings: Any
) -> None:
    address = reverse("directory:imports")
    answer = admin.post(address, {"kind": "areas", "file": as_file(hamlets(1), "a.doc")})
    assert answer.status_code == 422
    assert "ends in .csv, .csv.gz or .xlsx" in answer.content.decode()
    settings.IMPORT_MAX_BYTES = 20
    answer = admin.post(address, {"kind": "areas", "file": as_file(hamlets(1))})
    assert "The file is larger than" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_whoever_may_not_import_finds_no_import(client: Client, world: World) -> None:
    run = ImportRun.objects.create(kind="areas", file_name="a.csv", started_at=NOON)
    client.force_login(world.office.user)
    for address in (
        reverse("directory:imports"),
        reverse("directory:import", args=[run.pk]),
        reverse("directory:import-errors", args=[run.pk]),
        reverse("directory:import-template", args=["areas"]),
    ):
        assert client.get(address).status_code == 404
    with pytest.raises(NotAllowed):
        runs.start_run(kind="areas", upload=None, wished_map="", by=world.office, at=NOON)
    with pytest.raises(NotAllowed):
        runs.start_taking(run=run, by=world.office, at=NOON)


@pytest.mark.parametrize("kind", ["areas", "organizations", "people"])
def test_each_example_can_be_imported_as_it_is(
    admin: Client, world: World, tmp_path: Path, kind: str
) -> None:
    for earlier in ("areas", "organizations", "people"):
        answer = admin.get(reverse("directory:import-template", args=[earlier]))
        path = tmp_path / f"{earlier}.csv"
        path.write_bytes(answer.content)
        outcome = take(path, kind=earlier)
        assert outcome.problems == []
        if earlier == kind:
            break
    assert admin.get(reverse("directory:import-template", args=["cats"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_runs_costs_the_same_whatever_its_length(
    admin: Client, world: World, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        ImportRun.objects.create(
            kind="areas", file_name=f"{number}.csv", started_at=NOON, by=world.administrator
        )
    address = reverse("directory:imports")
    admin.get(address)
    with django_assert_num_queries(3):  # type: ignore[operator]  # with the bell
        page = admin.get(address).content.decode()
    assert page.count(".csv</a>") == count
    assert len(selectors.runs_for(world.administrator).rows) == count


def test_the_run_of_a_file_with_another_kind_of_people(admin: Client, world: World) -> None:
    rows = [["staff_number", "name", "organization"], ["1", "Vũ An", world.cell.code]]
    run = send(admin, rows, kind="people")
    page = admin.get(reverse("directory:import", args=[run.pk])).content.decode()
    assert "staff_number" in page
    assert "Vũ An" in page


# --- the command ----------------------------------------------------------------------------------


def test_the_command_ends_with_one_line_of_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "units.csv.gz", units())
    call_command("import_file", "areas", str(path), mapping="vn-3level", dry_run=True)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Dry run: nothing was changed.",
        "created=67 updated=0 unchanged=0 errors=0",
    ]
    assert not Area.objects.exists()
    call_command("import_file", "areas", str(path))
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "created=67 updated=0 unchanged=0 errors=0"
    assert "rows a second" in said.err


def test_the_command_names_what_is_wrong_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = units()
    rows[4][6] = "2801"
    with pytest.raises(CommandError) as refused:
        call_command("import_file", "areas", str(write(tmp_path / "units.csv", rows)))
    assert refused.value.returncode == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "row 5, commune_code “2801”: Codes of this kind have 5 digits in the rest of the file. "
            "Correct the code."
        ),
        "created=0 updated=0 unchanged=0 errors=1",
    ]


def test_a_room_above_may_take_files_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.csv", units())
    with pytest.raises(CommandError, match="takes only"):
        call_command("import_file", "songs", str(path))
    monkeypatch.setattr(runs, "_other_kinds", {})
    runs.register_kind("songs", lambda **asked: runs.Outcome(created=len(asked)))
    call_command("import_file", "songs", str(path))
    assert capsys.readouterr().out.splitlines()[-1].startswith("created=5 ")
