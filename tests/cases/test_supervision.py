"""Evidence, double supervision, superficial rounds and spot checks. Source: S4.4."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.cases import rules, selectors, services
from footpath.cases.models import Case, Category, Round, SpotCheck
from footpath.cases.rules import Deed, Result
from footpath.cases.rules.drawing import digest_of, draw
from footpath.cases.rules.supervision import check_group
from footpath.cases.selectors import spot_checks as found_checks
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.notifications.models import Notice
from footpath.web import selectors as web
from tests.cases.tools import SignIn, pdf, photo
from tests.world import World, holder, later

db = pytest.mark.django_db
MARCH = Month(2026, 3)


def verify(case: Case, world: World, result: str = "confirmed", **more: Any) -> Any:
    return services.verify_case(
        case=case, result=result, by=world.officer, at=later(hours=3), text="Seen.", **more
    )


# --- pure -----------------------------------------------------------------------------------------


def test_who_shares_an_organization_with_a_worker_is_refused() -> None:
    check_group([1], [[2, 3], []])
    check_group([], [[1]])
    with pytest.raises(rules.Refused) as refused:
        check_group([1, 2], [[3], [2]])
    assert refused.value.reason == "same_group"


def test_a_draw_follows_from_seed_and_keys_alone() -> None:
    assert draw("Tet 2026", [1, 2, 3, 4, 5]) == [1, 4, 5, 2, 3]
    assert draw("Tet 2026", [5, 3, 1, 3, 2, 4]) == [1, 4, 5, 2, 3]
    assert draw("other", [1, 2, 3, 4, 5]) != draw("Tet 2026", [1, 2, 3, 4, 5])
    assert digest_of([3, 1]) == digest_of([1, 3]) == sha256(b"1 3").hexdigest()


# --- evidence -------------------------------------------------------------------------------------


@pytest.fixture
def asked(world: World) -> World:
    Category.objects.filter(pk=world.category.pk).update(needs_evidence=True)
    world.category.refresh_from_db()
    return world


@db
def test_a_category_may_ask_for_a_photo_or_a_paper_before_anything_is_confirmed(
    asked: World,
) -> None:
    case = asked.rectified_case()
    with pytest.raises(InvalidValue) as missing:
        verify(case, asked)
    assert missing.value.field == "files"
    entry = verify(case, asked, uploads=[photo()])
    assert (case.is_open, entry.attachments.count()) == (False, 1)
    other = asked.rectified_case(title="Other")
    verify(other, asked, result="not")  # what does not hold needs no photo
    assert other.round_number == 2


@db
def test_evidence_is_asked_for_on_the_page_and_over_the_api(asked: World, sign_in: SignIn) -> None:
    client = sign_in(asked.officer)
    case, other = asked.rectified_case(), asked.rectified_case(title="Other")
    address = reverse("cases:deed", args=[case.pk, "verify"])
    answer = client.post(address, {"result": "confirmed", "text": "Seen."})
    assert (answer.status_code, "with a photo or a PDF" in answer.content.decode()) == (422, True)
    answer = client.post(address, {"result": "confirmed", "text": "Seen.", "files": [pdf()]})
    case.refresh_from_db()
    assert (answer.status_code, case.is_open, case.attachments.count()) == (302, False, 1)
    api = f"/api/v1/cases/{other.pk}"
    said: dict[str, Any] = {"result": "confirmed"}
    send = {"content_type": "application/json"}
    assert client.post(f"{api}/verify", said, **send).status_code == 422
    added = client.post(f"{api}/attachments", {"file": photo()}).json()
    foreign = services.add_attachment(
        case=other, entry=None, upload=photo(), by=asked.head, at=later(hours=5)
    )
    for keys, status in (([0], 422), ([foreign.pk], 422), ([added["id"]], 200)):
        answer = client.post(f"{api}/verify", said | {"attachments": keys}, **send)
        assert answer.status_code == status, answer.content
    other.refresh_from_db()
    assert not other.is_open


# --- double supervision ---------------------------------------------------------------------------


@db
def test_under_double_supervision_the_same_organization_is_not_offered_to_verify(
    world: World,
) -> None:
    Category.objects.filter(pk=world.category.pk).update(double_supervision=True)
    world.category.refresh_from_db()
    case = world.case()
    services.accept_case(case=case, by=world.officer, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.officer, at=later(hours=2))
    case = selectors.get_case_for(world.head, pk=case.pk)
    assert Deed.VERIFY in selectors.deeds_for(world.head, case)
    assert Deed.VERIFY not in selectors.deeds_for(world.lead, case)
    assert selectors.verifier_for(case, on=later().date()) == ""
    with pytest.raises(RuleBroken, match="same organization"):
        services.verify_case(case=case, result="confirmed", by=world.lead, at=later(hours=3))


# --- superficial rounds ---------------------------------------------------------------------------


@db
def test_what_was_reported_and_does_not_hold_is_superficial(world: World) -> None:
    case = world.rectified_case()
    verify(case, world, result="partly")
    services.rectify_case(case=case, text="Again.", by=world.head, at=later(hours=4))
    verify(case, world, result="not")
    services.rectify_case(case=case, text="Again.", by=world.head, at=later(hours=5))
    verify(case, world)
    services.reopen_case(case=case, text="Leaks.", by=world.head, at=later(hours=6))
    rounds = case.rounds.order_by("number").values_list("result", "is_superficial")
    assert list(rounds) == [("partly", False), ("not", True), ("confirmed", True), ("", False)]
    kinds = Notice.objects.filter(kind="case.came_back").values_list("user", flat=True)
    assert set(kinds) == {world.head.user_id, world.officer.user_id}


# --- spot checks ----------------------------------------------------------------------------------


def drawn(world: World, number: int = 1, **more: Any) -> list[SpotCheck]:
    values = {"area": world.thach, "month": MARCH, "number": number, "seed": "Tet"} | more
    return services.draw_spot_checks(by=world.head, at=later(days=30), **values)


def check(found: SpotCheck, by: Any, result: Result = Result.CONFIRMED, text: str = "Dry.") -> Any:
    return services.make_spot_check(check=found, result=result, text=text, by=by, at=later(days=31))


@db
def test_anybody_can_draw_the_same_rounds_again(world: World) -> None:
    cases = [world.closed_case(title=f"Gate {number}") for number in range(4)]
    world.rectified_case(title="Not yet")
    keys = list(Round.objects.filter(case__in=cases).values_list("pk", flat=True))
    first = drawn(world, 2)
    assert {row.round_id for row in first} == set(draw("Tet", keys)[:2])
    line = TrailLine.objects.get(deed="case.spot_checks_drawn")
    assert line.subject == f"directory.area:{world.thach.pk}"
    second = drawn(world, 9)
    assert {row.round_id for row in (*first, *second)} == set(keys)
    with pytest.raises(RuleBroken, match="Nothing is left"):
        drawn(world)


@db
@pytest.mark.parametrize("values", [{"seed": " "}, {"seed": "x" * 81}, {"number": 0}])
def test_a_draw_needs_a_seed_and_a_number(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        drawn(world, **values)


@db
def test_only_a_third_person_makes_the_check(world: World) -> None:
    case = world.closed_case()
    (found,) = drawn(world)
    for who in (world.head, world.officer):
        with pytest.raises(RuleBroken, match="third person"):
            check(found, who)
    with pytest.raises(NotAllowed):
        check(found, world.far)
    with pytest.raises(InvalidValue):
        check(found, world.lead, text=" ")
    entry = check(found, world.lead)
    assert (entry.deed, case.entries.count()) == ("checked", 4)
    with pytest.raises(StaleState):
        check(found, world.lead)


@db
@pytest.mark.parametrize(
    ("result", "deed", "is_open", "superficial"),
    [("partly", "note", False, False), ("not", "reopened", True, True)],
)
def test_what_a_check_finds_follows(
    world: World, result: str, deed: str, is_open: bool, superficial: bool
) -> None:
    case = world.closed_case()
    (found,) = drawn(world)
    entry = check(found, world.lead, Result(result), "Leaks.")
    case.refresh_from_db()
    assert (entry.deed, entry.text) == (deed, "Spot check: Leaks.")
    assert case.is_open is is_open
    assert case.rounds.get(number=1).is_superficial is superficial
    assert case.round_number == (2 if is_open else 1)


@db
def test_a_check_of_a_case_that_was_opened_again_marks_the_round_only(world: World) -> None:
    case = world.closed_case()
    (found,) = drawn(world)
    services.reopen_case(case=case, text="Leaks.", by=world.head, at=later(days=30))
    entry = check(SpotCheck.objects.get(pk=found.pk), world.lead, Result.NOT, "Leaks.")
    case.refresh_from_db()
    assert (entry.deed, case.round_number) == ("note", 2)


@db
def test_a_check_is_drawn_and_made_on_its_pages(world: World, sign_in: SignIn) -> None:
    case = world.closed_case()
    head, lead = sign_in(world.head), sign_in(world.lead)
    address = reverse("cases:spot-checks")
    values = {"area": world.thach.code, "month": "2026-03", "number": "3", "seed": "Tet"}
    for wrong in ({"month": "03/2026"}, {"month": "2026-13"}, {"seed": ""}):
        assert head.post(address, values | wrong).status_code == 422
    assert "Spot check" not in [offer.title for offer in web.record_offers(world.lead)]
    assert head.post(address, values).status_code == 302
    assert head.post(address, values).status_code == 422  # nothing is left
    assert "Spot check" in [offer.title for offer in web.record_offers(world.lead)]
    found = SpotCheck.objects.get()
    page = reverse("cases:spot-check", args=[found.pk])
    assert case.title in lead.get(address).content.decode()
    assert "third person" in head.get(page).content.decode()
    assert "Seal replaced." in lead.get(page).content.decode()
    assert lead.post(page, {"text": "Dry."}).status_code == 422
    assert lead.post(page, {"text": "Dry.", "result": "confirmed"}).status_code == 302
    assert "No spot check" in lead.get(address).content.decode()
    assert "It holds" in lead.get(address, {"view": "all", "place": "nowhere"}).content.decode()
    assert "Dry." in lead.get(page).content.decode()
    with pytest.raises(NotThere):
        found_checks.get_spot_check_for(world.far, pk=found.pk)
    with pytest.raises(NotThere):
        found_checks.get_spot_check_for(world.far, pk=0)


@db
def test_the_list_asks_the_same_for_one_check_as_for_three(
    world: World, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    chief = holder("Chief", Role.HEAD, world.commune_office, world.thach)
    client = sign_in(chief)
    asked = []
    for number in (1, 2):
        for extra in range(number):
            world.closed_case(title=f"Gate {number} {extra}")
        drawn(world, 3)
        client.get(reverse("cases:spot-checks"))
        with django_assert_max_num_queries(30) as counted:
            client.get(reverse("cases:spot-checks"))
        asked.append(len(counted))
    assert asked[0] == asked[1]


@db
def test_checks_are_listed_and_made_over_the_api(world: World, sign_in: SignIn) -> None:
    case = world.closed_case()
    (found,) = drawn(world)
    client = sign_in(world.lead)
    listed = client.get("/api/v1/spot-checks").json()["items"]
    assert [(row["id"], row["case"], row["result"]) for row in listed] == [(found.pk, case.pk, "")]
    address = f"/api/v1/spot-checks/{found.pk}"
    said = {"result": "not", "text": "Leaks."}
    assert client.post(address, said, content_type="application/json").status_code == 200
    assert client.post(address, said, content_type="application/json").status_code == 409
    case.refresh_from_db()
    assert case.round_number == 2
    head = sign_in(world.head)
    asked = {"area": world.thach.code, "month": "2026-03", "number": 2, "seed": "x"}
    answer = head.post("/api/v1/spot-checks", asked, content_type="application/json")
    assert answer.status_code == 409  # drawn before
    asked["month"] = "March"
    answer = head.post("/api/v1/spot-checks", asked, content_type="application/json")
    assert answer.status_code == 422
