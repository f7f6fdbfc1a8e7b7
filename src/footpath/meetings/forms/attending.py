"""The attendance sheet as it is typed: one line a duty, everybody came but those that differ.

The sheet is no form of fields: 500 lines are read and drawn without a field for each of 1,500
boxes, and with the same number of queries as 30.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.core.figures import Rate
from footpath.core.keys import key_in
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.rules import Attendance
from footpath.meetings.services import Mark

LONGEST = 200
MOST_HEADS = 100_000
WITH_REASON = (Attendance.LATE, Attendance.EXCUSED, Attendance.SUBSTITUTE, Attendance.ABSENT)


@dataclass
class Line:
    """A line of the sheet: the duty, what is chosen and typed, and what stands in the way."""

    duty: Duty
    mark: str
    reason: str
    typed: str
    seen: str
    substitute: Person | None = None
    error: str = ""
    meanwhile: str = ""

    @property
    def can_be_elsewhere(self) -> bool:
        """Return whether "not expected here" may be chosen."""
        return self.duty.elsewhere_id is not None

    @property
    def came(self) -> bool:
        """Return whether the chosen mark counts as attended."""
        return self.mark in rules.ATTENDED


@dataclass
class Sheet:
    """The attendance list of a meeting as the page shows it, and what was sent with it."""

    meeting: Meeting
    lines: list[Line]
    headcount: str
    sent: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def came(self) -> int:
        """Return how many of the lines count as attended."""
        return sum(line.came for line in self.lines)

    @property
    def marks(self) -> dict[int, Mark]:
        """Return the marks by the person's key."""
        return {
            line.duty.person_id: Mark(line.mark, line.reason, line.substitute)
            for line in self.lines
        }

    @property
    def seen(self) -> dict[int, str] | None:
        """Return the marks that the keeper had before them; None when no sheet was sent."""
        known = {line.duty.person_id: line.seen for line in self.lines if line.seen}
        return known or None

    @property
    def heads(self) -> int | None:
        """Return the number of heads, None for none; ValueError when it is no number."""
        return int(self.headcount) if self.headcount else None

    def is_valid(self) -> bool:
        """Return whether everything that was typed can be used; otherwise lines say why not."""
        try:
            if not 0 <= (self.heads or 0) <= MOST_HEADS:
                raise ValueError
        except ValueError:
            self.errors.append(_("Heads counted: give a whole number up to 100,000."))
        if any(line.error for line in self.lines):
            self.errors.append(_("Some lines lack a reason or a name."))
        return not self.errors

    def changed_meanwhile(self, people: frozenset[int], now: Sequence[Duty]) -> None:
        """Show what somebody else wrote; what was typed here stays, untouched lines take theirs."""
        known = {duty.person_id: duty for duty in now}
        for line in self.lines:
            duty = known.get(line.duty.person_id)
            if duty is None:
                continue
            theirs = duty.attendance != line.seen
            if theirs and line.duty.person_id in people:
                line.meanwhile = str(duty.get_attendance_display())
            touched = line.mark != _proposed(line.duty, line.seen)
            if theirs and not touched:
                line.mark, line.reason = str(duty.attendance), duty.reason
                line.substitute, line.typed = duty.substitute, _code_of(duty.substitute)
            line.seen = str(duty.attendance)
            line.duty = duty


def sheet_of(meeting: Meeting, duties: Sequence[Duty]) -> Sheet:
    """Return the sheet as it is opened: everybody came, but those of whom something is known."""
    lines = [
        Line(
            duty,
            mark=_proposed(duty, duty.attendance),
            reason=duty.reason,
            typed=_code_of(duty.substitute),
            seen=str(duty.attendance),
            substitute=duty.substitute,
        )
        for duty in duties
    ]
    heads = "" if meeting.headcount is None else str(meeting.headcount)
    return Sheet(meeting, lines, heads)


def sheet_from(meeting: Meeting, duties: Sequence[Duty], sent: Mapping[str, str]) -> Sheet:
    """Return the sheet as it was sent; at most one query, however many substitutes are named."""
    sheet = sheet_of(meeting, duties)
    sheet.sent = True
    sheet.headcount = _typed(sent, "headcount", "")
    seen = _seen(sent.get("seen", ""))
    for line in sheet.lines:
        pk = line.duty.pk
        line.seen = seen.get(pk, "")
        line.mark = sent.get(f"mark_{pk}", line.mark)
        if line.mark not in set(Attendance):
            line.mark = Attendance.PRESENT.value
        if line.mark in WITH_REASON:
            line.reason = _typed(sent, f"reason_{pk}", line.reason)
            line.typed = _typed(sent, f"instead_{pk}", line.typed)
        else:
            line.reason = line.typed = ""
    _name_substitutes(sheet.lines)
    for line in sheet.lines:
        _check(line)
    return sheet


def _typed(sent: Mapping[str, str], name: str, known: str) -> str:
    return sent.get(name, known).strip()


def seen_in(sheet: Sheet) -> str:
    """Return what the keeper has before them in one hidden value: "12.present 13.unknown"."""
    return " ".join(f"{line.duty.pk}.{line.seen}" for line in sheet.lines)


def _seen(text: str) -> dict[int, str]:
    found = {}
    for word in text.split():
        typed, _point, mark = word.partition(".")
        pk = key_in(typed)
        if pk is not None and mark in set(Attendance):
            found[pk] = mark
    return found


def _proposed(duty: Duty, known: str) -> str:
    mark = Attendance(known) if known else Attendance.UNKNOWN
    return str(rules.default_mark(mark, is_elsewhere=duty.elsewhere_id is not None))


def _code_of(person: Person | None) -> str:
    return "" if person is None else person.code or person.name


def _name_substitutes(lines: Sequence[Line]) -> None:
    """Find everybody who was typed as coming instead, by staff number or whole name, at once."""
    wanted = {line.typed for line in lines if line.mark == Attendance.SUBSTITUTE and line.typed}
    people = Person.objects.filter(Q(code__in=wanted) | Q(name__in=wanted)) if wanted else ()
    by_code = {}
    by_name: dict[str, list[Person]] = {}
    for person in people:
        by_code[person.code] = person
        by_name.setdefault(person.name, []).append(person)
    for line in lines:
        if line.mark != Attendance.SUBSTITUTE:
            line.substitute = None
            continue
        named = by_name.get(line.typed, [])
        line.substitute = by_code.get(line.typed) or (named[0] if len(named) == 1 else None)
        if line.typed and line.substitute is None:
            several = ", ".join(f"{person.name} ({person.code})" for person in named[:5])
            line.error = (
                _("Several are called that: %(shown)s. Give the code of one.") % {"shown": several}
                if named
                else _("Nobody is called “%(typed)s”. Look them up and give the staff number.")
                % {"typed": line.typed}
            )


def _check(line: Line) -> None:
    if line.error:
        return
    name = {"person": line.duty.person.name}
    if len(line.reason) > LONGEST:
        line.error = _("This is longer than %(number)s characters.") % {"number": LONGEST}
    elif line.mark == Attendance.EXCUSED and not line.reason:
        line.error = _("Say why %(person)s has leave.") % name
    elif line.mark == Attendance.SUBSTITUTE and line.substitute is None:
        line.error = _("Say who came instead of %(person)s.") % name


def attended(duties: Sequence[Duty]) -> Rate:
    """Return how many of the known marks count as attended."""
    return Rate(*rules.attended(duty.attendance for duty in duties))
