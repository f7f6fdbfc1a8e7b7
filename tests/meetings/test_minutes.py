"""Minutes as items: added, changed, moved, withdrawn, and promises that are cases."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from footpath.accounts.models import TrailLine
from footpath.cases import services as cases
from footpath.cases.models import Case, Entry
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Meeting, MinuteItem
from footpath.meetings.rules.minutes import mark_of
from footpath.meetings.services import Said
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

DUE = date(2026, 4, 15)


def meeting_of(world: World, **values: object) -> Meeting:
    """Convene this evening's cell meeting of hamlet hue."""
    values = {
        "kind": world.cell_meeting,
        "area": world.hue,
        "starts_at": later(hours=7),
        "ends_at": later(hours=9),
        "by": world.head,
        "at": NOON,
    } | values
    return services.convene_meeting(**values)  # type: ignore[arg-type]


def item_of(world: World, meeting: Meeting, text: str = "The gate leaks.") -> MinuteItem:
    """Put an item into the minutes."""
    return services.add_minute_item(meeting=meeting, text=text, by=world.officer, at=NOON)


def promise(world: World, meeting: Meeting, by: Person, owner: Person | None) -> MinuteItem:
    """Promise to repair the gate until 15 April."""
    return services.add_action(
        meeting=meeting,
        text="Repair the gate.\nWith the seal from the store.",
        category=world.category,
        owner=owner,
        due_on=DUE,
        by=by,
        at=NOON,
    )


def texts_of(meeting: Meeting) -> list[tuple[int, str]]:
    """Return what stands in the minutes, with its numbers."""
    found = Meeting.objects.get(pk=meeting.pk)
    return [(item.number, item.text) for item in selectors.items_in_minutes(found)]


# --- items ----------------------------------------------------------------------------------------


def test_an_item_is_found_by_its_words(world: World) -> None:
    item = item_of(world, meeting_of(world), "Cống Tân Huề bị rò rỉ")
    assert list(MinuteItem.objects.matching("cong tan hue")) == [item]
    services.change_item(item=item, text="Weir repaired", by=world.head, at=NOON)
    assert not MinuteItem.objects.matching("cong tan hue")
    assert list(MinuteItem.objects.matching("weir")) == [item]


def test_the_same_item_sent_twice_stands_once(world: World) -> None:
    meeting, key = meeting_of(world), uuid4()
    values = {"meeting": meeting, "text": "A", "by": world.officer, "at": NOON, "client_key": key}
    assert services.add_minute_item(**values) == services.add_minute_item(**values)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="already used"):
        services.add_minute_item(**values | {"by": world.head})  # type: ignore[arg-type]
    assert texts_of(meeting) == [(1, "A")]


def test_an_item_is_changed_by_one_at_a_time(world: World) -> None:
    item = item_of(world, meeting_of(world))
    same = MinuteItem.objects.get(pk=item.pk)
    services.change_item(item=item, text=" The gate leaks a lot. ", by=world.head, at=NOON)
    assert MinuteItem.objects.get().text == "The gate leaks a lot."
    with pytest.raises(StaleState):
        services.change_item(item=same, text="No", by=world.officer, at=NOON)
    with pytest.raises(InvalidValue):
        services.change_item(item=item, text=" ", by=world.head, at=NOON)


def test_an_item_is_withdrawn_and_the_trail_keeps_it(world: World) -> None:
    meeting = meeting_of(world)
    item = item_of(world, meeting)
    item_of(world, meeting, "The road")
    services.withdraw_item(item=item, by=world.officer, at=NOON)
    assert texts_of(meeting) == [(2, "The road")]
    assert TrailLine.objects.filter(deed="meeting.item_withdrawn").count() == 1
    with pytest.raises(StaleState):
        services.withdraw_item(item=item, by=world.officer, at=NOON)
    with pytest.raises(StaleState):
        services.change_item(item=item, text="Again", by=world.officer, at=NOON)
    with pytest.raises(StaleState):
        services.raise_case_from_item(
            item=item, title="Gate", category=world.category, by=world.officer, at=NOON
        )


