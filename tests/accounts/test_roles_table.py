"""The page of roles and deeds in the documentation says what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from footpath.accounts import permissions
from footpath.accounts.rules import Grant, Role, Scope
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_roles_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("roles", ROOT / "scripts" / "roles.py")
    assert spec is not None
    assert spec.loader is not None
    roles = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(roles)
    assert roles.PAGE.read_text(encoding="utf-8") == roles.table(), "run `make reference`"


def test_a_deed_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        permissions.allow("trail.read", Role.MEMBER, sentence="read")


def test_asking_for_an_unknown_deed_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        permissions.may(None, "trail.burn")


def test_nobody_may_do_nothing() -> None:
    assert not permissions.may(None, "trail.read")
    assert not permissions.may(None, "cases.see")


@pytest.mark.django_db
def test_an_administrator_of_one_place_does_not_manage_users(world: World) -> None:
    assert permissions.may(world.administrator, "accounts.manage", world.officer)
    world.office.scope = Scope((Grant(Role.ADMINISTRATOR, world.district.path),))
    assert not permissions.may(world.office, "accounts.manage", world.officer)


def test_a_scope_names_its_widest_places_once() -> None:
    scope = Scope(
        (
            Grant(Role.HEAD, "a/b/"),
            Grant(Role.HEAD, "a/"),
            Grant(Role.OFFICER, "c/", 7),
            Grant(Role.OFFICER, None, 8),
        )
    )
    assert scope.paths() == ("a/", "c/")
    assert scope.paths([Role.OFFICER]) == ("c/",)
    assert scope.organizations() == {7, 8}
    assert scope.organizations([Role.HEAD]) == frozenset()
    assert scope.covers("a/b/c/")
    assert not scope.covers("a/b/c/", [Role.OFFICER])
    assert scope.has(Role.HEAD)
    assert not scope.has(Role.AUDITOR)
