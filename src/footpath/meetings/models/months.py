"""The month of a district: a proposal of when its meetings are held. Source: S2.2, S4.5."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from footpath.core import tree
from footpath.directory.models import Area, Person
from footpath.meetings.models.halls import Hall
from footpath.meetings.models.meetings import Meeting


class MonthPlan(models.Model):
    """A proposal for the planned meetings of an area in one month, or the repair of such a month.

    Proposed, approved by a named person, published: only then the meetings stand at their times.
    """

    class State(models.TextChoices):
        """How far the plan has come."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being planned")
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="month_plans")
    path = tree.PathField(db_index=True, editable=False)
    month = models.DateField(_("month"))  # its first day
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_plans"
    )
    # What happened, when this is a repair: [{"absent": person, "first": …, "last": …}].
    events = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    policy = models.JSONField(default=dict)  # as it stood when the plan was made
    stop = models.BooleanField(default=False)  # somebody asked to stop; the best so far is kept
    progress = models.JSONField(default=list)  # [seconds, cost, bound] each
    heard_at = models.DateTimeField(null=True, blank=True)  # the last sign of whoever plans
    figures = models.JSONField(default=dict)
    problem = models.BinaryField(default=bytes)  # compressed JSON: what the engine was given
    digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20, blank=True)  # proven, gap, greedy
    cost = models.BigIntegerField(null=True, blank=True)
    bound = models.BigIntegerField(null=True, blank=True)
    findings = models.JSONField(default=list)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    published_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["area", "month"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="month_plan_one_at_work",
            ),
        )
        verbose_name = _("plan of a month")
        verbose_name_plural = _("plans of months")

    def __str__(self) -> str:
        return f"{self.area}, {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        """Return the plan's page."""
        return reverse("meetings:month-plan", args=[self.pk])


class MonthLine(models.Model):
    """One meeting of a planned month: when it stands now, when it would, and why."""

    class Change(models.TextChoices):
        """What the plan does to the meeting."""

        KEPT = "kept", _("kept")
        MOVED = "moved", pgettext_lazy("a meeting", "moved")
        STOOD_IN = "stood_in", _("somebody stands in")
        NOT_HELD = "not_held", _("finds no time")

    plan = models.ForeignKey(MonthPlan, on_delete=models.CASCADE, related_name="lines")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="month_lines")
    starts_before = models.DateTimeField()
    ends_before = models.DateTimeField()
    sequence_before = models.PositiveIntegerField()  # it was not touched since
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    hall = models.ForeignKey(Hall, null=True, on_delete=models.PROTECT, related_name="+")
    last_month_at = models.DateTimeField(null=True)
    change = models.CharField(max_length=20, choices=Change.choices)
    why = models.JSONField(default=list)
    stand_ins = models.JSONField(default=list)  # [{"for": person, "by": person or null}]

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "meeting"], name="month_line_of_meeting"),
        )
        verbose_name = _("line of a month")
        verbose_name_plural = _("lines of months")

    def __str__(self) -> str:
        return f"{self.meeting}: {self.change}"


class MonthPin(models.Model):
    """Somebody decided before planning: this meeting at this time, or at any but this."""

    plan = models.ForeignKey(MonthPlan, on_delete=models.CASCADE, related_name="pins")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    away = models.BooleanField(default=False)
    noted = models.BooleanField(default=False)  # set on the page; holds from the next plan on
    off = models.BooleanField(default=False)  # taken off there
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "meeting", "starts_at"], name="month_pin_once"),
        )
        verbose_name = _("pin of a month")
        verbose_name_plural = _("pins of months")

    def __str__(self) -> str:
        return f"{self.meeting}: {self.starts_at}"
