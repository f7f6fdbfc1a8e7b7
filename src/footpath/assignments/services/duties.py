"""Duty lists: "4 grasps", "4 contributions", "3 checks". Source: S2.7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments import rules
from footpath.assignments.models import Assignment, BasisDocument, DutyItem, DutyList
from footpath.assignments.services.values import check_days
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person

MOST_ITEMS = 50


@transaction.atomic
def create_duty_list(
    *,
    area: Area,
    role: str,
    title: str,
    items: Sequence[str],
    start: date,
    by: Person,
    at: datetime,
    until: date | None = None,
    basis: BasisDocument | None = None,
) -> DutyList:
    """Write a titled list of what a role has to do in a place and below, and return it.

    Raises InvalidValue without a title or an item, or for days that cannot be. Source: S2.7.
    """
    require(by, "assignments.duties", area)
    title, lines = _checked(role, title, items, start, until)
    made = DutyList.objects.create(
        area=area, role=role, title=title, basis=basis, start=start, until=until
    )
    DutyItem.objects.bulk_create(
        DutyItem(duty_list=made, position=position, text=text)
        for position, text in enumerate(lines, start=1)
    )
    audit.first_line(
        "assignment.duties_written", by=by, subject=made, at=at, after=snapshot(made, lines)
    )
    return made


@transaction.atomic
def change_duty_list(
    *,
    duty_list: DutyList,
    title: str,
    items: Sequence[str],
    start: date,
    by: Person,
    at: datetime,
    basis: BasisDocument | None = None,
) -> DutyList:
    """Write a new version of a list that holds from a day on, and return it.

    The old one holds until the day before, so that everybody can see what was asked at any time.
    A list that begins on the same day or later is put right instead. Source: S2.7.
    """
    require(by, "assignments.duties", duty_list)
    title, lines = _checked(duty_list.role, title, items, start, duty_list.until)
    if start <= duty_list.start:
        return _put_right(duty_list, title, lines, basis, by=by, at=at)
    until = duty_list.until
    end_duty_list(duty_list=duty_list, last_day=start - timedelta(days=1), by=by, at=at)
    return create_duty_list(
        area=duty_list.area,
        role=duty_list.role,
        title=title,
        items=lines,
        start=start,
        until=until,
        basis=basis,
        by=by,
        at=at,
    )


@transaction.atomic
def end_duty_list(*, duty_list: DutyList, last_day: date, by: Person, at: datetime) -> None:
    """End a list after its last day (included).

    Raises InvalidValue for a day before the first, RuleBroken when it ends by then already,
    StaleState when somebody else was quicker.
    """
    require(by, "assignments.duties", duty_list)
    try:
        rules.check_ending(duty_list.start, duty_list.until, last_day)
    except rules.EndsTooEarly as early:
        raise InvalidValue(
            _("The last day lies before the first day, %(day)s.")
            % {"day": formats.day_year(duty_list.start)},
            field="last_day",
        ) from early
    except rules.EndedAlready as ended:
        raise RuleBroken(
            _("This list already ends on %(day)s.") % {"day": formats.day_year(ended.until)}
        ) from ended
    before = snapshot(duty_list, _lines(duty_list))
    changed = DutyList.objects.filter(pk=duty_list.pk, until=duty_list.until).update(until=last_day)
    if not changed:
        raise StaleState(_("Somebody else has already changed this list."))
    duty_list.until = last_day
    audit.record(
        "assignment.duties_ended",
        by=by,
        subject=duty_list,
        at=at,
        before=before,
        after=snapshot(duty_list, _lines(duty_list)),
    )


def snapshot(duty_list: DutyList, lines: Sequence[str]) -> dict[str, object]:
    """Return the values of a list that the trail keeps a digest of."""
    return {
        "area": duty_list.area_id,
        "role": str(duty_list.role),
        "title": duty_list.title,
        "basis": duty_list.basis_id,
        "start": duty_list.start.isoformat(),
        "until": duty_list.until.isoformat() if duty_list.until else None,
        "items": list(lines),
    }


def _put_right(
    duty_list: DutyList,
    title: str,
    lines: Sequence[str],
    basis: BasisDocument | None,
    *,
    by: Person,
    at: datetime,
) -> DutyList:
    before = snapshot(duty_list, _lines(duty_list))
    changed = DutyList.objects.filter(
        pk=duty_list.pk, title=duty_list.title, until=duty_list.until
    ).update(title=title, basis=basis)
    if not changed:
        raise StaleState(_("Somebody else has already changed this list."))
    duty_list.title, duty_list.basis = title, basis
    duty_list.items.all().delete()
    DutyItem.objects.bulk_create(
        DutyItem(duty_list=duty_list, position=position, text=text)
        for position, text in enumerate(lines, start=1)
    )
    audit.record(
        "assignment.duties_changed",
        by=by,
        subject=duty_list,
        at=at,
        before=before,
        after=snapshot(duty_list, lines),
    )
    return duty_list


def _lines(duty_list: DutyList) -> list[str]:
    return list(duty_list.items.order_by("position").values_list("text", flat=True))


def _checked(
    role: str, title: str, items: Sequence[str], start: date, until: date | None
) -> tuple[str, list[str]]:
    if role not in Assignment.Role.values:
        raise InvalidValue(_("There is no such role."), field="role")
    title = " ".join(title.split())
    if not title:
        raise InvalidValue(_("Give the list a title."), field="title")
    lines = [line for line in (" ".join(text.split()) for text in items) if line]
    if not lines:
        raise InvalidValue(_("Write at least one duty."), field="items")
    if len(lines) > MOST_ITEMS or any(len(line) > 500 for line in lines):
        raise InvalidValue(
            _("Write at most %(most)s duties, each shorter than 500 characters.")
            % {"most": MOST_ITEMS},
            field="items",
        )
    check_days(start, until)
    return title, lines
