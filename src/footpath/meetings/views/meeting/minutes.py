"""The agenda of a meeting, keeping its minutes, and raising cases from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.cases import selectors as cases
from footpath.core import clock
from footpath.meetings import selectors, services
from footpath.meetings.forms import (
    PEOPLE_HERE,
    ChangeItemForm,
    ItemForm,
    LinesForm,
    MinutesForm,
    RaiseForm,
)
from footpath.meetings.models import MinuteItem
from footpath.meetings.rules.minutes import mark_of
from footpath.meetings.views.meeting.page import Page, Part, Work


def works(page: Page) -> dict[str, Work]:
    """Return the deeds of this part; of a list of items only those that somebody may do."""
    text = {"minutes": page.meeting.minutes}
    categories = cases.categories() if page.may_keep else []
    more: dict[str, Any] = {"categories": categories}
    # What is sent a little too late, to a cancelled meeting or after approval, is refused on top.
    kept = not page.cancelled and not (page.sent and selectors.minutes_in_force(page.meeting))
    found = {
        "item": Work(page.form("item", ItemForm, **more), _item(page), kept),
        "lines": Work(page.form("lines", LinesForm, today=page.today, **more), _lines(page), kept),
        "minutes": Work(page.form("minutes", MinutesForm, initial=text), _minutes(page), kept),
    }
    if not page.may_keep:
        return found
    for item in selectors.items_in_minutes(page.meeting):
        name = f"raise-{item.pk}"
        if name == page.sent or item.case_id is None:
            form = page.form(name, RaiseForm, initial={"title": item.text[:200]}, **more)
            found[name] = Work(form, _raise_from(page, item), kept and item.case_id is None)
        name = f"change-{item.pk}"
        form = page.form(name, ChangeItemForm, initial={"text": item.text})
        found[name] = Work(form, _change(page, item), kept)
        found[f"withdraw-{item.pk}"] = Work(None, _withdraw(page, item))
        found[f"up-{item.pk}"] = Work(None, _move(page, item, -1))
        found[f"down-{item.pk}"] = Work(None, _move(page, item, 1))
    return found


def context(page: Page) -> dict[str, Any]:
    """Return agenda, items, and how far the minutes have come."""
    meeting, person = page.meeting, page.person
    approved = selectors.latest_minutes(meeting)
    in_force = approved is not None and approved.reopened_at is None
    return {
        "agenda": None
        if page.cancelled
        else selectors.agenda_of(person, meeting, today=page.today),
        "in_minutes": selectors.items_in_minutes(meeting),
        "approved": approved,
        "in_force": in_force,
        "may_write": page.may_keep and not in_force,
        "may_approve": page.held
        and not in_force
        and may(person, "meetings.approve_minutes", meeting),
        "may_raise": not page.cancelled and may(person, "cases.raise", meeting.area),
        "people_here": PEOPLE_HERE,
        "mark_of": mark_of,
    }


def _item(page: Page) -> Callable[[ItemForm], str]:
    def deed(form: ItemForm) -> str:
        asked = form.cleaned_data
        if not (asked["owner"] or asked["due_on"]):
            services.add_minute_item(
                meeting=page.meeting,
                text=asked["text"],
                client_key=asked["client_key"],
                by=page.person,
                at=clock.now(),
            )
            return _("The item stands in the minutes.")
        item = services.add_action(
            meeting=page.meeting,
            text=asked["text"],
            category=asked["category"],
            owner=asked["owner"],
            due_on=asked["due_on"],
            client_key=asked["client_key"],
            by=page.person,
            at=clock.now(),
        )
        return _("Item %(number)s stands in the minutes and as %(case)s in the ledger.") % {
            "number": item.number,
            "case": item.case.number if item.case else "",
        }

    return deed


def _lines(page: Page) -> Callable[[LinesForm], str]:
    def deed(form: LinesForm) -> str:
        made = services.add_items(
            meeting=page.meeting,
            said=form.said,
            category=form.cleaned_data["category"],
            client_key=form.cleaned_data["client_key"],
            by=page.person,
            at=clock.now(),
        )
        raised = sum(item.case_id is not None for item in made)
        items = ngettext(
            "%(count)s item stands in the minutes.",
            "%(count)s items stand in the minutes.",
            len(made),
        ) % {"count": len(made)}
        if not raised:
            return items
        of_them = ngettext(
            "%(count)s case is in the ledger.", "%(count)s cases are in the ledger.", raised
        )
        return f"{items} {of_them % {'count': raised}}"

    return deed


def _minutes(page: Page) -> Callable[[MinutesForm], str]:
    def deed(form: MinutesForm) -> str:
        services.write_minutes(
            meeting=page.meeting,
            minutes=form.cleaned_data["minutes"],
            seen=page.request.POST.get("seen"),
            by=page.person,
            at=clock.now(),
        )
        return _("The minutes are kept.")

    return deed


def _change(page: Page, item: MinuteItem) -> Callable[[ChangeItemForm], str]:
    def deed(form: ChangeItemForm) -> str:
        text = form.cleaned_data["text"]
        seen = page.request.POST.get("seen")
        services.change_item(item=item, text=text, seen=seen, by=page.person, at=clock.now())
        return _("Item %(number)s is changed.") % {"number": item.number}

    return deed


def _withdraw(page: Page, item: MinuteItem) -> Callable[[None], str]:
    def deed(_form: None) -> str:
        services.withdraw_item(item=item, by=page.person, at=clock.now())
        return _("Item %(number)s is taken out of the minutes.") % {"number": item.number}

    return deed


def _move(page: Page, item: MinuteItem, by: int) -> Callable[[None], str]:
    """Return the deed that changes places with the item before or after that is shown."""

    def deed(_form: None) -> str:
        shown = selectors.items_in_minutes(page.meeting)
        at = next(place for place, row in enumerate(shown) if row.pk == item.pk)
        order = [row.pk for row in page.items]
        if 0 <= at + by < len(shown):
            here, there = order.index(item.pk), order.index(shown[at + by].pk)
            order[here], order[there] = order[there], order[here]
            services.reorder_items(
                meeting=page.meeting, order=order, by=page.person, at=clock.now()
            )
        return _("The order is changed.")

    return deed


def _raise_from(page: Page, item: MinuteItem) -> Callable[[RaiseForm], str]:
    def deed(form: RaiseForm) -> str:
        asked = form.cleaned_data
        case = services.raise_case_from_item(
            item=item,
            title=asked["title"],
            category=asked["category"],
            owner=asked["owner"],
            due_on=asked["due_on"],
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
