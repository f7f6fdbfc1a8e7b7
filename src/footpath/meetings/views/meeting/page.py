"""The page of a meeting: its parts say what is done there and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.forms import DirectoryForm
from footpath.directory.models import Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Meeting


@dataclass(frozen=True)
class Work:
    """One deed of the page: its form (None: a button), and what is done with what was typed.

    ``do`` takes the form and returns what to say. ``shown`` is whether the page has a place for
    the form now; what was sent by somebody a little too late is refused on top of the page.
    """

    form: DirectoryForm | None
    do: Callable[[Any], str]
    shown: bool = True


class Page:
    """The page of one meeting with a form for each deed; the one that was sent is bound."""

    def __init__(self, request: Asked, meeting: Meeting, person: Person) -> None:
        self.request, self.meeting, self.person = request, meeting, person
        self.sent = request.POST.get("deed", "") if request.method == "POST" else ""
        self.duties = list(meeting.duties.all())
        self.items = list(meeting.items.all())
        self.planned = meeting.state == rules.State.PLANNED
        self.held = meeting.state == rules.State.HELD
        self.cancelled = meeting.state == rules.State.CANCELLED
        self.day = clock.day_of(meeting.starts_at)
        self.today = clock.today()
        self.work: dict[str, Work] = {}
        for part in _parts:
            self.work |= part.works(self)

    @cached_property
    def may_keep(self) -> bool:
        """Return whether the reader keeps attendance and minutes."""
        return not self.cancelled and may(self.person, "meetings.keep", self.meeting)

    @cached_property
    def may_change(self) -> bool:
        """Return whether the reader may move or cancel the meeting, and invite to it."""
        return self.planned and may(self.person, "meetings.convene", self.meeting)

    def form(self, name: str, kind: type[DirectoryForm], **options: Any) -> Any:
        """Return the form of a deed, bound when it was sent."""
        data = self.request.POST if self.sent == name else None
        return kind(data, person=self.person, auto_id=f"id_{name}_%s", **options)

    @property
    def refused(self) -> DirectoryForm | None:
        """Return the form of the deed that was sent and could not be done."""
        work = self.work.get(self.sent)
        form = work.form if work else None
        return form if form is not None and form.errors else None

    def do(self) -> str:
        """Do what was sent and return what to say; "" when the form says what is wrong."""
        if self.sent not in self.work:
            raise NotThere
        work = self.work[self.sent]
        if work.form is None:
            return work.do(None)
        if not work.form.is_valid():
            return ""
        return work.form.done(lambda: work.do(work.form)) or ""

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        refused = self.refused
        found = {
            "meeting": self.meeting,
            "ancestors": directory.ancestors_of(self.meeting.area),
            "duties": self.duties,
            "items": self.items,
            "forms": {name: work.form for name, work in self.work.items()},
            "sent": self.sent,
            "today": self.today,
            "day": self.day,
            "day_has_come": self.today >= self.day,
            "may_keep": self.may_keep,
            "may_change": self.may_change,
            "hidden": refused if refused and not self.work[self.sent].shown else None,
        }
        for part in _parts:
            found |= part.context(self)
        return found


@dataclass(frozen=True)
class Part:
    """A part of the page: the deeds done there by name, and what its template needs beside them."""

    works: Callable[[Page], Mapping[str, Work]]
    context: Callable[[Page], Mapping[str, Any]]


_parts: list[Part] = []


def register(part: Part) -> None:
    """Add a part to the page."""
    _parts.append(part)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: Asked, pk: int) -> HttpResponse:
    """A meeting: agenda, duty list, attendance, minutes, and the cases raised in it."""
    person: Person = request.person
    found = selectors.get_meeting_for(person, pk=pk)
    page = Page(request, found, person)
    if request.method == "POST":
        said = page.do()
        if said:
            messages.success(request, said)
            return redirect(found)
    context = page.context()
    return render(request, "meetings/meeting.html", context, status=422 if page.refused else 200)
