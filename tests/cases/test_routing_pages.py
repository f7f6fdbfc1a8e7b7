"""The pages of routes and of rules of escalation, and the test bench."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from footpath.cases import services
from footpath.cases.models import Case, Category, EscalationRule, Route
from tests.cases.tools import SignIn
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_route_is_added_changed_and_withdrawn_on_its_pages(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.office)
    page = client.get(reverse("cases:route-new", query={"place": world.thach.code}))
    assert f'value="{world.thach.code}"' in text_of(page)
    values = {
        "area": world.thach.code, "category": "", "organization": world.agency.code,
        "owner": "lead", "endpoint": "", "service_code": "",
    }  # fmt: skip
    answer = client.post(reverse("cases:route-new"), values)
    assert answer.status_code == 302
    route = Route.objects.get()
    assert (route.organization, route.owner, route.path) == (
        world.agency, "lead", world.thach.path,
    )  # fmt: skip
    assert world.agency.name in text_of(client.get(reverse("cases:routes")))
    again = client.post(reverse("cases:route-new"), values)
    assert (again.status_code, "already" in text_of(again)) == (422, True)
    address = reverse("cases:route", args=[route.pk])
    assert world.agency.code in text_of(client.get(address))
    changed = client.post(
        address, {"organization": world.cell.code, "owner": "nobody", "service_code": ""}
    )
    route.refresh_from_db()
    assert (changed.status_code, route.organization) == (302, world.cell)
    client.post(address, {"deed": "withdraw"})
    route.refresh_from_db()
    assert route.withdrawn_at is not None
    assert "no longer counts" in text_of(client.get(address))
    assert "No route" in text_of(client.get(reverse("cases:routes")))


def test_the_bench_says_where_a_case_would_go_and_why(world: World, sign_in: SignIn) -> None:
    lamps = Category.objects.create(code="lamps", name_en="Lamps")
    for place, category, unit, owner in (
        (world.thach, None, world.agency, "lead"),
        (world.district, None, world.cell, "nobody"),
        (world.hue, lamps, world.cell, "nobody"),
    ):
        services.add_route(
            area=place, category=category, organization=unit, owner=owner, by=world.office, at=NOON
        )
    client = sign_in(world.office)
    asked = {"place": world.hue.code, "category": "irrigation"}
    page = text_of(client.get(reverse("cases:routes-test"), asked))
    for said in (
        "Office of Health",
        "Owner at once: Lê Thị Mai.",
        "This one counts.",
        "A route of a place below counts first.",
        "It is for another category.",
    ):
        assert said in page
    asked["place"] = world.province.code
    assert "It belongs to its place" in text_of(client.get(reverse("cases:routes-test"), asked))
    wrong = client.get(reverse("cases:routes-test"), {"place": "nowhere", "category": "x"})
    assert wrong.status_code == 422
    assert not Case.objects.exists()


def test_the_table_asks_the_same_for_one_route_as_for_three(
    world: World, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(world.office)
    lamps = Category.objects.create(code="lamps", name_en="Lamps")
    services.add_route(
        area=world.hue, category=None, organization=world.agency, by=world.office, at=NOON
    )
    client.get(reverse("cases:routes"))
    with django_assert_num_queries(5):
        client.get(reverse("cases:routes"), {"place": world.hue.code})
    for place, category in ((world.thach, None), (world.hue, lamps)):
        services.add_route(
            area=place, category=category, organization=world.agency, by=world.office, at=NOON
        )
    with django_assert_num_queries(5):
        page = client.get(reverse("cases:routes"), {"place": world.hue.code})
    assert text_of(page).count("fp-cell-main") == 3
    assert text_of(client.get(reverse("cases:routes"), {"place": "nowhere"})).count("fp-cell") > 0


def test_a_rule_of_escalation_is_added_and_withdrawn_on_its_pages(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.office)
    assert "No rule" in text_of(client.get(reverse("cases:escalation-rules")))
    values = {
        "trigger": "overdue", "number": "5", "area": world.thach.code, "category": "",
        "agency": "",
    }  # fmt: skip
    assert client.post(reverse("cases:escalation-rule-new"), values).status_code == 302
    rule = EscalationRule.objects.get()
    page = text_of(client.get(reverse("cases:escalation-rules")))
    assert "5 days overdue" in page
    wrong = client.post(reverse("cases:escalation-rule-new"), values | {"number": "0"})
    assert wrong.status_code == 422
    assert client.post(reverse("cases:escalation-rule-new"), values).status_code == 422
    address = reverse("cases:escalation-rule", args=[rule.pk])
    assert "Withdraw the rule" in text_of(client.get(address))
    client.post(address)
    assert "no longer carries" in text_of(client.get(address))


def test_a_case_is_transferred_and_sent_back_on_its_page(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.head)
    case = world.case()
    address = reverse("cases:deed", args=[case.pk, "transfer"])
    assert "Its clock runs on." in text_of(client.get(address))
    wrong = client.post(address, {"organization": "Nobody", "text": "Theirs."})
    assert wrong.status_code == 422
    answer = client.post(address, {"organization": "Office of Health", "text": "Theirs."})
    case.refresh_from_db()
    assert (answer.status_code, case.organization) == (302, world.agency)
    address = reverse("cases:deed", args=[case.pk, "misroute"])
    assert client.post(address, {"text": "It is a road."}).status_code == 302
    case.refresh_from_db()
    assert case.organization == world.cell
    page = text_of(client.get(case.get_absolute_url()))
    assert "Not ours" in page


def test_a_case_is_transferred_over_the_api(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.head)
    case = world.case()
    address = f"/api/v1/cases/{case.pk}/transfer"
    for said, status in (
        ({"text": "Theirs."}, 422),
        ({"text": "Theirs.", "organization": "none such"}, 422),
        ({"text": "Theirs.", "organization": world.agency.code}, 200),
        ({"text": "Theirs.", "organization": world.agency.code}, 409),
    ):
        answer = client.post(address, said, content_type="application/json")
        assert answer.status_code == status
    case.refresh_from_db()
    assert case.organization == world.agency
