"""Where a case belongs, and when it goes up by itself. Source: S2.3."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.cases import Case
from footpath.cases.models.categories import Category
from footpath.cases.models.open311 import Endpoint
from footpath.core import tree
from footpath.directory.models import Area, Organization, Person


class Rule(models.Model):
    """What both tables of rules have: a place and everything below it, and a category or all."""

    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("place"),
    )  # fmt: skip
    path = tree.PathField(editable=False, default="", blank=True)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("category"),
    )  # fmt: skip
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Route(Rule):
    """Cases of a category in a place belong to an organization; the deepest place counts first.

    With an endpoint they are sent to that outside system, too.
    """

    class Owner(models.TextChoices):
        """Who owns a case at once."""

        NOBODY = "nobody", _("the organization names somebody")
        LEAD = "lead", _("who is in charge of the place")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("belongs to")
    )
    owner = models.CharField(_("owner"), max_length=10, choices=Owner.choices, default=Owner.NOBODY)
    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="routes",
        verbose_name=_("sent to"),
    )  # fmt: skip
    service_code = models.CharField(_("service code there"), max_length=80, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["path", "category"],
                condition=models.Q(withdrawn_at=None),
                name="route_of_category",
            ),
            models.UniqueConstraint(
                fields=["path"],
                condition=models.Q(withdrawn_at=None, category=None),
                name="route_of_all",
            ),
        )
        verbose_name = _("route")
        verbose_name_plural = _("routes")

    def __str__(self) -> str:
        return f"{self.path} {self.category_id}: {self.organization_id}"


class EscalationRule(Rule):
    """When a case goes up by itself: so many days overdue, or after so many rounds."""

    class Trigger(models.TextChoices):
        """What makes a case go up."""

        OVERDUE = "overdue", _("days overdue")
        ROUNDS = "rounds", _("rounds without success")

    trigger = models.CharField(_("when"), max_length=10, choices=Trigger.choices)
    number = models.PositiveSmallIntegerField(
        _("how many"), validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    # Empty: the next in the chain, from the owner to the tier above.
    agency = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("to the agency"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("rule of escalation")
        verbose_name_plural = _("rules of escalation")

    def __str__(self) -> str:
        return f"{self.path} {self.trigger} {self.number}"


class Escalation(models.Model):
    """A rule that has carried a case up: once for each due date, or for each round."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    rule = models.ForeignKey(EscalationRule, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=60)  # the clock and its version, or the round
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.UniqueConstraint(fields=["case", "rule", "mark"], name="escalated_once"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.mark}"
