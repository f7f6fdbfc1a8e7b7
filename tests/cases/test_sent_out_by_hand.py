"""One case handed to an outside system by hand, tried again, taken back, kept here."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.cases import presenting_handoffs
from footpath.cases import services as cases
from footpath.cases.models import Case, Endpoint, Handoff
from footpath.cases.rules import State as CaseState
from footpath.cases.services.handoffs import TOLD_AFTER, hand_off
from footpath.cases.services.sending_out import keep_here, send_out
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken
from footpath.directory.models import Person
from tests.cases.tools import SignIn
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

State = Handoff.State


@pytest.fixture
def agency(world: World) -> Endpoint:
    """Return an outside system in use."""
    return registered("Water agency", world)


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that waits to be accepted."""
    return world.case()


def registered(name: str, world: World, **values: Any) -> Endpoint:
    """Return an outside system."""
    return Endpoint.objects.create(
        name=name,
        url="https://agency.example.org/open311/v2",
        made_by=world.administrator,
        made_at=NOON,
        **values,
    )


def sent(case: Case, by: Person, endpoint: Endpoint, **values: Any) -> tuple[Handoff, bool]:
    """Hand the case over at noon."""
    return send_out(case=case, endpoint=endpoint, by=by, at=NOON, **values)


def thread(case: Case) -> list[tuple[str, str]]:
    """Return what was done in the case, and the words."""
    return list(case.entries.values_list("deed", "text"))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# --- the deeds ------------------------------------------------------------------------------------


def test_a_case_is_handed_over_once_and_stays_with_its_owner(
    world: World, agency: Endpoint, case: Case
) -> None:
    cases.assign_owner(case=case, owner=world.officer, by=world.head, at=NOON)
    made, is_new = sent(case, world.head, agency, service_code=" water ")
    assert (is_new, made.state, made.service_code, made.next_at) == (
        True, State.WAITING, "water", NOON,
    )  # fmt: skip
    again = send_out(
        case=Case.objects.get(pk=case.pk), endpoint=agency, by=world.office, at=later(hours=1)
    )
    assert again == (made, False)
    assert Handoff.objects.count() == 1
    assert thread(case)[1:] == [("sent_out", "To be sent to Water agency.")]
    line = TrailLine.objects.get(deed="case.sent_out")
    assert (line.actor_name, line.subject) == (world.head.name, f"cases.case:{case.pk}")
    case.refresh_from_db()
    assert (case.owner, case.state, case.organization) == (
        world.officer, CaseState.RAISED, None,
    )  # fmt: skip


def test_without_a_code_the_one_of_a_route_for_the_category_is_taken(
    world: World, agency: Endpoint, case: Case
) -> None:
    assert sent(case, world.head, agency)[0].service_code == ""
    for place, category, code in (
        (world.son, world.category, "gates"),
        (world.khanh, None, "everything"),
    ):
        cases.add_route(
            area=place, category=category, organization=world.agency, endpoint=agency,
            service_code=code, by=world.administrator, at=NOON,
        )  # fmt: skip
    other = world.case(title="Another gate")
    assert sent(other, world.head, agency)[0].service_code == "gates"


def test_only_who_may_transfer_a_case_hands_it_over_or_keeps_it(
    world: World, agency: Endpoint, case: Case
) -> None:
    handoff = hand_off(case=case, endpoint=agency, service_code="w", at=NOON)
    for by in (world.officer, world.administrator, world.member):
        with pytest.raises(NotAllowed):
            sent(case, by, agency)
        with pytest.raises(NotAllowed):
            keep_here(handoff=handoff, by=by, at=NOON)
    assert thread(case) == []


def test_a_system_out_of_use_and_a_case_that_is_done_are_refused(world: World, case: Case) -> None:
    with pytest.raises(InvalidValue, match="not in use"):
        sent(case, world.head, registered("Old", world, is_active=False))
    done = world.rectified_case(title="Done")
    with pytest.raises(RuleBroken, match="cannot be done now"):
        sent(done, world.head, registered("New", world))
    assert not Handoff.objects.exists()


