"""The professional coffee: what is raised, answered on the spot or followed up, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.accounts.models import TrailLine
from footpath.accounts.verification import chain_is_sound
from footpath.cases import services as cases
from footpath.cases.models import Case
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem, Minutes
from footpath.meetings.rules import checkin
from footpath.meetings.selectors.coffee import Session, get_item_of, get_session_for, running_for
from footpath.meetings.services import coffee
from tests.world import NOON, World, assign, fresh, kinds, later

pytestmark = pytest.mark.django_db

State = MinuteItem.State


class Coffee:
    """A coffee of the commune at NOON, kept by its head; three officers are expected."""

    def __init__(self, world: World, *, at: datetime = NOON, opened: bool = True) -> None:
        self.world, self.at = world, at
        self.meeting = Meeting.objects.create(
            kind=kinds()["coffee"],
            area=world.thach,
            starts_at=at,
            ends_at=at + timedelta(hours=2),
            convened_by=world.office,
            **{f"a{level}": pk for level, pk in enumerate(world.thach.ancestor_ids)},
        )
        for who in (world.officer, world.second, world.lead):
            self.meeting.duties.create(person=who, assignment=who.assignments.get())
        self.host = world.head
        if opened:
            coffee.open_session(meeting=self.meeting, by=self.host, at=at)

    def says(self, text: str, by: Person | None = None, **more: Any) -> MinuteItem:
        """Raise a difficulty."""
        more.setdefault("at", self.at + timedelta(minutes=5))
        return coffee.add_difficulty(
            meeting=self.meeting, text=text, by=by or self.world.officer, **more
        )

    def table(self, item: MinuteItem) -> None:
        """Put a difficulty on the table."""
        coffee.put_on_table(item=item, by=self.host, at=self.at)

    def answer(self, item: MinuteItem, answer: str = "The deputy signs.", **more: Any) -> None:
        """Answer a difficulty on the spot."""
        more.setdefault("at", self.at + timedelta(minutes=10))
        coffee.answer_here(item=item, answer=answer, by=more.pop("by", self.host), **more)

    def follow(self, item: MinuteItem, **more: Any) -> Case:
        """Follow a difficulty up."""
        values = {
            "title": item.text,
            "category": self.world.category,
            "owner": self.world.officer,
            "due_on": (self.at + timedelta(days=10)).date(),
            "by": self.host,
            "at": self.at + timedelta(minutes=10),
        }
        return coffee.follow_up(item=item, **(values | more))

    def stand(self) -> list[tuple[str, str]]:
        """Return every difficulty with where it stands, in the order they were raised."""
        return list(self.meeting.items.values_list("text", "state"))

    def session(self, who: Person | None = None) -> Session:
        """Return the session as somebody sees it."""
        return get_session_for(fresh(who or self.host), pk=self.meeting.pk)


@pytest.fixture
def morning(world: World) -> Coffee:
    """Return an open session."""
    return Coffee(world)


def refused(deed: Callable[[], object]) -> str:
    """Do what is refused and return the words of the refusal."""
    with pytest.raises(RuleBroken) as broken:
        deed()
    return str(broken.value)


# --- the session ----------------------------------------------------------------------------------


def test_a_session_opens_once_and_keeps_its_secret(world: World) -> None:
    early = Coffee(world, opened=False)
    coffee.open_session(meeting=early.meeting, by=early.host, at=NOON)
    secret = Meeting.objects.get(pk=early.meeting.pk).room_secret
    assert len(secret) == 64
    again = Meeting.objects.get(pk=early.meeting.pk)
    coffee.open_session(meeting=again, by=early.host, at=later(minutes=1))
    kept = Meeting.objects.get(pk=early.meeting.pk)
    assert (kept.opened_at, kept.closed_at, kept.room_secret) == (NOON, None, secret)
    assert TrailLine.objects.filter(deed="meeting.session_opened").count() == 1


def test_a_session_opens_on_its_day_and_for_coffees_only(world: World) -> None:
    early = Coffee(world, opened=False)
    assert "from the day of the meeting on" in refused(
        lambda: coffee.open_session(meeting=early.meeting, by=early.host, at=later(days=-1))
    )
    Meeting.objects.filter(pk=early.meeting.pk).update(kind=kinds()["cell"])
    other = Meeting.objects.get(pk=early.meeting.pk)
    assert "Only a professional coffee" in refused(
        lambda: coffee.open_session(meeting=other, by=early.host, at=NOON)
    )


def test_a_cancelled_meeting_has_no_session(world: World) -> None:
    off = Coffee(world, opened=False)
    Meeting.objects.filter(pk=off.meeting.pk).update(state="cancelled")
    assert "was cancelled" in refused(
        lambda: coffee.open_session(meeting=off.meeting, by=off.host, at=NOON)
    )


def test_closing_marks_nobody_and_nothing_held(morning: Coffee) -> None:
    item = morning.says("Loan forms differ")
    morning.table(item)
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=later(hours=2))
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=later(hours=3))
    kept = Meeting.objects.get(pk=morning.meeting.pk)
    assert (kept.state, kept.closed_at) == ("planned", later(hours=2))
    assert set(kept.duties.values_list("attendance", flat=True)) == {"unknown"}
    assert morning.stand() == [("Loan forms differ", "waiting")]
    coffee.open_session(meeting=kept, by=morning.host, at=later(hours=2))
    assert Meeting.objects.get(pk=kept.pk).closed_at is None


def test_a_session_that_never_opened_cannot_be_closed(world: World) -> None:
    early = Coffee(world, opened=False)
    assert "has not been opened" in refused(
        lambda: coffee.close_session(meeting=early.meeting, by=early.host, at=NOON)
    )


# --- raising --------------------------------------------------------------------------------------


def test_whoever_is_expected_raises_in_one_line_and_speaks_for_their_place(
    morning: Coffee,
) -> None:
    world = morning.world
    item = morning.says("  Loan   forms\tdiffer ")
    assert (item.number, item.text, item.state, item.area, item.sent_in) == (
        1,
        "Loan forms differ",
        State.WAITING,
        world.hue,
        False,
    )
    assert morning.says("No spare pump", by=world.second).number == 2
    assert morning.says("Who signs?", by=world.head).area == world.thach
    lines, fault = chain_is_sound(f"meetings.meeting:{morning.meeting.pk}")
    assert (lines, fault) == (4, None)


def test_somebody_who_leads_a_place_below_speaks_for_it_without_a_duty(morning: Coffee) -> None:
    world = morning.world
    assign(world.head, world.group)
    assert morning.says("Loan forms differ", by=world.head).area == world.group


def test_a_place_elsewhere_is_refused(morning: Coffee) -> None:
    world = morning.world
    assert morning.says("Here", area=world.khanh).area == world.khanh
    with pytest.raises(InvalidValue) as wrong:
        morning.says("There", area=world.phuoc)
    assert wrong.value.field == "area"


@pytest.mark.parametrize("name", ["far", "member", "auditor"])
def test_who_is_not_expected_and_keeps_nothing_there_raises_nothing(
    morning: Coffee, name: str
) -> None:
    with pytest.raises(NotAllowed):
        morning.says("From outside", by=getattr(morning.world, name))
    assert morning.stand() == []


def test_a_substitute_speaks(morning: Coffee) -> None:
    world = morning.world
    morning.meeting.duties.filter(person=world.officer).update(
        attendance="substitute", substitute=world.member
    )
    meeting = Meeting.objects.get(pk=morning.meeting.pk)
    item = coffee.add_difficulty(meeting=meeting, text="For her", by=world.member, at=NOON)
    assert item.area == world.thach


@pytest.mark.parametrize("text", ["", "   ", "x" * 201])
def test_an_empty_or_endless_line_is_refused(morning: Coffee, text: str) -> None:
    with pytest.raises(InvalidValue) as wrong:
        morning.says(text)
    assert wrong.value.field == "text"


def test_the_same_key_gives_the_same_difficulty_back(morning: Coffee) -> None:
    key = uuid4()
    first = morning.says("Loan forms differ", client_key=key)
    again = morning.says("Loan  forms differ", client_key=key)
    assert again == first
    assert morning.stand() == [("Loan forms differ", "waiting")]
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=later(hours=2))
    assert morning.says("Loan forms differ", client_key=key, at=later(days=1)) == first


def test_a_key_is_never_written_over(morning: Coffee) -> None:
    key = uuid4()
    morning.says("Loan forms differ", client_key=key)
    with pytest.raises(coffee.KeyTaken) as other_words:
        morning.says("No spare pump", client_key=key)
    with pytest.raises(coffee.KeyTaken):
        morning.says("Loan forms differ", client_key=key, by=morning.world.second)
    with pytest.raises(coffee.KeyTaken):
        Coffee(morning.world, at=later(hours=4)).says(
            "Loan forms differ", client_key=key, at=later(hours=5)
        )
    assert other_words.value.status == 409
    assert morning.stand() == [("Loan forms differ", "waiting")]


def test_nothing_is_raised_before_the_session_and_an_hour_after_it(world: World) -> None:
    early = Coffee(world, opened=False)
    assert "has not been opened" in refused(lambda: early.says("Too early"))
    coffee.open_session(meeting=early.meeting, by=early.host, at=NOON)
    coffee.close_session(meeting=early.meeting, by=early.host, at=later(hours=2))
    assert early.says("Came late by the network", at=later(hours=3)).state == State.WAITING
    assert "session is over" in refused(
        lambda: early.says("Too late", at=later(hours=3, seconds=1))
    )


def test_topics_are_sent_in_before_and_wait_first(world: World) -> None:
    early = Coffee(world, opened=False)
    topic = coffee.send_topic(
        meeting=early.meeting, text="Street lamps", by=world.officer, at=later(days=-2)
    )
    assert (topic.sent_in, topic.state) == (True, State.WAITING)
    with pytest.raises(NotAllowed):
        coffee.send_topic(meeting=early.meeting, text="Lamps", by=world.far, at=later(days=-2))
    coffee.open_session(meeting=early.meeting, by=early.host, at=NOON)
    early.says("Raised in the room", by=world.second)
    assert "was opened" in refused(
        lambda: coffee.send_topic(meeting=early.meeting, text="Late", by=world.officer, at=NOON)
    )
    assert [item.text for item in early.session().waiting] == ["Street lamps", "Raised in the room"]


def test_other_kinds_of_meetings_take_no_difficulties(morning: Coffee) -> None:
    Meeting.objects.filter(pk=morning.meeting.pk).update(kind=kinds()["cell"])
    assert "Only a professional coffee" in refused(lambda: morning.says("Loan forms differ"))


# --- the table ------------------------------------------------------------------------------------


def test_only_one_difficulty_is_on_the_table(morning: Coffee) -> None:
    first, second = morning.says("Loan forms"), morning.says("No pump")
    morning.table(first)
    morning.table(first)
    morning.table(second)
    assert morning.stand() == [("Loan forms", "waiting"), ("No pump", "table")]
    assert TrailLine.objects.filter(deed="meeting.item_on_table").count() == 2


def test_what_is_put_off_waits_behind_all_others_and_the_next_comes(morning: Coffee) -> None:
    first, second, third = (morning.says(text) for text in ("One", "Two", "Three"))
    morning.table(first)
    for item in (first, second):
        coffee.put_off(item=item, by=morning.host, at=NOON)
    session = morning.session()
    assert session.table == third
    assert session.waiting == [first, second]
    assert "is waiting" in refused(lambda: coffee.put_off(item=first, by=morning.host, at=NOON))
    alone = Coffee(morning.world, at=later(hours=4))
    only = alone.says("Only one", at=later(hours=5))
    alone.table(only)
    coffee.put_off(item=only, by=alone.host, at=later(hours=5))
    assert alone.stand() == [("Only one", "waiting")]


def test_an_answer_here_is_kept_and_the_next_comes_on_the_table(morning: Coffee) -> None:
    first, second = morning.says("Who signs when the head is away?"), morning.says("No pump")
    morning.table(first)
    morning.answer(first, " The deputy; Regulation 1524. ")
    first.refresh_from_db()
    assert (first.state, first.answer, first.answered_by, first.answered_at) == (
        State.ANSWERED,
        "The deputy; Regulation 1524.",
        morning.host,
        later(minutes=10),
    )
    assert "1524" in first.search.split()
    assert morning.session().table == second
    morning.answer(first, "The deputy; Regulation 1524.")
    assert TrailLine.objects.filter(deed="meeting.item_answered").count() == 1
    assert "has been answered" in refused(lambda: morning.answer(first, "Another answer"))


@pytest.mark.parametrize("answer", ["", "  ", "x" * 2001])
def test_an_answer_says_something_and_ends(morning: Coffee, answer: str) -> None:
    item = morning.says("Who signs?")
    with pytest.raises(InvalidValue) as wrong:
        morning.answer(item, answer)
    assert wrong.value.field == "answer"


def test_a_difficulty_followed_up_is_a_case_with_owner_and_day(morning: Coffee) -> None:
    world, key = morning.world, uuid4()
    first, second = morning.says("Loan forms differ"), morning.says("No pump")
    morning.table(first)
    case = morning.follow(first, client_key=key)
    first.refresh_from_db()
    case.refresh_from_db()
    assert (case.source, case.area, case.owner, case.due_on) == (
        "coffee",
        world.hue,
        world.officer,
        later(days=10).date(),
    )
    assert (first.state, first.case) == (State.FOLLOWED, case)
    assert morning.session().table == second
    assert morning.follow(first, client_key=key) == case
    assert "is being followed up" in refused(lambda: morning.follow(first, client_key=uuid4()))
    assert "is being followed up" in refused(lambda: morning.answer(first))
    assert Case.objects.count() == 1


def test_whoever_may_give_no_owner_proposes_one(morning: Coffee) -> None:
    world = morning.world
    item = morning.says("Loan forms differ")
    case = morning.follow(item, by=world.lead, owner=world.second)
    item.refresh_from_db()
    assert (case.owner, item.proposed_owner) == (None, world.second)


def test_a_day_already_past_is_refused_and_nothing_is_raised(morning: Coffee) -> None:
    item = morning.says("Loan forms differ")
    with pytest.raises(InvalidValue):
        morning.follow(item, due_on=later(days=-1).date())
    item.refresh_from_db()
    assert (item.state, Case.objects.count()) == (State.WAITING, 0)


def test_ones_own_difficulty_is_withdrawn_while_it_waits(morning: Coffee) -> None:
    world = morning.world
    item, other = morning.says("Loan forms"), morning.says("No pump", by=world.second)
    assert "Only whoever raised" in refused(
        lambda: coffee.withdraw(item=other, by=world.officer, at=NOON)
    )
    coffee.withdraw(item=item, by=world.officer, at=NOON)
    coffee.withdraw(item=item, by=world.officer, at=NOON)
    assert morning.session().raised == 1
    assert "was withdrawn" in refused(lambda: morning.answer(item))
    morning.table(other)
    assert "is on the table" in refused(
        lambda: coffee.withdraw(item=other, by=world.second, at=NOON)
    )


def test_an_answer_is_taken_back_within_thirty_seconds(morning: Coffee) -> None:
    first, second = morning.says("Who signs?"), morning.says("No pump")
    morning.table(first)
    morning.answer(first)
    assert morning.session().undoable(later(minutes=10, seconds=30)) == first
    assert morning.session().undoable(later(minutes=10, seconds=31)) is None
    assert morning.session(morning.world.lead).undoable(later(minutes=10)) is None
    coffee.undo_answer(item=first, by=morning.host, at=later(minutes=10, seconds=30))
    first.refresh_from_db()
    assert (first.state, first.answer, first.answered_by, first.answered_at) == (
        State.ON_THE_TABLE,
        "",
        None,
        None,
    )
    assert "deputy" not in first.search.split()
    assert morning.session().waiting == [second]
    assert TrailLine.objects.filter(deed="meeting.answer_undone").count() == 1


def test_an_older_answer_or_somebody_elses_stands(morning: Coffee) -> None:
    item = morning.says("Who signs?")
    morning.answer(item)
    assert "30 seconds" in refused(
        lambda: coffee.undo_answer(item=item, by=morning.host, at=later(minutes=10, seconds=31))
    )
    assert "Somebody else" in refused(
        lambda: coffee.undo_answer(item=item, by=morning.world.office, at=later(minutes=10))
    )


def test_what_still_waits_is_answered_after_the_session(morning: Coffee) -> None:
    item, other = morning.says("Who signs?"), morning.says("No pump")
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=later(hours=2))
    assert "session is over" in refused(lambda: morning.table(item))
    morning.answer(item, at=later(hours=3))
    assert morning.stand() == [("Who signs?", "answered"), ("No pump", "waiting")]
    coffee.undo_answer(item=item, by=morning.host, at=later(hours=3, seconds=9))
    assert morning.stand() == [("Who signs?", "waiting"), ("No pump", "waiting")]
    assert "session is over" in refused(
        lambda: coffee.put_off(item=other, by=morning.host, at=later(hours=3))
    )


def test_the_table_is_not_laid_before_the_session(world: World) -> None:
    early = Coffee(world, opened=False)
    topic = coffee.send_topic(meeting=early.meeting, text="Lamps", by=world.officer, at=NOON)
    assert "has not been opened" in refused(lambda: early.table(topic))


def test_an_item_of_the_minutes_is_no_difficulty(morning: Coffee) -> None:
    noted = morning.meeting.items.create(
        number=9, text="Noted", added_by=morning.host, added_at=NOON
    )
    assert "no difficulty" in refused(lambda: morning.table(noted))
    with pytest.raises(NotThere):
        get_item_of(morning.session(), pk=noted.pk)
    assert morning.session().raised == 0


def test_only_whoever_keeps_the_meeting_hosts(morning: Coffee) -> None:
    item, by = morning.says("Who signs?"), morning.world.far
    deeds: list[Callable[[], object]] = [
        lambda: coffee.open_session(meeting=morning.meeting, by=by, at=NOON),
        lambda: coffee.close_session(meeting=morning.meeting, by=by, at=NOON),
        lambda: coffee.put_on_table(item=item, by=by, at=NOON),
        lambda: coffee.put_off(item=item, by=by, at=NOON),
        lambda: coffee.undo_answer(item=item, by=by, at=NOON),
        lambda: morning.answer(item, by=by),
        lambda: morning.follow(item, by=by),
        lambda: coffee.withdraw(item=item, by=by, at=NOON),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()
    assert morning.stand() == [("Who signs?", "waiting")]


def test_approved_minutes_refuse_everything(morning: Coffee) -> None:
    waiting, table, answered = (morning.says(text) for text in ("One", "Two", "Three"))
    morning.answer(answered)
    morning.table(table)
    Minutes.objects.create(
        meeting=morning.meeting,
        language="en",
        frozen={},
        digest="0" * 64,
        pdf=b"",
        pdf_digest="0" * 64,
        approved_by=morning.host,
        approved_at=NOON,
    )
    before, host = morning.stand(), morning.host
    deeds: list[Callable[[], object]] = [
        lambda: coffee.close_session(meeting=morning.meeting, by=host, at=NOON),
        lambda: coffee.open_session(meeting=morning.meeting, by=host, at=NOON),
        lambda: morning.says("Four"),
        lambda: morning.table(waiting),
        lambda: morning.answer(waiting),
        lambda: morning.follow(waiting),
        lambda: coffee.put_off(item=table, by=host, at=NOON),
        lambda: coffee.undo_answer(item=answered, by=host, at=later(minutes=10)),
        lambda: coffee.withdraw(item=waiting, by=morning.world.officer, at=NOON),
    ]
    assert {refused(deed) for deed in deeds} == {
        "The minutes of this meeting are approved. Open them again to correct them."
    }
    assert morning.stand() == before


# --- at the same moment ---------------------------------------------------------------------------


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do deeds in threads of their own at the same moment; return "" or the refusal of each."""
    start, said = threading.Barrier(len(deeds)), [""] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        try:
            start.wait()
            deed()
        except RuleBroken as broken:
            said[number] = str(broken)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_of_two_hosts_who_answer_at_once_one_wins(world: World) -> None:
    morning = Coffee(world)
    item, following = morning.says("Who signs?"), morning.says("No pump")
    morning.table(item)
    mine, theirs = (MinuteItem.objects.select_related("meeting").get(pk=item.pk) for _ in range(2))
    said = at_once(
        lambda: morning.answer(mine, "The deputy."),
        lambda: morning.answer(theirs, "The head of the commune.", by=world.office),
    )
    assert sorted(map(bool, said)) == [False, True]
    item.refresh_from_db()
    assert item.answer == ("The deputy." if said[1] else "The head of the commune.")
    assert morning.session().table == following
    assert TrailLine.objects.filter(deed="meeting.item_answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answered_and_followed_up_at_once_is_one_of_both(world: World) -> None:
    morning = Coffee(world)
    item = morning.says("Who signs?")
    mine, theirs = (MinuteItem.objects.select_related("meeting").get(pk=item.pk) for _ in range(2))
    said = at_once(lambda: morning.answer(mine), lambda: morning.follow(theirs, by=world.office))
    assert sorted(map(bool, said)) == [False, True]
    item.refresh_from_db()
    assert (item.state, Case.objects.count()) == (("answered", 0) if said[1] else ("followed", 1))


@pytest.mark.django_db(transaction=True)
def test_one_difficulty_sent_twice_at_once_arrives_once_and_numbers_never_meet(
    world: World,
) -> None:
    morning, key = Coffee(world), uuid4()
    said = at_once(
        *(lambda: morning.says("Loan forms", client_key=key) for _ in range(3)),
        lambda: morning.says("No pump", by=world.second, client_key=uuid4()),
    )
    assert said == ["", "", "", ""]
    assert sorted(morning.stand()) == [("Loan forms", "waiting"), ("No pump", "waiting")]


# --- what is shown --------------------------------------------------------------------------------


def test_the_session_counts_what_was_raised_answered_and_followed(morning: Coffee) -> None:
    world = morning.world
    items = [morning.says(text) for text in ("One", "Two", "Three", "Four", "Five")]
    morning.table(items[0])
    morning.answer(items[1], at=later(minutes=20))
    morning.answer(items[2], at=later(minutes=30))
    morning.follow(items[3])
    coffee.withdraw(item=items[4], by=world.officer, at=NOON)
    morning.meeting.duties.filter(person=world.officer).update(attendance="present")
    morning.meeting.duties.filter(person=world.lead).update(elsewhere=morning.meeting)
    session = morning.session()
    assert (session.raised, session.still_waiting) == (4, 1)
    assert (session.answered, session.followed) == ([items[2], items[1]], [items[3]])
    assert (session.in_room.part, session.in_room.whole) == (1, 2)
    assert session.before is None
    assert (session.is_running, session.is_over) == (True, False)


def test_the_next_coffee_shows_what_became_of_the_cases_before(morning: Coffee) -> None:
    world = morning.world
    one, two = (morning.follow(morning.says(text)) for text in ("One", "Two"))
    cases.accept_case(case=one, by=world.head, at=later(hours=3))
    cases.rectify_case(case=one, text="Done.", by=world.head, at=later(hours=4))
    cases.verify_case(case=one, result="confirmed", by=world.boss, at=later(hours=5))
    off = Coffee(world, at=later(days=20))
    off.follow(off.says("Three", at=later(days=20)))
    Meeting.objects.filter(pk=off.meeting.pk).update(state="cancelled")
    before = Coffee(world, at=later(days=30)).session().before
    assert before is not None
    assert (before.meeting, str(before.month)) == (morning.meeting, "2026-03")
    assert (before.closed.part, before.closed.whole) == (1, 2)
    assert two.is_open


def test_somebody_else_finds_no_session(morning: Coffee) -> None:
    for name in ("far", "member"):
        with pytest.raises(NotThere):
            morning.session(getattr(morning.world, name))
    Meeting.objects.filter(pk=morning.meeting.pk).update(kind=kinds()["cell"])
    with pytest.raises(NotThere):
        morning.session()


def test_the_short_address_knows_what_runs(morning: Coffee) -> None:
    world = morning.world
    assert running_for(fresh(world.officer), at=later(hours=1)) == [morning.meeting]
    assert running_for(fresh(world.far), at=later(hours=1)) == []
    client = signed_in(world.officer)
    assert client.get("/k/").url == reverse("meetings:coffee", args=[morning.meeting.pk])
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=later(hours=1))
    assert "No session runs now" in client.get("/k/").content.decode()


