"""Tasks done, here or at the far end of a pipe, and what is told of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from typing import cast

from footpath.planning.gap.prices import Model, Relaxed
from footpath.planning.gap.search import Search, Task
from footpath.planning.gap.standing import Standing
from footpath.planning.gap.watch import Watch
from footpath.planning.solvers import wire


@dataclass(frozen=True)
class Told:
    """A better plan of a task, or its last word (``done``) with what the task came to."""

    number: int
    standing: Standing
    done: bool = False
    bound: int | None = None
    spent: int = 0
    late: bool = False


def perform(
    search: Search, number: int, task: Task, watch: Watch, tell: Callable[[Told], None]
) -> Told:
    """Do one task; ``tell`` hears of every better plan on the way. Return its last word."""
    bound = None

    def better(standing: Standing) -> None:
        tell(Told(number, standing))

    if task.agent is None:
        bound = search.strong_bound() if number == 0 else None
        standing = search.first(task, watch, better)
    else:
        standing = search.improve(task, watch, better)
    return Told(number, standing, True, bound, watch.spent, watch.late)


def serve(tasks: FileIO, answers: FileIO) -> None:
    """Take the problem, then do one task after the other until there are no more."""
    try:
        model, prices = cast("tuple[Model, Relaxed]", wire.receive(tasks))
        search = Search(model, prices)
        while True:
            number, task = cast("tuple[int, Task]", wire.receive(tasks))
            until = None if task.seconds is None else time.monotonic() + task.seconds
            watch = Watch(cells=task.cells, until=until)
            told = perform(search, number, task, watch, lambda news: wire.send(answers, news))
            wire.send(answers, told)
    except (EOFError, OSError):
        return
