"""Places come from files whole or not at all, and a damaged row is said once and precisely."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from footpath.accounts import chain
from footpath.accounts.models import TrailLine
from footpath.core import tree
from footpath.directory.models import Area, ImportRun, Tier
from tests.directory.imports.files import Table, nested, said, take, units, write

pytestmark = pytest.mark.django_db

Damage = Callable[[Table], None]


def put(row: int, column: int, text: str) -> Damage:
    """Return the damage of writing a text into a cell (row as a spreadsheet numbers it)."""

    def damage(rows: Table) -> None:
        rows[row - 1][column] = text

    return damage


def test_a_file_of_units_becomes_the_tree(tmp_path: Path) -> None:
    outcome = take(write(tmp_path / "units.csv.gz", units()))
    assert outcome.line == "created=67 updated=0 unchanged=0 errors=0"
    counts = [tier.areas.count() for tier in Tier.objects.all()]
    assert counts == [2, 7, 58]
    commune = Area.objects.select_related("parent__parent").get(code="28003")
    assert (commune.name, commune.type_name, commune.parent.code, commune.parent.parent.code) == (
        "Phường Tân 1A",
        "Phường",
        "831",
        "83",
    )
    assert not Area.objects.get(code="849").children.exists()


def test_paths_lead_from_the_root_to_each_place(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    for area in Area.objects.select_related("parent"):
        above = area.parent.path if area.parent else ""
        assert area.path == above + tree.step(area.pk)
    found = Area.objects.matching("tan 1a").get()
    assert found.code == "28003"


def test_the_second_run_of_a_file_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "units.csv", units())
    take(path)
    before = list(Area.objects.order_by("pk").values())
    assert take(path).line == "created=0 updated=0 unchanged=67 errors=0"
    assert list(Area.objects.order_by("pk").values()) == before
    assert ImportRun.objects.count() == 1


def test_a_run_leaves_one_line_of_the_trail(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    run = ImportRun.objects.get()
    line = TrailLine.objects.get()
    assert (line.subject, line.deed) == (f"directory.importrun:{run.pk}", "directory.imported")
    assert line.after_digest == chain.digest_of(
        {"kind": "areas", "file": run.digest, "created": 67, "updated": 0}
    )


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    outcome = take(write(tmp_path / "units.csv", units()), dry_run=True)
    assert outcome.line == "created=67 updated=0 unchanged=0 errors=0"
    assert [row["cells"] for row in outcome.preview[:3]] == [
        ["83", "Tỉnh Bến Tre", "", "Province"],
        ["831", "Thành phố D831", "83", "District"],
        ["28003", "Phường Tân 1A", "831", "Commune"],
    ]
    assert not Area.objects.exists()
    assert not Tier.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_new_name_updates_the_place_and_how_it_is_found(tmp_path: Path) -> None:
    rows = units()
    take(write(tmp_path / "units.csv", rows))
    rows[1][7] = "Phường Hòa Lợi"
    assert take(write(tmp_path / "next.csv", rows)).line == (
        "created=0 updated=1 unchanged=66 errors=0"
    )
    assert Area.objects.matching("hoa loi").get().code == "28003"


def test_spaces_and_other_forms_of_letters_are_put_right_silently(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    rows = units()
    rows[1][1] = "  Tỉnh   Bến Tre "
    rows[2][7] = unicodedata.normalize("NFD", rows[2][7])
    rows[3][6] = f"\u00a0{rows[3][6]}"
    outcome = take(write(tmp_path / "next.csv", rows))
    assert outcome.line == "created=0 updated=0 unchanged=67 errors=0"


TWENTY: list[tuple[Damage, tuple[int, str, str]]] = [
    (put(2, 6, ""), (2, "commune_code", "missing_code")),
    (put(4, 7, ""), (4, "commune", "missing_name")),
    (lambda rows: rows[5].pop(), (6, "commune_type", "few_cells")),
    (lambda rows: rows[7].insert(7, "Phường"), (8, "", "many_cells")),
    (put(11, 6, "2803"), (11, "commune_code", "code_shape")),
    (put(13, 6, "28033"), (13, "commune_code", "twice")),
    (put(15, 0, "84"), (15, "province_code", "code_of_other")),
    (put(17, 4, "Huyện D83"), (17, "district", "name_differs")),
    (put(19, 8, "Xxã"), (19, "commune_type", "unknown_type")),
    (put(22, 8, "Phường"), (22, "commune_type", "type_against_name")),
    (put(23, 7, "Xã T\ufffdn 22A"), (23, "commune", "lost_sign")),
    (put(25, 1, "Tỉnh\x07 Bến Tre"), (25, "province", "control_sign")),
    (put(27, 7, "Xã " + "Tân " * 60), (27, "commune", "too_long")),
    (
        lambda rows: rows[28].__setitem__(slice(3, 6), [""] * 3),
        (29, "district_code", "missing_code"),
    ),
    (put(32, 4, "   "), (32, "district", "blank")),
    (lambda rows: rows[33].__setitem__(slice(0, 9), [" "] * 9), (34, "", "empty_row")),
    (put(36, 3, "999"), (36, "district_code", "code_of_other")),
    (put(40, 7, "12345"), (40, "commune", "only_digits")),
    (
        lambda rows: rows[42].__setitem__(slice(0, 3), ["83", "Tỉnh Bến Tre", "Tỉnh"]),
        (43, "province_code", "two_parents"),
    ),
    (lambda rows: rows[49].__setitem__(slice(6, 9), [""] * 3), (50, "commune_code", "incomplete")),
]


def test_twenty_damaged_rows_give_twenty_precise_messages(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    before = list(Area.objects.order_by("pk").values())
    rows = units()
    for damage, _wrong in TWENTY:
        damage(rows)
    rows[2][7] = "Phường Hòa Lợi"  # a right change is not taken either
    outcome = take(write(tmp_path / "damaged.csv", rows))
    assert said(outcome) == [wrong for _damage, wrong in TWENTY]
    assert outcome.line == "created=0 updated=0 unchanged=0 errors=20"
    assert list(Area.objects.order_by("pk").values()) == before
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(("damage", "wrong"), TWENTY)
def test_each_damage_alone_gives_one_message_into_an_empty_directory(
    tmp_path: Path, damage: Damage, wrong: tuple[int, str, str]
) -> None:
    rows = units()
    damage(rows)
    assert said(take(write(tmp_path / "damaged.csv", rows))) == [wrong]
    assert not Area.objects.exists()


FURTHER: list[tuple[Damage, tuple[int, str, str]]] = [
    (put(11, 3, "831"), (11, "district_code", "code_of_other")),
    (put(11, 5, "Thành phố"), (11, "district_type", "type_against_name")),
    (put(11, 8, ""), (11, "commune_type", "missing")),
    (put(13, 7, "Xx Tân 12A"), (13, "commune", "name_against_type")),
    (put(11, 7, "Thị tr?n Tân 10A"), (11, "commune", "lost_sign")),
    (put(11, 0, ""), (11, "province_code", "missing_code")),
    (put(5, 6, "28060"), (5, "commune_code", "twice")),
]


@pytest.mark.parametrize(("damage", "wrong"), FURTHER)
def test_further_damage_gives_one_message(
    tmp_path: Path, damage: Damage, wrong: tuple[int, str, str]
) -> None:
    rows = units()
    damage(rows)
    assert said(take(write(tmp_path / "damaged.csv", rows))) == [wrong]


def test_a_message_names_the_value_and_what_to_do_in_the_readers_language(tmp_path: Path) -> None:
    rows = units()
    put(17, 4, "Huyện D83")(rows)
    (wrong,) = take(write(tmp_path / "damaged.csv", rows)).problems
    with translation.override("en"):
        assert (wrong.value, wrong.message) == (
            "Huyện D83",
            "832 is called “Huyện D832” in 9 other rows. Use one name.",
        )


def test_empty_rows_at_the_end_are_no_damage(tmp_path: Path) -> None:
    rows = [*units(), [""] * 9, [], [""] * 9]
    assert take(write(tmp_path / "units.csv", rows)).created == 67


def test_an_official_name_of_kind_and_number_may_have_another_kind(tmp_path: Path) -> None:
    rows = units()
    rows[11][7:] = ["Phường 5", "Xã"]
    assert take(write(tmp_path / "units.csv", rows)).problems == []


def test_places_are_not_moved_by_an_import(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    rows = units()
    for row in rows[10:20]:
        row[:3] = ["84", "Tỉnh Trà Vinh", "Tỉnh"]
    outcome = take(write(tmp_path / "moved.csv", rows))
    assert said(outcome) == [(11, "province_code", "moved")]
    assert outcome.problems[0].message == (
        "The place lies in 83 here and in 84 in the file. "
        "Places are moved by a reorganisation, not by an import."
    )
    assert Area.objects.get(code="832").parent.code == "83"


def test_a_code_of_another_tier_is_refused(tmp_path: Path) -> None:
    take(write(tmp_path / "units.csv", units()))
    own = [["code", "name", "tier", "parent"], ["832", "Xã Mới", "commune", "831"]]
    assert said(take(write(tmp_path / "own.csv", own))) == [(2, "code", "other_tier_here")]


# --- one row for each place -----------------------------------------------------------------------


def test_nested_codes_become_the_tree_and_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "cn.csv.gz", nested())
    assert take(path).line == "created=128 updated=0 unchanged=0 errors=0"
    assert take(path).line == "created=0 updated=0 unchanged=128 errors=0"
    level5 = [["code", "name", "parent"]]
    level5 += [[f"630101001{n:03}", f"村{n}号", "630101001"] for n in range(1, 9)]
    assert take(write(tmp_path / "l5.csv", level5)).created == 8
    village = Area.objects.select_related("tier").get(code="630101001001")
    assert village.tier.level == 4
    assert len(village.ancestor_ids) == 5
    with translation.override("zh-hans"):
        assert village.tier.name == "村"


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = nested()
    outcome = take(write(tmp_path / "cn.csv", [rows[0], *reversed(rows[1:])]))
    assert outcome.created == 128
    for area in Area.objects.select_related("parent"):
        assert area.path == (area.parent.path if area.parent else "") + tree.step(area.pk)


NESTED: list[tuple[Damage, tuple[int, str, str]]] = [
    (put(2, 1, ""), (2, "code", "missing_code")),
    (put(4, 1, "63O1"), (4, "code", "code_shape")),
    (put(5, 1, "6301"), (5, "code", "twice")),
    (put(4, 1, "6401"), (4, "code", "twice")),
    (put(4, 1, "6399"), (4, "code", "nobody_below")),
    (put(5, 2, ""), (5, "name", "missing_name")),
    (put(6, 0, "3"), (6, "level", "level_jump")),
    (put(6, 0, "9"), (6, "level", "bad_level")),
    (put(12, 3, "63"), (12, "parent", "level_jump")),
    (put(12, 3, "6402"), (12, "parent", "not_nested")),
    (put(12, 3, "7777"), (12, "parent", "unknown_parent")),
    (put(12, 3, ""), (12, "parent", "missing")),
    (put(12, 3, "630101"), (12, "parent", "level_jump")),
    (put(12, 3, "630103001"), (12, "parent", "cycle")),
    (put(12, 3, "630103"), (12, "parent", "cycle")),
    (put(40, 2, "城\u200b区"), (40, "name", "control_sign")),
    (lambda rows: rows[11].pop(), (12, "parent", "few_cells")),
    (lambda rows: rows[11].__setitem__(slice(0, 4), [""] * 4), (12, "", "empty_row")),
]


@pytest.mark.parametrize(("damage", "wrong"), NESTED)
def test_a_damaged_place_does_not_blame_the_places_below_it(
    tmp_path: Path, damage: Damage, wrong: tuple[int, str, str]
) -> None:
    rows = nested()
    damage(rows)
    assert said(take(write(tmp_path / "cn.csv", rows))) == [wrong]
    assert not Area.objects.exists()


# --- our own form ---------------------------------------------------------------------------------

OWN = ["code", "name", "tier", "parent", "type", "valid_from", "latitude", "longitude"]


def own() -> Table:
    """Return a province, a district and two communes in the form that Footpath itself uses."""
    return [
        OWN,
        ["83", "Tỉnh Bến Tre", "province", "", "Tỉnh", "", "", ""],
        ["831", "Huyện Châu Thành", "Huyện", "83", "Huyện", "1998-01-01", "10.3", "106.3"],
        ["28804", "Xã Tân Thạch", "commune", "831", "Xã", "", "", ""],
        ["28807", "Xã Quới Sơn", "xã", "831", "Xã", "", "", ""],
    ]


def test_the_own_form_takes_tiers_by_any_of_their_names(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv", own())
    assert take(path).created == 4
    assert take(path).unchanged == 4
    district = Area.objects.get(code="831")
    assert (str(district.valid_from), district.latitude, district.longitude) == (
        "1998-01-01",
        10.3,
        106.3,
    )
    assert [tier.code for tier in Tier.objects.all()] == ["province", "district", "commune"]


@pytest.mark.parametrize(
    ("damage", "wrong"),
    [
        (put(3, 5, "1.1.1998"), (3, "valid_from", "bad_date")),
        (put(3, 6, "106.3"), (3, "latitude", "bad_number")),
        (put(4, 2, "parish"), (4, "tier", "bad_tier")),
        (put(4, 2, "hamlet"), (4, "tier", "level_jump")),
        (put(4, 3, "28804"), (4, "parent", "cycle")),
        (put(2, 3, "28804"), (2, "parent", "cycle")),
        (put(5, 0, "28804"), (5, "code", "twice")),
    ],
)
def test_damage_in_the_own_form_gives_one_message(
    tmp_path: Path, damage: Damage, wrong: tuple[int, str, str]
) -> None:
    rows = own()
    damage(rows)
    assert said(take(write(tmp_path / "own.csv", rows))) == [wrong]


def test_a_tier_that_is_here_keeps_its_name(tmp_path: Path) -> None:
    Tier.objects.create(code="oblast", level=0, name_en="Region")
    take(write(tmp_path / "units.csv", units()))
    assert [tier.code for tier in Tier.objects.all()] == ["oblast", "district", "commune"]
