"""The page of a meeting, with everything that is done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.forms import DirectoryForm
from footpath.directory.models import Person
from footpath.meetings import rules, selectors, services
from footpath.meetings.forms import (
    AttendanceForm,
    CancelForm,
    InviteForm,
    ItemForm,
    MinutesForm,
    RaiseForm,
    TimesForm,
    attended,
)
from footpath.meetings.models import Meeting, MinuteItem


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: Asked, pk: int) -> HttpResponse:
    """A meeting: agenda, duty list, attendance, minutes, and the cases raised in it."""
    person: Person = request.person
    found = selectors.get_meeting_for(person, pk=pk)
    page = _Page(request, found, person)
    if request.method == "POST":
        said = page.do()
        if said:
            messages.success(request, said)
            return redirect(found)
    context = page.context()
    return render(request, "meetings/meeting.html", context, status=422 if page.refused else 200)


@dataclass(frozen=True)
class _Work:
    """One deed of the page: its form, and what is done with what was typed."""

    form: DirectoryForm
    do: Callable[[Any], str]


class _Page:
    """The page of one meeting with a form for each deed; the one that was sent is bound."""

    def __init__(self, request: Asked, meeting: Meeting, person: Person) -> None:
        self.request, self.meeting, self.person = request, meeting, person
        self.sent = request.POST.get("deed", "") if request.method == "POST" else ""
        self.duties = list(meeting.duties.all())
        self.items = list(meeting.items.all())
        starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
        times = {
            "day": starts.date(),
            "starts_at": starts.time(),
            "ends_at": ends.time(),
            "where": meeting.where,
        }
        self.work: dict[str, _Work] = {
            "move": _Work(self._form("move", TimesForm, initial=times), self._move),
            "cancel": _Work(self._form("cancel", CancelForm), self._cancel),
            "invite": _Work(self._form("invite", InviteForm), self._invite),
            "item": _Work(self._form("item", ItemForm), self._item),
            "minutes": _Work(
                self._form("minutes", MinutesForm, initial={"minutes": meeting.minutes}),
                self._minutes,
            ),
        }
        # The long form is made only where it is shown, or where somebody was a little too late.
        for name, state, deed in (
            ("hold", rules.State.PLANNED, self._hold),
            ("mark", rules.State.HELD, self._mark),
        ):
            if name == self.sent or meeting.state == state:
                form = self._form(name, AttendanceForm, duties=self.duties)
                self.work[name] = _Work(form, deed)
        for item in self.items:
            name = f"raise-{item.pk}"
            if name == self.sent or item.case_id is None:
                form = self._form(name, RaiseForm, initial={"title": item.text[:200]})
                self.work[name] = _Work(form, self._raise_from(item))

    @property
    def refused(self) -> bool:
        """Return whether what was sent could not be done."""
        return self.sent in self.work and bool(self.work[self.sent].form.errors)

    def do(self) -> str:
        """Do what was sent and return what to say; "" when the form says what is wrong."""
        if self.sent == "uninvite":
            return self._uninvite()
        if self.sent not in self.work:
            raise NotThere
        work = self.work[self.sent]
        if not work.form.is_valid():
            return ""
        return work.form.done(lambda: work.do(work.form)) or ""

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        meeting, person = self.meeting, self.person
        cancelled = meeting.state == rules.State.CANCELLED
        planned = meeting.state == rules.State.PLANNED
        day = clock.day_of(meeting.starts_at)
        return {
            "meeting": meeting,
            "ancestors": directory.ancestors_of(meeting.area),
            "duties": self.duties,
            "items": self.items,
            "forms": {name: work.form for name, work in self.work.items()},
            "sent": self.sent,
            "attended": attended(self.duties) if meeting.state == rules.State.HELD else None,
            "cases": selectors.open_cases_of(person, meeting) if not cancelled else [],
            "clashes": selectors.clashes(meeting) if planned else [],
            "today": clock.today(),
            "day": day,
            "day_has_come": clock.today() >= day,
            "may_keep": not cancelled and may(person, "meetings.keep", meeting),
            "may_change": planned and may(person, "meetings.convene", meeting),
            "hidden": self._hidden(),
            "may_raise": not cancelled and may(person, "cases.raise", meeting.area),
        }

    def _hidden(self) -> DirectoryForm | None:
        """Return the form that was sent and refused if the page no longer has its place."""
        if not self.refused:
            return None
        state = self.meeting.state
        planned, held = state == rules.State.PLANNED, state == rules.State.HELD
        come = clock.today() >= clock.day_of(self.meeting.starts_at)
        shown = {
            "hold": planned and come,
            "mark": held,
            "move": planned,
            "cancel": planned,
            "invite": planned,
        }.get(self.sent, planned or held)
        if self.sent.startswith("raise-"):
            item = next(row for row in self.items if self.sent == f"raise-{row.pk}")
            shown = shown and item.case_id is None
        return None if shown else self.work[self.sent].form

    def _form(self, name: str, kind: type[DirectoryForm], **options: Any) -> Any:
        data = self.request.POST if self.sent == name else None
        return kind(data, person=self.person, auto_id=f"id_{name}_%s", **options)

    def _hold(self, form: AttendanceForm) -> str:
        services.hold_meeting(
            meeting=self.meeting,
            exceptions={
                duty.person_id: mark
                for duty, mark in form.marks()
                if mark.attendance != rules.Attendance.PRESENT
            },
            headcount=form.cleaned_data["headcount"],
            by=self.person,
            at=clock.now(),
        )
        return _("The meeting is held and the attendance is kept.")

    def _mark(self, form: AttendanceForm) -> str:
        for duty, mark in form.changed():
            services.mark_attendance(duty=duty, mark=mark, by=self.person, at=clock.now())
        return _("The attendance is corrected.")

    def _move(self, form: TimesForm) -> str:
        starts_at, ends_at = form.times()
        services.move_meeting(
            meeting=self.meeting,
            starts_at=starts_at,
            ends_at=ends_at,
            where=form.cleaned_data["where"],
            by=self.person,
            at=clock.now(),
        )
        return _("The meeting is moved.")

    def _cancel(self, form: CancelForm) -> str:
        services.cancel_meeting(
            meeting=self.meeting,
            reason=form.cleaned_data["reason"],
            by=self.person,
            at=clock.now(),
        )
        return _("The meeting is cancelled.")

    def _invite(self, form: InviteForm) -> str:
        who = form.cleaned_data["who"]
        services.add_duty(meeting=self.meeting, person=who, by=self.person, at=clock.now())
        return _("%(person)s is on the list.") % {"person": who.name}

    def _uninvite(self) -> str:
        duty = next(
            (row for row in self.duties if str(row.pk) == self.request.POST.get("duty")), None
        )
        if duty is None:
            raise NotThere
        services.remove_duty(duty=duty, by=self.person, at=clock.now())
        return _("%(person)s is off the list.") % {"person": duty.person.name}

    def _item(self, form: ItemForm) -> str:
        services.add_minute_item(
            meeting=self.meeting, text=form.cleaned_data["text"], by=self.person, at=clock.now()
        )
        return _("The item stands in the minutes.")

    def _minutes(self, form: MinutesForm) -> str:
        services.write_minutes(
            meeting=self.meeting,
            minutes=form.cleaned_data["minutes"],
            by=self.person,
            at=clock.now(),
        )
        return _("The minutes are kept.")

    def _raise_from(self, item: MinuteItem) -> Callable[[RaiseForm], str]:
        def deed(form: RaiseForm) -> str:
            asked = form.cleaned_data
            case = services.raise_case_from_item(
                item=item,
                title=asked["title"],
                category=asked["category"],
                client_key=asked["client_key"],
                by=self.person,
                at=clock.now(),
            )
            return _("Case %(case)s is raised from item %(number)s.") % {
                "case": case,
                "number": item.number,
            }

        return deed
