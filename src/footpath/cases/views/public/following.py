"""Following a report: by the code of its receipt, or by the link in a mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from footpath.cases import presenting, services
from footpath.cases.models import Case, Reporter
from footpath.cases.public_forms import CodeForm, FixedForm, WordForm
from footpath.cases.selectors import public, reporters
from footpath.cases.views.public.common import is_too_often, kept_by_nobody
from footpath.core import clock
from footpath.core.errors import RuleBroken


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@kept_by_nobody
def status(request: HttpRequest) -> HttpResponse:
    """Ask for the code and open the page of the report; no wrong code tells anything."""
    form = CodeForm(request.POST or None)
    answer = 200
    if request.method == "POST":
        answer = 422
        if is_too_often(request, "code"):
            form.add_error(None, _("Too many tries. Wait a minute, and try again."))
            answer = 429
        elif form.is_valid():
            reporter = reporters.reporter_of_code(form.cleaned_data["code"])
            if reporter is not None:
                return redirect("public:followed", reporters.page_token(reporter))
            form.add_error("code", _("No report has this code. Compare it with your receipt."))
    return render(request, "public/status.html", {"form": form}, status=answer)


@require_http_methods(["GET", "POST"])
@kept_by_nobody
def followed(request: HttpRequest, token: str) -> HttpResponse:
    """Show where a report stands; take what the reporter adds."""
    reporter = reporters.reporter_of_page(token)
    if reporter is None:
        messages.info(request, _("Enter your code again: the page was open for a day."))
        return redirect("public:status")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WordForm(*sent)
    answer = 200
    if request.method == "POST":
        answer = 422
        if form.is_valid():
            answer = _say(request, reporter, form)
            if answer == 200:
                messages.success(request, _("Your words stand in the case."))
                return redirect("public:followed", token)
    return _page(request, reporter, token, word=form, status=answer)


@require_POST
@kept_by_nobody
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Take the answer to "Is it fixed?"."""
    reporter = reporters.reporter_of_page(token)
    if reporter is None:
        return redirect("public:status")
    form = FixedForm(request.POST)
    status = 422
    if form.is_valid():
        said, at = form.cleaned_data, clock.now()
        try:
            services.answer_fixed(
                reporter=reporter, answer=said["answer"], text=said["text"], at=at
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            status = broken.status
        else:
            if said["no_more"]:
                services.stop_messages(reporter=reporter, at=at)
            messages.success(request, _("Your answer stands in the case."))
            return redirect("public:followed", token)
    return _page(request, reporter, token, fixed=form, status=status)


@require_http_methods(["GET", "POST"])
@kept_by_nobody
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """Open the report from a mail; at first by a button, so that no program confirms it."""
    reporter = reporters.reporter_of_mail(token)
    if reporter.confirmed_at is None and reporter.erased_at is None:
        if request.method == "GET":
            return render(request, "public/confirm.html", {"case": reporter.case})
        services.confirm_address(reporter=reporter, at=clock.now())
    return redirect("public:followed", reporters.page_token(reporter))


@csrf_exempt  # the link itself is the authority: mail programs post it without any cookie
@require_http_methods(["GET", "POST"])
@kept_by_nobody
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Send this reporter nothing more, after a press on the button."""
    reporter = reporters.reporter_of_mail(token)
    if request.method == "POST":
        services.stop_messages(reporter=reporter, at=clock.now())
        reporter.stopped_at = clock.now()
    return render(request, "public/stop.html", {"is_stopped": reporter.stopped_at is not None})


def _say(request: HttpRequest, reporter: Reporter, form: WordForm) -> int:
    """Keep the reporter's words; return 200, or the status of the refusal, which the form says."""
    if is_too_often(request, "word", key=str(reporter.pk)):
        form.add_error(None, _("You have written often just now. Wait an hour, and send it again."))
        return 429
    said = form.cleaned_data
    try:
        services.say(
            reporter=reporter, text=said["text"], at=clock.now(), uploads=said.get("files") or []
        )
    except RuleBroken as broken:
        field = getattr(broken, "field", None)
        form.add_error(field if field in form.fields else None, str(broken))
        return broken.status
    return 200


def _page(
    request: HttpRequest,
    reporter: Reporter,
    token: str,
    *,
    word: WordForm | None = None,
    fixed: FixedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    case = services.root_of(reporter.case)
    is_asked = (
        not case.is_open
        and reporter.asked_round == case.round_number
        and reporter.asked_at is not None
        and not reporter.answer
    )
    context: dict[str, Any] = {
        "case": case,
        "reported": reporter.case,
        "is_duplicate": case.pk != reporter.case_id,
        "place": presenting.place_of(case.area),
        "state": public.state_of(case),
        "is_late": case.is_open and case.promised_on and case.promised_on < clock.today(),
        "entries": public.said_to_reporter(case, reporter),
        "name_of": presenting.name_of,
        "is_returned": case.state == Case.State.RETURNED and case.pk == reporter.case_id,
        "token": token,
        "word": word or WordForm(),
        "fixed": (fixed or FixedForm()) if is_asked or fixed is not None else None,
        "answered": reporter.get_answer_display() if reporter.answer else "",
        "has_email": bool(reporter.email),
        "is_confirmed": reporter.confirmed_at is not None,
        "is_stopped": reporter.stopped_at is not None,
    }
    return render(request, "public/followed.html", context, status=status)
