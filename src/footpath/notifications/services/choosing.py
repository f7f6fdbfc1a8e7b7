"""How somebody wants to be told: hours, kinds and channels. Addresses stay out of the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.audit import Actor
from footpath.accounts.models import User
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.notifications import addresses, kinds, messages, rules
from footpath.notifications.models import Channel, Delivery, Preferences

WAITING = (Delivery.State.PLANNED, Delivery.State.CLAIMED)


@transaction.atomic
def save_preferences(
    *,
    user: User,
    quiet_from: time | None,
    quiet_until: time | None,
    digest_at: time,
    digest_days: Iterable[int],
    muted: Iterable[str],
    by: Actor,
    at: datetime,
) -> Preferences:
    """Keep when and of what the user is told; days are weekdays, Monday 0, none is every day.

    InvalidValue when only one end of the quiet hours is given.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise InvalidValue(_("Quiet hours have a beginning and an end."), field="quiet_until")
    days = sorted(set(digest_days) & set(range(7)))
    known = {kind.code for kind in kinds.all_kinds()}
    saved, _made = Preferences.objects.update_or_create(
        user=user,
        defaults={
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "digest_at": digest_at,
            "digest_days": [] if len(days) == 7 else days,
            "muted": sorted(set(muted) & known),
        },
    )
    audit.record("notifications.preferences_saved", by=by, subject=user, at=at)
    return saved


@transaction.atomic
def add_channel(*, user: User, kind: str, address: str, by: Actor, at: datetime) -> Channel:
    """Add a channel and send a first message to it.

    An e-mail address is used only after the code in that message was entered (``confirm_channel``);
    webhooks and chats are used at once, because who knows their secret address owns them.
    InvalidValue for an address that cannot be used; RuleBroken when there are too many channels,
    or too many first messages in a day: nobody's mailbox is filled through us.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if kind == Channel.Kind.EMAIL and not settings.EMAIL_URL:
        raise InvalidValue(_("This installation has no e-mail server."), field="kind")
    cleaned = addresses.clean(kind, address)
    if Channel.objects.filter(user=user).count() >= rules.MOST_CHANNELS:
        raise RuleBroken(
            _("There are %(number)s channels already; remove one first.")
            % {"number": rules.MOST_CHANNELS}
        )
    greeted = Delivery.objects.filter(
        user=user, key__startswith=messages.GREETING, due_at__gt=at - timedelta(days=1)
    )
    if greeted.count() >= rules.MOST_GREETINGS_A_DAY:
        raise RuleBroken(_("Too many channels were added today. Add the next one tomorrow."))
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                user=user,
                kind=kind,
                address=cleaned,
                is_active=kind != Channel.Kind.EMAIL,
                created_at=at,
            )
    except IntegrityError:
        raise InvalidValue(_("This address is a channel already."), field="address") from None
    Delivery.objects.create(
        user=user,
        channel=channel,
        key=f"{messages.GREETING}{channel.pk}",
        kind=kind,
        address=addresses.short(kind, cleaned),
        due_at=at,
    )
    audit.record("notifications.channel_added", by=by, subject=_key(channel), at=at)
    return channel


def code_of(channel: Channel) -> str:
    """Return the six digits that prove an e-mail address; made from the key of the installation."""
    told = f"{channel.pk}:{channel.address}:{channel.created_at.astimezone(UTC).isoformat()}"
    digest = salted_hmac("footpath.channel", told, algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 1_000_000:06}"


def confirm_channel(*, user: User, channel_id: int, code: str, by: Actor, at: datetime) -> bool:
    """Use an e-mail address from now on; returns False for a wrong code.

    After five wrong codes the channel is removed. NotThere for a channel of somebody else.
    """
    with transaction.atomic():
        channel = Channel.objects.select_for_update().filter(user=user, pk=channel_id).first()
        if channel is None:
            raise NotThere
        if channel.is_active:
            return True
        if constant_time_compare(code_of(channel), "".join(code.split())):
            Channel.objects.filter(pk=channel.pk).update(is_active=True, failures=0)
            audit.record("notifications.channel_confirmed", by=by, subject=_key(channel), at=at)
            return True
        if channel.failures + 1 >= rules.MOST_WRONG_CODES:
            _remove(channel, by=by, at=at)
        else:
            Channel.objects.filter(pk=channel.pk).update(failures=F("failures") + 1)
    return False


@transaction.atomic
def remove_channel(*, user: User, channel_id: int, by: Actor, at: datetime) -> None:
    """Remove a channel; what was to go out on it does not. NotThere for another's."""
    channel = Channel.objects.select_for_update().filter(user=user, pk=channel_id).first()
    if channel is None:
        raise NotThere
    _remove(channel, by=by, at=at)


def _remove(channel: Channel, *, by: Actor, at: datetime) -> None:
    Delivery.objects.filter(channel=channel, state__in=WAITING).update(state=Delivery.State.DROPPED)
    audit.record("notifications.channel_removed", by=by, subject=_key(channel), at=at)
    channel.delete()


def _key(channel: Channel) -> str:
    return f"notifications.channel:{channel.pk}"
