"""The next step of a case: whose turn it is and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.cases import rules
from footpath.cases.models import Case
from footpath.cases.rules import Deed, State
from footpath.core import clock, formats


@dataclass(frozen=True)
class NextStep:
    """The framed box of a case: whose turn it is, what to do, and the deeds it offers."""

    over: str
    title: str
    text: str
    tone: str
    deeds: tuple[Deed, ...]


def next_step(
    case: Case,
    *,
    person_id: int,
    deeds: frozenset[Deed],
    worked: frozenset[int],
    verifier: str = "",
    verified_by: str = "",
) -> NextStep:
    """Return what is to be done next with a case and whether it is the reader's turn.

    ``verifier`` is the name of somebody in charge who may verify it, ``verified_by`` of whoever
    closed it; both may be empty.
    """
    state = State(case.state)
    owner = case.owner.name if case.owner is not None else ""
    if state == State.CLOSED:
        return _closed(case, deeds, verified_by)
    wanted = rules.NEXT[state]
    if state == State.RETURNED:
        mine = person_id == case.raised_by_id
        waits_for = case.raised_by.name if case.raised_by is not None else _("the reporter")
    elif state == State.RECTIFIED:
        mine = Deed.VERIFY in deeds
        waits_for = verifier or _("somebody who did no part of the work")
    elif case.owner is None:
        mine = Deed.ACCEPT in deeds
        waits_for = _("nobody yet")
    else:
        mine, waits_for = person_id == case.owner_id, owner
    also = {
        State.RAISED: (Deed.ASSIGN, Deed.RETURN),
        State.ACCEPTED: (Deed.GUIDE,),
        State.GUIDED: (),
        State.RECTIFIED: (),
        State.RETURNED: (),
    }[state]
    offered = tuple(deed for deed in (wanted, *also) if deed in deeds)
    title, text = _next_words(state, mine=mine, worked=person_id in worked, owned=bool(owner))
    over = _("Next step, yours") if mine else _("Next step: %(who)s") % {"who": waits_for}
    return NextStep(over, title, text, "now", offered)


def _next_words(state: State, *, mine: bool, worked: bool, owned: bool) -> tuple[str, str]:
    if state == State.RECTIFIED:
        if worked:
            return (
                _("Somebody else goes and looks whether it holds."),
                _("You took part in the work, so you cannot verify it."),
            )
        may = _("You did no part of the work, so you may verify.") if mine else ""
        return _("Go and see whether it holds."), may
    if state in rules.AT_WORK:
        return (
            _("Set it right, and say what was done."),
            _("Then somebody who did no part of the work goes and looks."),
        )
    if state == State.RETURNED:
        return _("Add what is missing, and send it in again."), ""
    if owned:
        return _("Accept the case, or return it with a reason."), ""
    return (
        _("Accept the case, or give it an owner."),
        _("It has no owner. Whoever accepts it owns it."),
    )


def _closed(case: Case, deeds: frozenset[Deed], verified_by: str) -> NextStep:
    closed_at = case.closed_at or case.updated_at
    offered = tuple(deed for deed in (Deed.REOPEN,) if deed in deeds)
    day = formats.day_year(closed_at)
    days = (clock.day_of(closed_at) - clock.day_of(case.raised_at)).days
    text = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    rounds = ngettext("%(rounds)s round", "%(rounds)s rounds", case.round_number) % {
        "rounds": case.round_number
    }
    if case.outcome == rules.Outcome.DUPLICATE:
        title = _("Closed on %(day)s as a duplicate of %(number)s.") % {
            "day": day,
            "number": case.duplicate_of.number if case.duplicate_of else "?",
        }
        return NextStep("", title, _("That case stays open until it is verified."), "done", offered)
    if case.outcome == rules.Outcome.ELSEWHERE:
        closed = _("Closed on %(day)s.") % {"day": day}
        return NextStep("", str(Case.Outcome(case.outcome).label), closed, "plain", offered)
    title = _("Verified on %(day)s by %(who)s. It has left the ledger.") % {
        "day": day,
        "who": verified_by,
    }
    said = f"{Case.Outcome(case.outcome).label}. {text}, {rounds}."
    return NextStep("", title, said, "done", offered)
