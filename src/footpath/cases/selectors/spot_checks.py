"""Looking up spot checks, and what they are drawn from."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.cases.models import Case, Participant, Round, SpotCheck
from footpath.cases.selectors.listing import in_month
from footpath.cases.selectors.reading import get_case_for
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person

NEWEST = Order("pk", descending=True, read=int)
PARTS = (*Participant.WORKED, Participant.Part.VERIFIER)


def confirmed_rounds(area: Area, month: Month) -> QuerySet[Round]:
    """Return the rounds confirmed in a month in a place and everything below it."""
    cases = Case.objects.filter(tree.in_subtree(area.path))
    return Round.objects.filter(
        in_month("verified_at", month), result=Round.Result.CONFIRMED, case__in=cases
    )


def unfit_to_check(case: Case) -> frozenset[int]:
    """Return who worked on a case or verified it in any round: they make no spot check of it."""
    rows = Participant.objects.filter(case=case, part__in=PARTS)
    verified = Round.objects.filter(case=case).exclude(verified_by=None)
    return frozenset(rows.values_list("person_id", flat=True)) | frozenset(
        pk for pk in verified.values_list("verified_by_id", flat=True) if pk is not None
    )


def spot_checks_for(
    person: Person, *, area: Area | None = None, open_only: bool = True, after: str | None = None
) -> Page[SpotCheck]:
    """Return the spot checks in the person's places, the newest first."""
    places = Q(pk__in=())
    for path in person.scope.paths(READERS):
        places |= tree.in_subtree(path) if path else Q(pk__isnull=False)
    cases = Case.objects.filter(places)
    if area is not None:
        cases = cases.filter(tree.in_subtree(area.path))
    rows = SpotCheck.objects.filter(round__case__in=cases.values("pk")).select_related(
        "round__case__area__parent", "round__verified_by", "checked_by"
    )
    if open_only:
        rows = rows.filter(result="")
    return page_of(rows, order=NEWEST, after=after)


def waits_for(person: Person) -> bool:
    """Return whether a spot check in the person's places is still to be made."""
    if not may(person, "cases.check") or not SpotCheck.objects.filter(result="").exists():
        return False
    return bool(spot_checks_for(person).rows)


def get_spot_check_for(person: Person, *, pk: int) -> SpotCheck:
    """Return a spot check of a case the person may read; NotThere otherwise."""
    found = (
        SpotCheck.objects.select_related("round__verified_by", "drawn_by", "checked_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotThere
    found.round.case = get_case_for(person, pk=found.round.case_id)
    return found


def may_check(person: Person, case: Case) -> bool:
    """Return whether the person may make the spot check of a case."""
    return may(person, "cases.check", case) and person.pk not in unfit_to_check(case)