def test_what_a_confidential_reporter_wrote_is_not_handed_over(
    world: World, agency: Endpoint
) -> None:
    world.category.is_public = True
    world.category.save(update_fields=["is_public"])
    for number, is_confidential in enumerate((False, True)):
        case, _code = cases.report_case(
            title=f"Report {number}", area=world.hue, category=world.category,
            is_confidential=is_confidential, at=NOON,
        )  # fmt: skip
        if is_confidential:
            with pytest.raises(RuleBroken, match="confidential"):
                sent(case, world.head, agency)
        else:
            assert sent(case, world.head, agency)[1]
    assert Handoff.objects.count() == 1


def test_a_case_that_was_not_sent_yet_is_taken_back_once(
    world: World, agency: Endpoint, case: Case
) -> None:
    handoff, _is_new = sent(case, world.head, agency)
    assert keep_here(handoff=handoff, by=world.head, at=later(minutes=1))
    assert not keep_here(handoff=handoff, by=world.office, at=later(minutes=2))
    assert (handoff.state, handoff.next_at, handoff.is_kept_here) == (State.ENDED, None, True)
    assert thread(case)[1:] == [("note", "Kept here, not sent to Water agency.")]
    line = TrailLine.objects.filter(deed="case.note").get()
    assert line.actor_name == world.head.name
    case.refresh_from_db()
    assert sent(case, world.head, agency)[1]  # and may be handed over again


@pytest.mark.parametrize("state", [State.IN_DOUBT, State.SENT])
def test_what_may_lie_there_is_not_taken_back(
    world: World, agency: Endpoint, case: Case, state: str
) -> None:
    handoff, _is_new = sent(case, world.head, agency)
    Handoff.objects.update(state=state, sent_at=NOON if state == State.SENT else None)
    with pytest.raises(RuleBroken, match="can no longer be taken back"):
        keep_here(handoff=handoff, by=world.head, at=NOON)
    assert Handoff.objects.get().state == state
    assert len(thread(case)) == 1


# --- the card and the page ------------------------------------------------------------------------


