"""Importing a ledger by page: the file, its columns, its words, a try, then piece by piece."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.cases.ledger_imports import run as runs
from footpath.cases.ledger_imports import selectors, tasks
from footpath.cases.ledger_imports.forms import ColumnsForm, LedgerFileForm, WordsForm
from footpath.cases.ledger_imports.mapping import WORDED
from footpath.cases.ledger_imports.problems import Problem
from footpath.cases.models import Category, LedgerImport
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken, StaleState

SHOWN_PROBLEMS = 200
BYTE_ORDER_MARK = "\ufeff"
MAPPED = (LedgerImport.State.UPLOADED, LedgerImport.State.CHECKED, LedgerImport.State.FAILED)


@signed_in
@require_http_methods(["GET", "POST"])
def ledger_imports(request: Asked) -> HttpResponse:
    """Take a file to be mapped, and list earlier ones."""
    page = selectors.imports_for(request.person, after=request.GET.get("after"))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LedgerFileForm(*sent)
    if form.is_valid():
        try:
            run = runs.keep_file(
                upload=form.cleaned_data["file"], by=request.person, at=clock.now()
            )
        except InvalidValue as wrong:
            form.add_error("file", str(wrong))
        else:
            return redirect("cases:ledger-import", run.pk)
    context = {"form": form, "page": page}
    return render(
        request, "cases/ledger_imports.html", context, status=422 if form.is_bound else 200
    )


@signed_in
@require_http_methods(["GET", "POST"])
def ledger_import(request: Asked, pk: int) -> HttpResponse:
    """Show how far an import is and what is to be done next, and do it."""
    run = selectors.get_import_for(request.person, pk=pk)
    columns = words = None
    if run.state in MAPPED:
        chosen = request.POST.get("do")
        columns = ColumnsForm(run, request.POST if chosen == "columns" else None)
        words = WordsForm(run, _categories(), request.POST if chosen == "words" else None)
    status, refusal = 200, ""
    if request.method == "POST":
        try:
            if _do(request, run, columns, words):
                return redirect("cases:ledger-import", run.pk)
            status = 422
        except InvalidValue as wrong:
            refusal, status = str(wrong), 422
        except RuleBroken as late:
            refusal, status = str(late), 409
            run.refresh_from_db()
    return _page(request, run, columns, words, refusal=refusal, status=status)


def _do(
    request: Asked, run: LedgerImport, columns: ColumnsForm | None, words: WordsForm | None
) -> bool:
    """Do what a button says; False when the form is not filled in right."""
    by, at, what = request.person, clock.now(), request.POST.get("do", "")
    if what == "columns" and columns is not None:
        if columns.is_valid():
            runs.set_columns(run=run, chosen=columns.chosen(), by=by, at=at)
        return columns.is_valid()
    if what == "words" and words is not None:
        if words.is_valid():
            said, fixed = words.said()
            runs.set_words(run=run, words=said, fixed=fixed, by=by, at=at)
            tasks.work.enqueue(run.pk, get_language() or "en")
        return words.is_valid()
    deed = {"take": runs.start_taking, "stop": runs.stop, "go_on": runs.go_on}.get(what)
    if deed is None:
        raise StaleState(_("Somebody else has changed this import. Look at it again first."))
    deed(run=run, by=by, at=at)
    if what != "stop":
        tasks.work.enqueue(run.pk, get_language() or "en")
    return True


def _categories() -> list[tuple[str, str]]:
    rows = Category.objects.filter(is_active=True)
    return [(row.code, row.name) for row in rows]


def _page(
    request: Asked,
    run: LedgerImport,
    columns: ColumnsForm | None,
    words: WordsForm | None,
    *,
    refusal: str,
    status: int,
) -> HttpResponse:
    problems = [Problem.from_json(kept) for kept in run.problems[:SHOWN_PROBLEMS]]
    found = run.mapping.get("found")
    groups: list[tuple[str, list[forms.BoundField]]] = []
    if words is not None and found is not None:
        groups = [(_group_name(name), words.group(name)) for name in WORDED]
    cut_off = runs.is_cut_off(run, at=clock.now())
    context: dict[str, Any] = {
        "run": run,
        "refusal": refusal,
        "working": run.state in runs.WORKING,
        "cut_off": cut_off,
        "columns": columns,
        "words": words,
        "groups": groups,
        "header": run.mapping.get("header", []),
        "sample": run.mapping.get("sample", []),
        "problems": problems,
        "problem_count": len(run.problems),
        "wrong": runs.wrong_rows(run),
        "takes": run.created + run.updated,
    }
    template = "cases/_ledger_import.html" if request.htmx else "cases/ledger_import.html"
    return render(request, template, context, status=status)


def _group_name(name: str) -> str:
    return {
        "category": _("Categories"),
        "place": _("Places"),
        "organization": _("Organizations"),
    }[name]


@signed_in
@require_GET
def ledger_import_problems(request: Asked, pk: int) -> HttpResponse:
    """Give what is wrong in a file as CSV, for whoever corrects it."""
    run = selectors.get_import_for(request.person, pk=pk)
    rows = [["row", "column", "value", "message"]]
    for kept in run.problems:
        wrong = Problem.from_json(kept)
        rows.append([str(wrong.row), wrong.column, wrong.value, wrong.message])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{run.pk}-problems.csv"'
    response.write(BYTE_ORDER_MARK)
    csv.writer(response).writerows([[_inert(cell) for cell in row] for row in rows])
    return response


def _inert(cell: str) -> str:
    """Return the text so that a spreadsheet does not take it for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