def test_what_was_promised_is_not_withdrawn(world: World) -> None:
    item = promise(world, meeting_of(world), world.head, None)
    with pytest.raises(RuleBroken, match="stays in the minutes"):
        services.withdraw_item(item=item, by=world.head, at=NOON)


def test_items_change_places_and_keep_their_numbers(world: World) -> None:
    meeting = meeting_of(world)
    items = [item_of(world, meeting, text) for text in "ABC"]
    order = [items[2].pk, items[0].pk, items[1].pk]
    services.reorder_items(meeting=meeting, order=order, by=world.officer, at=NOON)
    assert texts_of(meeting) == [(1, "C"), (2, "A"), (3, "B")]
    with pytest.raises(StaleState):
        services.reorder_items(meeting=meeting, order=order[:2], by=world.officer, at=NOON)


def test_minutes_do_not_grow_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footpath.meetings.services.minutes.MOST_ITEMS", 1)
    meeting = meeting_of(world)
    item_of(world, meeting)
    with pytest.raises(RuleBroken, match="at most 1"):
        item_of(world, meeting)


def test_only_who_keeps_the_meeting_touches_its_items(world: World) -> None:
    item = item_of(world, meeting_of(world))
    for by in (world.far, world.auditor, world.administrator):
        with pytest.raises(NotAllowed):
            services.change_item(item=item, text="x", by=by, at=NOON)
        with pytest.raises(NotAllowed):
            services.withdraw_item(item=item, by=by, at=NOON)
        with pytest.raises(NotAllowed):
            services.reorder_items(meeting=item.meeting, order=[item.pk], by=by, at=NOON)
        with pytest.raises(NotAllowed):
            promise(world, item.meeting, by, None)


# --- promises -------------------------------------------------------------------------------------


def test_a_promise_is_one_case_with_owner_and_day(world: World) -> None:
    item = promise(world, meeting_of(world), world.head, world.officer)
    case = Case.objects.get()
    assert (case.title, case.text, case.source) == (
        "Repair the gate.",
        "Repair the gate.\nWith the seal from the store.",
        Case.Source.MEETING,
    )
    assert (case.owner, case.due_on, case.area) == (world.officer, DUE, world.hue)
    item.refresh_from_db()
    assert (item.case, item.state, item.proposed_owner) == (case, "followed", None)


def test_who_takes_it_on_accepts_it(world: World) -> None:
    promise(world, meeting_of(world), world.officer, world.officer)
    case = Case.objects.get()
    assert (case.owner, case.state) == (world.officer, Case.State.ACCEPTED)


def test_who_may_not_give_an_owner_proposes_one(world: World) -> None:
    item = promise(world, meeting_of(world), world.officer, world.lead)
    case = Case.objects.get()
    assert (case.owner, case.state) == (None, Case.State.RAISED)
    assert MinuteItem.objects.get(pk=item.pk).proposed_owner == world.lead
    assert "Ngô Thị Bích Thủy" in Entry.objects.get(case=case).text


def test_without_a_day_the_category_gives_it(world: World) -> None:
    services.add_action(
        meeting=meeting_of(world),
        text="Repair",
        category=world.category,
        owner=world.officer,
        by=world.head,
        at=NOON,
    )
    assert Case.objects.get().due_on == NOON.date() + timedelta(days=30)


def test_nothing_is_promised_until_yesterday(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue, match="already past") as refused:
        services.add_action(
            meeting=meeting,
            text="Repair",
            category=world.category,
            due_on=date(2026, 3, 9),
            by=world.head,
            at=NOON,
        )
    assert refused.value.field == "due_on"
    assert texts_of(meeting) == []


def test_a_promise_sent_twice_is_one_case(world: World) -> None:
    meeting, key = meeting_of(world), uuid4()
    for _again in range(2):
        services.add_action(
            meeting=meeting,
            text="Repair",
            category=world.category,
            due_on=DUE,
            client_key=key,
            by=world.head,
            at=NOON,
        )
    assert Case.objects.count() == MinuteItem.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("a" * 300, "a" * 199 + "…"),
        ("word " * 60, ("word " * 39).strip() + "…"),
        ("b" * 200, "b" * 200),
    ],
)
def test_the_title_of_a_case_fits_on_its_line(world: World, text: str, title: str) -> None:
    services.add_action(
        meeting=meeting_of(world),
        text=text,
        category=world.category,
        by=world.head,
        at=NOON,
    )
    assert Case.objects.get().title == title


