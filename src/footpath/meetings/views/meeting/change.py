"""Moving and cancelling a meeting, and inviting to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.meetings import selectors, services
from footpath.meetings.forms import CancelForm, InviteForm, TimesForm
from footpath.meetings.views.meeting.page import Page, Part, Work


def works(page: Page) -> dict[str, Work]:
    """Return the deeds of this part."""
    meeting = page.meeting
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    times = {
        "day": starts.date(),
        "starts_at": starts.time(),
        "ends_at": ends.time(),
        "where": meeting.where,
    }
    planned = page.planned
    return {
        "move": Work(page.form("move", TimesForm, initial=times), _move(page), planned),
        "cancel": Work(page.form("cancel", CancelForm), _cancel(page), planned),
        "invite": Work(page.form("invite", InviteForm), _invite(page), planned),
        "uninvite": Work(None, _uninvite(page)),
    }


def context(page: Page) -> dict[str, Any]:
    """Return who is expected in two places at once."""
    return {"clashes": selectors.clashes(page.meeting) if page.planned else []}


def _move(page: Page) -> Callable[[TimesForm], str]:
    def deed(form: TimesForm) -> str:
        starts_at, ends_at = form.times()
        services.move_meeting(
            meeting=page.meeting,
            starts_at=starts_at,
            ends_at=ends_at,
            where=form.cleaned_data["where"],
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
