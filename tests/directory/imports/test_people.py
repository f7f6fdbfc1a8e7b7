"""Organizations and people come from files after the places they belong to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from footpath.accounts.models import TrailLine, User
from footpath.accounts.rules import Role
from footpath.directory.models import Membership, Organization, Person, Post
from tests.directory.imports.files import Table, said, take, write
from tests.world import World, fresh

pytestmark = pytest.mark.django_db

ORGANIZATIONS: Table = [
    ["code", "name", "kind", "parent", "place"],
    ["CT-02", "Commune office", "Office", "CT-01", "28804"],
    ["CT-01", "District office", "", "", "831"],
    ["CT-03", "Women's union", "association", "CT-01", "831"],
]
PEOPLE: Table = [
    ["staff_number", "name", "organization", "post", "role", "place", "from", "until", "user_name"],
    ["0001", "Lê Thị Mai", "CT-02", "Head", "head", "28804", "2026-01-01", "", "mai"],
    ["0001", "Lê Thị Mai", "CT-03", "", "", "", "2026-01-01", "2026-12-31", ""],
    ["0002", "Tô Thị Hiền", "CT-01", "Administrator", "administrator", "*", "2025-05-01", "", ""],
    ["0003", "Bùi Sơn", "CT-01", "", "", "", "", "", ""],
]


def changed(table: Table, row: int, column: int, text: str) -> Table:
    """Return a copy of a table with another text in one cell (row as a spreadsheet numbers it)."""
    copy = [list(cells) for cells in table]
    copy[row - 1][column] = text
    return copy


def organizations(path: Path) -> None:
    """Import the organizations that the people belong to."""
    assert take(write(path / "offices.csv", ORGANIZATIONS), kind="organizations").problems == []


def test_organizations_may_stand_under_one_another_in_any_order(
    world: World, tmp_path: Path
) -> None:
    path = write(tmp_path / "offices.csv", ORGANIZATIONS)
    assert take(path, kind="organizations").line == "created=3 updated=0 unchanged=0 errors=0"
    assert take(path, kind="organizations").line == "created=0 updated=0 unchanged=3 errors=0"
    office = Organization.objects.select_related("parent", "area").get(code="CT-02")
    assert (office.parent.code, office.area, office.kind) == ("CT-01", world.thach, "office")
    assert "commune" in office.search


def test_a_changed_organization_is_updated(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    moved = changed(changed(ORGANIZATIONS, 2, 1, "People's office"), 2, 4, "28807")
    assert take(write(tmp_path / "next.csv", moved), kind="organizations").updated == 1
    assert Organization.objects.get(code="CT-02").area == world.son


def test_a_dry_run_of_organizations_writes_nothing(world: World, tmp_path: Path) -> None:
    before = Organization.objects.count()
    path = write(tmp_path / "offices.csv", ORGANIZATIONS)
    assert take(path, kind="organizations", dry_run=True).created == 3
    assert Organization.objects.count() == before


@pytest.mark.parametrize(
    ("cell", "text", "wrong"),
    [
        ((2, 0), "", (2, "code", "missing_code")),
        ((2, 1), "", (2, "name", "missing_name")),
        ((2, 1), "123", (2, "name", "only_digits")),
        ((2, 2), "kiosk", (2, "kind", "bad_choice")),
        ((2, 3), "CT-99", (2, "parent", "unknown_upper")),
        ((3, 3), "CT-02", (3, "parent", "organization_cycle")),
        ((2, 4), "00000", (2, "place", "unknown_place")),
        ((4, 0), "CT-02", (4, "code", "twice")),
        ((4, 1), "Women\x00", (4, "name", "control_sign")),
    ],
)
def test_a_damaged_organization_is_said_once(
    world: World, tmp_path: Path, cell: tuple[int, int], text: str, wrong: tuple[int, str, str]
) -> None:
    path = write(tmp_path / "offices.csv", changed(ORGANIZATIONS, *cell, text))
    assert said(take(path, kind="organizations")) == [wrong]
    assert not Organization.objects.filter(code__startswith="CT-").exists()


def test_people_come_with_posts_memberships_and_users(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    path = write(tmp_path / "people.csv", PEOPLE)
    assert take(path, kind="people").line == "created=4 updated=0 unchanged=0 errors=0"
    mai = Person.objects.select_related("user").get(code="0001")
    assert mai.user is not None
    assert (mai.user.username, mai.user.has_usable_password()) == ("mai", False)
    assert mai.scope.covers(world.thach.path, {Role.HEAD})
    assert not mai.scope.covers(world.son.path, {Role.HEAD})
    assert Person.objects.get(code="0002").scope.covers("", {Role.ADMINISTRATOR})
    held = Membership.objects.get(person=mai, organization__code="CT-03")
    assert (held.start, held.until) == (date(2026, 1, 1), date(2026, 12, 31))


def test_the_second_run_of_people_changes_nothing(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    path = write(tmp_path / "people.csv", PEOPLE)
    take(path, kind="people")
    lines = TrailLine.objects.count()
    assert take(path, kind="people").line == "created=0 updated=0 unchanged=4 errors=0"
    assert TrailLine.objects.count() == lines


def test_a_changed_role_reaches_who_holds_the_post(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    take(write(tmp_path / "people.csv", PEOPLE), kind="people")
    version = User.objects.get(username="mai").scope_version
    path = write(tmp_path / "next.csv", changed(PEOPLE, 2, 4, "office"))
    assert take(path, kind="people").updated == 1
    assert Post.objects.get(title="Head").role == "office"
    assert User.objects.get(username="mai").scope_version > version
    assert fresh(Person.objects.get(code="0001")).scope.covers(world.thach.path, {Role.OFFICE})


def test_a_dry_run_of_people_writes_nothing(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    before = (Person.objects.count(), User.objects.count(), Post.objects.count())
    path = write(tmp_path / "people.csv", PEOPLE)
    assert take(path, kind="people", dry_run=True).created == 4
    assert (Person.objects.count(), User.objects.count(), Post.objects.count()) == before


@pytest.mark.parametrize(
    ("cell", "text", "wrong"),
    [
        ((2, 0), "", (2, "staff_number", "missing")),
        ((3, 1), "Lê Thị May", (3, "name", "person_differs")),
        ((2, 2), "CT-99", (2, "organization", "unknown_organization")),
        ((2, 3), "", (2, "post", "missing")),
        ((2, 4), "officer", (2, "role", "role_by_assignment")),
        ((2, 4), "king", (2, "role", "bad_choice")),
        ((2, 5), "999", (2, "place", "unknown_place")),
        ((2, 6), "1/1/2026", (2, "from", "bad_date")),
        ((2, 7), "2025-01-01", (2, "until", "ends_early")),
        ((2, 8), "m ai", (2, "user_name", "bad_user")),
        ((4, 8), "mai", (4, "user_name", "user_taken")),
        ((3, 2), "CT-02", (3, "staff_number", "membership_twice")),
    ],
)
def test_a_damaged_person_is_said_once(
    world: World, tmp_path: Path, cell: tuple[int, int], text: str, wrong: tuple[int, str, str]
) -> None:
    organizations(tmp_path)
    before = Person.objects.count()
    path = write(tmp_path / "people.csv", changed(PEOPLE, *cell, text))
    assert said(take(path, kind="people")) == [wrong]
    assert Person.objects.count() == before


def test_a_post_has_one_role_in_a_file(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    second = ["0004", "Vũ An", "CT-02", "Head", "auditor", "", "2026-01-01", "", ""]
    path = write(tmp_path / "people.csv", [*PEOPLE, second])
    assert said(take(path, kind="people")) == [(6, "role", "post_differs")]


def test_the_user_name_of_somebody_else_is_refused(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    taken = world.head.user.username
    path = write(tmp_path / "people.csv", changed(PEOPLE, 2, 8, taken))
    assert said(take(path, kind="people")) == [(2, "user_name", "user_taken")]
    take(write(tmp_path / "right.csv", PEOPLE), kind="people")
    path = write(tmp_path / "other.csv", changed(PEOPLE, 2, 8, "other"))
    assert said(take(path, kind="people")) == [(2, "user_name", "user_fixed")]


def test_an_address_is_checked(world: World, tmp_path: Path) -> None:
    organizations(tmp_path)
    rows = [["staff_number", "name", "organization", "email"], ["9", "A B", "CT-01", "nowhere"]]
    path = write(tmp_path / "people.csv", rows)
    assert said(take(path, kind="people")) == [(2, "email", "bad_email")]
