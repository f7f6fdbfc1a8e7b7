"""Importing by page: choose a file, see what would happen, then take all of it."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.core.errors import NotThere, StaleState
from footpath.directory.imports import run as runs
from footpath.directory.imports import selectors, tasks
from footpath.directory.imports.forms import ImportForm
from footpath.directory.imports.problems import Problem
from footpath.directory.models import ImportRun

SHOWN_PROBLEMS = 200
BYTE_ORDER_MARK = "\ufeff"
"""At the head of a CSV file it tells spreadsheets that the text is UTF-8."""

TEMPLATES: dict[str, list[list[str]]] = {
    "areas": [
        ["code", "name", "tier", "parent", "type", "valid_from", "latitude", "longitude"],
        ["831", "Huyện Châu Thành", "district", "83", "Huyện", "", "10.30", "106.36"],
        ["28804", "Xã Tân Thạch", "commune", "831", "Xã", "", "", ""],
    ],
    "organizations": [
        ["code", "name", "kind", "parent", "place"],
        ["CT-01", "District office", "office", "", "831"],
        ["CT-02", "Commune office of Tân Thạch", "office", "CT-01", "28804"],
    ],
    "people": [
        [
            "staff_number",
            "name",
            "organization",
            "post",
            "role",
            "place",
            "from",
            "until",
            "user_name",
            "phone",
            "email",
        ],
        ["0001", "Lê Thị Mai", "CT-02", "Head", "head", "28804", "2026-01-01", "", "mai", "", ""],
        ["0002", "Tô Thị Hiền", "CT-01", "", "", "", "2026-01-01", "", "", "", ""],
    ],
}

COLUMN_WORDS = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
    "parent": gettext_lazy("Lies in"),
    "tier": gettext_lazy("Tier"),
}


@signed_in
@require_http_methods(["GET", "POST"])
def imports(request: Asked) -> HttpResponse:
    """Take a file to be checked, and list earlier runs."""
    page = selectors.runs_for(request.person, after=request.GET.get("after"))
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        run = runs.start_run(
            kind=form.cleaned_data["kind"],
            upload=form.cleaned_data["file"],
            wished_map=form.cleaned_data["map"],
            by=request.person,
            at=clock.now(),
        )
        _check(run)
        return redirect("directory:import", run.pk)
    context = {"form": form, "page": page, "kinds": ImportRun.Kind.choices}
    status = 422 if form.is_bound else 200
    return render(request, "directory/imports.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def import_(request: Asked, pk: int) -> HttpResponse:
    """Show what a file would change, and take it."""
    run = selectors.get_run_for(request.person, pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            if "again" in request.POST:
                _again(request, run)
            else:
                _start_taking(request, run)
        except StaleState as late:
            refusal = str(late)
            run.refresh_from_db()
        else:
            return redirect("directory:import", run.pk)
    return _page(request, run, refusal=refusal)


def _check(run: ImportRun) -> None:
    if runs.is_long(run):
        tasks.check.enqueue(run.pk, get_language() or "en")
    else:
        runs.check_run(run=run, at=clock.now())


def _start_taking(request: Asked, run: ImportRun) -> None:
    runs.start_taking(run=run, by=request.person, at=clock.now())
    if run.rows_total > runs.LONG:
        tasks.take.enqueue(run.pk, get_language() or "en")
    else:
        runs.take_run(run=run, at=clock.now())


def _again(request: Asked, run: ImportRun) -> None:
    if not selectors.is_cut_off(run, at=clock.now()):
        raise StaleState(_("This file is being worked on. Look again in a moment."))
    runs.start_again(run=run, by=request.person, at=clock.now())
    _check(run)


def _page(request: Asked, run: ImportRun, *, refusal: str = "") -> HttpResponse:
    working = run.state in {ImportRun.State.CHECKING, ImportRun.State.TAKING}
    problems = [Problem.from_json(kept) for kept in run.errors]
    context: dict[str, Any] = {
        "run": run,
        "refusal": refusal,
        "working": working,
        "rows_done": runs.rows_done(run) if working else run.rows_done,
        "cut_off": working and selectors.is_cut_off(run, at=clock.now()),
        "changes": run.created + run.updated,
        "problems": problems[:SHOWN_PROBLEMS],
        "problem_count": len(problems),
        "columns": [COLUMN_WORDS.get(name, name) for name in _columns_of(run)],
        "preview": run.preview,
    }
    template = "directory/import_state.html" if request.htmx else "directory/import.html"
    return render(request, template, context, status=409 if refusal else 200)


def _columns_of(run: ImportRun) -> list[str]:
    if run.kind == ImportRun.Kind.AREAS:
        return ["code", "name", "parent", "tier"]
    return list(run.preview[0].get("columns", [])) if run.preview else []


@signed_in
@require_GET
def import_errors(request: Asked, pk: int) -> HttpResponse:
    """Give what is wrong in a file as CSV, for whoever corrects it."""
    run = selectors.get_run_for(request.person, pk=pk)
    rows = [["row", "column", "value", "message"]]
    for kept in run.errors:
        wrong = Problem.from_json(kept)
        rows.append([str(wrong.row), wrong.column, wrong.value, wrong.message])
    return _csv(f"import-{run.pk}-errors.csv", rows)


@signed_in
@require_GET
def import_template(request: Asked, kind: str) -> HttpResponse:
    """Give an example file of a kind, with the names of all columns."""
    selectors.runs_for(request.person, size=1)
    if kind not in TEMPLATES:
        raise NotThere
    return _csv(f"{kind}.csv", TEMPLATES[kind])


def _csv(name: str, rows: list[list[str]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(BYTE_ORDER_MARK)
    csv.writer(response).writerows([[_inert(cell) for cell in row] for row in rows])
    return response


def _inert(cell: str) -> str:
    """Return the text so that a spreadsheet does not take it for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