# --- pages ----------------------------------------------------------------------------------------


def signed_in(who: Person) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(who.user)
    return client


def test_a_session_is_kept_and_raised_in_by_plain_forms(morning: Coffee) -> None:
    world, pk = morning.world, morning.meeting.pk
    officer, host = signed_in(world.officer), signed_in(world.head)
    page = reverse("meetings:coffee", args=[pk])

    def deed(client: Client, name: str, **values: Any) -> Any:
        return client.post(reverse("meetings:coffee-deed", args=[pk, name]), values)

    assert deed(officer, "add", text="Who signs?", client_key=uuid4()).url == page
    assert deed(officer, "add", text="Loan forms", client_key=uuid4()).url == page
    assert deed(officer, "add", text="Mistake", client_key=uuid4()).url == page
    first, second, third = morning.meeting.items.order_by("number")
    assert deed(host, "table", item=first.pk).url == page
    form = reverse("meetings:coffee-deed", args=[pk, "answer"])
    assert "Who signs?" in host.get(form, {"item": first.pk}).content.decode()
    assert host.post(form, {"item": first.pk, "answer": ""}).status_code == 422
    assert host.post(form, {"item": first.pk, "answer": "The deputy."}).url == page
    assert "Undo" not in officer.get(page).content.decode()
    form = reverse("meetings:coffee-deed", args=[pk, "follow"])
    assert world.officer.code in host.get(form, {"item": second.pk}).content.decode()
    sent = {
        "item": second.pk,
        "title": "Loan forms",
        "owner": world.officer.code,
        "due_on": "2999-03-31",
        "category": world.category.pk,
        "client_key": uuid4(),
    }
    assert host.post(form, sent | {"owner": "nobody"}).status_code == 422
    assert deed(officer, "withdraw", item=third.pk).url == page
    assert host.post(form, sent).url == page
    assert [state for _text, state in morning.stand()] == ["answered", "followed", "withdrawn"]
    shown = officer.get(page).content.decode()
    assert "The deputy." in shown
    assert reverse("cases:case", args=[Case.objects.get().pk]) in shown
    deed(host, "table", item=first.pk)
    assert "has been answered" in host.get(page).content.decode()
    assert deed(host, "close").url == page
    assert "Keep the attendance" in host.get(page).content.decode()


