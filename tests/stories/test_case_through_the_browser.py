"""One case from a hamlet meeting to the month's report, by the hands of those whom it concerns.

Everybody sits at a browser of their own and uses the pages only. The rectifier tries every door to
verify their own work and finds each of them shut (principle 4, S4.4).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from footpath.accounts import selectors as known
from footpath.accounts import services as accounts
from footpath.accounts.rules import Role
from footpath.accounts.verification import chain_is_sound
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Membership, Person, Post
from footpath.meetings import services as meetings
from tests.desks import sign_in, window
from tests.world import LONG_AGO, World

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Sluice gate at Rạch Sâu leaks"
ONE_BY_ONE = "Verifying is done one by one, on the spot."
TOOK_PART = "You took part in the work on this case. Somebody else has to verify it on the spot."


class Office:
    """A browser window for each person of the story, signed in through the page on first use."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.windows: dict[int, Page] = {}

    def page_of(self, who: Person) -> Page:
        """Return the page in front of somebody."""
        if who.pk not in self.windows:
            page = window(self.browser, self.base, None).new_page()
            sign_in(page, who)
            self.windows[who.pk] = page
        return self.windows[who.pk]

    def close(self) -> None:
        """Send everybody home."""
        for page in self.windows.values():
            page.context.close()


@pytest.fixture
def office(browser: Browser, live_server: LiveServer) -> Iterator[Office]:
    """Return the windows of one story."""
    opened = Office(browser, live_server.url)
    yield opened
    opened.close()


def press(page: Page, name: str) -> None:
    """Press the button or link of this name; other buttons may begin with the same words."""
    control = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    control.first.click()


def says(page: Page, words: str) -> None:
    """Wait until the page's main part says something."""
    page.locator("main").get_by_text(words).first.wait_for()


