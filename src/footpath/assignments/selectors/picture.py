"""The places of a plan as a picture: a tile each, the officer as a colour and initials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from footpath.assignments.models import (
    Cluster,
    Plan,
    PlanFinding,
    PlanLine,
)
from footpath.core import formats, tree
from footpath.core.figures import Rate
from footpath.directory.models import Area, Person

COLOURS = 12
"""So many officers are told apart by colour; with more, one part of the area is shown."""

MOST_TILES = 150
"""So many places of a cluster are shown at once; with more, one place below the area."""

Change = PlanLine.Change


@dataclass(frozen=True)
class Badge:
    """An officer on the picture: initials and a colour from 1 to 12."""

    person: Person
    initials: str
    colour: int


@dataclass(frozen=True)
class Tile:
    """One place on the picture."""

    line: PlanLine
    badge: Badge | None

    @property
    def changed(self) -> bool:
        """Return whether somebody else would lead it."""
        return self.line.change in (Change.MOVED, Change.NEW)


@dataclass(frozen=True)
class Group:
    """The places below one parent."""

    area: Area
    tiles: tuple[Tile, ...]

    @property
    def rate(self) -> Rate:
        """Return how many of them would have a lead."""
        return Rate(sum(tile.line.lead_id is not None for tile in self.tiles), len(self.tiles))


@dataclass(frozen=True)
class Part:
    """A cluster or a place below the area, to look at one at a time."""

    key: str
    name: str
    paths: tuple[str, ...]
    changes: int
    places: int

    def holds(self, path: str) -> bool:
        """Return whether a place lies in it."""
        return path.startswith(self.paths)


def is_change(line: PlanLine) -> bool:
    return line.change != Change.KEPT or line.deputy_change not in ("", Change.KEPT)


def parts_of(plan: Plan, lines: Sequence[PlanLine]) -> tuple[Part, ...]:
    """Return clusters or places to look at one at a time; nothing when one picture is enough."""
    if len({line.lead_id for line in lines if line.lead_id}) <= COLOURS:
        return ()
    depth = len(plan.area.path) + tree.STEP
    clusters = Cluster.objects.filter(area=plan.area).prefetch_related("members").order_by("pk")
    found = [
        (f"c{row.pk}", row.name, tuple(sorted(area.path for area in row.members.all())))
        for row in clusters
    ]
    if any(sum(line.area.path.startswith(row[2]) for line in lines) > MOST_TILES for row in found):
        found = []
    missing = {line.area.path[:depth] for line in lines}
    missing -= {path for _key, _name, paths in found for path in paths}
    found += [
        (area.code, area.name, (area.path,))
        for area in Area.objects.filter(path__in=missing).order_by("path")
    ]
    parts = [
        Part(
            key,
            name,
            paths,
            sum(is_change(line) for line in lines if line.area.path.startswith(paths)),
            sum(line.area.path.startswith(paths) for line in lines),
        )
        for key, name, paths in found
        if paths
    ]
    parts = [part for part in parts if part.places]
    return tuple(parts) if len(parts) > 1 else ()


def part_shown(
    parts: Sequence[Part],
    asked: str,
    findings: Iterable[PlanFinding],
    lines: Sequence[PlanLine],
) -> Part:
    """Return the part asked for, else the first one with a finding or a change."""
    for part in parts:
        if part.key == asked:
            return part
    short = {place for row in findings for place in row.data.get("places", ())}
    for line in lines:
        if line.area_id in short:
            return next((part for part in parts if part.holds(line.area.path)), parts[0])
    return next((part for part in parts if part.changes), parts[0])


def badges_of(lines: Sequence[PlanLine], people: Mapping[int, Person]) -> dict[int, Badge]:
    """Return initials and colour of each lead; officers of one parent never share a colour."""
    order: list[int] = []
    beside: dict[int, set[int]] = defaultdict(set)
    for line in lines:
        if line.lead_id is not None:
            beside[line.area.parent_id or 0].add(line.lead_id)
            if line.lead_id not in order:
                order.append(line.lead_id)
    near: dict[int, set[int]] = defaultdict(set)
    for group in beside.values():
        for key in group:
            near[key] |= group - {key}
    colours: dict[int, int] = {}
    for number, key in enumerate(order):
        taken = {colours[other] for other in near[key] if other in colours}
        wished = number % COLOURS
        free = [c for c in range(COLOURS) if (c + wished) % COLOURS + 1 not in taken]
        colours[key] = (free[0] + wished) % COLOURS + 1 if free else wished + 1
    return {
        key: Badge(people[key], formats.initials(people[key].name), colour)
        for key, colour in colours.items()
    }


def groups_of(lines: Iterable[PlanLine], badges: Mapping[int, Badge]) -> tuple[Group, ...]:
    groups: dict[int, list[Tile]] = defaultdict(list)
    parents: dict[int, Area] = {}
    for line in lines:
        parent = line.area.parent or line.area
        parents[parent.pk] = parent
        groups[parent.pk].append(Tile(line, badges.get(line.lead_id or 0)))
    return tuple(Group(parents[key], tuple(tiles)) for key, tiles in groups.items())
