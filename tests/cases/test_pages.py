"""The pages of one case: reading it, doing deeds on it, raising one; with and without rights."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import forms, panels, rules, services
from footpath.cases.models import Attachment, Case
from footpath.cases.rules import Deed, State
from footpath.directory.panels import Panel
from tests.cases.tools import SignIn, pdf, photo
from tests.world import World, later

pytestmark = pytest.mark.django_db


def text_of(response) -> str:  # type: ignore[no-untyped-def]
    """Return what a page says, without its tags."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(plain.split())


# --- reading --------------------------------------------------------------------------------------


def test_a_case_that_is_not_theirs_is_not_there(world: World, sign_in: SignIn) -> None:
    case = world.case()
    client = sign_in(world.far)
    here = case.get_absolute_url()
    answers = [client.get(f"{here}{deed}") for deed in ("", "verify/", "note/", "files/1/")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert client.post(f"{here}note/", {"text": "Hello"}).status_code == 404
    assert client.get("/cases/999999/").status_code == 404


def test_a_returned_case_says_so_in_the_readers_language(world: World, sign_in: SignIn) -> None:
    case = world.case("Street lamp out")
    services.return_case(case=case, text="Which lamp?", by=world.head, at=later(hours=1))
    said = sign_in(world.head).get(case.get_absolute_url(), headers={"accept-language": "vi"})
    assert "Đã trả về" in text_of(said)
    assert "returned" not in text_of(said)


def test_an_unknown_deed_is_not_there(world: World, sign_in: SignIn) -> None:
    case = world.case()
    assert sign_in(world.head).get(f"{case.get_absolute_url()}forget/").status_code == 404


def test_the_thread_tells_the_rounds_in_order(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case(text="Salt water in 12 gardens.")
    services.verify_case(
        case=case, result="not", text="Still leaks.", by=world.officer, at=later(hours=3)
    )
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=4))
    services.escalate_case(
        case=case, text="Dear.", by=world.head, at=later(hours=5), agency=world.agency
    )
    services.rectify_case(case=case, text="Welded.", by=world.second, at=later(hours=6))
    said = text_of(sign_in(world.lead).get(case.get_absolute_url()))
    told = (
        "Raised", "Salt water in 12 gardens.", "Accepted", "Rectified", "Verification refused",
        "Still leaks.", "Round 2", "Owner assigned", "Phạm Văn Tuấn, to Tô Thị Hiền", "Escalated",
        "Phạm Văn Tuấn, to Office of Health", "Rectified again", "Welded.", "Verify",
        "Waiting for somebody who did not do the work.", "People", "Owner before",
    )  # fmt: skip
    thread = said[said.index("What happened") :]
    places = []
    start = 0
    for words in told:
        start = thread.index(words, start)
        places.append(start)
    assert places == sorted(places)


def test_a_round_that_just_began_has_its_line(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    services.verify_case(
        case=case, result="partly", text="Half.", by=world.officer, at=later(hours=3)
    )
    said = text_of(sign_in(world.head).get(case.get_absolute_url()))
    assert re.search(r"Partly rectified .* Half\. Round 2 Guide or rectify", said)


@pytest.mark.parametrize(
    ("who", "words", "offered"),
    [
        ("officer", "Next step, yours Go and see whether it holds.", True),
        ("head", "You took part in the work, so you cannot verify it.", False),
        ("auditor", "Next step: Lê Thị Mai Go and see whether it holds.", False),
    ],
)
def test_the_next_step_says_whose_it_is_and_offers_only_what_is_allowed(
    world: World, sign_in: SignIn, who: str, words: str, offered: bool
) -> None:
    case = world.rectified_case()
    page = sign_in(getattr(world, who)).get(case.get_absolute_url())
    assert words in text_of(page)
    assert (f'href="{case.get_absolute_url()}verify/"' in page.content.decode()) is offered


def test_the_next_step_of_each_state(world: World, sign_in: SignIn) -> None:
    head, officer = sign_in(world.head), sign_in(world.officer)
    case = world.case()
    here = case.get_absolute_url()
    assert "Next step, yours Accept the case, or give it an owner." in text_of(head.get(here))
    services.return_case(case=case, text="Where?", by=world.head, at=later(hours=1))
    assert "Next step, yours Add what is missing" in text_of(officer.get(here))
    services.resubmit_case(case=case, text="Here.", by=world.officer, at=later(hours=2))
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=3))
    assert "Next step: Tô Thị Hiền Accept the case, or return it" in text_of(head.get(here))
    services.accept_case(case=case, by=world.second, at=later(hours=4))
    assert "Next step: Tô Thị Hiền Set it right" in text_of(head.get(here))
    services.rectify_case(case=case, text="Done.", by=world.second, at=later(hours=5))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=6))
    assert "Verified on 10 March 2026 by Lê Thị Mai. It has left the ledger." in text_of(
        head.get(here)
    )


