"""Looking up places, organizations and people for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from footpath.accounts.models import User
from footpath.accounts.permissions import may
from footpath.accounts.rules import Grant, Role
from footpath.core import clock, search, tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.core.prepared import Prepared
from footpath.directory import rules
from footpath.directory.models import (
    Area,
    AreaQuerySet,
    Membership,
    Organization,
    Person,
    Post,
    Tier,
)

LEVEL_SIZE = 100
"""How many places of one level of the tree come at once; more than that come page by page."""

BY_NAME = Order("name")


def person_of_user(user: User) -> Person | None:
    """Return the person who signs in as this user, or None."""
    return Person.objects.filter(user=user).first()


def grants_of_posts(person_id: int) -> list[Grant]:
    """Return what a person's memberships and posts grant today.

    A membership alone makes a member over the organization's place; a post gives its own role.
    """
    today = clock.today()
    rows = (
        Membership.objects.filter(
            Q(until=None) | Q(until__gte=today), person_id=person_id, start__lte=today
        )
        .select_related("organization__area", "post__area")
        .order_by("pk")
    )
    grants: list[Grant] = []
    for row in rows:
        home = row.organization.area
        place = home.path if home is not None else None
        grants.append(Grant(Role.MEMBER, place, row.organization_id))
        post = row.post
        if post is not None and post.role != Role.MEMBER:
            own = post.area.path if post.area is not None else place
            path = "" if post.covers_everything else own
            grants.append(Grant(Role(post.role), path, row.organization_id))
    return grants


def areas_for(person: Person) -> AreaQuerySet:
    """Return the places in force that a person may see: where places lie is no secret."""
    rows = Area.objects.in_force(clock.today()).select_related("tier")
    return rows if may(person, "directory.see") else rows.none()


_AREA = Prepared(
    lambda code: (
        Area.objects.filter(code=code).select_related("tier", "parent").order_by("-valid_until")
    ),
    mark="no such place",
)


def get_area_for(person: Person, *, code: str) -> Area:
    """Return the place with this code; the one in force, else the last that bore the code."""
    if not may(person, "directory.see"):
        raise NotThere
    found = _AREA.rows(code)
    if not found:
        raise NotThere
    return next((row for row in found if row.valid_until is None), found[0])


def ancestors_of(area: Area) -> list[Area]:
    """Return the places above, from the root down, without the place itself."""
    ids = area.ancestor_ids[:-1]
    known = Area.objects.in_bulk(ids)
    return [known[pk] for pk in ids]


def home_area_of(person: Person, roles: Iterable[Role] | None = None) -> Area | None:
    """Return the place that a person's pages begin with: the widest that they cover.

    With ``roles``, the widest that they cover in one of these roles.
    """
    paths = person.scope.paths(roles)
    if not paths:
        return None
    widest = min(paths, key=len)
    if widest == "":
        return Area.objects.filter(parent=None).order_by("path").first()
    return Area.objects.select_related("tier").get(path=widest)


# --- places: search, levels, the tree -------------------------------------------------------------


@dataclass(frozen=True)
class FoundArea:
    """A place found by what was typed, with the places above it from the root down."""

    area: Area
    above: list[Area]


@dataclass(frozen=True)
class Branch:
    """A place in the tree, and the level below it when it is opened."""

    area: Area
    level: Level | None = None


@dataclass(frozen=True)
class Level:
    """The places below one place (None: the roots), and where the following ones begin."""

    parent: Area | None
    branches: list[Branch] = field(default_factory=list)
    next_after: str | None = None


@dataclass(frozen=True)
class Below:
    """How many places of one tier lie below a place."""

    tier: Tier
    number: int


def search_areas(person: Person, typed: str, *, limit: int = 50) -> list[FoundArea]:
    """Return places found by name or code, the higher tiers first, at most ``limit`` of them.

    Diacritics do not matter ("chau thanh"), Chinese is found by pairs ("西宁"). Two queries.
    """
    rows = areas_for(person).matching(typed).order_by("tier__level", "name", "pk")
    found = list(rows[:limit])
    above = Area.objects.in_bulk({pk for area in found for pk in area.ancestor_ids[:-1]})
    return [
        FoundArea(area, [above[pk] for pk in area.ancestor_ids[:-1] if pk in above])
        for area in found
    ]


def children_of(
    person: Person, area: Area | None, *, after: str | None = None, size: int = LEVEL_SIZE
) -> Page[Area]:
    """Return the places in force right below a place (None: the roots), by name; one query.

    Each row has ``children_count``. A level that fits on one page is in reading order, in which
    "Tổ 2" stands before "Tổ 10".
    """
    page = page_of(
        _counted(areas_for(person)).filter(parent=area), order=BY_NAME, after=after, size=size
    )
    if after is None and page.next_after is None:
        return Page(sorted(page.rows, key=lambda row: rules.reading_order(row.name)), None)
    return page


def get_branch_for(person: Person, *, code: str) -> Area:
    """Return a place in force with ``children_count`` and parent; NotThere if there is none."""
    rows = _counted(areas_for(person)).select_related("tier", "parent")
    found = rows.filter(code=code).order_by("valid_until", "pk").first()
    if found is None:
        raise NotThere
    return found


def tree_of(person: Person, opened: Area | None, *, after: str | None = None) -> Level:
    """Return the roots, and below them every level on the way to the opened place and its own.

    One query a level, one more for the places on the way. On a long level the place on the way
    stands after the first page when it is not on it. ``after`` pages the last level only.
    """
    ids = opened.ancestor_ids if opened is not None else []
    way = _counted(areas_for(person)).in_bulk(ids) if ids else {}
    return _level(person, None, [way[pk] for pk in ids if pk in way], after)


def _level(person: Person, parent: Area | None, way: list[Area], after: str | None) -> Level:
    page = children_of(person, parent, after=None if way else after)
    if not way:
        return Level(parent, [Branch(row) for row in page.rows], page.next_after)
    rows = list(page.rows)
    if all(row.pk != way[0].pk for row in rows):
        rows.append(way[0])
    below = _level(person, way[0], way[1:], after)
    branches = [Branch(row, below if row.pk == way[0].pk else None) for row in rows]
    return Level(parent, branches, page.next_after)


def below(person: Person, area: Area) -> list[Below]:
    """Return how many places lie one and two levels below, tier by tier; two queries."""
    numbers: dict[int, int] = {}
    for steps in ("parent", "parent__parent"):
        rows = areas_for(person).select_related(None).filter(**{steps: area}).order_by()
        for tier_id, number in rows.values_list("tier").annotate(n=Count("pk")):
            numbers[tier_id] = numbers.get(tier_id, 0) + number
    if not numbers:
        return []
    known = Tier.objects.filter(pk__in=numbers).order_by("level")
    return [Below(tier, numbers[tier.pk]) for tier in known]


def _counted(rows: AreaQuerySet) -> AreaQuerySet:
    children = (
        Area.objects.in_force(clock.today())
        .filter(parent=OuterRef("pk"))
        .order_by()
        .values("parent")
        .annotate(n=Count("pk"))
        .values("n")
    )
    counted = Coalesce(Subquery(children, output_field=IntegerField()), 0)
    return rows.annotate(children_count=counted)


# --- organizations and posts ----------------------------------------------------------------------


def organizations_for(
    person: Person,
    *,
    typed: str = "",
    place: Area | None = None,
    within: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Page[Organization]:
    """Return organizations by name: found by what was typed, of a place, or of all below it too."""
    rows = Organization.objects.select_related("area", "parent")
    if not may(person, "directory.see"):
        rows = rows.none()
    if place is not None:
        rows = rows.filter(
            tree.within(place.path, column="area__path") if within else Q(area=place)
        )
    return page_of(search.matching(rows, typed), order=BY_NAME, after=after, size=size)


def get_organization_for(person: Person, *, code: str) -> Organization:
    """Return the organization with this code; NotThere when there is none."""
    found = Organization.objects.select_related("area__tier", "parent").filter(code=code).first()
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def children_of_organization(person: Person, organization: Organization) -> list[Organization]:
    """Return the organizations right below one, by name."""
    if not may(person, "directory.see"):
        return []
    return list(organization.children.select_related("area").order_by("name", "pk"))


def posts_of(person: Person, organization: Organization) -> list[Post]:
    """Return the posts of an organization by title, each with today's holders in ``held_by``."""
    if not may(person, "directory.see"):
        return []
    held = _held_on(clock.today()).select_related("person").order_by("start", "pk")
    return list(
        organization.posts.select_related("area", "organization__area")
        .prefetch_related(Prefetch("memberships", queryset=held, to_attr="held_by"))
        .order_by("title", "pk")
    )


