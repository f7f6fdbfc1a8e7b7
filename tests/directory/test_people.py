"""Deeds on people in office: who they are, where they belong, how they sign in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from footpath.accounts.models import TrailLine, User
from footpath.accounts.permissions import may
from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken
from footpath.directory import services
from footpath.directory.models import Membership, Person, Post
from footpath.directory.services.people import new_password
from tests.world import NOON, World, fresh, holder, person

pytestmark = pytest.mark.django_db

MARCH = date(2022, 3, 1)
APRIL = date(2022, 4, 1)
MAY = date(2022, 5, 1)


def add(world: World, **changes: Any) -> Person:
    """Add somebody through the service."""
    given: dict[str, Any] = {"name": "Đỗ Văn  Hai", "by": world.administrator, "at": NOON}
    return services.create_person(**given | changes)


def change(world: World, who: Person, **changes: Any) -> None:
    """Change somebody, with the values they have unless others are given."""
    given: dict[str, Any] = {
        "name": who.name,
        "code": who.code or "",
        "phone": who.phone,
        "email": who.email,
        "home_area": who.home_area,
        "by": world.administrator,
        "at": NOON,
    }
    services.change_person(person=who, **given | changes)


def start(world: World, who: Person, **changes: Any) -> Membership:
    """Make somebody a member of the Office of Health."""
    given: dict[str, Any] = {
        "organization": world.agency,
        "start": MARCH,
        "by": world.administrator,
        "at": NOON,
    }
    return services.start_membership(person=who, **given | changes)


def deeds(who: Person) -> list[str]:
    """Return the deeds of a person's trail in their order."""
    lines = TrailLine.objects.filter(subject=f"directory.person:{who.pk}").order_by("number")
    return list(lines.values_list("deed", flat=True))


def version(who: Person) -> int:
    """Return the version of somebody's scope as the database has it."""
    assert who.user_id is not None
    return User.objects.get(pk=who.user_id).scope_version


def test_a_person_is_added_and_found_without_marks(world: World) -> None:
    made = add(world, code="S-1", phone="0275 1", email="hai@office.example", home_area=world.son)
    assert (made.name, made.code, made.home_area) == ("Đỗ Văn Hai", "S-1", world.son)
    assert made.search == "do van hai s 1"
    assert deeds(made) == ["directory.person_created"]


def test_many_people_have_no_staff_number(world: World) -> None:
    assert [add(world).code, add(world).code] == [None, None]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"phone": "1" * 41}, "phone"),
        ({"code": "1" * 41}, "code"),
    ],
)
def test_an_unfit_value_names_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        add(world, **changes)
    assert refused.value.field == field


def test_a_staff_number_is_given_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add(world, code="S-1")
    with pytest.raises(InvalidValue, match="S-1"):
        add(world, code="S-1")
    with pytest.raises(InvalidValue):
        change(world, world.head, code="S-1")
    monkeypatch.setattr("footpath.directory.services.people._free_code", lambda code, **_: code)
    with pytest.raises(InvalidValue):
        add(world, code="S-1")
    with pytest.raises(InvalidValue):
        change(world, world.head, code="S-1")


def test_a_changed_name_is_shown_at_once(world: World) -> None:
    before = version(world.head)
    change(world, world.head, name="Phạm Văn Tú")
    change(world, world.head)
    world.head.refresh_from_db()
    assert (world.head.name, version(world.head)) == ("Phạm Văn Tú", before + 1)
    assert deeds(world.head) == ["directory.person_changed"]


