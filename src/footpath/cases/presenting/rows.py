"""Cases as the lines of a list: their number, place, next step and clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.cases import rules
from footpath.cases.models import Case
from footpath.cases.presenting.clocks import Clock, hour_of, plain_clock, stands
from footpath.cases.rules import State
from footpath.directory.models import Area
from footpath.directory.rules import short_name


def number_of(pk: int) -> str:
    """Return the number people use: C-0388."""
    return f"C-{pk:04d}"


def next_word(state: str, owned: bool = True) -> str:
    """Return the next step of a case in a word or two: "Verify"; "" for a closed one."""
    words = {
        State.RAISED: _("Accept"),
        State.ACCEPTED: _("Guide or rectify"),
        State.GUIDED: _("Rectify"),
        State.RECTIFIED: _("Verify"),
        State.RETURNED: _("Send in again"),
        State.CLOSED: "",
    }
    return words[State(state)]


UNVERIFIED = frozenset({rules.Outcome.ELSEWHERE, rules.Outcome.DUPLICATE})
"""How a case ends without anybody looking: its chip must not say "verified"."""


class Row(NamedTuple):
    """One case of a list, with everything a line says, ready to be written."""

    pk: int
    number: str
    url: str
    title: str
    place: str
    state: str  # for what nobody verified ("elsewhere", "duplicate") the outcome
    step: int
    next_word: str
    round_number: int
    owner: str
    agency: str
    clock: Clock | None
    overdue: bool
    closed_at: datetime | None
    outcome: str
    state_word: str


ROW_COLUMNS = (
    "id",
    "title",
    "state",
    "is_open",
    "outcome",
    "round_number",
    "due_on",
    "due_at",
    "paused_until",
    "raised_at",
    "closed_at",
    "owner_id",
    "owner__name",
    "agency__name",
    "area__name",
    "area__parent__name",
    "area__parent__type_name",
)
"""The columns that ``rows_of`` reads: one query with its joins, whatever the number of rows."""


def rows_of(found: Iterable[Mapping[str, Any]], today: date) -> list[Row]:
    """Return the lines of a list from ``values(*ROW_COLUMNS)``, in their order."""
    words = {state.value: next_word(state) for state in State}
    steps = {state.value: rules.due_step(state) for state in State}
    outcomes = {value: str(label) for value, label in Case.Outcome.choices}
    labels = {value: str(label) for value, label in Case.State.choices}
    base = reverse("cases:ledger")
    clocks: dict[int, Clock] = {}
    rows = []
    for row in found:
        state, pk = row["state"], row["id"]
        due: Clock | None = None
        if row["is_open"]:
            left = rules.days_left(row["due_on"], today)
            due = clocks.get(left)
            if due is None:
                due = clocks[left] = plain_clock(left)
            if row["paused_until"] is not None and stands(
                row["paused_until"], row["due_on"], today
            ):
                due = Clock(_("Paused"), "paused")
            elif left == 0 and (hour := hour_of(row["due_at"])):
                due = Clock(_("Due today, %(time)s") % {"time": hour}, due.tone)
        unverified = row["outcome"] in UNVERIFIED
        above = row["area__parent__name"]
        place = row["area__name"]
        if above:
            place = f"{place}, {short_name(above, row['area__parent__type_name'])}"
        rows.append(
            Row(
                pk,
                number_of(pk),
                f"{base}{pk}/",
                row["title"],
                place,
                row["outcome"] if unverified else state,
                steps[state],
                words[state],
                row["round_number"],
                row["owner__name"] or "",
                row["agency__name"] or "",
                due,
                due is not None and due.tone == "late",
                row["closed_at"],
                outcomes.get(row["outcome"], ""),
                outcomes[row["outcome"]] if unverified else labels[state],
            )
        )
    return rows


def steps() -> dict[str, tuple[int, str]]:
    """Return for each state the step that is due and its word, for the step paths of a list."""
    return {state.value: (rules.due_step(state), next_word(state)) for state in State}


def place_of(area: Area) -> str:
    """Return a place with the place above: "Ấp Tân Huề, Tân Thạch"."""
    parent = area.parent
    return area.name if parent is None else f"{area.name}, {parent.short_name}"
