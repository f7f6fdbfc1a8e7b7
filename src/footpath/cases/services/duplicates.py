"""Two cases that are one. Source: S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import act, take_part
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

Part = Participant.Part


@transaction.atomic
def mark_duplicate(*, case: Case, of: Case, by: Person, at: datetime, text: str = "") -> Entry:
    """Close a case as the duplicate of an open one; who raised it follows the other.

    RuleBroken when the other is the case itself, is closed, or is a duplicate: the problem must
    stay in the ledger until it is verified.
    """
    require(by, "cases.mark_duplicate", case)
    if of.pk == case.pk:
        raise InvalidValue(_("A case cannot be a duplicate of itself."), field="of")
    # Both at once and in one order: who marks the other way round at the same moment waits here.
    pair = Case.objects.select_for_update().filter(pk__in=(case.pk, of.pk)).order_by("pk")
    other = next(row for row in pair if row.pk == of.pk)
    if not other.is_open:
        raise RuleBroken(
            _("Case %(number)s is closed. Reopen it, or keep this one.") % {"number": other.number}
        )
    entry = act(
        Deed.MARK_DUPLICATE, case, Entry.Deed.DUPLICATE, by, at, text or other.number,
        state=State.CLOSED, is_open=False, outcome=rules.Outcome.DUPLICATE, closed_at=at,
        duplicate_of_id=other.pk,
    )  # fmt: skip
    take_part(other, at, (case.raised_by_id, Part.FOLLOWER))
    audit.record("case.duplicate_found", by=by, subject=other, at=at, after={"duplicate": case.pk})
    return entry
