"""Every dated demand on a unit in a span: what clashes, what stands close, what is borne."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.engagements import Engagement, Unit, sources
from footpath.meetings.models import Hall
from footpath.meetings.rules.engagements import Burden, Cluster, Overlap, clusters, overlaps
from footpath.meetings.selectors.calendar import PATH, meetings_between, rows_of
from footpath.meetings.selectors.duties import expected
from footpath.meetings.selectors.meetings import kinds


def engagements_of(person: Person, unit: Unit, first: date, last: date) -> list[Engagement]:
    """Return what a person may read of a unit's engagements in a span of days, by beginning."""
    found = [row for source in sources() for row in source(person, unit, first, last)]
    return sorted(found, key=lambda row: (row.starts_at, row.ends_at, row.title))


def meetings_of_unit(person: Person, unit: Unit, first: date, last: date) -> Iterator[Engagement]:
    """Yield the meetings of a unit as engagements: the first source. Four queries."""
    meetings = meetings_between(person, first, last, area=unit.area, organization=unit.organization)
    rows = list(rows_of(meetings, *PATH))
    people: dict[int, set[int]] = {}
    for meeting, who in (
        expected()
        .filter(meeting__in=meetings.order_by().values("pk"))
        .values_list("meeting_id", "who")
    ):
        people.setdefault(meeting, set()).add(who)
    halls = dict(
        Hall.objects.filter(pk__in={row["hall_id"] for row in rows} - {None}).values_list(
            "pk", "at_once"
        )
    )
    named = {kind.pk: kind.name for kind in kinds()}
    page = reverse("meetings:list")
    for row in rows:
        kind = named[row["kind_id"]]
        yield Engagement(
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            title=row["title"] or f"{kind}, {row['area__name']}",
            href=f"{page}{row['id']}/",
            kind=kind,
            area_id=row["area_id"],
            area_name=row["area__name"],
            path=tree.path_of_row(row),
            people=frozenset(people.get(row["id"], ())),
            organization_id=row["organization_id"],
            state=row["state"],
            cancelled=row["state"] == rules.State.CANCELLED,
            room=f"hall:{row['hall_id']}" if row["hall_id"] else "",
            at_once=halls.get(row["hall_id"], 1),
        )


@dataclass(frozen=True)
class Bearer:
    """A unit and its burden in each of some months, in their order."""

    name: str
    code: str
    months: list[Burden]


@dataclass(frozen=True)
class Demands:
    """What is read from the engagements of a unit."""

    rows: list[Engagement]
    overlaps: list[Overlap[Engagement]]
    clusters: list[Cluster[Engagement]]
    people: dict[int, str]


def demands_of(person: Person, unit: Unit, first: date, last: date) -> Demands:
    """Return the engagements of a unit in a span, and what clashes or stands close in it.

    Cancelled ones are listed, but they clash with nothing and stand close to nothing.
    """
    rows = engagements_of(person, unit, first, last)
    held = [row for row in rows if not row.cancelled]
    pairs = overlaps(held)
    named = {who for pair in pairs for who in pair.people}
    people = dict(Person.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}
    crowded = clusters(held, day_of=lambda row: clock.day_of(row.starts_at))
    return Demands(rows, pairs, crowded, people)


def burdens_of(
    rows: Iterable[Engagement], area: Area | None, months: list[Month], name: str
) -> list[Bearer]:
    """Return who bears how much in each of the months: the unit itself, then each place below.

    Of a place: its own demands in the first line, those of each child and everything below it in
    the others, by name; of an organization one line. Hours are counted in the month in which a
    demand begins. One query.
    """
    level = 0 if area is None else len(area.ancestor_ids)
    found: dict[int | None, dict[Month, Burden]] = {None: {}}
    for row in rows:
        if row.cancelled:
            continue
        ids = tree.ids_of(row.path)
        child = ids[level] if area is not None and len(ids) > level else None
        month = Month.of(clock.day_of(row.starts_at))
        there = found.setdefault(child, {})
        there[month] = there.get(month, Burden()).plus(row.hours, len(row.people))
    children = Area.objects.filter(pk__in=[pk for pk in found if pk is not None])
    bearers = [Bearer(name, "" if area is None else area.code, _line(found[None], months))]
    bearers += [
        Bearer(child.name, child.code, _line(found[child.pk], months))
        for child in sorted(children, key=lambda one: (one.name, one.pk))
    ]
    return bearers


def _line(found: dict[Month, Burden], months: list[Month]) -> list[Burden]:
    return [found.get(month, Burden()) for month in months]
