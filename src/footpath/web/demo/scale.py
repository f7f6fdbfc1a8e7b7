"""How much of the district is lived through: all of it, or a little for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers of places, people and cases; meetings follow from the places."""

    communes: int
    hamlets: int
    hamlets_without_lead: int
    groups: int
    groups_without_lead: int
    people: int
    hamlet_officers: int
    clusters: int
    cases: int
    history: tuple[int, ...]
    """Cases of the months before, the oldest first."""

    @property
    def meetings(self) -> int:
        """Return the meetings of a month: each hamlet, each commune, five of the district."""
        return self.hamlets + self.communes + 5


FULL = Scale(
    communes=16,
    hamlets=117,
    hamlets_without_lead=3,
    groups=1104,
    groups_without_lead=15,
    people=750,
    hamlet_officers=109,
    clusters=4,
    cases=400,
    history=(14, 19, 23, 26, 31, 37),
)

SMALL = Scale(
    communes=2,
    hamlets=12,
    hamlets_without_lead=1,
    groups=24,
    groups_without_lead=2,
    people=60,
    hamlet_officers=10,
    clusters=1,
    cases=40,
    history=(2, 3),
)