def test_a_duplicate_leads_to_the_case_that_stays_open(world: World, sign_in: SignIn) -> None:
    other, case = world.case("The other"), world.case()
    services.mark_duplicate(case=case, of=other, by=world.head, at=later(hours=1))
    page = sign_in(world.head).get(case.get_absolute_url())
    assert f"as a duplicate of {other.number}." in text_of(page)
    assert f'href="{other.get_absolute_url()}"' in page.content.decode()


def test_rooms_above_add_their_cards(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", [])
    panels.register_panel(lambda _person, _case: None, order=2)
    panels.register_panel(
        lambda person, case: Panel(
            "cases/owned.html",
            {"rows": [], "more": False, "ledger": "/meeting-of-the-case"},
            "side",
        ),
        order=1,
    )
    page = sign_in(world.head).get(world.case().get_absolute_url())
    assert "/meeting-of-the-case" in page.content.decode()


def test_a_case_costs_the_same_queries_whatever_its_length(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    client = sign_in(world.officer)
    here = case.get_absolute_url()
    client.get(here)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(here)
        counted.append(len(queries))
        for number in range(3):
            entry = services.add_note(
                case=case, text="Seen.", by=world.officer, at=later(hours=3 + number)
            )
            services.add_attachments(
                case=case, entry=entry, uploads=[photo()], by=world.officer, at=later(hours=4)
            )
    assert counted[0] == counted[1]


# --- deeds ----------------------------------------------------------------------------------------


def posted(case: Case, **values: object) -> dict[str, object]:
    """Return what the form of a deed sends for a case as it stands."""
    case.refresh_from_db()
    return {"expected": forms.standing_of(case), **values}


def test_a_case_walks_through_its_pages_until_it_is_closed(world: World, sign_in: SignIn) -> None:
    head, officer, lead = sign_in(world.head), sign_in(world.officer), sign_in(world.lead)
    case = world.case()
    here = case.get_absolute_url()

    def do(client, deed: str, **values: object) -> None:  # type: ignore[no-untyped-def]
        assert client.get(f"{here}{deed}/").status_code == 200
        answer = client.post(f"{here}{deed}/", posted(case, **values))
        assert (answer.status_code, answer.get("Location")) == (302, here)

    do(head, "return", text="Which gate?")
    do(officer, "resubmit", text="The one at Rạch Sâu.", files=photo())
    do(head, "accept", text="On Thursday.")
    do(head, "assign", code=world.second.code)
    do(lead, "guide", text="Replace the seal.")
    do(head, "escalate", text="Too dear.", agency=world.agency.pk)
    do(head, "assign", owner=world.lead.pk)
    do(head, "rectify", text="Seal replaced.", outcome="solved", files=[photo(), pdf()])
    do(officer, "verify", result="not", text="Still leaks.")
    do(head, "note", text="Understood.")
    do(head, "rectify", text="Welded.", outcome="explained")
    do(officer, "verify", result="confirmed")
    do(officer, "reopen", text="Leaks again.")
    other = world.case("The other")
    do(head, "mark-duplicate", of=other.number.lower())
    case.refresh_from_db()
    assert (case.state, case.outcome, case.round_number) == ("closed", "duplicate", 3)
    assert Attachment.objects.filter(case=case).count() == 3


def test_the_button_names_what_follows(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    said = text_of(sign_in(world.officer).get(f"{case.get_absolute_url()}verify/"))
    assert f"Confirm and close {case.number}" in said
    assert "Not rectified: open round 2" in said
    assert "Seal replaced." in said


def test_whoever_rectified_is_refused_on_the_page_too(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    client = sign_in(world.head)
    address = f"{case.get_absolute_url()}verify/"
    for answer in (client.get(address), client.post(address, posted(case, result="confirmed"))):
        assert answer.status_code == 409
        assert "Somebody else has to verify it on the spot." in text_of(answer)
    case.refresh_from_db()
    assert case.state == State.RECTIFIED


def test_a_deed_outside_ones_posts_is_forbidden(world: World, sign_in: SignIn) -> None:
    case = world.case()
    assert sign_in(world.auditor).get(f"{case.get_absolute_url()}accept/").status_code == 403
    assert sign_in(world.officer).post(f"{case.get_absolute_url()}assign/").status_code == 403


def test_a_form_of_an_older_state_is_refused(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    old = posted(case, result="confirmed")
    services.verify_case(
        case=case, result="not", text="Leaks.", by=world.officer, at=later(hours=3)
    )
    services.rectify_case(case=case, text="Again.", by=world.head, at=later(hours=4))
    answer = sign_in(world.officer).post(f"{case.get_absolute_url()}verify/", old)
    assert (answer.status_code, "in the meantime" in text_of(answer)) == (409, True)
    case.refresh_from_db()
    assert case.state == State.RECTIFIED


def test_what_is_missing_is_asked_for(world: World, sign_in: SignIn) -> None:
    case = world.rectified_case()
    other = world.case("At work")
    services.accept_case(case=other, by=world.head, at=later(hours=1))
    here, there = case.get_absolute_url(), other.get_absolute_url()
    officer, head = sign_in(world.officer), sign_in(world.head)
    for client, address, values, words in (
        (officer, f"{here}verify/", {}, "Press one of the three buttons"),
        (officer, f"{here}verify/", {"result": "partly"}, "Write what is still wrong"),
        (head, f"{there}assign/", {}, "Choose the new owner."),
        (head, f"{there}assign/", {"code": "X1"}, "Nobody has this staff number."),
        (head, f"{there}guide/", {}, "Write the guidance"),
        (head, f"{there}mark-duplicate/", {"of": "C-9999"}, "There is no such case."),
        (head, f"{there}mark-duplicate/", {"of": other.number}, "duplicate of itself"),
        (head, f"{there}note/", {"text": "x", "files": [photo() for _ in range(6)]}, "At most"),
    ):
        answer = client.post(address, values)
        assert (answer.status_code, words in text_of(answer)) == (422, True), words


def test_a_bad_file_undoes_the_deed_it_came_with(world: World, sign_in: SignIn) -> None:
    case = world.case()
    bad = photo("notes.txt")
    bad.file.seek(0)
    bad.file.write(b"only text" * 100)
    bad.file.truncate()
    bad.seek(0)
    answer = sign_in(world.head).post(
        f"{case.get_absolute_url()}note/", posted(case, text="Look", files=[photo(), bad])
    )
    assert (answer.status_code, case.entries.count(), case.attachments.count()) == (422, 0, 0)
    assert "is not a photo" in text_of(answer)


def test_every_deed_has_its_words() -> None:
    from footpath.cases import presenting

    assert all(presenting.deed_word(deed) and presenting.DEED_ICONS[deed] for deed in Deed)
    assert {presenting.next_word(state) for state in rules.OPEN} >= {"Verify", "Accept"}


# --- raising --------------------------------------------------------------------------------------


def raised(world: World, **values: object) -> dict[str, object]:
    """Return what the form for a new case sends."""
    return {
        "title": "Sluice gate leaks",
        "area": world.hue.pk,
        "category": world.category.pk,
        "client_key": str(uuid4()),
        **values,
    }


def test_a_post_sent_twice_makes_one_case_with_its_photo_once(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.officer)
    sent = raised(world)
    answers = [client.post("/cases/raise/", {**sent, "files": photo()}) for _ in range(2)]
    case = Case.objects.get()
    assert [answer["Location"] for answer in answers] == [case.get_absolute_url()] * 2
    assert (case.attachments.count(), case.raised_by, case.source) == (1, world.officer, "officer")
    page = client.get(case.get_absolute_url())
    assert "gate.jpg" in text_of(page)


def test_the_form_begins_with_the_place_one_is_in_charge_of(world: World, sign_in: SignIn) -> None:
    html = sign_in(world.officer).get("/cases/raise/").content.decode()
    assert re.search(rf'<option value="{world.hue.pk}" selected>Ấp Tân Huề, Tân Thạch', html)


def test_a_place_in_the_address_is_chosen(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.office)
    html = client.get(f"/cases/raise/?place={world.group.code}").content.decode()
    assert re.search(rf'<option value="{world.group.pk}" selected>', html)
    sent = raised(world, area=world.group.pk)
    assert client.post(f"/cases/raise/?place={world.group.code}", sent).status_code == 302


def test_nobody_raises_a_case_where_they_have_no_part(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.member)
    assert client.get(f"/cases/raise/?place={world.phuoc.code}").status_code == 403
    assert client.post("/cases/raise/", raised(world, area=world.phuoc.pk)).status_code == 422
    assert Case.objects.count() == 0


def test_a_case_without_a_line_is_asked_for_it(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.officer)
    answer = client.post("/cases/raise/", raised(world, title=" "))
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert "Say in one line what is wrong." in text_of(answer)


def test_a_key_that_somebody_else_used_is_refused(world: World, sign_in: SignIn) -> None:
    sent = raised(world)
    sign_in(world.officer).post("/cases/raise/", sent)
    answer = sign_in(world.head).post("/cases/raise/", sent)
    assert (answer.status_code, Case.objects.count()) == (422, 1)
