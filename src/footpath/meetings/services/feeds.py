"""Make and revoke the secret addresses at which calendar programs read meetings."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.rules import token_digest
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import selectors
from footpath.meetings.models import Feed

MOST_FEEDS = 20
BETWEEN_NOTES = 3600
"""Seconds after which a reading of a feed is noted again."""


@transaction.atomic
def make_feed(
    *,
    by: Person,
    at: datetime,
    area: Area | None = None,
    organization: Organization | None = None,
    language: str = "",
) -> tuple[Feed, str]:
    """Make a feed and return it with its secret, which nobody can read again.

    Of the person's own duties, or of a place or an organization in which they read. Only the
    digest of the secret is kept. Raises InvalidValue for a place or organization that is not
    theirs or a language nobody speaks here, RuleBroken after twenty feeds.
    """
    if area is not None and organization is not None:
        raise InvalidValue(_("Choose a place or an organization."), field="organization")
    if not selectors.may_follow(by, area=area, organization=organization):
        raise InvalidValue(
            _("You do not read the meetings there."),
            field="area" if area is not None else "organization",
        )
    if language and language not in dict(settings.LANGUAGES):
        raise InvalidValue(_("There is no such language."), field="language")
    if Feed.objects.filter(person=by, revoked_at=None).count() >= MOST_FEEDS:
        raise RuleBroken(_("You have many feeds already. Revoke one that you do not use."))
    secret = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        person=by,
        area=area,
        organization=organization,
        digest=token_digest(secret),
        language=language,
        created_at=at,
    )
    audit.record(
        "meeting.feed_made",
        by=by,
        subject=feed,
        at=at,
        after={
            "area": area.pk if area else None,
            "organization": organization.pk if organization else None,
        },
    )
    return feed, secret


@transaction.atomic
def revoke_feed(*, feed: Feed, by: Person, at: datetime) -> None:
    """Make the address of a feed of one's own lead nowhere; NotThere when it already does."""
    changed = Feed.objects.filter(pk=feed.pk, person=by, revoked_at=None).update(revoked_at=at)
    if not changed:
        raise NotThere
    audit.record("meeting.feed_revoked", by=by, subject=feed, at=at)


def note_reading(*, feed: Feed, at: datetime) -> None:
    """Keep when a program last read a feed, to the hour: most readings write nothing."""
    if feed.read_at is not None and (at - feed.read_at).total_seconds() < BETWEEN_NOTES:
        return
    Feed.objects.filter(Q(read_at=None) | Q(read_at__lt=at), pk=feed.pk).update(read_at=at)
