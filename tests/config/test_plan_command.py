"""``footpath plan``: a plan on standard output and status 0, or one sentence and status 2."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footpath.assignments.models import Assignment, Conflict, Limit
from footpath.config import plan as command
from footpath.config.cli import cli
from footpath.directory.models import Membership, Tier
from footpath.planning import files, province
from footpath.planning.month.plan import MonthPlan
from footpath.planning.month.problem import Attendee, Meeting, MonthProblem, Pool, Slot, Spot
from footpath.planning.visits.plan import VisitPlan
from footpath.planning.visits.problem import Area, Group, Pin, Unit, VisitProblem
from tests.world import World, area, assign

Ask = Callable[..., Result]
DAYS = tuple(date(2026, 12, day) for day in (1, 2, 3, 8, 9, 10))
VISITS = VisitProblem(
    units=(Unit("U1", "A", needs=2), Unit("U2", "A"), Unit("U3", "B", owners=frozenset({"G1"}))),
    groups=(Group("G1"),),
    areas=(Area("A", km=10.0), Area("B", km=20.0)),
    days=DAYS,
)


@pytest.fixture
def ask() -> Ask:
    """Run ``footpath plan ...`` as on a command line."""

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(cli, ["plan", *map(str, words)])

    return run


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    """Return a file with a small round of visits."""
    files.write(tmp_path / "visits.json", VISITS)
    return tmp_path / "visits.json"


def test_a_plan_is_printed_with_what_stands_in_the_way(ask: Ask, visits: Path) -> None:
    said = ask("visits", "--problem", visits, "--backend", "none")
    assert (said.exit_code, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert lines[0] == "3 visits on 2 trips"
    assert lines[1].startswith("proven: cost=")
    assert lines[2:4] == ["Trips:", "  2026-12-01 G1 A: U1, U2"]
    assert lines[-2:] == ["Short:", "  U3: 0 of 1 visits (6 owner)"]


def test_a_pin_that_cannot_be_followed_is_named(ask: Ask, tmp_path: Path) -> None:
    pinned = VisitProblem(
        VISITS.units, VISITS.groups, VISITS.areas, DAYS, pins=(Pin("U3", DAYS[0], "G1"),)
    )
    files.write(tmp_path / "pinned.json", pinned)
    said = ask("visits", "--problem", tmp_path / "pinned.json", "--backend", "none")
    assert "  pin of U3: owner" in said.stdout.splitlines()


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """Return a file with three meetings, of which the last finds no slot."""
    evening = ("evening", time(18, 30), time(20, 30))
    files.write(
        tmp_path / "month.json",
        MonthProblem(
            meetings=(
                Meeting("H1", "cell", "A", attendees=("D1", "D2"), chairs="leaders"),
                Meeting(
                    "H2",
                    "cell",
                    "B",
                    attendees=("D2",),
                    deputies={"D2": ("L1",)},
                    first=DAYS[1],
                ),
                Meeting("H3", "cell", "B", attendees=("D1",), first=date(2027, 1, 1)),
            ),
            slots=(Slot("S2", DAYS[1], *evening), Slot("S1", DAYS[0], *evening)),
            people=(Attendee("D1", away=((DAYS[0], DAYS[1]),)), Attendee("D2"), Attendee("L1")),
            spots=(Spot("A"), Spot("B")),
            pools=(Pool("leaders", ("L1",)),),
        ),
    )
    return tmp_path / "month.json"


def test_a_calendar_is_printed_in_the_order_of_time(ask: Ask, month: Path) -> None:
    said = ask("month", "--problem", month, "--backend", "none")
    lines = said.stdout.splitlines()
    assert lines[0] == "2 meetings held, 1 without a slot; 0 stand-ins"
    assert lines[2:5] == [
        "Calendar:",
        "  2026-12-01 evening H1, L1 in the chair, without D1",
        "  2026-12-02 evening H2",
    ]
    assert lines[5] == "To decide:"
    assert any(line.startswith("  nowhere: H3") for line in lines[6:])


def test_a_repair_shows_what_changes(ask: Ask, month: Path, tmp_path: Path) -> None:
    plan, after = tmp_path / "plan.json", tmp_path / "after.json"
    words = ("month", "--problem", month, "--backend", "none")
    ask(*words, "--out", plan)
    ill = ("--away", "D2", "2026-12-02", "2026-12-09")
    said = ask(*words, "--repair", plan, *ill, "--out", after)
    lines = said.stdout.splitlines()
    assert lines[0] == "changes: 1"
    assert lines[1].split(": ")[1].startswith("cost=")
    assert lines[2:4] == ["Changes:", "  H2 steps in: none -> L1, for D2"]
    assert files.read(after, MonthPlan).entries[1].stand_ins[0].deputy == "L1"
    assert ask(*words, *ill).stderr == (
        "footpath: Say with --repair which plan, and with --away who is away.\n"
    )
    said = ask(*words, "--repair", plan, "--away", "D2", "2026-12-02", "soon")
    assert (said.exit_code, said.stderr) == (2, "footpath: soon is not a day (YYYY-MM-DD).\n")


def test_a_province_is_planned_into_a_folder(ask: Ask, tmp_path: Path) -> None:
    asked, plans = tmp_path / "asked", tmp_path / "plans"
    asked.mkdir()
    for name in ("east", "west"):
        files.write(asked / f"{name}.visits.json", VISITS)
    words = ("province", "--problems", asked, "--out", plans, "--backend", "none")
    said = ask(*words)
    assert said.stdout.startswith("plans=2 made=2 kept=0 proven=2 cost=")
    assert said.stderr.startswith("east visits: proven, ")
    assert ask(*words).stdout.startswith("plans=2 made=0 kept=2 proven=2 cost=")
    (asked / "east.visits.json").write_text("{")
    said = ask(*words)
    assert said.exit_code == 2
    assert said.stderr.startswith("footpath: east, visits: ")


def test_a_province_stopped_by_ctrl_c_says_how_to_go_on(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_values: object, **_names: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(province, "plan_all", stopped)
    said = ask("province", "--districts", "1", "--out", tmp_path)
    assert (said.exit_code, said.stderr) == (
        2,
        "footpath: Stopped; the same command goes on from here.\n",
    )


def test_plan_and_problem_are_kept_in_files(ask: Ask, visits: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "plan.json", tmp_path / "again.json"
    said = ask(
        "visits", "--problem", visits, "--backend", "none", "--json", "--out", out,
        "--problem-out", again,
    )  # fmt: skip
    assert said.exit_code == 0
    assert out.read_text() == said.stdout
    assert files.read(out, VisitPlan).status == "proven"
    assert again.read_bytes() == visits.read_bytes()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["visits"], "Say what to plan with exactly one of --problem, --example."),
        (
            ["assignments", "--area", "X", "--example", "1"],
            "Say what to plan with exactly one of --area, --problem, --example.",
        ),
        (
            ["visits", "--problem", "nowhere.json"],
            "nowhere.json cannot be read: No such file or directory.",
        ),
        (
            ["visits", "--example", "1", "--work", "0"],
            "work must be more than zero, not 0.",
        ),
        (
            ["visits", "--example", "1", "--backend", "none", "--out", "/nowhere/plan.json"],
            "/nowhere/plan.json cannot be written: No such file or directory.",
        ),
        (
            ["province", "--out", "plans"],
            "Say what to plan with exactly one of --districts, --problems.",
        ),
    ],
)
def test_without_a_plan_one_sentence_says_why(ask: Ask, words: list[str], sentence: str) -> None:
    said = ask(*words)
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", f"footpath: {sentence}\n")


def test_what_is_wrong_in_a_file_is_named_by_its_field(ask: Ask, visits: Path) -> None:
    text = json.loads(visits.read_text())
    text["units"][2]["needs"] = "many"
    visits.write_text(json.dumps(text))
    said = ask("visits", "--problem", visits)
    assert said.exit_code == 2
    assert said.stderr.endswith('units[2].needs: "many" is not a whole number.\n')


def test_jobs_are_given_to_agents(ask: Ask, tmp_path: Path) -> None:
    file, out = tmp_path / "jobs.txt", tmp_path / "agents.txt"
    file.write_text("2 3\n 1 9 4\n 7 2 3\n 2 2 2\n 2 2 2\n 4 2\n")
    said = ask("gap", file, "--seconds", "5", "--workers", "1", "--out", out)
    assert (said.exit_code, said.stdout, said.stderr) == (0, "cost=7 bound=7 gap=0.00%\n", "")
    assert out.read_text() == "1\n2\n1\n"


def test_jobs_that_no_agents_can_take_are_no_plan(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "jobs.txt"
    for capacities in ("2 2", "1 1"):
        file.write_text(f"2 3\n 1 9 4\n 7 2 3\n 2 2 2\n 2 2 2\n {capacities}\n")
        said = ask("gap", file, "--seconds", "5", "--workers", "1")
        assert (said.exit_code, said.stdout) == (2, "")
        assert said.stderr == "footpath: There is no plan: the agents cannot take all jobs.\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "jobs.txt cannot be read: No such file or directory."),
        (b"\xff", "jobs.txt cannot be read: it is not text in UTF-8."),
        (
            b"2 3\n1 2",
            (
                "The text ends too early: 2 agents and 3 jobs need 16 numbers"
                " (2 + costs 6 + weights 6 + capacities 2), it has 4."
            ),
        ),
    ],
)
def test_a_file_without_jobs_is_said_in_one_sentence(
    ask: Ask, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    file = tmp_path / "jobs.txt"
    if content is not None:
        file.write_bytes(content)
    said = ask("gap", file)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.replace(f"{tmp_path}/", "") == f"footpath: {sentence}\n"


@pytest.mark.django_db
def test_an_area_is_planned_by_name_and_nothing_is_changed(ask: Ask, world: World) -> None:
    leads = list(Assignment.objects.order_by("pk").values())
    assign(world.office, area("Ấp Tân Thới", world.son, code="28807-02"), until=date(2025, 1, 1))
    said = ask("assignments", "--area", "831", "--backend", "none")
    assert (said.exit_code, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert lines[0] == "4 places: 3 kept, 1 new"
    assert lines[2] == "Changes:"
    assert lines[3].startswith("  28807-02 Ấp Tân Thới: nobody -> ")
    assert list(Assignment.objects.order_by("pk").values())[: len(leads)] == leads
    assert len(lines) == 4


@pytest.mark.django_db
def test_what_an_area_lacks_is_said_by_name(ask: Ask, world: World) -> None:
    for who in (world.officer, world.second, world.far, world.lead, world.boss, world.office):
        Limit.objects.create(person=who, places=1)
    Conflict.objects.create(
        person=world.officer, area=world.hue, kind=Conflict.Kind.HOME, declared_on=date(2020, 1, 1)
    )
    Membership.objects.exclude(person__in=[world.officer, world.far]).delete()
    said = ask("assignments", "--area", "831", "--on", "2030-01-07", "--backend", "none")
    lines = said.stdout.splitlines()
    assert lines[0] == "3 places: 1 kept, 1 moved, 1 ended"
    in_the_way = lines[lines.index("In the way:") + 1 :]
    assert [line.partition(", price")[0] for line in in_the_way] == [
        (
            "  short: 28804-01 Ấp Tân Huề, 28804-02 Ấp Vĩnh Khánh, 28807-01 Ấp Phước Hòa"
            " <- Lê Thị Mai, Bùi Thanh Sơn (2 places left)"
        ),
        "    28804-01 Ấp Tân Huề: 2 officers, 1 home, 1 left",
        "    way out: capacity Lê Thị Mai, covers 1",
        "    way out: capacity Bùi Thanh Sơn, covers 1",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--area", "nowhere"], "No place has the code nowhere."),
        (
            ["--area", "831", "--tier", "village"],
            "There is no tier village; there are province, district, commune, hamlet, group.",
        ),
        (
            ["--area", "28804-01-1"],
            "No place of the tier group in 28804-01-1 needs somebody in charge.",
        ),
    ],
)
def test_an_area_that_cannot_be_planned_is_said(
    ask: Ask, world: World, words: list[str], sentence: str
) -> None:
    Tier.objects.filter(code="group").update(needs_lead=False)
    said = ask("assignments", *words)
    assert (said.exit_code, said.stdout, said.stderr) == (2, "", f"footpath: {sentence}\n")
    assert world.group.code == "28804-01-1"


def test_planning_from_a_file_loads_no_django(visits: Path) -> None:
    code = (
        "import sys; from footpath.config.cli import cli;"
        f"cli(['plan', 'visits', '--problem', {str(visits)!r}, '--backend', 'none'],"
        "standalone_mode=False);"
        "sys.exit('django' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_ctrl_c_keeps_the_best_plan_and_a_second_one_gives_up() -> None:
    before = signal.getsignal(signal.SIGINT)
    with command.watched() as watch:
        assert watch(5.0, 1.0, 0.1) is True
        signal.raise_signal(signal.SIGINT)
        assert watch(5.0, 1.0, 0.2) is False
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_terminal_shows_cost_bound_and_gap(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    infinity = float("inf")
    with command.watched() as watch:
        for cost, bound in ((infinity, -infinity), (infinity, 3), (5, -infinity), (5, 4), (4, 4)):
            watch(cost, bound, 1.0)
    shown = [part.removesuffix("\x1b[K") for part in capsys.readouterr().err.split("\r")]
    assert shown == [
        "",
        "no plan yet, 1.0 s",
        "no plan yet, bound 3, 1.0 s",
        "cost 5, 1.0 s",
        "cost 5, bound 4, gap 20.00 %, 1.0 s",
        "cost 4, bound 4, gap 0.00 %, 1.0 s",
        "",
    ]


@pytest.mark.parametrize(
    ("cost", "bound", "line"),
    [
        (10, 10, "cost=10 bound=10 gap=0.00%"),
        (12.5, 10, "cost=12.5 bound=10 gap=20.00%"),
        (0, -1, "cost=0 bound=-1 gap=100.00%"),
        (97034, 97001.25, "cost=97034 bound=97001.25 gap=0.03%"),
        (1234567, 1234567, "cost=1234567 bound=1234567 gap=0.00%"),
    ],
)
def test_the_gap_is_counted_from_the_cost(cost: float, bound: float, line: str) -> None:
    assert command.figures(cost, bound) == line


def test_a_lack_of_memory_is_said_in_one_sentence() -> None:
    with (
        pytest.raises(command.NoPlan, match=r"^There is not enough memory\.$"),
        command.watched(),
    ):
        raise MemoryError


def test_the_help_loads_nothing_of_the_engine() -> None:
    code = (
        "import sys; from footpath.config.cli import cli;"
        "cli(['plan', '--help'], standalone_mode=False);"
        "sys.exit(any(name.split('.')[0] in {'django', 'numpy'} for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
