"""The demonstration: a small district, lived through once, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from footpath.accounts.models import TrailCheckpoint, TrailLine
from footpath.assignments.models import Absence, DutyList
from footpath.cases.models import Case, Entry, Participant
from footpath.core.calendar import Month
from footpath.directory.models import Area, Organization, Person
from footpath.meetings.models import Duty, Meeting
from footpath.web import demo
from footpath.web.demo import facts, names
from footpath.web.demo.closing import reported_month
from footpath.web.demo.stage import first_day, moment
from tests.world import World, area, kinds, topics

TODAY = date(2026, 3, 10)


@pytest.fixture(scope="class")
def lived(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Load the small demonstration once for the tests of the class; return what it printed."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


def run(today: date = TODAY) -> str:
    kinds()
    topics()
    said = StringIO()
    call_command("demo", small=True, today=today, stdout=said)
    return said.getvalue()


def end_of(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if not line.startswith("[")]


@pytest.mark.django_db
@pytest.mark.usefixtures("lived")
class TestLived:
    """What stands in the database after the small demonstration."""

    def test_duty_lists_hold_and_somebody_stands_in(self) -> None:
        titles = DutyList.objects.order_by("pk").values_list("title", flat=True)
        assert list(titles) == ["4 nắm", "4 góp", "3 kiểm tra"]
        for absence in Absence.objects.all():
            assert absence.stand_ins.exists()
            assert absence.start == TODAY

    def test_places_and_people_are_there_and_the_invented_ones_say_so(self) -> None:
        by_tier = dict(
            Area.objects.order_by().values_list("tier__code").annotate(number=Count("pk"))
        )
        assert by_tier == {"province": 1, "district": 9, "commune": 2, "hamlet": 12, "group": 24}
        invented = set(Area.objects.filter(is_synthetic=True).values_list("tier__code", flat=True))
        assert invented == {"hamlet", "group"}
        assert Person.objects.filter(is_synthetic=True).count() == 60
        assert not Person.objects.filter(name__in=names.NOT_INVENTED).exists()
        real = Organization.objects.filter(is_synthetic=False).values_list("code", flat=True)
        assert list(real) == ["administration"]

    def test_the_month_holds_a_meeting_of_every_place(self) -> None:
        held = Meeting.objects.filter(state="held")
        by_kind = dict(held.order_by().values_list("kind__code").annotate(number=Count("pk")))
        assert by_kind == {"cell": 12, "commune": 2, "coffee": 1, "study": 2, "office": 2}
        assert held.count() == demo.SMALL.meetings
        marks = set(Duty.objects.filter(meeting__in=held).values_list("attendance", flat=True))
        assert "unknown" not in marks
        assert {"present", "late"} <= marks
        assert all(held.values_list("minutes", flat=True))
        assert Meeting.objects.filter(state="planned").exists()
        assert Meeting.objects.filter(state="cancelled").count() == 1

    def test_departments_meet_on_the_9th_and_15th_only(self) -> None:
        days = {
            (meeting.starts_at + timedelta(hours=7)).day
            for meeting in Meeting.objects.filter(kind__code="office")
        }
        assert days == {9, 15}

    def test_cases_take_every_path(self) -> None:
        lived = Case.objects.exclude(source="public")
        assert lived.count() == demo.SMALL.cases + sum(demo.SMALL.history)
        deeds = set(Entry.objects.values_list("deed", flat=True))
        # Nothing is sent to another system, and no day of the calendar changes afterwards.
        assert deeds == set(Entry.Deed.values) - {"sent_out", "update", "recounted"}
        assert set(Case.objects.values_list("state", flat=True)) == set(Case.State.values)
        assert Case.objects.overdue(TODAY).exists()
        assert Case.objects.open().filter(owner=None).exists()
        assert Case.objects.filter(agency__isnull=False).exists()
        assert Case.objects.filter(minute_items__isnull=False).exists()

    def test_nobody_verified_their_own_work(self) -> None:
        verified = Participant.objects.filter(part="verifier")
        for part in verified:
            worked = Participant.objects.filter(
                case=part.case_id, person=part.person_id, part__in=Participant.WORKED
            )
            assert not worked.filter(since__lt=part.since).exists()

    def test_nothing_lies_after_yesterday(self) -> None:
        assert not TrailLine.objects.filter(at__gte=moment(TODAY, 0)).exists()

    def test_the_ledger_is_sound_and_sealed(self) -> None:
        said = StringIO()
        call_command("verify_ledger", stdout=said)
        assert TrailCheckpoint.objects.exists()

    def test_it_prints_the_report_the_log_ins_and_that_it_is_done(self, lived: str) -> None:
        lines = end_of(lived)
        assert lines[-1].startswith("demo ok: 48 places, 60 people, 19 meetings held")
        assert any("11/12 = 91.67" in line for line in lines)
        assert any(line.startswith("WARNING: a demonstration") for line in lines)
        for username in ("admin", "office", "head", "officer", "cluster", "auditor", "member"):
            assert any(line.startswith(f"  {username} ") for line in lines)

    def test_everybody_listed_can_sign_in(self) -> None:
        people = Person.objects.filter(user__isnull=False).select_related("user")
        assert len(people) == 7
        assert all(person.user.check_password(demo.PASSWORD) for person in people if person.user)

    def test_a_second_run_changes_nothing_and_prints_the_same_end(self, lived: str) -> None:
        before = (TrailLine.objects.count(), Case.objects.count(), Meeting.objects.count())
        again = run(TODAY + timedelta(days=3))
        after = (TrailLine.objects.count(), Case.objects.count(), Meeting.objects.count())
        assert before == after
        assert end_of(again) == end_of(lived)


@pytest.mark.django_db
def test_other_places_are_never_mixed_with_the_demonstration() -> None:
    area("Tỉnh Bến Tre", code="83")
    with pytest.raises(CommandError, match="already holds places"):
        run()
    assert Area.objects.count() == 1


def test_a_world_with_people_is_left_alone(world: World) -> None:
    with pytest.raises(CommandError, match="FOOTPATH_DATA_DIR"):
        run()


@pytest.mark.django_db
def test_a_user_name_that_is_taken_stops_it_before_anything_is_written() -> None:
    from tests.world import user

    user("office")
    with pytest.raises(CommandError, match="office is taken"):
        run()
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 21), date(2026, 10, 21)),
        (date(2026, 3, 1), date(2026, 1, 29)),
        (date(2026, 3, 29), date(2026, 3, 1)),
        (date(2026, 3, 31), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2025, 12, 1)),
    ],
)
def test_the_month_meets_every_day_from_1_to_28_once(today: date, first: date) -> None:
    assert first_day(today) == first
    days = [first + timedelta(days=at) for at in range((today - first).days)]
    for number in range(1, 29):
        assert len([day for day in days if day.day == number]) == 1


def test_the_report_is_of_the_month_that_most_days_lie_in() -> None:
    assert reported_month(date(2026, 11, 21)) == Month(2026, 11)
    assert reported_month(date(2026, 11, 3)) == Month(2026, 10)


def test_the_facts_are_nine_districts_and_sixteen_communes() -> None:
    assert (len(facts.DISTRICTS), len(facts.COMMUNES)) == (9, 16)
    assert ("831", "Huyện Châu Thành", "Huyện") in facts.DISTRICTS
    assert len({code for code, _name, _kind in facts.COMMUNES}) == 16
