"""Study sessions: topic and material of one, and how many people all of them reached."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock
from footpath.core.downloads import saved_as
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Organization
from footpath.meetings import selectors, services
from footpath.meetings.forms import PeriodForm, StudyForm
from footpath.meetings.models import Meeting, MeetingQuerySet

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: Asked, pk: int) -> HttpResponse:
    """Topic and material of a session."""
    person = request.person
    found = selectors.get_meeting_for(person, pk=pk)
    require(person, "meetings.keep", found)
    sent = request.method == "POST"
    form = StudyForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        person=person,
        has_file=bool(found.material_file),
        initial={"topic": found.topic, "material": found.material},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and form.done(lambda: _set(request, found, form))
    ):
        messages.success(request, _("Topic and material are kept."))
        return redirect(found)
    context = {
        "meeting": found,
        "ancestors": directory.ancestors_of(found.area),
        "form": form,
    }
    return render(request, "meetings/study.html", context, status=422 if form.errors else 200)


def _set(request: Asked, meeting: Meeting, form: StudyForm) -> bool:
    asked = form.cleaned_data
    services.set_material(
        meeting=meeting,
        topic=asked["topic"],
        material=asked["material"],
        upload=asked["upload"],
        remove=asked.get("remove", False),
        by=request.person,
        at=clock.now(),
    )
    return True


@signed_in
@require_safe
def material(request: Asked, pk: int) -> Any:
    """The file of a session, for those who may read the meeting; always saved, never shown."""
    found = selectors.get_meeting_for(request.person, pk=pk)
    return saved_as(found.material_name, found.material_file)


@signed_in
@require_safe
def studies(request: Asked) -> Any:
    """The sessions of a place and below in a period: how many, whom they reached, which."""
    person = request.person
    today = clock.today()
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else directory.home_area_of(person)
    organization = _organization(request.GET.get("organization"))
    form = PeriodForm.of_year(request.GET, today=today, person=person)
    first, last = form.period()
    rows = selectors.studies_for(
        person,
        path=area.path if area else None,
        first=first,
        last=last,
        organization=organization,
    )
    if request.GET.get("format") == "csv":
        return _file(rows)
    kept: dict[str, Any] = {
        "place": area.code if area else "",
        "first": first.isoformat(),
        "last": last.isoformat(),
        "organization": organization.pk if organization else "",
    }
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "organization": organization,
        "form": form,
        "first": first,
        "last": last,
        "kept": {name: value for name, value in kept.items() if value},
        "totals": selectors.totals_of(rows, area),
        "page": selectors.page_of_studies(rows, after=request.GET.get("after")),
        "may_convene": may(person, "meetings.convene", area),
    }
    return render(request, "meetings/studies.html", context)


def _organization(given: str | None) -> Organization | None:
    key = key_in(given)
    return Organization.objects.filter(pk=key).first() if key is not None else None


def _file(rows: MeetingQuerySet) -> StreamingHttpResponse:
    """Return the sessions as comma-separated text that a spreadsheet opens as it is."""
    head = [
        _("Day"),
        _("Place"),
        _("Code of the place"),
        _("Organization"),
        _("Topic"),
        _("People reached"),
        _("Heads counted"),
    ]
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="study-sessions.csv"'
    return response


def _lines(head: list[str], rows: MeetingQuerySet) -> Iterator[str]:
    yield "\ufeff" + _line(head)
    for session in selectors.every_study(rows):
        meeting = session.meeting
        yield _line(
            [
                clock.day_of(meeting.starts_at).isoformat(),
                meeting.area.name,
                meeting.area.code,
                meeting.organization.name if meeting.organization else "",
                meeting.topic or meeting.title,
                session.reached,
                "" if meeting.headcount is None else meeting.headcount,
            ]
        )


def _line(cells: list[Any]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow(
        [
            f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
            for cell in cells
        ]
    )
    return held.getvalue()
