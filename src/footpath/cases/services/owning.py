"""Accepting a case and giving it an owner. Source: S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases import notices
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, set_round, take_part
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person

Part = Participant.Part


@transaction.atomic
def accept_case(*, case: Case, by: Person, at: datetime, text: str = "") -> Entry:
    """Say that somebody deals with a raised case; without an owner, whoever accepts owns it."""
    require(by, "cases.accept", case)
    owner_id = case.owner_id or by.pk
    entry = act(
        Deed.ACCEPT,
        case,
        Entry.Deed.ACCEPTED,
        by,
        at,
        text,
        state=State.ACCEPTED,
        owner_id=owner_id,
    )
    set_round(case, owner_id=owner_id)
    take_part(case, at, (owner_id, Part.OWNER))
    return entry


@transaction.atomic
def assign_owner(*, case: Case, owner: Person, by: Person, at: datetime, text: str = "") -> Entry:
    """Give a case an owner; the one before stays in it as somebody who worked on it."""
    require(by, "cases.assign", case)
    if case.owner_id == owner.pk:
        raise RuleBroken(_("%(name)s owns this case already.") % {"name": owner.name})
    entry = act(
        Deed.ASSIGN, case, Entry.Deed.ASSIGNED, by, at, text, to_person=owner, owner_id=owner.pk
    )
    set_round(case, owner_id=owner.pk)
    take_part(case, at, (owner.pk, Part.OWNER))
    if owner.pk != by.pk:
        notices.tell([owner], "case.assigned", case, at=at)
    return entry