def photo() -> dict[str, object]:
    """Return a photograph as a file to choose."""
    written = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 60)).save(written, "JPEG")
    return {"name": "gate.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def standing(case: Case) -> tuple[str, int, int]:
    """Return what an attempt must leave as it was: state, round, number of entries."""
    case.refresh_from_db()
    return case.state, case.round_number, case.entries.count()


# --- the story ------------------------------------------------------------------------------------


def test_a_case_from_the_hamlet_meeting_to_the_report(
    world: World, office: Office, tmp_path: Path
) -> None:
    case = raised_in_a_meeting(office.page_of(world.officer))
    escalated_to_the_district(case, world, office)
    first_round(case, world, office)
    second_round(case, world, office)
    rectifier_finds_every_door_shut(case, world, office, tmp_path)
    verified_by_somebody_else(case, office.page_of(world.boss))
    report_leads_to_the_case(case, office.page_of(world.boss))
    deeds = list(case.entries.order_by("pk").values_list("deed", flat=True))
    assert deeds == [
        *("escalated", "escalated", "escalated", "assigned", "accepted", "guided"),
        *("rectified", "refused", "rectified", "verified"),
    ]
    lines, fault = chain_is_sound(f"cases.case:{case.pk}")
    assert fault is None
    assert lines > len(deeds)


def raised_in_a_meeting(page: Page) -> Case:
    """Convene and hold a meeting of the hamlet, write its minutes, raise a case from an item."""
    press(page, "Meetings")
    press(page, "Convene a meeting")
    assert page.get_by_role("textbox", name="Place").input_value() == "28804-01"
    page.get_by_label("Begins").fill("00:00")
    page.get_by_label("Ends").fill("01:30")
    page.get_by_role("textbox", name="Where").fill("Hall of Tân Huề")
    page.get_by_label("Agenda").fill("Water on the fields")
    page.get_by_role("button", name="Convene the meeting").click()
    says(page, "The meeting is convened. 1 person has to attend.")
    press(page, "Nobody was missing")
    says(page, "The meeting is held and the attendance is kept.")
    page.get_by_label("What was said").fill("The sluice gate leaks; two fields are dry.")
    press(page, "Add to the minutes")
    says(page, "The item stands in the minutes.")
    page.get_by_text("Raise a case from item 1").click()
    page.get_by_label("What is wrong, in one line").fill(TITLE)
    page.get_by_role("button", name="Raise the case").click()
    says(page, "is raised from item 1.")
    page.locator("#minutes").get_by_role("link", name=TITLE).click()
    page.get_by_role("heading", name=TITLE).wait_for()
    says(page, "two fields are dry")
    return Case.objects.get()


def escalated_to_the_district(case: Case, world: World, office: Office) -> None:
    """The officer carries the case to the head of the commune's office, and so on up."""
    chain = (world.officer, world.head, world.lead, world.boss)
    for who, whom in pairwise(chain):
        page = office.page_of(who)
        page.goto(case.get_absolute_url())
        press(page, "Escalate")
        page.get_by_label("Why it goes up").fill("The gate belongs to two hamlets.")
        page.get_by_role("button", name=f"Escalate {case.number}").click()
        says(page, f"{who.name}, to {whom.name}")
    case.refresh_from_db()
    assert case.level == world.district.tier.level


def first_round(case: Case, world: World, office: Office) -> None:
    """The district gives the case an owner, who works and shows a photo; it does not hold."""
    page = office.page_of(world.boss)
    page.goto(case.get_absolute_url())
    assert page.get_by_role("link", name="Assign an owner").count() == 0
    page = office.page_of(world.office)
    page.goto(case.get_absolute_url())
    press(page, "Assign an owner")
    page.get_by_label("New owner").select_option(label=world.head.name)
    page.get_by_role("button", name=f"Give {case.number} to this person").click()
    says(page, f"{case.number} has its owner.")

    page = office.page_of(world.head)
    page.goto(case.get_absolute_url())
    press(page, "Accept")
    page.get_by_role("button", name=f"Accept {case.number}").click()
    says(page, f"{case.number} is accepted.")
    press(page, "Give guidance")
    page.get_by_label("Guidance").fill("Replace the rubber, not the frame.")
    page.get_by_role("button", name=f"Give guidance on {case.number}").click()
    says(page, f"The guidance stands in {case.number}.")
    rectified(page, case, "New rubber on both sides.")
    assert case.attachments.get().name == "gate.jpg"
    thumb = page.locator(".fp-evidence img").first
    assert page.request.get(thumb.get_attribute("src") or "").ok

    page = office.page_of(world.officer)
    page.goto(case.get_absolute_url())
    press(page, "Verify on the spot")
    page.get_by_label("What you saw on the spot").fill("Water still runs through at high tide.")
    page.get_by_role("button", name="Not rectified: open round 2").click()
    says(page, f"{case.number} came back: the next round is open.")
    says(page, "Round 2")
    assert standing(case)[:2] == ("accepted", 2)


def second_round(case: Case, world: World, office: Office) -> None:
    """The same owner does it again; the page offers to verify to others only."""
    page = office.page_of(world.head)
    page.goto(case.get_absolute_url())
    rectified(page, case, "The frame is welded too.")
    says(page, "Rectified again")
    says(page, "You took part in the work, so you cannot verify it.")
    assert page.get_by_role("link", name="Verify on the spot").count() == 0


def rectified(page: Page, case: Case, done: str) -> None:
    """Say what was done, with a photo of it."""
    press(page, "Report it rectified")
    page.get_by_label("What was done").fill(done)
    page.get_by_label("Photos or PDF").set_input_files(photo())
    page.get_by_role("button", name=f"Hand {case.number} over to be verified").click()
    says(page, f"{case.number} waits to be verified by somebody else.")


def rectifier_finds_every_door_shut(case: Case, world: World, office: Office, folder: Path) -> None:
    """Page, list, API, file and administration site refuse with a sentence, and change nothing."""
    before = standing(case)
    assert before[:2] == ("rectified", 2)
    page = office.page_of(world.head)

    answer = page.goto(f"/cases/{case.pk}/verify/")
    assert answer is not None
    assert answer.status == 409
    says(page, TOOK_PART)
    assert standing(case) == before

    sent = posted(page, f"/cases/{case.pk}/verify/", result="confirmed", text="It holds.")
    assert sent.status == 409
    assert TOOK_PART in sent.text()
    assert standing(case) == before

    sent = posted(page, "/cases/bulk/", deed="verify", case=str(case.pk), result="confirmed")
    assert ONE_BY_ONE in sent.text()
    assert standing(case) == before

    key = accounts.create_api_token(user=world.head.user, name="x", by=world.head, at=clock.now())
    sent = page.request.post(
        f"/api/v1/cases/{case.pk}/verify",
        headers={"Authorization": f"Bearer {key}"},
        data={"result": "confirmed"},
    )
    assert (sent.status, sent.json()) == (409, {"detail": TOOK_PART})
    assert standing(case) == before

    assert f"Row 2, column deed “verify”: {TOOK_PART}" in imported(case, world.head, folder)
    assert standing(case) == before

    tried_in_the_administration(case, world, page)
    assert standing(case) == before


def posted(page: Page, address: str, **fields: str) -> APIResponse:
    """Send what a forged form would send, with the session and the token of the page."""
    page.goto("/cases/raise/")
    token = page.locator("main input[name=csrfmiddlewaretoken]").first.input_value()
    return page.request.post(address, form={"csrfmiddlewaretoken": token, **fields})


def imported(case: Case, by: Person, folder: Path) -> str:
    """Return what the import says to a file in which somebody verifies the case."""
    Case.objects.filter(pk=case.pk).update(source_key="K1")
    file = folder / "cases.csv"
    file.write_text(
        f"source_key,deed,by,at,result\nK1,verify,{by.code},{clock.today()},confirmed\n"
    )
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_cases", str(file), stdout=io.StringIO(), stderr=said)
    return said.getvalue()


def tried_in_the_administration(case: Case, world: World, page: Page) -> None:
    """Give the rectifier the keys of the administration site, and choose the action there."""
    post = Post.objects.create(
        organization=world.district_office,
        title="Keeper of the site",
        role=Role.ADMINISTRATOR,
        covers_everything=True,
    )
    Membership.objects.create(
        person=world.head, organization=world.district_office, post=post, start=LONG_AGO
    )
    known.forget_everybody()  # the rows were written behind the back of the services
    page.goto("/admin/cases/case/")
    page.locator(f"input[name=_selected_action][value='{case.pk}']").check()
    page.locator("select[name=action]").select_option("verify_confirmed")
    page.locator("button[name=index]").click()
    page.get_by_text(f"{case.number}: {TOOK_PART}").wait_for()


def verified_by_somebody_else(case: Case, page: Page) -> None:
    """Somebody who did no part of the work goes and looks, and the case is closed."""
    page.goto(case.get_absolute_url())
    says(page, "You did no part of the work, so you may verify.")
    press(page, "Verify on the spot")
    page.get_by_label("What you saw on the spot").fill("Dry at high tide.")
    page.get_by_role("button", name=f"Confirm and close {case.number}").click()
    says(page, f"{case.number} is verified and closed.")
    case.refresh_from_db()
    assert (case.state, case.outcome, case.is_open) == ("closed", "solved", False)
    assert [(row.number, row.result) for row in case.rounds.order_by("number")] == [
        (1, "not"),
        (2, "confirmed"),
    ]


def report_leads_to_the_case(case: Case, page: Page) -> None:
    """The report of the month counts the case, and each of its figures opens it."""
    for label in ("Raised", "Closed, not reopened since", "Escalated"):
        press(page, "Figures")
        press(page, "Month report")
        line = page.locator("#section-cases tr").filter(
            has=page.get_by_role("rowheader", name=label, exact=True)
        )
        figure = line.get_by_role("link")
        assert figure.inner_text() == "1"
        figure.click()
        page.locator("main").get_by_role("link", name=TITLE).click()
        page.get_by_role("heading", name=TITLE).wait_for()
        assert page.url.endswith(case.get_absolute_url())
    press(page, "Figures")
    press(page, "Month report")
    page.locator("#section-meetings").get_by_role("link", name="1/1 = 100.00 %").first.click()
    page.locator("main .fp-row").get_by_role("link").first.click()
    says(page, "The sluice gate leaks; two fields are dry.")


# --- clicks ---------------------------------------------------------------------------------------


class Clicks:
    """Somebody on their home page; every click from there on is counted."""

    def __init__(self, office: Office, who: Person) -> None:
        context = window(office.browser, office.base, who)
        self.page = context.new_page()
        office.windows[-who.pk] = self.page
        self.page.goto("/")
        self.number = 0

    def click(self, name: str, *, within: str = "body", exact: bool = False) -> Clicks:
        """Click the link or button of this name in a part of the page."""
        part = self.page.locator(within)
        link = part.get_by_role("link", name=name, exact=exact)
        link.or_(part.get_by_role("button", name=name, exact=exact)).first.click()
        self.number += 1
        return self


def test_an_officer_needs_three_clicks_or_fewer(world: World, office: Office) -> None:
    case = world.rectified_case(title="Lamp post leans")
    raising = Clicks(office, world.officer).click("Record").click("Case", within="main")
    raising.page.get_by_label("What is wrong, in one line").fill(TITLE)
    raising.click("Raise the case", within="main")
    says(raising.page, "stands in the ledger.")
    assert raising.number == 3
    assert Case.objects.get(title=TITLE).area == world.hue

    verifying = Clicks(office, world.officer).click(case.title).click("Verify on the spot")
    verifying.click(f"Confirm and close {case.number}")
    says(verifying.page, f"{case.number} is verified and closed.")
    assert verifying.number == 3


def test_a_head_needs_three_clicks_or_fewer(world: World, office: Office) -> None:
    case = world.case()
    now = clock.now()
    meeting = meetings.convene_meeting(
        kind=world.cell_meeting,
        area=world.thach,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        by=world.head,
        at=now,
    )
    meetings.add_duty(meeting=meeting, person=world.head, by=world.head, at=now)

    giving = Clicks(office, world.head).click("without an owner").click(case.title)
    giving.click("Assign an owner")
    says(giving.page, "New owner")
    assert giving.number == 3
    giving.click(f"Give {case.number} to this person")
    says(giving.page, f"{case.number} has its owner.")

    holding = Clicks(office, world.head).click("Open the meeting").click("Nobody was missing")
    says(holding.page, "The meeting is held and the attendance is kept.")
    assert holding.number <= 3


def test_a_figure_opens_its_rows_with_one_click_and_a_tile_leads_down(
    world: World, office: Office
) -> None:
    case = world.case()
    home = Clicks(office, world.head).click("overdue", within="#leading")
    says(home.page, case.title)
    assert home.number == 1

    cluster = Clicks(office, world.office)
    cluster.page.goto("/figures/")
    cluster.click("Tân Thạch", within=".fp-tiles").click("Tân Huề", within=".fp-tiles")
    cluster.page.get_by_role("heading", name=world.hue.name, level=1).wait_for()
    assert cluster.number == 2


def test_an_auditor_reads_a_history_and_checks_its_chain(world: World, office: Office) -> None:
    case = world.closed_case()
    reading = Clicks(office, world.auditor).click("Trail").click(f"case {case.pk}", within="main")
    says(reading.page, "4 lines, chain unbroken")
    assert reading.number == 2
    reading.click("Check now")
    says(reading.page, "In order")
    assert reading.number == 3
