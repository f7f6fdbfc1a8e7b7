"""Looking up cases for somebody: what is not theirs is not there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS, Role
from footpath.assignments import selectors as assignments
from footpath.assignments.models import Assignment
from footpath.cases import rules
from footpath.cases.models import Attachment, Case, CaseQuerySet, Category, Entry, Participant
from footpath.cases.selectors.supervision import of_another_group
from footpath.core import clock, tree
from footpath.core.errors import NotThere
from footpath.core.prepared import Prepared, keep
from footpath.directory.models import Area, Organization, Person

RAISERS = frozenset({Role.MEMBER, Role.OFFICER, Role.HEAD, Role.OFFICE})
"""Roles that may raise a case in their places."""


def taking_part(person: Person) -> Q:
    """Return the condition on cases that a person raised, owns or has any part in."""
    return Q(pk__in=_of_person(person))


def of_organizations(person: Person) -> Q:
    """Return the condition on cases that are with the person's organizations, or where they take
    part themselves: those that belong there, and those whose agency was asked.
    """
    ours = person.scope.organizations()
    if not ours:
        return taking_part(person)
    with_them = (
        Case.objects.filter(organization__in=ours).values("pk"),
        Case.objects.filter(agency__in=ours).values("pk"),
    )
    return Q(pk__in=_of_person(person, *with_them))


def _of_person(person: Person, *more: QuerySet[Case, Any]) -> Any:
    parts = Participant.objects.filter(person=person).values("case_id")
    return parts.union(
        Case.objects.filter(raised_by=person).values("pk"),
        Case.objects.filter(owner=person).values("pk"),
        *more,
    )


def visible_to(person: Person) -> Q:
    """Return the condition on cases a person may read: their places, what is with their
    organizations, and where they take part.
    """
    condition = of_organizations(person)
    for path in person.scope.paths(READERS):
        if path == "":
            return Q()
        condition |= tree.in_subtree(path)
    return condition


def cases_for(person: Person, *, path: str | None = None) -> CaseQuerySet:
    """Return the cases of a subtree that a person may read; None is all that is theirs.

    A subtree that a reading role covers needs no further condition, so that the list is read from
    one index; anywhere else only cases they take part in are seen.
    """
    rows = Case.objects.all()
    if path is not None:
        rows = rows.in_subtree(path)
        if person.scope.covers(path, READERS):
            return rows
    return rows.filter(visible_to(person))


_CASE = Prepared(
    lambda pk: Case.objects.select_related(
        "category", "area__parent", "agency", "organization", "raised_by", "owner", "duplicate_of"
    ).filter(pk=pk),
    mark=-1,
)
_PARTICIPANTS = Prepared(
    lambda pk: Participant.objects.filter(case=pk).select_related("person").order_by("pk"), mark=-1
)
_ENTRIES = Prepared(
    lambda pk: (
        Entry.objects.filter(case=pk)
        .select_related("by", "to_person", "to_organization")
        .order_by("pk")
    ),
    mark=-1,
)
_ATTACHMENTS = Prepared(lambda pk: Attachment.objects.filter(case=pk).order_by("pk"), mark=-1)


def get_case_for(person: Person, *, pk: int) -> Case:
    """Return a case the person may read, with its people; NotThere otherwise."""
    case = _CASE.first(pk) if 0 < pk < 2**63 else None
    if case is None:
        raise NotThere
    keep(case, "participants", _PARTICIPANTS.rows(pk))
    if not may(person, "cases.see", case):
        raise NotThere
    return case


def thread_of(case: Case) -> list[Entry]:
    """Return the entries of a case in their order, with who did them and their attachments."""
    entries = _ENTRIES.rows(case.pk)
    files: dict[int | None, list[Attachment]] = {}
    for attachment in _ATTACHMENTS.rows(case.pk):
        files.setdefault(attachment.entry_id, []).append(attachment)
    for entry in entries:
        entry.case = case
        keep(entry, "attachments", files.get(entry.pk, []))
    return entries


def get_attachment_for(person: Person, *, case_id: int, pk: int) -> Attachment:
    """Return an attachment of a case the person may read; NotThere otherwise."""
    case = get_case_for(person, pk=case_id)
    attachment = case.attachments.filter(pk=pk).first()
    if attachment is None:
        raise NotThere
    return attachment


_CATEGORY = Prepared(
    lambda code: Category.objects.filter(code=code, is_active=True), mark="no such category"
)


def category_of(code: str) -> Category | None:
    """Return the category with this code if it may be chosen, else None."""
    return _CATEGORY.first(code)


def categories() -> list[Category]:
    """Return the categories that may be chosen, sorted by code."""
    return list(Category.objects.filter(is_active=True))


def deeds_for(person: Person, case: Case) -> frozenset[rules.Deed]:
    """Return what the person may do with the case now; who worked on it may not verify it."""
    state = rules.State(case.state)
    found = {
        deed
        for deed, states in rules.STATES_FOR.items()
        if state in states and may(person, f"cases.{deed}", case)
    }
    if rules.Deed.VERIFY in found:
        worked = workers_of(case)
        if person.pk in worked or not of_another_group(case, person.pk, worked):
            found.discard(rules.Deed.VERIFY)
    # A clock that stands can only run again, and one that runs can only be paused.
    found.discard(rules.Deed.PAUSE if case.paused_until else rules.Deed.RESUME)
    if not case.due_kind:
        found -= {rules.Deed.PAUSE, rules.Deed.EXTEND}
    return frozenset(found)


def verifier_for(case: Case, *, on: date) -> str:
    """Return the name of the nearest person in charge who did no part of the work, or ""."""
    leads = assignments.lead_of(tree.ids_of(case.area_path), on=on)
    worked = workers_of(case)
    for pk in reversed(tree.ids_of(case.area_path)):
        if (
            pk in leads
            and leads[pk].pk not in worked
            and of_another_group(case, leads[pk].pk, worked)
        ):
            return leads[pk].name
    return ""


def possible_owners(person: Person, case: Case, *, on: date) -> list[Person]:
    """Return who is proposed as owner: those in charge of the place and above, nearest first,
    then those who hold a post in a commune or district office there, sorted by name; at most 60.
    """
    ids = tree.ids_of(case.area_path)
    rows = (
        Assignment.objects.in_force(on)
        .filter(area__in=ids)
        .select_related("person")
        .order_by("-area__path", "role", "pk")
    )
    found = {row.person_id: row.person for row in rows}
    posts = (
        Person.objects.filter(
            Q(memberships__until=None) | Q(memberships__until__gte=on),
            memberships__start__lte=on,
            memberships__post__role__in=(Role.HEAD, Role.OFFICE),
            memberships__organization__area__in=ids,
        )
        .distinct()
        .order_by("name", "pk")[:60]
    )
    found |= {row.pk: row for row in posts if row.pk not in found}
    return [who for pk, who in found.items() if pk != case.owner_id][:60]


def agencies_for(person: Person, case: Case) -> list[Organization]:
    """Return the agencies of the places above a case, to which it can be escalated."""
    kind = Organization.Kind.AGENCY
    rows = Organization.objects.filter(area__in=tree.ids_of(case.area_path), kind=kind)
    return list(rows.order_by("name", "pk")[:100])


def places_to_raise_in(person: Person) -> list[Area]:
    """Return the places a form for a new case proposes: the person's own and those right below."""
    grants = [grant for grant in person.scope.grants if grant.role in RAISERS]
    paths = {grant.area_path for grant in grants if grant.area_path is not None}
    if not paths:
        return []
    own = Area.objects.filter(
        Q(path__in=paths) | Q(parent=None) if "" in paths else Q(path__in=paths)
    )
    rows = (
        Area.objects.in_force(clock.today())
        .filter(Q(pk__in=own.values("pk")) | Q(parent__in=own.values("pk")))
        .select_related("parent")
        .order_by("path")[:200]
    )
    # The first is the one somebody walks in: the deepest that they are in charge of.
    led = [grant.area_path or "" for grant in grants if grant.role == Role.OFFICER]
    first = max(sorted(led), key=len, default=None)
    return sorted(rows, key=lambda area: (area.path != first, area.path))


def workers_of(case: Case) -> frozenset[int]:
    """Return the keys of everybody who owned, guided or rectified the case in any round."""
    return frozenset(
        part.person_id for part in case.participants.all() if part.part in Participant.WORKED
    )
