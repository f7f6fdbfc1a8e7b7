"""Sending cases to other systems: each once, whatever fails in between. Source: decision 18.

Before the request the note says "perhaps sent". After a crash or an answer that never came the
request is first looked for there, by the reference in its description, and only then sent again.
A refusal in doubt is believed only when the request was looked for afterwards and is not there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.cases.models import Case, Endpoint, Entry, Handoff
from footpath.cases.open311.client import Client, Posted, RefusedThere
from footpath.cases.open311.reaching import answers, client_of, fails
from footpath.cases.open311.wire import Unreachable
from footpath.cases.rules import Deed
from footpath.cases.services.doing import act
from footpath.cases.services.handoffs import TOLD_AFTER, tell_not_taken
from footpath.core import tree
from footpath.directory.models import Area

State = Handoff.State

CLAIM = timedelta(minutes=1)
"""Longer than two requests can take: afterwards another worker may take over."""

LONGEST_WAIT_MIN = 60
MOST_AT_ONCE = 100
MOST_TEXT = 3900


class CannotLook(Exception):
    """The other system does not say whether it has our request; the message is its own."""


def send_due(at: datetime) -> int:
    """Send what is due and return how many cases have arrived. Any number of workers may."""
    with translation.override(settings.LANGUAGE_CODE):
        due = (
            Handoff.objects.filter(
                state__in=(State.WAITING, State.IN_DOUBT),
                next_at__lte=at,
                endpoint__is_active=True,
            )
            .select_related("endpoint", "case__category")
            .order_by("next_at", "pk")[:MOST_AT_ONCE]
        )
        silent: set[int] = set()
        return sum(_send(handoff, silent, at=at) for handoff in due)


def reference_of(handoff: Handoff) -> str:
    """Return by what our request is found again there."""
    return f"Footpath {handoff.key.hex[:12]}"


def _send(handoff: Handoff, silent: set[int], *, at: datetime) -> bool:
    """Send one case; an endpoint that does not answer is left alone for the rest of the round."""
    endpoint = handoff.endpoint
    if endpoint.pk in silent:
        return False
    was_in_doubt = handoff.state == State.IN_DOUBT
    if not _claim(handoff, at=at):
        return False
    try:
        posted = _delivered(handoff, doubtful=was_in_doubt)
    except RefusedThere as refused:
        answers(endpoint)
        _refused(handoff, str(refused), at=at)
    except CannotLook as problem:
        answers(endpoint)
        _waits(handoff, State.IN_DOUBT, str(problem), at=at)
    except Unreachable as problem:
        silent.add(endpoint.pk)
        fails(endpoint, str(problem), at=at)
        # Only who never reached the other side knows that nothing arrived there.
        state = State.IN_DOUBT if was_in_doubt or problem.handed_over else State.WAITING
        _waits(handoff, state, str(problem), at=at)
    else:
        if posted is not None:
            answers(endpoint)
            return _arrived(handoff, posted, at=at)
        _set(handoff, State.ENDED, next_at=None)
    return False


def _delivered(handoff: Handoff, *, doubtful: bool) -> Posted | None:
    """Return our request as it stands there: found in doubt, else posted.

    None when it is not there and the case is closed by now: then nothing is sent any more. A
    refusal in doubt may be of the second request because the first has arrived, so it is looked
    for once more before the refusal is believed.
    """
    if not doubtful and not handoff.case.is_open:
        return None
    client = client_of(handoff.endpoint)
    found = _look_for(client, handoff) if doubtful else None
    if found is not None or not handoff.case.is_open:
        return found
    try:
        return client.post(content_of(handoff))
    except RefusedThere:
        found = _look_for(client, handoff) if doubtful else None
        if found is None:
            raise
        return found


def _waits(handoff: Handoff, state: State, error: str, *, at: datetime) -> None:
    """Let the note wait 1, 2, 4 … minutes, at most an hour, before it is tried again."""
    wait = min(LONGEST_WAIT_MIN, 2 ** min(handoff.attempts - 1, 10))
    with transaction.atomic():
        kept = _set(handoff, state, next_at=at + timedelta(minutes=wait), error=error[:300])
        if kept and handoff.attempts >= TOLD_AFTER:
            tell_not_taken(handoff=handoff, case=handoff.case, why="late", at=at)


def _claim(handoff: Handoff, *, at: datetime) -> bool:
    """Take the note for this worker and say "perhaps sent"; False when another was quicker."""
    taken = Handoff.objects.filter(
        pk=handoff.pk, state=handoff.state, next_at=handoff.next_at
    ).update(state=State.IN_DOUBT, next_at=at + CLAIM, attempts=F("attempts") + 1)
    handoff.state, handoff.next_at = State.IN_DOUBT, at + CLAIM
    handoff.attempts += 1
    return bool(taken)


def _set(handoff: Handoff, state: State, **values: object) -> bool:
    """Write how far the sending has come, if the note is still this worker's."""
    return bool(
        Handoff.objects.filter(pk=handoff.pk, state=State.IN_DOUBT, next_at=handoff.next_at).update(
            state=state, **values
        )
    )


