"""One deed on many cases at once: each is done or refused by itself, and each refusal is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from footpath.accounts.guards import signed_in
from footpath.cases import presenting, rules, selectors, services
from footpath.cases.filters import Filter
from footpath.cases.forms import BulkForm
from footpath.cases.models import Case
from footpath.cases.services.reminding import remind_case
from footpath.cases.views.filtering import query_of
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken
from footpath.directory.models import Person

MOST_AT_ONCE = 200
REMIND = "remind"
BULK_DEEDS = (rules.Deed.ACCEPT, rules.Deed.ASSIGN, rules.Deed.ESCALATE, rules.Deed.NOTE, REMIND)


@dataclass(frozen=True)
class Reported:
    """What became of one case of many: done, or refused with the sentence that says why."""

    number: str
    title: str
    url: str
    refusal: str = ""


@require_POST
@signed_in
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one deed on each chosen case, and report each refusal by its case."""
    person: Person = request.person
    keys = [key for key in request.POST.getlist("case") if key.isascii() and key.isdigit()]
    keys = list(dict.fromkeys(key for key in keys if len(key) < 18))
    keys, left = keys[:MOST_AT_ONCE], keys[MOST_AT_ONCE:]
    back = f"{reverse('cases:ledger')}?{Filter.read(query_of(request)).query()}"
    deed = request.POST.get("deed", "")
    if not keys:
        messages.warning(request, _("Choose at least one case first."))
        return redirect(back)
    if deed == rules.Deed.VERIFY:
        sentence = _("Verifying is done one by one, on the spot.")
        reported = [_reported(person, int(key), sentence) for key in keys]
        return _report(request, deed, reported, back)
    if deed not in BULK_DEEDS:
        raise InvalidValue(_("This cannot be done with several cases at once."), field="deed")
    sent = request.POST if "go" in request.POST or deed == rules.Deed.ACCEPT else None
    owners: list[Person] = []
    if deed == rules.Deed.ASSIGN:
        owners = _proposed(person, int(keys[0]))
    form = BulkForm(sent, owners=owners, initial={"deed": deed})
    if sent is not None and form.is_valid():
        at = clock.now()
        reported = [
            _reported(person, int(key), values=form.cleaned_data, deed=deed, at=at) for key in keys
        ]
        reported += [_reported(person, int(key), _too_many()) for key in left]
        return _report(request, deed, reported, back)
    context = {
        "form": form,
        "deed": deed,
        "word": _word(deed),
        "keys": keys + left,
        "query": request.POST.get("query", ""),
        "back": back,
    }
    return render(request, "cases/bulk.html", context, status=200 if sent is None else 422)


def _word(deed: str) -> str:
    return _("Remind") if deed == REMIND else presenting.deed_word(rules.Deed(deed))


def _too_many() -> str:
    return _("At most %(count)s cases are done at once. Choose this one again.") % {
        "count": MOST_AT_ONCE
    }


def _proposed(person: Person, pk: int) -> list[Person]:
    try:
        case = selectors.get_case_for(person, pk=pk)
    except NotThere:
        return []
    return selectors.possible_owners(person, case, on=clock.today())


def _reported(
    person: Person,
    pk: int,
    refusal: str = "",
    *,
    values: dict[str, Any] | None = None,
    deed: str = "",
    at: datetime | None = None,
) -> Reported:
    """Do the deed on one case, unless it is refused from the start, and say what became of it."""
    try:
        case = selectors.get_case_for(person, pk=pk)
    except NotThere:
        return Reported(presenting.number_of(pk), "", "", _("There is no such case."))
    if values is not None and at is not None:
        try:
            _do(deed, case, person, at, values)
        except (RuleBroken, NotAllowed) as refused:
            refusal = str(refused)
    return Reported(case.number, case.title, case.get_absolute_url(), refusal)


def _do(deed: str, case: Case, by: Person, at: datetime, values: dict[str, Any]) -> None:
    text = values.get("text", "")
    if deed == rules.Deed.ACCEPT:
        services.accept_case(case=case, by=by, at=at, text=text)
    elif deed == rules.Deed.ASSIGN:
        services.assign_owner(case=case, owner=values["owner"], by=by, at=at, text=text)
    elif deed == rules.Deed.ESCALATE:
        services.escalate_case(case=case, by=by, at=at, text=text)
    elif deed == REMIND:
        remind_case(case=case, by=by, at=at, text=text)
    else:
        services.add_note(case=case, by=by, at=at, text=text)


def _report(
    request: HttpRequest, deed: str, reported: Sequence[Reported], back: str
) -> HttpResponse:
    refused = [row for row in reported if row.refusal]
    context = {
        "word": _word(deed),
        "refused": refused,
        "done": [row for row in reported if not row.refusal],
        "total": len(reported),
        "back": back,
    }
    return render(request, "cases/bulk_report.html", context)
