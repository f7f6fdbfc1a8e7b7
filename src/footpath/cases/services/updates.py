"""What other systems say of a case: words in its thread, never its end. Source: decision 18."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from footpath.cases.models import Application, Case, Entry, UpdateIn
from footpath.cases.rules import Deed
from footpath.cases.services.doing import act

ENDED = frozenset({"FIXED", "CLOSED", "NO_FURTHER_ACTION", "CANCELLED", "DUPLICATE"})
STATUSES = ENDED | {
    "OPEN",
    "IN_PROGRESS",
    "ACTION_SCHEDULED",
    "INVESTIGATING",
    "NOT_COUNCILS_RESPONSIBILITY",
    "INTERNAL_REFERRAL",
    "FOR_TRIAGE",
    "REOPEN",
}
"""The statuses of the update extension."""

WORDS = {
    "OPEN": gettext_noop("Open there"),
    "IN_PROGRESS": gettext_noop("In progress there"),
    "ACTION_SCHEDULED": gettext_noop("Work is planned there"),
    "INVESTIGATING": gettext_noop("Being looked into there"),
    "DUPLICATE": gettext_noop("A duplicate there"),
    "NOT_COUNCILS_RESPONSIBILITY": gettext_noop("Not their responsibility"),
    "NO_FURTHER_ACTION": gettext_noop("No further action there"),
    "INTERNAL_REFERRAL": gettext_noop("Passed on there"),
    "FOR_TRIAGE": gettext_noop("To be sorted there"),
    "REOPEN": gettext_noop("Open again there"),
    "FIXED": gettext_noop("Fixed, as they say"),
    "CANCELLED": gettext_noop("Cancelled there"),
    "CLOSED": gettext_noop("Closed there"),
}


def take_update(
    *,
    application: Application,
    case: Case,
    update_id: str,
    status: str,
    text: str,
    at: datetime,
) -> Entry | None:
    """Put an update of the application that posted the case into its thread.

    It is a word, whatever its status: only somebody who verifies on the spot ends a case. The same
    update again (by ``update_id``) changes nothing and gives None.
    """
    try:
        with transaction.atomic():
            UpdateIn.objects.create(application=application, case=case, update_id=update_id, at=at)
            case.refresh_from_db()
            return act(
                Deed.NOTE,
                case,
                Entry.Deed.UPDATE,
                None,
                at,
                in_words(status, text),
                said_by=application.name,
            )
    except IntegrityError:
        known = UpdateIn.objects.filter(application=application, update_id=update_id)
        if not known.exists():
            raise
        return None


def in_words(status: str, text: str) -> str:
    """Return what a status and the words with it say, for the thread, in our own language."""
    with translation.override(settings.LANGUAGE_CODE):
        known = _(WORDS[status]) if status in WORDS else status
    return f"{known}: {text.strip()}" if text.strip() else known