def test_an_answer_pressed_wrongly_is_undone_on_the_page(morning: Coffee) -> None:
    host, pk = signed_in(morning.host), morning.meeting.pk
    item = morning.says("Who signs?")
    form = reverse("meetings:coffee-deed", args=[pk, "answer"])
    host.post(form, {"item": item.pk, "answer": "The deputy."})
    assert "Undo" in host.get(reverse("meetings:coffee", args=[pk])).content.decode()
    host.post(reverse("meetings:coffee-deed", args=[pk, "undo"]), {"item": item.pk})
    assert morning.stand() == [("Who signs?", "table")]


def test_a_phone_asks_whose_session_it_is_before_it_sends(morning: Coffee) -> None:
    world = morning.world
    add, key = reverse("meetings:coffee-deed", args=[morning.meeting.pk, "add"]), str(uuid4())
    phone = signed_in(world.officer)
    json = {"headers": {"accept": "application/json"}}
    door = phone.get(add, **json).json()
    assert door == {"person": str(world.officer.pk), "token": door["token"]}
    sent = {"text": "Loan forms", "client_key": key, "person": str(world.officer.pk)}
    receipt = {"key": key, "number": 1}
    assert phone.post(add, sent, **json).json() == receipt
    assert phone.post(add, sent, **json).json() == receipt
    other = phone.post(add, sent | {"text": "Other words"}, **json)
    assert (other.status_code, "already used" in other.json()["said"]) == (409, True)
    long = phone.post(add, sent | {"text": "x" * 201, "client_key": str(uuid4())}, **json)
    assert (long.status_code, bool(long.json()["said"])) == (422, True)
    not_mine = phone.post(add, sent | {"person": str(world.second.pk)}, **json)
    assert (not_mine.status_code, not_mine.json()) == (409, {"person": str(world.officer.pk)})
    auditor = signed_in(world.auditor).post(add, sent | {"person": str(world.auditor.pk)}, **json)
    assert (auditor.status_code, bool(auditor.json()["said"])) == (403, True)
    assert morning.stand() == [("Loan forms", "waiting")]


