"""Somebody in office confides on the page for raising, and a handler hands the knowledge on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from footpath.cases.models import Case
from footpath.cases.selectors import reporters
from tests.cases.reports import NAME, report, reporter_of
from tests.cases.tools import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db


def typed(client: Any, world: World, **values: str) -> dict[str, str]:
    """Return the form for a case of the second officer's hamlet, filled in."""
    page = client.get(reverse("cases:raise")).content.decode()
    key = re.search(r'name="client_key" value="([^"]+)"', page)
    assert key is not None
    return {
        "client_key": key[1], "title": "Bribes", "area": str(world.khanh.pk),
        "category": str(world.category.pk), "is_confidential": "on", **values,
    }  # fmt: skip


def test_who_confides_gets_a_code_and_leaves_no_name(sign_in: SignIn, world: World) -> None:
    client = sign_in(world.second)
    sent = typed(client, world, handler=world.boss.code)
    receipt = client.post(reverse("cases:raise"), sent).content.decode()
    code = re.search(r'class="fp-code">([A-Z0-9-]{14})<', receipt)
    assert code is not None
    assert world.boss.name in receipt
    again = client.post(reverse("cases:raise"), sent).content.decode()
    assert code[1] in again
    case = Case.objects.get()
    assert (case.raised_by, case.handler, case.source) == (None, world.boss, "public")
    found = reporters.reporter_of_code(code[1])
    assert found is not None
    assert found.person == world.second


def test_without_a_name_the_one_above_is_the_handler(sign_in: SignIn, world: World) -> None:
    client = sign_in(world.second)
    client.post(reverse("cases:raise"), typed(client, world))
    assert Case.objects.get().handler == world.lead


def test_a_handler_has_to_exist_and_to_be_somebody_else(sign_in: SignIn, world: World) -> None:
    client = sign_in(world.second)
    for code in ("nobody", world.second.code):
        answer = client.post(reverse("cases:raise"), typed(client, world, handler=code))
        assert answer.status_code == 422
    assert not Case.objects.exists()


def test_where_nobody_is_above_a_handler_is_asked_for(sign_in: SignIn, world: World) -> None:
    client = sign_in(world.boss)
    sent = typed(client, world) | {"area": str(world.district.pk)}
    answer = client.post(reverse("cases:raise"), sent)
    if Case.objects.exists():
        assert Case.objects.get().handler not in (None, world.boss)
    else:
        assert answer.status_code == 422
        assert "Name who may know you." in answer.content.decode()


def test_the_handler_gives_the_knowledge_on_by_staff_number(sign_in: SignIn, world: World) -> None:
    case, _code = report(world, name=NAME, is_confidential=True)
    address = reverse("cases:reporter", args=[case.pk])
    client = sign_in(world.lead)
    assert NAME not in client.get(address).content.decode()
    for code in ("", "nobody", world.lead.code):
        assert client.post(address, {"code": code}).status_code == 422
    assert client.post(address, {"code": world.boss.code}).status_code == 302
    page = client.get(case.get_absolute_url()).content.decode()
    assert NAME not in page
    assert f"only {world.boss.name} may know who it is" in page
    assert client.get(address).status_code == 403


def test_the_page_of_a_case_says_what_the_reporter_says(sign_in: SignIn, world: World) -> None:
    case, _code = report(world)
    reporter = reporter_of(case)
    reporter.answer, reporter.answer_text = "no", "Dark again."
    reporter.save()
    page = sign_in(world.head).get(case.get_absolute_url()).content.decode()
    assert "The reporter says that it is not fixed." in page
    assert "Dark again." in page
    assert "No name and no address were given" in page
    assert "Somebody without an account." in (
        sign_in(world.officer).get(case.get_absolute_url()).content.decode()
    )
    assert "Answer the reporter" in page
    assert "Take it from the public" not in page
