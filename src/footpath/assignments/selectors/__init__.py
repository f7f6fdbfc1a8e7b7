"""Look-ups of this room, one file per noun; other rooms take the names from here."""

from footpath.assignments.selectors.charge import (
    Candidate,
    assignments_of,
    basis_documents,
    candidates,
    get_assignment_for,
    grants_of_assignments,
    history_of,
    history_of_area,
    in_charge_of,
    lead_of,
    overlapping,
)
from footpath.assignments.selectors.covered import (
    ChildCoverage,
    Covered,
    TierCoverage,
    coverage,
    coverage_by_child,
    coverage_rates,
    places_of_tier,
    rate_of,
    rates_of_children,
)

__all__ = [
    "Candidate",
    "ChildCoverage",
    "Covered",
    "TierCoverage",
    "assignments_of",
    "basis_documents",
    "candidates",
    "coverage",
    "coverage_by_child",
    "coverage_rates",
    "get_assignment_for",
    "grants_of_assignments",
    "history_of",
    "history_of_area",
    "in_charge_of",
    "lead_of",
    "overlapping",
    "places_of_tier",
    "rate_of",
    "rates_of_children",
]
