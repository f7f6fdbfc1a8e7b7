"""Notice, where it was sent, and how somebody wants to be told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.accounts.models import User


class Notice(models.Model):
    """One thing that one user is told: a row of the outbox, and of the list in the interface.

    ``values`` are put into the sentence of the kind in the reader's language when it is shown.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)  # what happened: the same twice is told once
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=80, blank=True)  # the thing: "meetings.meeting:17"
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)  # when its channels were decided

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="notice_once"),)
        indexes = (
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["user", "-at", "-id"], name="notice_of_user"),
            models.Index(
                fields=["urgent", "user"],
                condition=models.Q(planned_at=None),
                name="notice_waiting",
            ),
        )
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"


class Channel(models.Model):
    """A way to reach a user besides the interface, and when it may be used."""

    class Kind(models.TextChoices):
        """What sort of channel it is."""

        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        CHAT = "chat", _("Chat")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=500)
    is_active = models.BooleanField(_("used"), default=True)
    created_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)  # in a row

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["user", "kind", "address"], name="channel_once"),
        )
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"


class Preferences(models.Model):
    """When a user is told: quiet hours, the hour of the digest, and what they do not want."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_at = models.TimeField(_("digest at"))
    digest_days = models.JSONField(default=list)  # weekdays 0 … 6; empty is every day
    muted = models.JSONField(default=list)  # kinds that go to no channel, only to the interface

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)


class Delivery(models.Model):
    """One message on one channel: a single urgent notice, or a digest of several."""

    class State(models.TextChoices):
        """How far the message has come."""

        PLANNED = "planned", _("Planned")
        CLAIMED = "claimed", _("Being sent")
        HANDED_OVER = "handed_over", _("Perhaps sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Not needed any more")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(
        Channel, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20)  # the kind of the channel
    address = models.CharField(max_length=500)
    notices = models.ManyToManyField(Notice, related_name="deliveries")
    is_digest = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "pk"]
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["planned", "claimed"]),
                name="delivery_waiting",
            ),
        )
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.user}, {self.kind}: {self.state}"
