"""What a caller asks to be done with a case, handed to the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from footpath.api.case_schemas import DeedIn
from footpath.cases import rules, selectors, services
from footpath.cases.models import Case, Entry
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import InvalidValue
from footpath.directory import selectors as directory
from footpath.directory.models import Person

Doer = Callable[[Case, DeedIn, Person, datetime], Any]


def _assign(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    owner = Person.objects.filter(pk=said.owner).first() if said.owner else None
    if owner is None:
        raise InvalidValue(_("Name the new owner by the person's id."), field="owner")
    services.assign_owner(case=case, owner=owner, by=by, at=at, text=said.text)


def _escalate(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    agency = None
    if said.agency is not None:
        offered = selectors.agencies_for(by, case)
        agency = next((row for row in offered if row.code == said.agency), None)
        if agency is None:
            raise InvalidValue(_("There is no organization with this code."), field="agency")
    services.escalate_case(case=case, text=said.text, by=by, at=at, agency=agency)


def _transfer(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.organization is None:
        raise InvalidValue(_("Name the other organization by its code."), field="organization")
    try:
        to = directory.get_organization_for(by, code=said.organization)
    except Http404 as missing:
        raise InvalidValue(
            _("There is no organization with this code."), field="organization"
        ) from missing
    services.transfer_case(case=case, to=to, text=said.text, by=by, at=at)


def _duplicate(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.duplicate_of is None:
        raise InvalidValue(_("Name the other case by its id."), field="duplicate_of")
    try:
        other = selectors.get_case_for(by, pk=said.duplicate_of)
    except Http404 as missing:
        raise InvalidValue(_("There is no case with this id."), field="duplicate_of") from missing
    services.mark_duplicate(case=case, of=other, by=by, at=at, text=said.text)


def _verify(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    if said.result is None:
        raise InvalidValue(_("Say what was found: confirmed, partly or not."), field="result")
    evidence = list(case.attachments.filter(pk__in=said.attachments))
    if len(evidence) < len(set(said.attachments)):
        raise InvalidValue(_("There is no such file beside this case."), field="attachments")
    services.verify_case(
        case=case,
        result=rules.Result(said.result),
        text=said.text,
        by=by,
        at=at,
        evidence=evidence,
    )


def _rectify(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.rectify_case(
        case=case, text=said.text, outcome=rules.Outcome(said.outcome), by=by, at=at
    )


def _pause(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.pause_clock(case=case, until=_until(said), text=said.text, by=by, at=at)


def _extend(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
    services.extend_case(case=case, until=_until(said), text=said.text, by=by, at=at)


def _until(said: DeedIn) -> date:
    if said.until is None or not FIRST <= said.until <= LAST:
        raise InvalidValue(_("Name the last day, such as 2026-03-17."), field="until")
    return said.until


def _plain(service: Callable[..., Entry]) -> Doer:
    def do(case: Case, said: DeedIn, by: Person, at: datetime) -> None:
        service(case=case, text=said.text, by=by, at=at)

    return do


DEEDS: Mapping[rules.Deed, Doer] = {
    rules.Deed.ACCEPT: _plain(services.accept_case),
    rules.Deed.ASSIGN: _assign,
    rules.Deed.GUIDE: _plain(services.give_guidance),
    rules.Deed.RECTIFY: _rectify,
    rules.Deed.VERIFY: _verify,
    rules.Deed.REOPEN: _plain(services.reopen_case),
    rules.Deed.ESCALATE: _escalate,
    rules.Deed.RETURN: _plain(services.return_case),
    rules.Deed.RESUBMIT: _plain(services.resubmit_case),
    rules.Deed.MARK_DUPLICATE: _duplicate,
    rules.Deed.NOTE: _plain(services.add_note),
    rules.Deed.REPLY: _plain(services.reply_to_reporter),
    rules.Deed.PUBLISH: _plain(services.publish_case),
    rules.Deed.HIDE: _plain(services.hide_case),
    rules.Deed.TRANSFER: _transfer,
    rules.Deed.MISROUTE: _plain(services.misroute_case),
    rules.Deed.PAUSE: _pause,
    rules.Deed.RESUME: _plain(services.resume_clock),
    rules.Deed.EXTEND: _extend,
}
