"""Problems and plans as JSON: the same value, the same bytes, and errors that name the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from footpath.planning import files
from footpath.planning.assignment.problem import AssignmentProblem, Officer, Pin, Place, Waiver
from footpath.planning.examples import district, households, infeasible


class Part(Enum):
    MORNING = "am"
    EVENING = "pm"


@dataclass(frozen=True)
class Inner:
    day: date
    share: float = 1.0


@dataclass(frozen=True)
class Everything:
    name: str
    part: Part
    when: datetime
    at: time
    word: Literal["kept", "moved"] = "kept"
    limit: int | float | None = None
    pair: tuple[str, int] = ("a", 1)
    inner: tuple[Inner, ...] = ()
    skills: frozenset[str] = frozenset()
    names: list[str] = field(default_factory=list)
    held: Mapping[tuple[str, int], bool] = field(default_factory=lambda: MappingProxyType({}))
    rules: NDArray[np.uint16] | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a name is needed")


WHOLE = Everything(
    name="Đắk Pét",
    part=Part.EVENING,
    when=datetime(2026, 11, 2, 19, 30, tzinfo=UTC),
    at=time(19, 30),
    limit=2,
    inner=(Inner(date(2026, 11, 2)),),
    skills=frozenset({"water", "land"}),
    names=["b", "a"],
    held={("H1", 2): True, ("H1", 1): False},
)
LEAST = {"name": "a", "part": "am", "when": "2026-11-02T19:30:00+00:00", "at": "19:30:00"}


@pytest.mark.parametrize(
    "problem", [district(1), households(2)[4], infeasible(4)], ids=["hamlets", "groups", "pins"]
)
def test_a_problem_read_back_is_the_problem_that_was_written(
    problem: AssignmentProblem, tmp_path: Path
) -> None:
    files.write(tmp_path / "problem.json", problem)
    assert files.read(tmp_path / "problem.json", AssignmentProblem) == problem
    assert [path.name for path in tmp_path.iterdir()] == ["problem.json"]


def test_every_kind_of_field_comes_back_as_it_was() -> None:
    assert files.loads(files.dumps(WHOLE), Everything) == WHOLE
    table = files.loads(json.dumps(LEAST | {"rules": [[1, 2], [3, 4]]}), Everything).rules
    assert table is not None
    assert (table.dtype, table.tolist()) == (np.uint16, [[1, 2], [3, 4]])
    assert json.loads(files.dumps(Everything(**vars(WHOLE) | {"rules": table})))["rules"] == [
        [1, 2],
        [3, 4],
    ]


def test_the_same_value_gives_the_same_bytes_whatever_the_order_of_its_sets_and_keys() -> None:
    turned = {"held": dict(reversed(WHOLE.held.items())), "skills": frozenset({"land", "water"})}
    assert files.dumps(Everything(**vars(WHOLE) | turned)) == files.dumps(WHOLE)
    assert files.digest(Everything(**vars(WHOLE) | turned)) == files.digest(WHOLE)
    assert '"skills":["land","water"]' in files.dumps(WHOLE)
    assert '"held":{"H1|1":false,"H1|2":true}' in files.dumps(WHOLE)


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    share = np.float64(0.5)
    assert '"share":0.5' in files.dumps(Inner(date(2026, 1, 1), share=share))


def test_a_field_left_out_takes_its_default() -> None:
    found = files.loads('{"id":"H1","tier":"hamlet","parent":"C1"}', Place)
    assert found == Place("H1", "hamlet", "C1")


def test_a_whole_number_will_do_where_a_fraction_may_stand() -> None:
    share = files.loads('{"day":"2026-01-01","share":2}', Inner).share
    assert (share, type(share)) == (2.0, float)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Place, "[", "this is not JSON: Expecting value: line 1 column 2 (char 1)."),
        (Place, "[]", "this is not Place: an object was expected."),
        (Place, '{"is":"Officer"}', "this is Officer, and Place was expected."),
        (Pin, '{"place":"H1"}', "officer is missing."),
        (Pin, '{"place":"H1","officer":7}', "officer: 7 is not a text."),
        (Pin, '{"place":"H1","oficer":"D1"}', "oficer: Pin has no such field."),
        (Waiver, '{"officer":"D1","rules":"all"}', 'rules: "all" is not a Rule.'),
        (
            AssignmentProblem,
            '{"places":[{"id":"H1","tier":"hamlet","parent":"C1","weight":"many"}]}',
            'places[0].weight: "many" is not a whole number.',
        ),
        (
            Officer,
            '{"id":"D1","tier":"d","department":"x","away":[["2026-01-01"]]}',
            'away[0]: ["2026-01-01"] is not a list of 2.',
        ),
        (
            Officer,
            '{"id":"D1","tier":"d","department":"x","since":{"H1":"May"}}',
            'since["H1"]: "May" is not a day (YYYY-MM-DD).',
        ),
        (
            Officer,
            '{"id":"D1","tier":"d","department":"x","since":[]}',
            "since: [] is not an object.",
        ),
        (Officer, '{"id":"D1","tier":"d","department":"x","at":"9,9"}', 'at: "9,9" is not a list.'),
        (Everything, LEAST | {"word": "left"}, 'word: "left" is not one of "kept", "moved".'),
        (Everything, LEAST | {"limit": "x"}, 'limit: "x" is not a number.'),
        (Everything, LEAST | {"inner": [3]}, "inner[0]: 3 is not an object."),
        (Everything, LEAST | {"held": {"H1": True}}, 'held: "H1" is not a key of 2 parts.'),
        (Everything, LEAST | {"held": {"H1|x": True}}, 'held: "x" is not a whole number.'),
        (Everything, LEAST | {"rules": "x"}, 'rules: "x" is not a list of numbers.'),
        (Everything, LEAST | {"rules": [["x"]]}, "rules: this is not a table of numbers."),
        (Everything, LEAST | {"name": ""}, "Everything: a name is needed."),
        (Everything, LEAST | {"at": "9" * 80}, f'at: "{"9" * 56}... is not a time (hh:mm).'),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_the_field(
    kind: type, text: str | dict[str, object], said: str
) -> None:
    with pytest.raises(files.BadFile) as refused:
        files.loads(text if isinstance(text, str) else json.dumps(text), kind)
    assert str(refused.value) == said


def test_the_message_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    with pytest.raises(files.BadFile, match=r"problem\.json cannot be read: No such file"):
        files.read(path, Place)
    path.write_bytes(b"\xff")
    with pytest.raises(files.BadFile, match=r"problem\.json is not text in UTF-8\.$"):
        files.read(path, Place)
    path.write_text("{}")
    with pytest.raises(files.BadFile, match=r"problem\.json: id is missing\.$"):
        files.read(path, Place)


def test_a_file_is_never_there_in_half(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    files.write(path, Pin("H1", "D1"))
    with pytest.raises(TypeError):
        files.write(path, Inner(object()))  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "half\udfff")
    assert files.read(path, Pin) == Pin("H1", "D1")
    assert [found.name for found in tmp_path.iterdir()] == ["plan.json"]
