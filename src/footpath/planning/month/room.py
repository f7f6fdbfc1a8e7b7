"""Can a few meetings all be held? Asked of small sets, to find the smallest that cannot.

First the counts: of the meetings of one person, one hall or one pool, no more than their slots
hold. Then trying, the meeting with the fewest slots left first. Then, if need be, a solver.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from footpath.planning.month.board import Board
from footpath.planning.month.chairs import Chairs
from footpath.planning.month.entries import parts
from footpath.planning.month.exact import Model
from footpath.planning.month.greedy import Draft
from footpath.planning.month.grid import Grid
from footpath.planning.month.prices import MUST, Prices
from footpath.planning.month.problem import MonthProblem
from footpath.planning.solvers import solve

TRIES = 400  # placements tried before a solver is asked


@dataclass(frozen=True, slots=True)
class Claim:
    """What several meetings share: by slot how many of them there may be, and who asks for which.

    ``slots``: by meeting, those that are left to it.
    """

    slots: Mapping[int, tuple[int, ...]]
    capacity: Sequence[int]


def restricted(problem: MonthProblem, names: Collection[str]) -> MonthProblem:
    """Return the problem of these meetings alone, with the people they concern."""
    meetings = tuple(meeting for meeting in problem.meetings if meeting.id in names)
    pools = {meeting.chairs for meeting in meetings}
    kept = tuple(pool for pool in problem.pools if pool.id in pools)
    people = {person for pool in kept for person in pool.people}
    for meeting in meetings:
        people.update(meeting.attendees, meeting.invited, meeting.essential, meeting.deputies)
        people.update(*meeting.deputies.values())
    return replace(
        problem,
        meetings=meetings,
        pools=kept,
        people=tuple(person for person in problem.people if person.id in people),
        pins=tuple(pin for pin in problem.pins if pin.meeting in names),
        waivers=tuple(waiver for waiver in problem.waivers if waiver.meeting in names),
    )


class Room:
    """Meetings taken out of a problem, to ask which of them fit together."""

    def __init__(self, problem: MonthProblem, names: Collection[str], backend: str) -> None:
        """Number the meetings."""
        self.grid = Grid(restricted(problem, names))
        self.backend = backend
        self.board = Board(Prices(self.grid), np.ones(self.grid.shape, dtype=np.bool_))
        self.known: dict[frozenset[int], bool | None] = {}
        needs = np.bincount(self.board.option_need, minlength=len(self.board.need_person))
        self.choosy = bool(((self.board.need_nobody == MUST) & (needs > 1)).any())

    @property
    def everything(self) -> list[int]:
        """Return all of its meetings."""
        return [*range(self.grid.shape[0])]

    def fits(self, meetings: Iterable[int]) -> bool | None:
        """Return whether these can all be held; None when that remains open."""
        asked = frozenset(meetings)
        if asked not in self.known:
            self.known[asked] = self._fits(sorted(asked))
        return self.known[asked]

    def _fits(self, meetings: list[int]) -> bool | None:
        board = self.board
        if any(board.begin[m] == board.begin[m + 1] for m in meetings):
            return False
        if any(violator(claim) for claim in claims(self.grid, meetings)):
            return False
        self.tries = TRIES
        found = self._try(Draft(board), meetings)
        if found is None and self.backend != "none":
            return self._ask(meetings)
        return found

    def _try(self, draft: Draft, left: list[int]) -> bool | None:
        """Place what is left in every way; None when the tries ran out, or all were not tried."""
        if not left:
            return not Chairs(self.grid, parts(draft)).cut
        free = {m: np.flatnonzero(draft.look(m)[0] == 0) for m in left}
        m = min(left, key=lambda meeting: (len(free[meeting]), meeting))
        others = [other for other in left if other != m]
        first = int(self.board.begin[m])
        for column in free[m].tolist():
            if self.tries <= 0:
                return None
            self.tries -= 1
            if draft.place(m, first + column):
                found = self._try(draft, others)
                if found is not False:
                    return found
                draft.remove(m)
        return None if self.choosy else False

    def _ask(self, meetings: list[int]) -> bool | None:
        """Have a solver place them; chairs are drawn afterwards, so a solution is not yet all."""
        kept = np.isin(self.board.meeting, meetings)
        narrow = self.board.narrowed(kept)
        may = ~np.isin(np.arange(self.grid.shape[0]), meetings)
        model = Model(narrow, may)
        for _ in range(TRIES // 20):
            solution = solve(model.linear, backend=self.backend)
            if solution.status == "infeasible":
                return False
            draft = model.draft(solution.values)
            cut = Chairs(self.grid, parts(draft)).cut
            if not cut:
                return True
            narrow.cut(cut)
            model = Model(narrow, may)
        return None

    def smallest(self, meetings: Iterable[int]) -> list[int] | None:
        """Return the meetings without those that are not to blame; None when that is open.

        Needs meetings that cannot all be held. Without any one of those returned, the others can.
        """
        left = sorted(meetings)
        for m in [*left]:
            fewer = [other for other in left if other != m]
            fits = self.fits(fewer)
            if fits is None:
                return None
            if not fits:
                left = fewer
        return left


def claims(grid: Grid, meetings: Collection[int], of: int | None = None) -> Iterator[Claim]:
    """Yield what several of the meetings need: people, halls, pools; ``of``: this one among them.

    Left out are meetings that may not need it in every slot that is left to them.
    """
    slots = {m: tuple(np.flatnonzero(grid.rules[m] == 0).tolist()) for m in meetings}
    users: defaultdict[int, list[int]] = defaultdict(list)
    for m in meetings:
        for person in grid.attendees[m]:
            if not grid.away[person][list(slots[m])].any():
                users[person].append(m)
    ones = [1] * grid.shape[1]
    shared = [(found, ones) for _, found in sorted(users.items())]
    waived = {m for m, _ in grid.waived}
    for number, hall in enumerate(grid.halls):
        inside = [m for m in meetings if grid.hall[m] == number and m not in waived]
        shared.append((inside, [hall.capacity] * grid.shape[1]))
    for number, leaders in enumerate(grid.leaders):
        led = [
            m
            for m in meetings
            if grid.pool[m] == number and grid.chair_needed[m, list(slots[m])].all()
        ]
        shared.append((led, (~grid.away[[*leaders]]).sum(axis=0).tolist()))
    for found, capacity in shared:
        if len(found) > 1 and (of is None or of in found):
            yield Claim({m: slots[m] for m in found}, capacity)


def violator(claim: Claim) -> list[int]:
    """Return meetings that are more than their slots hold, [] when each can have a slot.

    A meeting with slots to spare is set aside first: whatever the others take, one is left.
    """
    left = dict(claim.slots)
    spare = [0]
    while spare:
        spare = [m for m, slots in left.items() if len(slots) >= len(left)]
        for m in spare[:1]:
            del left[m]
    held: dict[int, int] = {}
    for m in sorted(left):
        reached = _augment(m, left, claim, held)
        if reached:
            return sorted(reached)
    return []


def _augment(
    m: int, slots: Mapping[int, tuple[int, ...]], claim: Claim, held: dict[int, int]
) -> set[int]:
    """Give a meeting a slot, moving others along; return all it asked when there is none."""
    came: dict[int, tuple[int, int]] = {}  # meeting -> who wants its slot, and for which slot
    asked, queue = {m}, deque([m])
    while queue:
        asking = queue.popleft()
        for slot in slots[asking]:
            users = [other for other, at in held.items() if at == slot]
            if asking not in users and len(users) < claim.capacity[slot]:
                _move_along(m, asking, slot, came, held)
                return set()
            for other in users:
                if other not in asked:
                    asked.add(other)
                    came[other] = asking, slot
                    queue.append(other)
    return asked


def _move_along(
    m: int, last: int, free: int, came: Mapping[int, tuple[int, int]], held: dict[int, int]
) -> None:
    """Give the last one asked the free slot, and whoever asked it the one that it leaves."""
    held[last] = free
    while last != m:
        last, free = came[last]
        held[last] = free
