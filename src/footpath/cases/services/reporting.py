"""What reporters without an account do: say more, answer whether it is fixed, stop messages.

Whoever holds the code acts; the thread and the trail name "The reporter", never a person.
Source: S0.1, S0.3: the reporter has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases import notices
from footpath.cases.models import Case, Entry, Participant, Reporter, Round
from footpath.cases.rules import Deed, State
from footpath.cases.rules.clocks import ClockKind
from footpath.cases.services import clocks, tallies
from footpath.cases.services.attachments import add_attachments
from footpath.cases.services.doing import SENT_TWICE, act, need_text
from footpath.cases.services.reporters import SAID_BY
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

SAID = {
    Reporter.Answer.YES: gettext_noop("The reporter: it is fixed"),
    Reporter.Answer.PARTLY: gettext_noop("The reporter: it is partly fixed"),
    Reporter.Answer.NO: gettext_noop("The reporter: it is not fixed"),
}
"""Who is named in the thread with the answer to "Is it fixed?"."""

FOLLOWER = gettext_noop("Somebody who reported the same")
"""Who is named when the reporter of a duplicate says something in the case where it goes on."""

SAID_BY_FOLLOWER = {
    Reporter.Answer.YES: gettext_noop("Somebody who reported the same: it is fixed"),
    Reporter.Answer.PARTLY: gettext_noop("Somebody who reported the same: it is partly fixed"),
    Reporter.Answer.NO: gettext_noop("Somebody who reported the same: it is not fixed"),
}

LONGEST = 5000
"""How many characters a reporter may write at once."""


@transaction.atomic
def say(
    *,
    reporter: Reporter,
    text: str,
    at: datetime,
    uploads: Sequence[UploadedFile[Any]] = (),
) -> Entry:
    """Add the reporter's word to the thread; a returned case is sent in again with it.

    The same words within a minute are one form, sent twice. The word of a duplicate's reporter
    stands in the case where it goes on, named as such; it sends nothing in again, because that
    case is somebody else's.
    """
    need_text(text, _("Write what you want to say."))
    if len(text) > LONGEST:
        raise InvalidValue(_("This is too long. Shorten it."), field="text")
    case = Case.objects.select_for_update().get(pk=root_of(reporter.case).pk)
    whose = _whose(reporter, case)
    already = _said_already(case, text, at, whose=whose)
    if already is not None:
        return already
    if case.state == State.RETURNED and not whose:
        entry = act(
            Deed.RESUBMIT,
            case,
            Entry.Deed.RESUBMITTED,
            None,
            at,
            text,
            said_by=SAID_BY,
            state=State.RAISED,
        )
        clocks.begin(case, ClockKind.REPLY, at=at)
    else:
        entry = _word(case, text, at, said_by=FOLLOWER if whose else SAID_BY, whose=whose)
    if uploads:
        add_attachments(case=case, entry=entry, uploads=uploads, by=None, at=at)
    return entry


@transaction.atomic
def answer_fixed(*, reporter: Reporter, answer: str, text: str, at: datetime) -> None:
    """Keep what the reporter says to "Is it fixed?"; once for each time it was asked.

    "No" and "partly" reach the owner and whoever verified, who may reopen the case; nothing is
    blocked by it. The reporter of a duplicate says it of the case where that goes on: it is shown
    as such, and counts for the duplicate alone, so that the last word on the other case stays its
    own reporter's. RuleBroken when it was not asked, or is answered already.
    """
    if answer not in Reporter.Answer.values:
        raise InvalidValue(_("Choose one of the three answers."), field="answer")
    if len(text) > LONGEST:
        raise InvalidValue(_("This is too long. Shorten it."), field="text")
    case = Case.objects.select_for_update().get(pk=root_of(reporter.case).pk)
    kept = Reporter.objects.filter(
        pk=reporter.pk, asked_round=case.round_number, asked_at__isnull=False, answer=""
    ).update(answer=answer, answer_text=text.strip(), answered_at=at)
    if not kept or case.is_open:
        raise RuleBroken(_("This question is not open any more. What was answered stands."))
    whose = _whose(reporter, case)
    said_by = (SAID_BY_FOLLOWER if whose else SAID)[Reporter.Answer(answer)]
    entry = _word(case, text, at, said_by=said_by, whose=whose)
    if whose:
        tallies.follow(reporter.case, at=at)
    if answer != Reporter.Answer.YES:
        notices.tell(
            _owner_and_verifier(case),
            "case.reporter_says_no",
            case,
            at=at,
            key=f"answer-{entry.pk}",
        )


@transaction.atomic
def confirm_address(*, reporter: Reporter, at: datetime) -> None:
    """Note that the address answered: from now on it gets messages."""
    changed = Reporter.objects.filter(pk=reporter.pk, confirmed_at=None, erased_at=None).update(
        confirmed_at=at
    )
    if changed:
        _line("case.reporter_confirmed", reporter, at)


@transaction.atomic
def stop_messages(*, reporter: Reporter, at: datetime) -> None:
    """Send this reporter nothing more, also not what waits."""
    changed = Reporter.objects.filter(pk=reporter.pk, stopped_at=None).update(stopped_at=at)
    if changed:
        reporter.mails.filter(sent_at=None).delete()
        _line("case.reporter_stopped", reporter, at)


@transaction.atomic
def hand_knowledge(*, case: Case, to: Person, by: Person, at: datetime) -> None:
    """Give the knowledge of a confidential reporter to another handler, who then alone has it.

    Only the handler can. The trail says that it was done and by whom, not whom it is about.
    """
    require(by, "cases.hand_reporter", case)
    reporter = Reporter.objects.filter(case=case).first()
    if to.pk == by.pk or (reporter is not None and reporter.person_id == to.pk):
        raise InvalidValue(_("Choose somebody else."), field="handler")
    changed = Case.objects.filter(pk=case.pk, handler=by).update(handler=to, updated_at=at)
    if not changed:
        raise RuleBroken(_("Somebody else has this knowledge by now."))
    case.handler = to
    audit.record("case.handler_changed", by=by, subject=case, at=at, after={"handler": to.pk})


def root_of(case: Case) -> Case:
    """Return the case that a duplicate belongs to in the end, or the case itself."""
    seen = {case.pk}
    while case.duplicate_of is not None and case.duplicate_of_id not in seen:
        case = case.duplicate_of
        seen.add(case.pk)
    return case


def _whose(reporter: Reporter, case: Case) -> str:
    """Return "" for the case's own reporter, the number of the duplicate for one of those."""
    return "" if reporter.case_id == case.pk else reporter.case.number


