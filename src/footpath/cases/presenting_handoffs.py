"""A case at outside systems, in words: how far each sending has come, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from footpath.cases.models import Handoff
from footpath.cases.services.handoffs import TOLD_AFTER
from footpath.cases.services.updates import WORDS

State = Handoff.State


@dataclass(frozen=True)
class Shown:
    """One sending as a line of the card; ``next`` is what to do now, or "" when nothing is."""

    pk: int
    system: str
    word: str
    icon: str
    tone: str
    second: str
    next: str
    may_try_again: bool
    keep: str
    """The words on the button that keeps the case here, or ""."""


def shown(rows: Iterable[Handoff], *, is_open: bool) -> list[Shown]:
    """Return the sendings of a case as lines; of a closed case nothing is left to do."""
    return [_line(row, is_open=is_open) for row in rows]


def state_word(row: Handoff) -> str:
    """Return how far a sending has come; what ended without being sent is not called ended."""
    return _("Not sent") if row.is_kept_here else str(State(row.state).label)


def _line(row: Handoff, *, is_open: bool) -> Shown:
    icon, tone = {
        State.SENT: ("check", "done"),
        State.REFUSED: ("x", "attention"),
        State.ENDED: ("check", "neutral"),
    }.get(State(row.state), ("clock", "neutral"))
    told = [_("Number %(number)s there") % {"number": row.remote_id}] if row.remote_id else []
    if row.state == State.ENDED and row.remote_status in WORDS:
        told.append(_(WORDS[row.remote_status]))
    elif row.error:
        told.append(row.error)
    keep = {State.WAITING: _("Take it back"), State.REFUSED: _("Keep it here")}
    return Shown(
        pk=row.pk,
        system=row.endpoint.name,
        word=state_word(row),
        icon="x" if row.is_kept_here else icon,
        tone=tone,
        second=" · ".join(told),
        next=_next(row) if is_open else "",
        may_try_again=is_open and row.state == State.REFUSED,
        keep=keep.get(State(row.state), "") if is_open else "",
    )


def _next(row: Handoff) -> str:
    """Return what to do next; as long as it is tried for the first hours, nothing."""
    if row.state != State.REFUSED and row.attempts < TOLD_AFTER:
        return ""
    said = {
        State.REFUSED: _(
            "%(system)s does not take this case. Try again when the reason is gone, or keep it here"
            " and set it right here."
        ),
        State.WAITING: _(
            "The case does not reach %(system)s. It is tried again every hour; take it back if that"
            " takes too long."
        ),
        State.IN_DOUBT: _(
            "It is not known whether the case has arrived at %(system)s. It is looked for there"
            " every hour. Ask there, and go on here meanwhile."
        ),
    }
    return said.get(State(row.state), "") % {"system": row.endpoint.name}
