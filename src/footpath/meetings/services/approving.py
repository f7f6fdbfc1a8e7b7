"""Approve minutes: what they say is frozen, numbered and can be checked for ever. Source: S0.1."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import notices, printing, rules, selectors
from footpath.meetings.models import Meeting, Minutes
from footpath.meetings.rules.minutes import clean, digest
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import line


@transaction.atomic
def approve_minutes(
    *,
    meeting: Meeting,
    by: Person,
    at: datetime,
    language: str,
    address: str = "",
    seen: str | None = None,
) -> Minutes:
    """Approve the minutes of a meeting that was held, and return their next version.

    All that they say is frozen as a record with its SHA-256, and set as a PDF in ``language`` that
    bears the digest and the ``address`` at which it can be checked. From then on attendance, items
    and text stand, until somebody opens the minutes again with a reason. Everybody who was expected
    is told. ``seen`` is the mark (``selectors.mark_of_minutes``) of what was read before. Raises
    RuleBroken when the meeting was not held, a session still runs, or the minutes are approved
    already; StaleState when they say something else than what was read.
    """
    require(by, "meetings.approve_minutes", meeting)
    refuse_when_approved(meeting)
    whole = selectors.meeting_in_full(meeting.pk)
    if whole.state != rules.State.HELD:
        raise RuleBroken(_("Only the minutes of a meeting that was held can be approved."))
    if whole.opened_at is not None and whole.closed_at is None:
        raise RuleBroken(_("The session is still running. Close it first."))
    if seen is not None and seen != selectors.mark_of_minutes(whole):
        raise StaleState(_("Somebody else has written the minutes in the meantime. Read them."))
    before = Minutes.objects.filter(meeting=whole).defer("pdf", "frozen").order_by("version").last()
    version = before.version + 1 if before else 1
    reason = before.reopen_reason if before else ""
    frozen = selectors.frozen_of(
        whole, approved_by=by, at=at, version=version, reason=reason, language=language
    )
    sealed = digest(frozen)
    pdf = printing.minutes_pdf(frozen, digest=sealed, language=language, address=address)
    made = Minutes.objects.create(
        meeting=whole,
        version=version,
        language=language,
        frozen=frozen,
        digest=sealed,
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        reason=reason,
        approved_by=by,
        approved_at=at,
    )
    audit.record(
        "meeting.minutes_approved",
        by=by,
        subject=meeting,
        at=at,
        after={"version": version, "digest": sealed, "pdf": made.pdf_digest, "reason": reason},
    )
    notices.tell(
        _who_was_expected(whole), "minutes.approved", whole, at=at, key=f"version-{version}"
    )
    return made


@transaction.atomic
def correct_minutes(*, meeting: Meeting, reason: str, by: Person, at: datetime) -> None:
    """Open approved minutes again for a correction, which becomes their next version.

    The version that was approved stays as it is, with the reason. Raises InvalidValue without a
    reason, StaleState when no version stands approved.
    """
    require(by, "meetings.approve_minutes", meeting)
    reason = clean(line(reason, field="reason"))
    if not reason:
        raise InvalidValue(_("Say what has to be corrected."), field="reason")
    Meeting.objects.select_for_update(no_key=True).only("pk").get(pk=meeting.pk)
    version = (
        Minutes.objects.filter(meeting=meeting, reopened_at=None)
        .values_list("version", flat=True)
        .first()
    )
    changed = Minutes.objects.filter(meeting=meeting, reopened_at=None).update(
        reopened_by=by, reopened_at=at, reopen_reason=reason
    )
    if not changed:
        raise StaleState(_("These minutes are open for changes already."))
    audit.record(
        "meeting.minutes_reopened",
        by=by,
        subject=meeting,
        at=at,
        before={"version": version},
        after={"reason": reason},
    )


def _who_was_expected(meeting: Meeting) -> list[Person]:
    """Return everybody on the duty list, those who came instead, and whoever convened."""
    found = {meeting.convened_by_id: meeting.convened_by}
    for duty in meeting.duties.all():
        found[duty.person_id] = duty.person
        if duty.substitute is not None:
            found[duty.substitute_id or 0] = duty.substitute
    return list(found.values())
