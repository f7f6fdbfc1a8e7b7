"""What parts are made of: tables and facts, and words for days, marks and cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from footpath.assignments.models import Assignment
from footpath.cases.models import Case
from footpath.core import formats
from footpath.meetings.models import Duty

Frozen = Mapping[str, Any]
Block = dict[str, Any]


@dataclass
class Section:
    """A titled part of the paper; left out when it holds nothing."""

    title: str
    note: str = ""
    blocks: list[Block] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return the part as the template takes it."""
        return {"title": self.title, "note": self.note, "blocks": self.blocks}


def table(columns: list[str], widths: list[int], rows: list[list[str]]) -> Block:
    """Return a table; ``widths`` are shares of the line, 0 for as wide as needed."""
    return {"kind": "table", "columns": columns, "widths": widths, "rows": rows}


def fact(label: str, *lines: str) -> dict[str, Any]:
    """Return a labelled line or lines; empty ones are left out."""
    return {"label": label, "lines": [line for line in lines if line]}


def why_called(row: Frozen) -> str:
    """Return why somebody was called: the role and the place."""
    if not row["role"]:
        return _("Invited")
    role = str(Assignment.Role(row["role"]).label)
    return f"{role}, {row['place']}" if row["place"] else role


def words_of_mark(row: Frozen) -> str:
    """Return what became of somebody's duty to attend."""
    if row["elsewhere"]:
        return _("Expected in another meeting")
    if row["substitute"]:
        return _("%(person)s came instead") % {"person": row["substitute"]}
    return str(Duty.Attendance(row["mark"]).label)


def owner_of(case: Frozen) -> str:
    """Return whose case it is, or who is proposed."""
    if case["owner"]:
        return str(case["owner"])
    if case["proposed"]:
        return _("%(person)s (proposed)") % {"person": case["proposed"]}
    return _("nobody yet")


def became(case: Frozen, overdue: bool) -> str:
    """Return the state of a case, with the day it was closed or that it is overdue."""
    state = str(Case.State(case["state"]).label)
    if case["closed_on"]:
        return f"{state}, {day_year(case['closed_on'])}"
    return f"{state}, {_('overdue')}" if overdue else state


def document(row: Frozen) -> str:
    """Return a document that a meeting rests on, in one line."""
    values = {"number": row["number"], "day": day_formal(row["issued_on"]), "issuer": row["issuer"]}
    if row["issuer"]:
        return _("No. %(number)s of %(day)s, %(issuer)s") % values
    return _("No. %(number)s of %(day)s") % values


def name_of(meeting: Frozen) -> str:
    """Return the title of a meeting, or its kind and place in the active language."""
    if meeting["title"]:
        return str(meeting["title"])
    kind = meeting["kind"][short(translation.get_language() or "en")]
    return f"{kind}, {meeting['place']['name']}"


def places_above(names: Sequence[str]) -> str:
    """Return the places above in one line: the nearest first, in Chinese the highest first."""
    if (translation.get_language() or "en").startswith("zh"):
        return "，".join(names)
    return ", ".join(reversed(names))


def pair_of(attendance: Frozen) -> tuple[int, int]:
    """Return how many attended, and of how many."""
    return attendance["part"], attendance["whole"]


def order_of_mark(entry: tuple[str, int]) -> int:
    """Return where a mark stands in the order of marks."""
    return list(Duty.Attendance.values).index(entry[0])


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that are not empty."""
    return [line for line in (part.strip() for part in text.splitlines()) if line]


def day_year(iso: str) -> str:
    """Return a day with its year, as lists show it."""
    return formats.day_year(date.fromisoformat(iso))


def day_formal(iso: str) -> str:
    """Return a day as documents show it."""
    return formats.day_formal(date.fromisoformat(iso))


def moment(iso: str) -> datetime:
    """Return a kept moment in our time zone."""
    return timezone.localtime(datetime.fromisoformat(iso))


def short(language: str) -> str:
    """Return a language without its region: "zh" for "zh-hans"."""
    return language.partition("-")[0]