def test_a_case_is_handed_over_on_its_page(
    world: World, agency: Endpoint, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    address = reverse("cases:send-out", args=[case.pk])
    shown = text_of(client.get(case.get_absolute_url()))
    assert f'href="{address}"' in shown
    page = text_of(client.get(address))
    assert "What was sent cannot be called back." in page
    wrong = client.post(address, {"deed": "send"})
    assert (wrong.status_code, "Choose one of the outside systems." in text_of(wrong)) == (
        422,
        True,
    )
    chosen = {"deed": "send", "endpoint": agency.pk, "service_code": "water"}
    answer = client.post(address, chosen, follow=True)
    assert answer.redirect_chain == [(case.get_absolute_url(), 302)]
    assert "goes to Water agency within a minute." in text_of(answer)
    assert "To be sent" in text_of(answer)
    assert "lies there already" in text_of(client.post(address, chosen, follow=True))
    assert Handoff.objects.count() == 1


def test_who_may_not_transfer_reads_where_a_case_was_sent_and_does_nothing(
    world: World, agency: Endpoint, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.officer)
    page = case.get_absolute_url()
    assert "Water agency" not in text_of(client.get(page))
    sent(case, world.head, agency)
    Handoff.objects.update(state=State.REFUSED, error="No such service")
    shown = text_of(client.get(page))
    assert "No such service" in shown
    assert reverse("cases:send-out", args=[case.pk]) not in shown


def test_a_refused_case_is_tried_again_or_kept_here(
    world: World, agency: Endpoint, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    address = reverse("cases:send-out", args=[case.pk])
    refused, _is_new = sent(case, world.head, agency, service_code="water")
    Handoff.objects.update(state=State.REFUSED, error="No such service", next_at=None)
    shown = text_of(client.get(case.get_absolute_url()))
    assert "Water agency does not take this case." in shown
    assert "No such service" in shown
    again = {"deed": "again", "handoff": refused.pk}
    assert client.post(address, again).status_code == 302
    assert client.post(address, again).status_code == 302
    second = Handoff.objects.exclude(pk=refused.pk).get()
    assert (second.state, second.service_code) == (State.WAITING, "water")
    assert "does not take this case" not in text_of(client.get(case.get_absolute_url()))
    Handoff.objects.filter(pk=second.pk).update(state=State.REFUSED)
    answer = client.post(address, {"deed": "keep", "handoff": second.pk}, follow=True)
    assert f"{case.number} stays here." in text_of(answer)
    assert "Not sent" in text_of(answer)
    assert "does not take this case" not in text_of(answer)


def test_what_may_lie_there_is_refused_on_the_page_and_another_cases_sending_is_not_there(
    world: World, agency: Endpoint, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    address = reverse("cases:send-out", args=[case.pk])
    handoff, _is_new = sent(case, world.head, agency)
    Handoff.objects.update(state=State.IN_DOUBT)
    answer = client.post(address, {"deed": "keep", "handoff": handoff.pk})
    assert (answer.status_code, "can no longer be taken back" in text_of(answer)) == (409, True)
    other = hand_off(case=world.case(title="Other"), endpoint=agency, service_code="w", at=NOON)
    for pk in (other.pk, "x", "", "9" * 18, "9" * 5000, "²"):
        assert client.post(address, {"deed": "keep", "handoff": pk}).status_code == 404
    assert client.post(address, {"deed": "burn"}).status_code == 422


def test_without_a_system_in_use_the_page_says_so(
    world: World, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    address = reverse("cases:send-out", args=[case.pk])
    assert address not in text_of(client.get(case.get_absolute_url()))
    assert "No outside system is in use" in text_of(client.get(address))


@pytest.mark.parametrize(
    "row",
    [
        (State.WAITING, 1, "", "Take it back"),
        (State.WAITING, TOLD_AFTER, "does not reach Water agency", "Take it back"),
        (State.IN_DOUBT, TOLD_AFTER, "is not known whether the case has arrived", ""),
        (State.REFUSED, 1, "does not take this case", "Keep it here"),
        (State.SENT, TOLD_AFTER, "", ""),
        (State.ENDED, TOLD_AFTER, "", ""),
    ],
)
def test_the_card_says_what_to_do_next(row: tuple[str, int, str, str]) -> None:
    state, attempts, said, keep = row
    handoff = Handoff(endpoint=Endpoint(name="Water agency"), state=state, attempts=attempts)
    (line,) = presenting_handoffs.shown([handoff], is_open=True)
    assert (said in line.next, bool(line.next)) == (True, bool(said))
    assert (line.keep, line.may_try_again) == (keep, state == State.REFUSED)
    (line,) = presenting_handoffs.shown([handoff], is_open=False)
    assert (line.next, line.keep, line.may_try_again) == ("", "", False)


def test_the_card_tells_the_number_there_and_how_it_ended(
    world: World, agency: Endpoint, case: Case
) -> None:
    sent(case, world.head, agency)
    Handoff.objects.update(
        state=State.ENDED, sent_at=NOON, remote_id="R7", remote_status="DUPLICATE"
    )
    (line,) = presenting_handoffs.shown(Handoff.objects.all(), is_open=True)
    assert (line.word, line.second) == ("Ended there", "Number R7 there · A duplicate there")


def test_the_page_of_a_case_asks_the_database_as_often_with_three_systems_as_with_one(
    world: World, agency: Endpoint, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(world.head)
    page = case.get_absolute_url()
    sent(case, world.head, agency)
    client.get(page)
    with_one = queries_of(client, page)
    for name in ("Roads agency", "Power agency"):
        hand_off(case=case, endpoint=registered(name, world), service_code="w", at=NOON)
    assert queries_of(client, page) == with_one


def queries_of(client: Client, page: str) -> int:
    """Return how often the page asks the database."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)
