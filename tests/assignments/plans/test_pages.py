"""The pages of plans: start, progress, proposal, one place, decision, letters."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.assignments import selectors, services
from footpath.assignments.models import CoverageRule, Plan, PlanLine, PlanPin, Policy
from footpath.assignments.services import deciding, plans
from tests.assignments.plans.district import District
from tests.world import NOON, assign, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(district: District, client: Client) -> Client:
    """Return a browser of the district office."""
    client.force_login(district.world.office.user)
    return client


def text(answer: Any) -> str:
    """Return what a page says, in one line."""
    return " ".join(answer.content.decode().split())


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    said = text(desk.get(reverse("assignments:plans")))
    assert "No plan yet" in said
    assert "Start a plan" in said


def test_a_plan_is_started_and_shows_how_far_it_is(
    desk: Client, district: District, settings: Any
) -> None:
    answer = desk.post(
        reverse("assignments:plan-new", query={"place": district.commune.code}),
        {"tier": district.tier.pk, "starts_on": "2026-04-01", "number": "7-QD",
         "issued_on": "2026-03-01"},
    )  # fmt: skip
    plan = Plan.objects.get()
    assert answer.url == plan.get_absolute_url()
    assert (plan.state, plan.basis.number) == (Plan.State.WAITING, "7-QD")
    page = desk.get(plan.get_absolute_url())
    assert "Waiting" in text(page)
    assert "Stop and keep the best so far" in text(page)
    part = desk.get(plan.get_absolute_url(), headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    district.make(plan)
    done = desk.get(plan.get_absolute_url(), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_the_proposal_shows_places_officers_changes_and_loads(
    desk: Client, district: District
) -> None:
    plan = district.planned()
    said = text(desk.get(plan.get_absolute_url()))
    for words in ("Approve 5 of 5", "Best possible plan, proven.", "Phú Thành", "Officer A", "5/5"):
        assert words in said
    assert "Stays." not in said
    assert "Stays." in text(desk.get(plan.get_absolute_url(), {"kept": "1"}))


def test_one_may_ask_why_not_somebody_at_a_place(desk: Client, district: District) -> None:
    district.only(0, 1, 2, 3, 4)
    plan = district.planned()
    said = text(
        desk.get(
            plan.get_absolute_url(),
            {"place": district.hamlets[4].code, "person": district.officers[5].pk},
        )
    )
    assert "Why not Officer F in Phú Thành" in said
    assert "Officer F is bound to the desk and takes no places." in said


def test_pins_are_noted_and_the_next_plan_is_made_with_them(
    desk: Client, district: District
) -> None:
    plan = district.planned()
    deed = reverse("assignments:plan-deed", args=[plan.pk, "pin"])
    desk.post(
        deed,
        {"place": district.hamlets[0].code, "person": district.officers[5].pk, "how": "keep"},
    )
    pin = PlanPin.objects.get()
    assert (pin.noted, pin.off, pin.person) == (True, False, district.officers[5])
    assert "Plan again with 1 change" in text(desk.get(plan.get_absolute_url()))
    answer = desk.post(reverse("assignments:plan-deed", args=[plan.pk, "again"]))
    following = Plan.objects.exclude(pk=plan.pk).get()
    assert answer.url == following.get_absolute_url()
    district.make(following)
    assert district.led(following)["Phú Chánh"] == "Officer F"
    said = text(desk.get(following.get_absolute_url()))
    assert "Pinned by Lương Minh Vũ." in said
    assert "In the plan before: Officer A." in said


def test_a_plan_is_approved_and_its_letters_are_printed(desk: Client, district: District) -> None:
    plan = district.planned()
    answer = desk.post(reverse("assignments:plan-deed", args=[plan.pk, "approve"]))
    assert answer.status_code == 302, text(answer)
    plan.refresh_from_db()
    assert (plan.state, plan.decided_by) == (Plan.State.APPROVED, district.world.office)
    said = text(desk.get(plan.get_absolute_url()))
    assert "Letters of assignment" in said
    letter = plan.letters.get()
    for address in (
        reverse("assignments:letter", args=[letter.pk]),
        reverse("assignments:plan-letters", args=[plan.pk]),
    ):
        body = desk.get(address)
        assert body["Content-Type"] == "application/pdf"
        assert body.content.startswith(b"%PDF")


def test_a_plan_is_rejected_with_a_reason_only(desk: Client, district: District) -> None:
    plan = district.planned()
    deed = reverse("assignments:plan-deed", args=[plan.pk, "reject"])
    assert desk.post(deed, {"reason": " "}).status_code == 422
    desk.post(deed, {"reason": "The school year is not over."})
    plan.refresh_from_db()
    assert (plan.state, plan.decision_note) == ("rejected", "The school year is not over.")
    assert "The school year is not over." in text(desk.get(plan.get_absolute_url()))


def test_the_policy_says_what_it_means_and_is_changed(desk: Client, district: District) -> None:
    address = reverse("assignments:plan-policy", query={"place": "28858", "tier": "hamlet"})
    said = text(desk.get(address))
    assert "Hamlets are led by officers of the tier District, at most 3 each." in said
    answer = desk.post(
        address,
        {"keep": 3, "fair": 0, "near": 1, "places_each": 2, "needs_deputy": "on",
         "organizations_left_out": [district.world.district_office.pk]},
    )  # fmt: skip
    assert answer.status_code == 302
    said = text(desk.get(address))
    assert "at most 2 each" in said
    assert "Each place gets a deputy" in said


def test_the_second_who_starts_sees_the_plan_of_the_first(desk: Client, district: District) -> None:
    first = district.start(by=district.world.administrator)
    answer = desk.post(
        reverse("assignments:plan-new", query={"place": district.commune.code}),
        {"tier": district.tier.pk, "starts_on": "2026-04-01"},
        follow=True,
    )
    assert Plan.objects.get() == first
    assert "Admin has already started a plan for these places" in text(answer)


@pytest.mark.parametrize("page", ["plan", "plans"])
def test_a_page_takes_as_many_queries_for_one_change_as_for_three(
    desk: Client, district: District, page: str
) -> None:
    def queries(address: str) -> int:
        desk.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert desk.get(address).status_code == 200
        return len(captured)

    one = district.planned()
    address = one.get_absolute_url() if page == "plan" else reverse("assignments:plans")
    before = queries(address)
    for hamlet in district.hamlets[:2]:
        hamlet.assignments.all().delete()
    two = district.planned()
    assert two.lines.exclude(change="kept").count() == 3
    address = two.get_absolute_url() if page == "plan" else address
    assert queries(address) == before


def test_an_officer_finds_the_own_letter_on_the_assignment(
    client: Client, district: District
) -> None:
    other = district.world.far
    services.set_limit(person=other, places=0, bound=True, by=district.world.administrator, at=NOON)
    letter = deciding.approve_plan(plan=district.planned(), by=district.world.office, at=NOON)[0]
    for who, status in ((letter.assignment.person, 200), (other, 404)):
        client.force_login(who.user)
        page = text(client.get(letter.assignment.get_absolute_url()))
        address = reverse("assignments:letter", args=[letter.pk])
        assert (address in page) == (status == 200)
        assert client.get(address).status_code == status


@pytest.mark.parametrize("kind", ["capacity", "rule"])
def test_what_a_finding_offers_is_one_deed(desk: Client, district: District, kind: str) -> None:
    district.only(*((0,) if kind == "capacity" else (0, 1)))
    if kind == "rule":
        for officer in district.officers[:2]:
            services.declare_conflict(
                person=officer,
                area=district.hamlets[4],
                kind="relatives",
                on=NOON.date(),
                by=district.world.administrator,
                at=NOON,
            )
    plan = district.planned()
    finding = plan.findings.get()
    number = next(at for at, offer in enumerate(finding.data["offers"]) if offer["kind"] == kind)
    said = {"finding": finding.position, "offer": number}
    deed = reverse("assignments:plan-deed", args=[plan.pk, "allow"])
    if kind == "rule":
        assert desk.post(deed, said).status_code == 422
        said["reason"] = "Only until the summer."
    desk.post(deed, said)
    following = district.make(Plan.objects.exclude(pk=plan.pk).get())
    waiver = following.waivers.get()
    assert following.figures["covered"] == plan.figures["covered"] + 1
    assert (waiver.places_more == 1) == (kind == "capacity")
    assert waiver.by == district.world.office
    assert "Exceptions in this plan" in text(desk.get(following.get_absolute_url()))


def test_a_place_of_a_finding_is_left_open_on_the_page(desk: Client, district: District) -> None:
    district.only(0)
    plan = district.planned()
    deed = reverse("assignments:plan-deed", args=[plan.pk, "leave-open"])
    assert desk.post(deed, {"finding": 1, "until": "2026-03-01"}).status_code == 422
    desk.post(deed, {"finding": 1, "until": "2026-05-31"})
    assert "Left open until 31 May 2026 by Lương Minh Vũ." in text(
        desk.get(plan.get_absolute_url())
    )


def test_a_refused_approval_lists_what_has_changed(desk: Client, district: District) -> None:
    plan = district.planned()
    assign(district.officers[5], district.hamlets[4], start=NOON.date())
    answer = desk.post(reverse("assignments:plan-deed", args=[plan.pk, "approve"]))
    assert answer.status_code == 409
    assert "nobody when the plan was made, now Officer F." in text(answer)
    assert "Plan again" in text(answer)


@pytest.mark.parametrize("state", ["stop", "start-again", "nothing"])
def test_deeds_that_cannot_be_done_are_refused(
    desk: Client, district: District, state: str
) -> None:
    plan = district.planned()
    answer = desk.post(reverse("assignments:plan-deed", args=[plan.pk, state]))
    assert answer.status_code == (404 if state == "nothing" else 409)


def test_a_pin_is_taken_off_on_the_page(desk: Client, district: District) -> None:
    plan = district.planned()
    pin = plans.pin_officer(
        plan=plan,
        area=district.hamlets[0],
        person=district.officers[0],
        by=district.world.office,
        at=NOON,
    )
    deed = reverse("assignments:plan-deed", args=[plan.pk, "unpin"])
    assert desk.post(deed, {"pin": "x"}).status_code == 404
    desk.post(deed, {"pin": pin.pk})
    assert plan.pins.count() == 0


def test_a_plan_cut_off_offers_to_start_again(desk: Client, district: District) -> None:
    plan = district.start(at=later(minutes=-30))
    Plan.objects.filter(pk=plan.pk).update(state="running", heard_at=later(minutes=-20))
    said = text(desk.get(plan.get_absolute_url()))
    assert "The work was cut off" in said
    assert "hx-get" not in said.partition("plan-state")[2]
    desk.post(reverse("assignments:plan-deed", args=[plan.pk, "start-again"]))
    plan.refresh_from_db()
    assert plan.state == Plan.State.WAITING


def test_the_head_of_a_place_says_how_it_is_planned_but_not_what_it_needs(
    client: Client, district: District
) -> None:
    client.force_login(district.head.user)
    address = reverse("assignments:plan-policy", query={"place": "28858", "tier": "hamlet"})
    answer = client.post(
        address, {"keep": 3, "fair": 2, "near": 1, "places_each": 2, "needs_deputy": "on"}
    )
    assert answer.status_code == 302
    policy = Policy.objects.get(area=district.commune)
    assert (policy.keep, policy.places_each) == (3, 2)
    assert not CoverageRule.objects.filter(area=district.commune).exists()
    assert "disabled" in text(client.get(address))


def test_keys_that_no_database_can_hold_are_wrong_choices(desk: Client, district: District) -> None:
    policy = reverse("assignments:plan-policy", query={"place": "28858", "tier": "hamlet"})
    sent = {"keep": 3, "fair": 2, "near": 1, "places_each": 2, "organizations_left_out": "9" * 30}
    assert desk.post(policy, sent).status_code == 422
    cluster = reverse("assignments:cluster-new", query={"place": "28858"})
    assert desk.post(cluster, {"name": "North", "members": "9" * 30}).status_code == 422


def test_one_is_said_as_one_and_three_as_three(desk: Client, district: District) -> None:
    district.only(0)
    said = text(desk.get(district.planned().get_absolute_url()))
    assert "; 1 is left and full." in said
    assert "3 are left" not in said
    plan = district.planned()
    plan.lines.update(change=PlanLine.Change.KEPT)
    keys = list(plan.lines.values_list("pk", flat=True))
    plan.lines.filter(pk=keys[0]).update(change=PlanLine.Change.MOVED)
    assert selectors.consequences_of(plan) == ["1 changes hands"]
    plan.lines.filter(pk__in=keys[:3]).update(change=PlanLine.Change.MOVED)
    assert selectors.consequences_of(plan) == ["3 change hands"]
    plan.lines.update(change=PlanLine.Change.KEPT)
    plan.lines.filter(pk=keys[0]).update(deputy_change=PlanLine.Change.ENDED)
    assert selectors.consequences_of(plan) == ["1 deputy changes"]