def _word(case: Case, text: str, at: datetime, *, said_by: str, whose: str) -> Entry:
    entry = act(Deed.NOTE, case, Entry.Deed.ANSWERED, None, at, text, said_by=said_by)
    if whose:
        entry.why = whose
        entry.save(update_fields=["why"])
    return entry


def _said_already(case: Case, text: str, at: datetime, *, whose: str) -> Entry | None:
    said_by = FOLLOWER if whose else SAID_BY
    same = Entry.objects.filter(case=case, by=None, said_by=said_by, why=whose, text=text.strip())
    return same.filter(at__gt=at - SENT_TWICE, at__lte=at).order_by("-pk").first()


def _owner_and_verifier(case: Case) -> list[Person]:
    verifiers = Round.objects.filter(case=case, number=case.round_number, verified_by__isnull=False)
    keys = {*verifiers.values_list("verified_by", flat=True), case.owner_id}
    if keys == {None}:
        part = Participant.Part.VERIFIER
        keys |= set(case.participants.filter(part=part).values_list("person", flat=True))
    return list(Person.objects.filter(pk__in=[pk for pk in keys if pk is not None]))


def _line(deed: str, reporter: Reporter, at: datetime) -> None:
    subject = f"{Case._meta.label_lower}:{reporter.case_id}"
    audit.record(deed, by=audit.System(SAID_BY), subject=subject, at=at)
