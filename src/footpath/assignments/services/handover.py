"""Handing over what an assignment leaves open, at once or on its day. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts import audit
from footpath.assignments import handing
from footpath.assignments.handing import Matter
from footpath.assignments.models import Assignment, Handover
from footpath.assignments.services import later
from footpath.core import clock, formats
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Left:
    """What an assignment would leave open."""

    assignment: Assignment
    matters: tuple[Matter, ...]


class StillOpen(RuleBroken):
    """Something is open and nobody takes it; ``left`` says what and where (HTTP 409)."""

    def __init__(self, left: Sequence[Left]) -> None:
        self.left = tuple(left)
        places = [str(row.assignment.area or row.assignment.organization) for row in left]
        titles = [matter.title for row in left for matter in row.matters]
        super().__init__(
            _("Still open in %(places)s: %(matters)s. Name who takes over.")
            % {"places": ", ".join(places), "matters": ", ".join(titles)}
        )


def left_open(assignment: Assignment, last_day: date) -> Left | None:
    """Return what an assignment leaves open when it ends after that day, or None."""
    matters = handing.open_matters(assignment, after=last_day)
    awaited = list(_awaited(assignment).select_related("assignment__person", "assignment__area"))
    if awaited:
        items = tuple(
            handing.OpenItem(
                _("From %(person)s: %(place)s")
                % {"person": row.assignment.person.name, "place": str(row.assignment.area)},
                row.assignment.get_absolute_url(),
                row.due_on,
            )
            for row in awaited
        )
        said = ngettext(
            "%(number)s handover to come", "%(number)s handovers to come", len(items)
        ) % {"number": formats.number(len(items))}
        matters.append(Matter("handovers", said, items, len(items)))
    return Left(assignment, tuple(matters)) if matters else None


def carry_out_due(*, on: date, at: datetime) -> int:
    """Carry out the handovers whose day has come, the earliest first, and return how many.

    What ran out by itself on a day set from the beginning goes to whoever leads the place then.
    Safe to call at any time and by several at once: each handover is carried out once.
    """
    for ran_out in _run_out(on):
        _inherit(ran_out, on, at=at)
    done = 0
    waiting = Handover.objects.filter(done_at=None, due_on__lte=on).order_by("due_on", "pk")
    for handover in waiting.select_related(
        "assignment__area", "assignment__person", "assignment__organization", "successor", "by"
    ):
        done += carry_out(handover, at=at)
    return done


@transaction.atomic
def carry_out(handover: Handover, *, at: datetime) -> bool:
    """Hand over everything open now; False when it was done already or at this very moment."""
    if not Handover.objects.filter(pk=handover.pk, done_at=None).update(done_at=at):
        return False
    # Read anew: the successor may have left in the meantime and named the next.
    handover.refresh_from_db(fields=["successor"])
    counts = handing.hand_over(
        handover.assignment, handover.successor, handover.by, at, handover.due_on, handover.note
    )
    Handover.objects.filter(pk=handover.pk).update(counts=counts)
    handover.done_at, handover.counts = at, counts
    audit.record(
        "assignment.handed_over",
        by=handover.by,
        subject=handover.assignment,
        at=at,
        after={"successor": handover.successor_id, "counts": counts},
    )
    return True


def _awaited(assignment: Assignment) -> QuerySet[Handover]:
    """Return the handovers still to come that name the person at this place or organization."""
    return Handover.objects.filter(
        successor=assignment.person_id,
        done_at=None,
        assignment__area=assignment.area_id,
        assignment__organization=assignment.organization_id,
    ).exclude(assignment=assignment)


def _pass_on_awaited(handovers: Sequence[Handover]) -> None:
    """Let what would come to somebody after they have left go to their successor instead."""
    for handover in handovers:
        _awaited(handover.assignment).filter(due_on__gt=handover.due_on).update(
            successor=handover.successor
        )


RUN_OUT = timedelta(days=60)
"""How long after its last day an assignment that ran out is still looked for."""


def _run_out(on: date) -> list[Assignment]:
    """Return the assignments that ended lately and whose open matters nobody was named for.

    Whoever goes on in the same role at the same place hands nothing over.
    """
    rows = Assignment.objects.filter(
        handover=None, area__isnull=False, until__lt=on, until__gte=on - RUN_OUT
    )
    going_on = Assignment.objects.in_force(on).filter(
        area=OuterRef("area"), role=OuterRef("role"), person=OuterRef("person")
    )
    rows = rows.exclude(Exists(going_on))
    return list(rows.select_related("area", "person").order_by("until", "pk"))


@transaction.atomic
def _inherit(ran_out: Assignment, on: date, *, at: datetime) -> None:
    heir = _heir(ran_out, on)
    if heir is None or ran_out.until is None:
        return
    Handover.objects.bulk_create(
        [
            Handover(
                assignment=ran_out,
                successor=heir,
                by=heir,
                due_on=ran_out.until + DAY,
                note=ran_out.handover_note,
            )
        ],
        ignore_conflicts=True,
    )


def until_then(ended: Assignment, last_day: date, at: datetime) -> Person | None:
    """Return who takes what comes up until a last day still to come; None when it has come."""
    return _heir(ended, last_day + DAY) if last_day >= clock.day_of(at) else None


def _heir(ended: Assignment, on: date) -> Person | None:
    """Return who takes over on a day when nobody was named: the lead of the place, its deputy, or
    the lead of the nearest place above; None when there is nobody.
    """
    if ended.area is None:
        return None
    rows = (
        Assignment.objects.in_force(on)
        .filter(
            Q(area=ended.area, role__in=(Assignment.Role.LEAD, Assignment.Role.DEPUTY))
            | Q(area__in=ended.area.ancestor_ids[:-1], role=Assignment.Role.LEAD)
        )
        .exclude(person=ended.person_id)
        .select_related("person")
        .order_by("-area__path", "-role", "pk")
    )
    first = rows.first()
    return first.person if first is not None else None


def hand_over(handovers: list[Handover], *, at: datetime) -> None:
    """Keep the handovers and carry out those whose day has come.

    An assignment that ended before and now ends earlier hands over anew, to whom is named now.
    """
    Handover.objects.bulk_create(
        handovers,
        update_conflicts=True,
        unique_fields=["assignment"],
        update_fields=["successor", "by", "due_on", "note", "done_at"],
    )
    _pass_on_awaited(handovers)
    today = clock.day_of(at)
    waiting = [row for row in handovers if row.due_on > today]
    for handover in handovers:
        if handover.due_on <= today:
            carry_out(handover, at=at)
    for due_on in sorted({row.due_on for row in waiting}):
        later.wake_on(due_on)
