"""Reading one's notices. It leaves no line in the trail: nothing anybody answers for changes."""

from __future__ import annotations

from datetime import datetime

from footpath.accounts.models import User
from footpath.core.errors import NotThere
from footpath.notifications.models import Notice


def mark_read(*, user: User, notice_id: int, at: datetime) -> Notice:
    """Mark a notice of the user as read and return it; NotThere for another's."""
    notice = Notice.objects.filter(user=user, pk=notice_id).first()
    if notice is None:
        raise NotThere
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)
        notice.read_at = at
    return notice


def mark_all_read(*, user: User, up_to: int, at: datetime) -> int:
    """Mark the user's notices up to a number as read: what came since is not passed over."""
    return Notice.objects.filter(user=user, pk__lte=up_to, read_at=None).update(read_at=at)
