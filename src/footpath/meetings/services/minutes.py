"""Keep the minutes, and raise cases from them: whatever is promised is a case. Source: S0.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import may, require
from footpath.cases import services as cases
from footpath.cases.models import Case, Category
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Meeting, MinuteItem, Minutes
from footpath.meetings.rules.minutes import clean, mark_of
from footpath.meetings.services.values import LONGEST_LINE, refuse_unless

COFFEE = "coffee"
"""The code of the professional coffee: its cases keep that source. Source: S0.1."""

MOST_ITEMS = 500
"""So many items a meeting may have; so many lines are taken at once."""

_OUT_OF_THE_WAY = 10_000

State = MinuteItem.State


def refuse_when_approved(meeting: Meeting) -> None:
    """Raise RuleBroken when the minutes of the meeting are approved and were not opened again.

    Stands first in every deed that changes what minutes say: attendance, heads, items, text. Inside
    the deed's transaction; whoever approves at the same moment comes before or after the deed,
    never in between.
    """
    Meeting.objects.select_for_update(no_key=True).only("pk").get(pk=meeting.pk)
    if Minutes.objects.filter(meeting=meeting.pk, reopened_at=None).exists():
        raise RuleBroken(
            _("The minutes of this meeting are approved. Open them again to correct them.")
        )


@transaction.atomic
def write_minutes(
    *, meeting: Meeting, minutes: str, by: Person, at: datetime, seen: str | None = None
) -> None:
    """Write the running text of the minutes; StaleState when somebody else wrote meanwhile.

    ``seen`` is the mark (``rules.minutes.mark_of``) of the text that the writer had before them;
    the same text again changes nothing.
    """
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    before, text = {"minutes": meeting.minutes}, clean(minutes).strip()
    if text == meeting.minutes and seen is not None:
        return
    was_seen = seen is None or seen == mark_of(meeting.minutes)
    rows = Meeting.objects.filter(pk=meeting.pk, minutes=meeting.minutes)
    if not (was_seen and rows.update(minutes=text)):
        raise StaleState(_("Somebody else has written the minutes in the meantime. Read them."))
    meeting.minutes = text
    audit.record(
        "meeting.minutes_written",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"minutes": meeting.minutes},
    )


@transaction.atomic
def add_minute_item(
    *,
    meeting: Meeting,
    text: str,
    by: Person,
    at: datetime,
    client_key: UUID | None = None,
) -> MinuteItem:
    """Add the next item to the minutes and return it; InvalidValue when it says nothing.

    A ``client_key`` makes it safe to repeat: the second call of the same person gives the first
    item back.
    """
    require(by, "meetings.keep", meeting)
    text = _said(text)
    # One writer at a time, so that two items never take the same number.
    refuse_when_approved(meeting)
    refuse_unless(Meeting.objects.get(pk=meeting.pk), rules.State.PLANNED, rules.State.HELD)
    already = _item_of_key(client_key, meeting, by)
    if already is not None:
        return already
    last = MinuteItem.objects.filter(meeting=meeting).aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_ITEMS:
        raise RuleBroken(
            _("Minutes hold at most %(number)s items.") % {"number": MOST_ITEMS},
        )
    item = MinuteItem(
        meeting=meeting,
        number=last + 1,
        text=text,
        added_by=by,
        added_at=at,
        client_key=client_key,
    )
    item.search = item.searchable()
    item.save(force_insert=True)
    audit.record(
        "meeting.item_added",
        by=by,
        subject=meeting,
        at=at,
        after={"number": item.number, "text": text},
    )
    return item


@dataclass(frozen=True)
class Said:
    """What is put down as one item: words, and for a promise who sees to it and until when."""

    text: str
    owner: Person | None = None
    due_on: date | None = None

    @property
    def is_action(self) -> bool:
        """Return whether something is promised: somebody or a day is named."""
        return self.owner is not None or self.due_on is not None


@transaction.atomic
def add_action(
    *,
    meeting: Meeting,
    text: str,
    category: Category,
    by: Person,
    at: datetime,
    owner: Person | None = None,
    due_on: date | None = None,
    client_key: UUID | None = None,
) -> MinuteItem:
    """Put a promise into the minutes and into the ledger, in one deed; return the item.

    The item and its case are one thing seen from two sides: the case has the owner and the day,
    and the item shows what becomes of it. Who is named becomes the owner when ``by`` may give a
    case an owner; otherwise the name is noted for whoever may. Source: S0.1, S2.3.
    """
    item = add_minute_item(meeting=meeting, text=text, by=by, at=at, client_key=client_key)
    if item.case_id is None:
        raise_case_from_item(
            item=item,
            title=_title(item.text),
            category=category,
            owner=owner,
            due_on=due_on,
            by=by,
            at=at,
        )
    return item


@transaction.atomic
def add_items(
    *,
    meeting: Meeting,
    said: Sequence[Said],
    category: Category | None,
    by: Person,
    at: datetime,
    client_key: UUID | None = None,
) -> list[MinuteItem]:
    """Put several lines into the minutes, all or none; those that promise something become cases.

    A ``client_key`` makes it safe to repeat: a line that stands there already is given back.
    Raises InvalidValue when nothing is said, or when a promise has no ``category`` for its case.
    """
    if not said:
        raise InvalidValue(_("Write what was said."), field="lines")
    if category is None and any(line.is_action for line in said):
        raise InvalidValue(_("Choose what the cases are about."), field="category")
    keys = [client_key and uuid5(client_key, str(number)) for number in range(len(said))]
    return [
        add_action(
            meeting=meeting,
            text=line.text,
            category=category,
            owner=line.owner,
            due_on=line.due_on,
            by=by,
            at=at,
            client_key=key,
        )
        if line.is_action and category is not None
        else add_minute_item(meeting=meeting, text=line.text, by=by, at=at, client_key=key)
        for line, key in zip(said, keys, strict=True)
    ]


@transaction.atomic
def change_item(
    *, item: MinuteItem, text: str, by: Person, at: datetime, seen: str | None = None
) -> None:
    """Word an item anew; StaleState when somebody else did so meanwhile.

    ``seen`` is the mark (``rules.minutes.mark_of``) of the words that the writer had before them;
    the same words again change nothing.
    """
    require(by, "meetings.keep", item.meeting)
    refuse_when_approved(item.meeting)
    text = _said(text)
    if text == item.text and seen is not None:
        return
    was_seen = seen is None or seen == mark_of(item.text)
    before, item.text = item.text, text
    rows = MinuteItem.objects.filter(pk=item.pk, text=before).exclude(state=State.WITHDRAWN)
    if not (was_seen and rows.update(text=text, search=item.searchable())):
        item.text = before
        raise StaleState(_("Somebody else has changed this item in the meantime. Read it."))
    audit.record(
        "meeting.item_changed",
        by=by,
        subject=item.meeting,
        at=at,
        before={"number": item.number, "text": before},
        after={"number": item.number, "text": text},
    )


@transaction.atomic
def withdraw_item(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Take an item out of the minutes; the trail keeps it. RuleBroken when it became a case."""
    require(by, "meetings.keep", item.meeting)
    refuse_when_approved(item.meeting)
    if item.case_id is not None:
        raise RuleBroken(
            _("A case was raised from this item: what was promised stays in the minutes.")
        )
    changed = (
        MinuteItem.objects.filter(pk=item.pk, case=None)
        .exclude(state=State.WITHDRAWN)
        .update(state=State.WITHDRAWN)
    )
    if not changed:
        raise StaleState(_("Somebody else has changed this item in the meantime. Read it."))
    item.state = State.WITHDRAWN
    audit.record(
        "meeting.item_withdrawn",
        by=by,
        subject=item.meeting,
        at=at,
        before={"number": item.number, "text": item.text},
    )


