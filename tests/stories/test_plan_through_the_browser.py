"""A plan of who is in charge, by the hands of the district office, in the browser only.

Planned, one officer pinned, planned again, approved, and the letters taken (S2.1, S2.7). The worker
that makes plans in the background is called between the pages, where ``footpath serve`` runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footpath.accounts.verification import chain_is_sound
from footpath.assignments.models import Assignment, Plan
from footpath.assignments.services import making
from footpath.core import clock
from tests.assignments.plans.district import District
from tests.desks import sign_in, window
from tests.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def says(page: Page, words: str) -> None:
    """Wait until the page's main part says something."""
    page.locator("main").get_by_text(words).first.wait_for()


def worker() -> Plan:
    """Make the plan that waits, as the worker does, and return it."""
    plan = Plan.objects.get(state=Plan.State.WAITING)
    making.make_plan(plan=plan, at=clock.now())
    plan.refresh_from_db()
    return plan


def test_planned_pinned_planned_again_approved_and_the_letters_printed(
    world: World, browser: Browser, live_server: LiveServer
) -> None:
    district = District(world)
    page = window(browser, live_server.url, None).new_page()
    sign_in(page, world.office)
    first = started(page, district)
    second = pinned_and_planned_again(page, first, district)
    approved_in_two_taps(page, second, district)
    letters_are_printed(page, second)
    in_charge = Assignment.objects.in_force(second.starts_on).filter(role="lead")
    led = in_charge.filter(area__parent=district.commune)
    assert led.count() == len(district.hamlets)
    assert led.get(area=district.hamlets[0]).person == district.officers[5]
    for plan in (first, second):
        lines, fault = chain_is_sound(f"assignments.plan:{plan.pk}")
        assert fault is None
        assert lines >= 2
    page.context.close()


def started(page: Page, district: District) -> Plan:
    """Start a plan of the hamlets of the commune and see it appear by itself."""
    page.get_by_role("link", name="Plans").first.click()
    says(page, "No plan yet")
    page.goto(f"/in-charge/plans/new/?place={district.commune.code}")
    page.get_by_role("button", name="Plan who is in charge").click()
    says(page, "Waiting")
    plan = worker()
    page.get_by_role("heading", name=f"Who is in charge, {district.commune.name}").wait_for()
    says(page, "Best possible plan, proven.")
    says(page, "5/5")
    return plan


def pinned_and_planned_again(page: Page, first: Plan, district: District) -> Plan:
    """Ask why not, put another officer in a hamlet, and plan again."""
    page.locator("#places").get_by_role("link", name="Phú Chánh").click()
    page.get_by_label("Why not …?").select_option(label="Officer F")
    page.get_by_role("button", name="Why not here?").click()
    says(page, "No rule keeps Officer F away.")
    page.get_by_label("Put somebody here").select_option(str(district.officers[5].pk))
    page.get_by_role("button", name="Put this officer here").click()
    says(page, "Noted: Officer F in Ấp Phú Chánh.")
    page.get_by_role("button", name="Plan again with 1 change").click()
    says(page, "Waiting")
    second = worker()
    assert second.previous == first
    page.reload()
    says(page, "Pinned by Lương Minh Vũ.")
    says(page, "In the plan before: Officer A.")
    return second


def approved_in_two_taps(page: Page, plan: Plan, district: District) -> None:
    """From the first page: the plan to approve, then the deed that names its target."""
    page.goto("/")
    page.get_by_role("link", name="Plan to approve").click()
    page.get_by_role("button", name="Approve 5 of 5").click()
    says(page, "The plan is approved.")
    plan.refresh_from_db()
    assert (plan.state, plan.decided_by) == (Plan.State.APPROVED, district.world.office)


def letters_are_printed(page: Page, plan: Plan) -> None:
    """Each letter and all of them are PDF files."""
    says(page, "Letters of assignment")
    links = page.locator("#letters a[href$='.pdf']").evaluate_all("all => all.map(a => a.href)")
    assert len(links) == plan.letters.count() + 1
    for link in links:
        answer = page.request.get(link)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")