def test_lines_become_items_and_promises_together(world: World) -> None:
    meeting = meeting_of(world)
    said = [Said("The road is mended."), Said("Repair the gate", world.officer, DUE)]
    made = services.add_items(
        meeting=meeting, said=said, category=world.category, by=world.head, at=NOON
    )
    assert [(item.number, item.case) for item in made] == [(1, None), (2, Case.objects.get())]


def test_lines_are_taken_all_or_none(world: World) -> None:
    meeting = meeting_of(world)
    with pytest.raises(InvalidValue):
        services.add_items(
            meeting=meeting,
            said=[Said("A"), Said("B", None, date(2020, 1, 1))],
            category=world.category,
            by=world.head,
            at=NOON,
        )
    with pytest.raises(InvalidValue, match="what the cases are about"):
        services.add_items(
            meeting=meeting, said=[Said("B", None, DUE)], category=None, by=world.head, at=NOON
        )
    with pytest.raises(InvalidValue, match="Write what was said"):
        services.add_items(meeting=meeting, said=[], category=None, by=world.head, at=NOON)
    assert (texts_of(meeting), Case.objects.count()) == ([], 0)


def test_the_item_shows_what_becomes_of_its_case(world: World) -> None:
    meeting = meeting_of(world)
    item = promise(world, meeting, world.head, world.head)
    case = Case.objects.get()
    cases.rectify_case(case=case, text="Done.", by=world.head, at=later(days=1))
    case.refresh_from_db()
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=later(days=2))
    found = selectors.get_meeting_for(world.officer, pk=meeting.pk)
    shown = selectors.items_in_minutes(found)[0]
    assert (shown, shown.case and shown.case.state) == (item, "closed")


def test_a_key_of_one_item_raises_no_case_from_another(world: World) -> None:
    meeting, key = meeting_of(world), uuid4()
    one, other = item_of(world, meeting), item_of(world, meeting, "The path is gone.")
    given = {"category": world.category, "client_key": key, "by": world.head, "at": NOON}
    case = services.raise_case_from_item(item=one, title="Gate", **given)
    with pytest.raises(InvalidValue):
        services.raise_case_from_item(item=other, title="Path", **given)
    assert services.raise_case_from_item(item=one, title="Gate", **given) == case
    other.refresh_from_db()
    assert other.case is None


def test_lines_sent_twice_stand_there_once(world: World) -> None:
    meeting, key = meeting_of(world), uuid4()
    said = [Said("The gate leaks."), Said("Repair it.", due_on=DUE)]
    for _time in range(2):
        made = services.add_items(
            meeting=meeting,
            said=said,
            category=world.category,
            by=world.head,
            at=NOON,
            client_key=key,
        )
    assert [item.number for item in made] == [1, 2]
    assert texts_of(meeting) == [(1, "The gate leaks."), (2, "Repair it.")]
    assert Case.objects.count() == 1


def test_what_somebody_else_wrote_since_the_page_was_opened_stays(
    world: World, client: Client
) -> None:
    meeting = meeting_of(world)
    item = item_of(world, meeting)
    client.force_login(world.head.user)
    address = meeting.get_absolute_url()
    empty, leaks = mark_of(""), mark_of("The gate leaks.")

    def write(text: str, seen: str) -> int:
        return client.post(address, {"deed": "minutes", "minutes": text, "seen": seen}).status_code

    def change(text: str, seen: str) -> int:
        sent = {"deed": f"change-{item.pk}", "text": text, "seen": seen}
        return client.post(address, sent).status_code

    assert f'value="{leaks}"' in client.get(address).content.decode()
    assert [write("A", empty), write("B", empty), write("A", empty)] == [302, 422, 302]
    assert [change("C", leaks), change("D", leaks), change("C", leaks)] == [302, 422, 302]
    meeting.refresh_from_db()
    item.refresh_from_db()
    assert (meeting.minutes, item.text) == ("A", "C")
    assert write("B", mark_of("A")) == 302
