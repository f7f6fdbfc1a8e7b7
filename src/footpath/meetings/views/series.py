"""Series of meetings: the list, a new one, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock, formats
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import recurring, selectors, services
from footpath.meetings.forms.series import ChangeSeriesForm, EndSeriesForm, SeriesForm, typed_of
from footpath.meetings.models import Series
from footpath.meetings.rules import recurrence
from footpath.meetings.views.places import place_to_convene_in


@signed_in
@require_safe
def series_list(request: Asked) -> HttpResponse:
    """The series of a place and below, or of all that the reader may see."""
    person: Person = request.person
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else None
    ended = request.GET.get("view") == "ended"
    page = selectors.series_for(
        person, area, now=clock.now(), ended=ended, after=request.GET.get("after")
    )
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "page": page,
        "words": {row.pk: words_of(row) for row in page.rows},
        "ended": ended,
        "may_convene": may(person, "meetings.convene", area),
    }
    return render(request, "meetings/series_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def series_new(request: Asked) -> HttpResponse:
    """Begin a series; the first press shows the next six days, the second begins it."""
    person: Person = request.person
    area, place = place_to_convene_in(request)
    initial = {"area": place, "first_day": clock.today()}
    sent = request.POST if request.method == "POST" else None
    form = SeriesForm(sent, person=person, near=place, initial=initial)
    begin = request.POST.get("deed") == "begin"
    if begin and form.is_valid():
        made = form.done(lambda: _create(form, by=person))
        if made is not None:
            number = made.meetings.count()
            messages.success(
                request,
                ngettext(
                    "The series is begun. %(count)s meeting stands in the calendar.",
                    "The series is begun. %(count)s meetings stand in the calendar.",
                    number,
                )
                % {"count": formats.number(number)},
            )
            return redirect(made)
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "form": form,
        "preview": form.preview(),
        "words": form.words(),
    }
    return render(request, "meetings/series_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def series(request: Asked, pk: int) -> HttpResponse:
    """A series: its coming meetings, which of them need another day; change it, or end it."""
    person: Person = request.person
    found = selectors.get_series_for(person, pk=pk)
    may_change = found.ended_at is None and may(person, "meetings.convene", found)
    deed = request.POST.get("deed", "")
    if request.method == "POST":
        require(person, "meetings.convene", found)
        if deed not in {"change", "preview", "end"}:
            raise NotThere
    change = ChangeSeriesForm(
        request.POST if deed in {"change", "preview"} else None,
        person=person,
        near=found.area,
        also=found.hall_id,
        auto_id="id_change_%s",
        initial=typed_of(found) | {"first_day": clock.today()},
    )
    end = EndSeriesForm(
        request.POST if deed == "end" else None,
        person=person,
        auto_id="id_end_%s",
        initial={"last_day": clock.today()},
    )
    said = _change(change, found, person) if deed == "change" and change.is_valid() else ""
    if deed == "end" and end.is_valid():
        said = end.done(lambda: _end(end, found, by=person)) or ""
    if said:
        messages.success(request, said)
        return redirect(found)
    refused = bool(change.errors or end.errors)
    context: dict[str, Any] = {
        "series": found,
        "area": found.area,
        "ancestors": directory.ancestors_of(found.area),
        "words": words_of(found),
        "coming": selectors.occurrences(found, now=clock.now()),
        "may_change": may_change,
        "change": change,
        "end": end,
        "deed": deed,
        "preview": change.preview(),
        "preview_words": change.words(),
    }
    return render(request, "meetings/series.html", context, status=422 if refused else 200)


def words_of(row: Series) -> str:
    """Return when a series comes again, in words."""
    return recurring.in_words(recurrence.parse(row.rrule), first_day=row.first_day)


def _create(form: SeriesForm, *, by: Person) -> Series:
    asked = form.cleaned_data
    return services.create_series(
        kind=asked["kind"],
        area=asked["area"],
        first_day=asked["first_day"],
        client_key=asked["client_key"],
        by=by,
        at=clock.now(),
        **_terms(asked),
    )


def _change(form: ChangeSeriesForm, found: Series, by: Person) -> str:
    changed = form.done(
        lambda: services.change_series(
            series=found,
            from_day=form.cleaned_data["first_day"],
            by=by,
            at=clock.now(),
            **_terms(form.cleaned_data),
        )
    )
    if changed is None:
        return ""
    return _(
        "The series is changed: %(moved)s meetings follow, %(made)s are new, %(removed)s are "
        "gone, %(kept)s stay as somebody left them."
    ) % {
        "moved": formats.number(changed.moved),
        "made": formats.number(changed.made),
        "removed": formats.number(changed.removed),
        "kept": formats.number(changed.kept),
    }


def _end(form: EndSeriesForm, found: Series, *, by: Person) -> str:
    asked = form.cleaned_data
    number = services.end_series(
        series=found, last_day=asked["last_day"], reason=asked["reason"], by=by, at=clock.now()
    )
    return ngettext(
        "The series is ended. %(count)s meeting is cancelled.",
        "The series is ended. %(count)s meetings are cancelled.",
        number,
    ) % {"count": formats.number(number)}


def _terms(asked: dict[str, Any]) -> dict[str, Any]:
    names = ("rrule", "begins", "minutes", "last_day", "title", "organization", "hall", "where")
    return {name: asked[name] for name in (*names, "agenda")}
