"""Tiers and places: the official ones from the facts, hamlets and groups invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from math import cos, pi, sin
from random import Random

from footpath.directory import services as directory
from footpath.directory.models import Area, Person, Tier
from footpath.web.demo import facts, names
from footpath.web.demo.scale import Scale
from footpath.web.demo.stage import Commune, Hamlet


def build(
    scale: Scale, random: Random, *, by: Person, at: datetime, say: Callable[[str], None]
) -> tuple[Area, list[Commune]]:
    """Add the province down to the household groups; return the district and its communes."""
    tiers = _tiers(by=by, at=at)
    code, name, kind = facts.PROVINCE
    province = directory.create_area(
        tier=tiers["province"],
        code=code,
        name=name,
        type_name=kind,
        centre=facts.CENTRES[code],
        by=by,
        at=at,
    )
    districts = {
        code: directory.create_area(
            tier=tiers["district"], code=code, name=name, type_name=kind,
            parent=province, centre=facts.CENTRES[code], by=by, at=at,
        )
        for code, name, kind in facts.DISTRICTS
    }  # fmt: skip
    district = districts[facts.DISTRICT]
    communes = [
        Commune(
            directory.create_area(
                tier=tiers["commune"], code=code, name=name, type_name=kind,
                parent=district, centre=facts.CENTRES[code], by=by, at=at,
            )
        )
        for code, name, kind in facts.COMMUNES[: scale.communes]
    ]  # fmt: skip
    say(f"places: 1 province, {len(districts)} districts, {len(communes)} communes")
    invented = names.hamlets(random)
    for index, commune in enumerate(communes):
        for number in range(1, _share(scale.hamlets, scale.communes, index) + 1):
            centre = _around(facts.CENTRES[commune.area.code], number)
            commune.hamlets.append(
                _hamlet(commune.area, number, invented, tiers, centre=centre, by=by, at=at)
            )
    hamlets = [hamlet for commune in communes for hamlet in commune.hamlets]
    for index, hamlet in enumerate(hamlets):
        for number in range(1, _share(scale.groups, len(hamlets), index) + 1):
            hamlet.groups.append(
                directory.create_area(
                    tier=tiers["group"],
                    code=f"{hamlet.area.code}-{number:02d}",
                    name=f"Tổ {number}",
                    type_name="Tổ nhân dân tự quản",
                    parent=hamlet.area,
                    is_synthetic=True,
                    by=by,
                    at=at,
                )
            )
    say(f"places: {len(hamlets)} hamlets, {scale.groups} household groups (invented)")
    return district, communes


def _hamlet(
    commune: Area,
    number: int,
    invented: Iterator[str],
    tiers: dict[str, Tier],
    *,
    centre: tuple[float, float],
    by: Person,
    at: datetime,
) -> Hamlet:
    in_town = commune.type_name == facts.TOWNSHIP
    kind = "Khu phố" if in_town else "Ấp"
    name = str(number) if in_town else next(invented)
    return Hamlet(
        directory.create_area(
            tier=tiers["hamlet"],
            code=f"{commune.code}-{number:02d}",
            name=f"{kind} {name}",
            type_name=kind,
            parent=commune,
            centre=centre,
            is_synthetic=True,
            by=by,
            at=at,
        )
    )


def _around(centre: tuple[float, float], number: int) -> tuple[float, float]:
    """Return where an invented hamlet lies: about a kilometre from the centre of its commune."""
    north, east = centre
    turn = 2 * pi * number / 8
    return round(north + 0.009 * sin(turn), 5), round(east + 0.009 * cos(turn), 5)


def _tiers(*, by: Person, at: datetime) -> dict[str, Tier]:
    found = {}
    for code, level, needs_lead, en, vi, zh, ru in facts.TIERS:
        tier = Tier.objects.filter(code=code).first() or Tier(code=code)
        tier.level, tier.needs_lead = level, needs_lead
        tier.name_en, tier.name_vi, tier.name_zh, tier.name_ru = en, vi, zh, ru
        directory.save_tier(tier=tier, by=by, at=at)
        found[code] = tier
    return found


def _share(whole: int, parts: int, index: int) -> int:
    """Return how much of a whole falls to one of its parts when it is dealt out one by one."""
    return whole // parts + (index < whole % parts)
