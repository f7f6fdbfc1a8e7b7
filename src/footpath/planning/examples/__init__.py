"""Made-up districts, the same for the same seed: to try the engine, to test and to measure it.

No real place, no real person. Size and shape follow a rural district: 21 communes, 117 hamlets,
1,100 household groups, 150 officers of the district and 600 of the communes.
"""

from footpath.planning.examples.crowded import infeasible_month
from footpath.planning.examples.district import district, households, province
from footpath.planning.examples.infeasible import infeasible
from footpath.planning.examples.month import month
from footpath.planning.examples.visits import visits

__all__ = [
    "district",
    "households",
    "infeasible",
    "infeasible_month",
    "month",
    "province",
    "visits",
]
