"""The board: the open cases of a filter, one column for each state. Source: S4.4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from footpath.cases.filters import Filter
from footpath.cases.presenting import ROW_COLUMNS, Row, rows_of
from footpath.cases.rules import State
from footpath.cases.selectors.listing import MOST_COUNTED, count, ledger
from footpath.directory.models import Person

STATES = (State.RAISED, State.ACCEPTED, State.GUIDED, State.RECTIFIED, State.RETURNED)
MOST_CARDS = 12


@dataclass(frozen=True)
class Column:
    """One state: its first cases by due date, and how many there are, counted up to 1,000."""

    state: State
    rows: list[Row]
    number: int
    asked: Filter

    @property
    def is_counted(self) -> bool:
        """Return whether the number is the whole number."""
        return self.number <= MOST_COUNTED


def columns_of(person: Person, asked: Filter, *, path: str | None, today: date) -> list[Column]:
    """Return the columns of a filter; two queries a column, whatever the number of cases.

    A board shows what is open: a filter for closed or all cases is read as one for the open.
    """
    if asked.view in ("closed", "all"):
        asked = replace(asked, view="open")
    states = [state for state in STATES if asked.state in ("", state)]
    return [_column(person, replace(asked, state=state), path, today) for state in states]


def _column(person: Person, asked: Filter, path: str | None, today: date) -> Column:
    rows = ledger(person, asked, path=path, today=today).order_by("due_on", "pk")
    found = rows_of(rows.values(*ROW_COLUMNS)[: MOST_CARDS + 1], today)
    number = len(found)
    if number > MOST_CARDS:
        number = count(person, asked, path=path, today=today)
    return Column(State(asked.state), found[:MOST_CARDS], number, asked)
