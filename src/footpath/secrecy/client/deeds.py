"""What the command does: begin, draw, ask, send, read. Each deed takes the state and changes it.

Every deed that reaches the Corner fetches the same things in the same order, the notice, the
officers and the bulletin, so that what was fetched does not tell what somebody came for.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from footpath.secrecy import age, blind, encoding, envelopes, receipts, records
from footpath.secrecy.client import trust, wire
from footpath.secrecy.client.errors import Alarm, Refused
from footpath.secrecy.client.store import SLOTS, Drawing, Slot, State, Waiting
from footpath.secrecy.client.words import gettext as _
from footpath.secrecy.epochs import Epoch, epoch_of, spendable_on
from footpath.secrecy.roster import Roster
from footpath.secrecy.tokens import MESSAGE

NOTICE, ROSTERS, BULLETIN, POSTINGS = "/notice.json", "/desk/roster/", "/bulletin/", "/postings/"
DRAW, NOTICE_OF_MEMBERS = "/corner/tokens/", "/corner/notice.json"
BUSY = 429
LONGEST_DELAY_S = 72 * 3600

Save = Callable[[State], None]


@dataclass(frozen=True)
class Asking:
    """What somebody asks: text, topic, language, and whether the answer may be published."""

    text: str
    topic: envelopes.Topic = "other"
    language: envelopes.Language = "en"
    consent: bool = False
    kind: envelopes.QuestionKind = "ask"


@dataclass(frozen=True)
class Sent:
    """What became of what was waiting: taken, refused by the Corner, still waiting."""

    taken: int
    refused: int
    waiting: int


def begin(reach: wire.Wire, members: str, corner: str, fingerprint: str) -> tuple[State, int]:
    """Return a new state with notice and roster pinned, and how many entries paper vouches for."""
    ours, theirs = wire.origin(members), wire.origin(corner)
    fetched = wire.get_json(reach, theirs + NOTICE)
    if not isinstance(fetched, dict):
        raise Refused(_("The server has answered something that is not understood."))
    sure = trust.first_notice(fetched, fingerprint)
    entries: list[dict[str, Any]] = fetched["entries"]
    rosters = trust.same_rosters([], wire.get_json(reach, theirs + ROSTERS), entries)
    state = State(ours, theirs, entries, rosters)
    compare(reach, state)
    return state, sure


def visit(reach: wire.Wire, state: State) -> bytes:
    """Fetch notice, officers and bulletin; pin what is new; return the bulletin.

    Alarm when anything differs from what was pinned: then nothing is changed.
    """
    entries = trust.same_notice(state.entries, wire.get_json(reach, state.corner + NOTICE))
    rosters = trust.same_rosters(
        state.rosters, wire.get_json(reach, state.corner + ROSTERS), entries
    )
    bulletin = wire.get(reach, state.corner + BULLETIN)
    state.entries, state.rosters = entries, rosters
    return bulletin


def compare(reach: wire.Wire, state: State) -> None:
    """Look whether the member side shows the same key notice as the Corner; Alarm when not.

    Never before something is sent: the member side may keep a record of who fetches what.
    """
    fetched = wire.get_json(reach, state.members + NOTICE_OF_MEMBERS)
    theirs = fetched.get("entries") if isinstance(fetched, dict) else None
    count = len(theirs) if isinstance(theirs, list) else 0
    trust.same_notice(state.entries[:count], fetched)
    if count < len(state.entries):
        raise Refused(
            _("The two servers do not show the same key notice at this moment. Try again later.")
        )


# --- drawing --------------------------------------------------------------------------------------


def draw(
    reach: wire.Wire, state: State, save: Save, *, username: str, password: str, now: datetime
) -> Epoch:
    """Draw the four tokens of this month as the account's browser would, and keep them.

    What is needed to take the blinding off is kept before anything is sent: when the answer is
    lost, the same request is sent again. Alarm when a token does not fit the published key.
    """
    epoch = epoch_of(now.date())
    if epoch in state.slots:
        raise Refused(_("The tokens of this month are here already."))
    key = trust.key(state.entries, epoch)
    compare(reach, state)
    if state.drawing is None or state.drawing.epoch != epoch:
        state.drawing = _new_drawing(epoch, key)
        save(state)
    drawing = state.drawing
    request = {"epoch": epoch, "blinded": [encoding.b64(one) for one in drawing.blinded]}
    with wire.SignedIn(reach, state.members, username, password) as browser:
        reply = browser.post(DRAW, request)
    if reply.status != 200:
        raise Refused(
            _(
                "No tokens were given. Most often a browser of this account has drawn this month's "
                "already; then ask from there, or draw here at the beginning of next month."
            )
        )
    state.slots[epoch] = _slots(drawing, reply, key)
    state.drawing = None
    forget(state, now)
    save(state)
    return epoch


def _new_drawing(epoch: Epoch, key: blind.PublicKey) -> Drawing:
    prepared = [blind.prepare(secrets.token_bytes(MESSAGE)) for _slot in range(SLOTS)]
    hidden = [blind.blind(one, key) for one in prepared]
    return Drawing(
        epoch,
        prepared,
        [one.message for one in hidden],
        [one.inverse.to_bytes(key.size) for one in hidden],
    )


def _slots(drawing: Drawing, reply: wire.Reply, key: blind.PublicKey) -> list[Slot]:
    answer = reply.json()
    signed = answer.get("signatures") if isinstance(answer, dict) else None
    try:
        if not isinstance(signed, list) or len(signed) != SLOTS:
            raise ValueError("four are given")
        return [
            Slot(
                prepared,
                blind.finalize(prepared, encoding.unb64(one), int.from_bytes(inverse), key),
            )
            for prepared, one, inverse in zip(
                drawing.prepared, signed, drawing.inverses, strict=True
            )
        ]
    except ValueError:
        raise Alarm(
            _(
                "The server has signed with another key than the published one. With a key for "
                "each member it could tell who asks (this is called tagging): use none of these "
                "tokens, and show this to a guidance officer."
            )
        ) from None


def forget(state: State, now: datetime) -> None:
    """Throw away the slots of months whose tokens can no longer be spent."""
    state.slots = {
        epoch: slots
        for epoch, slots in state.slots.items()
        if Epoch(epoch).spending_window[1] >= now.date()
    }


# --- asking ---------------------------------------------------------------------------------------


def ask(
    state: State, save: Save, asking: Asking, *, receipt: str, now: datetime, at_once: bool = False
) -> None:
    """Seal a question for the officers and for the receipt, spend a token, and let it wait.

    It leaves at a moment drawn at random within three days, or, at once, with the next ``send``.
    Refused without a token that can be spent, and for a text that is empty or too long.
    """
    question = _question(asking, receipt)
    _enqueue(state, now, at_once=at_once, sealed=_sealed(question, trust.present(state.rosters)))
    save(state)


def ask_by_slip(
    state: State, save: Save, asking: Asking, *, slip: str, receipt: str, now: datetime
) -> None:
    """As ``ask``, at once, with the 24 signs of a paper slip instead of a token."""
    sealed = _sealed(_question(asking, receipt), trust.present(state.rosters))
    body = _body({"slip": slip, "sealed": encoding.b64(sealed)})
    state.waiting.append(Waiting(int(now.timestamp()), body))
    save(state)


def cover(state: State, save: Save, *, now: datetime) -> int:
    """Spend every token that is left on postings that say nothing; return how many.

    Afterwards nobody can show that they did not ask.
    """
    roster = trust.present(state.rosters)
    count = 0
    while spendable(state, now) is not None:
        _enqueue(state, now, at_once=False, sealed=_sealed(envelopes.cover(), roster))
        count += 1
    save(state)
    return count


def send(reach: wire.Wire, state: State, save: Save, *, now: datetime) -> Sent:
    """Send what has waited long enough, each on a connection of its own; keep what is not taken.

    What the Corner refuses is tried again until its month can no longer be spent, and what it had
    no time to look at in any case.
    """
    taken = refused = 0
    for one in list(state.waiting):
        if one.after > now.timestamp():
            continue
        reply = reach("POST", state.corner + POSTINGS, one.body, wire.JSON)
        if reply.status == 202:
            state.waiting.remove(one)
            save(state)
            taken += 1
            continue
        refused += 1
        if reply.status != BUSY and _is_over(one, now):
            state.waiting.remove(one)
            save(state)
    return Sent(taken, refused, len(state.waiting))


def spendable(state: State, now: datetime) -> tuple[Epoch, int] | None:
    """Return the month and the slot of a token that is still good, the earlier month first."""
    for epoch in spendable_on(now.date()):
        slots = state.slots.get(epoch, [])
        key = trust.key(state.entries, epoch) if slots else None
        for at, slot in enumerate(slots):
            if key is not None and _is_good(slot, key):
                return epoch, at
    return None


def _question(asking: Asking, receipt: str) -> envelopes.Question:
    if not asking.text.strip():
        raise Refused(_("There is no text to be sent."))
    keys = receipts.keys(receipt)
    return envelopes.Question(
        kind=asking.kind,
        thread=keys.thread,
        topic=asking.topic,
        language=asking.language,
        consent=asking.consent,
        text=asking.text.strip(),
        reply_to=age.recipient_of(keys.identity),
    )


def _sealed(question: envelopes.Question, roster: Roster) -> bytes:
    try:
        return envelopes.seal_question(question, roster)
    except envelopes.BadEnvelope:
        raise Refused(
            _("The text is too long, or has signs in it that no text has: at most %(most)s signs.")
            % {"most": envelopes.LONGEST}
        ) from None


def _enqueue(state: State, now: datetime, *, at_once: bool, sealed: bytes) -> None:
    """Put a sealed text and a token together, and empty the token's slot."""
    found = spendable(state, now)
    if found is None:
        raise Refused(
            _(
                "There is no token to be spent: those of a month count from its 4th day to the end "
                "of the next month, four questions each."
            )
        )
    epoch, at = found
    slot = state.slots[epoch][at]
    state.slots[epoch][at] = Slot.empty()
    body = _body(
        {
            "epoch": epoch,
            "token": encoding.b64(slot.token),
            "signature": encoding.b64(slot.signature),
            "sealed": encoding.b64(sealed),
        }
    )
    delay = 0 if at_once else secrets.randbelow(_longest_delay(epoch, now))
    state.waiting.append(Waiting(int(now.timestamp()) + delay, body))


