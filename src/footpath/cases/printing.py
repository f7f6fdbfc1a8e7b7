"""The file of a case on paper: everything that its page says, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from footpath.accounts import selectors as accounts
from footpath.cases import presenting
from footpath.cases.models import Case, Clock, Entry
from footpath.cases.rules.questions import told
from footpath.core import clock, formats, pdf

TEMPLATE = "cases/typst/case.typ"


def case_file(case: Case, entries: Sequence[Entry]) -> bytes:
    """Return the PDF of a case for somebody who may read it; ``entries`` as ``thread_of`` gives.

    Photos are named, not printed: they stay where the case is. The last line says how many lines
    the case's trail has and whether the chain holds, so that paper and ledger can be compared.
    """
    today = clock.today()
    data = {
        "running": _("Case %(number)s, printed on %(day)s")
        % {"number": case.number, "day": formats.day_year(today)},
        "place": presenting.place_of(case.area),
        "printed": formats.day_year(today),
        "number": f"{case.number}, {case.category.name}",
        "title": case.title,
        "facts": [[label, value] for label, value in _facts(case) if value],
        "clocks": _clocks(case),
        "thread": _thread(case, entries),
        "people": [
            {"name": taker.name, "parts": taker.parts} for taker in presenting.people_of(case)
        ],
        "trail": _trail(case),
        "words": {
            "clocks": _("Clocks"),
            "clock_columns": [_("Leg"), _("Begun"), _("Due"), _("Ended")],
            "thread": _("What happened"),
            "people": _("People"),
        },
    }
    return pdf.render(
        TEMPLATE,
        data,
        language=get_language() or "en",
        title=f"{case.number} {case.title}",
        day=today,
    )


def _facts(case: Case) -> list[tuple[str, str]]:
    closed = formats.day_year(case.closed_at) if case.closed_at else ""
    outcome = str(Case.Outcome(case.outcome).label) if case.outcome else ""
    return [
        (_("State"), str(Case.State(case.state).label)),
        (_("Outcome"), outcome),
        (_("Round"), formats.number(case.round_number) if case.round_number > 1 else ""),
        (_("Belongs to"), case.organization.name if case.organization else ""),
        (_("With agency"), case.agency.name if case.agency else ""),
        (_("Owner"), case.owner.name if case.owner else _("Nobody yet")),
        (_("Raised"), formats.day_time(case.raised_at)),
        (_("Source"), str(Case.Source(case.source).label)),
        (_("Where exactly"), case.address),
        (_("Due"), formats.day_year(case.due_on) if case.is_open else ""),
        (_("Promised for"), formats.day_year(case.promised_on) if case.promised_on else ""),
        (_("Closed"), closed),
        *((question.label, value) for question, value in told(case.category.asked, case.answers)),
    ]


def _clocks(case: Case) -> list[list[str]]:
    rows = []
    for leg in Clock.objects.filter(case=case).filter(~Q(ended=Clock.Ended.CANCELLED)):
        name = str(leg.get_kind_display())
        if leg.round_number > 1:
            name = _("%(leg)s, round %(number)s") % {"leg": name, "number": leg.round_number}
        ended = formats.day_time(leg.stopped_at) if leg.stopped_at else _("Running")
        if leg.is_in_time is not None:
            ended += ", " + (_("in time") if leg.is_in_time else _("late"))
        rows.append([name, formats.day_time(leg.started_at), formats.day_year(leg.due_on), ended])
    return rows


def _thread(case: Case, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    raised_with = case.attachments.filter(entry=None).order_by("pk")
    return [
        {
            "round": _("Round %(number)s") % {"number": said.opens_round}
            if said.opens_round
            else "",
            "when": formats.day_time(said.at),
            "deed": said.deed,
            "who": said.who,
            "lines": [part for part in said.text.split("\n") if part.strip()],
            "files": [
                _("Evidence: %(name)s") % {"name": evidence.caption} for evidence in said.evidence
            ],
        }
        for said in presenting.thread(case, entries, raised_with)
    ]


def _trail(case: Case) -> str:
    chain = accounts.chain_of(case)
    if chain.fault is not None:
        return chain.fault.sentence
    return ngettext(
        "Trail of the case: %(number)s line, chain unbroken.",
        "Trail of the case: %(number)s lines, chain unbroken.",
        chain.lines,
    ) % {"number": formats.number(chain.lines)}
