"""Deeds on places. Their parents change by reorganisation only, never one by one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, textsearch, tree
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory import rules
from footpath.directory.models import Area, Person, Tier
from footpath.directory.services import values

MOST_NAMED = 5
"""How many of the things that stand in the way are named in a refusal."""


@transaction.atomic
def create_area(  # noqa: PLR0913 - a place is all of this at once
    *,
    tier: Tier,
    code: str,
    name: str,
    by: Person,
    at: datetime,
    parent: Area | None = None,
    type_name: str = "",
    valid_from: date | None = None,
    centre: tuple[float, float] | None = None,
    is_synthetic: bool = False,
) -> Area:
    """Add a place below its parent (None: a root of the tree) and return it.

    ``centre`` is latitude and longitude in degrees, north and east above zero.
    Raises InvalidValue when the code is in use among places in force, when the parent's tier is
    not a higher one, or when the tree would grow deeper than six levels.
    """
    if parent is None:
        values.require_power_over(by, "")
    else:
        require(by, "directory.change", parent)
    _check_position(tier, parent, clock.day_of(at))
    latitude, longitude = _point(centre)
    area = Area(
        tier=tier,
        code=_free_code(code),
        name=values.name_line(name),
        type_name=values.one_line(type_name, field="type_name", most=60),
        parent=parent,
        valid_from=valid_from,
        latitude=latitude,
        longitude=longitude,
        is_synthetic=is_synthetic,
    )
    area.search = area.searchable()
    try:
        with transaction.atomic():
            area.save(force_insert=True)
    except IntegrityError as taken:
        raise _code_taken(area.code) from taken
    area.path = (parent.path if parent is not None else "") + tree.step(area.pk)
    area.save(update_fields=["path"])
    audit.record("directory.area_created", by=by, subject=area, at=at, after=snapshot(area))
    return area


@transaction.atomic
def correct_area(
    *,
    area: Area,
    code: str,
    name: str,
    by: Person,
    at: datetime,
    type_name: str = "",
    valid_from: date | None = None,
    centre: tuple[float, float] | None = None,
) -> None:
    """Rename a place or put right its code, kind, first day or position.

    Raises InvalidValue for a code in use or a first day after the last, StaleState when somebody
    else has changed the place meanwhile. Nothing changed leaves no line.
    """
    require(by, "directory.change", area)
    name = values.name_line(name)
    code = values.code_line(code) if area.valid_until else _free_code(code, but=area)
    latitude, longitude = _point(centre)
    if valid_from and area.valid_until and valid_from > area.valid_until:
        raise InvalidValue(
            _("The first day lies after the last day of this place."), field="valid_from"
        )
    try:
        with transaction.atomic():
            before = values.guarded_update(
                area,
                name=name,
                code=code,
                type_name=values.one_line(type_name, field="type_name", most=60),
                valid_from=valid_from,
                latitude=latitude,
                longitude=longitude,
                search=textsearch.document(name, code),
            )
    except IntegrityError as taken:
        raise _code_taken(code) from taken
    if before:
        audit.record(
            "directory.area_corrected",
            by=by,
            subject=area,
            at=at,
            before=values.told(before),
            after=snapshot(area),
        )


@transaction.atomic
def close_area(*, area: Area, until: date, by: Person, at: datetime) -> None:
    """Say which day is the last of a place; its history stays, its code is free afterwards.

    Raises RuleBroken with what stands in the way: places below that would still be in force.
    InvalidValue for a day before the first.
    """
    require(by, "directory.change", area)
    if area.valid_until is not None:
        raise RuleBroken(_("%(name)s is closed already.") % {"name": area.name})
    if area.valid_from and until < area.valid_from:
        raise InvalidValue(
            _("The last day lies before the first day of this place."), field="until"
        )
    # Whoever adds a place below at this moment waits here, on either engine.
    Area.objects.select_for_update().get(pk=area.pk)
    in_the_way = (
        Area.objects.filter(parent=area)
        .exclude(valid_until__isnull=False, valid_until__lte=until)
        .order_by("name", "pk")
    )
    names = list(in_the_way.values_list("name", flat=True)[: MOST_NAMED + 1])
    if names:
        raise RuleBroken(_still_in_force(area, names, in_the_way.count()))
    before = values.guarded_update(area, valid_until=until)
    audit.record(
        "directory.area_closed",
        by=by,
        subject=area,
        at=at,
        before=values.told(before),
        after=snapshot(area),
    )


def snapshot(area: Area) -> dict[str, Any]:
    """Return the values of a place that the trail keeps a digest of."""
    return values.told(
        {
            "tier": area.tier_id,
            "code": area.code,
            "name": area.name,
            "type_name": area.type_name,
            "parent": area.parent_id,
            "valid_from": area.valid_from,
            "valid_until": area.valid_until,
            "latitude": area.latitude,
            "longitude": area.longitude,
        }
    )


def _still_in_force(area: Area, names: list[str], number: int) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    if number > MOST_NAMED:
        return _("Close these first: %(names)s and %(more)s more places below %(name)s.") % {
            "names": shown,
            "more": number - MOST_NAMED,
            "name": area.name,
        }
    return _("Close these first: %(names)s. They lie below %(name)s.") % {
        "names": shown,
        "name": area.name,
    }


def _check_position(tier: Tier, parent: Area | None, today: date) -> None:
    if parent is not None:
        # The parent stays as it is until this deed is done.
        held = Area.objects.select_for_update().get(pk=parent.pk)
        if not rules.in_force(None, held.valid_until, today):
            raise InvalidValue(
                _("%(name)s is closed. Choose a place that is in force.") % {"name": held.name},
                field="parent",
            )
    above = None if parent is None else parent.tier.level
    depth = 0 if parent is None else len(parent.ancestor_ids)
    problem = rules.may_stand_below(tier.level, above=above, depth=depth)
    if problem == "tier" and parent is not None:
        raise InvalidValue(
            _("A place of the tier “%(tier)s” cannot lie below %(parent)s (%(above)s).")
            % {"tier": tier.name, "parent": parent.name, "above": parent.tier.name},
            field="tier",
        )
    if problem:
        raise InvalidValue(
            _("The tree holds %(most)s levels. Nothing can lie below this place.")
            % {"most": rules.MOST_LEVELS},
            field="parent",
        )


def _free_code(code: str, *, but: Area | None = None) -> str:
    code = values.code_line(code)
    rows = Area.objects.filter(code=code, valid_until=None)
    if (rows if but is None else rows.exclude(pk=but.pk)).exists():
        raise _code_taken(code)
    return code


def _code_taken(code: str) -> InvalidValue:
    return InvalidValue(
        _("Another place in force has the code %(code)s.") % {"code": code}, field="code"
    )


def _point(centre: tuple[float, float] | None) -> tuple[float | None, float | None]:
    if centre is None:
        return None, None
    latitude, longitude = centre
    if not -90 <= latitude <= 90:
        raise InvalidValue(_("A latitude lies between −90 and 90."), field="latitude")
    if not -180 <= longitude <= 180:
        raise InvalidValue(_("A longitude lies between −180 and 180."), field="longitude")
    return latitude, longitude
