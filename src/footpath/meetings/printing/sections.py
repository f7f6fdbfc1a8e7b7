"""The parts of a paper: when and where, the agenda, what was said and promised, who came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from footpath.core import formats
from footpath.core.figures import Rate
from footpath.meetings.models import Duty, MinuteItem
from footpath.meetings.printing.blocks import (
    Block,
    Frozen,
    Section,
    became,
    day_year,
    fact,
    lines_of,
    moment,
    order_of_mark,
    owner_of,
    pair_of,
    table,
    why_called,
    words_of_mark,
)


def when_and_where(meeting: Frozen) -> list[dict[str, Any]]:
    """Return the facts at the head: when, where, what is read there, why it could not wait."""
    starts, ends = moment(meeting["starts_at"]), moment(meeting["ends_at"])
    where = ", ".join(part for part in (meeting["hall"], meeting["where"]) if part)
    facts = [
        fact(
            _("When"),
            _("%(day)s, %(start)s to %(end)s")
            % {
                "day": formats.day_formal(starts),
                "start": formats.time(starts),
                "end": formats.time(ends),
            },
        )
    ]
    if where:
        facts.append(fact(_("Where"), where))
    if meeting["topic"]:
        facts.append(fact(_("Topic"), meeting["topic"]))
    if meeting["material"] or meeting["material_file"]:
        facts.append(
            fact(_("Material"), *meeting["material"].splitlines(), meeting["material_file"])
        )
    if meeting["extraordinary"]:
        reason = _("%(reason)s (%(person)s)") % {
            "reason": meeting["extraordinary"],
            "person": meeting["extraordinary_by"],
        }
        facts.append(fact(_("Extraordinary"), reason))
    return facts


def agenda_sections(agenda: Frozen) -> list[Section]:
    """Return the agenda, what became of the promises, and the open cases of the place."""
    points = Section(_("Agenda"))
    if agenda["points"]:
        points.blocks.append({"kind": "points", "lines": list(agenda["points"])})
    if agenda["topics"]:
        points.blocks.append({"kind": "heading", "text": _("Topics sent in")})
        points.blocks.append({"kind": "points", "lines": [row["text"] for row in agenda["topics"]]})
    promised = Section(_("What became of the promises"))
    if agenda["promises"]:
        promised.note = _("From the meeting of %(day)s. Kept and verified: %(rate)s.") % {
            "day": formats.day_year(moment(agenda["last"])),
            "rate": formats.rate(Rate(*agenda["kept"])),
        }
        promised.blocks.append(_promises(agenda["promises"]))
    if agenda["older"]:
        promised.blocks.append({"kind": "heading", "text": _("Still open from earlier meetings")})
        promised.blocks.append(_promises(agenda["older"], dated=True))
    cases = Section(_("Open cases of this place"))
    if agenda["open_cases"]:
        rows = [
            [
                row["number"],
                row["title"],
                row["place"],
                row["owner"] or "–",
                day_year(row["due_on"]),
            ]
            for row in agenda["open_cases"]
        ]
        columns = [_("Case"), _("What is wrong"), _("Place"), _("Owner"), _("Due")]
        cases.blocks.append(table(columns, [0, 5, 3, 3, 0], rows))
    return [points, promised, cases]


def _promises(rows: Sequence[Frozen], *, dated: bool = False) -> Block:
    lines = []
    for row in rows:
        text = row["text"]
        if dated:
            text = f"{formats.day_year(moment(row['met']))}: {text}"
        case = row["case"]
        lines.append(
            [
                case["number"],
                text,
                owner_of(case),
                day_year(case["due_on"]),
                became(case, row["overdue"]),
            ]
        )
    columns = [_("Case"), _("What was promised"), _("Owner"), _("Due"), _("What became of it")]
    return table(columns, [0, 5, 3, 0, 3], lines)


def what_was_said(frozen: Frozen) -> list[Section]:
    """Return the items with the running text, and what was promised."""
    said = Section(_("What was said"))
    if frozen["items"]:
        said.blocks.append({"kind": "items", "items": [item_block(row) for row in frozen["items"]]})
    if frozen["text"]:
        said.blocks.append({"kind": "text", "lines": lines_of(frozen["text"])})
    promised = Section(_("What was promised"))
    rows = [
        [
            row["case"]["number"],
            row["case"]["title"],
            owner_of(row["case"]),
            day_year(row["case"]["due_on"]),
        ]
        for row in frozen["items"]
        if row["case"]
    ]
    if rows:
        columns = [_("Case"), _("What is promised"), _("Owner"), _("Due")]
        promised.blocks.append(table(columns, [0, 6, 4, 0], rows))
    return [said, promised]


def item_block(row: Frozen) -> dict[str, Any]:
    """Return an item with its answer, or with its case and what became of it."""
    lines = []
    if row["answer"]:
        answer = row["answer"]
        if row["answered_by"]:
            answer = _("%(person)s: %(answer)s") % {"person": row["answered_by"], "answer": answer}
        lines.append(answer)
    case = row["case"]
    if case:
        lines.append(
            _("%(case)s, %(owner)s, due %(day)s: %(state)s")
            % {
                "case": case["number"],
                "owner": owner_of(case),
                "day": day_year(case["due_on"]),
                "state": became(case, overdue=False),
            }
        )
    if row["state"] == MinuteItem.State.WAITING:
        lines.append(_("It was not reached."))
    place = f"{row['place']}: " if row["place"] else ""
    return {
        "number": f"{row['number']}.",
        "text": lines_of(place + row["text"]),
        "lines": lines,
    }


def who_came(frozen: Frozen) -> list[Section]:
    """Return the list of attendance with its tally; empty without a list."""
    attendance = frozen["attendance"]
    section = Section(_("Attendance"))
    if not attendance["rows"]:
        return [section]
    tally = [
        f"{Duty.Attendance(mark).label} {formats.number(number)}"
        for mark, number in sorted(attendance["tally"].items(), key=order_of_mark)
        if number
    ]
    rate = formats.rate(Rate(*pair_of(attendance)))
    section.note = _("Attended: %(rate)s. %(marks)s.") % {"rate": rate, "marks": ", ".join(tally)}
    rows = [
        [str(number), row["person"], why_called(row), words_of_mark(row)]
        for number, row in enumerate(attendance["rows"], start=1)
    ]
    columns = [_("No."), _("Full name"), _("Why"), _("Attendance")]
    section.blocks.append(table(columns, [0, 4, 4, 4], rows))
    return [section]
