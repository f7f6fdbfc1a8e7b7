"""Publishing a month: all of it or nothing, told once, nobody in two places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from footpath.accounts.models import TrailLine
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person, SpecialDay
from footpath.meetings import selectors
from footpath.meetings.models import Duty, Hall, HallClosure, Leave, Meeting, MonthPlan
from footpath.meetings.planning_month import picture_of
from footpath.meetings.services import months
from footpath.meetings.services.months.findings import beside_what_stands
from footpath.meetings.services.months.working import Made
from footpath.notifications.models import Notice
from tests.meetings.months.april import APRIL, April, moment
from tests.world import NOON, fresh, later

pytestmark = pytest.mark.django_db


def approved(april: April, day: date, hour: time = time(19, 30)) -> MonthPlan:
    """Return an approved plan that moves the first meeting to a day."""
    office = april.world.office
    plan = april.planned()
    months.pin_meeting(
        plan=plan, meeting=april.meetings[0], starts_at=moment(day, hour), by=office, at=NOON
    )
    following = april.make(months.plan_again(plan=plan, by=office, at=NOON))
    assert following.lines.get(meeting=april.meetings[0]).change == "moved"
    months.approve_month(plan=following, by=office, at=later(minutes=1))
    return following


def publish(april: April, plan: MonthPlan, **values: object) -> bool:
    """Publish a plan as the office."""
    return months.publish_month(plan=plan, by=april.world.office, at=later(minutes=2))


def test_everybody_expected_is_told_once_that_the_month_is_published(april: April) -> None:
    plan = approved(april, date(2026, 4, 7))
    assert publish(april, plan)
    told = Notice.objects.filter(kind="month.published")
    people = {april.world.officer, april.world.second, april.world.far, april.deputy}
    assert {row.user for row in told} == {who.user for who in people}
    assert not Notice.objects.filter(kind="meeting.moved").exists()
    assert not publish(april, plan)
    assert told.count() == len(people)


def test_what_was_published_and_moves_again_is_told(april: April) -> None:
    april.published()
    publish(april, approved(april, date(2026, 4, 7)))
    moved = Notice.objects.filter(kind="meeting.moved")
    assert {row.user for row in moved} == {april.world.officer.user, april.deputy.user}
    assert Notice.objects.filter(kind="month.published").count() == 4


def test_the_trail_names_who_approved_who_published_and_what_moved(april: April) -> None:
    plan = approved(april, date(2026, 4, 7))
    publish(april, plan)
    kinds = list(TrailLine.objects.order_by("pk").values_list("deed", flat=True))
    for kind in ("month.started", "month.pinned", "month.approved", "month.published"):
        assert kind in kinds
    assert kinds.count("meeting.moved") == 1


def test_a_person_expected_elsewhere_meanwhile_is_named_and_nothing_moves(april: April) -> None:
    plan = approved(april, date(2026, 4, 7))
    other = april.meeting(april.world.province, date(2026, 4, 7), time(20, 0))
    april.invite(april.world.officer, other)
    with pytest.raises(months.Refused) as refused:
        publish(april, plan)
    one, two = "Ấp Tân Huề (Tue 7 April, 19:30)", "Tỉnh Bến Tre (Tue 7 April, 20:00)"
    said = f"expected in two places: Cell meeting, {one} and Cell meeting, {two}."
    assert refused.value.reasons == (f"Lê Thị Mai would be {said}",)
    assert Meeting.objects.get(pk=april.meetings[0].pk).sequence == 0
    assert MonthPlan.objects.get(pk=plan.pk).state == MonthPlan.State.APPROVED


def test_a_hall_taken_or_closed_meanwhile_refuses_the_month(april: April) -> None:
    hall = Hall.objects.create(area=april.world.hue, name="Culture house")
    Meeting.objects.filter(pk=april.meetings[0].pk).update(hall=hall)
    plan = approved(april, date(2026, 4, 7))
    other = april.meeting(april.world.province, date(2026, 4, 7), time(20, 0), hall=hall)
    with pytest.raises(months.Refused) as refused:
        publish(april, plan)
    assert "Culture house is taken" in refused.value.reasons[0]
    other.delete()
    day = date(2026, 4, 7)
    HallClosure.objects.create(hall=hall, first=day, last=day, reason="New roof.")
    with pytest.raises(months.Refused) as refused:
        publish(april, plan)
    assert "Culture house is closed" in refused.value.reasons[0]
    HallClosure.objects.all().delete()
    assert publish(april, plan)


def test_a_hall_with_room_for_two_holds_one_beside_two_in_turn(april: April) -> None:
    hall = Hall.objects.create(area=april.world.hue, name="Culture house", at_once=2)
    Meeting.objects.filter(pk=april.meetings[0].pk).update(hall=hall)
    plan = approved(april, date(2026, 4, 7))
    day, province = date(2026, 4, 7), april.world.province
    april.meeting(province, day, time(19, 0), minutes=60, hall=hall)
    april.meeting(province, day, time(20, 0), minutes=60, hall=hall)
    beside = april.meeting(province, day, time(20, 0), minutes=60, hall=hall)
    with pytest.raises(months.Refused):
        publish(april, plan)
    beside.delete()
    assert publish(april, plan)


def test_a_month_is_provisional_until_one_of_its_plans_is_published(april: April) -> None:
    span = APRIL.first, APRIL.last
    assert not selectors.provisional_between(*span).months
    plan = approved(april, date(2026, 4, 7))
    assert selectors.provisional_between(*span).months == {(april.district.path, APRIL)}
    publish(april, plan)
    assert not selectors.provisional_between(*span).months
    repair = april.repair(april.world.officer, date(2026, 4, 7), date(2026, 4, 7))
    assert repair.state == MonthPlan.State.PROPOSED
    assert not selectors.provisional_between(*span).months


def test_a_day_closed_meanwhile_refuses_the_month(april: April) -> None:
    plan = approved(april, date(2026, 4, 7))
    SpecialDay.objects.create(
        area=april.district,
        path=april.district.path,
        kind="closed",
        first=date(2026, 4, 7),
        last=date(2026, 4, 7),
        reason="Flood",
        noted_by=april.world.office,
        noted_at=NOON,
    )
    with pytest.raises(months.Refused) as refused:
        publish(april, plan)
    assert "Tân Huề" in refused.value.reasons[0]
    assert Meeting.objects.get(pk=april.meetings[0].pk).sequence == 0


def test_a_plan_is_stale_once_one_of_its_meetings_is_touched(april: April) -> None:
    for change, sentence in (
        ({"state": "cancelled"}, "Cell meeting, Ấp Vĩnh Khánh was cancelled."),
        ({"opened_at": NOON}, "Cell meeting, Ấp Vĩnh Khánh was held or has begun."),
        ({"sequence": 4}, "Cell meeting, Ấp Vĩnh Khánh was changed."),
        (
            {"starts_at": moment(date(2026, 4, 9), time(18, 0))},
            "Cell meeting, Ấp Vĩnh Khánh was moved to Thu 9 April, 18:00.",
        ),
    ):
        plan = approved(april, date(2026, 4, 7))
        rows = Meeting.objects.filter(pk=april.meetings[1].pk)
        before = rows.values("state", "opened_at", "sequence", "starts_at").get()
        rows.update(**change)
        with pytest.raises(months.ChangedSince) as changed:
            publish(april, plan)
        assert changed.value.changes == (sentence,)
        rows.update(**before)
        MonthPlan.objects.filter(pk=plan.pk).update(state="rejected")


def test_a_proposal_made_before_a_change_cannot_be_approved(april: April) -> None:
    plan = april.planned()
    Meeting.objects.filter(pk=april.meetings[1].pk).update(sequence=1)
    with pytest.raises(months.ChangedSince):
        months.approve_month(plan=plan, by=april.world.office, at=NOON)
    plan.refresh_from_db()
    assert plan.state == MonthPlan.State.PROPOSED


def test_only_an_approved_plan_is_published_and_only_by_those_who_may(april: April) -> None:
    plan = april.planned()
    with pytest.raises(StaleState):
        publish(april, plan)
    for deed in (months.approve_month, months.publish_month):
        with pytest.raises(NotAllowed):
            deed(plan=plan, by=april.world.officer, at=NOON)
    with pytest.raises(RuleBroken, match="April 2026 is over"):
        months.approve_month(plan=plan, by=april.world.office, at=later(days=90))
    months.reject_month(plan=plan, reason="No.", by=april.world.office, at=NOON)
    for wrong in (months.approve_month, months.publish_month):
        with pytest.raises(StaleState):
            wrong(plan=plan, by=april.world.office, at=NOON)
    with pytest.raises(StaleState):
        months.reject_month(plan=plan, reason="No.", by=april.world.office, at=NOON)


def test_a_stand_in_without_a_duty_is_written_as_the_substitute(april: April) -> None:
    Duty.objects.filter(meeting=april.meetings[0], person=april.deputy).delete()
    plan = april.repair(april.world.officer, date(2026, 4, 1), date(2026, 4, 30))
    months.approve_month(plan=plan, by=april.world.office, at=NOON)
    publish(april, plan)
    duty = Duty.objects.get(meeting=april.meetings[0], person=april.world.officer)
    if duty.attendance == "substitute":
        assert duty.substitute == april.deputy
    assert selectors.expected_in([april.meetings[0].pk])[april.meetings[0].pk] == {april.deputy.pk}
    assert Notice.objects.filter(kind="meeting.invited", user=april.deputy.user).count() == 1


def test_a_meeting_that_stands_fast_gets_its_stand_in_too(april: April) -> None:
    Meeting.objects.filter(pk=april.meetings[0].pk).update(
        extraordinary_reason="Flood.", extraordinary_by=april.world.office
    )
    plan = april.repair(april.world.officer, date(2026, 4, 1), date(2026, 4, 30))
    line = plan.lines.get()
    assert (line.change, line.starts_at) == ("stood_in", line.starts_before)
    assert line.stand_ins == [{"for": april.world.officer.pk, "by": april.deputy.pk}]
    elsewhere = april.meeting(april.world.province, date(2026, 4, 2), time(20, 0))
    april.invite(april.deputy, elsewhere)
    again = april.repair(april.world.officer, date(2026, 4, 1), date(2026, 4, 30))
    assert again.lines.get().stand_ins == [{"for": april.world.officer.pk, "by": None}]
    Meeting.objects.filter(pk=april.meetings[0].pk).update(opened_at=NOON)
    begun = april.repair(april.world.officer, date(2026, 4, 1), date(2026, 4, 30))
    assert not begun.lines.exists()


def test_what_cannot_be_asked_for_is_refused_with_the_field(april: April) -> None:
    office = april.world.office
    for values, field in (
        ({"month": APRIL.previous.previous}, "month"),
        ({"month": type(APRIL)(2028, 1)}, "month"),
        ({"month": type(APRIL)(2026, 10)}, "month"),
    ):
        with pytest.raises(InvalidValue) as refused:
            april.start(**values)
        assert refused.value.field == field
    for first, last, field in (
        (date(2026, 4, 9), date(2026, 4, 8), "last"),
        (date(2026, 5, 1), date(2026, 5, 2), "first"),
    ):
        with pytest.raises(InvalidValue) as refused:
            april.repair(april.world.officer, first, last)
        assert refused.value.field == field
    plan = april.planned()
    for meeting, when, field in (
        (april.march[0], moment(date(2026, 4, 7)), "meeting"),
        (april.meetings[0], moment(date(2026, 5, 7)), "day"),
        (april.meetings[0], moment(date(2026, 4, 7), time(11, 30)), "begins"),
    ):
        with pytest.raises(InvalidValue) as refused:
            months.pin_meeting(plan=plan, meeting=meeting, starts_at=when, by=office, at=NOON)
        assert refused.value.field == field
    with pytest.raises(InvalidValue):
        months.pin_meeting(
            plan=plan,
            meeting=april.meetings[0],
            starts_at=moment(date(2026, 4, 7)),
            by=office,
            at=later(days=40),
        )
    with pytest.raises(InvalidValue):
        months.reject_month(plan=plan, reason=" ", by=office, at=NOON)


def test_a_pin_comes_back_and_gives_way_to_another(april: April) -> None:
    office, meeting = april.world.office, april.meetings[0]
    plan = april.planned()

    def pin(day: int, *, away: bool = False) -> None:
        months.pin_meeting(
            plan=plan,
            meeting=meeting,
            starts_at=moment(date(2026, 4, day)),
            away=away,
            by=office,
            at=NOON,
        )

    pin(7)
    pin(8)
    assert [row.starts_at for row in plan.pins.all()] == [moment(date(2026, 4, 8))]
    pin(8, away=True)
    assert [row.away for row in plan.pins.all()] == [True]
    following = april.make(months.plan_again(plan=plan, by=office, at=NOON))
    kept = following.pins.get()
    assert not kept.noted
    months.take_pin_off(pin=kept, by=office, at=NOON)
    kept.refresh_from_db()
    assert kept.off
    months.approve_month(plan=following, by=office, at=NOON)
    with pytest.raises(RuleBroken, match="decided or not ready"):
        months.take_pin_off(pin=kept, by=office, at=NOON)


def test_two_at_work_on_one_month_are_one_too_many(april: April) -> None:
    first = april.start()
    with pytest.raises(months.MonthAtWork) as other:
        april.start(by=fresh(april.world.office))
    assert other.value.plan == first
    months.stop_month(plan=first, by=april.world.office, at=NOON)
    assert first.state == MonthPlan.State.CANCELLED
    with pytest.raises(StaleState):
        months.stop_month(plan=first, by=april.world.office, at=NOON)
    april.make(first)
    assert first.state == MonthPlan.State.CANCELLED


def test_work_that_was_cut_off_is_marked_as_failed_or_started_again(april: April) -> None:
    plan = april.start(at=later(minutes=-30))
    MonthPlan.objects.filter(pk=plan.pk).update(state="running", heard_at=later(minutes=-20))
    assert months.fail_cut_off(at=NOON) == 1
    plan.refresh_from_db()
    assert plan.state == MonthPlan.State.FAILED
    with pytest.raises(StaleState):
        months.start_again(plan=plan, by=april.world.office, at=NOON)


def test_a_plan_that_cannot_be_made_fails_with_a_sentence(
    april: April, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr("footpath.meetings.planning_month.picture_of", broken)
    plan = april.planned()
    assert (plan.state, plan.error) == ("failed", "The plan could not be made. Plan again.")


def test_a_plan_that_breaks_its_own_rules_is_not_kept(
    april: April, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "footpath.meetings.services.months.making.check", lambda *_both: ["two places"]
    )
    plan = april.planned()
    assert plan.state == "failed"
    assert "did not pass the check" in plan.error
    assert not plan.lines.exists()


def test_somebody_who_leaves_nobody_is_still_named(april: April) -> None:
    who = Person.objects.get(pk=april.world.far.pk)
    plan = april.repair(who, date(2026, 4, 1), date(2026, 4, 30))
    line = plan.lines.get()
    assert line.stand_ins == [{"for": who.pk, "by": None}]
    assert plan.figures["missing"] == 1
    assert [row["kind"] for row in plan.findings] == ["missing"]


@pytest.mark.parametrize("named", [False, True])
def test_leave_that_was_asked_for_is_granted_with_whoever_stands_in(
    april: April, *, named: bool
) -> None:
    who, meeting = april.world.second, april.meetings[1]
    duty = Duty.objects.get(meeting=meeting, person=who)
    deputy = april.world.lead
    leave = Leave.objects.create(
        duty=duty,
        reason="A wedding.",
        deputy=deputy,
        answer="yes" if named else "",
        asked_at=NOON,
    )
    plan = april.repair(who, date(2026, 4, 9), date(2026, 4, 9))
    assert plan.lines.get().stand_ins == [{"for": who.pk, "by": deputy.pk}]
    months.approve_month(plan=plan, by=april.world.office, at=NOON)
    publish(april, plan)
    leave.refresh_from_db()
    duty.refresh_from_db()
    assert (leave.state, leave.decided_by) == ("granted", april.world.office)
    assert (duty.attendance, duty.substitute) == ("substitute", deputy)
    assert selectors.expected_in([meeting.pk])[meeting.pk] == {deputy.pk}


def test_what_stands_fast_does_not_give_way_even_if_the_engine_would_let_it(april: April) -> None:
    other = april.meeting(april.world.province, date(2026, 4, 2), time(18, 0))
    april.invite(april.world.officer, other)
    plan = april.start()
    picture = picture_of(plan, at=NOON)
    standing = picture.standing()
    entries = {entry.meeting: entry for entry in standing.entries}
    fast = next(name for name in entries if name.startswith("x"))
    entries[fast] = replace(entries[fast], slot="")
    made = Made(picture.problem, standing, "gap", 0, 0)
    assert beside_what_stands(picture, made, entries) == {
        str(april.meetings[0].pk): ({other.pk}, {april.world.officer.pk})
    }
