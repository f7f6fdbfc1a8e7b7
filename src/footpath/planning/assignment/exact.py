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
from zlib import crc32

import numpy as np

from footpath.planning.assignment import sets as pricing
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.effort import Share
from footpath.planning.assignment.matching import match
from footpath.planning.assignment.prices import CLUSTER, UNCOVERED, Prices
from footpath.planning.assignment.sets import Sets, TooManyError
from footpath.planning.assignment.table import NOBODY, Floats, Ints, Table
from footpath.planning.linear import Linear

if TYPE_CHECKING:
    from footpath.planning.solvers import Solution

EXACT = 1e-6  # how far off a bound may be by the rounding of floating numbers
EACH = 10  # sets that join for each officer at a time
NARROW = 3.0  # points above the bound within which a whole plan is looked for first
ROUNDS = 12  # times that sets join; where that is not enough, the pairs are no worse
FIRST = 20  # sets of each officer to begin with
MARGINS = (15.0, 4.0, 1.0, EXACT)  # points by which those may be worse than the best
TINY = 1e-9
FEW = 3_000  # sets among which to choose, at most
SETTLING = 200  # work for choosing among plans of the same cost
LOTS = 61  # lots that are drawn by the ids of officer and place
LISTED = 20_000  # sets within the gap at most; beyond that, the model over pairs


class Frame:
    """The rows that every model of leads has, with the columns for what stays open.

    One row for each place; one for each department and parent where the spread could matter;
    one for each cluster. ``spare`` places may stay empty, at no price: how many is known before.
    """

    def __init__(self, table: Table, spare: int, *, integer: bool) -> None:
        """Begin a model."""
        self.table = table
        self.spare = spare
        self.model = Linear()
        self.integer = integer
        n = len(table.places)
        self.place = self.model.rows(np.ones(n), 1.0)
        self.open = np.flatnonzero(table.lead_pin == NOBODY) if spare else np.empty(0, np.int64)
        self.empty = self.model.columns(np.zeros(len(self.open)), integer=integer)
        self.model.entries(self.place[self.open], self.empty)
        self.budget = self.model.rows(np.full(1, -np.inf), float(spare))
        self.model.entries(self.budget[0], self.empty)
        self.unranked = self.model.columns(np.full(table.clusters, float(CLUSTER)), integer=integer)
        self.cluster = self.model.rows(np.ones(table.clusters), np.inf)
        self.model.entries(self.cluster, self.unranked)
        self.spread = self._spread_rows()

    def _spread_rows(self) -> Ints:
        """Return the number of the row of each department and parent, -1 for none, (d + 1, q)."""
        t = self.table
        rows = np.full(
            (int(t.department.max(initial=-1)) + 2, int(t.parent.max(initial=-1)) + 2), -1
        )
        most = t.problem.policy.spread
        if most is not None:
            size = np.bincount(t.parent[t.parent >= 0], minlength=rows.shape[1] - 1)
            tight = np.flatnonzero(size > most)
            made = self.model.rows(np.full((len(rows) - 1) * len(tight), -np.inf), float(most))
            rows[: len(rows) - 1, tight] = made.reshape(len(rows) - 1, len(tight))
        return rows

    def link(self, columns: Ints, officer: Ints, place: Ints) -> None:
        """Say that in these columns the officer leads the place; a column may come many times."""
        t = self.table
        self.model.entries(self.place[place], columns)
        spread = self.spread[t.department[officer], t.parent[place]]
        self.model.entries(spread[spread >= 0], columns[spread >= 0])
        ranked = t.leading[officer] & (t.cluster[place] >= 0)
        self.model.entries(self.cluster[t.cluster[place[ranked]]], columns[ranked])

    def worth(self, duals: Floats) -> tuple[Floats, float]:
        """Return what a place is worth with each officer, (m, n), and the rest of the bound.

        The rest and, for each officer, the least of cost less worth over the sets, or 0, add up
        to a lower bound, whatever the duals are.
        """
        t = self.table
        place = duals[self.place]
        spread = np.where(self.spread >= 0, np.minimum(duals[self.spread], 0.0), 0.0)
        cluster = np.maximum(duals[self.cluster], 0.0)
        budget = min(0.0, float(duals[self.budget[0]]))
        worth = place[None, :] + spread[t.department[:, None], t.parent[None, :]]
        inside = np.flatnonzero(t.cluster >= 0)
        worth[:, inside] += t.leading[:, None] * cluster[t.cluster[inside]][None, :]
        rest = float(place.sum()) + float(cluster.sum()) + budget * self.spare
        rest += float(spread.sum()) * (t.problem.policy.spread or 0)
        rest += float(np.minimum(0.0, CLUSTER - cluster).sum())
        rest += float(np.minimum(0.0, -place[self.open] - budget).sum())
        return worth, rest

    def start(self, lead: Ints) -> Floats:
        """Return a start (one value a column) for the columns of the frame."""
        t = self.table
        start = np.zeros(self.model.column_count)
        start[self.empty] = lead[self.open] == NOBODY
        led = np.flatnonzero(lead != NOBODY)
        ranked = led[t.leading[lead[led]] & (t.cluster[led] >= 0)]
        start[self.unranked] = 1.0
        start[self.unranked[t.cluster[ranked]]] = 0.0
        return start


