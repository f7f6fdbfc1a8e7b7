"""Guidance, rectification, notes. Source: S0.3, S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, need_text, said_already, set_round, take_part
from footpath.core import textsearch
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person

Part = Participant.Part


@transaction.atomic
def give_guidance(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Tell the owner how to go about it (S0.3); whoever guides cannot verify later."""
    require(by, "cases.guide", case)
    need_text(text, _("Write the guidance in a sentence or two."))
    if case.state == State.GUIDED and (
        already := said_already(Entry.Deed.GUIDED, case, by, at, text)
    ):
        return already
    found_by = f"{case.search} {textsearch.document(text)}".strip()  # the next who asks finds it
    entry = act(
        Deed.GUIDE, case, Entry.Deed.GUIDED, by, at, text, state=State.GUIDED, search=found_by
    )
    take_part(case, at, (by.pk, Part.GUIDE))
    return entry


@transaction.atomic
def rectify_case(
    *,
    case: Case,
    text: str,
    by: Person,
    at: datetime,
    outcome: rules.Outcome = rules.Outcome.SOLVED,
) -> Entry:
    """Say what was done, and how the case would end; it then waits for somebody else to verify."""
    require(by, "cases.rectify", case)
    need_text(text, _("Write what was done, so that it can be checked on the spot."))
    if outcome == rules.Outcome.DUPLICATE:
        raise InvalidValue(_("Choose how the case ended."), field="outcome")
    entry = act(Deed.RECTIFY, case, Entry.Deed.RECTIFIED, by, at, text, state=State.RECTIFIED)
    set_round(case, rectified_by_id=by.pk, rectified_at=at, proposed_outcome=outcome)
    take_part(case, at, (by.pk, Part.RECTIFIER))
    return entry


@transaction.atomic
def add_note(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Add a note to the thread; the case stays as it is."""
    require(by, "cases.note", case)
    need_text(text, _("Write the note."))
    if already := said_already(Entry.Deed.NOTE, case, by, at, text):
        return already
    return act(Deed.NOTE, case, Entry.Deed.NOTE, by, at, text)
