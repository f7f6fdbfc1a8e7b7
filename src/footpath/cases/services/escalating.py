"""Carrying a case up the assignment tree, or to an agency. Source: S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.assignments import selectors as assignments
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed
from footpath.cases.services.doing import act, need_text, take_part
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Organization, Person

Part = Participant.Part


@transaction.atomic
def escalate_case(
    *,
    case: Case,
    by: Person,
    at: datetime,
    text: str,
    agency: Organization | None = None,
) -> Entry:
    """Carry a case up the assignment tree, or to an agency; adds somebody, removes nobody (S2.3).

    Up: the nearest place above the tier that deals with it now whose lead is known becomes
    responsible. RuleBroken when nobody stands above.
    """
    require(by, "cases.escalate", case)
    need_text(text, _("Write why the case goes up."))
    if agency is not None:
        return act(
            Deed.ESCALATE, case, Entry.Deed.ESCALATED, by, at, text,
            to_organization=agency, agency_id=agency.pk,
        )  # fmt: skip
    ids = [getattr(case, f"a{level}") for level in range(case.level)]
    leads = assignments.lead_of([pk for pk in ids if pk], on=clock.day_of(at))
    above = [level for level in range(case.level) if ids[level] in leads]
    if not above:
        raise RuleBroken(
            _("No place above has somebody in charge. Put somebody in charge there first.")
        )
    level = above[-1]
    person = leads[ids[level]]
    entry = act(
        Deed.ESCALATE, case, Entry.Deed.ESCALATED, by, at, text, to_person=person, level=level
    )
    take_part(case, at, (person.pk, Part.RESPONSIBLE))
    return entry
