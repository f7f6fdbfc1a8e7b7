"""How long each leg of a case may take, and the clocks that run on it. Source: S0.3, S4.4."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.cases import Case
from footpath.cases.models.categories import Category
from footpath.core import tree
from footpath.directory.models import Person, Tier


class ClockKind(models.TextChoices):
    """The legs that have a clock; the values are those of ``rules.ClockKind``."""

    ACCEPT = "accept", _("Accept")
    GUIDE = "guide", _("Guide")
    RECTIFY = "rectify", _("Rectify")
    VERIFY = "verify", _("Verify")
    REPLY = "reply", _("Answer the reporter")


class TimeUnit(models.TextChoices):
    """In what a target is counted; the values are those of ``rules.TimeUnit``."""

    HOURS = "hours", _("working hours")
    WORKING_DAYS = "working_days", _("working days")
    DAYS = "days", _("calendar days")


class Target(models.Model):
    """How long a leg may take, for a category and a tier, for one of them, or for all.

    The most particular target counts: category and tier, category, tier, neither. A leg without
    any is due on the day that was promised for the whole case.
    """

    kind = models.CharField(_("leg"), max_length=10, choices=ClockKind.choices)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("category")
    )
    tier = models.ForeignKey(
        Tier, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("tier")
    )
    amount = models.PositiveSmallIntegerField(
        _("how long"), validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    unit = models.CharField(_("counted in"), max_length=12, choices=TimeUnit.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(category=None, tier=None), name="target_of_all"
            ),
            models.UniqueConstraint(
                fields=["kind", "category"],
                condition=models.Q(tier=None),
                name="target_of_category",
            ),
            models.UniqueConstraint(
                fields=["kind", "tier"],
                condition=models.Q(category=None),
                name="target_of_tier",
            ),
            models.UniqueConstraint(fields=["kind", "category", "tier"], name="target_once"),
        )
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return f"{self.kind}: {self.amount} {self.unit}"


class Clock(models.Model):
    """One leg of one round: when it began, when it is due and why, when and how it ended.

    ``computed`` keeps the arithmetic of the due date as ``rules.Computation.as_json`` writes it.
    ``version`` goes up with each new due date, so that reminders of the former one fall away.
    """

    class Ended(models.TextChoices):
        """How a clock stopped."""

        MET = "met", _("Done")
        CANCELLED = "cancelled", _("Not needed any more")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    round_number = models.PositiveSmallIntegerField()
    path = tree.PathField(default="", blank=True)  # the place whose calendar counts
    amount = models.PositiveSmallIntegerField(null=True)  # empty: until the promised day
    unit = models.CharField(max_length=12, choices=TimeUnit.choices, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_on = models.DateField()
    computed = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    stopped_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    is_in_time = models.BooleanField(null=True)  # of a leg that was done
    next_rung_at = models.DateTimeField(null=True)  # when somebody is to be reminded next

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(stopped_at=None),
                name="clock_runs_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_rung_at"],
                condition=models.Q(stopped_at=None, next_rung_at__isnull=False),
                name="clock_next_rung",
            ),
            models.Index(
                fields=["due_at"], condition=models.Q(stopped_at=None), name="clock_running_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class ClockPause(models.Model):
    """A time in which a clock stands, always with an end: it runs again by itself."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField()  # as planned, or when it was ended early
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    is_over = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["since", "pk"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="pause_ends_after"
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock_id}: {self.since} – {self.until}"
