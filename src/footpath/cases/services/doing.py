"""What every deed on a case does: change it, leave an entry and a line of the trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant, Round
from footpath.cases.rules import Deed, State
from footpath.cases.services import clocks, ladder, tallies
from footpath.cases.services.raising import snapshot
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Organization, Person

SENT_TWICE = timedelta(minutes=1)
"""The same words by the same person within this time are one form, sent twice."""


def act(  # noqa: PLR0913, PLR0917 - what every deed has, in the order it is told
    deed: Deed,
    case: Case,
    entry_deed: Entry.Deed,
    by: Person | None,
    at: datetime,
    text: str,
    *,
    said_by: str = "",
    is_public: bool = False,
    to_person: Person | None = None,
    to_organization: Organization | None = None,
    **after: Any,
) -> Entry:
    """Change the case if it still is as the deed expects, and leave an entry and a trail line.

    Without ``by`` nobody in office did it, and ``said_by`` names who or what did ("The reporter",
    a rule, another system). The clocks of the case follow the deed in the same transaction.
    """
    try:
        rules.check_state(deed, State(case.state))
    except rules.Refused as refused:
        raise RuleBroken(refusal(case, refused.reason)) from refused
    before, former = snapshot(case), case.owner_id
    expected = {"pk": case.pk, "state": case.state, "round_number": case.round_number}
    expected["owner"] = case.owner_id
    changed = Case.objects.filter(**expected).update(updated_at=at, **after)
    if not changed:
        raise StaleState(
            _("Somebody else has changed this case in the meantime. Read it again first.")
        )
    round_number = case.round_number if deed != Deed.REOPEN else after["round_number"]
    for name, value in {**after, "updated_at": at}.items():
        setattr(case, name, value)
    clocks.follow(case, entry_deed, at=at)
    if case.owner_id != former:
        ladder.left(case, person_id=former, at=at)
    tallies.follow(case, at=at)
    audit.record(
        f"case.{entry_deed.value}",
        by=by or audit.System(said_by or "footpath"),
        subject=case,
        at=at,
        before=before,
        after={**snapshot(case), "said": text},
    )
    return Entry.objects.create(
        case=case,
        round_number=round_number,
        deed=entry_deed,
        by=by,
        said_by="" if by is not None else said_by,
        at=at,
        text=text.strip(),
        is_public=is_public,
        to_person=to_person,
        to_organization=to_organization,
    )


def said_already(deed: Entry.Deed, case: Case, by: Person, at: datetime, text: str) -> Entry | None:
    """Return the entry that a form sent twice has left already, or None.

    These deeds leave the case in its state, so that nothing else tells the second from a new one.
    The case is locked: of two at once the second finds what the first has said.
    """
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    same = Entry.objects.filter(case=case, deed=deed, by=by, text=text.strip())
    return same.filter(at__gt=at - SENT_TWICE, at__lte=at).order_by("-pk").first()


def refusal(case: Case, reason: str) -> str:
    """Return the sentence for a reason of ``rules.Refused``."""
    if reason == "took_part":
        return _(
            "You took part in the work on this case. Somebody else has to verify it on the spot."
        )
    if reason == "same_group":
        return _(
            "You belong to the same organization as somebody who worked on this case. Somebody of "
            "another organization has to verify it."
        )
    return _("This cannot be done now: the case is in the state “%(state)s”.") % {
        "state": Case.State(case.state).label
    }


def need_text(text: str, sentence: str) -> None:
    """Raise InvalidValue with the sentence when nothing was written."""
    if not text.strip():
        raise InvalidValue(sentence, field="text")


def set_round(case: Case, **values: Any) -> None:
    """Write values into the case's present round."""
    Round.objects.update_or_create(case=case, number=case.round_number, defaults=values)


def take_part(case: Case, at: datetime, *parts: tuple[int | None, str]) -> None:
    """Add people to the case, each once in each part; nobody for a key that is None."""
    Participant.objects.bulk_create(
        [
            Participant(case=case, person_id=pk, part=part, since=at)
            for pk, part in parts
            if pk is not None
        ],
        ignore_conflicts=True,
    )
