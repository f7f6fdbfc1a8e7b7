"""Looking up letters of assignment."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.assignments.models import (
    Assignment,
    Letter,
    Plan,
)
from footpath.core.errors import NotThere
from footpath.directory.models import Person


def letters_of(plan: Plan) -> list[Letter]:
    """Return the letters of an approved plan by number. One query."""
    return list(
        plan.letters.select_related("assignment__person", "assignment__area").order_by("number")
    )


def letter_of(person: Person, assignment: Assignment) -> Letter | None:
    """Return the letter of an assignment if there is one and the person may read it."""
    own = assignment.person_id == person.pk
    if not own and not may(person, "assignments.see_plan", assignment):
        return None
    return Letter.objects.filter(assignment=assignment).first()


def get_letter_for(person: Person, *, pk: int) -> Letter:
    """Return a letter: for whom it is addressed to, and for readers of plans in that place."""
    found = (
        Letter.objects.select_related(
            "assignment__person", "assignment__area", "assignment__organization__area", "plan"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotThere
    own = found.assignment.person_id == person.pk
    if not own and not may(person, "assignments.see_plan", found.assignment):
        raise NotThere
    return found
