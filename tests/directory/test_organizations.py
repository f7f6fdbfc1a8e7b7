"""Deeds on organizations and posts: posts give roles, so nobody gives more than they hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from footpath.accounts.models import TrailLine, User
from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotAllowed
from footpath.directory import services
from footpath.directory.models import Membership, Organization, Person, Post
from tests.world import NOON, World, fresh, holder, organization

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)


def add(world: World, **changes: Any) -> Organization:
    """Add an office of the commune through the service."""
    given: dict[str, Any] = {
        "code": "VP-1",
        "name": "Văn phòng",
        "area": world.thach,
        "by": world.administrator,
        "at": NOON,
    }
    return services.create_organization(**given | changes)


def change(world: World, unit: Organization, **changes: Any) -> None:
    """Change an organization, with the values it has unless others are given."""
    given: dict[str, Any] = {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "area": unit.area,
        "parent": unit.parent,
        "by": world.administrator,
        "at": NOON,
    }
    services.change_organization(organization=unit, **given | changes)


def local_administrator(world: World) -> Person:
    """Return an administrator of the commune Tân Thạch and nothing else."""
    made = holder("Local", Role.ADMINISTRATOR, world.commune_office, world.thach)
    Post.objects.filter(memberships__person=made).update(covers_everything=False)
    return fresh(made)


def deeds(subject: Any) -> list[str]:
    """Return the deeds of a thing's trail in their order."""
    key = f"{subject._meta.label_lower}:{subject.pk}"
    lines = TrailLine.objects.filter(subject=key).order_by("number")
    return list(lines.values_list("deed", flat=True))


def test_an_organization_is_added_and_found(world: World) -> None:
    made = add(world, kind="agency", parent=world.district_office)
    assert (made.search, made.kind, made.parent) == (
        "van phong vp 1",
        "agency",
        world.district_office,
    )
    assert deeds(made) == ["directory.organization_created"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"name": ""}, "name"),
        ({"kind": "club"}, "kind"),
    ],
)
def test_an_unfit_value_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        add(world, **changes)
    assert refused.value.field == field


