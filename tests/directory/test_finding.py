"""Places, organizations and people are found; the tree comes level by level."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from footpath.core.errors import NotThere
from footpath.directory import selectors
from footpath.directory.models import Area, Membership, Organization, Person, Post
from footpath.directory.selectors import Level
from tests.world import World, area, member, organization, person

pytestmark = pytest.mark.django_db


def names(level: Level) -> list[object]:
    """Return the names of a level, with the level below an opened place as a list after it."""
    said: list[object] = []
    for branch in level.branches:
        said.append(branch.area.name)
        if branch.level is not None:
            said.append(names(branch.level))
    return said


# --- search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("chau thanh", ["Huyện Châu Thành"]),
        ("CHÂU THÀNH", ["Huyện Châu Thành"]),
        ("tan", ["Xã Tân Thạch", "Ấp Tân Huề"]),
        ("28804-01", ["Ấp Tân Huề", "Tổ 1"]),
        ("chau tan", []),
        ("!", []),
    ],
)
def test_places_are_found_without_marks(world: World, typed: str, found: list[str]) -> None:
    assert [row.area.name for row in selectors.search_areas(world.member, typed)] == found


def test_chinese_places_are_found_by_pairs(world: World) -> None:
    area("西宁市", area("青海省"))
    area("宁夏")
    found = selectors.search_areas(world.member, "西宁")
    assert [(row.area.name, [above.name for above in row.above]) for row in found] == [
        ("西宁市", ["青海省"])
    ]


def test_a_found_place_says_where_it_lies(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.member.scope  # noqa: B018 - read once, as on a page
    # The index of words is asked before the rows; on PostgreSQL the size of the table before it.
    with django_assert_num_queries(4 if connection.vendor == "postgresql" else 3):
        found = selectors.search_areas(world.member, "hue")
    assert [above.short_name for above in found[0].above] == ["Bến Tre", "Châu Thành", "Tân Thạch"]


def test_a_closed_place_is_not_found_but_keeps_its_page(world: World) -> None:
    Area.objects.filter(pk=world.group.pk).update(valid_until=date(2021, 1, 1))
    assert selectors.search_areas(world.member, "to 1") == []
    assert selectors.get_area_for(world.member, code=world.group.code) == world.group


def test_of_two_places_with_one_code_the_one_in_force_is_meant(world: World) -> None:
    Area.objects.filter(pk=world.group.pk).update(valid_until=date(2021, 1, 1))
    again = area("Tổ mới", world.khanh, code=world.group.code)
    assert selectors.get_area_for(world.member, code=world.group.code) == again
    assert selectors.get_branch_for(world.member, code=world.group.code) == again


def test_somebody_without_any_role_finds_nothing(world: World) -> None:
    stranger = person("Stranger")
    assert selectors.search_areas(stranger, "tan") == []
    assert list(selectors.areas_for(stranger)) == []
    assert selectors.organizations_for(stranger).rows == []
    assert selectors.people_for(stranger).rows == []
    assert selectors.children_of_organization(stranger, world.district_office) == []
    assert selectors.posts_of(stranger, world.district_office) == []
    assert selectors.memberships_of(stranger, world.head) == []
    post = Post.objects.first()
    held = Membership.objects.first()
    assert post is not None
    assert held is not None
    for look in (
        lambda: selectors.get_area_for(stranger, code="831"),
        lambda: selectors.get_branch_for(stranger, code="831"),
        lambda: selectors.get_organization_for(stranger, code=world.agency.code),
        lambda: selectors.get_person_for(stranger, pk=world.head.pk),
        lambda: selectors.get_post_for(stranger, pk=post.pk),
        lambda: selectors.get_membership_for(stranger, pk=held.pk),
    ):
        with pytest.raises(NotThere):
            look()


# --- the tree -------------------------------------------------------------------------------------


def test_the_tree_begins_with_the_roots(world: World) -> None:
    area("Tỉnh An Giang")
    assert names(selectors.tree_of(world.member, None)) == ["Tỉnh An Giang", "Tỉnh Bến Tre"]


def test_the_tree_opens_down_to_a_place(world: World) -> None:
    assert names(selectors.tree_of(world.member, world.thach)) == [
        "Tỉnh Bến Tre",
        ["Huyện Châu Thành", ["Xã Quới Sơn", "Xã Tân Thạch", ["Ấp Tân Huề", "Ấp Vĩnh Khánh"]]],
    ]


@pytest.mark.parametrize(("code", "queries"), [(None, 1), ("83", 3), ("831", 4), ("28804", 5)])
def test_the_tree_costs_one_query_a_level(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, code: str | None, queries: int
) -> None:
    opened = Area.objects.get(code=code) if code else None
    for number in range(5):
        area(f"Xã {number}", world.district)
    world.member.scope  # noqa: B018 - read once, as on a page
    with django_assert_num_queries(queries):
        names(selectors.tree_of(world.member, opened))


def test_places_below_are_counted_while_in_force(world: World) -> None:
    Area.objects.filter(pk=world.khanh.pk).update(valid_until=date(2021, 1, 1))
    rows = selectors.children_of(world.member, world.district).rows
    assert [(row.name, row.children_count) for row in rows] == [
        ("Xã Quới Sơn", 1),
        ("Xã Tân Thạch", 1),
    ]
    counted = [(row.tier.code, row.number) for row in selectors.below(world.member, world.district)]
    assert counted == [("commune", 2), ("hamlet", 2)]
    assert selectors.below(world.member, world.group) == []


def test_a_level_on_one_page_is_in_reading_order(world: World) -> None:
    for number in (10, 2):
        area(f"Tổ {number}", world.hue)
    rows = selectors.children_of(world.member, world.hue).rows
    assert [row.name for row in rows] == ["Tổ 1", "Tổ 2", "Tổ 10"]


def test_a_long_level_comes_page_by_page(world: World) -> None:
    for number in range(1, 8):
        area(f"Ấp {number}", world.son)
    seen: list[str] = []
    after: str | None = None
    for _page in range(4):
        page = selectors.children_of(world.member, world.son, after=after, size=3)
        seen += [row.name for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert sorted(seen) == sorted(["Ấp Phước Hòa", *(f"Ấp {n}" for n in range(1, 8))])
    assert len(seen) == 8


def test_an_opened_place_far_down_a_long_level_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors.children_of, "__kwdefaults__", {"after": None, "size": 1})
    level = selectors.tree_of(world.member, world.thach)
    district = level.branches[0].level
    assert district is not None
    communes = district.branches[0].level
    assert communes is not None
    assert [branch.area.name for branch in communes.branches] == ["Xã Quới Sơn", "Xã Tân Thạch"]
    assert communes.next_after is not None


# --- organizations and people ---------------------------------------------------------------------


def test_organizations_are_found_by_name_and_by_place(world: World) -> None:
    def found(**filters: object) -> list[str]:
        page = selectors.organizations_for(world.member, **filters)  # type: ignore[arg-type]
        return [row.name for row in page.rows]

    assert found(typed="health") == ["Office of Health"]
    assert found(place=world.district) == ["District office", "Office of Health"]
    assert found(place=world.thach, within=True) == ["Cell of Tân Huề", "Commune office"]
    assert len(found()) == 4


def test_organizations_are_found_after_their_table_was_rebuilt(world: World) -> None:
    organization("Đảng ủy", world.thach)
    Organization.objects.filter(name="Đảng ủy").update(search="dang uy tan thach")
    page = selectors.organizations_for(world.member, typed="dang uy tan")
    assert [row.name for row in page.rows] == ["Đảng ủy"]


def test_an_organization_shows_its_posts_with_todays_holders(world: World) -> None:
    vacant = Post.objects.create(organization=world.commune_office, title="zoologist")
    Membership.objects.create(
        person=world.far,
        organization=world.commune_office,
        post=vacant,
        start=date(2020, 1, 1),
        until=date(2020, 2, 1),
    )
    posts = selectors.posts_of(world.member, world.commune_office)
    assert [[held.person.name for held in post.held_by] for post in posts] == [
        ["Phạm Văn Tuấn"],
        [],
    ]
    child = organization("Desk", world.thach, parent=world.commune_office)
    assert selectors.children_of_organization(world.member, world.commune_office) == [child]


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_of_people_costs_two_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    unit = organization("Office of Finance", world.district)
    for at in range(number):
        member(f"Clerk {at}", unit)
    world.member.scope  # noqa: B018 - read once, as on a page
    with django_assert_num_queries(2):
        rows = selectors.people_for(world.member, organization=unit).rows
        said = [held.organization.name for row in rows for held in row.current]
    assert said == ["Office of Finance"] * number


def test_people_are_found_without_marks_and_page_by_page(world: World) -> None:
    assert [row.name for row in selectors.people_for(world.member, typed="le thi m").rows] == [
        "Lê Thị Mai"
    ]
    first = selectors.people_for(world.member, size=4)
    rest = selectors.people_for(world.member, size=50, after=first.next_after)
    assert len(first.rows) + len(rest.rows) == Person.objects.count()


def test_the_latest_membership_stands_first(world: World) -> None:
    later = Membership.objects.create(
        person=world.head, organization=world.agency, start=date(2022, 1, 1)
    )
    rows = selectors.memberships_of(world.member, world.head)
    assert rows[0].pk == later.pk
    assert selectors.get_membership_for(world.member, pk=later.pk) == later


def test_pages_of_somebody_begin_with_the_widest_place(world: World) -> None:
    assert selectors.home_area_of(world.head) == world.thach
    assert selectors.home_area_of(world.administrator) == world.province
    assert selectors.home_area_of(person("Stranger")) is None
