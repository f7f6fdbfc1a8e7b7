"""The officers whom a plan may ask, with what speaks for and against each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Q, QuerySet

from footpath.accounts.rules import Role
from footpath.assignments.models import (
    Absence,
    Assignment,
    Conflict,
    Limit,
)
from footpath.assignments.planning.places import ROLE
from footpath.assignments.planning.points import Point, home_of, point_at, upwards
from footpath.assignments.planning.terms import Terms
from footpath.core import tree
from footpath.directory.models import Area, Membership, Person, Tier
from footpath.planning.assignment import problem as engine

STAY_AT_THEIR_DESK = (Role.AUDITOR, Role.ADMINISTRATOR)
"""Whoever checks the others, or keeps the system, is not put in charge of places by a plan."""


@dataclass(frozen=True)
class _Seat:
    """Where somebody works: the organization and its place."""

    organization: int
    tier: str
    path: str
    at: Point | None
    desk: bool


def officers_to_ask(
    area: Area,
    tier: Tier,
    places: Sequence[Any],
    *,
    terms: Terms,
    tiers: Mapping[int, Tier],
    starts_on: date,
    named: set[int],
    since: Mapping[int, Mapping[str, date]],
) -> tuple[engine.Officer, ...]:
    """Return who may be asked: those of the tier's organizations, and whoever leads or is named."""
    seats = _seats(area, terms, tiers, starts_on, named)
    keys = sorted(seats)
    paths = {place.path: str(place.pk) for place in places}
    homes = {
        row.pk: row
        for row in Person.objects.filter(pk__in=keys)
        .select_related("home_area")
        .only("pk", "home_area__path", "home_area__latitude", "home_area__longitude")
    }
    limits = {row.person_id: row for row in Limit.objects.filter(person__in=keys)}
    declared: dict[int, list[Conflict]] = defaultdict(list)
    for conflict in (
        Conflict.objects.filter(Q(ended_on=None) | Q(ended_on__gt=starts_on), person__in=keys)
        .select_related("area")
        .order_by("kind", "declared_on", "pk")
    ):
        declared[conflict.person_id].append(conflict)
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for absence in Absence.objects.filter(
        person__in=keys, until__gte=starts_on, withdrawn_at=None
    ).order_by("start", "pk"):
        away[absence.person_id].append((absence.start, absence.until))
    elsewhere = _elsewhere(area, tier, keys, starts_on)
    found = []
    for key in keys:
        seat, limit = seats[key], limits.get(key)
        lives, relatives = _ties(homes[key], declared[key], paths)
        places_most = limit.places if limit is not None else terms.places_each
        found.append(
            engine.Officer(
                id=str(key),
                tier=seat.tier,
                department=str(seat.organization),
                capacity=max(0, places_most - elsewhere.get(key, 0)),
                load_limit=limit.load if limit is not None else None,
                home=lives,
                relatives=relatives,
                at=home_of(homes[key]) or seat.at,
                bound=seat.desk or (limit is not None and limit.bound),
                away=tuple(away[key]),
                serves=_serves(area, seat, places),
                since=MappingProxyType(dict(since.get(key, {}))),
            )
        )
    return tuple(found)


def _seats(
    area: Area, terms: Terms, tiers: Mapping[int, Tier], day: date, named: set[int]
) -> dict[int, _Seat]:
    """Return where each officer works on the day, the organizations that take places first.

    Whoever no longer works anywhere is missing: the engine then says that they left.
    """
    nearby = tree.within(area.path, column="organization__area__path")
    nearby |= Q(organization__area__in=area.ancestor_ids)
    asked = nearby
    if terms.officers_of is not None:
        asked &= Q(organization__area__tier=terms.officers_of)
    rows = (
        _memberships(day)
        .filter(asked | Q(person__in=named))
        .select_related("organization__area", "post")
        .order_by("-start", "pk")
    )
    found: dict[int, tuple[tuple[bool, bool], _Seat]] = {}
    desks: set[int] = set()
    for row in rows:
        place = row.organization.area
        if row.post is not None and row.post.role in STAY_AT_THEIR_DESK:
            desks.add(row.person_id)
        last = (
            place is None or (terms.officers_of is not None and place.tier_id != terms.officers_of),
            row.organization_id in terms.organizations_left_out,
        )
        if row.person_id in found and found[row.person_id][0] <= last:
            continue
        seat = _Seat(
            organization=row.organization_id,
            tier=tiers[place.tier_id].code if place is not None else "",
            path=place.path if place is not None else "",
            at=point_at(place.latitude, place.longitude) if place is not None else None,
            desk=False,
        )
        found[row.person_id] = (last, seat)
    return {
        person: _Seat(seat.organization, seat.tier, seat.path, seat.at, person in desks)
        for person, (_order, seat) in found.items()
    }


def _memberships(day: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until=None) | Q(until__gte=day), start__lte=day)


def _elsewhere(area: Area, tier: Tier, people: Sequence[int], day: date) -> dict[int, int]:
    """Return how many places of the tier each officer leads outside the area."""
    rows = (
        Assignment.objects.in_force(day)
        .filter(person__in=people, role=ROLE.LEAD, area__tier=tier)
        .exclude(tree.within(area.path, column="area__path"))
        .values_list("person_id")
        .annotate(places=Count("pk"))
        .order_by("person_id")
    )
    return dict(rows)


def _ties(
    person: Person, declared: Iterable[Conflict], paths: Mapping[str, str]
) -> tuple[str, frozenset[str]]:
    """Return the place somebody lives in, and those with relatives (or with another home)."""
    lives: list[str] = []
    relatives: set[str] = set()
    if person.home_area is not None:
        lives += [paths[path] for path in upwards(person.home_area.path) if path in paths]
    for conflict in declared:
        hit = [paths[path] for path in upwards(conflict.area.path) if path in paths]
        hit = hit or [pk for path, pk in paths.items() if path.startswith(conflict.area.path)]
        if conflict.kind == Conflict.Kind.HOME:
            lives += hit
        else:
            relatives |= set(hit)
    home = lives[0] if lives else ""
    return home, frozenset(relatives | set(lives[1:])) - {home}


def _serves(area: Area, seat: _Seat, places: Sequence[Any]) -> frozenset[str] | None:
    """Return the parents whose places lie in the officer's own place; None when all do."""
    if not seat.path or area.path.startswith(seat.path):
        return None
    return frozenset(
        str(place.parent_id or "") for place in places if place.path.startswith(seat.path)
    )