def test_the_form_shows_what_is_wrong(morning: Coffee) -> None:
    add = reverse("meetings:coffee-deed", args=[morning.meeting.pk, "add"])
    client = signed_in(morning.world.officer)
    assert client.get(add).url == reverse("meetings:coffee", args=[morning.meeting.pk])
    answer = client.post(add, {"text": "", "client_key": uuid4()})
    assert (answer.status_code, "Not saved yet" in answer.content.decode()) == (422, True)
    key = uuid4()
    client.post(add, {"text": "One", "client_key": key})
    assert client.post(add, {"text": "Two", "client_key": key}).status_code == 409


def test_deeds_that_are_none_are_not_there(morning: Coffee) -> None:
    host, pk = signed_in(morning.host), morning.meeting.pk

    def asked(name: str, **values: Any) -> tuple[int, int]:
        address = reverse("meetings:coffee-deed", args=[pk, name])
        return host.get(address, values).status_code, host.post(address, values).status_code

    assert asked("dance") == (404, 404)
    assert asked("open") == (405, 302)
    assert asked("table", item="x") == (405, 404)
    assert asked("answer", item="9" * 30) == (404, 404)
    assert asked("follow") == (404, 404)
    item = morning.says("Who signs?")
    form = reverse("meetings:coffee-deed", args=[pk, "answer"])
    assert signed_in(morning.world.auditor).get(form, {"item": item.pk}).status_code == 403


