"""Looking up cases for somebody: what is not theirs is not there."""

from __future__ import annotations

from django.db.models import Prefetch, Q

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.cases import rules
from footpath.cases.models import Attachment, Case, CaseQuerySet, Category, Entry, Participant
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.directory.models import Person


def visible_to(person: Person) -> Q:
    """Return the condition on cases that a person may read: their places, and where they take part."""
    condition = Q(raised_by=person) | Q(owner=person)
    condition |= Q(pk__in=Participant.objects.filter(person=person).values("case_id"))
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


def get_case_for(person: Person, *, pk: int) -> Case:
    """Return a case the person may read, with its people; NotThere otherwise."""
    case = (
        Case.objects.select_related(
            "category", "area", "agency", "raised_by", "owner", "duplicate_of"
        )
        .prefetch_related(
            Prefetch("participants", Participant.objects.select_related("person").order_by("pk"))
        )
        .filter(pk=pk)
        .first()
    )
    if case is None or not may(person, "cases.see", case):
        raise NotThere
    return case


def thread_of(case: Case) -> list[Entry]:
    """Return the entries of a case in their order, with who did them and their attachments."""
    return list(
        case.entries.select_related("by", "to_person", "to_organization").prefetch_related(
            "attachments"
        )
    )


def get_attachment_for(person: Person, *, case_id: int, pk: int) -> Attachment:
    """Return an attachment of a case the person may read; NotThere otherwise."""
    case = get_case_for(person, pk=case_id)
    attachment = case.attachments.filter(pk=pk).first()
    if attachment is None:
        raise NotThere
    return attachment


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
    if rules.Deed.VERIFY in found and person.pk in workers_of(case):
        found.discard(rules.Deed.VERIFY)
    return frozenset(found)


def workers_of(case: Case) -> frozenset[int]:
    """Return the keys of everybody who owned, guided or rectified the case in any round."""
    return frozenset(
        part.person_id for part in case.participants.all() if part.part in Participant.WORKED
    )
