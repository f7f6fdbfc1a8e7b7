"""Handover: what one officer leaves open in a place, and who takes it. Source: S2.1."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models.assignment import Assignment
from footpath.directory.models import Person


class Handover(models.Model):
    """The open cases, coming meetings and contacts of an ended assignment go to a successor.

    ``by`` decided it; ``due_on`` is the successor's first day: on it (at once when it has come)
    the open matters change hands in one transaction, and ``done_at`` and ``counts`` say what was
    handed over:
    {"cases": 3, "meetings": 1}.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="handover")
    successor = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="handovers_received"
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("on"))
    note = models.TextField(_("handover note"), blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["due_on"], name="handover_due", condition=models.Q(done_at=None)),
        )
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")

    def __str__(self) -> str:
        return f"{self.assignment}: {self.successor}"
