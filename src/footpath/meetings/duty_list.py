"""The printed duty list: boxes to tick in the room, and a QR code that opens the sheet (S2.2).

Plain values in, a PDF out, in the reader's language.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.core import formats, pdf
from footpath.meetings.models import Duty, Meeting

TEMPLATE = "meetings/typst/duty_list.typ"
MANY = 200  # from so many names on the list is set in a process of its own
BOXES = ("present", "late", "excused", "absent")


@dataclass(frozen=True, slots=True)
class ListLine:
    """A name, what the person is here, what is known already, and a remark."""

    name: str
    post: str
    known: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ListFacts:
    """All that one list says; ``address`` is the whole address of the attendance sheet."""

    title: str
    kind: str
    place: str
    when: str
    where: str
    convener: str
    address: str
    day: date
    lines: tuple[ListLine, ...]


def facts_of(
    meeting: Meeting,
    duties: Sequence[Duty],
    *,
    posts: Mapping[int, str],
    address: str,
    day: date,
) -> ListFacts:
    """Return what the list of a meeting says; reasons of leave are not printed."""
    return ListFacts(
        title=meeting.title,
        kind=meeting.kind.name,
        place=meeting.area.name,
        when=f"{formats.day_time(meeting.starts_at)} – {formats.time(meeting.ends_at)}, "
        f"{formats.day_year(meeting.starts_at)}",
        where=", ".join(
            part for part in (meeting.hall.name if meeting.hall else "", meeting.where) if part
        ),
        convener=meeting.convened_by.name,
        address=address,
        day=day,
        lines=tuple(_line(duty, posts.get(duty.person_id, "")) for duty in duties),
    )


def _line(duty: Duty, post: str) -> ListLine:
    charge = _("Invited")
    if duty.assignment is not None:
        place = duty.assignment.area.name if duty.assignment.area else ""
        charge = ", ".join(
            part for part in (str(duty.assignment.get_role_display()), place) if part
        )
    remark, known = "", ""
    if duty.substitute is not None:
        remark = _("Instead: %(person)s") % {"person": duty.substitute.name}
    elif duty.attendance in BOXES:
        known = str(duty.attendance)
    elif duty.elsewhere_id is not None:
        remark = _("Expected in another meeting")
    return ListLine(
        duty.person.name, "; ".join(part for part in (post, charge) if part), known, remark
    )


def printed(facts: ListFacts, *, language: str) -> bytes:
    """Return the list as PDF in a language; the same facts give the same bytes.

    Raises core.pdf.NotRendered.
    """
    with translation.override(language):
        title = f"{_('Attendance list')}: {facts.title or facts.kind}, {facts.place}"
        data = {
            "title": _("Attendance list"),
            "meeting": facts.title or f"{facts.kind}, {facts.place}",
            "rows": [
                {"label": label, "main": main}
                for label, main in (
                    (_("Kind"), facts.kind),
                    (_("Place"), facts.place),
                    (_("When"), facts.when),
                    (_("Where"), facts.where),
                    (_("Convened by"), facts.convener),
                )
                if main
            ],
            "columns": {
                "number": _("No."),
                "name": _("Full name"),
                "present": _("Present"),
                "late": _("Late"),
                "excused": _("Excused"),
                "absent": _("Absent"),
                "signature": _("Signature"),
            },
            "lines": [
                {
                    "name": line.name,
                    "post": line.post,
                    "remark": line.remark,
                    "known": line.known,
                }
                for line in facts.lines
            ],
            "empty": _("Nobody is expected by name: heads are counted.") if not facts.lines else "",
            "foot": _("Number present: ________ of %(whole)s. Kept by: ____________________")
            % {"whole": formats.number(len(facts.lines))},
            "qr": qr_of(facts.address),
            "qr_words": _("Open the attendance sheet"),
            "address": facts.address,
            "printed": _("Printed on %(day)s") % {"day": formats.day_year(facts.day)},
        }
    return pdf.render(
        TEMPLATE,
        data,
        language=language,
        title=title,
        day=facts.day,
        apart=len(facts.lines) >= MANY,
    )


def qr_of(address: str) -> str:
    """Return a QR code as the text of an SVG picture."""
    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", scale=4, border=2)
    return written.getvalue().decode()
