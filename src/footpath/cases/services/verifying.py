"""Verification on the spot, and the next round. Source: S4.4, principle 4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases import notices, rules
from footpath.cases.models import Attachment, Case, Entry, Participant, Round
from footpath.cases.rules import Deed, State
from footpath.cases.rules.supervision import check_group
from footpath.cases.selectors.supervision import organizations_of
from footpath.cases.services.attachments import add_attachments
from footpath.cases.services.doing import act, need_text, refusal, set_round, take_part
from footpath.cases.services.reporters import case_closed
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

Part = Participant.Part


@transaction.atomic
def verify_case(
    *,
    case: Case,
    result: rules.Result,
    by: Person,
    at: datetime,
    text: str = "",
    uploads: Sequence[UploadedFile[Any]] = (),
    evidence: Sequence[Attachment] = (),
) -> Entry:
    """Say what was found on the spot: confirmed closes the case, anything else opens a round.

    Refused (RuleBroken) unless the case waits for it, ``by`` did no part of the work in any round
    and, under double supervision, belongs to no organization of those who worked. A category may
    ask for a photo or a PDF before anything is confirmed: new files, or ``evidence`` that the
    verifier has put beside the case already (InvalidValue). Source: S4.4, principle 4.
    """
    check_verifier(case, by)
    require(by, "cases.verify", case)
    if result != rules.Result.CONFIRMED:
        need_text(text, _("Write what is still wrong, so that the next round can begin."))
    current = case.rounds.get(number=case.round_number)
    evidence = _own(evidence, case, by, since=current.rectified_at)
    if result == rules.Result.CONFIRMED and case.category.needs_evidence:
        _need_evidence(uploads, evidence)
    Round.objects.filter(pk=current.pk).update(
        verified_by=by, verified_at=at, result=result,
        is_superficial=result == rules.Result.NOT,
    )  # fmt: skip
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
    take_part(case, at, (by.pk, Part.VERIFIER))
    if uploads:
        add_attachments(case=case, entry=entry, uploads=uploads, by=by, at=at)
    Attachment.objects.filter(pk__in=[file.pk for file in evidence]).update(entry=entry)
    if case.is_open:
        set_round(case, owner_id=case.owner_id)
        tell_back(case, at=at, but=by)
    else:
        case_closed(case, at=at)
    return entry


@transaction.atomic
def reopen_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Open the next round of a closed case: what was confirmed does not hold.

    The round that was confirmed counts as superficial.
    """
    require(by, "cases.reopen", case)
    need_text(text, _("Write why the case is opened again."))
    return open_again(case, by=by, at=at, text=text)


def open_again(case: Case, *, by: Person, at: datetime, text: str) -> Entry:
    """Open the next round of a closed case, whoever found that it does not hold."""
    Round.objects.filter(
        case=case, number=case.round_number, result=Round.Result.CONFIRMED
    ).update(is_superficial=True)  # fmt: skip
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
    tell_back(case, at=at, but=by)
    return entry


def tell_back(case: Case, *, at: datetime, but: Person) -> None:
    """Tell the owner that the case came back, and whoever confirmed the round before."""
    before = Round.objects.filter(case=case, number=case.round_number - 1).first()
    keys = (case.owner_id, before.verified_by_id if before is not None else None)
    people = Person.objects.filter(pk__in=[pk for pk in keys if pk is not None and pk != but.pk])
    notices.tell(people, "case.came_back", case, at=at)


def check_verifier(case: Case, by: Person) -> None:
    """Raise RuleBroken unless the person may verify: the one gate on every path."""
    worked = list(
        Participant.objects.filter(case=case, part__in=Participant.WORKED).values_list(
            "person_id", flat=True
        )
    )
    try:
        rules.check_verifier(state=State(case.state), verifier_id=by.pk, worked=worked)
        if case.category.double_supervision:
            units = organizations_of([by.pk, *worked])
            check_group(units.get(by.pk, ()), [units.get(pk, ()) for pk in worked])
    except rules.Refused as refused:
        raise RuleBroken(refusal(case, refused.reason)) from refused


def _own(
    evidence: Sequence[Attachment], case: Case, by: Person, *, since: datetime | None
) -> list[Attachment]:
    """Return files that the verifier put beside the case since it was reported as rectified."""
    found = [
        file
        for file in evidence
        if file.case_id == case.pk
        and file.added_by_id == by.pk
        and file.entry_id is None
        and (since is None or file.added_at >= since)
    ]
    if len(found) < len(evidence):
        raise InvalidValue(
            _("Name only files that you added to this case since it was rectified."),
            field="attachments",
        )
    return found


def _need_evidence(uploads: Sequence[Any], evidence: Sequence[Attachment]) -> None:
    if not uploads and not evidence:
        raise InvalidValue(
            _("This kind of case is confirmed only with a photo or a PDF. Add one."),
            field="files",
        )
