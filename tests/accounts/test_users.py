"""Deeds of the administrator on users."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from footpath.accounts import audit, services, verification
from footpath.accounts.models import Session, TrailLine, User
from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Organization, Person
from footpath.directory.services.administrators import create_administrator
from tests.world import NOON, PASSWORD, World, user

pytestmark = pytest.mark.django_db

SYSTEM = audit.System("tests")


def make(name: str = "mai", password: str | None = PASSWORD, by: Any = SYSTEM) -> User:
    return services.create_user(username=name, password=password, by=by, at=NOON)


def test_a_user_is_made_with_a_line(world: World) -> None:
    made = make(by=world.administrator)
    assert made.check_password(PASSWORD)
    line = TrailLine.objects.get(deed="accounts.user_created")
    assert (line.subject, line.actor) == (
        f"accounts.user:{made.pk}",
        f"person:{world.administrator.pk}",
    )


def test_a_user_without_a_password_cannot_sign_in() -> None:
    assert not make(password=None).has_usable_password()


@pytest.mark.parametrize("name", ["mai", "MAI", " Mai "])
def test_a_name_is_taken_in_whatever_letters(name: str) -> None:
    make()
    with pytest.raises(InvalidValue, match="is taken") as refused:
        make(name)
    assert refused.value.field == "username"


def test_the_database_refuses_the_same_name_when_two_are_quick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make()
    monkeypatch.setattr(User.objects, "filter", lambda **_any: User.objects.none())
    with pytest.raises(InvalidValue, match="is taken"):
        make("Mai")


@pytest.mark.parametrize("name", ["", "a b", "x" * 151])
def test_a_name_that_cannot_be_used_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        make(name)
    assert not User.objects.exists()


def test_a_weak_first_password_is_refused() -> None:
    with pytest.raises(InvalidValue, match="too short"):
        make(password="short")


def test_a_new_password_ends_the_sessions(world: World, client: Client) -> None:
    client.force_login(world.officer.user)
    services.set_password(
        user=world.officer.user, password="brand new words", by=world.administrator, at=NOON
    )
    assert not Session.objects.exists()
    assert User.objects.get(pk=world.officer.user.pk).check_password("brand new words")


def test_a_user_who_is_kept_out_is_out_at_once_and_may_come_back(
    world: World, client: Client
) -> None:
    who = world.officer.user
    client.force_login(who)
    services.deactivate_user(user=who, by=world.administrator, at=NOON)
    assert client.get("/account/sessions/").status_code == 302
    with pytest.raises(StaleState):
        services.deactivate_user(user=who, by=world.administrator, at=NOON)
    services.activate_user(user=who, by=world.administrator, at=NOON)
    with pytest.raises(StaleState):
        services.activate_user(user=who, by=world.administrator, at=NOON)
    client.force_login(who)
    assert client.get("/account/sessions/").status_code == 200
    assert list(TrailLine.objects.order_by("pk").values_list("deed", flat=True)) == [
        "accounts.signed_in",
        "accounts.user_deactivated",
        "accounts.user_activated",
        "accounts.signed_in",
    ]


def test_a_session_of_a_user_who_is_kept_out_counts_for_nothing(
    world: World, client: Client
) -> None:
    client.force_login(world.officer.user)
    User.objects.filter(pk=world.officer.user.pk).update(is_active=False)
    assert client.get("/account/sessions/").status_code == 302


def test_nobody_shuts_themselves_out(world: World) -> None:
    with pytest.raises(RuleBroken, match="shut yourself out"):
        services.deactivate_user(user=world.administrator.user, by=world.administrator, at=NOON)


@pytest.mark.parametrize("role", ["head", "office", "auditor", "officer", "member"])
def test_only_an_administrator_manages_users(world: World, role: str) -> None:
    by = getattr(world, role)
    who = user("other")
    with pytest.raises(NotAllowed):
        make(by=by)
    with pytest.raises(NotAllowed):
        services.set_password(user=who, password="brand new words", by=by, at=NOON)
    with pytest.raises(NotAllowed):
        services.deactivate_user(user=who, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        services.activate_user(user=who, by=by, at=NOON)
    assert not TrailLine.objects.exists()


# --- createadmin ----------------------------------------------------------------------------------


def test_createadmin_works_on_an_empty_database(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    said = StringIO()
    call_command("createadmin", "root", name="Trần Văn A", stdout=said)
    assert said.getvalue() == "Trần Văn A can sign in as root.\n"
    person = Person.objects.get()
    assert [(grant.role, grant.area_path) for grant in person.scope.grants] == [
        (Role.MEMBER, None),
        (Role.ADMINISTRATOR, ""),
    ]
    home = Organization.objects.get()
    assert (home.code, home.area, home.path) == ("administration", None, "")
    answer = client.post("/account/sign-in/", {"login": "root", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account/trail/").status_code == 200
    assert list(verification.verify()) == []


def test_a_second_administrator_joins_the_first() -> None:
    for name in ("one", "two"):
        create_administrator(username=name, password=PASSWORD, name="", by=SYSTEM, at=NOON)
    assert Organization.objects.count() == 1
    assert [person.name for person in Person.objects.order_by("pk")] == ["one", "two"]


def test_the_organization_of_the_administration_may_be_there_already() -> None:
    Organization.objects.create(code="administration", name="Văn phòng")
    create_administrator(username="one", password=PASSWORD, name="", by=SYSTEM, at=NOON)
    assert Organization.objects.get().posts.get().covers_everything


def test_createadmin_says_what_is_wrong_and_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("createadmin", "root")
    with pytest.raises(InvalidValue, match="200"):
        create_administrator(username="root", password=PASSWORD, name="x" * 201, by=SYSTEM, at=NOON)
    assert not User.objects.exists()


class Terminal(StringIO):
    """Standard input that somebody types into."""

    def isatty(self) -> bool:
        return True


def test_createadmin_asks_twice_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "another", PASSWORD, PASSWORD])
    module = "footpath.directory.management.commands.createadmin"
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(f"{module}.getpass", lambda _prompt: next(typed))
    with pytest.raises(CommandError, match="differ"):
        call_command("createadmin", "root")
    call_command("createadmin", "root", stdout=StringIO())
    assert User.objects.get().check_password(PASSWORD)
