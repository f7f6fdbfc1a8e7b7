"""Day rules of a place, the days they leave free, and whether a day is free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.accounts.rules import READERS, Role
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.forms.days import ChangeRuleForm, DayCheckForm, EndRuleForm, RuleForm
from footpath.meetings.models import DayRule, Meeting, MeetingKind

SETTERS = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)


@signed_in
@require_safe
def days(request: Asked) -> HttpResponse:
    """Show the rules of a place, the days of a month that they leave free, and the exceptions."""
    person: Person = request.person
    place = _place(request, READERS)
    if not person.scope.covers(place.path, READERS):
        raise NotThere
    month = _month(request.GET.get("month"))
    kinds = [kind for kind in selectors.kinds() if kind.is_active]
    kind = _kind(kinds, request.GET.get("kind"))
    today = clock.today()
    below = list(directory.areas_for(person).filter(parent=place).order_by("name")[:60])
    counted = selectors.extraordinary_by_child(place, month)
    context = {
        "area": place,
        "ancestors": directory.ancestors_of(place),
        "month": month,
        "today": today,
        "kind": kind,
        "kinds": kinds,
        "lines": [
            (line, selectors.words_of_test(line.rule), selectors.words_of_whom(line.rule))
            for line in selectors.rule_lines(place, on=today)
        ],
        "rules_below": selectors.rules_below(place, on=today),
        "strip": selectors.strip_of(kind, place, month) if kind else [],
        "extraordinary": selectors.extraordinary_figures(place.path, month),
        "exceptions": selectors.extraordinary_meetings(place.path, month),
        "by_place": [(row, counted[row.pk]) for row in below if row.pk in counted],
        "may_set": may(person, "meetings.set_days", place),
    }
    return render(request, "meetings/days.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def day_rule_new(request: Asked) -> HttpResponse:
    """Make a day rule of a place, of ``?place=`` if it is given."""
    person: Person = request.person
    require(person, "meetings.set_days")
    place = _place(request, SETTERS)
    require(person, "meetings.set_days", place)
    above = [
        line.rule
        for line in selectors.rule_lines(place, on=clock.today())
        if line.inherited and not line.replaced
    ]
    form = RuleForm(
        request.POST or None,
        person=person,
        above=above,
        initial={"valid_from": clock.today(), "of_offices": True, "test": "only_days"},
    )
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: services.begin_rule(
                area=place,
                terms=form.terms(),
                code=form.cleaned_data.get("instead_of") or "",
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The rule is made."))
            return redirect("meetings:day-rule", made.pk)
    context = {"area": place, "ancestors": directory.ancestors_of(place), "form": form}
    return render(request, "meetings/day_rule_new.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def day_rule(request: Asked, pk: int) -> HttpResponse:
    """Show a day rule and what came before it; change it from a day on, or end it."""
    person: Person = request.person
    rule = selectors.get_rule_for(person, pk=pk)
    today = clock.today()
    over = rule.valid_until is not None and rule.valid_until < today
    may_set = may(person, "meetings.set_days", rule) and not over
    deed = request.POST.get("deed")
    if request.method == "POST":
        require(person, "meetings.set_days", rule)
    begins = max(today, rule.valid_from) + timedelta(days=1)
    change = ChangeRuleForm(
        request.POST if deed == "change" else None,
        person=person,
        rule=rule,
        initial={"valid_from": begins},
    )
    end = EndRuleForm(
        request.POST if deed == "end" else None, person=person, initial={"last_day": today}
    )
    if deed == "change" and change.is_valid():
        changed = change.done(
            lambda: services.change_rule(
                rule=rule,
                terms=change.terms(),
                valid_from=change.cleaned_data["valid_from"],
                by=person,
                at=clock.now(),
            )
        )
        if changed is not None:
            messages.success(request, _("The rule is changed. What held before stays on record."))
            return redirect("meetings:day-rule", changed.pk)
    if deed == "end" and end.is_valid() and _ended(end, rule, by=person):
        messages.success(request, _("The rule is ended."))
        return redirect(reverse("meetings:days", query={"place": rule.area.code}))
    context = {
        "rule": rule,
        "area": rule.area,
        "ancestors": directory.ancestors_of(rule.area),
        "test": selectors.words_of_test(rule),
        "whom": selectors.words_of_whom(rule),
        "history": [(row, selectors.words_of_test(row)) for row in selectors.history_of(rule)],
        "over": over,
        "today": today,
        "reads_there": person.scope.covers(rule.area.path, READERS),
        "may_set": may_set,
        "change": change,
        "end": end,
    }
    status = max(_status(change), _status(end))
    return render(request, "meetings/day_rule.html", context, status=status)


def _ended(form: EndRuleForm, rule: DayRule, *, by: Person) -> bool:
    def deed() -> bool:
        services.end_rule(rule=rule, last_day=form.cleaned_data["last_day"], by=by, at=clock.now())
        return True

    return form.done(deed) is not None


@signed_in
@require_safe
def day_check(request: Asked) -> HttpResponse:
    """Say whether a day is free for a meeting as its form is filled in, and which days are.

    Of ``?meeting=`` its place and kind count, and it does not stand in its own way.
    """
    person: Person = request.person
    require(person, "meetings.convene")
    context = {"day": None, "breaches": [], "free_days": []} | _answer(person, request.GET)
    page = "meetings/day_state.html" if request.htmx else "meetings/day_check.html"
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _answer(person: Person, asked: QueryDict) -> dict[str, object]:
    typed = asked.copy()
    besides = None
    meeting = key_in(asked.get("meeting"))
    if meeting is not None:
        besides = selectors.get_meeting_for(person, pk=meeting)
        typed.setdefault("area", besides.area.code)
        typed.setdefault("kind", str(besides.kind_id))
    form = DayCheckForm(typed, person=person)
    if not form.is_valid():
        return {}
    area, kind, day = (form.cleaned_data[name] for name in ("area", "kind", "day"))
    if not may(person, "meetings.convene", area):
        return {}
    return {"day": day, "area": area, "kind": kind} | _judged(kind, area, day, besides)


def _judged(kind: MeetingKind, area: Area, day: date, besides: Meeting | None) -> dict[str, object]:
    keys = () if besides is None else (besides.pk,)
    book = selectors.day_book(area.path, day, day + timedelta(days=selectors.HORIZON))
    found = book.breaches(kind, area, day, besides=keys)
    free = book.next_free(kind, area, after=day, besides=keys) if found else []
    return {"breaches": found, "free_days": free}


def _place(request: Asked, roles: Iterable[Role]) -> Area:
    """Return the place asked for, else the widest of the reader's; NotThere without any."""
    code = request.GET.get("place")
    if code:
        return directory.get_area_for(request.person, code=code)
    home = directory.home_area_of(request.person, roles)
    if home is None:
        raise NotThere
    return home


def _kind(kinds: list[MeetingKind], code: str | None) -> MeetingKind | None:
    """Return the kind asked for, else the first of offices, to which most rules apply."""
    chosen = next((kind for kind in kinds if kind.code == code), None)
    of_offices = next((kind for kind in kinds if kind.of_offices), None)
    return chosen or of_offices or next(iter(kinds), None)


def _month(typed: str | None) -> Month:
    try:
        return Month.parse(typed or "")
    except ValueError:
        return Month.of(clock.today())


def _status(form: DayCheckForm | RuleForm | EndRuleForm) -> int:
    return 422 if form.is_bound and form.errors else 200
