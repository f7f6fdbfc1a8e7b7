"""What was answered in a coffee is found again; coffees stand beside the quarterly meetings."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.cases import services as cases
from footpath.core import clock
from footpath.meetings.models import Meeting, MinuteItem
from footpath.meetings.selectors.coffee import compare
from footpath.meetings.selectors.guidance import page_of_guidance, similar_guidance
from tests.meetings.test_coffee import Coffee, signed_in
from tests.world import NOON, World, fresh, kinds, later

pytestmark = pytest.mark.django_db

ANSWERS = (
    ("Who signs when the hamlet head is away?", "The deputy signs; Regulation 1524."),
    ("Ai ký thay khi trưởng ấp đi vắng?", "Phó ấp ký, theo Quy định 1524."),
    ("村长外出时谁签字？", "由副村长签字。"),
    ("Кто подписывает вместо старосты?", "Заместитель, по положению 1524."),
)


@pytest.fixture
def answered(world: World) -> Coffee:
    """Return a coffee in which a question was answered in each of four languages."""
    morning = Coffee(world)
    for question, answer in ANSWERS:
        morning.answer(morning.says(question), answer)
    return morning


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hamlet head away", 0),
        ("regulation", 0),
        ("truong ap di vang", 1),
        ("pho ap ky", 1),
        ("Trưởng ẤP", 1),
        ("谁签字", 2),
        ("副村长", 2),
        ("подписывает", 3),
        ("ЗАМЕСТИТЕЛЬ", 3),
    ],
)
def test_guidance_is_found_in_four_languages_without_diacritics(
    answered: Coffee, typed: str, found: int
) -> None:
    page = page_of_guidance(fresh(answered.world.member), typed=typed)
    assert [row.question for row in page.rows] == [ANSWERS[found][0]]


def test_everybody_reads_question_and_answer_but_not_who_raised_it(answered: Coffee) -> None:
    world, address = answered.world, reverse("meetings:guidance")
    stranger = signed_in(world.member).get(address, {"q": "1524"}).content.decode()
    assert "The deputy signs; Regulation 1524." in stranger
    for hidden in (world.officer.name, world.hue.name, world.thach.name, "/coffee/"):
        assert hidden not in stranger
    host = signed_in(world.head).get(address, {"q": "1524"}).content.decode()
    assert reverse("meetings:coffee", args=[answered.meeting.pk]) in host


def test_what_was_not_answered_is_no_guidance(answered: Coffee) -> None:
    answered.says("Loan forms differ")
    answered.follow(answered.says("Loan forms of two banks"))
    assert page_of_guidance(fresh(answered.world.head), typed="loan").rows == []
    assert len(page_of_guidance(fresh(answered.world.head)).rows) == len(ANSWERS)


def test_answers_of_other_meetings_are_for_those_who_may_read_them(answered: Coffee) -> None:
    world = answered.world
    Meeting.objects.filter(pk=answered.meeting.pk).update(kind=kinds()["review"])
    assert page_of_guidance(fresh(world.member)).rows == []
    assert page_of_guidance(fresh(world.far)).rows == []
    assert len(page_of_guidance(fresh(world.head)).rows) == len(ANSWERS)
    shown = signed_in(world.head).get(reverse("meetings:guidance")).content.decode()
    assert answered.meeting.get_absolute_url() in shown


def test_the_latest_answer_comes_first_and_pages_go_on(world: World) -> None:
    morning = Coffee(world)
    for number in range(3):
        item = morning.says(f"Question {number}")
        morning.answer(item, f"Answer {number}.", at=later(minutes=10 + number))
    first = page_of_guidance(fresh(world.member), typed="question", size=2)
    assert [row.answer for row in first.rows] == ["Answer 2.", "Answer 1."]
    rest = page_of_guidance(fresh(world.member), typed="question", after=first.next_after, size=2)
    assert ([row.answer for row in rest.rows], rest.next_after) == (["Answer 0."], None)


def test_a_page_of_guidance_costs_two_queries(answered: Coffee) -> None:
    person = fresh(answered.world.head)
    person.scope  # noqa: B018 - read before anything is counted
    with CaptureQueriesContext(connection) as found:
        assert len(page_of_guidance(person).rows) == len(ANSWERS)
    assert len(found) == 2


def test_similar_questions_are_proposed_while_one_is_typed(answered: Coffee) -> None:
    member = fresh(answered.world.member)

    def proposed(typed: str) -> list[str]:
        return [row.question for row in similar_guidance(member, typed)]

    assert proposed("who signs if our hamlet head is ill or away") == [ANSWERS[0][0]]
    assert proposed("ai ky giay khi truong ap vang") == [ANSWERS[1][0]]
    assert proposed("the sluice gate leaks") == []
    assert proposed("x") == []
    with CaptureQueriesContext(connection) as found:
        proposed("who signs when the head is away")
    assert len(found) <= 2


def test_the_field_shows_what_was_answered_before(answered: Coffee) -> None:
    client = signed_in(answered.world.officer)
    asked = {"headers": {"hx-request": "true", "hx-target": "similar"}}
    address = reverse("meetings:guidance")
    shown = client.get(address, {"text": "who signs when the head is away"}, **asked)
    assert "The deputy signs" in shown.content.decode()
    assert "<html" not in shown.content.decode()
    nothing = client.get(address, {"text": "sluice"}, **asked)
    assert nothing.content.decode().strip() == ""


def test_the_search_of_everything_finds_guidance(answered: Coffee) -> None:
    client = signed_in(answered.world.member)
    shown = client.get(reverse("web:search"), {"q": "truong ap"}).content.decode()
    assert ANSWERS[1][1] in shown
    longer = client.get(reverse("web:search"), {"q": "1524", "kind": "guidance"}).content.decode()
    assert ANSWERS[0][1] in longer
    assert "Nothing found" in client.get(reverse("web:search"), {"q": "zebra"}).content.decode()


def test_an_empty_page_says_what_is_empty(world: World) -> None:
    client = signed_in(world.member)
    address = reverse("meetings:guidance")
    assert "No guidance yet" in client.get(address).content.decode()
    assert "Nothing found" in client.get(address, {"q": "zebra"}).content.decode()


# --- coffees beside the quarterly meetings --------------------------------------------------------


def held(world: World, kind: str, **span: float) -> Meeting:
    """Return a meeting of the commune that was held."""
    return Meeting.objects.create(
        kind=kinds()[kind],
        area=world.thach,
        starts_at=later(**span),
        ends_at=later(**span) + timedelta(hours=2),
        convened_by=world.office,
        state="held",
        held_at=later(**span),
        **{f"a{level}": pk for level, pk in enumerate(world.thach.ancestor_ids)},
    )


def promised(world: World, meeting: Meeting, text: str) -> MinuteItem:
    """Return an item of the minutes from which a case was raised."""
    number = meeting.items.count() + 1
    case = world.case(title=text, area=world.hue, at=meeting.starts_at)
    return meeting.items.create(
        number=number,
        text=text,
        added_by=world.head,
        added_at=meeting.starts_at,
        state="followed",
        case=case,
    )


def test_coffees_are_compared_with_the_quarterly_meetings(world: World) -> None:
    morning = Coffee(world)
    for text in ("One", "Two"):
        morning.answer(morning.says(text))
    guided, closed, waits = (
        morning.follow(morning.says(text)) for text in ("Three", "Four", "Five")
    )
    cases.accept_case(case=guided, by=world.head, at=later(days=1))
    cases.give_guidance(case=guided, text="Ask the bank.", by=world.lead, at=later(days=4))
    cases.give_guidance(case=guided, text="Again.", by=world.lead, at=later(days=6))
    cases.accept_case(case=closed, by=world.head, at=later(days=1))
    cases.rectify_case(case=closed, text="Done.", by=world.head, at=later(days=2))
    cases.verify_case(case=closed, result="confirmed", by=world.boss, at=later(days=3))
    assert waits.is_open
    Coffee(world, at=later(days=30))
    review = held(world, "review", days=20)
    promised(world, review, "Six")
    review.items.create(number=9, text="Noted", added_by=world.head, added_at=review.starts_at)
    held(world, "cell", days=21)
    Meeting.objects.filter(pk=held(world, "conference", days=22).pk).update(state="planned")
    found = compare(
        fresh(world.office),
        path=world.district.path,
        first=clock.day_of(NOON),
        last=clock.day_of(later(days=30)),
    )
    coffees, quarterly = found.coffees, found.quarterly
    assert (coffees.sessions, coffees.raised, coffees.each) == (2, 5, 2.5)
    assert (coffees.answered.part, coffees.answered.whole) == (2, 5)
    assert (coffees.guided.part, coffees.guided.whole, coffees.median_days) == (3, 5, 0.0)
    assert (coffees.closed.part, coffees.closed.whole) == (1, 3)
    assert coffees.held[1].days == [0, 0, 4]
    assert (quarterly.sessions, quarterly.raised, quarterly.each) == (1, 1, 1.0)
    assert (quarterly.answered.part, quarterly.median_days) == (0, None)
    assert (quarterly.closed.part, quarterly.closed.whole) == (0, 1)
    assert [str(month) for month in found.months] == ["2026-03", "2026-04"]
    assert [coffees.in_month(month) for month in found.months] == [5.0, 0.0]
    assert [quarterly.in_month(month) for month in found.months] == [1.0, None]


def test_nobody_compares_what_they_may_not_read(world: World) -> None:
    Coffee(world)
    span = {"first": clock.day_of(NOON), "last": clock.day_of(NOON)}
    for name, sessions in (("far", 0), ("member", 0), ("officer", 1), ("head", 1), ("auditor", 1)):
        found = compare(fresh(getattr(world, name)), path=None, **span)
        assert found.coffees.sessions == sessions, name


def test_the_page_tells_nothing_from_zero(world: World) -> None:
    client, address = signed_in(world.office), reverse("meetings:coffees")
    today = clock.now()
    empty = client.get(address).content.decode()
    assert "No data" in empty
    assert "No meeting in this period" in empty
    morning = Coffee(world, at=today)
    morning.says("Loan forms", at=today)
    Meeting.objects.filter(pk=morning.meeting.pk).update(title="Coffee of the commune")
    shown = client.get(address, {"place": world.thach.code}).content.decode()
    assert "Coffee of the commune" in shown
    assert "<svg viewBox" in shown
    this_year = {"period": str(clock.today().year)}
    assert "Coffee of the commune" in client.get(address, this_year).content.decode()
    assert client.get(address, {"period": "1066"}).status_code == 404
    assert client.get(address, {"place": uuid4().hex}).status_code == 404


def test_the_comparison_costs_as_many_queries_with_one_coffee_as_with_three(world: World) -> None:
    person = fresh(world.office)
    person.scope  # noqa: B018 - read before anything is counted

    def queries() -> int:
        span = {"first": clock.day_of(NOON), "last": clock.day_of(later(days=60))}
        with CaptureQueriesContext(connection) as found:
            compare(person, path="", **span)
        return len(found)

    Coffee(world).says("One")
    few = queries()
    for number in (1, 2):
        more = Coffee(world, at=later(days=number))
        more.says("More", at=later(days=number, hours=1))
    assert (queries(), few) == (2, 2)
