"""Standing in for an absent lead: at every moment somebody acts. Source: S2.1, S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.services import scope_changed
from footpath.assignments import rules, selectors
from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.assignments.rules import Span
from footpath.core import formats
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person


class StandInMissing(RuleBroken):
    """Nobody would act at some places; ``places`` names them (HTTP 409)."""

    def __init__(self, sentence: str, places: Sequence[Assignment]) -> None:
        super().__init__(sentence)
        self.places = tuple(places)


def names(rows: Iterable[Assignment]) -> str:
    """Return the names of the places of assignments, in one line."""
    return ", ".join(str(row.area or row.organization) for row in rows)


def cover_absences_of(made: Sequence[Assignment], *, by: Person, at: datetime) -> None:
    """Let the deputies stand in where somebody newly put in charge is absent on some days.

    Raises StandInMissing when there is no deputy who is present: whoever is put in charge first
    needs a deputy, another first day, or an end of the absence.
    """
    leads = [row for row in made if row.role == Assignment.Role.LEAD and row.area_id is not None]
    if not leads:
        return
    first = Span(min(row.start for row in leads))
    absences = Absence.objects.filter(
        person__in={row.person_id for row in leads}, until__gte=first.start, withdrawn_at=None
    ).order_by("start", "pk")
    by_person: dict[int, list[Absence]] = {}
    for absence in absences:
        by_person.setdefault(absence.person_id, []).append(absence)
    for lead in leads:
        for absence in by_person.get(lead.person_id, ()):
            shared = selectors.span_of(lead).within(selectors.span_of(absence))
            if shared is not None:
                _cover(lead, absence, shared, by=by, at=at)


def _cover(lead: Assignment, absence: Absence, days: Span, *, by: Person, at: datetime) -> None:
    deputies = selectors.deputies_during([lead.area_id], days).get(lead.area_id or 0, [])
    absent = selectors.away([row.person_id for row in deputies], days)
    acts = rules.stand_in_for(
        days, lead.person_id, [selectors.held(row) for row in deputies], None, absent
    )
    if acts is None:
        raise StandInMissing(
            _(
                "%(person)s is absent from %(start)s to %(until)s, and %(place)s has no deputy "
                "who is there. Choose a later first day, or put a deputy in charge first."
            )
            % {
                "person": lead.person.name,
                "start": formats.day_year(absence.start),
                "until": formats.day_year(absence.until),
                "place": str(lead.area),
            },
            [lead],
        )
    StandIn.objects.create(
        absence=absence,
        assignment=lead,
        person_id=acts,
        start=days.start,
        until=days.until or absence.until,
    )
    audit.record(
        "absence.stand_in_named",
        by=by,
        subject=absence,
        at=at,
        after={"assignment": lead.pk, "person": acts},
    )
    scope_changed(row.person.user_id for row in deputies if row.person_id == acts)


def release(
    ended: Assignment, last_day: date, successor: Person | None, *, by: Person, at: datetime
) -> None:
    """Bring the stand-ins in line with the end of an assignment.

    Nobody stands in for somebody who no longer leads. Where whoever leaves as deputy was to stand
    in, the successor does from the day after, when present; RuleBroken when nobody would.
    """
    after = StandIn.objects.filter(assignment=ended, until__gt=last_day)
    people = list(after.values_list("person__user_id", flat=True))
    after.filter(start__gt=last_day).delete()
    after.update(until=last_day)
    scope_changed(people)
    if ended.role == Assignment.Role.DEPUTY and ended.area_id is not None:
        _pass_on(ended, last_day, successor, by=by, at=at)


def _pass_on(
    ended: Assignment, last_day: date, successor: Person | None, *, by: Person, at: datetime
) -> None:
    later = Span(last_day + timedelta(days=1))
    for row in selectors.standing_during(ended.person, later):
        if row.assignment.area_id != ended.area_id:
            continue
        days = selectors.span_of(row).within(later)
        if days is None:
            continue
        acts = (
            rules.stand_in_for(
                days,
                row.assignment.person_id,
                [],
                successor.pk,
                selectors.away([successor.pk], days),
            )
            if successor is not None
            else None
        )
        if acts is None or successor is None:
            raise StandInMissing(
                _(
                    "%(person)s stands in for %(lead)s in %(place)s until %(until)s. "
                    "Name somebody else to stand in first."
                )
                % {
                    "person": ended.person.name,
                    "lead": row.assignment.person.name,
                    "place": str(row.assignment.area),
                    "until": formats.day_year(row.until),
                },
                [row.assignment],
            )
        give_to(row, successor, days.start)
        audit.record(
            "absence.stand_in_named",
            by=by,
            subject=row.absence,
            at=at,
            before={"assignment": row.assignment_id, "person": ended.person_id},
            after={
                "assignment": row.assignment_id,
                "person": successor.pk,
                "start": days.start.isoformat(),
            },
        )


def give_to(row: StandIn, person: Person, start: date) -> None:
    """Let somebody else stand in from a day on; before it whoever did stays."""
    if start <= row.start:
        StandIn.objects.filter(pk=row.pk).update(person=person)
    else:
        StandIn.objects.filter(pk=row.pk).update(until=start - timedelta(days=1))
        StandIn.objects.create(
            absence_id=row.absence_id,
            assignment_id=row.assignment_id,
            person=person,
            start=start,
            until=row.until,
        )
    scope_changed([row.person.user_id, person.user_id])