@dataclass(frozen=True, eq=False)
class Model:
    """A frame with a column for each pair or set."""

    frame: Frame
    columns: Ints
    officer: Ints
    places: Ints  # (k, size), filled up with n

    def start(self, lead: Ints) -> Floats:
        """Return the start of a plan whose sets are all among the columns."""
        start = self.frame.start(lead)
        full = np.append(lead, NOBODY)
        own = full[self.places] == self.officer[:, None]
        own |= self.places == len(lead)
        size = (self.places < len(lead)).sum(axis=1)
        count = np.bincount(lead[lead >= 0], minlength=len(self.frame.table.officers))
        whole = own.all(axis=1) & (size == count[self.officer])
        start[self.columns[whole]] = 1.0
        return start

    def lead(self, values: Floats) -> Ints:
        """Return who leads each place in a solution."""
        n = len(self.frame.table.places)
        lead = np.full(n + 1, NOBODY)
        for k in np.flatnonzero(values[self.columns] > 0.5):
            lead[self.places[k]] = self.officer[k]
        return lead[:n]


def sets_model(table: Table, sets: Sets, spare: int, *, integer: bool) -> tuple[Model, Ints]:
    """Return the model over sets, and the rows by which each officer takes one set at most."""
    frame = Frame(table, spare, integer=integer)
    model = frame.model
    columns = model.columns(sets.cost, integer=integer)
    k, position = np.nonzero(sets.places < len(table.places))
    frame.link(columns[k], sets.officer[k], sets.places[k, position])
    one = model.rows(np.full(len(table.officers), -np.inf), 1.0)
    model.entries(one[sets.officer], columns)
    return Model(frame, columns, sets.officer, sets.places), one


@dataclass(frozen=True, eq=False)
class Pairs:
    """The plain model over pairs: its columns, and those of the overload at each step."""

    model: Model
    over: list[tuple[Ints, Ints]]  # for each step: columns, and their officers

    def start(self, draft: Draft) -> Floats:
        """Return the start of a plan."""
        model = self.model
        start = model.frame.start(draft.lead)
        start[model.columns] = draft.lead[model.places[:, 0]] == model.officer
        for step, (columns, officers) in enumerate(self.over):
            load = draft.stepped[step, officers] - draft.prices.steps[step]
            start[columns] = np.maximum(load, 0)
        return start


def pairs_model(draft: Draft, spare: int, *, integer: bool, priced: bool = True) -> Pairs:
    """Return the model with a column for each pair; without prices only what stays empty counts."""
    t, prices = draft.table, draft.prices
    frame = Frame(t, spare, integer=integer)
    model = frame.model
    officer, place = np.nonzero(draft.allowed)
    columns = model.columns(prices.lead[officer, place] * float(priced), integer=integer)
    frame.link(columns, officer, place)
    rows = model.rows(np.full(len(t.officers), -np.inf), t.capacity.astype(np.float64))
    model.entries(rows[officer], columns)
    limited = np.flatnonzero(t.limit < t.weight.sum())
    row_of = np.full(len(t.officers), -1)
    row_of[limited] = model.rows(np.full(len(limited), -np.inf), t.limit[limited].astype(float))
    heavy = row_of[officer] >= 0
    model.entries(row_of[officer[heavy]], columns[heavy], t.weight[place[heavy]])
    over: list[tuple[Ints, Ints]] = []
    for step in range(len(prices.steps) if priced and prices.fair else 0):
        some = np.flatnonzero(prices.counts[step])
        excess = model.columns(
            np.full(len(some), float(prices.fair)), upper=np.inf, integer=integer
        )
        row_of = np.full(len(t.officers), -1)
        row_of[some] = model.rows(np.full(len(some), -np.inf), float(prices.steps[step]))
        model.entries(row_of[some], excess, -1.0)
        stepped = row_of[officer] >= 0
        model.entries(
            row_of[officer[stepped]], columns[stepped], prices.units[step, place[stepped]]
        )
        over.append((excess, some))
    return Pairs(Model(frame, columns, officer, place[:, None]), over)


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
    solution = share.solve(_with_costs(frame.model, cost), pairs.start(draft))
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
            grown = pricing.united(self.draft.table, pool, _best(relaxed.found, EACH))
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
        found, value = _near_best(t, prices, worth, own - EXACT)
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
        found, value = _near_best(t, prices, worth, np.full(len(t.officers), np.inf))
        least = np.zeros(len(t.officers))
        np.minimum.at(least, found.officer, value)
        self.bound = max(self.bound, rest + float(least.sum()))
        return pricing.united(t, pricing.of_plan(t, prices, self.draft.lead), _best(found, FIRST))

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


