"""A month from the plan to the next agenda: published, repaired after a leave, held, kept.

The small demonstration has planned and published its coming month, and one officer has asked for
leave from a meeting of it. Source: S2.2, S4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from footpath.assignments.models import Assignment
from footpath.cases import selectors as cases
from footpath.cases.models import Category
from footpath.core import clock
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Duty, Leave, Meeting, MonthPlan
from footpath.meetings.services import leave as leaves
from footpath.meetings.services import minutes
from footpath.meetings.services.months import deciding, publishing
from footpath.web.demo.stage import last_moment
from tests.world import kinds, topics

TODAY = date(2026, 3, 10)
NOW = last_moment(TODAY)


@pytest.fixture(scope="module")
def _lived(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        kinds()
        topics()
        call_command("demo", small=True, today=TODAY, stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def published(_lived: None, db: None) -> MonthPlan:
    return MonthPlan.objects.get(state="published")


def office() -> Person:
    return Person.objects.get(user__username="office")


def expected_twice() -> list[str]:
    """Return who is expected in two planned meetings at the same time, in words."""
    rows = list(Meeting.objects.filter(state="planned").order_by("starts_at", "pk"))
    who = selectors.expected_in([row.pk for row in rows])
    found, busy = [], {}
    for row in rows:
        for person in who.get(row.pk, ()):
            other = busy.get(person)
            if other is not None and other.ends_at > row.starts_at:
                found.append(f"{person}: {other} and {row}")
            busy[person] = row
    return found


def test_the_month_is_planned_and_published_and_nobody_is_in_two_places(
    published: MonthPlan,
) -> None:
    coming = published.lines.count()
    assert coming >= 12  # every hamlet meets
    assert published.decided_by is not None
    assert published.published_by is not None
    assert published.status == "proven"
    assert expected_twice() == []


def test_a_leave_is_repaired_and_the_meeting_is_held_and_its_items_arrive_in_the_ledger(
    published: MonthPlan,
) -> None:
    asked = Leave.objects.get(state="asked")
    duty, by = asked.duty, office()

    repair = MonthPlan.objects.get(state="proposed")
    assert repair.events[0]["absent"] == duty.person_id
    changed = repair.lines.exclude(change="kept")
    assert 1 <= changed.count() <= 3
    deciding.approve_month(plan=repair, by=by, at=NOW)
    assert publishing.publish_month(plan=repair, by=by, at=NOW)
    assert expected_twice() == []
    line = changed.select_related("meeting").get(meeting=duty.meeting)
    meeting = Meeting.objects.get(pk=duty.meeting_id)
    assert meeting.starts_at == line.starts_at
    if line.change == "moved":
        leaves.withdraw_leave(leave=asked, by=duty.person, at=NOW)  # the new day suits the officer
    else:
        leaves.decide_leave(leave=asked, grant=True, by=by, at=NOW, without_deputy=True)

    keeper, after = meeting.convened_by, meeting.ends_at
    services.hold_meeting(meeting=meeting, by=keeper, at=after)
    item = minutes.add_action(
        meeting=meeting,
        text="Lắp lại bóng đèn đầu cầu",
        category=Category.objects.order_by("code")[0],
        owner=keeper,
        due_on=clock.day_of(after) + timedelta(days=14),
        by=keeper,
        at=after,
    )
    case = item.case
    assert case is not None
    in_ledger = cases.cases_for(by, path=meeting.area_path).open()
    assert case in in_ledger
    assert case.due_on == clock.day_of(after) + timedelta(days=14)

    coming = Meeting.objects.filter(
        series=meeting.series_id, state="planned", starts_at__gt=after
    ).order_by("starts_at")[0]
    agenda = selectors.agenda_of(by, coming, today=clock.day_of(coming.starts_at))
    assert [promise.case for promise in agenda.promises] == [case]


def test_a_hamlet_officer_sees_the_month_of_their_place_only(published: MonthPlan) -> None:
    hamlet = Area.objects.filter(tier__code="hamlet").order_by("code")[0]
    lead = Assignment.objects.filter(area=hamlet, role="lead").select_related("person")[0]
    mine = selectors.meetings_for(lead.person)
    assert mine.filter(area=hamlet).exists()
    shown = set(mine.values_list("area_id", flat=True))
    theirs = Duty.objects.filter(person=lead.person).values_list("meeting__area_id", flat=True)
    led = Area.objects.filter(
        pk__in=Assignment.objects.filter(person=lead.person).values_list("area_id", flat=True)
    )
    below = {area.pk for place in led for area in Area.objects.within(place.path)}
    assert shown <= below | set(theirs)