@transaction.atomic
def reorder_items(*, meeting: Meeting, order: Sequence[int], by: Person, at: datetime) -> None:
    """Put the items of a meeting into the order of these keys; StaleState unless they are all.

    The numbers stay those that were there: only who bears which changes.
    """
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    items = {item.pk: item for item in MinuteItem.objects.filter(meeting=meeting)}
    if sorted(items) != sorted(order):
        raise StaleState(_("Somebody else has added an item in the meantime. Look again."))
    numbers = sorted(item.number for item in items.values())
    before = {str(pk): item.number for pk, item in sorted(items.items())}
    # Out of the way first: no two items ever bear one number.
    MinuteItem.objects.filter(meeting=meeting).update(number=F("number") + _OUT_OF_THE_WAY)
    for pk, number in zip(order, numbers, strict=True):
        items[pk].number = number
    MinuteItem.objects.bulk_update(items.values(), ["number"])
    audit.record(
        "meeting.items_reordered",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={str(pk): item.number for pk, item in sorted(items.items())},
    )


@transaction.atomic
def raise_case_from_item(  # noqa: PLR0913 - what a form for a case holds
    *,
    item: MinuteItem,
    title: str,
    category: Category,
    by: Person,
    at: datetime,
    text: str | None = None,
    area: Area | None = None,
    client_key: UUID | None = None,
    owner: Person | None = None,
    due_on: date | None = None,
) -> Case:
    """Raise a case from an item of the minutes and return it; the item keeps the link.

    The case lies in the meeting's place unless another one is given; its details are the words of
    the item unless others are given. ``owner`` sees to it until ``due_on`` (without a day: as the
    category gives); who may not give a case an owner proposes one. A ``client_key`` makes it safe
    to repeat for this item, but not for another. Raises RuleBroken when a case was already raised
    from the item. Source: S0.1, S2.3.
    """
    meeting = item.meeting
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    _refuse_other_key(client_key, item)
    place = area or item.area or meeting.area
    if not place.path.startswith(meeting.area_path):
        raise InvalidValue(
            _("%(place)s does not lie in %(parent)s.")
            % {"place": place.name, "parent": meeting.area.name},
            field="area",
        )
    case = cases.raise_case(
        title=title,
        text=item.text if text is None else text,
        area=place,
        category=category,
        source=Case.Source.COFFEE if meeting.kind.code == COFFEE else Case.Source.MEETING,
        by=by,
        at=at,
        client_key=client_key,
        due_on=due_on,
    )
    linked = (
        MinuteItem.objects.filter(pk=item.pk, case=None)
        .exclude(state=State.WITHDRAWN)
        .update(case=case, state=State.FOLLOWED)
    )
    if linked:
        item.case, item.state = case, State.FOLLOWED
        audit.record(
            "meeting.case_raised",
            by=by,
            subject=meeting,
            at=at,
            after={"item": item.number, "case": case.pk},
        )
        if owner is not None:
            _name_owner(item, case, owner, by=by, at=at)
    elif not MinuteItem.objects.filter(pk=item.pk, case=case).exists():
        raise StaleState(_("A case has already been raised from this item."))
    return case


