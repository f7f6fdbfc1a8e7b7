"""Leave from a meeting: asked, answered by the deputy, decided, withdrawn; and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from footpath.accounts.models import TrailLine
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import reminding, rules, selectors, services
from footpath.meetings.models import Duty, Leave, Meeting
from footpath.notifications.models import Notice
from tests.world import NOON, World, assign, fresh, later

pytestmark = pytest.mark.django_db

EVENING, NIGHT = later(days=2, hours=7), later(days=2, hours=9)


def meeting_of(world: World, **values: Any) -> Meeting:
    """Convene the cell meeting of hamlet hue in two days."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": EVENING,
        "ends_at": NIGHT,
        "by": world.head,
        "at": NOON,
        "extraordinary_reason": "Storm",
    } | values
    return services.convene_meeting(**values)


def duty_of(meeting: Meeting, who: Person) -> Duty:
    """Return somebody's duty, read anew."""
    return Duty.objects.select_related("meeting__kind", "meeting__area", "person").get(
        meeting=meeting, person=who
    )


def asked(world: World, meeting: Meeting, **values: Any) -> Leave:
    """Ask for leave as the officer."""
    values = {"reason": "Fever", "deputy": world.second, "at": NOON} | values
    return services.ask_leave(duty=duty_of(meeting, world.officer), by=world.officer, **values)


def standing(meeting: Meeting, who: Person) -> tuple[str, int | None, str]:
    """Return what stands on somebody's duty: mark, substitute, reason."""
    duty = duty_of(meeting, who)
    return duty.attendance, duty.substitute_id, duty.reason


def told(who: Person) -> list[str]:
    """Return the kinds of notices somebody got about leave, in order."""
    kinds = Notice.objects.filter(user=who.user_id).order_by("pk").values_list("kind", flat=True)
    return [kind for kind in kinds if kind.startswith("leave")]


# --- the deeds ------------------------------------------------------------------------------------


