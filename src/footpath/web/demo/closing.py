"""What the command prints at its end: the month's report as a table, and the log-ins."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from footpath.cases.models import Case
from footpath.core import formats
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings.models import Meeting
from footpath.reports.selectors import month_report, month_report_as_table
from footpath.web.demo import facts
from footpath.web.demo.stage import first_day, moment

PASSWORD = "footpath-demo-831"  # noqa: S105 - printed for everybody: a demonstration has no secret

LOG_INS = {
    "admin": "administrator",
    "office": "district office",
    "head": "head of a commune",
    "officer": "officer in charge of a hamlet",
    "cluster": "cluster lead",
    "auditor": "auditor, reads everything",
    "member": "member, secretary of a hamlet cell",
}
"""The user names of the demonstration and what those people are."""


def reported_month(today: date) -> Month:
    """Return the month that most of the last thirty days lie in."""
    present = Month.of(today)
    return present if today.day > 15 else present.previous


def closing_lines(today: date) -> Iterator[str]:
    """Return the lines of the end for a demonstration that calls this day today."""
    month = reported_month(today)
    district = Area.objects.get(code=facts.DISTRICT)
    reader = Person.objects.get(user__username="office")
    table = month_report_as_table(month_report(reader, district, month))
    width = max(_width(name) for name, _figure in table) + 2
    first, last = first_day(today), today - timedelta(days=1)
    begin, end = moment(first, 0), moment(today, 0)
    lived = Meeting.objects.filter(
        state=Meeting.State.HELD, starts_at__gte=begin, starts_at__lt=end
    ).count()
    raised = Case.objects.filter(raised_at__gte=begin, raised_at__lt=end).count()
    yield ""
    yield f"The month lived, {first} to {last}: {lived} meetings held, {raised} cases raised."
    yield ""
    yield f"{district.name}, report of {month}"
    yield "=" * (width + 26)
    for name, figure in table:
        if figure:
            plain = figure.replace(formats.NO_BREAK, " ")
            yield f"{name}{' ' * (width - _width(name))}{plain:>26}"
        else:
            yield name
    yield "=" * (width + 26)
    yield ""
    yield "Places down to the commune are official. Hamlets, groups, offices, people are invented."
    yield ""
    yield "WARNING: a demonstration. Everybody knows this password; put nothing real in here."
    yield f"Log-ins (password {PASSWORD}):"
    people = Person.objects.filter(user__username__in=LOG_INS).select_related("user")
    names = {person.user.username: person.name for person in people if person.user is not None}
    for username, what in LOG_INS.items():
        yield f"  {username:<9} {what:<36} {names.get(username, '')}"
    yield ""
    held = Meeting.objects.filter(state=Meeting.State.HELD).count()
    planned = Meeting.objects.filter(state=Meeting.State.PLANNED).count()
    yield (
        f"demo ok: {Area.objects.count()} places, {Person.objects.count()} people, "
        f"{held} meetings held, {planned} planned, {Case.objects.count()} cases"
    )


def _width(text: str) -> int:
    """Return how many columns a text takes up in a terminal."""
    signs = unicodedata.normalize("NFC", text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in signs)
