"""Codes, ids and moments as callers write them, made into what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from footpath.api.knowledge_schemas import UnitIn
from footpath.cases import selectors as cases
from footpath.cases.models import Category
from footpath.core.calendar import Month
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import InvalidValue, NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Organization, Person
from footpath.knowledge import selectors as library
from footpath.knowledge.models import Regulation, Topic
from footpath.knowledge.selectors import Unit
from footpath.meetings import selectors
from footpath.meetings.models import Hall, MeetingKind


def category_of(code: str) -> Category:
    """Return the category of cases with this code; InvalidValue without one in use."""
    category = cases.category_of(code)
    if category is None:
        raise InvalidValue(_("There is no category with this code."), field="category")
    return category


def kind_of(code: str) -> MeetingKind:
    """Return the kind of meeting with this code; InvalidValue without one."""
    kind = MeetingKind.objects.filter(code=code).first()
    if kind is None:
        raise InvalidValue(_("There is no kind of meeting with this code."), field="kind")
    return kind


def person_of(pk: int | None, *, field: str) -> Person | None:
    """Return the person with this id, None for none; InvalidValue when there is nobody."""
    if pk is None:
        return None
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise InvalidValue(_("There is nobody with this id."), field=field)
    return found


def hall_of(person: Person, pk: int | None) -> Hall | None:
    """Return the hall with this id, None for none; InvalidValue when there is no such hall."""
    if pk is None:
        return None
    try:
        return selectors.get_hall_for(person, pk=pk)
    except NotThere as nowhere:
        raise InvalidValue(_("There is no hall with this id."), field="hall") from nowhere


def organization_of(person: Person, code: str | None) -> Organization | None:
    """Return the organization with this code, None for none."""
    return directory.get_organization_for(person, code=code) if code else None


def topic_of(code: str) -> Topic:
    """Return the topic of the library with this code; InvalidValue without one."""
    found = library.topics().by_code(code)
    if found is None:
        raise InvalidValue(_("There is no topic with this code."), field="topic")
    return found


def regulations_of(keys: Sequence[int]) -> list[Regulation]:
    """Return the regulations with these ids; InvalidValue when one is not there."""
    found = library.regulations_by_keys(keys)
    if len(found) < len(set(keys)):
        raise InvalidValue(_("There is no regulation with this id."), field="regulations")
    return found


def unit_of(person: Person, said: UnitIn, *, field: str) -> Unit:
    """Return the place or organization with this code; InvalidValue without one of the two."""
    if bool(said.area) == bool(said.organization):
        raise InvalidValue(_("Name a place or an organization by its code."), field=field)
    try:
        if said.area:
            return directory.get_area_for(person, code=said.area)
        return directory.get_organization_for(person, code=said.organization or "")
    except NotThere as nowhere:
        raise InvalidValue(_("There is no unit with this code."), field=field) from nowhere


def month_of(text: str | None) -> Month | None:
    """Return the month that "2026-03" means, None for none; InvalidValue for other words."""
    if text is None:
        return None
    try:
        return Month.parse(text)
    except ValueError as unreadable:
        raise InvalidValue(_("Write the month like 2026-03."), field="month") from unreadable


def checked_moment(moment: datetime, field: str) -> datetime:
    """Return a moment as it was sent; InvalidValue without a time zone or far outside our time."""
    if moment.tzinfo is None or not FIRST.year <= moment.year <= LAST.year:
        raise InvalidValue(
            _("Write the moment with its time zone, like 2026-03-10T19:00:00+07:00."), field=field
        )
    return moment
