"""Measure meetings: 2,000 monthly series over 13 months, and what is read of them.

    python -m benchmarks.meetings                       both engines
    python -m benchmarks.meetings --engines sqlite      one of them

One function a figure, in the order in which they build on each other; the figures stand beside the
others in ``benchmarks/results.json``. All runs in one process, as the worker and a request do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as hour
from zoneinfo import ZoneInfo

from benchmarks.rooms import Measured, on_each_engine, timed

SERIES = 2_000
MONTHS = 13
OFFICERS = 700
FEED = 400
IN_MONTH = 1_400
AT = datetime(2026, 3, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FIRST = date(2026, 3, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def main() -> None:
    """Build a province on each engine, measure every figure, write the results."""
    on_each_engine("benchmarks.meetings", f"{SERIES:,} series of meetings", described=__doc__)


def measure() -> None:
    """Measure every figure in this process and print them as JSON, on the last line."""
    from benchmarks import province
    from footpath.config import server

    server.gather_static_files()
    province.build(cases=100)
    found: list[Measured] = []
    for figure in FIGURES:
        found += figure()
    print(json.dumps([vars(row) for row in found]))


def series_made() -> list[Measured]:
    """Make the meetings of 2,000 series 13 months ahead, with their duty lists (CPU and clock)."""
    from footpath.core import sql
    from footpath.meetings import services
    from footpath.meetings.models import Duty, Meeting, Series

    build()
    sql.refresh_statistics()
    rows = list(Series.objects.order_by("pk"))
    clock, processor = time.perf_counter(), time.process_time()
    made = services.make_meetings(
        rows, until=FIRST + timedelta(days=395), at=AT, by=rows[0].convened_by
    )
    seconds, cpu = time.perf_counter() - clock, time.process_time() - processor
    expected = SERIES * MONTHS
    if made != expected or Meeting.objects.count() != made or Duty.objects.count() < made:
        raise ValueError(f"{made} meetings instead of {expected}")
    again = services.make_meetings(
        rows, until=FIRST + timedelta(days=395), at=AT, by=rows[0].convened_by
    )
    if again:
        raise ValueError("meetings were made twice")
    sql.refresh_statistics()
    return [
        Measured("meetings.series.make_s", made, round(seconds, 3), "s"),
        Measured("meetings.series.make_cpu_s", made, round(cpu, 3), "s of this process"),
    ]


def build() -> None:
    """Write 2,000 monthly series of household groups, and who leads the groups."""
    from footpath.assignments.models import Assignment
    from footpath.directory.models import Area, Person
    from footpath.meetings.models import MeetingKind, Series

    kind = MeetingKind.objects.get(code="group")
    groups = list(Area.objects.filter(tier__level=4).order_by("pk")[:SERIES])
    people = Person.objects.bulk_create(
        Person(name=f"Officer {number}", code=f"M{number}") for number in range(OFFICERS)
    )
    Assignment.objects.bulk_create(
        Assignment(person=people[at % OFFICERS], area=group, role="lead", start=date(2020, 1, 1))
        for at, group in enumerate(groups)
    )
    Series.objects.bulk_create(
        Series(
            kind=kind,
            area=group,
            path=group.path,
            rrule=f"FREQ=MONTHLY;BYDAY={at % 4 + 1}{WEEKDAYS[at % 7]}",
            first_day=FIRST - timedelta(days=at % 300),
            begins=hour(7 + at % 12),
            convened_by=people[at % OFFICERS],
            created_at=AT,
        )
        for at, group in enumerate(groups)
    )


def feed_read() -> list[Measured]:
    """Read a feed of 400 meetings as a calendar program does, whole and when nothing changed."""
    from django.test import Client
    from django.urls import reverse

    from footpath.directory.models import Person
    from footpath.meetings import services
    from footpath.meetings.models import Duty, Meeting
    from footpath.meetings.views import feeds as view

    _at_first()
    who = Person.objects.get(code="commune")
    meetings = Meeting.objects.order_by("pk")[:FEED]
    Duty.objects.bulk_create(Duty(meeting=meeting, person=who) for meeting in meetings)
    Meeting.objects.filter(pk__in=meetings.values("pk")).update(
        agenda="1. What was promised\n2. Nước mặn, đường, đèn\n3. Hộ cần giúp\n" * 2
    )
    _feed, secret = services.make_feed(by=who, at=AT)
    address = reverse("meetings:feed", args=[secret])
    whole = Client().get(address)
    if whole.content.count(b"BEGIN:VEVENT") != FEED:
        raise ValueError("the feed is not whole")

    client = Client()

    def ask(**headers: str) -> None:
        view._asked.clear()  # asked this often, a program would be told to wait
        client.get(address, headers=headers)

    return [
        *timed(f"meetings.feed.{FEED}_ms", FEED, ask),
        *timed(
            f"meetings.feed.{FEED}_same_ms", FEED, lambda: ask(**{"If-None-Match": whole["ETag"]})
        ),
    ]


def calendar_read() -> list[Measured]:
    """Open the calendar of a district with 1,400 meetings in the month, as a grid and as a list."""
    from django.test import Client
    from django.urls import reverse

    from footpath.accounts.models import User
    from footpath.core import sql
    from footpath.directory.models import Area
    from footpath.meetings.models import Meeting

    _at_first()
    district = Area.objects.get(code="P-0")
    start, end = AT.replace(month=6), AT.replace(month=7)
    rows = Meeting.objects.in_subtree(district.path).filter(starts_at__gte=start, starts_at__lt=end)
    more = list(rows.order_by("pk")[: IN_MONTH - rows.count()])
    for meeting in more:
        meeting.pk = meeting.series = meeting.series_id = None
        meeting.starts_at += timedelta(hours=2)
        meeting.ends_at += timedelta(hours=2)
    Meeting.objects.bulk_create(more)
    if rows.count() != IN_MONTH:
        raise ValueError(f"{rows.count()} meetings instead of {IN_MONTH}")
    sql.refresh_statistics()
    client = Client()
    client.force_login(User.objects.get(username="province"))
    found = []
    for name, shown in (
        ("meetings.calendar.p95_ms", "month"),
        ("meetings.calendar.list_ms", "list"),
    ):
        address = reverse(
            "meetings:calendar", query={"place": "P-0", "month": "2026-06", "view": shown}
        )
        if client.get(address).status_code != 200:
            raise ValueError("the calendar does not open")
        found += timed(name, IN_MONTH, lambda address=address: client.get(address), worst=True)
    return found


def _at_first() -> None:
    """Let it be the first day: what is measured lies in the months after it."""
    from django.conf import settings

    from footpath.core import clock

    settings.ALLOWED_HOSTS = ["*"]
    clock.today = lambda: FIRST


FIGURES: list[Callable[[], list[Measured]]] = [series_made, feed_read, calendar_read]
"""Every figure, in the order in which they are measured."""


if __name__ == "__main__":
    main()
