"""Keeping the minutes of a meeting, and raising cases from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.core import clock
from footpath.meetings import selectors, services
from footpath.meetings.forms import ItemForm, MinutesForm, RaiseForm
from footpath.meetings.models import MinuteItem
from footpath.meetings.views.meeting.page import Page, Part, Work


def works(page: Page) -> dict[str, Work]:
    """Return the deeds of this part."""
    kept = not page.cancelled
    text = {"minutes": page.meeting.minutes}
    found = {
        "item": Work(page.form("item", ItemForm), _item(page), kept),
        "minutes": Work(page.form("minutes", MinutesForm, initial=text), _minutes(page), kept),
    }
    for item in page.items:
        name = f"raise-{item.pk}"
        if name == page.sent or item.case_id is None:
            form = page.form(name, RaiseForm, initial={"title": item.text[:200]})
            found[name] = Work(form, _raise_from(page, item), kept and item.case_id is None)
    return found


def context(page: Page) -> dict[str, Any]:
    """Return the open cases to talk about."""
    meeting, person = page.meeting, page.person
    return {
        "cases": [] if page.cancelled else selectors.open_cases_of(person, meeting),
        "may_raise": not page.cancelled and may(person, "cases.raise", meeting.area),
    }


def _item(page: Page) -> Callable[[ItemForm], str]:
    def deed(form: ItemForm) -> str:
        services.add_minute_item(
            meeting=page.meeting, text=form.cleaned_data["text"], by=page.person, at=clock.now()
        )
        return _("The item stands in the minutes.")

    return deed


def _minutes(page: Page) -> Callable[[MinutesForm], str]:
    def deed(form: MinutesForm) -> str:
        services.write_minutes(
            meeting=page.meeting,
            minutes=form.cleaned_data["minutes"],
            by=page.person,
            at=clock.now(),
        )
        return _("The minutes are kept.")

    return deed


def _raise_from(page: Page, item: MinuteItem) -> Callable[[RaiseForm], str]:
    def deed(form: RaiseForm) -> str:
        asked = form.cleaned_data
        case = services.raise_case_from_item(
            item=item,
            title=asked["title"],
            category=asked["category"],
            client_key=asked["client_key"],
            by=page.person,
            at=clock.now(),
        )
        return _("Case %(case)s is raised from item %(number)s.") % {
            "case": case,
            "number": item.number,
        }

    return deed


PART = Part(works, context)
