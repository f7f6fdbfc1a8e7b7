"""Looking up calendar feeds: one's own, and whose a secret address is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from footpath.accounts import selectors as accounts
from footpath.accounts.rules import READERS, token_digest
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.directory.models import Area, Membership, Organization, Person
from footpath.meetings.models import Feed
from footpath.meetings.selectors.calendar import (
    Provisional,
    meetings_between,
    provisional_between,
    rows_of,
)
from footpath.meetings.selectors.meetings import kinds

MONTHS_AHEAD = 13


def span_of_feed(today: date) -> tuple[date, date]:
    """Return the first and last day of a feed: from the month before to the 13th month ahead."""
    last = Month.of(today)
    for _number in range(MONTHS_AHEAD):
        last = last.next
    return Month.of(today).previous.first, last.last


def feeds_of(person: Person) -> list[Feed]:
    """Return a person's feeds that work, the oldest first."""
    rows = Feed.objects.filter(person=person, revoked_at=None)
    return list(rows.select_related("area", "organization__area"))


def get_feed_for(person: Person, *, pk: int) -> Feed:
    """Return a feed of a person's own that works; NotThere otherwise."""
    feed = Feed.objects.filter(pk=pk, person=person, revoked_at=None).first()
    if feed is None:
        raise NotThere
    return feed


def may_follow(person: Person, *, area: Area | None, organization: Organization | None) -> bool:
    """Return whether a person may have a feed of their own duties, of a place, an organization.

    Of a place where they read; of an organization that lies in such a place or is their own.
    """
    if area is not None:
        return person.scope.covers(area.path, READERS)
    if organization is not None:
        mine = organization.pk in person.scope.organizations()
        return mine or person.scope.covers(organization.path, READERS)
    return True


def feed_behind(token: str) -> Feed | None:
    """Return the feed with this secret, with its person as they are now; None when it is no more.

    Not known, revoked, the user may not sign in any more, or the place is not theirs any more:
    all look the same. One query, and none for a person this process knows.
    """
    feed = (
        Feed.objects.select_related("person__user", "area", "organization__area")
        .filter(digest=token_digest(token), revoked_at=None, person__user__is_active=True)
        .first()
    )
    if feed is None or feed.person.user is None:
        return None
    person = accounts.person_behind(feed.person.user)
    if person is None or person.pk != feed.person_id:
        return None
    if not may_follow(person, area=feed.area, organization=feed.organization):
        return None
    feed.person = person
    return feed


@dataclass(frozen=True)
class FeedRows:
    """What a feed shows now: its meetings as rows, and which of them are provisional."""

    rows: list[dict[str, Any]]
    provisional: Provisional
    offices: dict[int, str]
    kinds: dict[int, str]


def rows_of_feed(feed: Feed, *, today: date) -> FeedRows:
    """Return the meetings of a feed as its owner may read them now; six queries."""
    first, last = span_of_feed(today)
    meetings = meetings_between(
        feed.person,
        first,
        last,
        area=feed.area,
        organization=feed.organization,
        own=feed.area is None and feed.organization is None,
    )
    provisional = provisional_between(first, last)
    rows = list(
        rows_of(
            meetings,
            "sequence",
            "changed_at",
            "agenda",
            "organization__name",
            "convened_by_id",
            *provisional.columns,
        )
    )
    people = {row["convened_by_id"] for row in rows if row["organization__name"] is None}
    named = {kind.pk: kind.name for kind in kinds()}
    return FeedRows(rows, provisional, offices_of(people), named)


def offices_of(people: set[int]) -> dict[int, str]:
    """Return the office of each of the people today: where they hold a post, else belong."""
    if not people:
        return {}
    today = clock.today()
    rows = (
        Membership.objects.filter(Q(until=None) | Q(until__gte=today), start__lte=today)
        .filter(person__in=people)
        .order_by("-start", "-pk")
        .values_list("person_id", "organization__name", "post_id")
    )
    found: dict[int, str] = {}
    with_post: set[int] = set()
    for person, name, post in rows:
        if person not in found or (post is not None and person not in with_post):
            found[person] = name
        if post is not None:
            with_post.add(person)
    return found
