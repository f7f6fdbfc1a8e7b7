"""The administration site reads the ledger and keeps to the same rules."""

from __future__ import annotations

import json

import pytest

from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.cases import services
from footpath.cases.models import Case
from footpath.cases.rules import State
from tests.cases.test_pages import text_of
from tests.cases.tools import SignIn
from tests.world import World, assign, fresh, holder, later

pytestmark = pytest.mark.django_db


def verify(client, *keys: int):  # type: ignore[no-untyped-def]
    """Choose cases and press "Verify: confirmed"."""
    sent = {"action": "verify_confirmed", "_selected_action": keys}
    return client.post("/admin/cases/case/", sent, follow=True)


def test_the_rectifier_is_refused_in_the_administration_too(world: World, sign_in: SignIn) -> None:
    both = holder("Both", Role.ADMINISTRATOR, world.district_office)
    assign(both, world.hue, role="deputy")
    both = fresh(both)
    case, other = world.case(), world.rectified_case(title="The other")
    services.accept_case(case=case, by=both, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=both, at=later(hours=2))
    said = text_of(verify(sign_in(both), case.pk, other.pk))
    assert f"{case.number}: You took part in the work" in said
    assert f"{other.number} is verified and closed." in said
    states = list(Case.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.RECTIFIED, State.CLOSED]


def test_an_administrator_without_a_place_verifies_nothing(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    said = text_of(verify(sign_in(world.administrator), case.pk))
    assert f"{case.number}: Your posts and assignments do not include this" in said


def test_cases_are_neither_added_nor_changed_nor_deleted_there(
    world: World, sign_in: SignIn
) -> None:
    case = world.case()
    client = sign_in(world.administrator)
    assert client.get(f"/admin/cases/case/{case.pk}/change/").status_code == 200
    answers = (
        client.get("/admin/cases/case/add/"),
        client.post(f"/admin/cases/case/{case.pk}/change/", {"title": "Other"}),
        client.post(f"/admin/cases/case/{case.pk}/delete/", {"post": "yes"}),
    )
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_a_category_is_edited_with_its_line_and_never_deleted(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.administrator)
    address = f"/admin/cases/category/{world.category.pk}"
    sent = {"code": "irrigation", "name_en": "Water", "days_to_close": 20, "is_active": "on"}
    assert client.post(f"{address}/change/", sent).status_code == 302
    world.category.refresh_from_db()
    assert (world.category.name_en, world.category.days_to_close) == ("Water", 20)
    line = TrailLine.objects.get(deed="case.category_changed")
    assert line.actor == f"person:{world.administrator.pk}"
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/cases/category/add/", {**sent, "code": "new"}).status_code == 302
    assert TrailLine.objects.filter(deed="case.category_created").count() == 1


def test_the_questions_of_a_category_are_entered_in_four_languages(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.administrator)
    address = f"/admin/cases/category/{world.category.pk}/change/"
    assert "description_zh" in text_of(client.get(address))
    texts = {f"description_{code}": f"Side ({code})?" for code in ("en", "vi", "zh", "ru")}
    asked = [{"code": "SIDE", **texts}]
    sent = {"code": "irrigation", "name_en": "Water", "days_to_close": 20, "is_active": "on"}
    assert client.post(address, sent | {"questions": json.dumps(asked)}).status_code == 302
    world.category.refresh_from_db()
    assert world.category.questions == asked
    wrong = json.dumps([{"description_en": "Side?"}])
    assert "has no code" in text_of(client.post(address, sent | {"questions": wrong}))


def test_only_an_administrator_enters(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.office).get("/admin/cases/case/").status_code == 302
