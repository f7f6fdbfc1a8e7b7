"""Clocks of a case: begun with their target, stopped, paused, extended, counted anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from footpath.accounts.models import TrailLine
from footpath.accounts.rules import Role
from footpath.cases import presenting, rules, selectors, services
from footpath.cases.models import Case, Clock, ClockKind, ClockPause, Entry, Target
from footpath.cases.rules.working_time import Computation
from footpath.cases.services import clocks, pausing, targets
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory import services as directory
from footpath.directory.models import CalendarYear, SpecialDay
from tests.cases.tools import at_the_top
from tests.world import NOON, World, holder, later

pytestmark = pytest.mark.django_db

HEAD_AT = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)  # Tuesday 10 March 2026, 14:00


def target(kind: str, amount: int, unit: str = "working_days", **more: object) -> Target:
    return Target.objects.create(kind=kind, amount=amount, unit=unit, **more)


def running(case: Case) -> dict[str, Clock]:
    return {row.kind: row for row in case.clocks.filter(stopped_at=None)}


def paused(world: World, case: Case, until: date = date(2026, 3, 17), at: datetime = NOON) -> None:
    services.pause_clock(case=case, until=until, text="Waits for the seal.", by=world.head, at=at)


# --- targets --------------------------------------------------------------------------------------


def test_a_leg_without_a_target_is_due_on_the_promised_day(world: World) -> None:
    case = world.case()
    clock = case.clocks.get()
    assert (clock.kind, clock.due_on, clock.amount) == ("accept", date(2026, 4, 9), None)
    assert clock.computed["basis"] == "promised"
    assert (case.due_on, case.due_kind, case.due_at) == (date(2026, 4, 9), "accept", clock.due_at)


def test_an_agreed_day_is_called_agreed(world: World) -> None:
    case = world.case(due_on=date(2026, 3, 20))
    assert case.clocks.get().computed["basis"] == "agreed"
    assert selectors.explain(case.clocks.get())[0] == "Agreed for the whole case: 20 March 2026."


def test_the_most_particular_target_counts(world: World) -> None:
    tier = world.hue.tier
    target("accept", 9)
    case = world.case()
    assert running(case)["accept"].amount == 9
    target("accept", 8, tier=tier)
    target("accept", 1, tier=world.province.tier)
    assert running(world.case())["accept"].amount == 8
    target("accept", 7, category=world.category)
    assert running(world.case())["accept"].amount == 7
    target("accept", 6, category=world.category, tier=tier)
    assert running(world.case())["accept"].amount == 6
    assert running(case)["accept"].amount == 9


def test_raising_asks_one_question_more_at_most(
    world: World, django_assert_num_queries: object
) -> None:
    case = Case(category=world.category, level=3)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert selectors.targets_for(case) == {}


def test_a_due_date_keeps_how_it_was_counted(world: World) -> None:
    target("accept", 3)
    case = world.case(at=datetime(2026, 2, 12, 3, tzinfo=UTC))
    clock = case.clocks.get()
    kept = Computation.from_json(clock.computed)
    assert kept.as_json() == clock.computed
    assert (clock.due_on, case.due_on) == (date(2026, 2, 24), date(2026, 2, 24))
    assert clock.due_at == datetime(2026, 2, 24, 10, tzinfo=UTC)
    first, second, *rest = selectors.explain(clock)
    assert first == "3 working days from 12 February 2026. The first day is the one after it."
    assert second.startswith("Not counted, 16 Feb – 20 Feb: ")
    assert "Lunar New Year" in second
    assert rest == ["Not counted: 4 days of weekends.", "Due on 24 February 2026, 17:00."]


def test_each_deed_stops_its_leg_and_begins_the_next(world: World) -> None:
    for kind, amount in (("accept", 2), ("rectify", 15), ("verify", 3)):
        target(kind, amount)
    case = world.case()
    assert case.due_on == date(2026, 3, 12)
    services.accept_case(case=case, by=world.head, at=later(days=1))
    assert (case.due_kind, case.due_on) == ("rectify", date(2026, 4, 1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(days=2))
    assert (case.due_kind, case.due_on) == ("verify", date(2026, 3, 17))
    services.verify_case(case=case, result="not", text="Leaks.", by=world.officer, at=later(days=6))
    assert (case.due_kind, case.due_on) == ("rectify", date(2026, 4, 6))
    ended = {(row.kind, row.round_number): row.is_in_time for row in case.clocks.all()}
    assert ended == {
        ("accept", 1): True,
        ("rectify", 1): True,
        ("verify", 1): True,
        ("rectify", 2): None,
    }


def test_a_leg_that_took_too_long_is_late(world: World) -> None:
    target("accept", 2)
    case = world.case()
    services.accept_case(case=case, by=world.head, at=later(days=2, hours=6))
    assert case.clocks.get(kind="accept").is_in_time is False


def test_owner_and_transfer_leave_the_clock_as_it_is(world: World) -> None:
    target("accept", 2)
    case = world.case()
    before = running(case)["accept"]
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(hours=1))
    services.transfer_case(
        case=case, to=world.agency, text="Health.", by=world.head, at=later(hours=2)
    )
    after = running(case)["accept"]
    assert (after.pk, after.due_at, case.due_at) == (before.pk, before.due_at, before.due_at)


def test_a_returned_case_waits_for_its_promised_day(world: World) -> None:
    target("accept", 2)
    case = world.case()
    services.return_case(case=case, text="Where?", by=world.head, at=later(hours=1))
    assert (case.due_on, case.due_kind, case.due_at) == (date(2026, 4, 9), "", None)
    services.resubmit_case(case=case, text="There.", by=world.officer, at=later(days=1))
    assert (case.due_on, case.due_kind) == (date(2026, 3, 13), "accept")


def test_a_clock_begins_once(world: World) -> None:
    case = world.case()
    assert clocks.begin(case, rules.ClockKind.GUIDE, at=later(hours=1)) is not None
    assert clocks.begin(case, rules.ClockKind.GUIDE, at=later(hours=2)) is None


def test_a_year_that_nobody_has_settled_is_refused_with_who_settles_it(world: World) -> None:
    CalendarYear.objects.all().delete()
    target("accept", 10)
    with pytest.raises(RuleBroken, match=r"2041 are not settled yet\. An administrator"):
        world.case(at=datetime(2041, 3, 10, tzinfo=UTC))
    Target.objects.update(kind="rectify")
    case = world.case(at=datetime(2041, 3, 10, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="2041"):
        services.accept_case(case=case, by=world.head, at=datetime(2041, 3, 11, tzinfo=UTC))
    case.refresh_from_db()
    assert case.state == "raised"


# --- pauses ---------------------------------------------------------------------------------------


def test_a_pause_moves_the_due_date_by_what_is_not_counted(world: World) -> None:
    target("rectify", 15)
    case = world.case(at=datetime(2026, 3, 3, 3, tzinfo=UTC))
    services.accept_case(case=case, by=world.head, at=datetime(2026, 3, 4, 3, tzinfo=UTC))
    assert case.due_on == date(2026, 3, 25)
    paused(world, case, at=datetime(2026, 3, 12, 2, tzinfo=UTC))
    clock = running(case)["rectify"]
    assert (case.due_on, case.paused_until) == (date(2026, 3, 31), date(2026, 3, 17))
    assert (clock.due_on, clock.version) == (date(2026, 3, 31), 2)
    assert "Paused, 12 Mar – 17 Mar: Waits for the seal." in selectors.explain(clock)
    assert case.entries.last().deed == Entry.Deed.PAUSED
    said = presenting.thread(case, selectors.thread_of(case), [])[-1]
    assert (said.deed, said.text) == ("Clock paused until 17 March 2026", "Waits for the seal.")


def test_a_pause_of_a_promised_day_moves_the_promise(world: World) -> None:
    case = world.case()
    paused(world, case)
    assert (case.due_on, case.promised_on) == (date(2026, 4, 16), date(2026, 4, 16))
    services.resume_clock(case=case, by=world.head, at=later(days=2))
    assert (case.due_on, case.promised_on) == (date(2026, 4, 10), date(2026, 4, 10))
    assert (case.paused_until, case.entries.last().deed) == (None, Entry.Deed.RESUMED)


def test_a_leg_that_is_done_while_it_stands_gives_back_the_rest_of_the_pause(world: World) -> None:
    case = world.case()
    paused(world, case)
    services.accept_case(case=case, by=world.head, at=later(days=3))
    assert (case.promised_on, case.due_on) == (date(2026, 4, 11), date(2026, 4, 11))
    assert case.paused_until is None
    assert ClockPause.objects.get().is_over
    assert running(case)["rectify"].due_on == date(2026, 4, 11)


def test_the_job_notes_that_a_pause_has_come_to_its_end(world: World) -> None:
    target("accept", 5)
    case = world.case()
    paused(world, case)
    due = case.due_at
    assert pausing.end_pauses(datetime(2026, 3, 17, 16, tzinfo=UTC)) == 0
    at = datetime(2026, 3, 17, 17, tzinfo=UTC)
    assert (pausing.end_pauses(at), pausing.end_pauses(at)) == (1, 0)
    case.refresh_from_db()
    assert (case.paused_until, case.due_at) == (None, due)
    last = case.entries.last()
    assert (last.deed, last.by, last.said_by) == (Entry.Deed.RESUMED, None, "Footpath")


@pytest.mark.parametrize(
    ("until", "text", "says"),
    [
        (date(2026, 3, 9), "Seal.", "already past"),
        (date(2026, 6, 9), "Seal.", "at most 90 days"),
        (date(2026, 3, 17), " ", "waits for"),
    ],
)
def test_a_pause_needs_a_reason_and_an_end(world: World, until: date, text: str, says: str) -> None:
    case = world.case()
    with pytest.raises(InvalidValue, match=says):
        services.pause_clock(case=case, until=until, text=text, by=world.head, at=NOON)


def test_what_does_not_run_cannot_be_paused_and_what_runs_cannot_be_resumed(world: World) -> None:
    case = world.case()
    with pytest.raises(RuleBroken, match="No clock of this case stands"):
        services.resume_clock(case=case, by=world.head, at=NOON)
    paused(world, case)
    with pytest.raises(RuleBroken, match="stands already"):
        paused(world, case)
    late = world.case()
    with pytest.raises(RuleBroken, match="time is up"):
        paused(world, late, date(2026, 4, 20), at=later(days=40))
    services.return_case(case=late, text="Where?", by=world.head, at=later(days=40))
    for deed in (services.pause_clock, services.extend_case):
        with pytest.raises(RuleBroken, match="No clock of this case runs"):
            deed(case=late, until=date(2026, 4, 20), text="So.", by=world.head, at=later(days=41))


def test_an_owner_pauses_and_only_a_leader_gives_more_time(world: World) -> None:
    case = world.case()
    services.assign_owner(case=case, owner=world.second, by=world.head, at=NOON)
    services.pause_clock(case=case, until=date(2026, 3, 12), text="Seal.", by=world.second, at=NOON)
    with pytest.raises(NotAllowed):
        services.extend_case(
            case=case, until=date(2026, 5, 12), text="Seal.", by=world.second, at=NOON
        )


# --- more time ------------------------------------------------------------------------------------


def test_more_time_moves_the_leg_that_is_due_next(world: World) -> None:
    target("accept", 3)
    case = world.case()
    stale = selectors.get_case_for(world.head, pk=case.pk)
    services.extend_case(
        case=case, until=date(2026, 3, 20), text="Flood.", by=world.head, at=later(hours=1)
    )
    clock = running(case)["accept"]
    assert (case.due_on, clock.version, case.promised_on) == (
        date(2026, 3, 20), 2, date(2026, 4, 9),
    )  # fmt: skip
    assert selectors.explain(clock) == [
        "More time was given on 10 March 2026: up to 20 March 2026.",
        "Due on 20 March 2026, until midnight.",
    ]
    with pytest.raises(StaleState):
        services.extend_case(
            case=stale, until=date(2026, 3, 21), text="Flood.", by=world.head, at=later(hours=2)
        )
    with pytest.raises(InvalidValue, match="after the present due date"):
        services.extend_case(
            case=case, until=date(2026, 3, 20), text="Flood.", by=world.head, at=later(hours=2)
        )
    said = presenting.thread(case, selectors.thread_of(case), [])[-1]
    assert said.deed == "More time given, until 20 March 2026"
    paused(world, case, date(2026, 3, 12), at=later(hours=3))
    assert case.due_on == date(2026, 3, 22)


def test_more_time_for_a_promised_day_moves_the_promise(world: World) -> None:
    case = world.case()
    services.extend_case(
        case=case, until=date(2026, 5, 4), text="Flood.", by=world.head, at=later(hours=1)
    )
    services.accept_case(case=case, by=world.head, at=later(hours=2))
    assert (case.promised_on, case.due_on) == (date(2026, 5, 4), date(2026, 5, 4))


# --- targets and counting anew --------------------------------------------------------------------


def test_targets_are_set_changed_and_taken_away_by_those_who_may(world: World) -> None:
    made = services.add_target(
        kind="accept",
        amount=3,
        unit="hours",
        by=world.administrator,
        at=NOON,
        category=world.category,
    )
    with pytest.raises(RuleBroken, match="stands already"):
        services.add_target(
            kind="accept", amount=4, unit="hours", by=world.administrator, at=NOON,
            category=world.category,
        )  # fmt: skip
    services.change_target(
        target=made, amount=4, unit="days", expected="3.hours", by=world.administrator, at=NOON
    )
    with pytest.raises(StaleState):
        services.change_target(
            target=made, amount=5, unit="days", expected="3.hours", by=world.administrator, at=NOON
        )
    assert [row.amount for row in selectors.targets_all(world.office)] == [4]
    services.remove_target(target=made, by=world.administrator, at=NOON)
    with pytest.raises(StaleState):
        services.remove_target(target=Target(pk=999_999), by=world.administrator, at=NOON)
    deeds = TrailLine.objects.filter(deed__startswith="cases.target").values_list("deed", flat=True)
    assert list(deeds.order_by("pk")) == [
        "cases.target_set", "cases.target_set", "cases.target_removed",
    ]  # fmt: skip


def test_targets_hold_for_everybody_and_only_those_above_all_set_them(world: World) -> None:
    asked = {"kind": "accept", "amount": 3, "unit": "hours", "at": NOON}
    made = services.add_target(by=at_the_top(world), **asked)
    again = asked | {"kind": "verify"}
    changed = {"target": made, "amount": 9, "unit": "days", "expected": "3.hours", "at": NOON}
    for person in (world.office, world.head, holder("Placed", Role.OFFICE, world.cell, world.hue)):
        for deed, values in (
            (services.add_target, again),
            (services.change_target, changed),
            (services.remove_target, {"target": made, "at": NOON}),
        ):
            with pytest.raises(NotAllowed, match="set how long cases may take"):
                deed(by=person, **values)
    assert [(row.kind, row.amount) for row in selectors.targets_all(world.head)] == [("accept", 3)]


@pytest.mark.parametrize(
    ("kind", "amount", "unit", "field"),
    [
        ("sleep", 3, "hours", "kind"),
        ("accept", 0, "hours", "amount"),
        ("accept", 731, "hours", "amount"),
        ("accept", 3, "moons", "unit"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(
    world: World, kind: str, amount: int, unit: str, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        services.add_target(kind=kind, amount=amount, unit=unit, by=world.administrator, at=NOON)
    assert refused.value.field == field


def closed(world: World, **values: object) -> SpecialDay:
    values = {
        "kind": "closed", "first": date(2026, 3, 11), "last": date(2026, 3, 11),
        "reason": "Flood", "area": world.hue, "path": world.hue.path,
        "noted_by": world.head, "noted_at": NOON,
    } | values  # fmt: skip
    return SpecialDay.objects.create(**values)


def test_a_change_of_the_calendar_moves_a_due_date_only_when_somebody_says_so(
    world: World,
) -> None:
    target("accept", 2)
    case, promised = world.case(), world.case(category=world.category)
    Clock.objects.filter(case=promised).update(amount=None)
    closed(world)
    case.refresh_from_db()
    assert case.due_on == date(2026, 3, 12)
    (moved,) = targets.moved_clocks(world.thach)
    assert moved.counted is not None
    assert (moved.clock.case_id, moved.before, moved.counted.due_on) == (
        case.pk, date(2026, 3, 12), date(2026, 3, 13),
    )  # fmt: skip
    assert list(targets.moved_clocks(world.son)) == []
    changed, refused = services.recount_clocks(place=world.thach, by=world.office, at=later(days=1))
    assert (changed, refused) == (1, [])
    case.refresh_from_db()
    clock = case.clocks.get()
    assert (case.due_on, clock.version) == (date(2026, 3, 13), 2)
    assert TrailLine.objects.filter(deed="case.due_recounted").count() == 1
    said = case.entries.get(deed=Entry.Deed.RECOUNTED)
    assert (said.by, said.text) == (world.office, "2026-03-12 → 2026-03-13")
    assert "Not counted, 11 Mar: Flood (Ấp Tân Huề)" in selectors.explain(clock)
    assert services.recount_clocks(place=world.thach, by=world.office, at=NOON) == (0, [])


def test_on_a_blocked_day_offices_work_and_clocks_stand(world: World) -> None:
    target("accept", 2, "days")
    closed(world, kind="blocked", reason="Flood watch")
    case = world.case()
    assert case.due_on == date(2026, 3, 13)
    assert "The clock stood, 11 Mar: Flood watch (Ấp Tân Huề)" in selectors.explain(
        case.clocks.get()
    )


def test_what_cannot_be_counted_anew_is_named_and_left(world: World) -> None:
    target("accept", 2)
    case = world.case(at=datetime(2026, 12, 31, 3, tzinfo=UTC))
    CalendarYear.objects.all().delete()
    changed, (refused,) = services.recount_clocks(place=None, by=world.administrator, at=NOON)
    assert (changed, refused.clock.case_id, "2027" in refused.refused) == (0, case.pk, True)
    with pytest.raises(NotAllowed):
        services.recount_clocks(place=None, by=world.office, at=NOON)


def test_a_clock_that_has_changed_meanwhile_is_not_counted_anew(world: World) -> None:
    target("accept", 2)
    case = world.case()
    closed(world)
    (moved,) = targets.moved_clocks(None)
    paused(world, case)
    assert moved.counted is not None
    assert not targets._recount(moved.clock, moved.counted, by=world.office, at=NOON)


# --- in words -------------------------------------------------------------------------------------


def test_the_card_draws_each_leg_with_its_words(world: World) -> None:
    for kind, amount in (("accept", 3), ("rectify", 15), ("verify", 3)):
        target(kind, amount)

    def at(month: int, day: int, hour: int = 3) -> datetime:
        return datetime(2026, month, day, hour, tzinfo=UTC)

    case = world.case(at=at(3, 3))
    services.accept_case(case=case, by=world.head, at=at(3, 4))
    paused(world, case, at=at(3, 12, 2))
    pausing.end_pauses(at(3, 18))
    case.refresh_from_db()
    services.rectify_case(case=case, text="Done.", by=world.head, at=at(3, 24))
    services.verify_case(case=case, result="not", text="Leaks.", by=world.officer, at=at(3, 27))
    services.rectify_case(case=case, text="Done.", by=world.head, at=at(4, 2))
    drawn = selectors.timeline(case, at(4, 7))
    assert drawn is not None
    assert [(leg.name, leg.words) for leg in drawn.legs] == [
        ("Accept", "1 of 3 working days"),
        ("Rectify", "10 of 15 working days, 4 paused"),
        ("Verify", "3 of 3 working days: came back"),
        ("Rectify, round 2", "4 of 15 working days"),
        ("Verify, round 2", "3 of 3 working days: due today"),
    ]
    assert [bar.paused for bar in drawn.legs[1].bars] == [False, True, False]
    assert (drawn.legs[4].tone, drawn.paused) == ("attention", True)
    assert drawn.today is not None
    assert drawn.ticks[0][0] == 0.0
    assert all(0 <= bar.x <= 100 for leg in drawn.legs for bar in leg.bars)
    late = selectors.timeline(case, at(4, 9))
    assert late is not None
    assert (late.legs[4].words, late.legs[4].tone) == ("5 of 3 working days: overdue", "late")


def test_the_card_counts_hours_and_calendar_days(world: World) -> None:
    target("accept", 8, "hours")
    case = world.case()
    paused(world, case, date(2026, 3, 10), at=HEAD_AT)
    drawn = selectors.timeline(case, later(days=1, hours=-3))
    assert drawn is not None
    assert drawn.legs[0].words == "2 of 8 working hours, 3 paused: due today"
    assert drawn.legs[0].explanation == [
        "8 working hours of office hours from 10 March 2026, 12:00.",
        "Paused, 10 Mar: Waits for the seal.",
        "Due on 11 March 2026, 17:00.",
    ]
    Target.objects.update(unit="days")
    other = world.case()
    drawn = selectors.timeline(other, later(days=3))
    assert drawn is not None
    assert drawn.legs[0].words == "3 of 8 calendar days: due on 18 Mar"


def test_the_page_of_a_case_shows_its_clocks_and_how_they_are_counted(
    world: World, sign_in: object
) -> None:
    target("accept", 3)
    case = world.case()
    client: Client = sign_in(world.head)  # type: ignore[operator]
    page = client.get(case.get_absolute_url()).content.decode()
    assert "How due dates are counted" in page
    assert "Due on 13 March 2026, 17:00." in page


def test_a_list_says_that_a_clock_stands_and_at_what_hour_the_time_is_up(world: World) -> None:
    target("accept", 3)
    case = world.case()
    rows = Case.objects.values(*presenting.ROW_COLUMNS)
    (row,) = presenting.rows_of(rows.all(), date(2026, 3, 13))
    assert row.clock is not None
    assert (row.clock.text, row.clock.tone) == ("Due today, 17:00", "attention")
    paused(world, case)
    (row,) = presenting.rows_of(rows.all(), date(2026, 3, 13))
    assert row.clock is not None
    assert (row.clock.text, row.clock.tone, row.overdue) == ("Paused", "paused", False)
    clock = presenting.clock_of_case(case, date(2026, 3, 13))
    assert clock is not None
    assert clock.why == "The clock stands until 17 March 2026, included. Due on 20 March 2026."
    (row,) = presenting.rows_of(rows.all(), date(2026, 3, 19))
    assert row.clock is not None
    assert row.clock.text == "Due tomorrow"


def test_every_leg_has_a_name(world: World) -> None:
    names = {selectors.leg_word(Clock(kind=kind, round_number=1)) for kind in ClockKind.values}
    assert names == {"Accept", "Guide", "Rectify", "Verify", "Answer the reporter"}


def test_swapped_days_and_the_hours_of_a_place_are_told_in_words(world: World) -> None:
    target("accept", 2)
    worked = world.case(at=datetime(2026, 8, 20, 3, tzinfo=UTC)).clocks.get()
    assert "Counted, 22 Aug: Working day for 31 Aug" in selectors.explain(worked)
    lines = selectors.explain(world.case(at=datetime(2026, 8, 27, 3, tzinfo=UTC)).clocks.get())
    assert "Not counted, 31 Aug: Day off instead of 22 Aug" in lines
    assert lines[2].startswith("Not counted, 1 Sept – 2 Sept: ")
    hours = {str(day): [["08:00", "16:00"]] for day in range(1, 6)}
    directory.note_hours(
        area=world.thach, hours=hours, time_zone="Asia/Tokyo", by=world.office, at=NOON
    )
    lines = selectors.explain(world.case(at=datetime(2026, 3, 14, 3, tzinfo=UTC)).clocks.get())
    assert lines[1:] == [
        "Not counted, 16 Mar: no office hours",
        "Not counted: 1 day of weekends.",
        "Due on 18 March 2026, 16:00 (Asia/Tokyo).",
    ]


def test_a_year_that_is_settled_no_more_leaves_the_card_readable(world: World) -> None:
    target("accept", 2)
    case = world.case(at=datetime(2026, 12, 31, 3, tzinfo=UTC))
    CalendarYear.objects.all().delete()
    drawn = selectors.timeline(case, datetime(2027, 1, 2, 3, tzinfo=UTC))
    assert drawn is not None
    assert drawn.legs[0].words.startswith("2 working days: ")


def test_a_clock_that_fell_away_says_so(world: World) -> None:
    case = world.case()
    services.return_case(case=case, text="Where?", by=world.head, at=later(hours=1))
    drawn = selectors.timeline(case, later(days=1))
    assert drawn is not None
    assert drawn.legs[0].words == "0 calendar days: not needed any more"
