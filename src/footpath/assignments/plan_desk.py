"""What the pages of all plans have in common, be it of people in charge or of a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from footpath.accounts.guards import Asked
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.forms import DirectoryForm
from footpath.directory.models import Area, Person

Doer = Callable[[Asked, Any], HttpResponse]
"""Does what was pressed on the page of a plan, and answers with where to go on."""


@dataclass(frozen=True)
class PlanDesk:
    """The deeds that stand on the page of every plan, each done by the room's own service.

    ``find`` looks a plan up for somebody by its key, and ``page`` shows it, with a refusal.
    ``at_work`` is raised with the ``plan`` that somebody else has started, and ``begin`` lets a
    plan be made.
    """

    find: Callable[..., Any]
    page: Callable[..., HttpResponse]
    at_work: type[RuleBroken]
    begin: Callable[[Any], object]
    stop: Callable[..., object]
    start_again: Callable[..., object]
    plan_again: Callable[..., Any]
    take_pin_off: Callable[..., object]

    def do(self, request: Asked, pk: int, deed: str, own: Mapping[str, Doer]) -> HttpResponse:
        """Do a deed that all plans have, or one of the room's own; what refuses it is shown."""
        found = self.find(request.person, pk=pk)
        doer = own.get(deed) or self._common.get(deed)
        if doer is None:
            raise NotThere
        try:
            return doer(request, found)
        except self.at_work as other:
            messages.info(request, str(other))
            return redirect(other.plan)  # type: ignore[attr-defined]
        except RuleBroken as refusal:
            return self.page(request, self.find(request.person, pk=pk), refusal=refusal)

    @property
    def _common(self) -> Mapping[str, Doer]:
        return {
            "stop": self._stop,
            "start-again": self._start_again,
            "again": self._again,
            "unpin": self._unpin,
        }

    def reject(
        self, request: Asked, found: Any, form: forms.Form, service: Callable[..., object]
    ) -> HttpResponse:
        """Reject a plan for the reason in a form; without one its page says so."""
        if not form.is_valid():
            refusal = InvalidValue(wrong_with(form, "reason"), field="reason")
            return self.page(request, found, refusal=refusal, reject=form)
        reason = form.cleaned_data["reason"]
        service(plan=found, reason=reason, by=request.person, at=clock.now())
        messages.success(request, _("The plan is rejected. Whoever plans again reads the reason."))
        return redirect(found)

    def _stop(self, request: Asked, found: Any) -> HttpResponse:
        self.stop(plan=found, by=request.person, at=clock.now())
        messages.success(request, _("The work is stopped; the best plan so far is kept."))
        return redirect(found)

    def _start_again(self, request: Asked, found: Any) -> HttpResponse:
        self.start_again(plan=found, by=request.person, at=clock.now())
        self.begin(found)
        return redirect(found)

    def _again(self, request: Asked, found: Any) -> HttpResponse:
        made = self.plan_again(plan=found, by=request.person, at=clock.now())
        self.begin(made)
        return redirect(made)

    def _unpin(self, request: Asked, found: Any) -> HttpResponse:
        key = key_in(request.POST.get("pin"))
        pin = found.pins.select_related("plan").filter(pk=key).first() if key is not None else None
        if pin is None:
            raise NotThere
        self.take_pin_off(pin=pin, by=request.person, at=clock.now())
        messages.success(request, _("The pin is taken off for the next plan."))
        return redirect(f"{found.get_absolute_url()}#pins")


def started(
    request: Asked, form: DirectoryForm, start: Callable[[], Any], *, at_work: type[RuleBroken]
) -> HttpResponse | None:
    """Start a plan and open it, or the one that somebody else has started; None when refused."""
    try:
        made = form.done(start)
    except at_work as other:
        messages.info(request, str(other))
        return redirect(other.plan)  # type: ignore[attr-defined]
    return redirect(made) if made is not None else None


def area_asked_for(person: Person, code: str | None, planners: Any) -> Area:
    """Return the place of a code, without one the place that the person plans; else NotThere."""
    found = (
        directory.get_area_for(person, code=code)
        if code
        else directory.home_area_of(person, planners)
    )
    if found is None:
        raise NotThere
    return found


def posted(request: Asked) -> Any:
    """Return what was sent, be it nothing at all; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def wrong_with(form: forms.Form, name: str) -> str:
    """Return what is wrong with a field, in one line."""
    return " ".join(str(error) for error in form.errors[name])
