"""Good practices: proposed, assessed, selected, spread, and adopted where. Source: S4.7."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from footpath.accounts.rules import Role
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.core.figures import Rate
from footpath.knowledge import selectors, services
from footpath.knowledge.models import Item, Practice, Spread
from footpath.knowledge.rules import Outcome
from footpath.notifications.models import Notice
from tests.knowledge import shelf
from tests.knowledge.test_answers import told
from tests.knowledge.test_regulations import deeds_of
from tests.world import NOON, World, fresh, holder, later

pytestmark = pytest.mark.django_db


def spread(world: World, practice: Practice, *units: object) -> list[Spread]:
    """Spread a practice to units by the district office."""
    return services.spread_practice(
        practice=practice,
        units=list(units),  # type: ignore[arg-type]
        by=world.office,
        at=later(days=3),
    )


def adopt(row: Spread, by: object, **said: object) -> None:
    """Let a unit adopt a practice."""
    usual = {"outcome": Outcome.ADOPTED, "on": date(2026, 3, 14), "sentence": "Since Friday."}
    services.record_adoption(spread=row, by=by, at=later(days=5), **(usual | said))  # type: ignore[arg-type]


def test_from_a_proposal_to_a_selected_practice(world: World) -> None:
    made = shelf.selected(world)
    kept = selectors.get_item_for(world.member, pk=made.pk)
    assert isinstance(kept, Practice)
    assert (kept.state, kept.origin, kept.assessed_as, kept.assessment) == (
        "selected",
        world.hue,
        shelf.post_of(world.head),
        "It works.",
    )
    assert deeds_of(made) == ["practice.proposed", "practice.assessed", "practice.selected"]
    assert told("proposed") == [world.office.user_id]
    assert told("selected") == [world.officer.user_id]


def test_a_declined_practice_has_a_reason_that_its_proposer_is_told(world: World) -> None:
    made = shelf.assessed(world)
    with pytest.raises(InvalidValue, match="Give the reason"):
        services.decline_practice(practice=made, reason="", by=world.office, at=NOON)
    services.decline_practice(practice=made, reason="Too dear.", by=world.office, at=NOON)
    notice = Notice.objects.get(kind="knowledge.declined")
    assert (notice.user, notice.values["reason"]) == (world.officer.user, "Too dear.")
    with pytest.raises(NotThere):
        selectors.get_item_for(world.member, pk=made.pk)
    with pytest.raises(RuleBroken):
        services.select_practice(practice=made, reason="After all", by=world.office, at=NOON)


@pytest.mark.parametrize(
    ("who", "may"), [("officer", True), ("member", True), ("head", True), ("far", False)]
)
def test_a_unit_proposes_what_is_its_own(world: World, who: str, may: bool) -> None:
    def propose() -> Practice:
        return services.propose_practice(
            said=shelf.practice_words(), origin=world.hue, by=getattr(world, who), at=NOON
        )

    if may:
        assert propose().origin == world.hue
        return
    with pytest.raises(NotAllowed):
        propose()


def test_a_member_proposes_what_the_own_organization_does(world: World) -> None:
    made = services.propose_practice(
        said=shelf.practice_words(), origin=world.cell, by=world.member, at=NOON
    )
    assert made.origin == world.cell
    with pytest.raises(NotAllowed):
        services.propose_practice(
            said=shelf.practice_words(), origin=world.agency, by=world.member, at=NOON
        )


def test_a_proposal_is_read_by_its_writer_and_by_those_who_decide_there(world: World) -> None:
    made = shelf.proposed(world)
    for person in (world.officer, world.head, world.office, world.auditor, world.administrator):
        assert selectors.get_item_for(person, pk=made.pk).pk == made.pk
    for person in (world.member, world.second, world.far):
        with pytest.raises(NotThere):
            selectors.get_item_for(person, pk=made.pk)


def test_nobody_assesses_or_decides_the_own_proposal(world: World) -> None:
    made = services.propose_practice(
        said=shelf.practice_words(), origin=world.hue, by=world.head, at=NOON
    )
    with pytest.raises(RuleBroken, match="You proposed this"):
        services.assess_practice(
            practice=made, post=shelf.post_of(world.head), sentence="Good", by=world.head, at=NOON
        )
    services.assess_practice(
        practice=made, post=shelf.post_of(world.office), sentence="Good", by=world.office, at=NOON
    )
    with pytest.raises(RuleBroken, match="You proposed this"):
        services.select_practice(practice=made, reason="Mine", by=world.head, at=NOON)


def test_it_is_assessed_by_a_post_that_the_person_holds(world: World) -> None:
    made = shelf.proposed(world)
    with pytest.raises(InvalidValue, match="a post that you hold"):
        services.assess_practice(
            practice=made, post=shelf.post_of(world.office), sentence="x", by=world.head, at=NOON
        )
    with pytest.raises(NotAllowed):
        services.assess_practice(
            practice=made, post=shelf.post_of(world.head), sentence="x", by=world.far, at=NOON
        )
    with pytest.raises(RuleBroken, match="not possible now"):
        services.select_practice(practice=made, reason="Good", by=world.head, at=NOON)


def test_a_proposal_is_changed_by_its_writer_until_it_is_assessed(world: World) -> None:
    made = shelf.proposed(world)
    better = shelf.practice_words(title="Slips at both gates")
    with pytest.raises(RuleBroken, match="Only whoever"):
        services.change_practice(practice=made, said=better, by=world.head, at=NOON)
    services.change_practice(practice=made, said=better, by=world.officer, at=NOON)
    assert Item.objects.get(pk=made.pk).title == "Slips at both gates"
    services.assess_practice(
        practice=made, post=shelf.post_of(world.head), sentence="x", by=world.head, at=NOON
    )
    with pytest.raises(RuleBroken, match="no longer be changed"):
        services.change_practice(practice=made, said=better, by=world.officer, at=NOON)


def test_each_unit_is_told_once_by_its_head_its_office_or_whoever_leads_it(world: World) -> None:
    made = shelf.selected(world)
    first = spread(world, made, world.khanh, world.commune_office, world.khanh, world.hue)
    assert [row.unit for row in first] == [world.khanh, world.commune_office]
    assert sorted(told("spread")) == sorted([world.second.user_id, world.head.user_id])
    again = spread(world, made, world.khanh, world.phuoc)
    assert [row.unit for row in again] == [world.phuoc]
    assert len(told("spread")) == 3
    assert deeds_of(made)[3:] == ["practice.spread"] * 3


def test_an_organization_without_a_head_is_told_by_its_members(world: World) -> None:
    made = shelf.selected(world)
    spread(world, made, world.cell)
    assert told("spread") == [world.member.user_id]


def test_only_a_selected_practice_is_spread_and_only_within_the_own_places(world: World) -> None:
    with pytest.raises(RuleBroken, match="not possible now"):
        spread(world, shelf.assessed(world), world.khanh)
    made = shelf.selected(world, title="Another")
    with pytest.raises(InvalidValue, match="Name the units"):
        spread(world, made)
    with pytest.raises(NotAllowed):
        services.spread_practice(
            practice=made, units=[world.khanh, world.phuoc], by=world.head, at=NOON
        )
    assert not Spread.objects.exists()


def test_each_unit_says_what_it_makes_of_it(world: World) -> None:
    made = shelf.selected(world)
    khanh, phuoc, office = spread(world, made, world.khanh, world.phuoc, world.commune_office)
    adopt(khanh, world.second)
    adopt(phuoc, world.far, outcome=Outcome.NOT_FOR_US, sentence="We have no gate.")
    found = selectors.spread_of(made)
    assert (found.taken_up, found.answered) == (Rate(1, 3), Rate(2, 3))
    adopt(office, world.head, outcome=Outcome.ADAPTED, sentence="At the door.")
    assert selectors.spread_of(made).taken_up == Rate(2, 3)
    assert set(told("adopted")) == {world.officer.user_id, world.office.user_id}
    assert deeds_of(made)[-1] == "practice.adopted"


def test_an_outcome_may_change_and_of_two_at_once_one_is_told(world: World) -> None:
    (row,) = spread(world, shelf.selected(world), world.khanh)
    late = Spread.objects.get(pk=row.pk)
    adopt(row, world.second)
    with pytest.raises(StaleState):
        adopt(late, world.head, outcome=Outcome.NOT_FOR_US)
    adopt(row, world.second, outcome=Outcome.ADAPTED, sentence="With a bell.")
    kept = Spread.objects.get(pk=row.pk)
    assert (kept.outcome, kept.sentence, kept.recorded_by) == (
        "adapted",
        "With a bell.",
        world.second,
    )


@pytest.mark.parametrize(
    ("field", "said"),
    [("sentence", {"sentence": " "}), ("on", {"on": date(2026, 3, 16)})],
)
def test_without_a_sentence_and_for_a_day_to_come_nothing_is_recorded(
    world: World, field: str, said: dict[str, object]
) -> None:
    (row,) = spread(world, shelf.selected(world), world.khanh)
    with pytest.raises(InvalidValue) as refused:
        adopt(row, world.second, **said)
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["member", "officer", "far", "auditor", "administrator"])
def test_nobody_else_answers_for_a_unit(world: World, who: str) -> None:
    (row,) = spread(world, shelf.selected(world), world.khanh)
    with pytest.raises(NotAllowed):
        adopt(row, getattr(world, who))


def test_the_head_of_an_organization_without_a_place_answers_for_it(world: World) -> None:
    world.agency.area = None
    world.agency.save()
    head = holder("Agency Head", Role.HEAD, world.agency)
    boss = holder("Whole Office", Role.OFFICE, world.district_office, world.province)
    boss_post = shelf.post_of(boss)
    boss_post.covers_everything = True
    boss_post.save()
    (row,) = services.spread_practice(
        practice=shelf.selected(world), units=[world.agency], by=fresh(boss), at=NOON
    )
    adopt(row, fresh(head))
    assert Spread.objects.get().outcome == "adopted"


def test_what_waits_for_an_answer_stands_in_the_library_of_the_unit(
    world: World, client: Client
) -> None:
    (row,) = spread(world, shelf.selected(world), world.khanh)
    assert [one.pk for one in selectors.waiting_for(world.second)] == [row.pk]
    for other in (world.far, world.member, world.head, world.office):
        assert selectors.waiting_for(other) == []
    client.force_login(world.second.user)
    way = reverse("knowledge:practice-adopt", args=[row.practice_id, row.pk])
    assert way in client.get(reverse("knowledge:list")).content.decode()
    sent = {"outcome": "adapted", "on": "2020-01-02", "sentence": "At the door."}
    assert client.post(way, sent | {"outcome": "liked"}).status_code == 422
    assert client.post(way, sent).status_code == 302
    assert selectors.waiting_for(fresh(world.second)) == []
    page = client.get(row.practice.get_absolute_url()).content.decode()
    assert "1/1" in page
    assert "At the door." in page


def test_the_database_knows_one_unit_and_one_answer_a_row(world: World) -> None:
    (row,) = spread(world, shelf.selected(world), world.khanh)
    for values in (
        {"area": None},
        {"organization": world.cell},
        {"outcome": "adopted"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Spread.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Spread.objects.create(
            practice=row.practice, area=world.khanh, told_by=world.office, told_at=NOON
        )


def test_through_the_pages(world: World, client: Client) -> None:
    client.force_login(world.officer.user)
    sent = {
        "origin": "Ấp Tân Huề",
        "title": "Slips at the gate",
        "description": "Slips.",
        "result": "9 of 10 came.",
        "topic": shelf.topic().pk,
        "language": "vi",
    }
    page = client.post(reverse("knowledge:practice-new"), sent | {"origin": "Nowhere"})
    assert "No place or organization is called" in page.content.decode()
    assert client.post(reverse("knowledge:practice-new"), sent).status_code == 302
    made = Practice.objects.get()
    change = reverse("knowledge:practice-change", args=[made.pk])
    assert client.post(change, sent | {"title": "Slips"}).status_code == 302
    client.force_login(world.head.user)
    deed = {name: reverse("knowledge:deed", args=[made.pk, name]) for name in ("assess", "select")}
    assert client.post(deed["assess"], {"post": "", "sentence": "x"}).status_code == 422
    post = shelf.post_of(world.head)
    assert client.post(deed["assess"], {"post": post.pk, "sentence": "Yes"}).status_code == 302
    client.post(deed["select"], {"reason": "Cheap"})
    client.force_login(world.office.user)
    way = reverse("knowledge:deed", args=[made.pk, "spread"])
    refused = client.post(way, {"units": "Ấp Vĩnh Khánh\nNowhere"})
    assert refused.status_code == 422
    client.post(way, {"units": "Ap Vinh Khanh\n\nAp Vinh Khanh"})
    assert [row.unit for row in Spread.objects.all()] == [world.khanh]
    assert Practice.objects.get().title == "Slips"


def test_days_of_a_practice_are_the_days_of_its_deeds(world: World) -> None:
    made = shelf.selected(world)
    assert made.day == (NOON + timedelta(days=2)).date()
