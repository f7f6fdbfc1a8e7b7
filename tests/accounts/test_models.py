"""What a user is to Django's own parts, and how rows name themselves."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import RequestFactory

from footpath.accounts import audit, services
from footpath.accounts.adapter import Adapter
from footpath.accounts.backends import ByPost
from footpath.accounts.models import ApiToken, Session, TrailCheckpoint, TrailHead, TrailLine
from footpath.accounts.sessions import SessionStore
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def test_only_an_administrator_opens_the_administration_site(world: World) -> None:
    def answers(who: object) -> list[bool]:
        user = who.user  # type: ignore[attr-defined]
        return [
            user.is_staff,
            user.has_perm("cases.change_case"),
            user.has_perms(["cases.view_case", "cases.add_case"]),
            user.has_module_perms("cases"),
            user.is_superuser,
        ]

    assert answers(world.administrator) == [True, True, True, True, False]
    for who in (world.office, world.head, world.auditor, world.officer, world.member):
        assert answers(who) == [False] * 5
    world.administrator.user.is_active = False
    assert answers(world.administrator) == [False] * 5


def test_no_permission_hangs_on_a_user(world: World) -> None:
    who = world.administrator.user
    backend = ByPost()
    assert backend.get_all_permissions(who) == set()
    assert backend.get_user_permissions(who) == set()
    assert backend.get_group_permissions(who) == set()


def test_nobody_signs_up_alone() -> None:
    assert not Adapter().is_open_for_signup(RequestFactory().get("/"))


def test_rows_name_themselves(world: World) -> None:
    with transaction.atomic():
        audit.record("thing.done", by=world.officer, subject="thing:1", at=NOON)
    audit.seal_checkpoint(at=NOON)
    services.create_api_token(user=world.officer.user, name="mine", by=world.officer, at=NOON)
    assert str(world.officer.user) == world.officer.user.username
    assert world.officer.user.actor_name == world.officer.user.username
    assert str(TrailLine.objects.get(subject="thing:1")) == "thing:1 1: thing.done"
    assert str(TrailHead.objects.get(subject="thing:1")) == "thing:1: 1"
    assert str(TrailCheckpoint.objects.get()) == "checkpoint 1"
    assert str(ApiToken.objects.get()) == "mine"


def test_sessions_that_have_run_out_are_cleared_away(world: World) -> None:
    for seconds in (-60, 60):
        session = SessionStore()
        session.set_expiry(seconds)
        session.save()
    SessionStore.clear_expired()
    assert Session.objects.count() == 1
    assert Session.get_session_store_class() is SessionStore
