"""Verification on the spot, and the next round. Source: S4.4, principle 4."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant, Round
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, need_text, refusal, set_round, take_part
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person

Part = Participant.Part


@transaction.atomic
def verify_case(
    *, case: Case, result: rules.Result, by: Person, at: datetime, text: str = ""
) -> Entry:
    """Say what was found on the spot: confirmed closes the case, anything else opens a round.

    Refused (RuleBroken) unless the case waits for it and ``by`` did no part of the work in any
    round. Source: S4.4, principle 4.
    """
    check_verifier(case, by)
    require(by, "cases.verify", case)
    if result != rules.Result.CONFIRMED:
        need_text(text, _("Write what is still wrong, so that the next round can begin."))
    current = case.rounds.get(number=case.round_number)
    after: dict[str, Any]
    if result == rules.Result.CONFIRMED:
        deed = Entry.Deed.VERIFIED
        after = {
            "state": State.CLOSED,
            "is_open": False,
            "outcome": current.proposed_outcome,
            "closed_at": at,
        }
    else:
        deed = Entry.Deed.PARTLY if result == rules.Result.PARTLY else Entry.Deed.REFUSED
        after = {"state": State.ACCEPTED, "round_number": case.round_number + 1}
    entry = act(Deed.VERIFY, case, deed, by, at, text, **after)
    Round.objects.filter(pk=current.pk).update(verified_by=by, verified_at=at, result=result)
    if case.is_open:
        set_round(case, owner_id=case.owner_id)
    take_part(case, at, (by.pk, Part.VERIFIER))
    return entry


@transaction.atomic
def reopen_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Open the next round of a closed case: what was confirmed does not hold."""
    require(by, "cases.reopen", case)
    need_text(text, _("Write why the case is opened again."))
    entry = act(
        Deed.REOPEN,
        case,
        Entry.Deed.REOPENED,
        by,
        at,
        text,
        round_number=case.round_number + 1,
        state=State.ACCEPTED,
        is_open=True,
        outcome="",
        closed_at=None,
        duplicate_of_id=None,
        promised_on=rules.due_date(clock.day_of(at), case.category.days_to_close),
        is_agreed=False,
    )
    set_round(case, owner_id=case.owner_id)
    return entry


def check_verifier(case: Case, by: Person) -> None:
    worked = Participant.objects.filter(case=case, part__in=Participant.WORKED)
    try:
        rules.check_verifier(
            state=State(case.state),
            verifier_id=by.pk,
            worked=worked.values_list("person_id", flat=True),
        )
    except rules.Refused as refused:
        raise RuleBroken(refusal(case, refused.reason)) from refused
