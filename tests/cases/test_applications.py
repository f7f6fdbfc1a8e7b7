"""The page of applications: a key is shown once, changed, limited and revoked, with its trail."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.cases.models import Application
from footpath.cases.selectors.applications import application_of_key
from footpath.cases.services import applications
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

PAGE = "/cases/applications/"


@pytest.fixture
def administrator(world: World) -> Client:
    """Return the administrator's browser."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.administrator.user)
    return client


def key_on(page: str) -> str:
    """Return the key that a page shows."""
    found = re.search(r'value="(fo_[\w-]+)"', page)
    return found[1] if found else ""


def test_a_key_is_shown_once(administrator: Client) -> None:
    form = {"name": "District app", "per_minute": "30", "is_trusted": "on"}
    key = key_on(administrator.post(PAGE, form).content.decode())
    made = Application.objects.get()
    assert application_of_key(key) == made
    assert (made.name, made.per_minute, made.is_trusted) == ("District app", 30, True)
    shown = administrator.get(PAGE).content.decode()
    assert key not in shown
    assert "Trusted" in shown
    assert key not in administrator.get(f"{PAGE}{made.pk}/").content.decode()


@pytest.mark.parametrize(
    "form", [{"name": "", "per_minute": "1"}, {"name": "x", "per_minute": "0"}, {"name": "x"}]
)
def test_a_form_that_cannot_be_taken_says_so(administrator: Client, form: dict[str, str]) -> None:
    assert administrator.post(PAGE, form).status_code == 422
    assert not Application.objects.exists()


def test_another_key_ends_the_former_one(administrator: Client, world: World) -> None:
    made, former = applications.create_application(name="App", by=world.administrator, at=NOON)
    page = administrator.post(f"{PAGE}{made.pk}/", {"deed": "key"})
    assert page.status_code == 200
    assert application_of_key(key_on(page.content.decode())) == made
    assert application_of_key(former) is None


def test_changes_and_the_end_of_a_key_stand_in_the_trail(
    administrator: Client, world: World
) -> None:
    made, key = applications.create_application(name="App", by=world.administrator, at=NOON)
    address = reverse("cases:application", args=[made.pk])
    form = {"deed": "change", "name": "Other", "per_minute": "5"}
    for _ in range(2):  # the second says the same and leaves no line
        assert administrator.post(address, form).status_code == 302
    assert administrator.post(address, form | {"per_minute": "9999"}).status_code == 422
    assert administrator.post(address, {"deed": "nonsense"}).status_code == 422
    assert administrator.post(address, {"deed": "revoke"}).status_code == 302
    assert application_of_key(key) is None
    assert "Revoked" in administrator.get(address).content.decode()
    lines = TrailLine.objects.filter(subject=f"cases.application:{made.pk}").order_by("pk")
    assert [line.deed for line in lines] == [
        f"cases.application_{deed}" for deed in ("created", "changed", "revoked")
    ]


def test_a_revoked_application_stays_revoked(world: World) -> None:
    made, _key = applications.create_application(name="App", by=world.administrator, at=NOON)
    again = Application.objects.get()
    applications.revoke_application(application=made, by=world.administrator, at=NOON)
    for deed in (applications.revoke_application, applications.new_key):
        with pytest.raises(RuleBroken):
            deed(application=made, by=world.administrator, at=NOON)
    assert not applications.count_use(application=again, at=later(minutes=1))


def test_only_who_connects_systems_registers_applications(world: World) -> None:
    with pytest.raises(NotAllowed):
        applications.create_application(name="App", by=world.office, at=NOON)
    for values in ({"name": " "}, {"name": "x", "per_minute": 6001}):
        with pytest.raises(InvalidValue):
            applications.create_application(by=world.administrator, at=NOON, **values)


def test_uses_are_counted_by_the_minute(world: World) -> None:
    made, _key = applications.create_application(
        name="App", by=world.administrator, at=NOON, per_minute=2
    )
    said = [
        applications.count_use(application=made, at=later(seconds=second))
        for second in (0, 1, 59, 60, 61, 62)
    ]
    assert said == [True, True, False, True, True, False]
    made.refresh_from_db()
    assert made.last_used_at == later(seconds=61)


def test_the_list_takes_as_many_queries_for_one_as_for_three(
    administrator: Client, world: World
) -> None:
    counts = []
    administrator.get(PAGE)  # what a first page looks up once
    for number in (1, 2):
        for _ in range(number):
            applications.create_application(name="App", by=world.administrator, at=NOON)
        with CaptureQueriesContext(connection) as asked:
            assert administrator.get(PAGE).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
