"""Spot checks: confirmed rounds drawn by lot, looked at again by a third person. Source: S4.4."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Entry, Participant, SpotCheck
from footpath.cases.rules import Deed, Result, State
from footpath.cases.rules.drawing import digest_of, draw
from footpath.cases.selectors.spot_checks import confirmed_rounds, unfit_to_check
from footpath.cases.services.doing import act, need_text, take_part
from footpath.cases.services.verifying import open_again
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person

MOST = 200
SAID = {Result.CONFIRMED: Entry.Deed.CHECKED, Result.PARTLY: Entry.Deed.NOTE}


@transaction.atomic
def draw_spot_checks(
    *, area: Area, month: Month, number: int, seed: str, by: Person, at: datetime
) -> list[SpotCheck]:
    """Draw so many of the rounds confirmed in a place and month, and return the new checks.

    The draw goes over all of them, in the order that the seed gives; those drawn before are passed
    over. The trail keeps the seed, how many there were and their digest, so that anybody can draw
    again. InvalidValue for an empty seed or a number that cannot be, RuleBroken when none is left.
    """
    require(by, "cases.draw", area)
    seed = seed.strip()
    if not seed or len(seed) > 80:
        raise InvalidValue(_("Give a seed of at most 80 characters."), field="seed")
    if not 1 <= number <= MOST:
        raise InvalidValue(_("Give a number from 1 to %(most)s.") % {"most": MOST}, field="number")
    keys = list(confirmed_rounds(area, month).values_list("pk", flat=True))
    before = set(SpotCheck.objects.filter(round__in=keys).values_list("round_id", flat=True))
    drawn = [key for key in draw(seed, keys) if key not in before][:number]
    if not drawn:
        raise RuleBroken(_("Nothing is left to draw: no confirmed case of this place and month."))
    SpotCheck.objects.bulk_create(
        [SpotCheck(round_id=key, seed=seed, drawn_by=by, drawn_at=at) for key in drawn],
        ignore_conflicts=True,
    )
    audit.record(
        "case.spot_checks_drawn",
        by=by,
        subject=area,
        at=at,
        after={
            "seed": seed,
            "month": str(month),
            "of": len(keys),
            "digest": digest_of(keys),
            "drawn": drawn,
        },
    )
    return list(
        SpotCheck.objects.filter(round__in=drawn, drawn_at=at).select_related("round__case")
    )


@transaction.atomic
def make_spot_check(
    *, check: SpotCheck, result: Result, text: str, by: Person, at: datetime
) -> Entry:
    """Say what a spot check found; "not" opens the next round and counts as superficial.

    RuleBroken when ``by`` took part in the work or verified the case in any round: a third person
    looks. StaleState when somebody else was quicker.
    """
    case = check.round.case
    require(by, "cases.check", case)
    need_text(text, _("Write what you saw on the spot."))
    unfit = unfit_to_check(case)
    changed = SpotCheck.objects.filter(pk=check.pk, result="").update(
        result=result, checked_by=by, checked_at=at, text=text.strip()
    )
    if not changed:
        raise StaleState(_("Somebody else has already made this spot check."))
    if by.pk in unfit:
        raise RuleBroken(
            _("You worked on this case or verified it. A third person has to make the spot check.")
        )
    check.result, check.checked_by, check.checked_at, check.text = result, by, at, text.strip()
    take_part(case, at, (by.pk, Participant.Part.VERIFIER))
    if result == Result.NOT:
        check.round.is_superficial = True
        check.round.save(update_fields=["is_superficial"])
        if case.state == State.CLOSED:
            return open_again(case, by=by, at=at, text=_("Spot check: %(text)s") % {"text": text})
    said = SAID.get(result, Entry.Deed.NOTE)
    if said == Entry.Deed.NOTE:
        text = _("Spot check: %(text)s") % {"text": text}
    return act(Deed.NOTE, case, said, by, at, text)
