"""Reminders of cases over the API: the list, and saying that one was seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema

from footpath.api import pages
from footpath.api.people import PersonOut
from footpath.cases.models import Reminder
from footpath.cases.selectors import reminders
from footpath.cases.services import reminder_tasks
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Person

router = Router()

COLUMNS = (
    "id",
    "channel",
    "step",
    "state",
    "due_at",
    "sent_at",
    "done_at",
    "acknowledged_at",
    "number",
    "person_id",
    "person__name",
    "clock__kind",
    "clock__due_on",
    "clock__case_id",
    "clock__case__title",
    "clock__case__area__code",
)


class ReminderOut(Schema):
    """One reminder: whom, of which case and leg, how, and how far it has come."""

    id: int
    case: int
    title: str
    area: str
    leg: str
    due_on: date
    channel: str
    step: str
    state: str
    person: PersonOut | None
    number: str
    due_at: datetime
    sent_at: datetime | None
    done_at: datetime | None
    acknowledged_at: datetime | None


class ReminderPage(Schema):
    """One page of reminders."""

    items: list[ReminderOut]
    next: str | None


class ReminderFilter(Schema):
    """Which reminders: those to you, or what is to be done in a place and everything below it."""

    view: Literal["mine", "calls", "notices", "instructions", "all"] = "mine"
    area: str | None = None
    after: str | None = None
    limit: int = pages.ROWS


@router.get("/reminders", response=ReminderPage, summary="List reminders")
def list_reminders(request: HttpRequest, filters: Query[ReminderFilter]) -> HttpResponse:
    """List the reminders to you, or the calls, notices and instructions of your places."""
    person: Person = request.person
    area = directory.get_area_for(person, code=filters.area) if filters.area else None
    return pages.answer(
        request,
        reminders.rows_for(person, view=filters.view, area=area).values(*COLUMNS),
        order=reminders.order_of(filters.view),
        after=filters.after,
        limit=filters.limit,
        shape=_row,
    )


@router.post("/reminders/{pk}/acknowledge", response=ReminderOut, summary="Acknowledge a reminder")
def acknowledge_reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that you have seen a reminder to you. Sent again, it changes nothing."""
    person: Person = request.person
    found = reminders.get_reminder_for(person, pk=pk)
    reminder_tasks.acknowledge_reminder(reminder=found, by=person, at=clock.now())
    return JsonResponse(_row(Reminder.objects.values(*COLUMNS).get(pk=pk)))


SAME = (
    "channel",
    "step",
    "state",
    "number",
    "due_at",
    "sent_at",
    "done_at",
    "acknowledged_at",
)


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    who = row["person_id"]
    return {
        "id": row["id"],
        "case": row["clock__case_id"],
        "title": row["clock__case__title"],
        "area": row["clock__case__area__code"],
        "leg": row["clock__kind"],
        "due_on": row["clock__due_on"],
        "person": {"id": who, "name": row["person__name"]} if who else None,
        **{name: row[name] for name in SAME},
    }
