"""Keep the minutes, and raise cases from them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Case, Category
from footpath.cases.services import raise_case
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting, MinuteItem
from footpath.meetings.services.values import refuse_unless

COFFEE = "coffee"
"""The code of the professional coffee: its cases keep that source. Source: S0.1."""


@transaction.atomic
def write_minutes(*, meeting: Meeting, minutes: str, by: Person, at: datetime) -> None:
    """Write the running text of the minutes; StaleState when somebody else wrote meanwhile."""
    require(by, "meetings.keep", meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    before = {"minutes": meeting.minutes}
    changed = Meeting.objects.filter(pk=meeting.pk, minutes=meeting.minutes).update(
        minutes=minutes.strip()
    )
    if not changed:
        raise StaleState(_("Somebody else has written the minutes in the meantime. Read them."))
    meeting.minutes = minutes.strip()
    audit.record(
        "meeting.minutes_written",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"minutes": meeting.minutes},
    )


@transaction.atomic
def add_minute_item(*, meeting: Meeting, text: str, by: Person, at: datetime) -> MinuteItem:
    """Add the next item to the minutes and return it; InvalidValue when it says nothing."""
    require(by, "meetings.keep", meeting)
    text = text.strip()
    if not text:
        raise InvalidValue(_("Write what was said."), field="text")
    # One writer at a time, so that two items never take the same number.
    locked = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    refuse_unless(locked, rules.State.PLANNED, rules.State.HELD)
    last = MinuteItem.objects.filter(meeting=locked).aggregate(last=Max("number"))["last"] or 0
    item = MinuteItem.objects.create(
        meeting=meeting, number=last + 1, text=text, added_by=by, added_at=at
    )
    audit.record(
        "meeting.item_added",
        by=by,
        subject=meeting,
        at=at,
        after={"number": item.number, "text": text},
    )
    return item


@transaction.atomic
def raise_case_from_item(
    *,
    item: MinuteItem,
    title: str,
    category: Category,
    by: Person,
    at: datetime,
    text: str | None = None,
    area: Area | None = None,
    client_key: UUID | None = None,
) -> Case:
    """Raise a case from an item of the minutes and return it; the item keeps the link.

    The case lies in the meeting's place unless another one is given; its details are the words of
    the item unless others are given. A ``client_key`` makes it safe to repeat. Raises RuleBroken
    when a case was already raised from the item. Source: S0.1, S2.3.
    """
    meeting = item.meeting
    require(by, "meetings.keep", meeting)
    place = meeting.area if area is None else area
    if not place.path.startswith(meeting.area_path):
        raise InvalidValue(
            _("%(place)s does not lie in %(parent)s.")
            % {"place": place.name, "parent": meeting.area.name},
            field="area",
        )
    case = raise_case(
        title=title,
        text=item.text if text is None else text,
        area=place,
        category=category,
        source=Case.Source.COFFEE if meeting.kind.code == COFFEE else Case.Source.MEETING,
        by=by,
        at=at,
        client_key=client_key,
    )
    if MinuteItem.objects.filter(pk=item.pk, case=None).update(case=case):
        item.case = case
        audit.record(
            "meeting.case_raised",
            by=by,
            subject=meeting,
            at=at,
            after={"item": item.number, "case": case.pk},
        )
    elif not MinuteItem.objects.filter(pk=item.pk, case=case).exists():
        raise StaleState(_("A case has already been raised from this item."))
    return case
