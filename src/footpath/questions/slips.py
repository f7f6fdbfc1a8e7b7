"""Paper slips: one question for whoever draws one from a box, on whatever device (S0.2).

Plain values in, a PDF out, in the language of the meeting. The codes are drawn here and leave this
process on paper alone: the Corner keeps a digest of each, and the month it counts for.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.core import formats, pdf

TEMPLATE = "questions/typst/slips.typ"
ON_A_PAGE = 4
MOST = 500
MANY = 80  # from here on the slips are set in a process of their own
PATTERN_LINES = 26
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """All that a sheet of slips says: 24 signs for each, the Corner's origin, the days they count.

    ``first`` and ``last`` are both included. ``codes`` hold no blanks.
    """

    codes: tuple[str, ...]
    corner: str
    first: date
    last: date


def printed(facts: SlipFacts, *, language: str) -> bytes:
    """Return the slips as PDF, four on a page, to be cut, folded twice and sealed.

    The code stands in an address only behind its ``#``, which browsers send to no server. Raises
    core.pdf.NotRendered. The same facts give the same bytes.
    """
    with translation.override(language):
        data = {
            "slips": [
                {"groups": groups(code), "qr": _qr_of(address_of(facts.corner, code))}
                for code in facts.codes
            ],
            "address": f"{facts.corner}/kiosk/",
            "pattern": _pattern(),
            "words": _words(facts),
        }
        title = _("Slips for the Question Corner")
    return pdf.render(
        TEMPLATE,
        data,
        language=language,
        title=title,
        day=facts.first,
        apart=len(facts.codes) >= MANY,
    )


def address_of(corner: str, code: str) -> str:
    """Return the address that a slip's QR code holds; what stands behind ``#`` is never sent."""
    return f"{corner}/kiosk/#slip={code}"


def groups(code: str) -> tuple[str, ...]:
    """Return the 24 signs in six groups of four, as they are read and typed."""
    return tuple(code[at : at + 4] for at in range(0, len(code), 4))


def _words(facts: SlipFacts) -> dict[str, str | Sequence[str]]:
    return {
        "title": _("One question, unlinkable to you in our records"),
        "steps": (
            _("Draw one slip unseen. Nobody writes down who has which."),
            _("Open it alone. Any phone or computer will do; you do not sign in."),
            _("Open the address, type the 24 signs and write your question."),
            _("Copy the receipt that the page shows: with it you find the answer."),
            _("Then tear this slip up. It counts once."),
        ),
        "valid": _("Counts from %(first)s to %(last)s.")
        % {"first": formats.day_year(facts.first), "last": formats.day_year(facts.last)},
        "code": _("The 24 signs of this slip"),
        "qr": _("QR code: the Question Corner with the signs of this slip"),
    }


def _pattern() -> list[str]:
    """Return lines of signs that mean nothing: printed over each other they hide what lies on them.

    They are counted out and not drawn: nothing in them comes from a code.
    """
    return [
        "".join(SIGNS[(line * 7 + at * at + 11 * at) % len(SIGNS)] for at in range(26))
        for line in range(PATTERN_LINES)
    ]


def _qr_of(address: str) -> str:
    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", scale=4, border=2)
    return written.getvalue().decode()
