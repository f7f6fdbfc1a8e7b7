"""The ladder of reminders, and each rung that was climbed. Source: S4.3."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.clocks import Clock, ClockKind
from footpath.directory.models import Person


class LadderChannel(models.TextChoices):
    """How somebody is reminded, in the order of the founding papers."""

    DIGEST = "digest", _("Digest of the day")
    CHAT = "chat", _("Message at once")
    TELEPHONE = "telephone", _("Telephone call")
    NOTICE = "notice", _("Written notice")
    ON_SITE = "on_site", _("Instruction on the spot")


class LadderStep(models.Model):
    """One step of the ladder: so many working days before or after the due date.

    For one leg or, without a kind, for all that have no steps of their own.
    """

    kind = models.CharField(_("leg"), max_length=10, choices=ClockKind.choices, blank=True)
    offset = models.SmallIntegerField(_("working days after the due date, before it with a minus"))
    channel = models.CharField(_("how"), max_length=10, choices=LadderChannel.choices)
    is_weekly = models.BooleanField(_("again every week"), default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "offset"]
        constraints = (models.UniqueConstraint(fields=["kind", "offset"], name="ladder_step_once"),)
        verbose_name = _("step of the ladder")
        verbose_name_plural = _("steps of the ladder")

    def __str__(self) -> str:
        return f"{self.kind} {self.offset:+d}: {self.channel}"


class Reminder(models.Model):
    """One rung: who is reminded of which clock, how, and how far it has come."""

    class State(models.TextChoices):
        """How far the reminder has come."""

        PLANNED = "planned", _("To do")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CANCELLED = "cancelled", _("Not needed any more")

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="reminders")
    version = models.PositiveSmallIntegerField()  # the due date that it reminds of
    step = models.CharField(max_length=20)  # "-3", "0", "+1", "week-2", "asked-17"
    channel = models.CharField(max_length=10, choices=LadderChannel.choices)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="reminders_of_cases"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # When and by whom somebody was called, handed the notice or instructed, or was not reached.
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(max_length=40, blank=True)  # of a written notice: "17/2026"
    signed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    document = models.FileField(upload_to="notices/%Y/", blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "pk"]
        constraints = (
            models.UniqueConstraint(fields=["clock", "version", "step"], name="reminder_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="notice_number_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(state="planned"),
                name="reminder_to_do",
            ),
        )
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}: {self.state}"

    @property
    def notice_key(self) -> str:
        """Return the key of the notice by which somebody is reminded."""
        return f"case.reminder:{self.clock_id}:{self.version}:{self.step}"

    def get_absolute_url(self) -> str:
        """Return the reminder's page."""
        return reverse("cases:reminder", args=[self.pk])


class NoticeYear(models.Model):
    """The last number that a written notice of a year has; taken in the notice's transaction."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last}/{self.year}"