def _longest_delay(epoch: Epoch, now: datetime) -> int:
    """Return for how many seconds a posting may wait: three days, and within its month's window."""
    left = int(_end_of(epoch, now.tzinfo) - now.timestamp())
    return max(1, min(LONGEST_DELAY_S, left - 3600))


def _end_of(epoch: Epoch, zone: tzinfo | None) -> float:
    after = epoch.spending_window[1] + timedelta(days=1)
    return datetime.combine(after, time(), tzinfo=zone or UTC).timestamp()


def _is_over(one: Waiting, now: datetime) -> bool:
    """Tell whether a posting that was refused has no hope any more: slips at once."""
    body = json.loads(one.body)
    epoch = body.get("epoch")
    return epoch is None or _end_of(Epoch(epoch), now.tzinfo) <= now.timestamp()


def _is_good(slot: Slot, key: blind.PublicKey) -> bool:
    try:
        blind.verify(slot.token, slot.signature, key)
    except blind.BadSignature:
        return False
    return True


def _body(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


# --- reading --------------------------------------------------------------------------------------


def read(bulletin: bytes, receipt: str) -> Sequence[envelopes.Answer]:
    """Return what the receipt opens in the bulletin: signs of reading first, then answers.

    The whole bulletin is fetched and tried here: nobody learns which answer mattered. Only what two
    officers have approved counts as an answer; the rest can say no more than that it was read.
    """
    identity = receipts.keys(receipt).identity
    try:
        approved, signs = records.bulletin(bulletin)
    except ValueError:
        raise Refused(_("The server has answered something that is not understood.")) from None
    found = [*_opened(signs, identity, "read"), *_opened(approved, identity, "answer")]
    return sorted(set(found), key=lambda answer: (answer.epoch, answer.kind != "read"))


def _opened(
    sealed: Sequence[bytes], identity: str, kind: envelopes.AnswerKind
) -> Iterator[envelopes.Answer]:
    """Yield what the identity opens and is of the kind that may stand there."""
    for one in sealed:
        try:
            answer = envelopes.open_answer(one, identity)
        except (age.CannotOpen, envelopes.BadEnvelope):
            continue
        if answer.kind == kind:
            yield answer
