"""The poster of a place: where anybody reports a problem, to read and as a QR code.

Plain values in, a PDF out, in the language of the poster.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from footpath.core import pdf

TEMPLATE = "cases/typst/poster.typ"


@dataclass(frozen=True, slots=True)
class PosterFacts:
    """All that a poster says: the place, the places above it, its code, and when it was made."""

    place: str
    above: str
    code: str
    day: date

    @property
    def address(self) -> str:
        """Return the whole address of the form for this place."""
        return settings.BASE_URL + reverse("public:report", query={"place": self.code})


def printed(facts: PosterFacts, *, language: str) -> bytes:
    """Return the poster as PDF, one page of A4. Raises core.pdf.NotRendered.

    The same facts give the same bytes.
    """
    with translation.override(language):
        title = _("Report a problem here")
        data = {
            "title": title,
            "place": facts.place,
            "above": facts.above,
            "qr": _qr_of(facts.address),
            "qr_words": _("Scan this code with a telephone"),
            "steps": [
                _("Scan the code with a telephone, or open this address:"),
                _("Search for the code of the place:"),
            ],
            "site": settings.BASE_URL + reverse("public:report"),
            "code": facts.code,
            "foot": _(
                "No account is needed. You get a code with which you see what becomes of your"
                " report. It is closed only when somebody has looked on the spot."
            ),
        }
    return pdf.render(
        TEMPLATE, data, language=language, title=f"{title}: {facts.place}", day=facts.day
    )


def _qr_of(address: str) -> str:
    """Return the address as an SVG that is read from afar, and with a corner torn off."""
    written = io.BytesIO()
    segno.make(address, error="q", micro=False).save(written, kind="svg", scale=4, border=4)
    return written.getvalue().decode()
