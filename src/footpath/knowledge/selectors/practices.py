"""Where practices were spread to, who hears of it, and what waits for an answer. Source: S4.7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from footpath.accounts.rules import Role
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Area, Membership, Organization, Person, Post
from footpath.knowledge import hearing
from footpath.knowledge.models import Practice, Spread
from footpath.knowledge.permissions import DECIDERS
from footpath.knowledge.rules import Outcome
from footpath.knowledge.selectors.items import get_item_for

Unit = Area | Organization


@dataclass(frozen=True)
class SpreadOf:
    """The units a practice was spread to, by name, and how many have taken it up."""

    rows: Sequence[Spread]

    @property
    def answered(self) -> Rate:
        """Return how many have said what they make of it."""
        return Rate(sum(bool(row.outcome) for row in self.rows), len(self.rows))

    @property
    def taken_up(self) -> Rate:
        """Return how many have adopted it, as it is or adapted."""
        done = {Outcome.ADOPTED, Outcome.ADAPTED}
        return Rate(sum(row.outcome in done for row in self.rows), len(self.rows))


def spread_of(practice: Practice) -> SpreadOf:
    """Return the units that a practice was spread to; one query."""
    rows = practice.spread.select_related("area", "organization__area", "recorded_by")
    return SpreadOf(sorted(rows, key=lambda row: (row.unit.name, row.pk)))


def get_spread_for(person: Person, *, practice: int, pk: int) -> Spread:
    """Return a unit that a practice was spread to; NotThere unless the practice may be read."""
    found = get_item_for(person, pk=practice)
    if not isinstance(found, Practice):
        raise NotThere
    rows = found.spread.select_related("area", "organization__area", "practice__made_by")
    spread = rows.filter(pk=pk).first()
    if spread is None:
        raise NotThere
    return spread


def waiting_for(person: Person, *, limit: int = 10) -> list[Spread]:
    """Return spread practices that the person's units have not answered, the longest waiting first.

    Of the very places the person heads, works for or is in charge of, and of organizations there;
    places below have people of their own.
    """
    roles = (Role.OFFICER, *DECIDERS)
    places = {grant.area_path for grant in person.scope.grants if grant.role in roles} - {None}
    own = Q(area__path__in=places) | Q(organization__area__path__in=places)
    own |= Q(organization__in=person.scope.organizations(DECIDERS))
    rows = Spread.objects.filter(own, outcome="", practice__state="selected")
    rows = rows.select_related("practice", "area", "organization")
    return list(rows.order_by("told_at", "pk")[:limit])


def posts_held(person: Person, *, on: date) -> list[Post]:
    """Return the posts that somebody holds on a day and that decide, by title."""
    held = _held_on(on).filter(person=person, post__role__in=DECIDERS)
    rows = Post.objects.select_related("organization").filter(pk__in=held.values("post"))
    return list(rows.order_by("title", "pk"))


def hearers_of(units: Sequence[Unit]) -> dict[Unit, set[int]]:
    """Return the users who are told what is spread to each unit; one query for posts.

    The heads and offices of the unit; of an organization without any its post holders, else its
    members. Of a place also those whom other rooms know to hear for it (``hearing``).
    """
    areas = [unit.pk for unit in units if isinstance(unit, Area)]
    organizations = [unit.pk for unit in units if isinstance(unit, Organization)]
    held = (
        _held_on(clock.today())
        .filter(person__user__isnull=False)
        .filter(
            Q(organization__in=organizations)
            | Q(post__area__in=areas)
            | Q(post__area=None, post__isnull=False, organization__area__in=areas)
        )
        .select_related("post", "organization", "person")
    )
    rows = list(held)
    also = hearing.users_of(areas)
    found: dict[Unit, set[int]] = {}
    for unit in units:
        if isinstance(unit, Area):
            here = [row for row in rows if _place_of(row) == unit.pk]
            found[unit] = _users(_deciding(here)) | also.get(unit.pk, set())
        else:
            here = [row for row in rows if row.organization_id == unit.pk]
            posts = [row for row in here if row.post_id is not None]
            found[unit] = _users(_deciding(here) or posts or here)
    return found


def offices_over(path: str) -> set[int]:
    """Return the users who work for the offices over a place: they hear of what is proposed."""
    rows = (
        _held_on(clock.today())
        .filter(post__role=Role.OFFICE, person__user__isnull=False)
        .select_related("post__area", "organization__area", "person")
    )
    found = set()
    for row in rows:
        post = row.post
        home = post.area if post is not None and post.area is not None else row.organization.area
        everywhere = post is not None and post.covers_everything
        if everywhere or (home is not None and path.startswith(home.path)):
            found |= _users([row])
    return found


def _held_on(day: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until=None) | Q(until__gte=day), start__lte=day)


def _place_of(row: Membership) -> int | None:
    """Return the place over which the post of a membership holds."""
    if row.post is None:
        return None
    return row.post.area_id or row.organization.area_id


def _deciding(rows: Sequence[Membership]) -> list[Membership]:
    return [row for row in rows if row.post is not None and row.post.role in DECIDERS]


def _users(rows: Sequence[Membership]) -> set[int]:
    return {row.person.user_id for row in rows if row.person.user_id is not None}
