"""The clock of the answer stops when the reporter was told: answered, sent back, or at the end."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from footpath.cases import services
from footpath.cases.models import Case, Clock, ClockPause, Reminder
from footpath.cases.services.climbing import climb
from footpath.core import clock
from tests.cases.reports import report, reporter_of
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db


def reported(world: World, **values: Any) -> Case:
    """Return a case of a reporter whose answer is due in two days."""
    services.add_target(kind="reply", amount=2, unit="days", by=world.administrator, at=NOON)
    return report(world, **values)[0]


def closed(world: World, case: Case, *, at: int = 3) -> None:
    """Accept, rectify and verify a case, the last so many days after noon."""
    services.accept_case(case=case, by=world.head, at=later(hours=1))
    services.rectify_case(case=case, text="Done.", by=world.head, at=later(hours=2))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(days=at))


def answers(case: Case) -> list[tuple[str, bool | None]]:
    """Return how each clock of the answer ended, and whether in time."""
    rows = Clock.objects.filter(case=case, kind="reply").order_by("pk")
    return list(rows.values_list("ended", "is_in_time"))


def noted(case: Case) -> tuple[Any, ...]:
    """Return what the case says that it waits for."""
    case.refresh_from_db()
    return case.due_kind, case.due_at, case.due_on == case.promised_on, case.paused_until


def test_the_end_of_a_case_answers_the_reporter(world: World) -> None:
    case = reported(world)
    closed(world, case, at=1)
    assert answers(case) == [("met", True)]
    assert not Clock.objects.filter(case=case, stopped_at=None).exists()
    assert noted(case) == ("", None, True, None)


def test_an_end_after_the_due_date_is_a_late_answer_and_reminds_of_nothing_any_more(
    world: World,
) -> None:
    case = reported(world)
    climb(later(days=2))
    before = Reminder.objects.filter(clock__case=case, clock__kind="reply").count()
    assert before
    closed(world, case, at=3)
    assert answers(case) == [("met", False)]
    climb(later(days=60))
    assert Reminder.objects.filter(clock__case=case, clock__kind="reply").count() == before
    assert not Clock.objects.filter(case=case, next_rung_at__isnull=False).exists()


def test_an_answer_before_the_end_is_the_one_that_counts(world: World) -> None:
    case = reported(world)
    services.reply_to_reporter(case=case, text="Tomorrow.", by=world.head, at=later(minutes=5))
    closed(world, case, at=5)
    assert answers(case) == [("met", True)]


def test_what_is_missing_is_an_answer_and_what_is_sent_in_again_waits_for_one(
    world: World,
) -> None:
    case = reported(world)
    services.return_case(case=case, text="Which lamp?", by=world.head, at=later(days=1))
    assert answers(case) == [("met", True)]
    assert noted(case)[0] == ""
    services.say(reporter=reporter_of(case), text="The third.", at=later(days=4))
    assert answers(case) == [("met", True), ("", None)]
    again = Clock.objects.get(case=case, kind="reply", stopped_at=None)
    assert again.due_on == clock.day_of(later(days=6))


def test_the_answer_to_a_duplicate_is_how_the_other_case_goes_on(world: World) -> None:
    case = reported(world)
    services.pause_clock(
        case=case, until=clock.day_of(later(days=2)), text="Rain.", by=world.head, at=later()
    )
    services.mark_duplicate(case=case, of=world.case("Out"), by=world.head, at=later(hours=1))
    assert answers(case) == [("cancelled", None)]
    assert noted(case) == ("", None, True, None)
    assert services.end_pauses(later(days=9)) == 0
    assert not case.entries.filter(deed="resumed").exists()


# --- what ran on before this ----------------------------------------------------------------------


def upgrade() -> None:
    """Do what the upgrade does to the rows that are there."""
    migration = import_module("footpath.cases.migrations.0014_closed_cases_wait_for_no_answer")
    migration.forwards(apps, None)
    migration.backwards(apps, None)


def ran_on(case: Case) -> Clock:
    """Let the clock of the answer run on, as it did until now; return it."""
    rows = Clock.objects.filter(case=case, kind="reply")
    rows.update(stopped_at=None, ended="", is_in_time=None, next_rung_at=later(days=9))
    row = rows.get()
    Reminder.objects.create(
        clock=row, version=row.version, step="+3", channel="telephone", due_at=later(days=9)
    )
    Case.objects.filter(pk=case.pk).update(
        due_kind="reply", due_on=row.due_on, due_at=row.due_at, paused_until=row.due_on
    )
    return row


def test_the_upgrade_stops_what_ran_on_when_the_reporter_was_first_told(world: World) -> None:
    case = reported(world)
    closed(world, case, at=1)
    case.refresh_from_db()
    services.reopen_case(case=case, text="Dark.", by=world.head, at=later(days=2))
    services.rectify_case(case=case, text="Again.", by=world.head, at=later(days=3))
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(days=4))
    row = ran_on(case)
    ClockPause.objects.create(clock=row, since=NOON, until=later(days=8), reason="Rain")
    upgrade()
    row.refresh_from_db()
    assert (row.stopped_at, row.ended, row.is_in_time) == (later(days=1), "met", True)
    assert (row.next_rung_at, row.reminders.get().state) == (None, "cancelled")
    assert (row.pauses.get().until, row.pauses.get().is_over) == (later(days=1), True)
    assert noted(case) == ("", None, True, None)


def test_the_upgrade_says_that_a_late_end_was_late_and_of_a_duplicate_nothing(
    world: World,
) -> None:
    late, double = reported(world), report(world)[0]
    closed(world, late, at=3)
    services.mark_duplicate(case=double, of=world.case("Out"), by=world.head, at=later(hours=1))
    ran_on(late)
    ran_on(double)
    upgrade()
    assert (answers(late), answers(double)) == ([("met", False)], [("cancelled", None)])
    assert noted(double)[0] == ""


def test_the_upgrade_leaves_open_cases_and_other_clocks_alone(world: World) -> None:
    case = reported(world)
    before = list(Clock.objects.order_by("pk").values())
    upgrade()
    assert list(Clock.objects.order_by("pk").values()) == before
    assert noted(case)[0] == "reply"
