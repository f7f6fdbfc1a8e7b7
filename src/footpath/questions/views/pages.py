"""The members' pages: asking, answers, how both are protected. Nobody is signed in here.

The server gives everybody the same page in their language. Writing, sealing, keeping and opening
are done by the page's script in the reader's browser.
"""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.questions import rules, selectors
from footpath.secrecy.epochs import epoch_of, spendable_on


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask with a token of this browser: the limits, the question, its receipt."""
    return render(request, "questions/ask.html", _asking(kiosk=False))


@require_safe
def kiosk(request: HttpRequest) -> HttpResponse:
    """Ask with a paper slip, on a device that keeps nothing."""
    return render(request, "questions/ask.html", _asking(kiosk=True))


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Find the answer to a question with its receipt."""
    return render(request, "questions/answers.html", _months() | {"mix_at": settings.CORNER_MIX_AT})


@require_safe
def protection(request: HttpRequest) -> HttpResponse:
    """Say from whom the Corner protects and from whom not, with the fingerprints to compare."""
    figures = [
        (formats.month(Month.parse(one.epoch)), one, _answered(one))
        for one in selectors.figures_of_all()
    ]
    context = _months() | {"least": settings.CORNER_LEAST, "figures": figures}
    return render(request, "questions/protection.html", context)


@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """Say how to ask without this browser: paper slips and the command."""
    return render(request, "questions/ways.html", _months())


@require_safe
def device(request: HttpRequest) -> HttpResponse:
    """Cover postings, and what this device keeps."""
    return render(request, "questions/device.html", _months())


@xframe_options_exempt
@require_safe
def vault(request: HttpRequest) -> HttpResponseBase:
    """Take tokens from the member side: the only page that it may show, in a hidden frame."""
    framed = csp_replace({"frame-ancestors": [settings.BASE_URL]})
    return framed(lambda asked: render(asked, "questions/vault.html"))(request)


def _asking(*, kiosk: bool) -> dict[str, Any]:
    """Return what the Ask page shows: topics, the gate, and the figures of this month."""
    today = clock.today()
    now = epoch_of(today)
    figures = selectors.figures(now)
    months = _months()
    return months | {
        "kiosk": kiosk,
        "topics": [
            ("duty", _("Duty and rules")),
            ("land", _("Land")),
            ("money", _("Money and relief")),
            ("discipline", _("Discipline")),
            ("staff", _("Staff")),
            ("other", _("Other")),
        ],
        "month": Month.parse(now),
        "figures": [
            (_("Envelopes received"), formats.number(figures.received)),
            (_("Questions read"), _said(figures.real)),
            (_("Answered in 10 working days"), formats.rate(_answered(figures))),
        ],
        "drawn": figures.drawn,
        "least": settings.CORNER_LEAST,
        "few": bool(spendable_on(today)) and not months["open_months"],
        "mix_at": settings.CORNER_MIX_AT,
    }


def _months() -> dict[str, Any]:
    """Return which months can be spent now, and the oldest whose tokens are worth keeping."""
    today = clock.today()
    return {
        "open_months": selectors.open_epochs(today),
        "oldest_month": str(epoch_of(today).after(-1)),
    }


def _said(number: int | None) -> str:
    return _("No data") if number is None else formats.number(number)


def _answered(figures: rules.Figures) -> Rate:
    """Return how many of the questions that officers read were answered; empty when unsaid."""
    return Rate(figures.answered or 0, figures.real or 0)
