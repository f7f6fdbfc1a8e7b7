"""The pages of reminders: what is to be done, one of them, by hand and in bulk, the steps."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from footpath.accounts import selectors as accounts
from footpath.cases.models import Case, LadderStep, Reminder
from footpath.cases.selectors import reminders
from footpath.cases.services import climbing, ladder, reminder_tasks, reminding
from footpath.core import clock
from footpath.notifications.models import Channel, Delivery, Notice
from tests.cases.test_pages import text_of
from tests.cases.test_reminders import clock_of
from tests.cases.tools import SignIn
from tests.world import World, assign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _usual_ladder(db: None) -> None:
    """Write the usual ladder where a test before emptied all tables."""
    import_module("footpath.cases.migrations.0008_the_ladder").forwards(apps, None)


def task(world: World, channel: str, title: str = "Sluice gate leaks") -> Reminder:
    case = world.case(title, at=clock.now())
    return reminding.remind_case(case=case, by=world.head, at=clock.now(), channel=channel)


# --- the list -------------------------------------------------------------------------------------


def test_each_view_shows_what_is_to_be_done_there(world: World, sign_in: SignIn) -> None:
    task(world, "telephone", "Call me")
    task(world, "notice", "Write me")
    task(world, "on_site", "Instruct me")
    task(world, "chat", "Tell me")
    client = sign_in(world.head)
    seen = {
        view: text_of(client.get("/cases/reminders/", {"view": view, "place": world.thach.code}))
        for view in ("calls", "notices", "instructions", "all", "mine", "nonsense")
    }
    assert "Call me" in seen["calls"]
    assert "Write me" not in seen["calls"]
    assert "Write me" in seen["notices"]
    assert "Instruct me" in seen["instructions"]
    assert all(title in seen["all"] for title in ("Call me", "Write me", "Instruct me", "Tell me"))
    assert "Nobody reminds you" in seen["mine"]
    assert "Call me" in seen["nonsense"]
    elsewhere = client.get("/cases/reminders/", {"place": world.khanh.code})
    assert "Nothing to do here" in text_of(elsewhere)


def test_the_lead_of_the_cluster_makes_calls_too(world: World, sign_in: SignIn) -> None:
    row = task(world, "telephone", "Call me")
    client = sign_in(world.second)
    assert "Call me" not in text_of(client.get("/cases/reminders/"))
    assign(world.second, world.thach, "cluster_lead")
    accounts.forget_everybody()
    assert "Call me" in text_of(client.get("/cases/reminders/?view=calls"))
    assert "1 call to make" in text_of(client.get("/"))
    client.post(f"/cases/reminders/{row.pk}/", {"deed": "reached"})
    row.refresh_from_db()
    assert (row.state, row.done_by) == ("delivered", world.second)


def test_an_officer_sees_only_reminders_to_themselves(world: World, sign_in: SignIn) -> None:
    row = task(world, "chat", "Tell me")
    task(world, "telephone", "Call me")
    own = text_of(sign_in(world.officer).get("/cases/reminders/?view=all"))
    assert "Tell me" in own
    assert "Calls to make" not in own
    assert "Tell me" not in text_of(sign_in(world.second).get("/cases/reminders/"))
    assert sign_in(world.second).get(f"/cases/reminders/{row.pk}/").status_code == 404
    assert sign_in(world.head).get("/cases/reminders/999999/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(
    world: World, sign_in: SignIn, number: int, django_assert_max_num_queries: Any
) -> None:
    for at in range(number):
        task(world, "chat", f"Case {at}")
    client = sign_in(world.head)
    client.get("/cases/reminders/?view=all")
    with django_assert_max_num_queries(13):
        page = client.get("/cases/reminders/?view=all")
    assert all(f"Case {at}" in text_of(page) for at in range(number))


def test_a_long_list_goes_on_on_the_next_page(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        task(world, "telephone", f"Case {at}")

    few = reminders.reminders_for
    monkeypatch.setattr(
        reminders, "reminders_for", lambda person, **asked: few(person, **asked, size=2)
    )
    client = sign_in(world.head)
    first = client.get("/cases/reminders/?view=calls")
    after = first.content.decode().split("after=")[1].split('"')[0]
    second = text_of(client.get(f"/cases/reminders/?view=calls&after={after}"))
    assert "Case 2" in second
    assert "Case 0" not in second


# --- one reminder ---------------------------------------------------------------------------------


def test_a_call_is_noted_on_its_page(world: World, sign_in: SignIn) -> None:
    world.officer.phone = "0903 111 222"
    world.officer.save()
    row = task(world, "telephone")
    client, page = sign_in(world.head), f"/cases/reminders/{row.pk}/"
    assert 'href="tel:0903111222"' in client.get(page).content.decode()
    refused = client.post(page, {"deed": "not_reached"})
    assert (refused.status_code, "Write why nobody was reached." in text_of(refused)) == (422, True)
    client.post(page, {"deed": "not_reached", "text": "No answer."})
    assert "Not reached" in text_of(client.get(page))
    client.post(page, {"deed": "reached", "text": "Comes tomorrow."})
    said = text_of(client.get(page))
    assert "Reached" in said
    assert "Comes tomorrow." in said
    again = client.post(page, {"deed": "reached"})
    assert again.status_code == 409
    assert client.post(page, {"deed": "sing"}).status_code in {400, 409, 422}


def test_a_notice_is_drawn_up_printed_and_handed_over(world: World, sign_in: SignIn) -> None:
    row = task(world, "notice")
    client, page = sign_in(world.head), f"/cases/reminders/{row.pk}/"
    assert client.get(f"{page}notice.pdf").status_code == 404
    assert "Draw up the notice" in text_of(client.get(page))
    client.post(page, {"deed": "issue"})
    row.refresh_from_db()
    printed = client.get(f"{page}notice.pdf")
    assert printed.content.startswith(b"%PDF")
    assert row.number.replace("/", "-") in printed["Content-Disposition"]
    assert "Ready to hand over" in text_of(client.get(page))
    client.post(page, {"deed": "handed_over"})
    assert "Handed over" in text_of(client.get(page))
    assert sign_in(world.second).get(f"{page}notice.pdf").status_code == 404


def test_a_notice_that_cannot_be_printed_says_so(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = task(world, "notice")
    monkeypatch.setattr(reminder_tasks.written_notices, "TEMPLATE", "cases/typst/none.typ")
    answer = sign_in(world.head).post(f"/cases/reminders/{row.pk}/", {"deed": "issue"})
    assert (answer.status_code, "cannot be printed" in text_of(answer)) == (422, True)


def test_an_instruction_is_noted_on_its_page(world: World, sign_in: SignIn) -> None:
    row = task(world, "on_site")
    client, page = sign_in(world.head), f"/cases/reminders/{row.pk}/"
    client.post(page, {"deed": "instructed", "text": "Replace the seal."})
    said = text_of(client.get(page))
    assert "Instructed" in said
    assert "Replace the seal." in said


def test_whoever_is_reminded_says_that_it_was_seen(world: World, sign_in: SignIn) -> None:
    row = task(world, "chat")
    client, page = sign_in(world.officer), f"/cases/reminders/{row.pk}/"
    assert "Sluice gate leaks" in text_of(client.get("/"))
    client.post(page, {"deed": "acknowledge"})
    assert "Acknowledged" in text_of(client.get(page))
    assert "You are reminded" not in text_of(client.get("/"))


def test_my_day_of_the_head_counts_what_is_to_be_done(world: World, sign_in: SignIn) -> None:
    for channel in ("telephone", "notice", "on_site"):
        task(world, channel, channel)
    said = text_of(sign_in(world.head).get("/"))
    assert "1 call to make" in said
    assert "1 notice to hand over" in said
    assert "1 instruction to give on the spot" in said


@pytest.mark.parametrize(
    ("state", "word"), [("sent", "Delivered"), ("failed", "Not delivered"), ("planned", "Sent")]
)
def test_how_far_a_message_has_come_is_read_from_its_deliveries(
    world: World, sign_in: SignIn, state: str, word: str
) -> None:
    row = task(world, "chat")
    user = world.officer.user
    channel = Channel.objects.create(
        user=user, kind="chat", address="https://chat", created_at=clock.now()
    )
    delivery = Delivery.objects.create(
        user=user, channel=channel, key="x", kind="chat", address="chat", state=state,
        due_at=clock.now(), sent_at=clock.now() if state == "sent" else None,
    )  # fmt: skip
    delivery.notices.add(Notice.objects.get(user=user))
    assert word in text_of(sign_in(world.head).get(f"/cases/reminders/{row.pk}/"))


def test_a_message_read_in_the_interface_counts_as_read(world: World, sign_in: SignIn) -> None:
    row = task(world, "chat")
    Notice.objects.update(read_at=clock.now())
    assert "Read" in text_of(sign_in(world.head).get(f"/cases/reminders/{row.pk}/"))


# --- by hand --------------------------------------------------------------------------------------


def test_the_case_page_shows_the_rungs_and_reminds(world: World, sign_in: SignIn) -> None:
    case = world.case(at=clock.now())
    ladder.replan(clock_of(case), at=clock.now())
    client = sign_in(world.head)
    said = text_of(client.get(f"/cases/{case.pk}/"))
    assert "Nobody was reminded of this due date yet." in said
    assert "Digest of the day" in said
    asked = client.get(f"/cases/{case.pk}/remind/")
    assert f"The case waits for {world.officer.name}." in text_of(asked)
    answer = client.post(f"/cases/{case.pk}/remind/", {"channel": "chat", "text": "Today."})
    assert answer.status_code == 302
    assert "Message at once" in text_of(client.get(f"/cases/{case.pk}/"))
    again = client.post(f"/cases/{case.pk}/remind/", {"channel": "chat"})
    assert (again.status_code, "today already" in text_of(again)) == (409, True)
    assert client.post(f"/cases/{case.pk}/remind/", {"channel": "drum"}).status_code == 422
    assert sign_in(world.officer).get(f"/cases/{case.pk}/remind/").status_code == 403


def test_a_call_by_hand_opens_its_page_and_a_closed_case_has_no_card(
    world: World, sign_in: SignIn
) -> None:
    case = world.case(at=clock.now())
    client = sign_in(world.head)
    answer = client.post(f"/cases/{case.pk}/remind/", {"channel": "telephone"})
    assert answer["Location"].startswith("/cases/reminders/")
    closed = world.closed_case(title="Done")
    page = client.get(f"/cases/{closed.pk}/")
    assert 'id="reminders"' not in page.content.decode()
    nobody = client.get(f"/cases/{closed.pk}/remind/")
    assert "Nobody is known for whom this case waits." in text_of(nobody)


def test_many_are_reminded_in_three_taps_and_each_refusal_is_said(
    world: World, sign_in: SignIn
) -> None:
    first, second = world.case("First", at=clock.now()), world.case("Second", at=clock.now())
    reminding.remind_case(case=second, by=world.head, at=clock.now())
    client = sign_in(world.head)
    assert 'value="remind"' in client.get("/cases/").content.decode()
    assert 'value="remind"' not in sign_in(world.officer).get("/cases/").content.decode()
    sent = {"case": [first.pk, second.pk], "deed": "remind"}
    assert "2 cases chosen" in text_of(client.post("/cases/bulk/", sent))
    said = text_of(client.post("/cases/bulk/", {**sent, "go": "1"}))
    assert "Done in 1 of 2 cases." in said
    assert "today already" in said
    assert Reminder.objects.filter(clock__case=first).count() == 1


# --- the steps ------------------------------------------------------------------------------------


def lines(*steps: tuple[int, str, bool]) -> dict[str, str]:
    sent = {"form-TOTAL_FORMS": str(len(steps) + 1), "form-INITIAL_FORMS": "0"}
    for at, (offset, channel, weekly) in enumerate(steps):
        sent[f"form-{at}-offset"], sent[f"form-{at}-channel"] = str(offset), channel
        if weekly:
            sent[f"form-{at}-is_weekly"] = "on"
    return {**sent, f"form-{len(steps)}-offset": "", f"form-{len(steps)}-channel": "digest"}


def test_the_steps_are_said_in_sentences_and_set_as_a_table(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.administrator)
    said = text_of(client.get("/cases/ladder/"))
    assert "3 working days before the due date: Digest of the day." in said
    assert "On the due date: Digest of the day." in said
    assert (
        "12 working days after the due date and every week from then on: "
        "Instruction on the spot." in said
    )
    own = text_of(client.get("/cases/ladder/?leg=verify"))
    assert "This leg has no steps of its own" in own
    client.post("/cases/ladder/", {"leg": "verify", **lines((1, "chat", True))})
    assert list(LadderStep.objects.filter(kind="verify").values_list("offset", "is_weekly")) == [
        (1, True)
    ]
    assert LadderStep.objects.filter(kind="").count() == 6
    wrong = client.post("/cases/ladder/", lines((1, "notice", False), (2, "chat", False)))
    assert (wrong.status_code, "milder than an earlier one" in text_of(wrong)) == (422, True)
    assert client.post("/cases/ladder/", lines((999, "chat", False))).status_code == 422
    assert client.post("/cases/ladder/", lines()).status_code == 302
    assert "Nobody is reminded." in text_of(client.get("/cases/ladder/"))
    for person in (world.member, world.head, world.office):
        read = sign_in(person).get("/cases/ladder/")
        assert (read.status_code, "It holds for everybody." in text_of(read)) == (200, True)
        assert "Set the steps" not in text_of(read)
        assert sign_in(person).post("/cases/ladder/", lines()).status_code == 403


# --- over the API ---------------------------------------------------------------------------------


def test_reminders_are_listed_and_acknowledged_over_the_api(world: World, sign_in: SignIn) -> None:
    row = task(world, "chat")
    task(world, "telephone", "Call me")
    mine = sign_in(world.officer).get("/api/v1/reminders").json()["items"]
    assert {one["title"] for one in mine} == {"Sluice gate leaks", "Call me"}
    head = sign_in(world.head)
    calls = head.get("/api/v1/reminders", {"view": "calls", "area": world.thach.code}).json()
    assert [one["title"] for one in calls["items"]] == ["Call me"]
    done = sign_in(world.officer).post(f"/api/v1/reminders/{row.pk}/acknowledge")
    assert (done.status_code, done.json()["state"]) == (200, "acknowledged")
    assert head.post(f"/api/v1/reminders/{row.pk}/acknowledge").status_code == 403
    assert sign_in(world.far).post(f"/api/v1/reminders/{row.pk}/acknowledge").status_code == 404


def test_a_confidential_reporter_is_in_no_reminder(world: World, sign_in: SignIn) -> None:
    case = world.case(at=clock.now())
    Case.objects.filter(pk=case.pk).update(raised_by=None)
    row = reminding.remind_case(
        case=Case.objects.get(pk=case.pk), by=world.head, at=clock.now(), channel="notice"
    )
    page = sign_in(world.head).get(f"/cases/reminders/{row.pk}/").content.decode()
    assert page.count(world.officer.name) >= 1  # whom it waits for, not who reported it
    assert climbing.climb(clock.now()) == 0
