"""Handing one case to an outside system by hand, and keeping it here. Source: decision 18."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases.models import Case, Endpoint, Entry, Handoff
from footpath.cases.rules import Deed
from footpath.cases.selectors.handoffs import usual_code
from footpath.cases.services.doing import act
from footpath.cases.services.handoffs import hand_off, open_at
from footpath.cases.services.routing import confides
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

State = Handoff.State


@transaction.atomic
def send_out(
    *, case: Case, endpoint: Endpoint, service_code: str = "", by: Person, at: datetime
) -> tuple[Handoff, bool]:
    """Note that a case is to be sent to an outside system; return the note, and if it is new.

    The case stays with us: its owner and its clocks are as before. While it is on its way there or
    lies there, nothing is done. Without a code the one of a route for this category is taken, else
    our own. RuleBroken for a case that cannot be transferred in its state, and for what a
    confidential reporter wrote: how somebody writes may tell who it is.
    """
    require(by, "cases.transfer", case)
    if not endpoint.is_active:
        raise InvalidValue(_("This system is not in use."), field="endpoint")
    # Of two who send it at once the second finds the note of the first.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    already = open_at(case, endpoint)
    if already is not None:
        return already, False
    if confides(case):
        raise RuleBroken(_("What a confidential reporter wrote is not sent to other systems."))
    code = service_code.strip() or usual_code(case, endpoint)
    made = hand_off(case=case, endpoint=endpoint, service_code=code, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        said = _("To be sent to %(system)s.") % {"system": endpoint.name}
    act(Deed.TRANSFER, case, Entry.Deed.SENT_OUT, by, at, said)
    return made, True


@transaction.atomic
def keep_here(*, handoff: Handoff, by: Person, at: datetime) -> bool:
    """Let a case that was refused there, or was not sent yet, stay with us alone.

    Done once more it changes nothing and returns False. RuleBroken when the case may lie there.
    """
    case = handoff.case
    require(by, "cases.transfer", case)
    mine = Handoff.objects.filter(pk=handoff.pk, state__in=(State.WAITING, State.REFUSED))
    kept = mine.update(state=State.ENDED, next_at=None)
    handoff.refresh_from_db(fields=["state", "next_at", "sent_at"])
    if not kept:
        if handoff.is_kept_here:
            return False
        raise RuleBroken(_("It may lie there already: it can no longer be taken back."))
    with translation.override(settings.LANGUAGE_CODE):
        said = _("Kept here, not sent to %(system)s.") % {"system": handoff.endpoint.name}
    act(Deed.NOTE, case, Entry.Deed.NOTE, by, at, said)
    return True
