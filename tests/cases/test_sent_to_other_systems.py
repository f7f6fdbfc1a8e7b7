"""Cases at other systems: sent once whatever fails, their updates in the thread once."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.cases import services as cases
from footpath.cases.models import Case, Endpoint, Handoff, RemoteUpdate
from footpath.cases.open311 import checking, polling, sending, wire
from footpath.cases.open311.client import Client, RefusedThere
from footpath.cases.open311.wire import Unreachable
from footpath.cases.services import endpoints
from footpath.cases.services.handoffs import hand_off
from footpath.core import sealing
from footpath.core.errors import InvalidValue, NotAllowed
from footpath.notifications.models import Notice
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

URL = "https://agency.example.org/open311/v2"
Answer = tuple[int, str] | BaseException


class Agency:
    """Another system, as far as its wire goes: it keeps what was posted, and answers."""

    def __init__(self) -> None:
        self.posted: list[dict[str, list[str]]] = []
        self.asked: list[str] = []
        self.queries: list[dict[str, list[str]]] = []
        self.says: dict[str, list[Answer]] = {}
        self.updates: list[tuple[str, str, str, str]] = []
        self.status: dict[str, tuple[str, str]] = {}

    def __call__(self, method: str, address: str, body: bytes = b"") -> tuple[int, bytes]:
        path = urlsplit(address).path.rpartition("/v2/")[2]
        query = parse_qs(urlsplit(address).query)
        self.asked.append(f"{method} {path}")
        if method == "GET":
            self.queries.append(query)
        planned = self.says.get(f"{method} {path}", [])
        answer = planned.pop(0) if planned else None
        if method == "POST" and answer is None:
            self.posted.append(parse_qs(body.decode()))
            answer = (201, f"<service_requests>{self._one(len(self.posted))}</service_requests>")
        if answer is None:
            answer = (200, self._read(path, query))
        if isinstance(answer, BaseException):
            raise answer
        return answer[0], f'<?xml version="1.0" encoding="utf-8"?>{answer[1]}'.encode()

    def _one(self, number: int) -> str:
        return f"<request><service_request_id>R{number}</service_request_id></request>"

    def _read(self, path: str, query: dict[str, list[str]]) -> str:
        if path == "services.xml":
            one = "<service_code>water</service_code><service_name>Water</service_name>"
            return f"<services><service>{one}</service></services>"
        if path == "servicerequestupdates.xml":
            rows = "".join(
                f"<request_update><update_id>{pk}</update_id>"
                f"<service_request_id>{number}</service_request_id><status>{status}</status>"
                f"<updated_datetime>2026-03-11T08:00:00Z</updated_datetime>"
                f"<description>{text}</description></request_update>"
                for pk, number, status, text in self.updates
            )
            return f"<service_request_updates>{rows}</service_request_updates>"
        rows = ""
        for number, form in enumerate(self.posted, start=1):
            status, notes = self.status.get(f"R{number}", ("open", ""))
            rows += (
                f"<request><service_request_id>R{number}</service_request_id>"
                f"<status>{status}</status><status_notes>{notes}</status_notes>"
                f"<description>{form['description'][0]}</description></request>"
            )
        return f"<service_requests>{rows}</service_requests>"

    def breaks(self, call: str, *answers: Answer) -> None:
        """Answer the next calls of this kind so."""
        self.says.setdefault(call, []).extend(answers)


@pytest.fixture
def agency(monkeypatch: pytest.MonkeyPatch) -> Agency:
    """Return another system that stands at the end of the wire."""
    made = Agency()
    monkeypatch.setattr(wire, "ask", made)
    return made


@pytest.fixture
def endpoint(world: World) -> Endpoint:
    """Return the endpoint of the agency."""
    return endpoints.create_endpoint(
        name="Water agency", url=URL, key="k-1", by=world.administrator, at=NOON
    )


@pytest.fixture
def handoff(world: World, endpoint: Endpoint) -> Handoff:
    """Return the note that a case is to be sent."""
    case = world.case(text="Since Monday.")
    Case.objects.filter(pk=case.pk).update(
        latitude=10.25, longitude=106.36, answers={"DEPTH": "1", "KIND": ["a", "b"]},
        media_url="https://example.org/1.jpg",
    )  # fmt: skip
    case.refresh_from_db()
    return hand_off(case=case, endpoint=endpoint, service_code="water", at=NOON)


def state_of(handoff: Handoff) -> tuple[str, str]:
    """Return how far the sending has come, and the number there."""
    handoff.refresh_from_db()
    return handoff.state, handoff.remote_id


def deeds(case: Case) -> list[tuple[str, str]]:
    """Return the thread: what was done and who says so."""
    return list(case.entries.values_list("deed", "said_by"))


# --- sending --------------------------------------------------------------------------------------


def test_what_a_confidential_reporter_wrote_is_not_sent(world: World, endpoint: Endpoint) -> None:
    cases.add_route(
        area=None,
        category=None,
        organization=world.agency,
        endpoint=endpoint,
        service_code="water",
        by=world.administrator,
        at=NOON,
    )
    world.category.is_public = True
    world.category.save(update_fields=["is_public"])
    for number, is_confidential in enumerate((False, True)):
        case, _code = cases.report_case(
            title=f"Report {number}",
            area=world.hue,
            category=world.category,
            is_confidential=is_confidential,
            at=NOON,
        )
        assert Handoff.objects.filter(case=case).exists() is not is_confidential


def test_a_case_waits_once_in_each_system(handoff: Handoff) -> None:
    again = hand_off(
        case=handoff.case, endpoint=handoff.endpoint, service_code="other", at=later(days=1)
    )
    assert (again, again.service_code) == (handoff, "water")
    Handoff.objects.update(state=Handoff.State.REFUSED)
    assert hand_off(case=handoff.case, endpoint=handoff.endpoint, service_code="w", at=NOON) != (
        handoff
    )


def test_of_two_that_note_at_once_one_stands(
    handoff: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footpath.cases.services import handoffs

    answers = iter([None, handoff])
    monkeypatch.setattr(handoffs, "open_at", lambda *_: next(answers))
    assert (
        hand_off(case=handoff.case, endpoint=handoff.endpoint, service_code="w", at=NOON) == handoff
    )


def test_a_case_is_sent_with_its_place_and_nothing_of_its_reporter(
    agency: Agency, handoff: Handoff
) -> None:
    assert sending.send_due(NOON) == 1
    assert state_of(handoff) == ("sent", "R1")
    (form,) = agency.posted
    reference = sending.reference_of(handoff)
    assert form == {
        "service_code": ["water"],
        "description": [
            f"Sluice gate leaks\n\nSince Monday.\n\n{handoff.case.number} · {reference}"
        ],
        "address_string": ["Ấp Tân Huề, Xã Tân Thạch, Huyện Châu Thành, Tỉnh Bến Tre"],
        "client_key": [str(handoff.key)],
        "lat": ["10.250000"],
        "long": ["106.360000"],
        "media_url": ["https://example.org/1.jpg"],
        "attribute[DEPTH]": ["1"],
        "attribute[KIND][]": ["a", "b"],
        "api_key": ["k-1"],
    }
    assert deeds(handoff.case) == [("sent_out", "Water agency")]
    assert sending.send_due(later(hours=2)) == 0
    assert len(agency.posted) == 1


def test_the_worker_sends_what_is_due(agency: Agency, handoff: Handoff) -> None:
    from footpath.core import timetable

    codes = {job.code for job in timetable.jobs()}
    assert {"cases.handoffs", "cases.remote_updates"} <= codes
    Handoff.objects.update(next_at=later(minutes=5))
    assert sending.send_due(NOON) == 0
    Endpoint.objects.update(is_active=False)
    assert sending.send_due(later(minutes=6)) == 0


def test_what_never_reached_the_other_side_waits_longer_each_time(
    agency: Agency, handoff: Handoff
) -> None:
    agency.breaks("POST requests.xml", *[Unreachable("It does not answer.")] * 3)
    at, waits = NOON, []
    for _ in range(3):
        sending.send_due(at)
        handoff.refresh_from_db()
        assert handoff.state == "waiting"
        assert handoff.next_at is not None
        waits.append((handoff.next_at - at).total_seconds() / 60)
        at = handoff.next_at
    assert waits == [1, 2, 4]
    handoff.endpoint.refresh_from_db()
    assert handoff.endpoint.failing_since == NOON
    assert handoff.endpoint.error == "It does not answer."
    assert sending.send_due(at) == 1
    handoff.endpoint.refresh_from_db()
    assert (handoff.endpoint.failing_since, handoff.endpoint.error) == (None, "")
    assert "GET requests.xml" not in agency.asked  # nobody has to look for what never arrived


def test_in_doubt_it_is_looked_for_before_it_is_sent_again(
    agency: Agency, handoff: Handoff
) -> None:
    form = {"description": [f"x {sending.reference_of(handoff)}"]}
    agency.posted.append(form)  # it arrived, its answer did not
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True))
    sending.send_due(NOON)
    assert state_of(handoff) == ("in_doubt", "")
    assert sending.send_due(later(minutes=1)) == 1
    assert state_of(handoff) == ("sent", "R1")
    assert len(agency.posted) == 1


def test_in_doubt_and_not_there_it_is_sent_again(agency: Agency, handoff: Handoff) -> None:
    agency.breaks("POST requests.xml", (502, "<errors/>"))
    sending.send_due(NOON)
    assert state_of(handoff) == ("in_doubt", "")
    agency.breaks("GET requests.xml", Unreachable("still down"))
    sending.send_due(later(minutes=1))
    assert state_of(handoff) == ("in_doubt", "")
    assert sending.send_due(later(minutes=4)) == 1
    assert state_of(handoff) == ("sent", "R1")


def test_what_a_killed_worker_held_is_taken_over(agency: Agency, handoff: Handoff) -> None:
    class Killed(BaseException):
        pass

    agency.breaks("POST requests.xml", Killed())
    with pytest.raises(Killed):
        sending.send_due(NOON)
    assert state_of(handoff) == ("in_doubt", "")
    assert sending.send_due(later(seconds=30)) == 0  # somebody may still be at it
    assert sending.send_due(later(minutes=2)) == 1
    assert len(agency.posted) == 1


def test_two_workers_send_it_once(agency: Agency, handoff: Handoff) -> None:
    other = Handoff.objects.get()
    assert sending._claim(handoff, at=NOON)
    assert not sending._claim(other, at=NOON)
    assert not sending._send(Handoff.objects.get(), {handoff.endpoint_id}, at=later(hours=1))


def test_a_refusal_ends_it_and_stands_in_the_thread(agency: Agency, handoff: Handoff) -> None:
    said = (
        "<errors><error><code>404</code><description>No such service</description></error></errors>"
    )
    agency.breaks("POST requests.xml", (404, said))
    assert sending.send_due(NOON) == 0
    assert state_of(handoff) == ("refused", "")
    entry = handoff.case.entries.get()
    assert (entry.deed, entry.text) == (
        "update",
        "Water agency does not take this case: No such service",
    )


SAYS_NO = (
    "<errors><error><code>400</code><description>We have it already</description></error></errors>"
)


def test_a_refusal_in_doubt_is_believed_only_when_the_case_is_not_there(
    agency: Agency, handoff: Handoff
) -> None:
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True))
    sending.send_due(NOON)
    # It arrives late: the look finds nothing yet, the second request is refused, the first stands.
    agency.breaks("GET requests.xml", (200, "<service_requests/>"))
    agency.breaks("POST requests.xml", (409, SAYS_NO))
    agency.posted.append({"description": [f"x {sending.reference_of(handoff)}"]})
    assert sending.send_due(later(minutes=1)) == 1
    assert state_of(handoff) == ("sent", "R1")
    assert deeds(handoff.case) == [("sent_out", "Water agency")]
    assert agency.asked == [
        "POST requests.xml", "GET requests.xml", "POST requests.xml", "GET requests.xml",
    ]  # fmt: skip


def test_a_refusal_in_doubt_that_holds_ends_it(agency: Agency, handoff: Handoff) -> None:
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True), (400, SAYS_NO))
    sending.send_due(NOON)
    assert sending.send_due(later(minutes=1)) == 0
    assert state_of(handoff) == ("refused", "")
    assert deeds(handoff.case) == [("update", "Water agency")]


@pytest.mark.parametrize(
    "answer", [(404, SAYS_NO), (503, "<errors/>"), Unreachable("cut", handed_over=True)]
)
def test_a_refusal_stays_a_doubt_while_nobody_says_whether_the_case_is_there(
    agency: Agency, handoff: Handoff, answer: Answer
) -> None:
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True), (400, SAYS_NO))
    sending.send_due(NOON)
    agency.breaks("GET requests.xml", (200, "<service_requests/>"), answer)
    assert sending.send_due(later(minutes=1)) == 0
    assert state_of(handoff) == ("in_doubt", "")
    agency.posted.append({"description": [f"x {sending.reference_of(handoff)}"]})
    assert sending.send_due(later(minutes=4)) == 1
    assert state_of(handoff) == ("sent", "R1")
    assert deeds(handoff.case) == [("sent_out", "Water agency")]


def test_a_system_that_does_not_let_us_look_leaves_a_doubt_and_other_cases_go_on(
    agency: Agency, world: World, handoff: Handoff
) -> None:
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True))
    sending.send_due(NOON)
    agency.breaks("GET requests.xml", (404, SAYS_NO))
    second = hand_off(
        case=world.case(title="Other"), endpoint=handoff.endpoint, service_code="w", at=NOON
    )
    Handoff.objects.filter(pk=second.pk).update(next_at=later(minutes=1))
    assert sending.send_due(later(minutes=1)) == 1
    assert state_of(handoff) == ("in_doubt", "")
    assert handoff.error == "It does not say whether the case has arrived: We have it already"
    assert state_of(second) == ("sent", "R1")
    handoff.endpoint.refresh_from_db()
    assert handoff.endpoint.failing_since is None


def test_a_case_in_doubt_that_was_closed_meanwhile_is_looked_for_and_not_sent_again(
    agency: Agency, handoff: Handoff
) -> None:
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True))
    sending.send_due(NOON)
    Case.objects.filter(pk=handoff.case_id).update(
        is_open=False, state="closed", outcome="solved", closed_at=NOON
    )
    assert sending.send_due(later(minutes=1)) == 0
    assert state_of(handoff) == ("ended", "")
    assert agency.asked == ["POST requests.xml", "GET requests.xml"]


def test_without_a_service_code_the_code_of_the_category_is_sent_and_looked_for(
    agency: Agency, handoff: Handoff
) -> None:
    Handoff.objects.update(service_code="")
    agency.breaks("POST requests.xml", Unreachable("cut", handed_over=True))
    sending.send_due(NOON)
    sending.send_due(later(minutes=1))
    assert agency.posted[0]["service_code"] == [handoff.case.category.code]
    assert agency.queries[-1]["service_code"] == [handoff.case.category.code]


def told() -> list[tuple[int, str]]:
    """Return who was told that a case was not taken, and by which system."""
    rows = Notice.objects.filter(kind="case.not_taken").order_by("user_id", "pk")
    return [(row.user_id, row.values["system"]) for row in rows]


def test_the_owner_and_the_head_of_the_unit_are_told_of_a_refusal_once(
    agency: Agency, world: World, handoff: Handoff
) -> None:
    cases.assign_owner(case=handoff.case, owner=world.officer, by=world.head, at=NOON)
    handoff.case.refresh_from_db()
    agency.breaks("POST requests.xml", (404, SAYS_NO))
    sending.send_due(NOON)
    sending.send_due(later(hours=2))
    both = sorted(who.user.pk for who in (world.officer, world.head))
    assert told() == [(user, "Water agency") for user in both]
    notice = Notice.objects.filter(kind="case.not_taken").first()
    assert notice.url == handoff.case.get_absolute_url()
    assert "We have it already" not in str(notice.values)


def test_without_a_head_and_an_owner_whoever_is_in_charge_of_the_nearest_place_is_told(
    agency: Agency, world: World, handoff: Handoff
) -> None:
    Case.objects.update(organization=world.agency)
    agency.breaks("POST requests.xml", (404, SAYS_NO))
    sending.send_due(NOON)
    assert told() == [(world.officer.user.pk, "Water agency")]


def test_whoever_a_case_concerns_is_told_once_that_it_does_not_arrive(
    agency: Agency, handoff: Handoff
) -> None:
    agency.breaks("POST requests.xml", *[Unreachable("It does not answer.")] * 14)
    at = NOON
    for attempt in range(1, 15):
        sending.send_due(at)
        handoff.refresh_from_db()
        assert len(told()) == (1 if attempt >= sending.TOLD_AFTER else 0)
        assert handoff.next_at is not None
        at = handoff.next_at
    assert sending.send_due(at) == 1


@pytest.mark.parametrize("status", [301, 403, 429])
def test_a_wrong_key_or_too_many_requests_wait(
    agency: Agency, handoff: Handoff, status: int
) -> None:
    agency.breaks("POST requests.xml", (status, "<errors/>"))
    sending.send_due(NOON)
    assert state_of(handoff) == ("waiting", "")


def test_a_case_that_was_closed_meanwhile_is_not_sent(
    agency: Agency, world: World, handoff: Handoff
) -> None:
    Case.objects.filter(pk=handoff.case_id).update(
        is_open=False, state="closed", outcome="solved", closed_at=NOON
    )
    assert sending.send_due(NOON) == 0
    assert state_of(handoff) == ("ended", "")
    assert agency.asked == []


def test_a_number_that_another_case_has_is_refused(
    agency: Agency, world: World, handoff: Handoff
) -> None:
    sending.send_due(NOON)
    second = hand_off(
        case=world.case(title="Other"), endpoint=handoff.endpoint, service_code="w", at=NOON
    )
    agency.posted.clear()
    assert sending.send_due(NOON) == 0
    assert state_of(second) == ("refused", "")


def test_a_token_becomes_a_number_later(agency: Agency, handoff: Handoff) -> None:
    one = "<request><token>t-9</token></request>"
    agency.breaks("POST requests.xml", (200, f"<service_requests>{one}</service_requests>"))
    sending.send_due(NOON)
    assert state_of(handoff) == ("sent", "")
    agency.breaks(
        "GET tokens/t-9.xml",
        (200, "<service_requests/>"),
        (200, f"<service_requests>{agency._one(7)}</service_requests>"),
    )
    polling.poll(later(minutes=10))
    assert state_of(handoff) == ("sent", "")
    polling.poll(later(minutes=20))
    assert state_of(handoff) == ("sent", "R7")


# --- what comes back ------------------------------------------------------------------------------


@pytest.fixture
def sent(agency: Agency, handoff: Handoff) -> Handoff:
    """Return a case that lies at the agency, which gives updates."""
    sending.send_due(NOON)
    Endpoint.objects.update(has_updates=True)
    handoff.refresh_from_db()
    return handoff


def test_an_update_stands_in_the_thread_once(agency: Agency, sent: Handoff) -> None:
    agency.updates = [
        ("1", "R1", "IN_PROGRESS", "Men are there"),
        ("2", "R99", "FIXED", "Of somebody else"),
        ("", "R1", "FIXED", "Without a name"),
    ]
    assert polling.poll(later(minutes=10)) == 1
    assert polling.poll(later(minutes=20)) == 0
    assert deeds(sent.case)[1:] == [("update", "Water agency")]
    assert sent.case.entries.last().text == "In progress there: Men are there"
    assert RemoteUpdate.objects.count() == 1
    sent.endpoint.refresh_from_db()
    assert sent.endpoint.polled_at == later(minutes=20)


@pytest.mark.parametrize(
    ("status", "outcome"), [("FIXED", "solved"), ("no_further_action", "explained")]
)
def test_what_is_done_there_waits_to_be_verified_here(
    agency: Agency, world: World, sent: Handoff, status: str, outcome: str
) -> None:
    agency.updates = [("1", "R1", status, "Done")]
    polling.poll(later(minutes=10))
    case = Case.objects.get(pk=sent.case_id)
    assert (case.state, case.is_open) == ("rectified", True)
    assert case.rounds.get().proposed_outcome == outcome
    assert case.rounds.get().rectified_by is None
    assert deeds(case)[1:] == [("accepted", "Water agency"), ("rectified", "Water agency")]
    assert state_of(sent)[0] == "ended"
    cases.verify_case(case=case, result="confirmed", by=world.head, at=later(hours=1))
    assert case.outcome == outcome


def test_a_case_somebody_works_on_keeps_its_owner(
    agency: Agency, world: World, sent: Handoff
) -> None:
    cases.accept_case(case=Case.objects.get(), by=world.head, at=later(minutes=1))
    agency.updates = [("1", "R1", "CLOSED", "")]
    polling.poll(later(minutes=10))
    case = Case.objects.get()
    assert (case.state, case.owner) == ("rectified", world.head)


@pytest.mark.parametrize("status", ["DUPLICATE", "NOT_COUNCILS_RESPONSIBILITY", "CANCELLED"])
def test_what_they_let_go_stays_with_us(agency: Agency, sent: Handoff, status: str) -> None:
    agency.updates = [("1", "R1", status, "")]
    polling.poll(later(minutes=10))
    assert Case.objects.get().state == "raised"
    assert state_of(sent)[0] == "ended"
    assert len(told()) == 1
    polling.poll(later(minutes=20))
    assert len(told()) == 1


def test_a_system_without_updates_is_asked_for_its_requests(agency: Agency, sent: Handoff) -> None:
    Endpoint.objects.update(has_updates=False)
    assert polling.poll(later(minutes=10)) == 0  # open, and nothing said
    agency.status["R1"] = ("open", "Planned for May")
    assert polling.poll(later(minutes=20)) == 1
    assert polling.poll(later(minutes=30)) == 0
    agency.status["R1"] = ("strange", "")
    assert polling.poll(later(minutes=40)) == 0
    agency.status["R1"] = ("closed", "Repaired")
    assert polling.poll(later(minutes=50)) == 1
    assert Case.objects.get().state == "rectified"
    assert polling.poll(later(minutes=60)) == 0


def test_updates_are_read_page_by_page(
    agency: Agency, sent: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "ROWS", 2)
    agency.updates = [(str(number), "R1", "OPEN", f"{number}") for number in range(2)]
    assert polling.poll(later(minutes=10)) == 2  # the second page is the first again
    assert agency.asked.count("GET servicerequestupdates.xml") == 2


def test_an_update_that_a_rule_does_not_let_in_is_fetched_again(
    agency: Agency, sent: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footpath.core.errors import RuleBroken

    def refuse(*_: Any, **__: Any) -> None:
        raise RuleBroken("No calendar of next year")

    agency.updates = [("1", "R1", "FIXED", "Done")]
    with monkeypatch.context() as patched:
        patched.setattr(polling, "act", refuse)
        assert polling.poll(later(days=1)) == 0
    sent.endpoint.refresh_from_db()
    assert sent.endpoint.polled_at is None
    assert polling.poll(later(days=2)) == 1


def test_a_system_that_does_not_answer_is_named(agency: Agency, sent: Handoff) -> None:
    agency.breaks("GET servicerequestupdates.xml", (500, "oops"))
    polling.poll(later(minutes=10))
    sent.endpoint.refresh_from_db()
    assert (sent.endpoint.error, sent.endpoint.polled_at) == ("HTTP 500", None)


# --- keys, addresses, the wire --------------------------------------------------------------------


def test_the_key_is_kept_encrypted(world: World, endpoint: Endpoint, settings: Any) -> None:
    assert "k-1" not in endpoint.sealed_key
    assert sealing.unseal(endpoint.sealed_key) == "k-1"
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]
    assert sealing.unseal(endpoint.sealed_key) == "k-1"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(endpoint.sealed_key)
    found = checking.test(endpoint, by=world.administrator, at=NOON)
    assert found.error == "Its key was sealed by another server. Enter the key again."


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org", "https://", "ftp://example.org", "https://a:b@example.org",
        "https://example.org/?a=1", "https://example.org:0", "https://[", "https://exämple.org",
    ],
)  # fmt: skip
def test_an_address_that_no_endpoint_has_is_refused(world: World, url: str) -> None:
    with pytest.raises(InvalidValue):
        endpoints.create_endpoint(name="X", url=url, by=world.administrator, at=NOON)


def test_only_who_connects_systems_registers_them(world: World) -> None:
    with pytest.raises(NotAllowed):
        endpoints.create_endpoint(name="X", url=URL, by=world.office, at=NOON)
    with pytest.raises(InvalidValue):
        endpoints.create_endpoint(name=" ", url=URL, by=world.administrator, at=NOON)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/x", "https://[::1]:1/x", "https://nobody.invalid/x"]
)
def test_no_inner_address_is_asked(url: str) -> None:
    with pytest.raises(Unreachable) as refused:
        wire.ask("GET", url)
    assert not refused.value.handed_over


@contextmanager
def answering(content: bytes) -> Iterator[str]:
    """Answer one request with these bytes."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            taken, _address = server.accept()
            with taken, taken.makefile("rb") as asked:
                # All of it: what is left unread would cut the connection before the answer.
                head = list(iter(asked.readline, b"\r\n"))
                length = re.search(rb"(?im)^content-length: (\d+)", b"".join(head))
                asked.read(int(length[1]) if length else 0)
                taken.sendall(content)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v2"
        thread.join(5)


