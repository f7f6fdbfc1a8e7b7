"""The papers themselves: minutes, an agenda, and the minutes of a series over a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from footpath.cases.models import Case
from footpath.core import formats, pdf
from footpath.core.figures import Rate
from footpath.meetings.printing.blocks import (
    Block,
    Frozen,
    Section,
    document,
    fact,
    moment,
    name_of,
    pair_of,
    places_above,
    short,
    table,
)
from footpath.meetings.printing.sections import (
    agenda_sections,
    item_block,
    what_was_said,
    when_and_where,
    who_came,
)

TEMPLATE = "meetings/typst/minutes.typ"
MANY = 10  # from so many meetings on a compilation is set in a process of its own


def minutes_pdf(frozen: Frozen, *, digest: str, language: str, address: str = "") -> bytes:
    """Return approved minutes as PDF in a language, with the digest of their record.

    Without a digest they are a draft, and say so. ``address`` is the whole address of the page on
    which they can be checked. The same record, digest, language and address give the same bytes.
    Raises core.pdf.NotRendered.
    """
    with translation.override(language):
        part = _minutes(frozen, digest, address) | {"language": short(language)}
        title = f"{part['title']}: {name_of(frozen['meeting'])}"
    day = moment(frozen["approved_at"]).date()
    return pdf.render(TEMPLATE, {"parts": [part]}, language=language, title=title, day=day)


def agenda_pdf(
    meeting: Frozen, agenda: Frozen, *, expected: Sequence[str], language: str, day: date
) -> bytes:
    """Return the agenda of a meeting as PDF, as it stands on a day; ``expected`` are names."""
    with translation.override(language):
        facts = [fact(_("Who has to attend"), ", ".join(expected))] if expected else []
        part = _part(
            meeting,
            title=_("Agenda"),
            dated=_("As of %(day)s") % {"day": formats.day_formal(day)},
            facts=[*when_and_where(meeting), *facts],
            sections=agenda_sections(agenda),
        ) | {"language": short(language)}
        title = f"{_('Agenda')}: {name_of(meeting)}"
    return pdf.render(TEMPLATE, {"parts": [part]}, language=language, title=title, day=day)


def series_pdf(
    compiled: Sequence[tuple[Frozen, Rate, Sequence[Frozen]]],
    *,
    place: Frozen,
    name: str,
    period: tuple[date, date],
    language: str,
    day: date,
) -> bytes:
    """Return the minutes of a series over a period as one PDF, as they stand on a day.

    ``compiled`` has for each meeting what it was, how many of those expected attended, and its
    items, each with its case as it stands now; in the order of time. ``period`` includes both days.
    """
    with translation.override(language):
        said = {"first": formats.day_formal(period[0]), "last": formats.day_formal(period[1])}
        sections = [_overview(compiled).data()] if compiled else []
        for meeting, rate, items in compiled:
            lines = [_("Attended: %(rate)s") % {"rate": formats.rate(rate)}]
            if meeting["headcount"] is not None:
                lines.append(
                    _("Heads counted: %(number)s")
                    % {"number": formats.number(meeting["headcount"])}
                )
            blocks: list[Block] = [{"kind": "text", "lines": [". ".join(lines) + "."]}]
            if items:
                blocks.append({"kind": "items", "items": [item_block(item) for item in items]})
            day_of = formats.day_year(moment(meeting["starts_at"]))
            sections.append(Section(day_of, meeting["title"], blocks).data())
        part = {
            "language": short(language),
            "above": places_above(place["above"]),
            "place": place["name"],
            "dated": _("As of %(day)s") % {"day": formats.day_formal(day)},
            "title": _("Compiled minutes"),
            "second": name,
            "running": f"{name}, {place['name']}",
            "facts": [fact(_("Period"), _("%(first)s to %(last)s") % said)],
            "sections": sections,
            "signatures": [],
            "digest": [],
        }
        title = f"{_('Compiled minutes')}: {name}"
    return pdf.render(
        TEMPLATE,
        {"parts": [part]},
        language=language,
        title=title,
        day=day,
        apart=len(compiled) >= MANY,
    )


def _minutes(frozen: Frozen, digest: str, address: str) -> dict[str, Any]:
    meeting, at = frozen["meeting"], moment(frozen["approved_at"])
    version = ""
    if frozen["version"] > 1:
        version = _("Version %(number)s, corrected: %(reason)s") % {
            "number": frozen["version"],
            "reason": frozen["reason"],
        }
    facts = [
        *when_and_where(meeting),
        fact(_("Attended"), formats.rate(Rate(*pair_of(frozen["attendance"])))),
    ]
    if meeting["headcount"] is not None:
        facts.append(fact(_("Heads counted"), formats.number(meeting["headcount"])))
    if frozen["basis"]:
        facts.append(fact(_("On the basis of"), *[document(row) for row in frozen["basis"]]))
    if version:
        facts.append(fact(_("Correction"), version))
    sections = [*agenda_sections(frozen["agenda"]), *what_was_said(frozen), *who_came(frozen)]
    part = _part(
        meeting,
        title=_("Minutes") if digest else _("Draft of the minutes"),
        dated=formats.day_formal(moment(meeting["starts_at"])),
        facts=facts,
        sections=sections,
    )
    if not digest:
        return part
    rows = [{"label": _("SHA-256 of the record"), "text": digest, "signs": True}]
    if address:
        rows.append({"label": _("Check these minutes at"), "text": address, "signs": False})
    approved = _("Approved on %(day)s") % {"day": formats.day_formal(at)}
    return part | {
        "signatures": [
            {"post": _("Convened by"), "name": meeting["convened_by"]},
            {"post": approved, "name": frozen["approved_by"]},
        ],
        "digest": rows,
    }


def _part(
    meeting: Frozen,
    *,
    title: str,
    dated: str,
    facts: list[dict[str, Any]],
    sections: list[Section],
) -> dict[str, Any]:
    name = name_of(meeting)
    return {
        "above": places_above(meeting["place"]["above"]),
        "place": meeting["organization"] or meeting["place"]["name"],
        "dated": dated,
        "title": title,
        "second": name,
        "running": f"{title}, {name}, {formats.day_year(moment(meeting['starts_at']))}",
        "facts": facts,
        "sections": [section.data() for section in sections if section.blocks],
        "signatures": [],
        "digest": [],
    }


def _overview(compiled: Sequence[tuple[Frozen, Rate, Sequence[Frozen]]]) -> Section:
    rows = []
    for meeting, rate, items in compiled:
        cases = [item["case"] for item in items if item["case"]]
        kept = Rate(sum(case["state"] == Case.State.CLOSED for case in cases), len(cases))
        rows.append(
            [
                formats.day_year(moment(meeting["starts_at"])),
                formats.rate(rate),
                formats.number(len(items)),
                formats.rate(kept),
            ]
        )
    columns = [_("Day"), _("Attended"), _("Items"), _("Promises kept and verified")]
    return Section(_("Overview"), "", [table(columns, [3, 3, 1, 4], rows)])