def _look_for(client: Client, handoff: Handoff) -> Posted | None:
    """Return our request if it is there already; CannotLook when it does not let us look."""
    reference = reference_of(handoff)
    try:
        found = client.requests(service_code=code_of(handoff), client_key=str(handoff.key))
    except RefusedThere as refused:
        raise CannotLook(
            _("It does not say whether the case has arrived: %(error)s") % {"error": refused}
        ) from refused
    number = next((row.number for row in found if reference in row.description), "")
    return Posted(number) if number else None


def code_of(handoff: Handoff) -> str:
    """Return the service code there; without one the systems share our codes of categories."""
    return handoff.service_code or handoff.case.category.code


def content_of(handoff: Handoff) -> dict[str, str | list[str]]:
    """Return the form that is sent: the problem and where it is, nothing about its reporter."""
    case = handoff.case
    names = Area.objects.in_bulk(tree.ids_of(case.area_path))
    places = [names[pk].name for pk in reversed(tree.ids_of(case.area_path)) if pk in names]
    text = case.public_text or "\n\n".join(filter(None, [case.title, case.text]))
    values: dict[str, str | list[str]] = {
        "service_code": code_of(handoff),
        "description": f"{text[:MOST_TEXT]}\n\n{case.number} · {reference_of(handoff)}",
        "address_string": ", ".join(filter(None, [case.address, *places])),
        "client_key": str(handoff.key),
    }
    if case.latitude is not None and case.longitude is not None:
        values |= {"lat": f"{case.latitude:.6f}", "long": f"{case.longitude:.6f}"}
    if case.media_url:
        values["media_url"] = case.media_url
    for code, answer in case.answers.items():
        if isinstance(answer, list):
            values[f"attribute[{code}][]"] = [str(one) for one in answer]
        else:
            values[f"attribute[{code}]"] = str(answer)
    return values


def _arrived(handoff: Handoff, posted: Posted, *, at: datetime) -> bool:
    """Note the number there, and say in the thread where the case is."""
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=handoff.case_id)
        status = f"token {posted.token}"[:40] if not posted.number else ""
        try:
            with transaction.atomic():
                noted = _set(
                    handoff,
                    State.SENT,
                    next_at=None,
                    sent_at=at,
                    remote_id=posted.number,
                    remote_status=status,
                    error="",
                )
        except IntegrityError:  # it gave the number of another of our cases
            noted = False
            _refused(handoff, _("It gave a number that another case has."), at=at)
        if noted:
            said = _("Sent to %(system)s, number %(number)s there.") % {
                "system": handoff.endpoint.name,
                "number": posted.number or "–",
            }
            _say(case, Entry.Deed.SENT_OUT, said, handoff.endpoint, at=at)
    return noted


def _refused(handoff: Handoff, error: str, *, at: datetime) -> None:
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=handoff.case_id)
        if _set(handoff, State.REFUSED, next_at=None, error=error[:300]):
            said = _("%(system)s does not take this case: %(error)s") % {
                "system": handoff.endpoint.name,
                "error": error[:300],
            }
            _say(case, Entry.Deed.UPDATE, said, handoff.endpoint, at=at)
            tell_not_taken(handoff=handoff, case=case, why="refused", at=at)


def _say(case: Case, deed: Entry.Deed, text: str, endpoint: Endpoint, *, at: datetime) -> None:
    act(Deed.NOTE, case, deed, None, at, text, said_by=endpoint.name)
