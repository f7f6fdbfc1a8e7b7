"""Looking up places, organizations and people for somebody."""

from __future__ import annotations

from django.db.models import Q

from footpath.accounts.models import User
from footpath.accounts.rules import Grant, Role
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory.models import Area, AreaQuerySet, Membership, Person


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
    return Area.objects.in_force(clock.today()).select_related("tier")


def get_area_for(person: Person, *, code: str) -> Area:
    """Return the place with this code; the one in force, else the last that bore the code."""
    found = Area.objects.filter(code=code).select_related("tier", "parent").order_by("-valid_until")
    area = next((row for row in found if row.valid_until is None), None) or found.first()
    if area is None:
        raise NotThere
    return area


def ancestors_of(area: Area) -> list[Area]:
    """Return the places above, from the root down, without the place itself."""
    ids = area.ancestor_ids[:-1]
    known = Area.objects.in_bulk(ids)
    return [known[pk] for pk in ids]


def home_area_of(person: Person) -> Area | None:
    """Return the place that a person's pages begin with: the widest that they cover."""
    paths = person.scope.paths()
    if not paths:
        return None
    widest = min(paths, key=len)
    if widest == "":
        return Area.objects.filter(parent=None).order_by("path").first()
    return Area.objects.select_related("tier").get(path=widest)