def test_no_two_organizations_have_one_code(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(world)
    with pytest.raises(InvalidValue, match="VP-1"):
        add(world)
    with pytest.raises(InvalidValue, match="VP-1"):
        change(world, world.agency, code="VP-1")
    monkeypatch.setattr(
        "footpath.directory.services.organizations._free_code", lambda code, **_: code
    )
    with pytest.raises(InvalidValue):
        add(world)
    with pytest.raises(InvalidValue):
        change(world, world.agency, code=made.code)


def test_an_organization_above_all_places_needs_an_administrator_of_everything(
    world: World,
) -> None:
    assert add(world, area=None).path == ""
    local = local_administrator(world)
    assert add(world, code="VP-2", by=local).area == world.thach
    with pytest.raises(NotAllowed):
        add(world, code="VP-3", area=None, by=local)
    with pytest.raises(NotAllowed):
        add(world, code="VP-3", area=world.son, by=local)


def test_a_changed_organization_leaves_one_line(world: World) -> None:
    change(world, world.agency, name="Phòng Y tế")
    change(world, world.agency)
    world.agency.refresh_from_db()
    assert world.agency.search.startswith("phong y te")
    assert deeds(world.agency) == ["directory.organization_changed"]


def test_an_organization_does_not_stand_under_itself(world: World) -> None:
    change(world, world.agency, parent=world.district_office)
    with pytest.raises(InvalidValue) as refused:
        change(world, world.district_office, parent=world.agency)
    assert refused.value.field == "parent"


def test_everybody_in_a_moved_organization_gets_the_new_scope(world: World) -> None:
    assert world.head.user is not None
    before = world.head.user.scope_version
    change(world, world.commune_office, area=world.son)
    assert User.objects.get(pk=world.head.user.pk).scope_version == before + 1
    change(world, world.agency, area=None)
    assert Organization.objects.get(pk=world.agency.pk).area is None


def test_a_local_administrator_moves_nothing_out_of_the_own_place(world: World) -> None:
    local = local_administrator(world)
    with pytest.raises(NotAllowed):
        change(world, world.commune_office, area=world.son, by=local)
    with pytest.raises(NotAllowed):
        change(world, world.commune_office, area=None, by=local)


# --- posts ----------------------------------------------------------------------------------------


def add_post(world: World, **changes: Any) -> Post:
    """Add the post of a chairman to the commune's office."""
    given: dict[str, Any] = {
        "organization": world.commune_office,
        "title": "Chairman",
        "role": Role.HEAD,
        "by": world.administrator,
        "at": NOON,
    }
    return services.create_post(**given | changes)


def change_post(world: World, post: Post, **changes: Any) -> None:
    """Change a post, with the values it has unless others are given."""
    given: dict[str, Any] = {
        "title": post.title,
        "role": post.role,
        "area": post.area,
        "covers_everything": post.covers_everything,
        "by": world.administrator,
        "at": NOON,
    }
    services.change_post(post=post, **given | changes)


def test_a_post_is_added_and_changed_with_lines(world: World) -> None:
    post = add_post(world)
    change_post(world, post, title="Chairwoman", area=world.hue)
    change_post(world, post)
    post.refresh_from_db()
    assert (post.title, post.area) == ("Chairwoman", world.hue)
    assert deeds(post) == ["directory.post_created", "directory.post_changed"]


def test_a_title_stands_once_in_an_organization(world: World) -> None:
    add_post(world)
    other = add_post(world, title="Clerk")
    with pytest.raises(InvalidValue) as refused:
        add_post(world)
    assert refused.value.field == "title"
    with pytest.raises(InvalidValue):
        change_post(world, other, title="Chairman")


def test_a_role_comes_from_the_list(world: World) -> None:
    with pytest.raises(InvalidValue) as refused:
        add_post(world, role="king")
    assert refused.value.field == "role"
    with pytest.raises(InvalidValue):
        add_post(world, role=Role.OFFICER)


def test_nobody_gives_a_role_over_a_place_they_do_not_administer(world: World) -> None:
    local = local_administrator(world)
    assert add_post(world, by=local, area=world.hue).area == world.hue
    for wider in ({"area": world.son}, {"covers_everything": True}):
        with pytest.raises(NotAllowed, match="administer yourself"):
            add_post(world, title="Wider", by=local, **wider)
    everything = add_post(world, title="All", covers_everything=True)
    with pytest.raises(NotAllowed):
        change_post(world, everything, covers_everything=False, by=local)


def test_whoever_holds_a_changed_post_gets_the_new_role(world: World) -> None:
    assert not fresh(world.head).scope.covers(world.son.path, {Role.HEAD})
    assert world.head.user is not None
    before = User.objects.get(pk=world.head.user.pk).scope_version
    post = world.head.memberships.get().post
    assert post is not None
    change_post(world, post, area=world.district)
    assert fresh(world.head).scope.covers(world.son.path, {Role.HEAD})
    assert User.objects.get(pk=world.head.user.pk).scope_version == before + 1


def test_a_post_moves_with_whoever_holds_it(world: World) -> None:
    post = world.head.memberships.get().post
    assert post is not None
    services.move_post(
        post=post, organization=world.agency, on=APRIL, by=world.administrator, at=NOON
    )
    held = [
        (row.organization, row.post, row.start, row.until)
        for row in world.head.memberships.order_by("start")
    ]
    assert held == [
        (world.commune_office, post, date(2020, 1, 1), date(2026, 3, 31)),
        (world.agency, post, APRIL, None),
    ]
    assert deeds(post) == ["directory.post_moved"]


def test_a_membership_that_begins_later_simply_moves(world: World) -> None:
    post = add_post(world)
    held = Membership.objects.create(
        person=world.far, organization=world.commune_office, post=post, start=date(2026, 6, 1)
    )
    services.move_post(
        post=post, organization=world.cell, on=APRIL, by=world.administrator, at=NOON
    )
    held.refresh_from_db()
    assert (held.organization, held.start) == (world.cell, date(2026, 6, 1))


def test_a_post_does_not_move_to_where_its_holder_is_a_member_already(world: World) -> None:
    post = world.head.memberships.get().post
    assert post is not None
    Membership.objects.create(person=world.head, organization=world.agency, start=date(2025, 1, 1))
    with pytest.raises(InvalidValue, match="End that membership first"):
        services.move_post(
            post=post, organization=world.agency, on=APRIL, by=world.administrator, at=NOON
        )
    Membership.objects.filter(person=world.head, post=post).update(until=date(2026, 12, 31))
    Membership.objects.filter(person=world.head, organization=world.agency).update(
        start=date(2027, 1, 1)
    )
    post.refresh_from_db()
    services.move_post(
        post=post, organization=world.agency, on=APRIL, by=world.administrator, at=NOON
    )
    assert world.head.memberships.count() == 3


def test_a_post_does_not_move_to_where_it_is_or_where_its_title_is_taken(world: World) -> None:
    post = add_post(world)
    for unit, pattern in ((world.commune_office, "there already"), (world.agency, "has a post")):
        if unit == world.agency:
            add_post(world, organization=world.agency)
        with pytest.raises(InvalidValue, match=pattern):
            services.move_post(
                post=post, organization=unit, on=APRIL, by=world.administrator, at=NOON
            )
        post.refresh_from_db()


def test_a_post_of_an_organization_above_all_places_is_given_by_the_highest_only(
    world: World,
) -> None:
    above = organization("Administration", world.thach)
    Organization.objects.filter(pk=above.pk).update(area=None)
    above.refresh_from_db()
    assert add_post(world, organization=above).organization == above
    with pytest.raises(NotAllowed):
        add_post(world, organization=above, title="Other", by=local_administrator(world))