def test_topics_are_sent_in_by_a_plain_form(world: World) -> None:
    early = Coffee(world, opened=False)
    address, client = reverse("meetings:topics", args=[early.meeting.pk]), signed_in(world.officer)
    assert client.post(address, {"text": "Lamps", "client_key": uuid4()}).url == address
    assert "Lamps" in client.get(address).content.decode()
    assert client.post(address, {"text": " ", "client_key": uuid4()}).status_code == 422
    coffee.open_session(meeting=early.meeting, by=early.host, at=NOON)
    assert client.post(address, {"text": "Late", "client_key": uuid4()}).status_code == 422
    assert "The session was opened." in client.get(address).content.decode()


@pytest.mark.parametrize("of", ["phone", "screen"])
def test_a_part_that_has_not_changed_is_not_sent_again(morning: Coffee, of: str) -> None:
    client = signed_in(morning.world.officer)
    address = reverse("meetings:coffee-part", args=[morning.meeting.pk])
    first = client.get(address, {"of": of})
    assert first["Cache-Control"] == "private, no-cache"
    known = {"headers": {"if-none-match": first["ETag"]}}
    same = client.get(address, {"of": of}, **known)
    assert (same.status_code, same.content) == (304, b"")
    morning.says("Who signs?")
    changed = client.get(address, {"of": of}, **known)
    assert (changed.status_code, "Who signs?" in changed.content.decode()) == (200, True)
    assert client.get(address, {"of": "else"}).status_code == 404


