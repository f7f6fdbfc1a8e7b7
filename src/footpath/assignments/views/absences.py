"""Pages of absence: who is away, who stands in, and coming back earlier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.assignments import selectors, services
from footpath.assignments.forms import BackForm, LeaveForm, StandInAsked, StandInForm
from footpath.assignments.models import Absence
from footpath.assignments.rules import Span
from footpath.assignments.views import asked
from footpath.core import clock, formats
from footpath.core.errors import NotThere
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Person


@signed_in
@require_safe
def absences(request: Asked) -> HttpResponse:
    """Who is away today and later: in the places one heads or works for, else one's own."""
    person: Person = request.person
    today = clock.today()
    path = selectors.widest_led(person)
    page = selectors.absences_in(person, path, on=today, after=request.GET.get("after"))
    context = {
        "page": page,
        "today": today,
        "leads": path is not None,
        "next": reverse("assignments:absences", query={"after": page.next_after})
        if page.next_after
        else None,
    }
    return render(request, "assignments/absences.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Asked) -> HttpResponse:
    """Record an absence of ``?person=``; one's own without it."""
    person: Person = request.person
    who = _who(person, request.GET.get("person"))
    require(person, "assignments.absence", who)
    today = clock.today()
    start = max(asked.day(request.GET.get("start")), today)
    form = LeaveForm(
        request.POST or None,
        person=person,
        places=_places(who, Span(today)),
        initial={"start": start, "until": start, "kind": Absence.Kind.LEAVE},
    )
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _record(form, who, by=person))
        if made is not None:
            messages.success(
                request,
                _("%(person)s is recorded as absent until %(day)s.")
                % {"person": who.name, "day": formats.day_year(made.until)},
            )
            return redirect("assignments:absence", made.pk)
    context = {"form": form, "who": who, "own": who.pk == person.pk}
    status = 422 if form.errors else 200
    return render(request, "assignments/leave.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: Asked, pk: int) -> HttpResponse:
    """One absence with its stand-ins; it is withdrawn or shortened here."""
    person: Person = request.person
    found = selectors.get_absence_for(person, pk=pk)
    today = clock.today()
    over = found.withdrawn_at is not None or found.until < today
    initial = {"last_day": today} if found.start <= today else None
    form = BackForm(request.POST or None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        form.done(
            lambda: services.come_back(absence=found, last_day=last_day, by=person, at=clock.now())
        )
        if form.is_valid():
            messages.success(request, _("The absence ends earlier. Whoever stood in stops then."))
            return redirect("assignments:absence", found.pk)
    return _page(request, found, back=form, over=over, today=today)


@signed_in
@require_POST
def stand_in(request: Asked, pk: int, row: int) -> HttpResponse:
    """Name somebody else to stand in at one place."""
    person: Person = request.person
    found = selectors.get_absence_for(person, pk=pk)
    standing = next(
        (each for each in selectors.stand_ins_of_absence(found) if each.pk == row), None
    )
    if standing is None:
        raise NotThere
    standing.absence = found
    form = StandInForm(request.POST, person=person)
    if form.is_valid():
        typed = form.cleaned_data
        form.done(
            lambda: services.name_stand_in(
                stand_in=standing,
                person=typed["who"],
                start=typed["start"],
                by=person,
                at=clock.now(),
            )
        )
    if form.is_valid():
        messages.success(
            request,
            _("%(person)s stands in.") % {"person": form.cleaned_data["who"].name},
        )
        return redirect("assignments:absence", found.pk)
    today = clock.today()
    back = BackForm(person=person)
    return _page(
        request, found, back=back, over=found.until < today, today=today, named=(row, form)
    )


def _page(
    request: Asked,
    found: Absence,
    *,
    back: BackForm,
    over: bool,
    today: object,
    named: tuple[int, StandInForm] | None = None,
) -> HttpResponse:
    rows = selectors.stand_ins_of_absence(found)
    forms = {
        each.pk: named[1]
        if named is not None and named[0] == each.pk
        else StandInForm(person=request.person, auto_id=f"id_{each.pk}_%s")
        for each in rows
    }
    bad = bool(back.errors) or (named is not None and bool(named[1].errors))
    context = {
        "absence": found,
        "stand_ins": rows,
        "forms": forms,
        "failed": named[1] if named is not None else None,
        "back": back,
        "over": over,
        "today": today,
    }
    return render(request, "assignments/absence.html", context, status=422 if bad else 200)


def _who(person: Person, key: str | None) -> Person:
    if not key:
        return person
    known = key_in(key)
    if known is None:
        raise NotThere
    return directory.get_person_for(person, pk=known)


def _places(who: Person, days: Span) -> list[StandInAsked]:
    """Return the places led from today on, each with its deputy in words."""
    leads = selectors.leads_during(who, days)
    deputies = selectors.deputies_during([row.area_id for row in leads], days)
    found = []
    for row in leads:
        rows = deputies.get(row.area_id or 0, [])
        named = [second.person.name for second in rows if second.person_id != who.pk]
        found.append(StandInAsked(row, _hint(named), bool(named)))
    return found


def _hint(named: list[str]) -> str:
    if named:
        return _("Leave it empty, and the deputy stands in: %(deputy)s.") % {
            "deputy": ", ".join(named)
        }
    return _("This place has no deputy. Name somebody: name or staff number.")


def _record(form: LeaveForm, who: Person, *, by: Person) -> Absence:
    typed = form.cleaned_data
    try:
        return services.record_absence(
            person=who,
            kind=typed["kind"],
            start=typed["start"],
            until=typed["until"],
            stand_ins=form.named(),
            by=by,
            at=clock.now(),
        )
    except services.StandInMissing as missing:
        form.blame(missing.places)
        raise
