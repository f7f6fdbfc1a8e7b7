"""Looking up notices, channels and deliveries: everybody sees their own and nothing else."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings

from footpath.accounts.models import User
from footpath.core.paging import Order, Page, page_of
from footpath.notifications.models import Channel, Delivery, Notice, Preferences

NEWEST_FIRST = Order("at", descending=True, read=datetime.fromisoformat)
LATEST_FIRST = Order("due_at", descending=True, read=datetime.fromisoformat)
MOST_COUNTED = 1000


def unread_count(user: User) -> int:
    """Return how many notices the user has not read; counting stops at 1000. One query."""
    return Notice.objects.filter(user=user, read_at=None)[:MOST_COUNTED].count()


def unread(user: User, *, after: str | None = None) -> Page[Notice]:
    """Return a page of the notices the user has not read, the newest first."""
    return page_of(
        Notice.objects.filter(user=user, read_at=None), order=NEWEST_FIRST, after=after, size=30
    )


def read(user: User, *, after: str | None = None) -> Page[Notice]:
    """Return a page of the notices the user has read, the newest first."""
    return page_of(
        Notice.objects.filter(user=user, read_at__isnull=False),
        order=NEWEST_FIRST,
        after=after,
        size=30,
    )


def channels_of(user: User) -> list[Channel]:
    """Return the user's channels in the order they were added."""
    return list(Channel.objects.filter(user=user).order_by("pk"))


def preferences_of(user: User) -> Preferences:
    """Return how the user wants to be told; what holds for everybody until they have said so."""
    kept = Preferences.objects.filter(user=user).first()
    return kept or usual_preferences(user)


def usual_preferences(user: User) -> Preferences:
    """Return what holds for somebody who has said nothing: not saved."""
    return Preferences(user=user, digest_at=usual_digest())


def usual_digest() -> time:
    """Return the hour of the digest for who has said nothing (``FOOTPATH_DIGEST_AT``)."""
    return time.fromisoformat(settings.DIGEST_AT)


def deliveries_of(user: User, *, after: str | None = None) -> Page[Delivery]:
    """Return a page of what was and will be sent to the user, the latest first."""
    return page_of(Delivery.objects.filter(user=user), order=LATEST_FIRST, after=after, size=30)