@pytest.mark.parametrize("of", ["phone", "screen"])
def test_a_part_costs_as_many_queries_with_one_difficulty_as_with_many(
    morning: Coffee, of: str
) -> None:
    client = signed_in(morning.world.auditor)
    address = reverse("meetings:coffee-part", args=[morning.meeting.pk])

    def queries() -> int:
        client.get(address, {"of": of})
        with CaptureQueriesContext(connection) as found:
            assert client.get(address, {"of": of}).status_code == 200
        asked = [row["sql"] for row in found if "accounts_" not in row["sql"]]
        return len(asked)

    for number in range(3):
        morning.says(f"Waiting {number}")
        morning.answer(morning.says(f"Answered {number}"))
        morning.follow(morning.says(f"Followed {number}"))
        if number == 0:
            few = queries()
    assert (queries(), few) == (4, 4)


def test_the_big_screen_shows_the_session_to_the_room(morning: Coffee) -> None:
    item = morning.says("Who signs?")
    morning.table(item)
    address = reverse("meetings:coffee-screen", args=[morning.meeting.pk])
    shown = signed_in(morning.host).get(address).content.decode()
    assert '<meta http-equiv="refresh"' in shown
    assert "testserver/k" in shown
    assert "<svg" in shown
    assert 'style="' not in shown
    assert "Who signs?" in shown
    assert morning.world.officer.name not in shown


