"""Leave from meetings over the API: ask, decide, answer, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict

from footpath.api.lookups import person_of
from footpath.api.people import PersonOut, person_out
from footpath.api.reading import Key
from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Leave

router = Router()


class LeaveOut(Schema):
    """Leave from a meeting: who asks, why, who comes instead, and what became of it."""

    id: int
    meeting: int
    starts_at: datetime
    person: PersonOut
    reason: str
    deputy: PersonOut | None
    answer: str
    state: str
    asked_at: datetime
    decided_by: PersonOut | None
    decided_at: datetime | None
    decision_note: str


class LeaveList(Schema):
    """Leaves that wait for somebody."""

    items: list[LeaveOut]


class LeaveIn(Schema):
    """Why you cannot come, and who could come instead."""

    reason: str
    deputy: Key | None = None

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "Course", "deputy": 14}})


class DecideIn(Schema):
    """Whether leave is granted; a refusal says why."""

    grant: bool
    note: str = ""
    without_deputy: bool = False

    model_config = ConfigDict(json_schema_extra={"example": {"grant": True}})


class AnswerIn(Schema):
    """Whether you come instead."""

    comes: bool


@router.get("/leaves", response=LeaveList, summary="List leaves that wait for you")
def list_leaves(request: HttpRequest, waits_for: Literal["decision", "answer"]) -> HttpResponse:
    """List the leaves from coming meetings that you have to decide, or to answer as deputy."""
    person: Person = request.person
    find = selectors.leaves_to_decide if waits_for == "decision" else selectors.leaves_to_answer
    return JsonResponse({"items": [_leave(row, person) for row in find(person, now=clock.now())]})


@router.post("/meetings/{pk}/leave", response={201: LeaveOut}, summary="Ask for leave")
def ask_leave(request: HttpRequest, pk: int, said: LeaveIn) -> HttpResponse:
    """Ask for leave from a meeting at which you are expected. The same again is the same leave."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    duty = next((row for row in meeting.duties.all() if row.person_id == person.pk), None)
    if duty is None:
        raise Http404
    made = services.ask_leave(
        duty=selectors.get_duty_for(person, pk=duty.pk),
        reason=said.reason,
        deputy=person_of(said.deputy, field="deputy"),
        by=person,
        at=clock.now(),
    )
    return _answer(person, made.pk, status=201)


@router.post("/leaves/{pk}/decide", response=LeaveOut, summary="Grant or refuse leave")
def decide_leave(request: HttpRequest, pk: int, said: DecideIn) -> HttpResponse:
    """Grant leave, or refuse it with a note."""
    person: Person = request.person
    services.decide_leave(
        leave=selectors.get_leave_for(person, pk=pk),
        grant=said.grant,
        note=said.note,
        without_deputy=said.without_deputy,
        by=person,
        at=clock.now(),
    )
    return _answer(person, pk)


@router.post("/leaves/{pk}/answer", response=LeaveOut, summary="Answer as deputy")
def answer_leave(request: HttpRequest, pk: int, said: AnswerIn) -> HttpResponse:
    """Say as deputy whether you come instead."""
    person: Person = request.person
    services.answer_leave(
        leave=selectors.get_leave_for(person, pk=pk), comes=said.comes, by=person, at=clock.now()
    )
    return _answer(person, pk)


@router.post("/leaves/{pk}/withdraw", response=LeaveOut, summary="Take leave back")
def withdraw_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take your leave back: you are expected again."""
    person: Person = request.person
    services.withdraw_leave(leave=selectors.get_leave_for(person, pk=pk), by=person, at=clock.now())
    return _answer(person, pk)


def _answer(person: Person, pk: int, *, status: int = 200) -> JsonResponse:
    return JsonResponse(_leave(selectors.get_leave_for(person, pk=pk), person), status=status)


def _leave(leave: Leave, person: Person) -> dict[str, Any]:
    meeting = leave.duty.meeting
    own = leave.duty.person_id == person.pk
    reads = own or selectors.reasons_shown_to(person, meeting)
    return {
        "id": leave.pk,
        "meeting": meeting.pk,
        "starts_at": meeting.starts_at,
        "person": person_out(leave.duty.person),
        "reason": leave.reason if reads else "",
        "deputy": person_out(leave.deputy),
        "answer": leave.answer,
        "state": leave.state,
        "asked_at": leave.asked_at,
        "decided_by": person_out(leave.decided_by),
        "decided_at": leave.decided_at,
        "decision_note": leave.decision_note if reads else "",
    }
