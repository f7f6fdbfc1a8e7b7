"""Sending what is due, each message once: docs/decisions/0011-each-message-once.md says how."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from footpath.core import workers
from footpath.notifications import messages, rules
from footpath.notifications.messages import Message
from footpath.notifications.models import Channel, Delivery
from footpath.notifications.services.choosing import code_of
from footpath.notifications.transports import ClaimLost, Refused, chat, smtp, webhook

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After so long a claim is taken over although its worker may live; it then cannot hand over."""

MOST_AT_ONCE = 200
NO_ANSWER = gettext_noop("The connection ended before the other side had answered.")
NOT_COMPOSED = gettext_noop("The message could not be written.")
CANNOT_REACH = {
    Channel.Kind.EMAIL: smtp.CANNOT_REACH,
    Channel.Kind.WEBHOOK: webhook.CANNOT_REACH,
    Channel.Kind.CHAT: chat.REFUSED,
}
State = Delivery.State


def deliver_due(
    *,
    worker: str,
    now: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due and return how many messages were tried.

    ``worker`` is the name from ``core.workers.me``; ``now`` gives the moment of each step, because
    sending takes time; ``stopping`` is asked between two messages. With nothing due it only reads.
    """
    due = _due(now(), worker)
    if not due:
        return 0
    tried = 0
    with contextlib.ExitStack() as stack:
        mailer = None
        if settings.EMAIL_URL:
            server = smtp.Server.from_url(settings.EMAIL_URL)
            mailer = stack.enter_context(smtp.Mailer(server))
        for pk in due:
            if stopping():
                break
            delivery = _claim(pk, worker, now())
            if delivery is not None:
                _Attempt(delivery, mailer, now).make()
                tried += 1
    return tried


def _due(at: datetime, worker: str) -> list[int]:
    """Return the deliveries that are due, and those whose worker has gone; the oldest first."""
    waiting = Delivery.objects.filter(state__in=[State.PLANNED, State.CLAIMED], due_at__lte=at)
    rows = waiting.order_by("due_at", "pk").values_list("pk", "state", "claimed_by", "claimed_at")
    return [
        pk
        for pk, state, claimed_by, claimed_at in rows[:MOST_AT_ONCE]
        if state == State.PLANNED
        or (claimed_at is not None and claimed_at < at - LEASE)
        or workers.is_gone(claimed_by)
    ]


def _claim(pk: int, worker: str, at: datetime) -> Delivery | None:
    """Take a delivery for this worker alone; None when another was quicker."""
    row = (
        Delivery.objects.select_related("user", "channel")
        .filter(pk=pk, state__in=[State.PLANNED, State.CLAIMED])
        .first()
    )
    if row is None or row.due_at > at:
        return None
    claimed = Delivery.objects.filter(
        pk=pk, state=row.state, claimed_by=row.claimed_by, attempts=row.attempts
    ).update(
        state=State.CLAIMED,
        claimed_by=worker,
        claimed_at=at,
        attempts=F("attempts") + 1,
        message_id=messages.message_id(row),
    )
    if not claimed:
        return None
    row.state, row.claimed_by, row.attempts = State.CLAIMED, worker, row.attempts + 1
    return row


class _Attempt:
    """One try of one claimed delivery, and what became of it."""

    def __init__(
        self, delivery: Delivery, mailer: smtp.Mailer | None, now: Callable[[], datetime]
    ) -> None:
        self._delivery = delivery
        self._mailer = mailer
        self._now = now
        self._handed_over = False

    def make(self) -> None:
        """Send the delivery and write down how it ended."""
        channel = self._delivery.channel
        if channel is None or not self._delivery.user.is_active:
            self._end(State.DROPPED)
            return
        try:
            code = "" if channel.is_active else code_of(channel)
            message = messages.compose(self._delivery, code=code)
            if message is None:
                self._end(State.DROPPED)
                return
            self._send(channel, message)
        except ClaimLost:
            pass  # it is somebody else's by now
        except DatabaseError:
            raise
        except Refused as refused:
            self._failed(str(refused))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next message must go out
            self._broken(channel, problem)
        else:
            self._end(State.SENT, sent_at=self._now(), error="")
            Channel.objects.filter(pk=channel.pk, failures__gt=0, is_active=True).update(failures=0)

    def _send(self, channel: Channel, message: Message) -> None:
        delivery = self._delivery
        if channel.kind == Channel.Kind.EMAIL:
            if self._mailer is None:
                raise Refused(smtp.CANNOT_REACH)
            written = messages.email_of(message, delivery, channel.address)
            self._mailer.send(written, hand_over=self._hand_over)
        elif channel.kind == Channel.Kind.WEBHOOK:
            webhook.send(
                channel.address,
                messages.as_json(message, delivery),
                key=webhook.signing_key(channel.pk, channel.address),
                idempotency=delivery.key,
                moment=int(self._now().timestamp()),
                hand_over=self._hand_over,
            )
        else:
            chat.send(
                channel.address,
                title=message.subject,
                text=message.text,
                hand_over=self._hand_over,
            )

    def _still(self) -> models.QuerySet[Delivery]:
        """Return the delivery as long as it is in this worker's hands, at this try."""
        return Delivery.objects.filter(
            pk=self._delivery.pk,
            state__in=[State.CLAIMED, State.HANDED_OVER],
            claimed_by=self._delivery.claimed_by,
            attempts=self._delivery.attempts,
        )

    def _hand_over(self) -> None:
        """Write down that the message goes out now, for good; ClaimLost when it is another's."""
        if not self._still().filter(state=State.CLAIMED).update(state=State.HANDED_OVER):
            raise ClaimLost
        self._handed_over = True

    def _end(self, state: State, **values: object) -> None:
        self._still().update(state=state, **values)

    def _broken(self, channel: Channel, problem: Exception) -> None:
        """Write down an error: after the hand-over nobody knows whether the message arrived."""
        # The type alone: the text of an error may hold an address.
        log.warning("Delivery %s: %s", self._delivery.pk, type(problem).__name__)
        if self._handed_over:
            self._still().update(error=NO_ANSWER)
        elif isinstance(problem, OSError):
            self._failed(CANNOT_REACH[Channel.Kind(channel.kind)])
        else:
            self._failed(NOT_COMPOSED)

    @transaction.atomic
    def _failed(self, why: str) -> None:
        """Try again later, or give up after the last try."""
        delivery = self._delivery
        wait = rules.wait_after(delivery.attempts)
        values: dict[str, object] = {"state": State.FAILED}
        if wait is not None:
            values = {"state": State.PLANNED, "due_at": self._now() + wait}
        # A server may repeat the address it did not like; it is in its own column already.
        address = delivery.channel.address if delivery.channel else ""
        told = why.replace(address, "…") if address else why
        if self._still().update(error=told[:300], **values):
            Channel.objects.filter(deliveries=delivery.pk, is_active=True).update(
                failures=F("failures") + 1
            )
