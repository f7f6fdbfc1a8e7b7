"""Minutes and agendas on paper: plain values in, a PDF out, in any of our languages. Source: S0.1.

What is printed of approved minutes is their frozen record and nothing else, so that the same record
gives the same bytes. Nothing is fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from footpath.assignments.models import Assignment
from footpath.cases.models import Case
from footpath.core import formats, pdf
from footpath.core.figures import Rate
from footpath.meetings.models import Duty, MinuteItem

TEMPLATE = "meetings/typst/minutes.typ"
MANY = 10  # from so many meetings on a compilation is set in a process of its own

Frozen = Mapping[str, Any]
Block = dict[str, Any]


@dataclass
class _Section:
    """A titled part of the paper; left out when it holds nothing."""

    title: str
    note: str = ""
    blocks: list[Block] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        return {"title": self.title, "note": self.note, "blocks": self.blocks}


def minutes_pdf(frozen: Frozen, *, digest: str, language: str, address: str = "") -> bytes:
    """Return approved minutes as PDF in a language, with the digest of their record.

    Without a digest they are a draft, and say so. ``address`` is the whole address of the page on
    which they can be checked. The same record, digest, language and address give the same bytes.
    Raises core.pdf.NotRendered.
    """
    with translation.override(language):
        part = _minutes(frozen, digest, address) | {"language": _short(language)}
        title = f"{part['title']}: {_name(frozen['meeting'])}"
    day = _moment(frozen["approved_at"]).date()
    return pdf.render(TEMPLATE, {"parts": [part]}, language=language, title=title, day=day)


def agenda_pdf(
    meeting: Frozen, agenda: Frozen, *, expected: Sequence[str], language: str, day: date
) -> bytes:
    """Return the agenda of a meeting as PDF, as it stands on a day; ``expected`` are names."""
    with translation.override(language):
        facts = [_fact(_("Who has to attend"), ", ".join(expected))] if expected else []
        part = _part(
            meeting,
            title=_("Agenda"),
            dated=_("As of %(day)s") % {"day": formats.day_formal(day)},
            facts=[*_when_and_where(meeting), *facts],
            sections=_agenda(agenda),
        ) | {"language": _short(language)}
        title = f"{_('Agenda')}: {_name(meeting)}"
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
                blocks.append({"kind": "items", "items": [_item(item) for item in items]})
            day_of = formats.day_year(_moment(meeting["starts_at"]))
            sections.append(_Section(day_of, meeting["title"], blocks).data())
        part = {
            "language": _short(language),
            "above": _above(place["above"]),
            "place": place["name"],
            "dated": _("As of %(day)s") % {"day": formats.day_formal(day)},
            "title": _("Compiled minutes"),
            "second": name,
            "running": f"{name}, {place['name']}",
            "facts": [_fact(_("Period"), _("%(first)s to %(last)s") % said)],
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


# --- the paper ------------------------------------------------------------------------------------


def _minutes(frozen: Frozen, digest: str, address: str) -> dict[str, Any]:
    meeting, at = frozen["meeting"], _moment(frozen["approved_at"])
    version = ""
    if frozen["version"] > 1:
        version = _("Version %(number)s, corrected: %(reason)s") % {
            "number": frozen["version"],
            "reason": frozen["reason"],
        }
    facts = [
        *_when_and_where(meeting),
        _fact(_("Attended"), formats.rate(Rate(*_pair(frozen["attendance"])))),
    ]
    if meeting["headcount"] is not None:
        facts.append(_fact(_("Heads counted"), formats.number(meeting["headcount"])))
    if frozen["basis"]:
        facts.append(_fact(_("On the basis of"), *[_document(row) for row in frozen["basis"]]))
    if version:
        facts.append(_fact(_("Correction"), version))
    sections = [*_agenda(frozen["agenda"]), *_what_was_said(frozen), *_who_came(frozen)]
    part = _part(
        meeting,
        title=_("Minutes") if digest else _("Draft of the minutes"),
        dated=formats.day_formal(_moment(meeting["starts_at"])),
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
    sections: list[_Section],
) -> dict[str, Any]:
    name = _name(meeting)
    return {
        "above": _above(meeting["place"]["above"]),
        "place": meeting["organization"] or meeting["place"]["name"],
        "dated": dated,
        "title": title,
        "second": name,
        "running": f"{title}, {name}, {formats.day_year(_moment(meeting['starts_at']))}",
        "facts": facts,
        "sections": [section.data() for section in sections if section.blocks],
        "signatures": [],
        "digest": [],
    }


def _when_and_where(meeting: Frozen) -> list[dict[str, Any]]:
    starts, ends = _moment(meeting["starts_at"]), _moment(meeting["ends_at"])
    where = ", ".join(part for part in (meeting["hall"], meeting["where"]) if part)
    facts = [
        _fact(
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
        facts.append(_fact(_("Where"), where))
    if meeting["topic"]:
        facts.append(_fact(_("Topic"), meeting["topic"]))
    if meeting["material"] or meeting["material_file"]:
        facts.append(
            _fact(_("Material"), *meeting["material"].splitlines(), meeting["material_file"])
        )
    if meeting["extraordinary"]:
        reason = _("%(reason)s (%(person)s)") % {
            "reason": meeting["extraordinary"],
            "person": meeting["extraordinary_by"],
        }
        facts.append(_fact(_("Extraordinary"), reason))
    return facts


def _agenda(agenda: Frozen) -> list[_Section]:
    points = _Section(_("Agenda"))
    if agenda["points"]:
        points.blocks.append({"kind": "points", "lines": list(agenda["points"])})
    if agenda["topics"]:
        points.blocks.append({"kind": "heading", "text": _("Topics sent in")})
        points.blocks.append({"kind": "points", "lines": [row["text"] for row in agenda["topics"]]})
    promised = _Section(_("What became of the promises"))
    if agenda["promises"]:
        promised.note = _("From the meeting of %(day)s. Kept and verified: %(rate)s.") % {
            "day": formats.day_year(_moment(agenda["last"])),
            "rate": formats.rate(Rate(*agenda["kept"])),
        }
        promised.blocks.append(_promises(agenda["promises"]))
    if agenda["older"]:
        promised.blocks.append({"kind": "heading", "text": _("Still open from earlier meetings")})
        promised.blocks.append(_promises(agenda["older"], dated=True))
    cases = _Section(_("Open cases of this place"))
    if agenda["open_cases"]:
        rows = [
            [row["number"], row["title"], row["place"], row["owner"] or "–", _day(row["due_on"])]
            for row in agenda["open_cases"]
        ]
        columns = [_("Case"), _("What is wrong"), _("Place"), _("Owner"), _("Due")]
        cases.blocks.append(_table(columns, [0, 5, 3, 3, 0], rows))
    return [points, promised, cases]


def _promises(rows: Sequence[Frozen], *, dated: bool = False) -> Block:
    lines = []
    for row in rows:
        text = row["text"]
        if dated:
            text = f"{formats.day_year(_moment(row['met']))}: {text}"
        case = row["case"]
        lines.append(
            [
                case["number"],
                text,
                _owner(case),
                _day(case["due_on"]),
                _became(case, row["overdue"]),
            ]
        )
    columns = [_("Case"), _("What was promised"), _("Owner"), _("Due"), _("What became of it")]
    return _table(columns, [0, 5, 3, 0, 3], lines)


def _what_was_said(frozen: Frozen) -> list[_Section]:
    said = _Section(_("What was said"))
    if frozen["items"]:
        said.blocks.append({"kind": "items", "items": [_item(row) for row in frozen["items"]]})
    if frozen["text"]:
        said.blocks.append({"kind": "text", "lines": _lines(frozen["text"])})
    promised = _Section(_("What was promised"))
    rows = [
        [
            row["case"]["number"],
            row["case"]["title"],
            _owner(row["case"]),
            _day(row["case"]["due_on"]),
        ]
        for row in frozen["items"]
        if row["case"]
    ]
    if rows:
        columns = [_("Case"), _("What is promised"), _("Owner"), _("Due")]
        promised.blocks.append(_table(columns, [0, 6, 4, 0], rows))
    return [said, promised]


def _item(row: Frozen) -> dict[str, Any]:
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
                "owner": _owner(case),
                "day": _day(case["due_on"]),
                "state": _became(case, overdue=False),
            }
        )
    if row["state"] == MinuteItem.State.WAITING:
        lines.append(_("It was not reached."))
    place = f"{row['place']}: " if row["place"] else ""
    return {
        "number": f"{row['number']}.",
        "text": _lines(place + row["text"]),
        "lines": lines,
    }


def _who_came(frozen: Frozen) -> list[_Section]:
    attendance = frozen["attendance"]
    section = _Section(_("Attendance"))
    if not attendance["rows"]:
        return [section]
    tally = [
        f"{Duty.Attendance(mark).label} {formats.number(number)}"
        for mark, number in sorted(attendance["tally"].items(), key=_order_of_mark)
        if number
    ]
    rate = formats.rate(Rate(*_pair(attendance)))
    section.note = _("Attended: %(rate)s. %(marks)s.") % {"rate": rate, "marks": ", ".join(tally)}
    rows = [
        [str(number), row["person"], _why(row), _mark(row)]
        for number, row in enumerate(attendance["rows"], start=1)
    ]
    columns = [_("No."), _("Full name"), _("Why"), _("Attendance")]
    section.blocks.append(_table(columns, [0, 4, 4, 4], rows))
    return [section]


def _overview(compiled: Sequence[tuple[Frozen, Rate, Sequence[Frozen]]]) -> _Section:
    rows = []
    for meeting, rate, items in compiled:
        cases = [item["case"] for item in items if item["case"]]
        kept = Rate(sum(case["state"] == Case.State.CLOSED for case in cases), len(cases))
        rows.append(
            [
                formats.day_year(_moment(meeting["starts_at"])),
                formats.rate(rate),
                formats.number(len(items)),
                formats.rate(kept),
            ]
        )
    columns = [_("Day"), _("Attended"), _("Items"), _("Promises kept and verified")]
    return _Section(_("Overview"), "", [_table(columns, [3, 3, 1, 4], rows)])


def _table(columns: list[str], widths: list[int], rows: list[list[str]]) -> Block:
    return {"kind": "table", "columns": columns, "widths": widths, "rows": rows}


def _fact(label: str, *lines: str) -> dict[str, Any]:
    return {"label": label, "lines": [line for line in lines if line]}


def _why(row: Frozen) -> str:
    if not row["role"]:
        return _("Invited")
    role = str(Assignment.Role(row["role"]).label)
    return f"{role}, {row['place']}" if row["place"] else role


def _mark(row: Frozen) -> str:
    if row["elsewhere"]:
        return _("Expected in another meeting")
    if row["substitute"]:
        return _("%(person)s came instead") % {"person": row["substitute"]}
    return str(Duty.Attendance(row["mark"]).label)


def _owner(case: Frozen) -> str:
    if case["owner"]:
        return str(case["owner"])
    if case["proposed"]:
        return _("%(person)s (proposed)") % {"person": case["proposed"]}
    return _("nobody yet")


def _became(case: Frozen, overdue: bool) -> str:
    state = str(Case.State(case["state"]).label)
    if case["closed_on"]:
        return f"{state}, {_day(case['closed_on'])}"
    return f"{state}, {_('overdue')}" if overdue else state


def _document(row: Frozen) -> str:
    values = {"number": row["number"], "day": _formal(row["issued_on"]), "issuer": row["issuer"]}
    if row["issuer"]:
        return _("No. %(number)s of %(day)s, %(issuer)s") % values
    return _("No. %(number)s of %(day)s") % values


def _name(meeting: Frozen) -> str:
    """Return the title of a meeting, or its kind and place in the active language."""
    if meeting["title"]:
        return str(meeting["title"])
    kind = meeting["kind"][_short(translation.get_language() or "en")]
    return f"{kind}, {meeting['place']['name']}"


def _above(names: Sequence[str]) -> str:
    """Return the places above in one line: the nearest first, in Chinese the highest first."""
    if (translation.get_language() or "en").startswith("zh"):
        return "，".join(names)
    return ", ".join(reversed(names))


def _pair(attendance: Frozen) -> tuple[int, int]:
    return attendance["part"], attendance["whole"]


def _order_of_mark(entry: tuple[str, int]) -> int:
    return list(Duty.Attendance.values).index(entry[0])


def _lines(text: str) -> list[str]:
    return [line for line in (part.strip() for part in text.splitlines()) if line]


def _day(iso: str) -> str:
    return formats.day_year(date.fromisoformat(iso))


def _formal(iso: str) -> str:
    return formats.day_formal(date.fromisoformat(iso))


def _moment(iso: str) -> datetime:
    return timezone.localtime(datetime.fromisoformat(iso))


def _short(language: str) -> str:
    return language.partition("-")[0]
