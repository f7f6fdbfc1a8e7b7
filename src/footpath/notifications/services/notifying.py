"""Tell somebody something, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from footpath.accounts.models import User
from footpath.notifications import kinds
from footpath.notifications.models import Notice

Value = str | int | dict[str, str]


@transaction.atomic
def notify(
    users: Iterable[User | int],
    kind: str,
    *,
    key: str,
    at: datetime,
    values: Mapping[str, Value] | None = None,
    url: str = "",
    subject: str = "",
) -> int:
    """Put a notice into the outbox of each user, in the transaction of the deed it tells of.

    ``key`` names what happened: the same key is told to a user once, however often this is
    called. ``values`` fill the sentence of the kind: a date, a moment or a month goes in as ISO
    8601 ("2026-04-11", "2026-04-11T08:30:00+07:00", "2026-04") and comes out in the reader's form;
    of a dictionary by language code the reader's entry is taken. Returns how many are new.
    KeyError for a kind that nobody registered.
    """
    known = kinds.get(kind)
    wanted = {user.pk if isinstance(user, User) else user for user in users}
    there = set(Notice.objects.filter(user__in=wanted, key=key).values_list("user_id", flat=True))
    made = Notice.objects.bulk_create(
        [
            Notice(
                user_id=pk,
                kind=known.code,
                key=key,
                values=dict(values or {}),
                url=url,
                subject=subject,
                urgent=known.urgent,
                at=at,
            )
            for pk in sorted(wanted - there)
        ],
        ignore_conflicts=True,
    )
    return len(made)
