"""Deciding where notices go: urgent ones at once, the others with the digest of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from footpath.accounts.models import User
from footpath.notifications import rules, selectors
from footpath.notifications.addresses import short
from footpath.notifications.models import Channel, Delivery, Notice, Preferences

USERS_AT_ONCE = 100


@dataclass
class _Plan:
    """What is to be written for some users."""

    decided: list[int] = field(default_factory=list)  # keys of the notices that wait no longer
    deliveries: list[tuple[Delivery, list[Notice]]] = field(default_factory=list)


def plan_due(*, at: datetime) -> int:
    """Plan the deliveries of all notices whose time has come; returns how many are new.

    Looks without a lock and writes only when there is something to write, so that a worker with
    nothing to do never keeps anybody waiting. Any number of workers may do this at once.
    """
    made = 0
    users = _users_with_something(at)
    for first in range(0, len(users), USERS_AT_ONCE):
        some = users[first : first + USERS_AT_ONCE]
        if _decide(some, at).decided:
            made += _write(some, at)
    return made


def _users_with_something(at: datetime) -> list[int]:
    """Return the users with urgent notices that wait, or whose digest may be due: two queries."""
    waiting = Notice.objects.filter(planned_at=None)
    users = set(waiting.filter(urgent=True).values_list("user_id", flat=True).distinct())
    oldest = dict(
        waiting.filter(urgent=False)
        .order_by()
        .values_list("user_id")
        .annotate(oldest=Min("at"))
        .values_list("user_id", "oldest")
    )
    if oldest:
        chosen = _preferences(list(oldest))
        users |= {
            user
            for user, since in oldest.items()
            if _is_due(chosen.get(user), since, at) is not None
        }
    return sorted(users)


def _preferences(users: Collection[int]) -> dict[int, Preferences]:
    return {row.user_id: row for row in Preferences.objects.filter(user__in=users)}


def _is_due(chosen: Preferences | None, since: datetime, at: datetime) -> datetime | None:
    """Return the moment of the digest in which something that waits since then is told, or None."""
    digest_at = chosen.digest_at if chosen is not None else selectors.usual_digest()
    days = chosen.digest_days if chosen is not None else []
    moment = rules.latest_digest(timezone.localtime(at), digest_at, days)
    return moment if moment is not None and since <= moment else None


@transaction.atomic
def _write(users: list[int], at: datetime) -> int:
    """Decide again, with the users kept from other workers, and write it."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=users).order_by("pk"))
    plan = _decide(users, at)
    Delivery.objects.bulk_create([delivery for delivery, _notices in plan.deliveries])
    told = Delivery.notices.through
    told._default_manager.bulk_create(
        [
            told(delivery_id=delivery.pk, notice_id=notice.pk)
            for delivery, notices in plan.deliveries
            for notice in notices
        ]
    )
    Notice.objects.filter(pk__in=plan.decided).update(planned_at=at)
    return len(plan.deliveries)


def _decide(users: list[int], at: datetime) -> _Plan:
    """Return what is to be written for these users now; reads only, four queries."""
    notices: dict[int, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(user__in=users, planned_at=None).order_by("at", "pk"):
        notices[notice.user_id].append(notice)
    chosen = _preferences(users)
    channels: dict[int, list[Channel]] = defaultdict(list)
    usable = Channel.objects.filter(user__in=users, is_active=True).order_by("pk")
    for channel in usable if settings.EMAIL_URL else usable.exclude(kind=Channel.Kind.EMAIL):
        channels[channel.user_id].append(channel)
    moments = {
        user: moment
        for user, waiting in notices.items()
        for rest in [[notice for notice in waiting if not notice.urgent]]
        if rest and (moment := _is_due(chosen.get(user), rest[0].at, at)) is not None
    }
    digests = {
        (user, channel.pk): f"digest:{channel.pk}:{moment.date()}"
        for user, moment in moments.items()
        for channel in channels[user]
    }
    there = set(
        Delivery.objects.filter(key__in=list(digests.values())).values_list("key", flat=True)
    )
    plan = _Plan()
    for user, waiting in notices.items():
        mine = {channel.pk: digests.get((user, channel.pk), "") for channel in channels[user]}
        # After a change of the hour: what came since today's digest waits for the next one.
        with_digest = user in moments and not there & set(mine.values())
        decided = [notice for notice in waiting if notice.urgent or with_digest]
        plan.decided += [notice.pk for notice in decided]
        muted = set(chosen[user].muted) if user in chosen else set()
        unread = [n for n in decided if n.read_at is None and n.kind not in muted]
        due_at = _after_quiet(chosen.get(user), at)
        for channel in channels[user]:
            for notice in unread:
                if notice.urgent:
                    key = f"notice:{notice.pk}:{channel.pk}"
                    plan.deliveries.append((_delivery(channel, key, due_at), [notice]))
            rest = [notice for notice in unread if not notice.urgent]
            if rest:
                made = _delivery(channel, mine[channel.pk], due_at, is_digest=True)
                plan.deliveries.append((made, rest))
    return plan


def _after_quiet(chosen: Preferences | None, at: datetime) -> datetime:
    if chosen is None:
        return at
    return rules.after_quiet(timezone.localtime(at), chosen.quiet_from, chosen.quiet_until)


def _delivery(channel: Channel, key: str, due_at: datetime, *, is_digest: bool = False) -> Delivery:
    return Delivery(
        user_id=channel.user_id,
        channel=channel,
        key=key,
        kind=channel.kind,
        address=short(channel.kind, channel.address),
        is_digest=is_digest,
        due_at=due_at,
    )
