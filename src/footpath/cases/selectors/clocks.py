"""Targets and clocks: how long a leg may take, and how each due date was counted."""

from __future__ import annotations

from django.db.models import Q

from footpath.cases.models import Case, Target
from footpath.core.prepared import Prepared

_TARGETS = Prepared(
    lambda pk: Target.objects.filter(Q(category=None) | Q(category=pk)).select_related("tier"),
    mark=-1,
)


def targets_for(case: Case) -> dict[str, Target]:
    """Return the target of each leg of a case that has one: the most particular counts.

    Category and tier, then category, then tier, then for all. One query, read anew each time.
    """
    found: dict[str, tuple[int, Target]] = {}
    for row in _TARGETS.rows(case.category_id):
        if row.tier is not None and row.tier.level != case.level:
            continue
        rank = 2 * (row.category_id is not None) + (row.tier is not None)
        if row.kind not in found or rank > found[row.kind][0]:
            found[row.kind] = (rank, row)
    return {kind: row for kind, (_rank, row) in found.items()}
