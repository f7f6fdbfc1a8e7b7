"""A case goes to the successor of whoever was in charge. Source: S2.1, S2.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from footpath.accounts import audit
from footpath.cases.models import Case, Entry, Participant, Round
from footpath.cases.services import ladder
from footpath.cases.services.raising import snapshot
from footpath.directory.models import Person


@transaction.atomic
def hand_over_case(
    *, case: Case, successor: Person, by: Person, at: datetime, text: str = ""
) -> bool:
    """Give an open case to the successor of its owner, in whatever state it is.

    Asked for by a handover, which has decided who may; the one before stays in the case as
    somebody who worked on it. Returns False when it was closed or given away in the meantime.
    """
    before, former = snapshot(case), case.owner_id
    changed = Case.objects.filter(pk=case.pk, owner=case.owner_id, is_open=True).update(
        owner=successor, updated_at=at
    )
    if not changed:
        return False
    case.refresh_from_db()
    ladder.left(case, person_id=former, at=at)
    audit.record(
        "case.handed_over",
        by=by,
        subject=case,
        at=at,
        before=before,
        after={**snapshot(case), "said": text},
    )
    Entry.objects.create(
        case=case,
        round_number=case.round_number,
        deed=Entry.Deed.ASSIGNED,
        by=by,
        at=at,
        text=text,
        to_person=successor,
    )
    Round.objects.update_or_create(
        case=case, number=case.round_number, defaults={"owner": successor}
    )
    Participant.objects.bulk_create(
        [Participant(case=case, person=successor, part=Participant.Part.OWNER, since=at)],
        ignore_conflicts=True,
    )
    return True
