"""The leads of least cost, proven: sets of places for each officer, priced in as they are needed.

The relaxation over sets is solved with the sets known so far; its duals say what each place is
worth; whichever set is cheaper than its worth joins. Duals of any quality give a true bound, since
the best set of every officer is found exactly. Once the bound is less than one point below the best
plan, that plan is proven. Otherwise the sets that a plan close above the bound could have are
listed, and the whole-number model over them is solved; what is close grows until a plan lies within
it. Where there are too many sets, the plain model over pairs is solved instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from footpath.planning.assignment import sets as pricing
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.effort import Share
from footpath.planning.assignment.matching import match
from footpath.planning.assignment.models import EXACT, pairs_model, sets_model
from footpath.planning.assignment.near import best_of_each, near_best
from footpath.planning.assignment.prices import UNCOVERED
from footpath.planning.assignment.sets import Sets, TooManyError
from footpath.planning.assignment.table import Floats, Ints
from footpath.planning.assignment.ties import at_no_more, lots, with_costs

if TYPE_CHECKING:
    from footpath.planning.solvers import Solution

EACH = 10  # sets that join for each officer at a time
NARROW = 3.0  # points above the bound within which a whole plan is looked for first
ROUNDS = 12  # times that sets join; where that is not enough, the pairs are no worse
FIRST = 20  # sets of each officer to begin with
FEW = 3_000  # sets among which to choose, at most
SETTLING = 200  # work for choosing among plans of the same cost
LISTED = 20_000  # sets within the gap at most; beyond that, the model over pairs


def least_uncovered(draft: Draft, share: Share) -> int:
    """Return how many places stay empty at least; a plan with fewer empty places is taken over."""
    empty = len(draft.uncovered())
    if not empty:
        return 0
    t = draft.table
    nothing = np.zeros(draft.allowed.shape, dtype=np.int64)
    least = match(nothing, draft.allowed, t.capacity, empty=1).cost
    if least == empty or share.over():
        return least
    pairs = pairs_model(draft, empty, integer=True, priced=False)
    frame = pairs.model.frame
    cost = np.zeros(frame.model.column_count)
    cost[frame.empty] = 1.0
    solution = share.solve(with_costs(frame.model, cost), pairs.start(draft))
    if len(solution.values) and round(solution.cost) < empty:
        draft.fill(pairs.model.lead(solution.values))
    return (
        max(least, int(np.ceil(solution.bound - EXACT))) if np.isfinite(solution.bound) else least
    )


def prove(draft: Draft, share: Share) -> int:
    """Make the draft the cheapest plan there is, as far as the budget goes; return a lower bound.

    The bound equals the cost of the draft when the plan is proven.
    """
    least = least_uncovered(draft, share)
    spare = len(draft.uncovered())
    share.offset = float(UNCOVERED * spare)
    search = _Search(draft, share, spare, UNCOVERED * least)
    share.learn(draft.cost(), search.total())
    if share.over() or search.proven():
        return search.total()
    try:
        finished = search.over_sets()
    except TooManyError:
        finished = False
    if not finished and not share.over():
        search.over_pairs()
    return search.total()


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A relaxation over some sets, solved: its duals and what follows from them.

    ``worth`` (m, n): of a place with an officer; ``least`` (m): the best of cost less worth among
    all sets of an officer, or 0; ``bound``: what no plan goes below; ``found``: sets that would
    make the relaxation cheaper.
    """

    duals: Floats
    worth: Floats
    least: Floats
    bound: float
    found: Sets


