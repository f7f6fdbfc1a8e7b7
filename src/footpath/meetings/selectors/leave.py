"""Leave from meetings: staff data, seen by those whom it concerns and who decide. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from footpath.accounts.permissions import may
from footpath.assignments.models import Assignment
from footpath.assignments.selectors import absent_people, who_is_in_charge
from footpath.core import clock, tree
from footpath.core.errors import NotThere
from footpath.directory.models import Membership, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Leave, Meeting
from footpath.meetings.permissions import DECIDERS
from footpath.meetings.selectors.duties import expected_elsewhere

MOST = 100
"""So many leaves a list shows; more than these do not wait at once."""


def leave_url(duty: Duty) -> str:
    """Return the page on which the person of the duty asks for leave, or sees what became of it."""
    return reverse("meetings:leave", args=[duty.pk])


def decide_url(leave: Leave) -> str:
    """Return the page on which a leave is decided."""
    return reverse("meetings:leave-decide", args=[leave.pk])


def answer_url(leave: Leave) -> str:
    """Return the page on which the deputy answers."""
    return reverse("meetings:leave-answer", args=[leave.pk])


def _known() -> QuerySet[Leave]:
    return Leave.objects.select_related(
        "duty__person", "duty__meeting__kind", "duty__meeting__area", "deputy", "decided_by"
    )


def _decided_by(person: Person) -> Q:
    """Return the condition on leaves that a person may decide, one's own among them."""
    condition = Q(duty__meeting__convened_by=person)
    for path in person.scope.paths(DECIDERS):
        if path == "":
            return Q()
        ids = tree.ids_of(path)
        condition |= Q(**{f"duty__meeting__a{len(ids) - 1}": ids[-1]})
    return condition


def get_duty_for(person: Person, *, pk: int) -> Duty:
    """Return a duty of one's own, with its meeting; NotThere otherwise."""
    duty = (
        Duty.objects.select_related(
            "person",
            "meeting__kind",
            "meeting__area__tier",
            "meeting__convened_by",
            "assignment__area",
            "elsewhere__kind",
            "elsewhere__area",
        )
        .filter(pk=pk, person=person)
        .first()
    )
    if duty is None:
        raise NotThere
    return duty


def get_leave_for(person: Person, *, pk: int) -> Leave:
    """Return a leave that is the person's own, asks the person, or is theirs to decide."""
    found = _known().select_related("duty__meeting__area__tier").filter(pk=pk).first()
    if found is None or not (
        person.pk in {found.duty.person_id, found.deputy_id}
        or may(person, "meetings.decide_leave", found)
    ):
        raise NotThere
    return found


def leave_of(duty: Duty) -> Leave | None:
    """Return the latest leave of a duty, or None."""
    return _known().filter(duty=duty).order_by("-pk").first()


def leaves_to_decide(person: Person, *, now: datetime) -> list[Leave]:
    """Return the leaves that wait for the person's decision, the soonest meeting first."""
    rows = _known().filter(
        _decided_by(person),
        state=rules.LeaveState.ASKED,
        duty__meeting__state=rules.State.PLANNED,
        duty__meeting__starts_at__gt=now,
    )
    rows = rows.exclude(duty__person=person)
    return list(rows.order_by("duty__meeting__starts_at", "pk")[:MOST])


def leaves_to_answer(person: Person, *, now: datetime) -> list[Leave]:
    """Return the leaves whose deputy the person is asked to be, the soonest meeting first.

    With those already answered, so that an answer can be changed until the meeting begins.
    """
    rows = _known().filter(
        deputy=person,
        state__in=rules.OPEN_LEAVE,
        duty__meeting__state=rules.State.PLANNED,
        duty__meeting__starts_at__gt=now,
    )
    return list(rows.order_by("duty__meeting__starts_at", "pk")[:MOST])


def leaves_decided(person: Person, *, now: datetime) -> list[Leave]:
    """Return the decided leaves from coming meetings that the person may decide on."""
    rows = _known().filter(
        _decided_by(person),
        state__in=(rules.LeaveState.GRANTED, rules.LeaveState.REFUSED),
        duty__meeting__starts_at__gt=now,
    )
    return list(rows.order_by("duty__meeting__starts_at", "pk")[:MOST])


def latest_leaves_of(duties: Iterable[Duty]) -> dict[int, Leave]:
    """Return the latest leave of each of the duties that has one, by the duty's key; one query."""
    rows = _known().filter(duty__in=[duty.pk for duty in duties]).order_by("pk")
    return {leave.duty_id: leave for leave in rows}


def reasons_shown_to(person: Person, meeting: Meeting) -> bool:
    """Return whether a person reads why others have leave: convener, head and office above."""
    return may(person, "meetings.decide_leave", meeting)


def deputy_proposed(duty: Duty) -> Person | None:
    """Return who could come instead, from the assignments of the place; None when nobody could.

    The deputies of the place first, then its lead, then the others in charge: who is not away on
    that day and is not expected in another meeting at that time. Source: S2.1.
    """
    meeting = duty.meeting
    place = duty.assignment.area if duty.assignment else None
    area = place or meeting.area
    day = clock.day_of(meeting.starts_at)
    charge = who_is_in_charge(duty.person, area, on=day)
    order = {Assignment.Role.DEPUTY: 0, Assignment.Role.LEAD: 1}
    rows = sorted(charge.rows, key=lambda row: order.get(Assignment.Role(row.role), 2))
    people = list({row.person_id: row.person for row in rows}.values())
    people = [person for person in people if person.pk != duty.person_id]
    if not people:
        return None
    keys = [person.pk for person in people]
    away = absent_people(keys, on=day)
    busy = {
        person.pk
        for clash in expected_elsewhere(
            keys, meeting.starts_at, meeting.ends_at, besides=[meeting.pk]
        )
        for person in clash.people
    }
    return next((one for one in people if one.pk not in away and one.pk not in busy), None)


def deciders_of(leave: Leave, *, at: datetime) -> list[Person]:
    """Return who is told that a leave waits: the convener; of one's own meeting the heads above.

    Heads and offices of the nearest place that has any who are not the asker. One query or two.
    """
    meeting = leave.duty.meeting
    if meeting.convened_by_id != leave.duty.person_id:
        return [meeting.convened_by]
    day = clock.day_of(at)
    rows = (
        Membership.objects.filter(
            Q(until=None) | Q(until__gte=day),
            start__lte=day,
            post__role__in=DECIDERS,
            post__area__in=tree.ids_of(meeting.area_path),
        )
        .exclude(person=leave.duty.person_id)
        .select_related("person", "post__area")
        .order_by("-post__area__path", "person__name", "pk")
    )
    places = [(row.person, row.post.area_id) for row in rows if row.post is not None]
    return [person for person, place in places if place == places[0][1]]
