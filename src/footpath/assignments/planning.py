"""What a plan is made from, read from the database for the engine. Source: S2.1, S2.7.

The engine knows places and officers by text, which here are the keys of their rows. What is read
takes the same number of queries whatever the size of the area; rooms above add to the weight of a
place (open cases) with ``register_weight``.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet

from footpath.accounts.rules import Role
from footpath.assignments.models import (
    Absence,
    Assignment,
    Conflict,
    CoverageRule,
    Limit,
    Plan,
    PlanPin,
    PlanWaiver,
    Policy,
)
from footpath.core import clock, tree
from footpath.directory.models import Area, Membership, Person, Tier
from footpath.planning import files
from footpath.planning.assignment import problem as engine
from footpath.planning.assignment.plan import Reasons

ROLE = Assignment.Role
STAY_AT_THEIR_DESK = (Role.AUDITOR, Role.ADMINISTRATOR)
"""Whoever checks the others, or keeps the system, is not put in charge of places by a plan."""

Point = tuple[float, float]
WeightOf = Callable[[str], Mapping[str, int]]
_weights: list[WeightOf] = []


def register_weight(weigh: WeightOf) -> None:
    """Let a room above add to the weights of places.

    ``weigh(path)`` counts what is open at the place with this path and below (open cases), by the
    path of the place where it lies.
    """
    if weigh not in _weights:
        _weights.append(weigh)


def open_at(area: Area, places: Collection[str]) -> dict[str, int]:
    """Return how much is open at each of the places (by path) and below; one query a room."""
    found: dict[str, int] = defaultdict(int)
    for weigh in _weights:
        for path, count in weigh(area.path).items():
            place = next((above for above in _upwards(path) if above in places), None)
            if place is not None:
                found[place] += count
    return found


@dataclass(frozen=True)
class Terms:
    """The policy as it stands when a plan is made; kept with the plan.

    ``officers_of`` is the key of the tier whose officers take the places (None: of any tier).
    """

    keep: int = 2
    fair: int = 2
    near: int = 1
    places_each: int = 3
    spread: int | None = None
    term_limit_years: int | None = None
    organizations_left_out: tuple[int, ...] = ()
    officers_of: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the values as a plan keeps them."""
        return asdict(self) | {"organizations_left_out": list(self.organizations_left_out)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return the terms that a plan has kept; what it does not know takes its default."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        left_out = known.pop("organizations_left_out", ())
        return cls(**known, organizations_left_out=tuple(left_out))


@dataclass(frozen=True)
class _Seat:
    """Where somebody works: the organization and its place."""

    organization: int
    tier: str
    path: str
    at: Point | None
    desk: bool


# --- policies -------------------------------------------------------------------------------------


def policies_above(area: Area, tier_id: int) -> QuerySet[Policy]:
    """Return the policies for a tier of the place and of those above it, the nearest first."""
    rows = Policy.objects.filter(area__in=area.ancestor_ids, tier=tier_id)
    return rows.order_by("-area__path")


def policy_for(area: Area, tier: Tier) -> Policy:
    """Return the policy of the place or of the nearest one above it; a new one when none is set."""
    rows = policies_above(area, tier.pk).select_related("area", "changed_by")
    found = rows.prefetch_related("organizations_left_out").first()
    return found or Policy(area=area, tier=tier)


def rule_for(area: Area, tier: Tier) -> CoverageRule | None:
    """Return the coverage rule of the place or of the nearest one above it, if there is any."""
    found = CoverageRule.objects.filter(area__in=area.ancestor_ids, tier=tier).select_related(
        "area", "officers_of", "basis"
    )
    return max(found, key=lambda row: len(row.area.path), default=None)


def usual_officers_of(tier: Tier) -> Tier | None:
    """Return whose officers take the places of a tier when nothing else is said.

    The province grasps the commune, the district the hamlet, the commune the household (S2.1):
    the officers of two tiers above.
    """
    above = Tier.objects.filter(level__lt=tier.level).order_by("-level")
    return above[1] if len(above) > 1 else above.first()


def terms_of(policy: Policy, rule: CoverageRule | None) -> Terms:
    """Return what a plan made now keeps of the policy and the rule."""
    source = rule.officers_of if rule is not None and rule.officers_of_id else None
    source = source or usual_officers_of(policy.tier)
    left_out = policy.organizations_left_out.all() if policy.pk else ()
    return Terms(
        keep=int(policy.keep),
        fair=int(policy.fair),
        near=int(policy.near),
        places_each=policy.places_each,
        spread=policy.spread,
        term_limit_years=policy.term_limit_years,
        organizations_left_out=tuple(sorted(row.pk for row in left_out)),
        officers_of=source.pk if source is not None else None,
    )


# --- the problem ----------------------------------------------------------------------------------


def eve_of(starts_on: date, made_on: date) -> date:
    """Return the day whose leads a plan is compared with: the last one before it begins.

    When that day has passed already, the day on which the plan is made.
    """
    return max(made_on, starts_on - timedelta(days=1))


def problem_for(
    area: Area,
    tier: Tier,
    *,
    starts_on: date,
    eve: date,
    terms: Terms,
    pins: Iterable[PlanPin] = (),
    waivers: Iterable[PlanWaiver] = (),
) -> engine.AssignmentProblem:
    """Return everything the engine needs to plan the places of a tier in an area.

    ``eve`` is the day whose leads stay, move or go. Places in the order of the tree, officers by
    key. A dozen queries, whatever the size. Source: S2.1.
    """
    pins = tuple(pin for pin in pins if not pin.noted)
    waivers = tuple(waivers)
    places = _places(area, tier, starts_on)
    rows = _charges([place.pk for place in places], eve)
    held = _held(rows, eve)
    named = {pin.person_id for pin in pins} | {waiver.person_id for waiver in waivers}
    named |= {person for pair in held.values() for person in pair if person}
    tiers = {row.pk: row for row in Tier.objects.all()}
    officers = _officers(
        area,
        tier,
        places,
        terms=terms,
        tiers=tiers,
        starts_on=starts_on,
        named=named,
        since=_since(rows, held),
    )
    known = {officer.id for officer in officers}
    source = tiers.get(terms.officers_of) if terms.officers_of is not None else None
    return engine.AssignmentProblem(
        places=tuple(_as_place(place, tier) for place in places),
        officers=officers,
        policy=engine.Policy(
            weights=engine.Weights(keep=terms.keep, fair=terms.fair, near=terms.near),
            officers_of=MappingProxyType(
                {tier.code: frozenset({source.code})} if source is not None else {}
            ),
            departments_left_out=frozenset(map(str, terms.organizations_left_out)),
            spread=terms.spread,
            term_limit_years=terms.term_limit_years,
        ),
        start=starts_on,
        current=MappingProxyType(
            {
                str(place): engine.Held(str(lead or ""), str(deputy or ""))
                for place, (lead, deputy) in sorted(held.items())
            }
        ),
        pins=tuple(
            engine.Pin(str(pin.area_id), str(pin.person_id), str(pin.role), pin.away)
            for pin in sorted(pins, key=lambda pin: (pin.area_id, pin.person_id, pin.role))
            if str(pin.person_id) in known
        ),
        waivers=tuple(
            engine.Waiver(
                str(waiver.person_id),
                str(waiver.area_id or ""),
                engine.Rule(waiver.rules),
                waiver.places_more,
            )
            for waiver in sorted(waivers, key=lambda row: (row.person_id, row.area_id or 0))
            if str(waiver.person_id) in known
        ),
    )


def problem_of(plan: Plan) -> engine.AssignmentProblem:
    """Return what a plan is made from, as the database says it now."""
    return problem_for(
        plan.area,
        plan.tier,
        starts_on=plan.starts_on,
        eve=eve_of(plan.starts_on, clock.day_of(plan.started_at)),
        terms=Terms.from_json(plan.policy),
        pins=plan.pins.all(),
        waivers=plan.waivers.all(),
    )


def _places(area: Area, tier: Tier, day: date) -> list[Any]:
    """Return the places that need somebody in charge on the day, each with weight and rule."""
    below = Q(children__valid_from=None) | Q(children__valid_from__lte=day)
    below &= Q(children__valid_until=None) | Q(children__valid_until__gte=day)
    found: list[Any] = list(
        Area.objects.in_force(day)
        .within(area.path)
        .filter(tier=tier)
        .annotate(inside=Count("children", filter=below))
        .only("pk", "path", "parent_id", "latitude", "longitude", "tier_id")
        .order_by("path")
    )
    rules = {
        row.area.path: row
        for row in CoverageRule.objects.filter(
            tree.within(area.path, column="area__path") | Q(area__in=area.ancestor_ids), tier=tier
        ).select_related("area")
    }
    more = open_at(area, {place.path for place in found})
    kept = []
    for place in found:
        rule = next((rules[path] for path in _upwards(place.path) if path in rules), None)
        if not (rule.needs_lead if rule is not None else tier.needs_lead):
            continue
        place.weight = max(1, place.inside + more.get(place.path, 0))
        place.wants_deputy = rule is not None and rule.needs_deputy
        kept.append(place)
    return kept


def _as_place(place: Any, tier: Tier) -> engine.Place:
    return engine.Place(
        id=str(place.pk),
        tier=tier.code,
        parent=str(place.parent_id or ""),
        weight=place.weight,
        at=_point(place.latitude, place.longitude),
        wants_deputy=place.wants_deputy,
    )


def _charges(places: Sequence[int], eve: date) -> list[Assignment]:
    """Return who leads the places or is their deputy, and who did before."""
    return list(
        Assignment.objects.filter(
            area__in=places, role__in=(ROLE.LEAD, ROLE.DEPUTY), start__lte=eve
        )
        .only("pk", "area_id", "person_id", "role", "start", "until")
        .order_by("start", "pk")
    )


def _held(rows: Iterable[Assignment], eve: date) -> dict[int, tuple[int | None, int | None]]:
    """Return lead and deputy of each place on the day."""
    found: dict[int, list[int | None]] = {}
    for row in rows:
        if row.area_id is not None and (row.until is None or row.until >= eve):
            pair = found.setdefault(row.area_id, [None, None])
            pair[0 if row.role == ROLE.LEAD else 1] = row.person_id
    return {place: (pair[0], pair[1]) for place, pair in found.items()}


def _since(
    rows: Iterable[Assignment], held: Mapping[int, tuple[int | None, int | None]]
) -> dict[int, dict[str, date]]:
    """Return for each lead of the day the first day of an unbroken term in each place."""
    spans: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in rows:
        if row.role == ROLE.LEAD and row.area_id is not None:
            spans[row.person_id, row.area_id].append(row)
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for place, (lead, _deputy) in held.items():
        if lead is None:
            continue
        first: date | None = None
        for row in reversed(spans[lead, place]):
            if first is not None and (row.until is None or row.until + timedelta(days=1) < first):
                break
            first = row.start
        if first is not None:
            found[lead][str(place)] = first
    return found


def _officers(
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
                at=_centre(homes[key]) or seat.at,
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
            at=_point(place.latitude, place.longitude) if place is not None else None,
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
        lives += [paths[path] for path in _upwards(person.home_area.path) if path in paths]
    for conflict in declared:
        hit = [paths[path] for path in _upwards(conflict.area.path) if path in paths]
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


def _upwards(path: str) -> list[str]:
    """Return the paths from a place up to its root."""
    return [path[:end] for end in range(len(path), 0, -tree.STEP)]


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _centre(person: Person) -> Point | None:
    home = person.home_area
    return _point(home.latitude, home.longitude) if home is not None else None


# --- what a plan keeps of it ----------------------------------------------------------------------


def kilometres(one: Point | None, other: Point | None) -> float | None:
    """Return the straight line between two points in kilometres; None when one is unknown."""
    if one is None or other is None:
        return None
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


def packed(problem: engine.AssignmentProblem) -> bytes:
    """Return the problem as a plan keeps it: JSON, compressed."""
    return zlib.compress(files.dumps(problem).encode())


def unpacked(kept: bytes) -> engine.AssignmentProblem:
    """Return the problem that a plan has kept."""
    return files.loads(zlib.decompress(kept).decode(), engine.AssignmentProblem)


def packed_reasons(reasons: Reasons) -> bytes:
    """Return the rules that each pair breaks as a plan keeps them, compressed."""
    head = json.dumps([list(reasons.officers), list(reasons.places)]).encode()
    return zlib.compress(head + b"\n" + reasons.rules.astype("<u2").tobytes())


def unpacked_reasons(kept: bytes) -> Reasons:
    """Return the rules of all pairs that a plan has kept."""
    head, _line, body = zlib.decompress(kept).partition(b"\n")
    officers, places = json.loads(head)
    shape = (len(officers), len(places))
    rules = np.frombuffer(body, dtype="<u2").reshape(shape).astype(np.uint16)
    return Reasons(tuple(officers), tuple(places), rules)
