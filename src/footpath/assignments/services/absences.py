"""Absence: leave, illness, training, a mission; its stand-ins, and coming back. Source: S2.2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import handing, rules, selectors
from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.assignments.rules import Span
from footpath.assignments.services.locking import lock
from footpath.assignments.services.standing import StandInMissing, give_to, names
from footpath.assignments.services.values import check_days
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person


@transaction.atomic
def record_absence(
    *,
    person: Person,
    start: date,
    until: date,
    by: Person,
    at: datetime,
    kind: str = Absence.Kind.LEAVE,
    stand_ins: Mapping[Assignment, Person] | None = None,
) -> Absence:
    """Record that an officer is away, both days included, and return the absence.

    At each place led on those days somebody acts: whoever ``stand_ins`` names for the assignment,
    otherwise the deputy; they hold the officer's rights there on those days and no others. Raises
    InvalidValue for days that cannot be, StandInMissing with the places where nobody would act or
    where the person was to stand in, RuleBroken when one of the days is recorded already. Of two
    at the same moment that would leave a place alone, one is refused. Source: S2.1, S2.2.
    """
    require(by, "assignments.absence", person)
    _check_values(kind, start, until)
    days = Span(start, until)
    named = {row.pk: who for row, who in (stand_ins or {}).items()}
    people = _concerned(person, days, named)
    lock(people=people)
    if _concerned(person, days, named) != people:
        raise StaleState(_("Somebody else has changed who is in charge. Read it again first."))
    _refuse_twice(person, days)
    _refuse_standing(person, days)
    covers = selectors.covers_for(person, days, named=named)
    alone = [cover.assignment for cover in covers if cover.acts is None]
    if alone:
        raise StandInMissing(
            _("Nobody would act in %(places)s. Name somebody who is there on these days.")
            % {"places": names(alone)},
            alone,
        )
    absence = Absence.objects.create(
        person=person, kind=kind, start=start, until=until, recorded_by=by, recorded_at=at
    )
    StandIn.objects.bulk_create(
        StandIn(
            absence=absence,
            assignment=cover.assignment,
            person_id=cover.acts,
            start=cover.days.start,
            until=cover.days.until or until,
        )
        for cover in covers
        if cover.acts is not None
    )
    audit.record("absence.recorded", by=by, subject=absence, at=at, after=snapshot(absence))
    _told(absence, start, until, by=by, at=at)
    return absence


@transaction.atomic
def name_stand_in(
    *, stand_in: StandIn, person: Person, by: Person, at: datetime, start: date | None = None
) -> None:
    """Let somebody else stand in from a day on; without a day from the first one.

    Raises StandInMissing when the other is absent or is the lead, RuleBroken when the absence is
    over, StaleState when somebody else was quicker.
    """
    absence = stand_in.absence
    require(by, "assignments.absence", absence.person)
    _refuse_over(absence, at)
    lock(people=[absence.person_id, stand_in.person_id, person.pk])
    found = (
        StandIn.objects.filter(
            pk=stand_in.pk, person=stand_in.person_id, absence__withdrawn_at=None
        )
        .select_related("assignment__area", "person")
        .first()
    )
    first = max(start or stand_in.start, stand_in.start)
    if found is None or first > found.until:
        raise StaleState(_("Somebody else has already changed this absence."))
    days = Span(first, found.until)
    away = selectors.away([person.pk], days)
    if rules.stand_in_for(days, found.assignment.person_id, [], person.pk, away) is None:
        raise StandInMissing(
            _("%(person)s is not there on these days. Name somebody else.")
            % {"person": person.name},
            [found.assignment],
        )
    before = snapshot(absence)
    give_to(found, person, first)
    audit.record(
        "absence.stand_in_named",
        by=by,
        subject=absence,
        at=at,
        before=before,
        after=snapshot(absence),
    )
    _told(absence, first, found.until, by=by, at=at)


@transaction.atomic
def come_back(*, absence: Absence, by: Person, at: datetime, last_day: date | None = None) -> None:
    """End an absence earlier, after its last day (included); without a day it never was.

    Whoever stood in stops on the same day. Raises InvalidValue for a day that is no earlier,
    RuleBroken when it is over, StaleState when somebody else was quicker.
    """
    require(by, "assignments.absence", absence.person)
    _refuse_over(absence, at)
    if last_day is not None and last_day >= absence.until:
        raise InvalidValue(
            _("The absence ends on %(day)s already. Choose an earlier day.")
            % {"day": formats.day_year(absence.until)},
            field="last_day",
        )
    lock(people=[absence.person_id])
    before = snapshot(absence)
    until = absence.until
    still = Absence.objects.filter(pk=absence.pk, until=until, withdrawn_at=None)
    gone = last_day is None or last_day < absence.start
    changed = still.update(withdrawn_at=at) if gone else still.update(until=last_day)
    if not changed:
        raise StaleState(_("Somebody else has already changed this absence."))
    scope_changed(absence.stand_ins.values_list("person__user_id", flat=True))
    if last_day is None or gone:
        absence.withdrawn_at = at
        first = absence.start
    else:
        absence.until = last_day
        first = last_day
        absence.stand_ins.filter(start__gt=last_day).delete()
        absence.stand_ins.filter(until__gt=last_day).update(until=last_day)
    audit.record(
        "absence.withdrawn" if gone else "absence.shortened",
        by=by,
        subject=absence,
        at=at,
        before=before,
        after=snapshot(absence),
    )
    _told(absence, first, until, by=by, at=at)


def snapshot(absence: Absence) -> dict[str, object]:
    """Return the values of an absence that the trail keeps a digest of."""
    rows = absence.stand_ins.order_by("assignment_id", "start")
    return {
        "person": absence.person_id,
        "kind": str(absence.kind),
        "start": absence.start.isoformat(),
        "until": absence.until.isoformat(),
        "withdrawn": absence.withdrawn_at is not None,
        "stand_ins": [
            [row.assignment_id, row.person_id, row.start.isoformat(), row.until.isoformat()]
            for row in rows
        ],
    }


def _check_values(kind: str, start: date, until: date) -> None:
    if kind not in Absence.Kind.values:
        raise InvalidValue(_("Choose one of the kinds."), field="kind")
    check_days(start, until)


def _refuse_over(absence: Absence, at: datetime) -> None:
    if absence.until < clock.day_of(at):
        raise RuleBroken(_("This absence is over. What was recorded stays as it is."))


def _concerned(person: Person, days: Span, named: Mapping[int, Person]) -> set[int]:
    """Return the keys of everybody whose presence counts: they must not change meanwhile."""
    leads = selectors.leads_during(person, days)
    deputies = selectors.deputies_during([row.area_id for row in leads], days)
    return (
        {person.pk}
        | {who.pk for who in named.values()}
        | {row.person_id for rows in deputies.values() for row in rows}
    )


def _refuse_twice(person: Person, days: Span) -> None:
    already = selectors.away([person.pk], days)
    if already:
        span = already[0].span
        raise RuleBroken(
            _(
                "%(person)s is recorded as absent from %(start)s to %(until)s already. "
                "Change that absence, or choose other days."
            )
            % {
                "person": person.name,
                "start": formats.day_year(span.start),
                "until": formats.day_year(span.until),
            }
        )


def _refuse_standing(person: Person, days: Span) -> None:
    standing = selectors.standing_during(person, days)
    if standing:
        row = standing[0]
        raise StandInMissing(
            _(
                "%(person)s stands in for %(lead)s in %(place)s until %(until)s. "
                "Name somebody else to stand in first."
            )
            % {
                "person": person.name,
                "lead": row.assignment.person.name,
                "place": str(row.assignment.area),
                "until": formats.day_year(row.until),
            },
            [row.assignment for row in standing],
        )


def _told(absence: Absence, start: date, until: date, *, by: Person, at: datetime) -> None:
    """Let everything that depends on who acts follow: rights, duty lists of meetings."""
    rows = absence.stand_ins.select_related("assignment")
    scope_changed(absence.stand_ins.values_list("person__user_id", flat=True))
    # Also where the person does not lead: whoever is absent is expected at no meeting.
    places = {row.assignment.area_id for row in rows} | set(
        Assignment.objects.in_force(start)
        .filter(person=absence.person_id, area__isnull=False)
        .values_list("area_id", flat=True)
    )
    handing.follow(sorted(pk for pk in places if pk), start, until, by=by, at=at)
