"""Published answers: two people, seven days, consent, and nobody who asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse

from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.knowledge import selectors, services
from footpath.knowledge.models import Answer, Item
from footpath.knowledge.selectors import Asked
from footpath.notifications.models import Notice
from tests.knowledge import shelf
from tests.knowledge.test_regulations import deeds_of
from tests.world import NOON, World, fresh, later

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 23)
ON_MONDAY = later(days=13)

KEPT = {
    "item_ptr", "question", "text", "month", "not_before", "consent_confirmed", "drafted_by",
    "asked_to_approve", "approved_by", "remark", "withdrawn_by", "withdrawn_reason", "regulations",
}  # fmt: skip
"""Everything an answer holds of its own: nothing of whoever asked, and no exact day."""


def told(kind: str) -> list[int]:
    """Return the users who were told something of this kind."""
    rows = Notice.objects.filter(kind=f"knowledge.{kind}").order_by("pk")
    return list(rows.values_list("user_id", flat=True))


def test_an_answer_has_no_field_for_whoever_asked() -> None:
    fields = (*Answer._meta.local_fields, *Answer._meta.local_many_to_many)
    assert {field.name for field in fields} == KEPT
    people = {field.name for field in fields if field.is_relation and field.many_to_one}
    assert people == {"drafted_by", "asked_to_approve", "approved_by", "withdrawn_by"}
    assert not any(isinstance(field, models.DateTimeField) for field in fields)


def test_of_the_day_of_the_answer_only_month_and_week_are_kept(world: World) -> None:
    found = set()
    for day in range(10, 17):
        made = services.draft_answer(
            said=shelf.answer_words(),
            answered_on=date(2026, 3, day),
            by=world.head,
            at=later(days=10),
        )
        found.add((made.month, made.not_before))
    assert found == {(date(2026, 3, 1), MONDAY)}


def test_one_drafts_another_approves_and_on_its_day_it_appears(world: World) -> None:
    made = shelf.draft(world)
    assert (made.state, made.not_before, made.is_open) == ("draft", MONDAY, False)
    services.approve_answer(answer=made, by=world.office, at=later(days=1))
    assert selectors.library_for(world.member, Asked("signs")).count() == 0
    services.publish_answer(answer=made, by=world.head, at=ON_MONDAY)
    kept = selectors.get_item_for(world.member, pk=made.pk)
    assert isinstance(kept, Answer)
    assert (kept.state, kept.day, kept.drafted_by, kept.approved_by) == (
        "published",
        MONDAY,
        world.head,
        world.office,
    )
    assert deeds_of(made) == ["answer.drafted", "answer.approved", "answer.published"]


def test_whoever_wrote_it_does_not_approve_it(world: World) -> None:
    made = shelf.draft(world)
    with pytest.raises(RuleBroken, match="Somebody else approves"):
        services.approve_answer(answer=made, by=world.head, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=made.pk).update(approved_by=world.head)
    assert Item.objects.get(pk=made.pk).state == "draft"


def test_whoever_changes_the_words_stands_behind_them(world: World) -> None:
    made = shelf.draft(world)
    services.change_answer(
        answer=made, said=shelf.answer_words(text="Better."), by=world.office, at=NOON
    )
    with pytest.raises(RuleBroken, match="You wrote this answer"):
        services.approve_answer(answer=made, by=world.office, at=NOON)
    services.approve_answer(answer=made, by=world.head, at=NOON)
    assert Answer.objects.get(pk=made.pk).drafted_by == world.office


def test_words_changed_since_they_were_read_are_not_approved(world: World) -> None:
    made = shelf.draft(world)
    seen = made.version
    other = Answer.objects.get(pk=made.pk)
    services.change_answer(
        answer=other, said=shelf.answer_words(text="Other words."), by=world.head, at=NOON
    )
    for current in (made, Answer.objects.get(pk=made.pk)):
        with pytest.raises(StaleState):
            services.approve_answer(answer=current, by=world.office, at=NOON, version=seen)


def test_approved_words_are_changed_only_after_they_were_sent_back(world: World) -> None:
    made = shelf.draft(world)
    services.approve_answer(answer=made, by=world.office, at=NOON)
    with pytest.raises(RuleBroken, match="no longer be changed"):
        services.change_answer(answer=made, said=shelf.answer_words(), by=world.head, at=NOON)
    services.send_back_answer(answer=made, reason="A place is named", by=world.office, at=NOON)
    kept = Answer.objects.get(pk=made.pk)
    assert (kept.state, kept.approved_by, kept.remark) == ("draft", None, "A place is named")
    assert told("sent_back") == [world.head.user_id]


def test_before_its_day_it_is_not_published(world: World) -> None:
    made = shelf.draft(world)
    with pytest.raises(RuleBroken, match="not possible now"):
        services.publish_answer(answer=made, by=world.office, at=ON_MONDAY)
    services.approve_answer(answer=made, by=world.office, at=NOON)
    with pytest.raises(RuleBroken, match="23 March 2026"):
        services.publish_answer(answer=made, by=world.office, at=ON_MONDAY - timedelta(days=1))
    assert Item.objects.get(pk=made.pk).is_open is False


def test_on_its_day_it_appears_by_itself_once(world: World) -> None:
    made, waiting = shelf.draft(world), shelf.draft(world, question="Not approved yet?")
    services.approve_answer(answer=made, by=world.office, at=NOON)
    assert services.publish_due(ON_MONDAY - timedelta(days=1)) == 0
    assert services.publish_due(ON_MONDAY) == 1
    assert services.publish_due(ON_MONDAY) == 0
    assert Item.objects.get(pk=made.pk).state == "published"
    assert Item.objects.get(pk=waiting.pk).state == "draft"
    assert told("published") == [world.head.user_id]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("question", {"question": " "}),
        ("question", {"question": "x" * 5001}),
        ("text", {"text": ""}),
        ("consent", {"consent": False}),
        ("language", {"language": "de"}),
    ],
)
def test_without_question_answer_or_consent_there_is_no_draft(
    world: World, field: str, said: dict[str, object]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        shelf.draft(world, **said)
    assert refused.value.field == field
    assert not Item.objects.exists()


def test_an_answer_of_a_day_to_come_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue, match="still to come"):
        services.draft_answer(
            said=shelf.answer_words(), answered_on=date(2026, 3, 11), by=world.head, at=NOON
        )


def test_whoever_is_asked_to_approve_is_told_and_may_do_so(world: World) -> None:
    for nobody, words in ((world.head, "Somebody else"), (world.member, "may not approve")):
        with pytest.raises(InvalidValue, match=words):
            services.draft_answer(
                said=shelf.answer_words(),
                answered_on=shelf.ANSWERED,
                approver=nobody,
                by=world.head,
                at=NOON,
            )
    services.draft_answer(
        said=shelf.answer_words(),
        answered_on=shelf.ANSWERED,
        approver=world.office,
        by=world.head,
        at=NOON,
    )
    assert told("to_approve") == [world.office.user_id]


@pytest.mark.parametrize("who", ["member", "officer", "auditor", "administrator"])
def test_others_neither_draft_nor_read_drafts(world: World, who: str) -> None:
    made = shelf.draft(world)
    person = getattr(world, who)
    with pytest.raises(NotThere):
        selectors.get_item_for(person, pk=made.pk)
    for deed in (
        lambda: services.draft_answer(
            said=shelf.answer_words(), answered_on=shelf.ANSWERED, by=person, at=NOON
        ),
        lambda: services.approve_answer(answer=made, by=person, at=NOON),
        lambda: services.withdraw_answer(answer=made, reason="x", by=person, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_withdrawn_answer_is_there_for_nobody_but_those_who_write_answers(world: World) -> None:
    made = shelf.published(world)
    with pytest.raises(InvalidValue, match="Say why"):
        services.withdraw_answer(answer=made, reason=" ", by=world.office, at=ON_MONDAY)
    services.withdraw_answer(answer=made, reason="It tells a place", by=world.office, at=ON_MONDAY)
    with pytest.raises(NotThere):
        selectors.get_item_for(world.member, pk=made.pk)
    assert selectors.library_for(world.member, Asked("signs")).count() == 0
    kept = selectors.get_item_for(world.head, pk=made.pk)
    assert isinstance(kept, Answer)
    assert (kept.state, kept.withdrawn_reason) == ("withdrawn", "It tells a place")
    assert told("withdrawn") == [world.head.user_id]


def test_an_answer_and_its_regulations_lead_to_each_other(world: World, client: Client) -> None:
    basis = shelf.regulation(world)
    made = shelf.published(world, regulations=[basis])
    client.force_login(world.member.user)
    assert made.title in client.get(basis.get_absolute_url()).content.decode()
    assert basis.number in client.get(made.get_absolute_url()).content.decode()


def test_the_page_of_an_answer_ends_with_the_way_to_ask_and_to_a_case(
    world: World, client: Client
) -> None:
    made = shelf.published(world)
    client.force_login(world.member.user)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Was this what you needed?" in page
    assert reverse("cases:raise") in page
    assert reverse("corner:home") in page
    assert "unlinkable in our records" in page


def test_without_a_question_corner_the_page_leads_to_a_case_alone(
    world: World, client: Client, settings: object
) -> None:
    settings.CORNER_URL = ""  # type: ignore[attr-defined]
    made = shelf.published(world)
    client.force_login(world.member.user)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Ask in the Question Corner" not in page
    assert reverse("cases:raise") in page


def test_through_the_pages(world: World, client: Client) -> None:
    client.force_login(world.head.user)
    sent = {
        "question": "May a deputy sign?",
        "text": "Yes, with the head's order.",
        "topic": shelf.topic().pk,
        "language": "en",
        "regulations": "",
        "answered_on": "2020-03-10",
        "approver": world.office.code,
        "consent": "on",
    }
    assert client.post(reverse("knowledge:answer-new"), sent | {"consent": ""}).status_code == 422
    page = client.post(reverse("knowledge:answer-new"), sent | {"regulations": "99-X"})
    assert "No regulation in the library has the number" in page.content.decode()
    answer = client.post(reverse("knowledge:answer-new"), sent)
    made = Answer.objects.get()
    assert answer.url == made.get_absolute_url()
    approve = reverse("knowledge:deed", args=[made.pk, "approve"])
    refused = client.post(approve, {"version": made.version})
    assert refused.status_code == 422
    assert "Somebody else approves it" in refused.content.decode()
    client.force_login(fresh(world.office).user)
    assert "May a deputy sign?" in client.get(approve).content.decode()
    assert client.post(approve, {"version": made.version}).status_code == 302
    assert client.get(approve).status_code == 409
    publish = reverse("knowledge:deed", args=[made.pk, "publish"])
    assert client.post(publish).status_code == 302
    assert Answer.objects.get().state == "published"
    assert client.get(reverse("knowledge:deed", args=[made.pk, "repeal"])).status_code == 404


def test_of_two_who_change_one_draft_the_slower_is_told(world: World, client: Client) -> None:
    made = shelf.draft(world)
    change = reverse("knowledge:answer-change", args=[made.pk])
    client.force_login(world.office.user)
    assert f'name="version" value="{made.version}"' in client.get(change).content.decode()
    sent = {
        "question": made.question,
        "topic": made.topic_id,
        "language": "en",
        "consent": "on",
        "version": made.version,
    }
    assert client.post(change, sent | {"text": "The first to change it."}).status_code == 302
    late = client.post(change, sent | {"text": "Written over older words."})
    assert late.status_code == 422
    assert "Somebody else has changed this" in late.content.decode()
    assert Answer.objects.get().text == "The first to change it."