def test_a_deputy_who_said_yes_is_expected_once_leave_is_granted(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    assert standing(meeting, world.officer) == ("unknown", None, "")
    services.answer_leave(leave=leave, comes=True, by=world.second, at=NOON)
    assert standing(meeting, world.officer) == ("unknown", None, "")
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    assert standing(meeting, world.officer) == ("substitute", world.second.pk, "Fever")
    assert selectors.expected_in([meeting.pk])[meeting.pk] == {world.second.pk}
    assert told(world.head) == ["leave.asked"]
    assert told(world.second) == ["leave.deputy_asked"]
    assert told(world.officer) == ["leave.deputy_comes", "leave.granted"]
    lines = TrailLine.objects.filter(subject=f"meetings.meeting:{meeting.pk}")
    assert list(lines.order_by("pk").values_list("deed", flat=True))[-3:] == [
        "leave.asked",
        "leave.answered",
        "leave.granted",
    ]


def test_without_a_deputy_leave_excuses_with_its_reason(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting, deputy=None)
    services.decide_leave(leave=leave, grant=True, by=world.office, at=NOON, note="Get well")
    assert standing(meeting, world.officer) == ("excused", None, "Fever")
    assert selectors.expected_in([meeting.pk])[meeting.pk] == set()


def test_a_later_no_of_the_deputy_leaves_the_place_empty_and_a_later_yes_fills_it(
    world: World,
) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    assert standing(meeting, world.officer) == ("excused", None, "Fever")
    services.answer_leave(leave=leave, comes=True, by=world.second, at=later(hours=1))
    assert standing(meeting, world.officer) == ("substitute", world.second.pk, "Fever")
    services.answer_leave(leave=leave, comes=False, by=world.second, at=later(hours=2))
    assert standing(meeting, world.officer) == ("excused", None, "Fever")
    assert told(world.officer)[-1] == "leave.deputy_cannot"


def test_taking_leave_back_undoes_it_and_the_deputy_is_told(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    services.answer_leave(leave=leave, comes=True, by=world.second, at=NOON)
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    for _twice in range(2):
        services.withdraw_leave(leave=leave, by=world.officer, at=later(hours=1))
    assert standing(meeting, world.officer) == ("unknown", None, "")
    assert told(world.second)[-1] == told(world.head)[-1] == "leave.withdrawn"
    again = asked(world, meeting, reason="Fever again", deputy=None, at=later(hours=2))
    assert again.pk != leave.pk


def test_a_refusal_says_why_and_changes_nothing_on_the_duty(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    with pytest.raises(InvalidValue):
        services.decide_leave(leave=leave, grant=False, by=world.head, at=NOON)
    services.decide_leave(leave=leave, grant=False, note="You report", by=world.head, at=NOON)
    assert standing(meeting, world.officer) == ("unknown", None, "")
    assert told(world.officer) == ["leave.refused"]
    assert told(world.second) == ["leave.deputy_asked", "leave.withdrawn"]


def test_the_same_deed_twice_is_one(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    assert asked(world, meeting) == leave
    for _twice in range(2):
        services.answer_leave(leave=leave, comes=True, by=world.second, at=NOON)
        services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    deeds = TrailLine.objects.filter(deed__startswith="leave.").values_list("deed", flat=True)
    assert sorted(deeds) == ["leave.answered", "leave.asked", "leave.granted"]


def test_another_leave_of_the_same_duty_waits_until_the_first_is_taken_back(world: World) -> None:
    meeting = meeting_of(world)
    asked(world, meeting)
    with pytest.raises(RuleBroken, match="already asked"):
        asked(world, meeting, reason="Wedding")


def test_a_reason_is_needed_and_nobody_is_their_own_deputy(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue) as missing:
        asked(world, meeting, reason="  ")
    with pytest.raises(InvalidValue) as own:
        asked(world, meeting, deputy=world.officer)
    assert (missing.value.field, own.value.field) == ("reason", "deputy")


@pytest.mark.parametrize("deed", ["ask", "answer", "withdraw", "grant"])
def test_nothing_changes_once_the_meeting_has_begun(world: World, deed: str) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    deeds: dict[str, Any] = {
        "ask": lambda: asked(world, meeting, at=EVENING),
        "answer": lambda: services.answer_leave(
            leave=leave, comes=True, by=world.second, at=EVENING
        ),
        "withdraw": lambda: services.withdraw_leave(leave=leave, by=world.officer, at=EVENING),
        "grant": lambda: services.decide_leave(leave=leave, grant=True, by=world.head, at=EVENING),
    }
    with pytest.raises(RuleBroken, match="has begun"):
        deeds[deed]()


def test_a_deputy_who_must_be_elsewhere_can_neither_be_named_nor_say_yes(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    meeting_of(world, area=world.khanh, by=world.head)
    with pytest.raises(services.ExpectedElsewhere):
        services.answer_leave(leave=leave, comes=True, by=world.second, at=NOON)
    other = meeting_of(world, area=world.thach, starts_at=later(days=4), ends_at=later(days=5))
    services.add_duty(meeting=other, person=world.officer, by=world.head, at=NOON)
    far = meeting_of(world, area=world.khanh, starts_at=later(days=4), ends_at=later(days=5))
    with pytest.raises(services.ExpectedElsewhere):
        services.ask_leave(
            duty=duty_of(other, world.officer),
            reason="Fever",
            deputy=world.second,
            by=world.officer,
            at=NOON,
        )
    assert far.duties.get().person == world.second


def test_a_yes_that_no_longer_holds_stops_the_grant_unless_it_goes_without_the_deputy(
    world: World,
) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    services.answer_leave(leave=leave, comes=True, by=world.second, at=NOON)
    meeting_of(world, area=world.khanh)
    with pytest.raises(services.ExpectedElsewhere):
        services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    leave.refresh_from_db()
    assert leave.state == "asked"
    services.decide_leave(leave=leave, grant=True, without_deputy=True, by=world.head, at=NOON)
    assert standing(meeting, world.officer) == ("excused", None, "Fever")


def test_whoever_was_freed_by_leave_cannot_come_back_while_expected_elsewhere(
    world: World,
) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting, deputy=None)
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    other = meeting_of(world, area=world.khanh)
    services.add_duty(meeting=other, person=world.officer, by=world.head, at=NOON)
    with pytest.raises(services.ExpectedElsewhere):
        services.withdraw_leave(leave=leave, by=world.officer, at=NOON)
    assert standing(meeting, world.officer)[0] == "excused"


def test_only_the_person_asks_only_the_deputy_answers_and_nobody_decides_for_themselves(
    world: World,
) -> None:
    meeting = meeting_of(world)
    with pytest.raises(NotAllowed):
        services.ask_leave(duty=duty_of(meeting, world.officer), reason="x", by=world.head, at=NOON)
    leave = asked(world, meeting)
    with pytest.raises(NotAllowed):
        services.answer_leave(leave=leave, comes=True, by=world.head, at=NOON)
    with pytest.raises(NotAllowed):
        services.decide_leave(leave=leave, grant=True, by=world.second, at=NOON)
    with pytest.raises(NotAllowed):
        services.withdraw_leave(leave=leave, by=world.head, at=NOON)
    own = meeting_of(world, area=world.thach, by=world.head)
    services.add_duty(meeting=own, person=world.head, by=world.head, at=NOON)
    mine = services.ask_leave(duty=duty_of(own, world.head), reason="Fever", by=world.head, at=NOON)
    with pytest.raises(RuleBroken, match="own leave"):
        services.decide_leave(leave=mine, grant=True, by=world.head, at=NOON)
    assert selectors.deciders_of(mine, at=NOON) == [world.office]


def test_of_two_decisions_at_once_the_second_is_refused(world: World) -> None:
    leave = asked(world, meeting_of(world))
    stale = Leave.objects.select_related("duty__meeting", "duty__person").get(pk=leave.pk)
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    with pytest.raises(StaleState):
        services.decide_leave(leave=stale, grant=False, note="No", by=world.office, at=NOON)
    withdrawn = asked(
        world,
        meeting_of(world, starts_at=later(days=3), ends_at=later(days=3, hours=1)),
    )
    services.withdraw_leave(leave=withdrawn, by=world.officer, at=NOON)
    with pytest.raises(StaleState):
        services.answer_leave(leave=withdrawn, comes=True, by=world.second, at=NOON)
    refused = Leave.objects.get(pk=withdrawn.pk)
    Leave.objects.filter(pk=refused.pk).update(state="refused")
    refused.refresh_from_db()
    with pytest.raises(StaleState):
        services.withdraw_leave(leave=refused, by=world.officer, at=NOON)


def test_a_mark_that_is_known_leaves_nothing_to_ask_or_to_grant(world: World) -> None:
    meeting = meeting_of(world)
    leave = asked(world, meeting)
    Duty.objects.filter(meeting=meeting).update(attendance="present")
    with pytest.raises(StaleState):
        services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    services.withdraw_leave(leave=leave, by=world.officer, at=NOON)
    with pytest.raises(RuleBroken, match="already noted"):
        asked(world, meeting)


# --- who sees it ----------------------------------------------------------------------------------


def test_leave_is_seen_by_those_whom_it_concerns_alone(world: World) -> None:
    leave = asked(world, meeting_of(world))
    for who in (world.officer, world.second, world.head, world.office):
        assert selectors.get_leave_for(fresh(who), pk=leave.pk) == leave
    for who in (world.member, world.far, world.lead, world.auditor, world.administrator):
        with pytest.raises(NotThere):
            selectors.get_leave_for(fresh(who), pk=leave.pk)
    assert selectors.leaves_to_decide(world.head, now=NOON) == [leave]
    assert selectors.leaves_to_decide(world.office, now=NOON) == [leave]
    assert selectors.leaves_to_decide(world.officer, now=NOON) == []
    assert selectors.leaves_to_decide(world.lead, now=NOON) == []
    assert selectors.leaves_to_answer(world.second, now=NOON) == [leave]
    assert selectors.leaves_to_answer(world.officer, now=NOON) == []
    services.decide_leave(leave=leave, grant=True, by=world.head, at=NOON)
    assert selectors.leaves_decided(world.head, now=NOON) == [leave]
    assert selectors.leaves_decided(world.officer, now=NOON) == []


def test_the_deputy_of_the_place_is_proposed_if_free(world: World) -> None:
    meeting = meeting_of(world)
    assert selectors.deputy_proposed(duty_of(meeting, world.officer)) is None
    assign(world.far, world.hue, "monitor")
    assign(world.second, world.hue, "deputy")
    duty = duty_of(meeting, world.officer)
    assert selectors.deputy_proposed(duty) == world.second
    meeting_of(world, area=world.khanh)
    assert selectors.deputy_proposed(duty) == world.far


# --- reminders ------------------------------------------------------------------------------------


def test_the_day_before_everybody_expected_is_reminded_exactly_once(world: World) -> None:
    meeting = meeting_of(world)
    services.decide_leave(
        leave=asked(world, meeting, deputy=None), grant=True, by=world.head, at=NOON
    )
    services.add_duty(meeting=meeting, person=world.far, by=world.head, at=NOON)
    before = Notice.objects.count()
    assert reminding.remind(NOON) == 0
    assert reminding.remind(later(days=1)) == 1
    assert reminding.remind(later(days=1, hours=1)) == 0
    assert Notice.objects.count() == before + 1
    last = Notice.objects.order_by("pk").last()
    assert last is not None
    assert (last.kind, last.user_id, last.urgent) == (
        "meeting.reminder",
        world.far.user_id,
        False,
    )


def test_a_leave_that_waits_is_brought_to_mind_once(world: World) -> None:
    asked(world, meeting_of(world))
    assert reminding.remind(NOON) == 2
    assert reminding.remind(NOON) == 0
    assert told(world.head)[-1] == "leave.undecided"
    assert told(world.second)[-1] == "leave.deputy_asked"


# --- the pages ------------------------------------------------------------------------------------


def client_of(who: Person) -> Client:
    """Return a client signed in as somebody."""
    client = Client()
    assert who.user is not None
    client.force_login(who.user)
    return client


def soon(world: World) -> Meeting:
    """Convene a meeting of the hamlet in three days from the real today."""
    start = timezone.localtime(clock.now()).replace(minute=0) + timedelta(days=3)
    return meeting_of(world, starts_at=start, ends_at=start + timedelta(hours=1), at=clock.now())


def text_of(who: Person, address: str) -> str:
    """Return the words of a page."""
    response = client_of(who).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_leave_from_asking_to_coming_after_all_on_the_pages(world: World) -> None:
    assign(world.second, world.hue, "deputy")
    meeting = soon(world)
    duty = duty_of(meeting, world.officer)
    address = reverse("meetings:leave", args=[duty.pk])
    assert f'value="{world.second.code}"' in text_of(world.officer, address)
    sent = {"deed": "ask", "reason": "Fever", "deputy": world.second.code}
    assert client_of(world.officer).post(address, sent).status_code == 302
    leave = Leave.objects.get()
    assert "Fever" in text_of(world.head, reverse("meetings:leaves"))
    assert "Instead of" in text_of(world.second, reverse("meetings:leaves"))
    answer = reverse("meetings:leave-answer", args=[leave.pk])
    assert "Do you come instead of" in text_of(world.second, answer)
    assert client_of(world.second).post(answer, {"comes": "yes"}).status_code == 302
    decide = reverse("meetings:leave-decide", args=[leave.pk])
    assert "comes instead" in text_of(world.head, decide)
    refused = client_of(world.head).post(decide, {"deed": "refuse", "note": ""})
    assert refused.status_code == 422
    assert client_of(world.head).post(decide, {"deed": "grant"}).status_code == 302
    assert standing(meeting, world.officer)[0] == "substitute"
    assert "You have leave" in text_of(world.officer, reverse("meetings:my-duties"))
    assert "You come instead of" in text_of(world.second, reverse("meetings:my-duties"))
    assert "Decided by" in text_of(world.head, decide)
    assert "Granted" in text_of(world.head, reverse("meetings:leaves"))
    assert client_of(world.officer).post(address, {"deed": "withdraw"}).status_code == 302
    assert standing(meeting, world.officer)[0] == "unknown"
    assert "Ask for leave" in text_of(world.officer, address)


def test_pages_of_leave_are_not_there_for_others(world: World) -> None:
    meeting = soon(world)
    duty = duty_of(meeting, world.officer)
    leave = asked(world, meeting, at=clock.now())
    for who in (world.member, world.far, world.lead, world.auditor):
        for address in (
            reverse("meetings:leave", args=[duty.pk]),
            reverse("meetings:leave-decide", args=[leave.pk]),
            reverse("meetings:leave-answer", args=[leave.pk]),
        ):
            assert client_of(who).get(address).status_code == 404
            assert client_of(who).post(address, {"deed": "grant"}).status_code == 404
    decide = reverse("meetings:leave-decide", args=[leave.pk])
    assert client_of(world.officer).get(decide).status_code == 403
    answer = reverse("meetings:leave-answer", args=[leave.pk])
    assert client_of(world.officer).get(answer).status_code == 302
    assert client_of(world.head).get(answer).status_code == 302
    assert client_of(world.head).post(answer, {"comes": "yes"}).status_code == 403


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_a_leave_that_no_longer_counts_can_be_asked_for_again(world: World, state: str) -> None:
    meeting = soon(world)
    leave = asked(world, meeting, at=clock.now())
    Leave.objects.filter(pk=leave.pk).update(state=state, decision_note="You report")
    page = text_of(world.officer, reverse("meetings:leave", args=[leave.duty_id]))
    assert "Ask for leave" in page
    assert ("You report" in page) is (state == "refused")
    assert "Your decision" not in text_of(
        world.head, reverse("meetings:leave-decide", args=[leave.pk])
    )


def test_what_is_refused_is_said_on_the_page(world: World) -> None:
    meeting = soon(world)
    duty = duty_of(meeting, world.officer)
    address = reverse("meetings:leave", args=[duty.pk])
    sent = {"deed": "ask", "reason": "Fever", "deputy": world.officer.code}
    response = client_of(world.officer).post(address, sent)
    assert response.status_code == 422
    assert "Name somebody else as deputy." in response.content.decode()
    leave = asked(world, meeting, at=clock.now())
    services.convene_meeting(
        kind=world.cell_meeting,
        area=world.khanh,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        by=world.head,
        at=clock.now(),
        extraordinary_reason="Storm",
    )
    said = client_of(world.second).post(
        reverse("meetings:leave-answer", args=[leave.pk]), {"comes": "yes"}
    )
    assert said.status_code == 422
    assert "expected in another meeting" in said.content.decode()


def test_lists_of_leave_cost_the_same_with_one_and_with_three(
    world: World, django_assert_num_queries: Any
) -> None:
    def ask(days: int) -> None:
        start = timezone.localtime(clock.now()).replace(minute=0) + timedelta(days=days)
        meeting = meeting_of(
            world, starts_at=start, ends_at=start + timedelta(hours=1), at=clock.now()
        )
        asked(world, meeting, at=clock.now())

    now = clock.now()
    ask(3)
    for number in (1, 3):
        for who in (fresh(world.head), fresh(world.second)):
            who.scope  # noqa: B018 - read before counting
            with django_assert_num_queries(3):
                decide = selectors.leaves_to_decide(who, now=now)
                answer = selectors.leaves_to_answer(who, now=now)
                selectors.leaves_decided(who, now=now)
            assert number in {len(decide), len(answer)}
        with django_assert_num_queries(2):
            assert len(selectors.my_coming_duties(world.officer, now=now)) == number
        if number == 1:
            ask(4)
            ask(5)


# --- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "answer", "mark"),
    [
        ("asked", "yes", "unknown"),
        ("refused", "yes", "unknown"),
        ("withdrawn", "yes", "unknown"),
        ("granted", "", "excused"),
        ("granted", "no", "excused"),
        ("granted", "yes", "substitute"),
    ],
)
def test_what_a_leave_means_for_the_duty(state: str, answer: str, mark: str) -> None:
    assert rules.mark_of(rules.LeaveState(state), rules.Answer(answer)) == mark
