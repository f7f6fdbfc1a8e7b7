"""People are reminded of clocks: each rung once, by the right person, and no longer than needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from footpath.assignments.models import Absence, Assignment
from footpath.cases import services
from footpath.cases.models import Case, Clock, Entry, LadderStep, NoticeYear, Reminder
from footpath.cases.rules.ladder import Step
from footpath.cases.services import climbing, ladder, reminder_tasks, reminding
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.core.pdf import NotRendered
from footpath.core.timetable import jobs
from footpath.directory.models import Membership, Person
from footpath.notifications.models import Notice
from tests.cases.tools import at_the_top
from tests.world import NOON, World, holder, later, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _usual_ladder(db: None) -> None:
    """Write the usual ladder where a test before emptied all tables."""
    import_module("footpath.cases.migrations.0008_the_ladder").forwards(apps, None)


def clock_of(case: Case) -> Clock:
    clock = Clock.objects.get(case=case, stopped_at=None)
    clock.case = case
    return clock


def due(case: Case, moment: datetime) -> Clock:
    """Let the running clock of a case be due at a moment, and plan its reminders from NOON on."""
    clock = clock_of(case)
    clock.due_at, clock.due_on = moment, timezone.localtime(moment).date()
    clock.save()
    ladder.replan(clock, at=NOON)
    return clock


def reminded() -> list[tuple[str, str, str]]:
    return list(Reminder.objects.order_by("pk").values_list("step", "channel", "state"))


def told(who: Person) -> list[str]:
    return list(Notice.objects.filter(user=who.user).order_by("pk").values_list("kind", flat=True))


# --- the job --------------------------------------------------------------------------------------


def test_the_job_is_on_the_timetable_every_five_minutes() -> None:
    job = next(job for job in jobs() if job.code == "cases.reminders")
    assert (job.every_minutes, job.run) == (5, climbing.climb)


def test_a_case_climbs_the_whole_ladder_each_rung_once(world: World) -> None:
    case = world.case()
    due(case, later(days=6))  # Monday 16 March
    for day in range(40):
        climbing.climb(later(days=day))
        climbing.climb(later(days=day, minutes=5))
    assert reminded() == [
        ("-3", "digest", "sent"),
        ("0", "digest", "sent"),
        ("+1", "chat", "sent"),
        ("+3", "telephone", "planned"),
        ("+7", "notice", "planned"),
        ("week-1", "on_site", "planned"),
        ("week-2", "on_site", "planned"),
        ("week-3", "on_site", "planned"),
    ]
    assert told(world.officer) == ["case.due_soon", "case.due_soon", "case.remind"]
    said = Notice.objects.filter(user=world.officer.user).first()
    assert said is not None
    assert said.values["number"] == case.number


def test_after_a_long_standstill_only_the_latest_missed_rung_is_climbed(world: World) -> None:
    due(world.case(), later(days=6))
    climbing.climb(later(days=16))
    assert reminded() == [("+7", "notice", "planned")]
    assert climbing.climb(later(days=16, minutes=5)) == 0


def test_a_clock_far_from_its_due_date_is_left_alone(world: World) -> None:
    clock = due(world.case(), later(days=200))
    assert clock.next_rung_at == later(days=155)
    assert climbing.climb(later(days=1)) == 0


def test_what_was_reminded_of_is_not_told_twice_even_when_the_clock_is_planned_again(
    world: World,
) -> None:
    clock = due(world.case(), later(days=6))
    climbing.climb(later(days=2))
    ladder.replan(clock, at=NOON)
    climbing.climb(later(days=2, minutes=5))
    assert reminded() == [("-3", "digest", "sent")]
    assert told(world.officer) == ["case.due_soon"]


def test_a_new_date_a_stop_and_another_owner_cancel_what_is_still_to_be_done(world: World) -> None:
    case = world.case()
    clock = due(case, later(days=6))
    climbing.climb(later(days=10))
    assert reminded() == [("+3", "telephone", "planned")]
    clock.refresh_from_db()
    clock.version = 2
    clock.save()
    ladder.replan(clock, at=later(days=10))
    assert reminded() == [("+3", "telephone", "cancelled")]
    climbing.climb(later(days=16))
    services.assign_owner(case=case, owner=world.second, by=world.head, at=later(days=16))
    ladder.left(case, person_id=world.officer.pk, at=later(days=16))
    assert reminded()[-1] == ("+7", "notice", "cancelled")
    climbing.climb(later(days=23))
    assert Reminder.objects.get(step="week-1").person == world.second
    clock.refresh_from_db()
    ladder.drop(clock, at=later(days=24))
    assert reminded()[-1] == ("week-1", "on_site", "cancelled")
    assert climbing.climb(later(days=60)) == 0


def test_a_message_that_has_not_gone_out_is_taken_back_and_one_that_has_stays(
    world: World,
) -> None:
    case = world.case()
    clock = due(case, later(days=6))
    climbing.climb(later(days=1))
    Notice.objects.update(planned_at=later(days=1, hours=1))
    climbing.climb(later(days=6))
    ladder.drop(clock, at=later(days=6, minutes=5))
    assert reminded() == [("-3", "digest", "sent"), ("0", "digest", "cancelled")]
    assert list(Notice.objects.order_by("pk").values_list("read_at", flat=True)) == [
        None,
        later(days=6, minutes=5),
    ]


def test_somebody_without_an_account_and_nobody_cannot_be_reminded(world: World) -> None:
    silent = person("Nguyễn Văn Im", signs_in=False)
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=silent)
    clock = due(case, later(days=6))
    climbing.climb(later(days=1))
    Assignment.objects.all().delete()
    climbing.climb(later(days=7))
    assert reminded() == [("-3", "digest", "failed"), ("+1", "chat", "failed")]
    Case.objects.filter(pk=case.pk).update(owner=None)
    climbing.climb(later(days=10))
    assert reminded()[-1] == ("+3", "telephone", "failed")
    assert clock.reminders.filter(person=None).count() == 1


def test_who_stands_in_is_reminded_instead_of_somebody_absent(world: World) -> None:
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=world.second)
    due(case, later(days=6))
    day = timezone.localtime(later(days=1)).date()
    Absence.objects.create(
        person=world.second, start=day, until=day, recorded_by=world.head, recorded_at=NOON
    )
    climbing.climb(later(days=1))
    assert Reminder.objects.get().person == world.officer


def test_the_head_of_the_owning_organization_is_reminded_of_a_case_without_owner(
    world: World,
) -> None:
    case = world.case()
    Case.objects.filter(pk=case.pk).update(organization=world.commune_office)
    due(case, later(days=6))
    climbing.climb(later(days=1))
    assert Reminder.objects.get().person == world.head


def test_verification_waits_for_the_nearest_lead_who_did_not_work(world: World) -> None:
    case = world.case(by=world.second)
    services.accept_case(case=case, by=world.officer, at=NOON)
    services.rectify_case(case=case, text="Seal replaced.", by=world.officer, at=NOON)
    due(case, later(days=6))
    climbing.climb(later(days=1))
    assert Reminder.objects.get().person == world.lead


def test_many_clocks_are_climbed_in_chunks(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(climbing, "CHUNK", 2)
    for number in range(5):
        due(world.case(f"Case {number}"), later(days=6))
    assert climbing.climb(later(days=1)) == 5
    assert Notice.objects.filter(kind="case.due_soon").count() == 5


# --- by hand --------------------------------------------------------------------------------------


def test_the_head_reminds_by_the_next_channel_and_it_stands_in_thread_and_trail(
    world: World,
) -> None:
    case = world.case()
    row = reminding.remind_case(case=case, by=world.head, at=NOON, text=" Today please. ")
    assert (row.step, row.channel, row.state, row.person) == (
        "asked-1", "chat", "sent", world.officer,
    )  # fmt: skip
    entry = Entry.objects.get(deed=Entry.Deed.REMINDED)
    assert (entry.text, entry.to_person) == ("Today please.", world.officer)
    assert told(world.officer) == ["case.remind"]
    again = reminding.remind_case(case=case, by=world.head, at=later(days=1))
    assert (again.step, again.channel, again.state) == ("asked-2", "telephone", "planned")
    assert told(world.officer) == ["case.remind"]


def test_the_same_person_is_not_reminded_twice_in_a_day(world: World) -> None:
    case = world.case()
    reminding.remind_case(case=case, by=world.head, at=NOON)
    with pytest.raises(RuleBroken, match="was reminded of this case today already"):
        reminding.remind_case(case=case, by=world.office, at=later(hours=3))
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda w: (w.closed_case(), w.head), "nothing to remind of"),
        (lambda w: (_owned(w.case(), w.head), w.head), "waits for you"),
        (lambda w: (_paused(w.case()), w.head), "stands until 20 March 2026"),
        (lambda w: (_owned(w.case(), person("Mute", signs_in=False)), w.head), "no account"),
    ],
)
def test_a_reminder_that_makes_no_sense_is_refused(
    world: World, prepare: Callable[[World], tuple[Case, Person]], sentence: str
) -> None:
    case, by = prepare(world)
    with pytest.raises(RuleBroken, match=sentence):
        reminding.remind_case(case=case, by=by, at=later(hours=5))
    assert not Reminder.objects.exists()


def _paused(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(paused_until=later(days=10).date())
    return case


def _owned(case: Case, owner: Person) -> Case:
    Case.objects.filter(pk=case.pk).update(owner=owner)
    case.refresh_from_db()
    return case


def test_who_may_not_remind_and_what_is_no_channel_is_refused(world: World) -> None:
    case = world.case()
    with pytest.raises(NotAllowed):
        reminding.remind_case(case=case, by=world.second, at=NOON)
    with pytest.raises(InvalidValue):
        reminding.remind_case(case=case, by=world.head, at=NOON, channel="drum")
    with pytest.raises(InvalidValue):
        reminding.remind_case(case=case, by=world.head, at=NOON, text="x" * 1001)
    Case.objects.filter(pk=case.pk).update(a0=None, a1=None, a2=None, a3=None)
    with pytest.raises((RuleBroken, NotAllowed)):
        reminding.remind_case(case=Case.objects.get(pk=case.pk), by=world.administrator, at=NOON)


# --- calls, notices, instructions -----------------------------------------------------------------


def task(world: World, channel: str, at: datetime = NOON) -> Reminder:
    case = world.case(at=at)
    return reminding.remind_case(case=case, by=world.head, at=at, channel=channel)


def test_a_call_is_confirmed_by_who_and_when_and_can_be_repeated_until_reached(
    world: World,
) -> None:
    row = task(world, "telephone")
    with pytest.raises(InvalidValue, match="why nobody was reached"):
        reminder_tasks.confirm_call(reminder=row, was_reached=False, by=world.head, at=later())
    missed = reminder_tasks.confirm_call(
        reminder=row, was_reached=False, by=world.head, at=later(hours=1), text="No answer."
    )
    assert (missed.state, missed.text, missed.done_by) == ("failed", "No answer.", world.head)
    reached = reminder_tasks.confirm_call(
        reminder=missed, was_reached=True, by=world.office, at=later(hours=2)
    )
    assert (reached.state, reached.done_by, reached.done_at) == (
        "delivered", world.office, later(hours=2),
    )  # fmt: skip
    with pytest.raises(StaleState):
        reminder_tasks.confirm_call(
            reminder=reached, was_reached=False, by=world.head, at=later(hours=3), text="No."
        )
    with pytest.raises(NotAllowed):
        reminder_tasks.confirm_call(reminder=row, was_reached=True, by=world.far, at=later())
    with pytest.raises(RuleBroken, match="another way"):
        reminder_tasks.issue_notice(reminder=row, by=world.head, at=later())


def test_notices_are_numbered_by_year_without_gaps_and_kept_as_they_are(world: World) -> None:
    rows = [task(world, "notice", NOON), task(world, "notice", later(hours=1))]
    NoticeYear.objects.create(year=2026, last=16)
    issued = [
        reminder_tasks.issue_notice(reminder=row, by=world.head, at=later(hours=2)) for row in rows
    ]
    assert [row.number for row in issued] == ["17/2026", "18/2026"]
    with pytest.raises(StaleState):
        reminder_tasks.issue_notice(reminder=rows[0], by=world.head, at=later(hours=3))
    with issued[0].document.open() as kept:
        assert kept.read().startswith(b"%PDF")
    assert len(issued[0].digest) == 64
    assert issued[0].digest != issued[1].digest
    assert (issued[0].state, issued[0].signed_by) == ("sent", world.head)
    handed = reminder_tasks.hand_over_notice(
        reminder=issued[0], by=world.office, at=later(hours=4), text="To the deputy."
    )
    assert (handed.state, handed.done_by, handed.text) == (
        "delivered", world.office, "To the deputy.",
    )  # fmt: skip
    next_year = task(world, "notice", datetime(2027, 1, 4, 5, tzinfo=NOON.tzinfo))
    first = reminder_tasks.issue_notice(
        reminder=next_year, by=world.head, at=datetime(2027, 1, 4, 6, tzinfo=NOON.tzinfo)
    )
    assert first.number == "1/2027"


def test_a_number_is_not_used_up_by_a_notice_that_cannot_be_printed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = task(world, "notice")
    with monkeypatch.context() as broken:
        broken.setattr(reminder_tasks.written_notices, "TEMPLATE", "cases/typst/none.typ")
        with pytest.raises(NotRendered):
            reminder_tasks.issue_notice(reminder=row, by=world.head, at=later(hours=1))
    again = reminder_tasks.issue_notice(reminder=row, by=world.head, at=later(hours=2))
    assert again.number == "1/2026"


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans", "ru"])
def test_the_notice_is_in_the_language_of_whoever_receives_it(
    world: World, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.officer.user.language = language
    world.officer.user.save()
    row = task(world, "notice")
    row.person.refresh_from_db()
    asked: list[str] = []
    render = reminder_tasks.written_notices.pdf.render

    def listen(*args: Any, **kwargs: Any) -> bytes:
        asked.append(kwargs["language"])
        return render(*args, **kwargs)

    monkeypatch.setattr(reminder_tasks.written_notices.pdf, "render", listen)
    row = Reminder.objects.get(pk=row.pk)
    reminder_tasks.issue_notice(reminder=row, by=world.head, at=later(hours=1))
    assert asked == [language]


def test_the_notice_says_what_went_before_and_how_late_it_is(world: World) -> None:
    case = world.case()
    due(case, later(days=1))
    reminding.remind_case(case=case, by=world.head, at=NOON, channel="chat")
    row = reminding.remind_case(case=case, by=world.head, at=later(days=3), channel="notice")
    written = reminder_tasks.written_notices
    facts = written.facts_of(
        Reminder.objects.get(pk=row.pk), number="1/2026", signed_by=world.head,
        day=later(days=3).date(), address="", language="en",
    )  # fmt: skip
    assert facts.earlier == ((NOON.date(), "chat"),)
    assert facts.organization == world.commune_office.name
    said = written._words(facts, "en")
    rows = {one["label"]: [one["main"], *one["more"]] for one in said["rows"]}
    assert rows["Due"][-1] == "2 calendar days overdue on the day of this notice"
    assert rows["Reminded before"][0].endswith(": message")


def test_in_a_year_that_nobody_has_settled_only_weekends_are_off(world: World) -> None:
    far = datetime(2061, 3, 16, 5, tzinfo=NOON.tzinfo)  # a Wednesday
    due(world.case(), far)
    climbing.climb(far)
    assert reminded() == [("0", "digest", "sent")]


def test_an_instruction_on_the_spot_says_what_was_instructed(world: World) -> None:
    row = task(world, "on_site")
    with pytest.raises(InvalidValue, match="what was instructed"):
        reminder_tasks.confirm_instruction(reminder=row, by=world.head, at=later(), text=" ")
    done = reminder_tasks.confirm_instruction(
        reminder=row, by=world.head, at=later(hours=1), text="Replace the seal by Friday."
    )
    assert (done.state, done.text) == ("delivered", "Replace the seal by Friday.")
    with pytest.raises(InvalidValue):
        reminder_tasks.confirm_instruction(
            reminder=done, by=world.head, at=later(hours=1), text="x" * 1001
        )


def test_only_whoever_is_reminded_says_that_it_was_seen(world: World) -> None:
    row = task(world, "chat")
    with pytest.raises(NotAllowed):
        reminder_tasks.acknowledge_reminder(reminder=row, by=world.head, at=later())
    seen = reminder_tasks.acknowledge_reminder(reminder=row, by=world.officer, at=later(hours=1))
    assert (seen.state, seen.acknowledged_by) == ("acknowledged", world.officer)
    assert not Notice.objects.filter(user=world.officer.user, read_at=None).exists()
    again = reminder_tasks.acknowledge_reminder(reminder=row, by=world.officer, at=later(hours=2))
    assert again.acknowledged_at == later(hours=1)
    Reminder.objects.update(state=Reminder.State.CANCELLED)
    with pytest.raises(RuleBroken, match="not needed any more"):
        reminder_tasks.acknowledge_reminder(reminder=row, by=world.officer, at=later(hours=3))


# --- the steps ------------------------------------------------------------------------------------


def test_new_steps_hold_for_clocks_that_run_and_nothing_is_made_up_for(world: World) -> None:
    near = due(world.case(), later(days=6))
    far = due(world.case("Far away"), later(days=100))
    ladder.set_ladder(
        steps={"": [Step(1, "telephone")], "accept": [Step(-2, "chat"), Step(2, "notice")]},
        by=world.administrator,
        at=later(days=7),
    )
    near.refresh_from_db()
    far.refresh_from_db()
    assert (near.next_rung_at, far.next_rung_at) == (later(days=7), later(days=55))
    climbing.climb(later(days=7, hours=1))
    assert reminded() == []
    climbing.climb(later(days=9))
    assert reminded() == [("+2", "notice", "planned")]
    assert LadderStep.objects.count() == 3


def test_steps_that_are_wrong_and_people_who_may_not_are_refused(world: World) -> None:
    for kind, those in (
        ("", [Step(1, "chat"), Step(1, "notice")]),
        ("", [Step(99, "notice"), Step(200, "on_site")]),
        ("reply", [Step(1, "notice"), Step(2, "chat")]),
        ("reply", [Step(1, "chat", is_weekly=True), Step(2, "notice")]),
        ("nap", [Step(1, "chat")]),
    ):
        with pytest.raises(InvalidValue) as refused:
            ladder.set_ladder(steps={kind: those}, by=world.administrator, at=NOON)
        assert refused.value.field == (kind or "all")
    for who in (world.officer, world.office):  # the ladder holds for everybody
        with pytest.raises(NotAllowed):
            ladder.set_ladder(steps={}, by=who, at=NOON)
    ladder.set_ladder(steps={}, by=at_the_top(world), at=NOON)
    due(world.case(), later(days=2))
    assert climbing.climb(later(days=30)) == 0
    assert Clock.objects.get().next_rung_at is None


def test_the_head_of_an_organization_may_have_left(world: World) -> None:
    gone = holder("Gone", "head", world.agency, world.district)
    Membership.objects.filter(person=gone).update(until=NOON.date())
    case = world.case()
    Case.objects.filter(pk=case.pk).update(organization=world.agency)
    due(case, later(days=6))
    climbing.climb(later(days=1))
    assert Reminder.objects.get().person == world.officer