def _name_owner(item: MinuteItem, case: Case, owner: Person, *, by: Person, at: datetime) -> None:
    """Make somebody the owner of a new case as far as ``by`` may; otherwise note the proposal."""
    if owner.pk == by.pk and may(by, "cases.accept", case):
        cases.accept_case(case=case, by=by, at=at)
    elif may(by, "cases.assign", case):
        cases.assign_owner(case=case, owner=owner, by=by, at=at)
    else:
        MinuteItem.objects.filter(pk=item.pk).update(proposed_owner=owner)
        item.proposed_owner = owner
        cases.add_note(
            case=case,
            text=_("Proposed as owner in the meeting: %(person)s.") % {"person": owner.name},
            by=by,
            at=at,
        )


def _said(text: str) -> str:
    text = clean(text).strip()
    if not text:
        raise InvalidValue(_("Write what was said."), field="text")
    return text


def _title(text: str) -> str:
    """Return the first line of an item as the title of its case, cut at a word where it is long."""
    line = " ".join(text.splitlines()[0].split())
    if len(line) <= LONGEST_LINE:
        return line
    cut = line[: LONGEST_LINE - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _refuse_other_key(client_key: UUID | None, item: MinuteItem) -> None:
    """Raise InvalidValue for the key of a case that was not raised from this item."""
    if client_key is None:
        return
    case = Case.objects.filter(client_key=client_key).only("pk").first()
    if case is not None and not MinuteItem.objects.filter(pk=item.pk, case=case).exists():
        raise InvalidValue(_("This key was already used for another record."), field="client_key")


def _item_of_key(client_key: UUID | None, meeting: Meeting, by: Person) -> MinuteItem | None:
    if client_key is None:
        return None
    item = MinuteItem.objects.filter(client_key=client_key).select_related("meeting").first()
    if item is not None and (item.added_by_id != by.pk or item.meeting_id != meeting.pk):
        raise InvalidValue(_("This key was already used for another record."), field="client_key")
    return item