class _Search:
    """The best plan and the best bound while one part is being proven."""

    def __init__(self, draft: Draft, share: Share, spare: int, base: int) -> None:
        self.draft = draft
        self.share = share
        self.spare = spare
        self.base = base  # what the places cost that stay empty in any plan
        self.bound = 0.0  # for the rest
        self.lots = lots(draft.table)

    def cost(self) -> int:
        """Return what the best plan costs beside its empty places."""
        return self.draft.cost() - UNCOVERED * self.spare

    def total(self) -> int:
        """Return the lower bound of all."""
        return min(self.base + int(np.ceil(self.bound - EXACT)), self.draft.cost())

    def proven(self) -> bool:
        """Return whether no plan is cheaper; costs are whole."""
        return self.bound > self.cost() - 1 + EXACT

    def take(self, lead: Ints) -> None:
        """Keep these leads if they are cheaper."""
        before, cost = self.draft.lead.copy(), self.draft.cost()
        self.draft.fill(lead)
        if self.draft.cost() > cost:
            self.draft.fill(before)

    def tell(self) -> bool:
        """Tell how far it is; return whether to go on."""
        return self.share.learn(self.draft.cost(), self.total()) and not self.share.over()

    def over_pairs(self) -> None:
        """Solve the plain model."""
        pairs = pairs_model(self.draft, self.spare, integer=True)
        model = pairs.model
        solution = self.share.solve(model.frame.model, pairs.start(self.draft), tells=True)
        if len(solution.values):
            self.take(model.lead(solution.values))
        self.bound = max(self.bound, solution.bound)
        self.tell()

    def over_sets(self) -> bool:
        """Price sets in until the relaxation is solved, then close the gap over sets.

        Return False when a relaxation was not solved; raises TooManyError.
        """
        pool = self._first_sets()
        for _ in range(ROUNDS):
            relaxed = self._relax(pool) if pool is not None else None
            if pool is None or relaxed is None:
                return False
            if not self.tell():
                return True
            grown = pricing.united(self.draft.table, pool, best_of_each(relaxed.found, EACH))
            if self.proven() or len(grown) == len(pool):
                break
            pool = grown
        else:
            raise TooManyError
        if not self.proven():
            self._close(relaxed)
        if self.proven() and not self.share.over():
            self._settle(relaxed)
        return True

    def _relax(self, pool: Sets) -> Relaxed | None:
        """Solve the relaxation over the pool and learn from it; None when it was not solved."""
        t, prices = self.draft.table, self.draft.prices
        model, one = sets_model(t, pool, self.spare, integer=False)
        solution = self.share.solve(model.frame.model)
        if not len(solution.duals):
            return None
        worth, rest = model.frame.worth(solution.duals)
        own = np.minimum(solution.duals[one], 0.0)
        found, value = near_best(t, prices, worth, own - EXACT)
        least = own.copy()
        np.minimum.at(least, found.officer, value)
        relaxed = Relaxed(solution.duals, worth, least, rest + float(least.sum()), found)
        self.bound = max(self.bound, relaxed.bound)
        values = solution.values[model.columns]
        if (np.abs(values - np.rint(values)) < EXACT).all():
            self.take(model.lead(solution.values))
        return relaxed

    def _first_sets(self) -> Sets | None:
        """Return sets to begin with: near the best by the duals of the model over pairs."""
        t, prices = self.draft.table, self.draft.prices
        frame = (pairs := pairs_model(self.draft, self.spare, integer=False)).model.frame
        solution = self.share.solve(pairs.model.frame.model)
        if not len(solution.duals):
            return None
        self.bound = max(self.bound, solution.bound)
        worth, rest = frame.worth(solution.duals)
        found, value = near_best(t, prices, worth, np.full(len(t.officers), np.inf))
        least = np.zeros(len(t.officers))
        np.minimum.at(least, found.officer, value)
        self.bound = max(self.bound, rest + float(least.sum()))
        return pricing.united(
            t, pricing.of_plan(t, prices, self.draft.lead), best_of_each(found, FIRST)
        )

    def _close(self, relaxed: Relaxed) -> None:
        """Find the best plan among those within a small gap of the bound, and widen the gap.

        A plan within the gap has no set that is worse than its officer's best by more. So when the
        best plan over these sets lies within the gap, too, no plan is cheaper; otherwise none lies
        within, and the bound has risen by it. Raises TooManyError.
        """
        t, prices = self.draft.table, self.draft.prices
        gap = NARROW
        while not self.proven():
            gap = min(gap, self.cost() - 1 - relaxed.bound)
            within, _ = pricing.find(t, prices, relaxed.worth, relaxed.least + gap + EXACT)
            if len(within) > LISTED:
                raise TooManyError
            own = pricing.of_plan(t, prices, self.draft.lead)
            solution = self._solve_over(pricing.united(t, within, own))
            beyond = np.floor(relaxed.bound + gap + EXACT) + 1  # the least whole cost beyond it
            self.bound = max(self.bound, min(solution.bound, float(beyond)))
            if not self.tell() or solution.status != "proven":
                return
            gap *= 2

    def _settle(self, relaxed: Relaxed) -> None:
        """Choose among the plans that cost the same: the shortest ways to the metre, then a lot.

        Every set that could belong to such a plan is listed, so the choice does not hang on how
        the solver came to the first of them. Where the duals leave too many sets open (it happens
        in a small commune now and then), the first plan stays: it is the same for the same input.
        """
        t, prices = self.draft.table, self.draft.prices
        gap = self.cost() - relaxed.bound
        within, _ = pricing.find(t, prices, relaxed.worth, relaxed.least + gap + EXACT)
        if len(within) > FEW:
            return
        sets = pricing.united(t, within, pricing.of_plan(t, prices, self.draft.lead))
        model, _ = sets_model(t, sets, self.spare, integer=True)
        frame = model.frame
        lot = np.concatenate([self.lots, np.zeros((len(t.officers), 1), dtype=np.int64)], axis=1)
        cost = np.zeros(frame.model.column_count)
        cost[frame.empty] = np.arange(len(frame.empty))
        cost[model.columns] = lot[sets.officer[:, None], sets.places].sum(axis=1)
        same = at_no_more(frame.model, relaxed.duals, float(self.cost()), cost)
        solution = self.share.solve(same, at_most=SETTLING)
        if solution.status == "proven":
            self.take(model.lead(solution.values[: frame.model.column_count]))

    def _solve_over(self, sets: Sets) -> Solution:
        """Take the best plan over these sets; return the solution, whose bound holds over them."""
        model, _ = sets_model(self.draft.table, sets, self.spare, integer=True)
        start = model.start(self.draft.lead)
        solution = self.share.solve(model.frame.model, start)
        if len(solution.values):
            self.take(model.lead(solution.values))
        return solution