def get_post_for(person: Person, *, pk: int) -> Post:
    """Return a post with its organization and place; NotThere when there is none."""
    found = Post.objects.select_related("organization__area", "area").filter(pk=pk).first()
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


# --- people ---------------------------------------------------------------------------------------


def people_for(
    person: Person,
    *,
    typed: str = "",
    organization: Organization | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[Person]:
    """Return people in office by name, each with today's memberships in ``current``.

    Names, posts and office telephone are no secret to whoever is signed in. Two queries.
    """
    today = clock.today()
    rows = search.matching(Person.objects.all(), typed)
    if not may(person, "directory.see"):
        rows = rows.none()
    if organization is not None:
        held = _held_on(today).filter(organization=organization)
        rows = rows.filter(pk__in=held.values("person"))
    current = _held_on(today).select_related("organization", "post").order_by("start", "pk")
    rows = rows.prefetch_related(Prefetch("memberships", queryset=current, to_attr="current"))
    return page_of(rows, order=BY_NAME, after=after, size=size)


def get_person_for(person: Person, *, pk: int) -> Person:
    """Return somebody in office with their home and user; NotThere when there is nobody."""
    found = Person.objects.select_related("home_area", "user").filter(pk=pk).first()
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def memberships_of(person: Person, shown: Person) -> list[Membership]:
    """Return where somebody belongs and belonged, the latest first."""
    if not may(person, "directory.see"):
        return []
    rows = shown.memberships.select_related(
        "organization__area", "post__area", "post__organization__area"
    )
    return list(rows.order_by("-start", "-pk"))


def get_membership_for(person: Person, *, pk: int) -> Membership:
    """Return a membership with person, organization and post; NotThere when there is none."""
    found = (
        Membership.objects.select_related(
            "person__user", "organization__area", "post__area", "post__organization__area"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def _held_on(day: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until=None) | Q(until__gte=day), start__lte=day)
