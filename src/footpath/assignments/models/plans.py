"""Plan: a proposal of who would be in charge, compared with today. Source: S2.1, S2.7."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models.assignment import Assignment, BasisDocument
from footpath.core import tree
from footpath.directory.models import Area, Person, Tier


class Plan(models.Model):
    """A proposal for the places of one tier in an area; a named person approves or rejects it."""

    class State(models.TextChoices):
        """How far the plan has come."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being planned")
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plans")
    path = tree.PathField(db_index=True, editable=False)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="plans")
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_plans"
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    starts_on = models.DateField(_("in force from"))
    until = models.DateField(_("in force until, included"), null=True, blank=True)
    policy = models.JSONField(default=dict)  # as it stood when the plan was made
    backend = models.CharField(max_length=20, blank=True)
    seed = models.PositiveIntegerField(default=0)
    stop = models.BooleanField(default=False)  # somebody asked to stop; the best so far is kept
    progress = models.JSONField(default=list)  # [seconds, cost, bound] each
    heard_at = models.DateTimeField(null=True, blank=True)  # the last sign of whoever plans
    figures = models.JSONField(default=dict)  # what the tiles show: {"places": 30, "covered": 29}
    problem = models.BinaryField(default=bytes)  # compressed JSON: what the engine was given
    problem_digest = models.CharField(max_length=64, blank=True)
    reasons = models.BinaryField(default=bytes)  # compressed: the rules each pair breaks
    digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20, blank=True)  # proven, gap, greedy
    reproducible = models.BooleanField(default=True)
    cost = models.BigIntegerField(null=True, blank=True)
    bound = models.BigIntegerField(null=True, blank=True)
    loads = models.JSONField(default=list)
    error = models.TextField(blank=True)
    basis = models.ForeignKey(
        BasisDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plans_started")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="plans_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area", "tier"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="plan_one_at_work",
            ),
        )
        indexes = (models.Index(fields=["area", "-started_at"], name="plan_area_started"),)
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.area}, {self.tier}, {self.starts_on}"

    def get_absolute_url(self) -> str:
        """Return the plan's page."""
        return reverse("assignments:plan", args=[self.pk])


class PlanLine(models.Model):
    """One place of a plan: who leads it today, who would, and why."""

    class Change(models.TextChoices):
        """What the plan does to the place."""

        KEPT = "kept", _("kept")
        MOVED = "moved", _("moved")
        NEW = "new", _("new")
        ENDED = "ended", _("ended")
        NOBODY = "nobody", _("nobody")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plan_lines")
    lead_today = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=20, choices=Change.choices)
    why = models.JSONField(default=list)  # [{"code": "nearer", "km": 4.0}]
    deputy_today = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    deputy_change = models.CharField(max_length=20, choices=Change.choices, blank=True)
    deputy_why = models.JSONField(default=list)
    km = models.FloatField(null=True)
    km_today = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "area"], name="plan_line_of_area"),)
        verbose_name = _("line of a plan")
        verbose_name_plural = _("lines of plans")

    def __str__(self) -> str:
        return f"{self.area}: {self.lead}"


class PlanFinding(models.Model):
    """Why places stay empty in a plan: as the engine found it, people and places by their keys."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    open_until = models.DateField(null=True, blank=True)  # somebody decided to leave it open
    open_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["plan", "position"], name="plan_finding_position"),
        )
        verbose_name = _("finding of a plan")
        verbose_name_plural = _("findings of plans")

    def __str__(self) -> str:
        return f"{self.plan}: {self.kind}"


class PlanPin(models.Model):
    """Somebody decided before planning: this officer at this place, or anybody but this one.

    ``noted`` was set on the plan's page and holds from the next plan on; ``off`` was taken off
    there, and the next plan is made without it.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="pins")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(
        max_length=20, choices=Assignment.Role.choices, default=Assignment.Role.LEAD
    )
    away = models.BooleanField(default=False)
    noted = models.BooleanField(default=False)
    off = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "area", "person", "role"], name="plan_pin_once"
            ),
        )
        verbose_name = _("pin of a plan")
        verbose_name_plural = _("pins of plans")

    def __str__(self) -> str:
        return f"{self.area}: {self.person}"


class PlanWaiver(models.Model):
    """An exception somebody allowed for one plan: rules for a pair, or places above the limit."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="waivers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    rules = models.PositiveIntegerField(default=0)
    places_more = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("waiver of a plan")
        verbose_name_plural = _("waivers of plans")

    def __str__(self) -> str:
        return f"{self.person}: {self.reason}"
