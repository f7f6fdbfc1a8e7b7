"""Everything that happens to a case after it was raised. Source: S2.3, S4.4."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments import selectors as assignments
from footpath.cases import rules
from footpath.cases.models import Case, Entry, Participant, Round
from footpath.cases.rules import Deed, State
from footpath.cases.services.raising import snapshot
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Organization, Person

Part = Participant.Part

SENT_TWICE = timedelta(minutes=1)
"""The same words by the same person within this time are one form, sent twice."""


@transaction.atomic
def accept_case(*, case: Case, by: Person, at: datetime, text: str = "") -> Entry:
    """Say that somebody deals with a raised case; without an owner, whoever accepts owns it."""
    require(by, "cases.accept", case)
    owner_id = case.owner_id or by.pk
    entry = _do(
        Deed.ACCEPT,
        case,
        Entry.Deed.ACCEPTED,
        by,
        at,
        text,
        state=State.ACCEPTED,
        owner_id=owner_id,
    )
    _round(case, owner_id=owner_id)
    _take_part(case, at, (owner_id, Part.OWNER))
    return entry


@transaction.atomic
def assign_owner(*, case: Case, owner: Person, by: Person, at: datetime, text: str = "") -> Entry:
    """Give a case an owner; the one before stays in it as somebody who worked on it."""
    require(by, "cases.assign", case)
    if case.owner_id == owner.pk:
        raise RuleBroken(_("%(name)s owns this case already.") % {"name": owner.name})
    entry = _do(
        Deed.ASSIGN, case, Entry.Deed.ASSIGNED, by, at, text, to_person=owner, owner_id=owner.pk
    )
    _round(case, owner_id=owner.pk)
    _take_part(case, at, (owner.pk, Part.OWNER))
    return entry


@transaction.atomic
def give_guidance(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Tell the owner how to go about it (S0.3); whoever guides cannot verify later."""
    require(by, "cases.guide", case)
    _need_text(text, _("Write the guidance in a sentence or two."))
    if case.state == State.GUIDED and (
        already := _said_already(Entry.Deed.GUIDED, case, by, at, text)
    ):
        return already
    entry = _do(Deed.GUIDE, case, Entry.Deed.GUIDED, by, at, text, state=State.GUIDED)
    _take_part(case, at, (by.pk, Part.GUIDE))
    return entry


@transaction.atomic
def rectify_case(
    *,
    case: Case,
    text: str,
    by: Person,
    at: datetime,
    outcome: rules.Outcome = rules.Outcome.SOLVED,
) -> Entry:
    """Say what was done, and how the case would end; it then waits for somebody else to verify."""
    require(by, "cases.rectify", case)
    _need_text(text, _("Write what was done, so that it can be checked on the spot."))
    if outcome == rules.Outcome.DUPLICATE:
        raise InvalidValue(_("Choose how the case ended."), field="outcome")
    entry = _do(Deed.RECTIFY, case, Entry.Deed.RECTIFIED, by, at, text, state=State.RECTIFIED)
    _round(case, rectified_by_id=by.pk, rectified_at=at, proposed_outcome=outcome)
    _take_part(case, at, (by.pk, Part.RECTIFIER))
    return entry


@transaction.atomic
def verify_case(
    *, case: Case, result: rules.Result, by: Person, at: datetime, text: str = ""
) -> Entry:
    """Say what was found on the spot: confirmed closes the case, anything else opens a round.

    Refused (RuleBroken) unless the case waits for it and ``by`` did no part of the work in any
    round. Source: S4.4, principle 4.
    """
    _check_verifier(case, by)
    require(by, "cases.verify", case)
    if result != rules.Result.CONFIRMED:
        _need_text(text, _("Write what is still wrong, so that the next round can begin."))
    current = case.rounds.get(number=case.round_number)
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
    entry = _do(Deed.VERIFY, case, deed, by, at, text, **after)
    Round.objects.filter(pk=current.pk).update(verified_by=by, verified_at=at, result=result)
    if case.is_open:
        _round(case, owner_id=case.owner_id)
    _take_part(case, at, (by.pk, Part.VERIFIER))
    return entry


