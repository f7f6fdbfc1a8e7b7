"""Whether a deed would be refused, told before its form is filled in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case
from footpath.cases.rules import Deed, State
from footpath.cases.services.doing import refusal
from footpath.cases.services.verifying import check_verifier
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person


def check_deed(*, deed: Deed, case: Case, by: Person) -> None:
    """Raise what the deed would raise before its form is filled in: RuleBroken or NotAllowed."""
    if deed == Deed.VERIFY:
        check_verifier(case, by)
    require(by, f"cases.{deed}", case)
    try:
        rules.check_state(deed, State(case.state))
    except rules.Refused as refused:
        raise RuleBroken(refusal(case, refused.reason)) from refused
    _check_clock(deed, case)


def _check_clock(deed: Deed, case: Case) -> None:
    """Raise RuleBroken when the clock of the case does not let it be paused, run or extended."""
    if deed in {Deed.PAUSE, Deed.EXTEND} and not case.due_kind:
        raise RuleBroken(_("No clock of this case runs now."))
    if deed == Deed.PAUSE and case.paused_until:
        raise RuleBroken(_("The clock stands already. Let it run again first."))
    if deed == Deed.RESUME and not case.paused_until:
        raise RuleBroken(_("No clock of this case stands."))
