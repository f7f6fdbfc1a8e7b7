"""Sending a case back to who raised it, and in again. Source: S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases.models import Case, Entry
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, need_text
from footpath.cases.services.reporters import tell_reporter
from footpath.directory.models import Person


@transaction.atomic
def return_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Send a case back to who raised it: it lacks something, or belongs elsewhere."""
    require(by, "cases.return", case)
    need_text(text, _("Write what is missing, so that it can be sent in again."))
    entry = act(
        Deed.RETURN,
        case,
        Entry.Deed.RETURNED,
        by,
        at,
        text,
        state=State.RETURNED,
        is_public=case.raised_by_id is None,  # whoever is outside has to read what is missing
    )
    tell_reporter(case, key=f"entry-{entry.pk}", kind="returned", at=at)
    return entry


@transaction.atomic
def resubmit_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Send a returned case in again with what was missing."""
    require(by, "cases.resubmit", case)
    need_text(text, _("Write what was added."))
    return act(Deed.RESUBMIT, case, Entry.Deed.RESUBMITTED, by, at, text, state=State.RAISED)
