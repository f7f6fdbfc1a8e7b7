"""When and where a meeting stands; moving and cancelling it, and inviting to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.core import clock, formats
from footpath.core.errors import NotThere
from footpath.meetings import recurring, selectors, services
from footpath.meetings.forms import CancelForm, InviteForm, InviteOrganizationForm, TimesForm
from footpath.meetings.rules import recurrence
from footpath.meetings.views.meeting.page import Page, Part, Work
from footpath.meetings.views.refusals import REFUSALS, Refusal, refusal_of


def works(page: Page) -> dict[str, Work]:
    """Return the deeds of this part."""
    meeting = page.meeting
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    times = {
        "day": starts.date(),
        "starts_at": starts.time(),
        "ends_at": ends.time(),
        "hall": meeting.hall,
        "where": meeting.where,
        "extraordinary_reason": meeting.extraordinary_reason,
    }
    room = {"near": meeting.area, "also": meeting.hall_id}
    planned = page.planned
    return {
        "move": Work(page.form("move", TimesForm, initial=times, **room), _move(page), planned),
        "cancel": Work(page.form("cancel", CancelForm), _cancel(page), planned),
        "invite": Work(page.form("invite", InviteForm), _invite(page), planned),
        "invite-all": Work(
            page.form("invite-all", InviteOrganizationForm), _invite_all(page), planned
        ),
        "uninvite": Work(None, _uninvite(page)),
    }


def context(page: Page) -> dict[str, Any]:
    """Return the series, what stands against the day, and who is expected elsewhere."""
    meeting = page.meeting
    coming = page.planned and page.today <= page.day
    breaches = []
    if coming and not meeting.extraordinary_reason:
        breaches = selectors.breaches(
            kind=meeting.kind,
            area=meeting.area,
            organization=meeting.organization,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            besides=meeting,
        )
    provisional = any(breach.final for breach in breaches)
    free_days = []
    if breaches and not provisional and page.may_change:
        free_days = services.free_days_for(
            kind=meeting.kind,
            area=meeting.area,
            organization=meeting.organization,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            hall=meeting.hall,
            besides=meeting,
        )
    expected = selectors.expected_of(page.duties) if page.planned else set()
    clashes = selectors.expected_elsewhere(
        expected, meeting.starts_at, meeting.ends_at, besides=[meeting.pk]
    )
    hall = meeting.hall
    return {
        "clashes": clashes,
        "breaches": [] if provisional else breaches,
        "provisional": provisional,
        "free_days": free_days,
        "expected": len(expected),
        "too_many": bool(hall and hall.seats and len(expected) > hall.seats),
        "series_words": _series_words(page),
        "may_set_aside": page.may_change and may(page.person, "meetings.extraordinary", meeting),
        "refusal": _refusal(page),
        "local": timezone.localtime,
    }


def _series_words(page: Page) -> str:
    series = page.meeting.series
    if series is None:
        return ""
    return recurring.in_words(recurrence.parse(series.rrule), first_day=series.first_day)


def _refusal(page: Page) -> Refusal | None:
    form = page.work["move"].form
    if not isinstance(form, TimesForm) or not isinstance(form.refused, REFUSALS):
        return None
    starts_at, ends_at = form.times()
    meeting = page.meeting
    return refusal_of(
        form.refused,
        kind=meeting.kind,
        area=meeting.area,
        organization=meeting.organization,
        hall=form.cleaned_data["hall"],
        starts_at=starts_at,
        ends_at=ends_at,
        besides=meeting,
    )


def _move(page: Page) -> Callable[[TimesForm], str]:
    def deed(form: TimesForm) -> str:
        starts_at, ends_at = form.times()
        services.move_meeting(
            meeting=page.meeting,
            starts_at=starts_at,
            ends_at=ends_at,
            where=form.cleaned_data["where"],
            hall=form.cleaned_data["hall"],
            extraordinary_reason=form.cleaned_data["extraordinary_reason"],
            by=page.person,
            at=clock.now(),
        )
        return _("The meeting is moved.")

    return deed


def _cancel(page: Page) -> Callable[[CancelForm], str]:
    def deed(form: CancelForm) -> str:
        services.cancel_meeting(
            meeting=page.meeting,
            reason=form.cleaned_data["reason"],
            by=page.person,
            at=clock.now(),
        )
        return _("The meeting is cancelled.")

    return deed


def _invite(page: Page) -> Callable[[InviteForm], str]:
    def deed(form: InviteForm) -> str:
        who = form.cleaned_data["who"]
        services.add_duty(meeting=page.meeting, person=who, by=page.person, at=clock.now())
        return _("%(person)s is on the list.") % {"person": who.name}

    return deed


def _invite_all(page: Page) -> Callable[[InviteOrganizationForm], str]:
    def deed(form: InviteOrganizationForm) -> str:
        found = services.invite_organization(
            meeting=page.meeting,
            organization=form.cleaned_data["organization"],
            by=page.person,
            at=clock.now(),
        )
        said = ngettext(
            "%(count)s person is invited.", "%(count)s people are invited.", len(found.called)
        ) % {"count": formats.number(len(found.called))}
        if found.busy:
            names = ", ".join(person.name for person in found.busy)
            said += " " + _("Expected elsewhere then, and not invited: %(people)s.") % {
                "people": names
            }
        return said

    return deed


def _uninvite(page: Page) -> Callable[[None], str]:
    def deed(_form: None) -> str:
        sent = page.request.POST.get("duty")
        duty = next((row for row in page.duties if str(row.pk) == sent), None)
        if duty is None:
            raise NotThere
        services.remove_duty(duty=duty, by=page.person, at=clock.now())
        return _("%(person)s is off the list.") % {"person": duty.person.name}

    return deed


PART = Part(works, context)
