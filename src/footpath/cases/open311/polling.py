"""What other systems say of the cases we sent them. Source: decision 18.

Each update stands in the thread once. When the other system says that it is done, the case waits
for somebody who verifies it on the spot: another system never closes a case.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import translation

from footpath.cases.models import Case, Endpoint, Entry, Handoff, RemoteUpdate
from footpath.cases.open311.client import ROWS, Client, RefusedThere, RemoteWord
from footpath.cases.open311.reaching import answers, client_of, fails
from footpath.cases.open311.wire import Unreachable
from footpath.cases.rules import Deed, Outcome, State
from footpath.cases.services.doing import act, set_round
from footpath.cases.services.handoffs import tell_not_taken
from footpath.cases.services.updates import in_words
from footpath.core.errors import RuleBroken

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=2)
FARTHEST = timedelta(days=90)
AT_ONCE = 50
MOST_PAGES = 40
MOST_TEXT = 4000

DONE = {
    "FIXED": Outcome.SOLVED,
    "CLOSED": Outcome.SOLVED,
    "NO_FURTHER_ACTION": Outcome.EXPLAINED,
}
"""What makes a case wait to be verified, and how it would end then."""

LET_GO = frozenset({"DUPLICATE", "NOT_COUNCILS_RESPONSIBILITY", "CANCELLED"})
"""The other system does no more about it; the case stays with us as it is."""


def poll(at: datetime) -> int:
    """Fetch what changed at all endpoints and return how many updates are new."""
    new = 0
    with translation.override(settings.LANGUAGE_CODE):
        for endpoint in Endpoint.objects.filter(
            is_active=True, handoffs__state=Handoff.State.SENT
        ).distinct():
            new += poll_one(endpoint, at=at)
    return new


def poll_one(endpoint: Endpoint, *, at: datetime) -> int:
    """Fetch what changed at one endpoint; its error is noted when it does not answer."""
    sent = endpoint.handoffs.filter(state=Handoff.State.SENT)
    try:
        client = client_of(endpoint)
        _resolve_tokens(client, sent.filter(remote_id=""))
        words = (
            _by_updates(client, endpoint, at=at)
            if endpoint.has_updates
            else _by_requests(client, sent)
        )
        new, waiting = _take(endpoint, words, at=at)
    except (Unreachable, RefusedThere) as problem:
        fails(endpoint, str(problem), at=at)
        return 0
    answers(endpoint)
    if not waiting:
        Endpoint.objects.filter(pk=endpoint.pk).update(polled_at=at)
    return new


def _resolve_tokens(client: Client, waiting: Iterable[Handoff]) -> None:
    for handoff in waiting:
        token = handoff.remote_status.removeprefix("token ")
        number = client.number_of_token(token) if token else ""
        if number:
            Handoff.objects.filter(pk=handoff.pk, remote_id="").update(
                remote_id=number, remote_status=""
            )


def _by_updates(client: Client, endpoint: Endpoint, *, at: datetime) -> Iterator[RemoteWord]:
    """Yield the updates since the last look, with an overlap: what is known is skipped."""
    first = endpoint.handoffs.aggregate(first=Min("sent_at"))["first"] or at
    since = max((endpoint.polled_at or first) - OVERLAP, at - FARTHEST)
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        rows = client.updates(since, at + OVERLAP, page=page)
        fresh = [row for row in rows if row.update_id not in seen]
        seen.update(row.update_id for row in fresh)
        yield from fresh
        if len(rows) < ROWS or not fresh:
            return


def _by_requests(client: Client, sent: Iterable[Handoff]) -> Iterator[RemoteWord]:
    """Yield how requests stand there, each state as an update of its own."""
    numbers = [handoff.remote_id for handoff in sent if handoff.remote_id]
    for start in range(0, len(numbers), AT_ONCE):
        wanted = ",".join(numbers[start : start + AT_ONCE])
        for row in client.requests(service_request_id=wanted):
            if row.status not in {"open", "closed"}:
                continue
            if row.status == "open" and not row.notes:
                continue  # nothing has been said yet
            mark = hashlib.sha256(f"{row.status}\n{row.notes}".encode()).hexdigest()[:32]
            yield RemoteWord(
                update_id=f"{row.status} {mark}",
                number=row.number,
                status=row.status.upper(),
                text=row.notes,
                updated_at=row.updated_at,
            )


def _take(endpoint: Endpoint, words: Iterable[RemoteWord], *, at: datetime) -> tuple[int, int]:
    """Put the updates of our cases into their threads, in their order.

    Returns how many are new, and how many a rule of the house did not let in yet.
    """
    new = waiting = 0
    for word in words:
        if not word.update_id or not word.number:
            continue
        handoff = endpoint.handoffs.filter(remote_id=word.number).first()
        if handoff is None:
            continue  # of somebody else's request
        try:
            new += take_word(handoff, word, at=at)
        except RuleBroken as broken:
            log.warning("an update of %s waits for the next look: %s", handoff, broken)
            waiting += 1
    return new, waiting


def take_word(handoff: Handoff, word: RemoteWord, *, at: datetime) -> bool:
    """Put one update into the thread of its case; False when it stands there already."""
    known = RemoteUpdate.objects.filter(handoff=handoff, update_id=word.update_id)
    if known.exists():
        return False
    try:
        with transaction.atomic():
            RemoteUpdate.objects.create(
                handoff=handoff, update_id=word.update_id, at=word.updated_at or at
            )
            case = Case.objects.select_for_update(no_key=True).get(pk=handoff.case_id)
            _follow(case, handoff, word, at=at)
    except IntegrityError:
        if not known.exists():
            raise
        return False
    return True


def _follow(case: Case, handoff: Handoff, word: RemoteWord, *, at: datetime) -> None:
    """Do what the update means for our case."""
    by = handoff.endpoint.name
    said = in_words(word.status, word.text[:MOST_TEXT])
    done = DONE.get(word.status)
    if done is not None and case.state == State.RAISED:
        act(Deed.ACCEPT, case, Entry.Deed.ACCEPTED, None, at, "", said_by=by, state=State.ACCEPTED)
        set_round(case, owner_id=case.owner_id)
    if done is not None and case.state in {State.ACCEPTED, State.GUIDED}:
        act(
            Deed.RECTIFY, case, Entry.Deed.RECTIFIED, None, at, said,
            said_by=by, state=State.RECTIFIED,
        )  # fmt: skip
        set_round(case, rectified_at=at, proposed_outcome=done)
    else:
        act(Deed.NOTE, case, Entry.Deed.UPDATE, None, at, said, said_by=by)
    let_go = word.status in LET_GO
    if let_go:
        tell_not_taken(handoff=handoff, case=case, why="let go", at=at)
    Handoff.objects.filter(pk=handoff.pk).update(
        remote_status=word.status[:40],
        remote_updated_at=word.updated_at or at,
        state=Handoff.State.ENDED if done is not None or let_go else handoff.state,
    )
