"""Letters of assignment: numbered when somebody is put in charge. Source: S2.7."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from footpath.accounts import audit
from footpath.accounts.rules import Role
from footpath.assignments.letters import Basis, Duties, Handover, LetterFacts
from footpath.assignments.models import Assignment, DutyList, Letter, Plan
from footpath.core import clock
from footpath.directory.models import Area, Membership, Organization, Person
from footpath.planning import files

SIGNERS = (Role.HEAD, Role.OFFICE)


@transaction.atomic
def issue_letters(
    made: Sequence[Assignment],
    *,
    by: Person,
    at: datetime,
    plan: Plan | None = None,
    leads_before: Mapping[int, Person] | None = None,
) -> list[Letter]:
    """Number a letter for each assignment that was just made, and return them in that order.

    Signed by the person, in the name of the organization where the person holds the post that the
    deed needs; numbers run on in each organization and year. What a letter says is kept with it,
    as it is now. ``leads_before`` says who was in charge of each place. Source: S2.7.
    """
    if not made:
        return []
    path = plan.path if plan is not None else min(_path(row) for row in made)
    seat = _seat_of(by, path)
    organization = seat.organization if seat is not None else None
    series = organization.code if organization is not None else ""
    if organization is not None:
        # Whoever else issues letters here waits for our numbers.
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    day = clock.day_of(at)
    last = Letter.objects.filter(series=series, year=day.year).aggregate(last=Max("number"))["last"]
    facts = _facts_of(made, seat, by=by, day=day, leads_before=leads_before or {})
    letters = []
    for number, row in enumerate(made, start=(last or 0) + 1):
        said = facts[row.pk]
        said["number"] = f"{number}/{day.year}"
        letters.append(
            Letter(
                assignment=row,
                plan=plan,
                organization=organization,
                series=series,
                year=day.year,
                number=number,
                issued_on=day,
                signed_by=by,
                language=_language_of(row.person),
                facts=said,
            )
        )
    Letter.objects.bulk_create(letters)
    for letter in letters:
        audit.record(
            "letter.issued",
            by=by,
            subject=letter,
            at=at,
            after={
                "assignment": letter.assignment_id,
                "number": str(letter),
                "facts": letter.facts,
            },
        )
    return letters


def facts_of(letter: Letter, *, address: str) -> LetterFacts:
    """Return what a letter says, as it was kept; ``address`` is that of the assignment's page."""
    text = json.dumps(letter.facts | {"address": address}, ensure_ascii=False)
    return files.loads(text, LetterFacts)


def _facts_of(
    made: Sequence[Assignment],
    seat: Membership | None,
    *,
    by: Person,
    day: date,
    leads_before: Mapping[int, Person],
) -> dict[int, dict[str, Any]]:
    """Return what each letter says, by assignment: a fixed number of queries."""
    posts = _posts_of([row.person_id for row in made], day)
    above = _areas_above(made)
    duties = _duties_of(made)
    issuer = seat.organization if seat is not None else None
    found = {}
    for row in made:
        thing = row.area or row.organization
        before = leads_before.get(row.area_id or 0)
        works = posts.get(row.person_id)
        facts = LetterFacts(
            organization=issuer.name if issuer is not None else "",
            above=issuer.parent.name if issuer is not None and issuer.parent else "",
            issued_at=issuer.area.short_name if issuer is not None and issuer.area else "",
            day=day,
            person=row.person.name,
            post=works.post.title if works is not None and works.post else "",
            works_in=works.organization.name if works is not None else "",
            role=str(row.role),
            subject=thing.name if thing is not None else "",
            of_organization=row.organization_id is not None,
            path=tuple(above[pk].name for pk in _ids(row)[:-1] if pk in above),
            start=row.start,
            until=row.until,
            basis=(Basis(row.basis.number, row.basis.issued_on, row.basis.issuer, row.basis.title),)
            if row.basis is not None
            else (),
            duties=tuple(duties[row.pk]),
            handover=Handover(person=before.name)
            if before is not None and row.role == Assignment.Role.LEAD and before != row.person
            else None,
            signed_by=by.name,
            signed_as=seat.post.title if seat is not None and seat.post else "",
            address="",
        )
        found[row.pk] = json.loads(files.dumps(facts))
    return found


def _seat_of(person: Person, path: str) -> Membership | None:
    """Return the membership whose post lets the person sign for the place, the nearest one."""
    rows = (
        _memberships(clock.today())
        .filter(person=person, post__role__in=SIGNERS)
        .select_related("organization__area", "organization__parent", "post__area")
        .order_by("pk")
    )
    fitting = [
        row
        for row in rows
        if row.post is not None
        and path.startswith(row.post.area.path if row.post.area else row.organization.path)
    ]
    return max(fitting, key=lambda row: (len(row.organization.path), -row.pk), default=None)


def _posts_of(people: Iterable[int], day: date) -> dict[int, Membership]:
    rows = (
        _memberships(day)
        .filter(person__in=list(people))
        .select_related("organization", "post")
        .order_by("start", "pk")
    )
    return {row.person_id: row for row in rows}


def _memberships(day: date) -> Any:
    return Membership.objects.filter(Q(until=None) | Q(until__gte=day), start__lte=day)


def _areas_above(made: Iterable[Assignment]) -> dict[int, Area]:
    return Area.objects.in_bulk({pk for row in made for pk in _ids(row)})


def _ids(row: Assignment) -> list[int]:
    return row.area.ancestor_ids if row.area is not None else []


def _path(row: Assignment) -> str:
    if row.area is not None:
        return str(row.area.path)
    return row.organization.path if row.organization is not None else ""


def _duties_of(made: Sequence[Assignment]) -> dict[int, list[Duties]]:
    """Return the duty lists of each assignment's role at its place and above, on its first day."""
    lists = list(
        DutyList.objects.filter(area__in={pk for row in made for pk in _ids(row)})
        .prefetch_related("items")
        .order_by("area__path", "start", "pk")
    )
    return {
        row.pk: [
            Duties(held.title, tuple(item.text for item in held.items.all()))
            for held in lists
            if held.area_id in _ids(row)
            and held.role == row.role
            and held.start <= row.start
            and (held.until is None or held.until >= row.start)
        ]
        for row in made
    }


def _language_of(person: Person) -> str:
    """Return the language that the officer reads; that of the house when none is chosen."""
    chosen = person.user.language if person.user is not None else ""
    return chosen or settings.LANGUAGE_CODE
