"""The figures of cases by place and month, kept by the deeds themselves. Source: S4.4.

A deed leaves a row of changes and waits for nobody; the worker adds rows of changes up. What a
page shows is the sum of both, so it is right at every moment.
"""

from __future__ import annotations

from django.db import models

from footpath.cases.models.cases import Case
from footpath.cases.models.categories import Category
from footpath.core import tree
from footpath.directory.models import Area


class Counts(tree.AncestorColumns):
    """What is counted of the cases raised in a month in one place, for one organization."""

    month = models.DateField()  # its first day; the month in which the cases were raised
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    organization_key = models.BigIntegerField(default=0)  # 0: belongs to no organization yet
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField()
    raised = models.IntegerField(default=0)
    response_due = models.IntegerField(default=0)
    response_met = models.IntegerField(default=0)
    resolution_due = models.IntegerField(default=0)
    resolution_met = models.IntegerField(default=0)
    verified = models.IntegerField(default=0)
    elsewhere = models.IntegerField(default=0)
    superficial = models.IntegerField(default=0)
    said_yes = models.IntegerField(default=0)
    said_partly = models.IntegerField(default=0)
    said_no = models.IntegerField(default=0)

    class Meta:
        abstract = True


class Tally(Counts):
    """The sum of everything added up so far."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["month", "area", "organization_key", "category", "level"],
                name="tally_once",
            ),
        )
        indexes = tuple(
            models.Index(fields=[f"a{level}", "month"], name=f"tally_a{level}")
            for level in range(tree.LEVELS)
        )

    def __str__(self) -> str:
        return f"{self.month}: {self.area_id}"


class TallyChange(Counts):
    """What one deed changes, until it is added up."""

    def __str__(self) -> str:
        return f"{self.month}: {self.area_id}"


class Counted(models.Model):
    """What of one case is counted already, under which key, and when time alone changes it.

    A deed counts the case anew and notes the difference to this. So nothing is counted twice,
    whatever was transferred, escalated, reopened or fell due in between.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="counted"
    )
    month = models.DateField()
    area_key = models.BigIntegerField()
    organization_key = models.BigIntegerField(default=0)
    category_key = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    bits = models.PositiveIntegerField(default=0)  # as ``rules.rates.Counts.packed`` gives them
    next_at = models.DateTimeField(null=True)  # when something falls due without any deed

    class Meta:
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="counted_next",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.bits}"
