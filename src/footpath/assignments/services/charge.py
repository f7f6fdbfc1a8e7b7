"""Putting somebody in charge, and the papers it rests on. Source: S2.1, S2.7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import handing, selectors
from footpath.assignments.models import Assignment, BasisDocument
from footpath.assignments.rules import Hindrance
from footpath.assignments.services import later
from footpath.assignments.services.locking import lock
from footpath.assignments.services.standing import cover_absences_of
from footpath.assignments.services.values import check_days
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person


class NeedsReason(RuleBroken):
    """A limit or a conflict of interest speaks against it; ``against`` says which (HTTP 409).

    The deed goes through when the reason for an exception is given with it.
    """

    field = "exception"

    def __init__(self, sentence: str, against: Sequence[Hindrance]) -> None:
        super().__init__(sentence)
        self.against = tuple(against)


@transaction.atomic
def put_in_charge(  # noqa: PLR0913 - the values of an assignment
    *,
    person: Person,
    start: date,
    by: Person,
    at: datetime,
    area: Area | None = None,
    organization: Organization | None = None,
    role: str = Assignment.Role.LEAD,
    basis: BasisDocument | None = None,
    until: date | None = None,
    exception: str = "",
) -> Assignment:
    """Put a person in charge of a place or an organization and return the assignment.

    Both ends of the span are included; without ``until`` it is open. Raises InvalidValue for a
    span that cannot be, RuleBroken when the role is already held on one of the days: the sentence
    says by whom and until when; NeedsReason when the person lives there, has relatives there, has
    places enough or has been there too long, unless ``exception`` gives a reason; StandInMissing
    when the person is absent on a day and nobody would act. Of writers at the same moment exactly
    one wins, because the place is locked and the database itself refuses a second.
    Source: S2.1, S2.7.
    """
    thing = area if area is not None else organization
    if thing is None or (area is not None and organization is not None):
        raise InvalidValue(_("Choose one place or one organization."), field="place")
    require(by, "assignments.assign", thing)
    _check_values(role=role, start=start, until=until, area=area)
    made = Assignment(
        person=person,
        area=area,
        organization=organization,
        role=role,
        basis=basis,
        start=start,
        until=until,
        exception=exception.strip() or None,
    )
    people = {person.pk} | (deputies_of(made) if role == Assignment.Role.LEAD else set())
    lock(
        areas=[area.pk] if area is not None else [],
        organizations=[organization.pk] if organization is not None else [],
        people=people,
    )
    _refuse_if_held(made)
    refuse_lead_as_deputy(made)
    refuse_without_reason(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        _refuse_if_held(made)
        raise
    audit.record("assignment.made", by=by, subject=made, at=at, after=snapshot(made))
    cover_absences_of([made], by=by, at=at)
    handing.follow([area.pk] if area is not None else [], start, until, by=by, at=at)
    if until is not None:
        later.wake_on(until + timedelta(days=1))
    scope_changed([person.user_id])
    return made


@transaction.atomic
def change_basis(
    *, assignment: Assignment, basis: BasisDocument | None, by: Person, at: datetime
) -> None:
    """Change the document that an assignment rests on; None when it rests on none. Source: S2.7."""
    require(by, "assignments.assign", assignment)
    before = snapshot(assignment)
    changed = Assignment.objects.filter(pk=assignment.pk, basis_id=assignment.basis_id).update(
        basis=basis
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this assignment."))
    assignment.basis = basis
    audit.record(
        "assignment.basis_changed",
        by=by,
        subject=assignment,
        at=at,
        before=before,
        after=snapshot(assignment),
    )


@transaction.atomic
def create_basis_document(
    *,
    number: str,
    issued_on: date,
    by: Person,
    at: datetime,
    issuer: str = "",
    title: str = "",
) -> BasisDocument:
    """Return the document with this number and date; written down first when it is new.

    Raises InvalidValue without a number. Source: S2.7.
    """
    require(by, "assignments.assign")
    number = " ".join(number.split())
    if not number:
        raise InvalidValue(_("Give the number of the document."), field="number")
    document, created = BasisDocument.objects.get_or_create(
        number=number,
        issued_on=issued_on,
        defaults={"issuer": issuer.strip(), "title": title.strip()},
    )
    if created:
        audit.record(
            "assignment.basis_written",
            by=by,
            subject=document,
            at=at,
            after={"number": number, "issued_on": issued_on.isoformat()},
        )
    return document


def refuse_without_reason(wanted: Assignment) -> None:
    """Raise NeedsReason when something speaks against it and no reason for an exception is given.

    What is not a place, and roles that only watch, are never refused.
    """
    if wanted.exception or wanted.area is None:
        return
    against = selectors.hindrances_for(
        wanted.person, wanted.area, role=wanted.role, start=wanted.start
    )
    if against:
        raise NeedsReason(
            " ".join(
                [
                    *(said_against(row, wanted.person, wanted.area) for row in against),
                    _("Choose somebody else, or give the reason for an exception."),
                ]
            ),
            against,
        )


def refuse_lead_as_deputy(wanted: Assignment) -> None:
    """Raise RuleBroken when the lead of the place would be its deputy: nobody would stand in.

    A deputy may become the lead, and is replaced as deputy later.
    """
    if wanted.role != Assignment.Role.DEPUTY or wanted.area_id is None:
        return
    lead = Assignment(
        area=wanted.area, role=Assignment.Role.LEAD, start=wanted.start, until=wanted.until
    )
    held = selectors.overlapping(lead, by=wanted.person)
    if held is not None:
        raise RuleBroken(said_of_holder(held, wanted.start))


def said_against(hindrance: Hindrance, person: Person, area: Area) -> str:
    """Return the sentence about what speaks against a person at a place."""
    sentences = {
        Hindrance.HOME: _("%(person)s lives in %(place)s."),
        Hindrance.RELATIVES: _("%(person)s has relatives in %(place)s."),
        Hindrance.FULL: _("%(person)s already leads as many places as the limit allows."),
        Hindrance.BOUND: _("%(person)s is bound to the desk and leads no place."),
        Hindrance.TERM: _("%(person)s has led %(place)s for as long as the policy allows."),
    }
    return sentences[hindrance] % {"person": person.name, "place": area.name}


def deputies_of(wanted: Assignment) -> set[int]:
    """Return the keys of the deputies of the place on a day of the assignment."""
    rows = selectors.deputies_during([wanted.area_id], selectors.span_of(wanted))
    return {row.person_id for found in rows.values() for row in found}


def snapshot(assignment: Assignment) -> dict[str, object]:
    """Return the values of an assignment that the trail keeps a digest of."""
    return {
        "person": assignment.person_id,
        "area": assignment.area_id,
        "organization": assignment.organization_id,
        "role": str(assignment.role),
        "basis": assignment.basis_id,
        "start": assignment.start.isoformat(),
        "until": assignment.until.isoformat() if assignment.until else None,
        "handover_note": assignment.handover_note,
        "exception": assignment.exception or "",
    }


def _check_values(*, role: str, start: date, until: date | None, area: Area | None) -> None:
    if role not in Assignment.Role.values:
        raise InvalidValue(_("There is no such role."), field="role")
    check_days(start, until)
    refuse_if_closed(area, start)


def refuse_if_closed(area: Area | None, start: date) -> None:
    """Raise InvalidValue when the place no longer exists on the day."""
    ended = area.valid_until if area is not None else None
    if area is not None and ended is not None and start > ended:
        raise InvalidValue(
            _("%(place)s has not existed since %(day)s.")
            % {"place": area.name, "day": formats.day_year(ended)},
            field="start",
        )


def _refuse_if_held(wanted: Assignment) -> None:
    held = selectors.overlapping(wanted)
    if held is not None:
        raise RuleBroken(said_of_holder(held, wanted.start))


def said_of_holder(held: Assignment, start: date) -> str:
    """Return the sentence about who holds the role on or after the day."""
    values = {
        "person": held.person.name,
        "place": str(held.area or held.organization),
        "role": held.get_role_display(),
        "day": formats.day_year(held.until),
        "start": formats.day_year(held.start),
    }
    if held.start > start:
        sentence = _(
            "%(person)s will be in charge of %(place)s (%(role)s) from %(start)s. "
            "Choose a last day before that, or end that assignment first."
        )
    elif held.until is None:
        sentence = _(
            "%(person)s is in charge of %(place)s (%(role)s) and no last day is set. "
            "End that assignment first."
        )
    else:
        sentence = _(
            "%(person)s is in charge of %(place)s (%(role)s) until %(day)s. "
            "Choose a later first day, or end that assignment first."
        )
    return sentence % values