@transaction.atomic
def reopen_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Open the next round of a closed case: what was confirmed does not hold."""
    require(by, "cases.reopen", case)
    _need_text(text, _("Write why the case is opened again."))
    entry = _do(
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
        due_on=rules.due_date(clock.day_of(at), case.category.days_to_close),
    )
    _round(case, owner_id=case.owner_id)
    return entry


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
    _need_text(text, _("Write why the case goes up."))
    if agency is not None:
        return _do(
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
    entry = _do(
        Deed.ESCALATE, case, Entry.Deed.ESCALATED, by, at, text, to_person=person, level=level
    )
    _take_part(case, at, (person.pk, Part.RESPONSIBLE))
    return entry


@transaction.atomic
def return_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Send a case back to who raised it: it lacks something, or belongs elsewhere."""
    require(by, "cases.return", case)
    _need_text(text, _("Write what is missing, so that it can be sent in again."))
    return _do(Deed.RETURN, case, Entry.Deed.RETURNED, by, at, text, state=State.RETURNED)


@transaction.atomic
def resubmit_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Send a returned case in again with what was missing."""
    require(by, "cases.resubmit", case)
    _need_text(text, _("Write what was added."))
    return _do(Deed.RESUBMIT, case, Entry.Deed.RESUBMITTED, by, at, text, state=State.RAISED)


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
    entry = _do(
        Deed.MARK_DUPLICATE, case, Entry.Deed.DUPLICATE, by, at, text or other.number,
        state=State.CLOSED, is_open=False, outcome=rules.Outcome.DUPLICATE, closed_at=at,
        duplicate_of_id=other.pk,
    )  # fmt: skip
    _take_part(other, at, (case.raised_by_id, Part.FOLLOWER))
    audit.record("case.duplicate_found", by=by, subject=other, at=at, after={"duplicate": case.pk})
    return entry


@transaction.atomic
def add_note(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Add a note to the thread; the case stays as it is."""
    require(by, "cases.note", case)
    _need_text(text, _("Write the note."))
    if already := _said_already(Entry.Deed.NOTE, case, by, at, text):
        return already
    return _do(Deed.NOTE, case, Entry.Deed.NOTE, by, at, text)


def check_deed(*, deed: Deed, case: Case, by: Person) -> None:
    """Raise what the deed would raise before its form is filled in: RuleBroken or NotAllowed."""
    if deed == Deed.VERIFY:
        _check_verifier(case, by)
    require(by, f"cases.{deed}", case)
    try:
        rules.check_state(deed, State(case.state))
    except rules.Refused as refused:
        raise RuleBroken(_refusal(case, refused.reason)) from refused


def _do(  # noqa: PLR0917 - what every deed has, in the order it is told
    deed: Deed,
    case: Case,
    entry_deed: Entry.Deed,
    by: Person,
    at: datetime,
    text: str,
    *,
    to_person: Person | None = None,
    to_organization: Organization | None = None,
    **after: Any,
) -> Entry:
    """Change the case if it still is as the deed expects, and leave an entry and a trail line."""
    try:
        rules.check_state(deed, State(case.state))
    except rules.Refused as refused:
        raise RuleBroken(_refusal(case, refused.reason)) from refused
    before = snapshot(case)
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
    audit.record(
        f"case.{entry_deed.value}",
        by=by,
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
        at=at,
        text=text.strip(),
        to_person=to_person,
        to_organization=to_organization,
    )


def _said_already(
    deed: Entry.Deed, case: Case, by: Person, at: datetime, text: str
) -> Entry | None:
    """Return the entry that a form sent twice has left already, or None.

    These two deeds leave the case in its state, so that nothing else tells the second from a new
    one. The case is locked: of two at once the second finds what the first has said.
    """
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    same = Entry.objects.filter(case=case, deed=deed, by=by, text=text.strip())
    return same.filter(at__gt=at - SENT_TWICE, at__lte=at).order_by("-pk").first()


def _check_verifier(case: Case, by: Person) -> None:
    worked = Participant.objects.filter(case=case, part__in=Participant.WORKED)
    try:
        rules.check_verifier(
            state=State(case.state),
            verifier_id=by.pk,
            worked=worked.values_list("person_id", flat=True),
        )
    except rules.Refused as refused:
        raise RuleBroken(_refusal(case, refused.reason)) from refused


def _refusal(case: Case, reason: str) -> str:
    if reason == "took_part":
        return _(
            "You took part in the work on this case. Somebody else has to verify it on the spot."
        )
    return _("This cannot be done now: the case is in the state “%(state)s”.") % {
        "state": Case.State(case.state).label
    }


def _need_text(text: str, sentence: str) -> None:
    if not text.strip():
        raise InvalidValue(sentence, field="text")


def _round(case: Case, **values: Any) -> None:
    Round.objects.update_or_create(case=case, number=case.round_number, defaults=values)


def _take_part(case: Case, at: datetime, *parts: tuple[int, str]) -> None:
    Participant.objects.bulk_create(
        [Participant(case=case, person_id=pk, part=part, since=at) for pk, part in parts],
        ignore_conflicts=True,
    )