def test_the_code_of_the_room_is_shown_by_whoever_keeps_the_session(world: World) -> None:
    morning = Coffee(world, at=clock.now())
    address = reverse("meetings:coffee-screen", args=[morning.meeting.pk])
    meeting = Meeting.objects.get(pk=morning.meeting.pk)
    minute = checkin.minute_of(clock.now())
    codes = [checkin.code_of(meeting.room_secret, minute + more) for more in (0, 1)]
    shown = signed_in(morning.host).get(address).content.decode()
    assert any(f"{code[:3]}&nbsp;{code[3:]}" in shown for code in codes)
    assert "Code" not in signed_in(morning.world.officer).get(address).content.decode()
    coffee.close_session(meeting=morning.meeting, by=morning.host, at=NOON)
    assert "Code" not in signed_in(morning.host).get(address).content.decode()


def test_the_code_is_gone_when_the_meeting_is_over(morning: Coffee) -> None:
    address = reverse("meetings:coffee-screen", args=[morning.meeting.pk])
    assert "Code" not in signed_in(morning.host).get(address).content.decode()


def test_whoever_is_expected_checks_in_from_the_session(morning: Coffee) -> None:
    client = signed_in(morning.world.officer)
    page = reverse("meetings:coffee", args=[morning.meeting.pk])
    check_in = reverse("meetings:check-in", args=[morning.meeting.pk])
    assert check_in in client.get(page).content.decode()
    morning.meeting.duties.update(attendance="present")
    assert check_in not in client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_key_in_two_meetings_at_once_stands_for_one_difficulty(world: World) -> None:
    morning, evening, key = Coffee(world), Coffee(world, at=later(hours=4)), uuid4()
    said = at_once(
        lambda: morning.says("Loan forms", client_key=key),
        lambda: evening.says("Loan forms", client_key=key, at=later(hours=5)),
    )
    assert sorted(map(bool, said)) == [False, True]
    assert len(morning.stand()) + len(evening.stand()) == 1