def test_an_answer_is_read_from_the_very_address(settings: Any) -> None:
    settings.OPEN311_PRIVATE = True
    with answering(b"HTTP/1.0 200 OK\r\n\r\n<services/>") as url:
        assert wire.ask("POST", f"{url}/services.xml?a=1", b"x=1") == (200, b"<services/>")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 200])
def test_an_answer_that_is_none_leaves_a_doubt(
    settings: Any, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    settings.OPEN311_PRIVATE = True
    monkeypatch.setattr(wire, "MOST_BYTES", 100)
    with answering(content) as url, pytest.raises(Unreachable) as refused:
        wire.ask("GET", f"{url}/services.xml")
    assert refused.value.handed_over


@pytest.mark.parametrize(
    "xml",
    [
        "no xml",
        '<!DOCTYPE a [<!ENTITY b "c">]><services>&b;</services>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><services/>',
    ],
)
def test_xml_with_traps_is_not_read(agency: Agency, xml: str) -> None:
    agency.breaks("GET services.xml", (200, xml))
    with pytest.raises(Unreachable, match="no XML"):
        Client(URL).services()


def test_what_the_other_system_says_of_an_error_is_told(agency: Agency) -> None:
    error = "<code>400</code><description>jurisdiction_id was not provided</description>"
    said = f"<errors><error>{error}</error></errors>"
    agency.breaks("GET services.xml", (400, said))
    with pytest.raises(RefusedThere, match="jurisdiction_id was not provided"):
        Client(URL).services()
    agency.breaks("POST requests.xml", (201, "<service_requests><request/></service_requests>"))
    with pytest.raises(Unreachable, match="no number"):
        Client(URL, "here").post({})


def test_a_moment_that_cannot_be_read_is_none(agency: Agency) -> None:
    at = "<updated_datetime>{}</updated_datetime>"
    one = f"<request_update><update_id>1</update_id>{at}</request_update>"
    rows = (
        one.format("soon") + one.format("2026-03-10T12:00:00") + one.format("2026-03-10T12:00:00Z")
    )
    agency.breaks("GET servicerequestupdates.xml", (200, f"<u>{rows}</u>"))
    found = Client(URL).updates(NOON, NOON + timedelta(days=1), page=2)
    assert [row.updated_at for row in found] == [
        None, datetime.fromisoformat("2026-03-10T12:00:00+07:00"),
        datetime.fromisoformat("2026-03-10T12:00:00+00:00"),
    ]  # fmt: skip


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def administrator(world: World) -> Browser:
    """Return the administrator's browser."""
    client = Browser(headers={"Accept-Language": "en"})
    client.force_login(world.administrator.user)
    return client


def test_the_administrator_registers_a_system_and_tests_it(
    administrator: Browser, agency: Agency, world: World
) -> None:
    page = reverse("cases:endpoints")
    form = {"name": "Water agency", "url": f"{URL}/", "key": "secret-7", "jurisdiction": ""}
    answer = administrator.post(page, form)
    made = Endpoint.objects.get()
    assert answer.headers["Location"] == reverse("cases:endpoint", args=[made.pk])
    assert (made.url, made.has_updates) == (URL, False)
    shown = administrator.post(answer.headers["Location"], {"deed": "test"}).content.decode()
    assert "It answers" in shown
    assert "1 service" in shown
    assert "water" in shown
    assert "secret-7" not in shown
    made.refresh_from_db()
    assert made.has_updates
    agency.breaks("GET services.xml", (503, ""))
    shown = administrator.post(answer.headers["Location"], {"deed": "test"}).content.decode()
    assert "It does not answer as it should" in shown
    assert "HTTP 503" in administrator.get(answer.headers["Location"]).content.decode()
    assert "Does not answer since" in administrator.get(page).content.decode()


def test_a_change_keeps_the_key_and_tries_at_once(administrator: Browser, handoff: Handoff) -> None:
    Handoff.objects.update(next_at=later(days=9000))
    address = reverse("cases:endpoint", args=[handoff.endpoint_id])
    form = {"deed": "change", "name": "Agency", "url": URL, "is_active": "on", "key": ""}
    assert administrator.post(address, form).status_code == 302
    made = Endpoint.objects.get()
    assert (made.name, sealing.unseal(made.sealed_key)) == ("Agency", "k-1")
    assert Handoff.objects.get().next_at != later(days=9000)
    assert administrator.post(address, form | {"key": "k-2"}).status_code == 302
    assert sealing.unseal(Endpoint.objects.get().sealed_key) == "k-2"
    assert administrator.post(address, form | {"url": "http://x"}).status_code == 422
    lines = TrailLine.objects.filter(subject=f"cases.endpoint:{made.pk}")
    assert [line.deed for line in lines.order_by("pk")] == [
        "cases.endpoint_created", "cases.endpoint_changed", "cases.endpoint_changed",
    ]  # fmt: skip


def test_the_page_of_a_system_shows_what_was_sent(
    administrator: Browser, agency: Agency, handoff: Handoff
) -> None:
    sending.send_due(NOON)
    shown = administrator.get(
        reverse("cases:endpoint", args=[handoff.endpoint_id])
    ).content.decode()
    assert "Number R1 there" in shown
    assert "1 case there" in administrator.get(reverse("cases:endpoints")).content.decode()
