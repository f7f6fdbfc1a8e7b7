"""Letter of assignment: the paper that an officer holds. Source: S2.7."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models.assignment import Assignment
from footpath.assignments.models.plans import Plan
from footpath.directory.models import Organization, Person


class Letter(models.Model):
    """A numbered letter for one assignment; the PDF is drawn from it and is always the same.

    ``facts`` are the values that stand in the letter, as they were when it was issued.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="letter")
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    series = models.CharField(max_length=60, blank=True)  # one row of numbers each
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("number"))
    issued_on = models.DateField(_("date"))
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["series", "year", "number"], name="letter_number_of_the_year"
            ),
        )
        verbose_name = _("letter of assignment")
        verbose_name_plural = _("letters of assignment")

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"
