"""What the reporter and the public are told by those in office. Source: S0.1."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.cases.models import Case, Entry
from footpath.cases.rules import Deed
from footpath.cases.services.doing import act, need_text, said_already
from footpath.cases.services.reporters import is_confidential, tell_reporter
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person


@transaction.atomic
def reply_to_reporter(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Answer the reporter: the words can be read by the reporter and, with the case, by all.

    The clock of the reply stops; a reporter with an address that answered gets a message.
    """
    require(by, "cases.reply", case)
    need_text(text, _("Write the answer."))
    if already := said_already(Entry.Deed.REPLIED, case, by, at, text):
        return already
    entry = act(Deed.REPLY, case, Entry.Deed.REPLIED, by, at, text, is_public=True)
    tell_reporter(case, key=f"entry-{entry.pk}", kind="reply", at=at)
    return entry


@transaction.atomic
def publish_case(*, case: Case, by: Person, at: datetime, text: str = "") -> Entry:
    """Show a case to the public, in these words instead of the reporter's if there are any.

    InvalidValue for a confidential reporter without words: how somebody writes may tell who it is.
    """
    require(by, "cases.publish", case)
    if not text.strip() and is_confidential(case):
        raise InvalidValue(
            _("The reporter is confidential. Say in your own words what is wrong."), field="text"
        )
    entry = act(Deed.PUBLISH, case, Entry.Deed.PUBLISHED, by, at, text, public_text=text.strip())
    _show(case, is_public=True)
    return entry


@transaction.atomic
def hide_case(*, case: Case, text: str, by: Person, at: datetime) -> Entry:
    """Take a case from the public, with the reason for the thread."""
    require(by, "cases.hide", case)
    need_text(text, _("Write why the public may not read it any more."))
    entry = act(Deed.HIDE, case, Entry.Deed.HIDDEN, by, at, text)
    _show(case, is_public=False)
    return entry


def _show(case: Case, *, is_public: bool) -> None:
    Case.objects.filter(pk=case.pk).update(is_public=is_public)
    case.is_public = is_public
