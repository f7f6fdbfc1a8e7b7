"""How many rows stand behind an address, counted by the room it leads to."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlsplit

from footpath.assignments import selectors as assignments
from footpath.cases import selectors as cases
from footpath.cases.filters import Filter
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person, Tier
from footpath.meetings import selectors as meetings
from footpath.reports import rules
from footpath.reports import selectors as reports


def rows_behind(person: Person, href: str) -> int:
    """Return how many rows the page at this address lists for the person."""
    parts = urlsplit(href)
    query = dict(parse_qsl(parts.query, strict_parsing=True))
    if parts.path.startswith("/in-charge/places/"):
        return 1
    path = Area.objects.get(code=query["place"]).path
    room = parts.path.strip("/")
    if room == "cases":
        asked = Filter.read(query)
        assert {**asked.chosen, "view": asked.view} == query
        return cases.ledger(person, asked, path=path, today=clock.today()).count()
    if room == "meetings":
        month = Month.parse(query["month"])
        return meetings.meetings_for(
            person, path=path, month=month, state=query.get("state")
        ).count()
    if room == "in-charge":
        tier = Tier.objects.get(code=query["tier"])
        on = date.fromisoformat(query["on"]) if "on" in query else clock.today()
        return assignments.places_of_tier(
            person, tier, path, on=on, missing="missing" in query
        ).count()
    assert room == "figures/rows"
    area = reports.area_to_report(person, code=query["place"])
    month = rules.month_asked(query["month"], clock.today())
    return reports.rows_of(person, area, month, query["figure"], **rules.narrowed(query)).count()