@pytest.mark.parametrize("role", ["member", "officer", "head", "office", "auditor"])
def test_only_an_administrator_adds_people(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        add(world, by=getattr(world, role))


# --- memberships ----------------------------------------------------------------------------------


def test_a_post_gives_its_role_from_the_first_day_on(world: World) -> None:
    post = Post.objects.create(
        organization=world.agency, title="Clerk", role=Role.OFFICE, area=world.son
    )
    before = version(world.far)
    made = start(world, world.far, post=post)
    assert fresh(world.far).scope.covers(world.son.path, {Role.OFFICE})
    assert version(world.far) == before + 1
    assert deeds(world.far) == ["directory.membership_started"]
    assert str(made) == "Bùi Thanh Sơn, Office of Health"


def test_memberships_of_one_organization_do_not_overlap(world: World) -> None:
    start(world, world.far, until=APRIL)
    for span in ({"start": APRIL}, {"start": date(2022, 1, 1)}, {"start": MARCH, "until": MARCH}):
        with pytest.raises(InvalidValue, match="on some of these days") as refused:
            start(world, world.far, **span)
        assert refused.value.field == "start"
    start(world, world.far, start=date(2022, 1, 1), until=date(2022, 2, 28))
    start(world, world.far, start=date(2022, 4, 2))
    assert world.far.memberships.filter(organization=world.agency).count() == 3


def test_a_membership_does_not_end_before_it_begins(world: World) -> None:
    with pytest.raises(InvalidValue) as refused:
        start(world, world.far, until=date(2022, 2, 1))
    assert refused.value.field == "until"


def test_the_post_is_one_of_the_organization(world: World) -> None:
    post = Post.objects.create(organization=world.cell, title="Secretary")
    with pytest.raises(InvalidValue) as refused:
        start(world, world.far, post=post)
    assert refused.value.field == "post"


def test_nobody_gives_a_post_that_reaches_further_than_they_do(world: World) -> None:
    local = holder("Local", Role.ADMINISTRATOR, world.commune_office, world.thach)
    Post.objects.filter(memberships__person=local).update(covers_everything=False)
    local = fresh(local)
    wide = Post.objects.create(
        organization=world.commune_office,
        title="Wide",
        role=Role.ADMINISTRATOR,
        covers_everything=True,
    )
    with pytest.raises(NotAllowed):
        start(world, local, organization=world.commune_office, post=wide, by=local)
    held = Membership.objects.create(
        person=world.far, organization=world.commune_office, post=wide, start=MARCH
    )
    with pytest.raises(NotAllowed):
        services.end_membership(membership=held, until=APRIL, by=local, at=NOON)
    with pytest.raises(NotAllowed):
        services.change_membership(membership=held, start=MARCH, by=local, at=NOON)
    assert start(world, world.second, organization=world.commune_office, by=local).post is None


def test_an_administrator_of_one_place_neither_imports_nor_opens_the_tables_of_all(
    world: World, client: Client
) -> None:
    local = holder("Local", Role.ADMINISTRATOR, world.commune_office, world.thach)
    Post.objects.filter(memberships__person=local).update(covers_everything=False)
    assert may(local, "directory.change", world.hue)
    assert not may(local, "directory.change", world.phuoc)
    assert not may(local, "directory.import")
    assert not may(local, "accounts.manage")
    client.force_login(local.user)
    assert client.get(reverse("directory:imports")).status_code == 404
    assert client.get(reverse("admin:cases_case_changelist")).status_code == 302
    client.force_login(world.administrator.user)
    assert client.get(reverse("directory:imports")).status_code == 200
    assert client.get(reverse("admin:cases_case_changelist")).status_code == 200


def test_a_membership_is_put_right(world: World) -> None:
    held = start(world, world.far)
    post = Post.objects.create(organization=world.agency, title="Clerk")
    services.change_membership(
        membership=held, start=APRIL, post=post, until=MAY, by=world.administrator, at=NOON
    )
    services.change_membership(
        membership=held, start=APRIL, post=post, until=MAY, by=world.administrator, at=NOON
    )
    held.refresh_from_db()
    assert (held.start, held.until, held.post) == (APRIL, MAY, post)
    start(world, world.far, start=date(2022, 6, 1))
    with pytest.raises(InvalidValue, match="on some of these days"):
        services.change_membership(membership=held, start=APRIL, by=world.administrator, at=NOON)
    assert deeds(world.far) == [
        "directory.membership_started",
        "directory.membership_changed",
        "directory.membership_started",
    ]


def test_an_ended_membership_ends_the_roles_of_its_post(world: World) -> None:
    held = world.head.memberships.get()
    before = version(world.head)
    services.end_membership(membership=held, until=MARCH, by=world.administrator, at=NOON)
    assert fresh(world.head).scope.grants == ()
    assert version(world.head) == before + 1
    with pytest.raises(RuleBroken, match="no later than that"):
        services.end_membership(membership=held, until=APRIL, by=world.administrator, at=NOON)
    with pytest.raises(InvalidValue):
        services.end_membership(
            membership=held, until=date(2019, 1, 1), by=world.administrator, at=NOON
        )
    assert deeds(world.head) == ["directory.membership_ended"]


# --- signing in -----------------------------------------------------------------------------------


def test_somebody_gets_a_user_and_a_first_password(world: World) -> None:
    who = person("Đỗ Văn Hai", signs_in=False)
    password = services.give_access(
        person=who, username=" do.van.hai ", by=world.administrator, at=NOON
    )
    who.refresh_from_db()
    assert who.user is not None
    assert (who.user.username, who.user.check_password(password)) == ("do.van.hai", True)
    assert deeds(who) == ["directory.access_given"]
    with pytest.raises(RuleBroken, match="already"):
        services.give_access(person=who, username="other", by=world.administrator, at=NOON)


@pytest.mark.parametrize("username", ["", "do van hai", "x" * 151])
def test_an_unfit_user_name_is_refused(world: World, username: str) -> None:
    who = person("Đỗ Văn Hai", signs_in=False)
    with pytest.raises(InvalidValue) as refused:
        services.give_access(person=who, username=username, by=world.administrator, at=NOON)
    assert refused.value.field == "username"


def test_a_taken_user_name_is_refused(world: World) -> None:
    who = person("Đỗ Văn Hai", signs_in=False)
    assert world.head.user is not None
    with pytest.raises(InvalidValue, match="taken"):
        services.give_access(
            person=who, username=world.head.user.username, by=world.administrator, at=NOON
        )


def test_a_new_password_replaces_the_old_one(world: World) -> None:
    password = services.give_new_password(person=world.head, by=world.administrator, at=NOON)
    assert world.head.user is not None
    assert User.objects.get(pk=world.head.user.pk).check_password(password)


def test_access_is_stopped_and_resumed(world: World) -> None:
    assert world.head.user is not None
    for do, active in ((services.stop_access, False), (services.resume_access, True)):
        do(person=world.head, by=world.administrator, at=NOON)
        assert User.objects.get(pk=world.head.user.pk).is_active is active


def test_nobody_locks_themselves_out(world: World) -> None:
    with pytest.raises(RuleBroken, match="another administrator"):
        services.stop_access(person=world.administrator, by=world.administrator, at=NOON)


def test_without_a_user_there_is_no_access_to_stop(world: World) -> None:
    with pytest.raises(RuleBroken, match="no user yet"):
        services.stop_access(
            person=person("Nobody", signs_in=False), by=world.administrator, at=NOON
        )


def test_an_administrator_of_one_place_hands_out_no_passwords(world: World) -> None:
    local = holder("Local", Role.ADMINISTRATOR, world.commune_office, world.thach)
    Post.objects.filter(memberships__person=local).update(covers_everything=False)
    for do in (services.give_new_password, services.stop_access, services.resume_access):
        with pytest.raises(NotAllowed):
            do(person=world.head, by=fresh(local), at=NOON)
    with pytest.raises(NotAllowed):
        services.give_access(
            person=person("Đỗ Văn Hai", signs_in=False), username="x", by=fresh(local), at=NOON
        )


def test_a_first_password_can_be_read_out(world: World) -> None:
    groups = new_password().split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert not set("".join(groups)) & set("0o1lIO")