def _best(found: Sets, each: int) -> Sets:
    """Return the first sets of each officer; they are in the order of value."""
    rank = np.arange(len(found)) - np.searchsorted(found.officer, found.officer)
    few = rank < each
    return Sets(found.officer[few], found.places[few], found.cost[few])


def _near_best(table: Table, prices: Prices, worth: Floats, below: Floats) -> tuple[Sets, Floats]:
    """Return all sets near the best of each officer that are also ``below`` (m), with their values.

    The best one is always among them, unless it is not below. How near depends on how many there
    are; TooManyError when even the best alone cannot be told from too many others.
    """
    reachable = _reachable(table, prices, worth)
    for margin in MARGINS:
        try:
            return pricing.find(table, prices, worth, np.minimum(below, reachable + margin))
        except TooManyError:
            continue
    raise TooManyError


def _reachable(table: Table, prices: Prices, worth: Floats) -> Floats:
    """Return for each officer a value some set has: the best place added again and again, (m,)."""
    officers, places = worth.shape
    gain = np.where(table.allowed, worth - prices.lead, -np.inf)
    value = np.zeros(officers)
    stepped = np.zeros((len(prices.steps), officers), dtype=np.int64)
    weight = np.zeros(officers, dtype=np.int64)
    who = np.arange(officers)
    for size in range(int(table.capacity.max(initial=0)) if places else 0):
        more = prices.overload(stepped[:, :, None] + prices.units[:, None, :])
        change = more - prices.overload(stepped)[:, None] - gain
        change[table.capacity <= size] = np.inf
        change[weight[:, None] + table.weight[None, :] > table.limit[:, None]] = np.inf
        best = change.argmin(axis=1)
        better = who[change[who, best] < 0]
        if not len(better):
            break
        chosen = best[better]
        value[better] += change[better, chosen]
        stepped[:, better] += prices.units[:, chosen]
        weight[better] += table.weight[chosen]
        gain[better, chosen] = -np.inf
    return value


def lots(table: Table) -> Ints:
    """Return what decides between plans of the same cost, (m, n): metres, then a lot by ids."""
    metres = np.rint(np.nan_to_num(np.minimum(table.km, 99.0)) * 10).astype(np.int64)
    officers, places = (
        np.array([crc32(thing.id.encode()) for thing in things], dtype=np.uint64)
        for things in (table.officers, table.places)
    )
    mixed = (officers[:, None] ^ places[None, :]) * np.uint64(2_654_435_761)
    drawn = ((mixed >> np.uint64(16)) % np.uint64(LOTS)).astype(np.int64)
    return np.asarray(metres * LOTS + drawn)


def at_no_more(model: Linear, duals: Floats, most: float, cost: Floats) -> Linear:
    """Return the model with another cost, and the old one at most ``most``.

    The old cost is told as what the duals do not explain: reduced costs of the columns, and the
    slack of the rows. For plans of least cost nearly all of that is zero, which makes it easy.
    """
    a = model.arrays()
    duals = np.where(np.abs(duals) > TINY, duals, 0.0)
    column = np.repeat(np.arange(a.columns), np.diff(a.start))
    explained = np.bincount(column, weights=a.value * duals[a.index], minlength=a.columns)
    reduced = a.cost - explained
    bound = np.where(duals > 0, a.row_lower, a.row_upper)
    loose = np.flatnonzero((duals != 0) & (a.row_lower != a.row_upper))
    lower, upper = a.row_lower.copy(), a.row_upper.copy()
    lower[loose] = upper[loose] = bound[loose]
    other = Linear()
    other.columns(cost, a.lower, a.upper, a.integer)
    slack = other.columns(np.zeros(len(loose)), upper=np.inf, integer=True)
    rows = other.rows(lower, upper)
    other.entries(rows[a.index], column, a.value)
    other.entries(rows[loose], slack, -np.sign(duals[loose]))
    told = duals != 0
    paid = other.rows(-np.inf, most - float(duals[told] @ bound[told]) + EXACT)
    left = np.flatnonzero(np.abs(reduced) > TINY)
    other.entries(paid[0], left, reduced[left])
    other.entries(paid[0], slack, np.abs(duals[loose]))
    return other


def _with_costs(model: Linear, cost: Floats) -> Linear:
    """Return the same rows with other costs."""
    a = model.arrays()
    other = Linear()
    other.columns(cost, a.lower, a.upper, a.integer)
    other.rows(a.row_lower, a.row_upper)
    column = np.repeat(np.arange(a.columns), np.diff(a.start))
    other.entries(a.index, column, a.value)
    return other
