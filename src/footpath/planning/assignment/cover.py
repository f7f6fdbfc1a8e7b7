"""Can all of these places be led, with every limit? Asked of small sets, answered by trying."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.greedy import could_hand_over
from footpath.planning.assignment.matching import match
from footpath.planning.assignment.table import NOBODY, Bools, Ints

TRIES = 3_000  # places given out before a question is left open


@dataclass(frozen=True, eq=False)
class Question:
    """Some places (j) and who could lead them (m, j), with the limits of the officers (m).

    ``department`` (m) and ``parent`` (j) with ``most`` (departments + 1) are the spread.
    """

    allowed: Bools
    weight: Ints
    parent: Ints
    capacity: Ints
    limit: Ints
    department: Ints
    most: Ints

    @classmethod
    def of(cls, draft: Draft, places: Ints) -> Question:
        """Ask whether these places can be led, the others left aside."""
        t = draft.table
        return cls(
            draft.allowed[:, places],
            t.weight[places],
            t.parent[places],
            t.capacity,
            t.limit,
            t.department,
            draft.most,
        )

    def unlimited(self) -> Question:
        """Ask the same without limits of weight."""
        return replace(self, limit=np.full_like(self.limit, 1 << 60))

    def answer(self) -> bool | None:
        """Return whether the places can be led; None when that is left open."""
        places = self.allowed.shape[1]
        fits = self.allowed & (self.weight[None, :] <= self.limit[:, None])
        nothing = np.zeros(fits.shape, dtype=np.int64)
        if match(nothing, fits, self.capacity, empty=1).cost:
            return False
        return _Trial(self, fits).search(list(range(places)))

    def led(self) -> Ints | None:
        """Return who leads each place when all can be led, (j,); None when that is not found."""
        trial = _Trial(self, self.allowed & (self.weight[None, :] <= self.limit[:, None]))
        if trial.search(list(range(self.allowed.shape[1]))) is not True:
            return None
        return trial.lead


class _Trial:
    """Gives places out one after the other, the scarcest first, and takes them back."""

    def __init__(self, question: Question, fits: Bools) -> None:
        self.q = question
        self.fits = fits
        officers = len(question.capacity)
        self.count = np.zeros(officers, dtype=np.int64)
        self.load = np.zeros(officers, dtype=np.int64)
        parents = int(question.parent.max(initial=-1)) + 2
        self.spread = np.zeros((len(question.most), parents), dtype=np.int64)
        self.lead = np.full(len(question.weight), NOBODY)
        self.left = TRIES

    def put(self, j: int, o: int, by: int = 1) -> None:
        """Give place ``j`` to officer ``o``, or with -1 take it back."""
        q = self.q
        self.count[o] += by
        self.load[o] += by * q.weight[j]
        self.spread[q.department[o], q.parent[j]] += by

    def search(self, places: list[int]) -> bool | None:
        """Return whether these places can be given out beside those that are; None: gave up."""
        if not places:
            return True
        q = self.q
        rows = np.array(places)
        beside = self.spread[q.department[:, None], q.parent[rows][None, :]]
        room = (
            self.fits[:, rows]
            & (self.count < q.capacity)[:, None]
            & (self.load[:, None] + q.weight[rows][None, :] <= q.limit[:, None])
            & (beside < q.most[q.department][:, None])
        )
        choice = room.sum(axis=0)
        first = int(choice.argmin())
        j = places[first]
        rest = places[:first] + places[first + 1 :]
        asked = room.sum(axis=1)
        officers = np.flatnonzero(room[:, first])
        for o in officers[np.argsort(asked[officers], kind="stable")].tolist():
            self.left -= 1
            if self.left < 0:
                return None
            self.put(j, o)
            self.lead[j] = o
            found = self.search(rest)
            self.put(j, o, -1)
            if found is not False:
                return found
        return False


def blocking(draft: Draft, p: int) -> tuple[Ints, Literal["load", "spread", "open"]]:
    """Return a smallest set of places with ``p`` that weights or the spread keep from being led.

    The places that chains of leads reach from ``p`` come first: for each of them there is a plan
    that leaves it empty instead. When they are not blocking, more are added; places that are not
    needed are then dropped one by one. ``open`` and the place alone when nothing is found to block.
    """
    chains = _chains(draft, p)
    for places in _wider(draft, chains):
        if Question.of(draft, places).answer() is False:
            least = _reduced(draft, p, places, chains)
            question = Question.of(draft, least).unlimited()
            return least, "load" if question.answer() is not False else "spread"
    return np.array([p]), "open"


def complete(draft: Draft) -> None:
    """Cover empty places by giving all places out anew, where trying finds a way."""
    for p in draft.uncovered():
        places = np.union1d(np.array([p]), np.flatnonzero(draft.lead != NOBODY))
        found = Question.of(draft, places).led()
        if found is not None:
            lead = draft.lead.copy()
            lead[places] = found
            draft.fill(lead)


def _chains(draft: Draft, start: int) -> dict[int, int]:
    """Return the places that chains reach, each with the one before it; breadth first."""
    came = {start: NOBODY}
    queue = [start]
    for p in queue:
        for q in could_hand_over(draft, p):
            if q not in came:
                came[q] = p
                queue.append(q)
    return came


def _wider(draft: Draft, chains: dict[int, int]) -> list[Ints]:
    """Return sets of places to be asked about, each within the next."""
    first = next(iter(chains))
    reached = np.array(sorted(chains))
    officers: Bools = np.asarray(draft.allowed[:, reached].any(axis=1))
    led = draft.lead != NOBODY
    around = np.flatnonzero(led & officers[draft.lead])
    return [
        np.array([first]),
        reached,
        np.union1d(reached, around),
        np.union1d(np.array([first]), np.flatnonzero(led)),
    ]


def _reduced(draft: Draft, p: int, places: Ints, chains: dict[int, int]) -> Ints:
    """Return a part of a blocking set that is blocking, too, and from which nothing can go."""
    kept = places.tolist()
    for q in reversed(places.tolist()):
        if q == p or (q in chains and _could_be_empty(draft, chains, q)):
            continue
        less = [other for other in kept if other != q]
        if Question.of(draft, np.array(less)).answer() is False:
            kept = less
    return np.array(kept)


def _could_be_empty(draft: Draft, chains: dict[int, int], q: int) -> bool:
    """Return whether the leads can pass along the chain so that ``q`` stays empty instead."""
    chain = [q]
    while chains[chain[-1]] != NOBODY:
        chain.append(chains[chain[-1]])
    before = {x: draft.take(x) for x in chain}
    fits = True
    for taken, given in pairwise(chain):
        if not draft.fits(given, before[taken]):
            fits = False
            break
        draft.put(given, before[taken])
    for x in chain:
        draft.take(x)
    for x, o in before.items():
        if o != NOBODY:
            draft.put(x, o)
    return fits
