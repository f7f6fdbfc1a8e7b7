"""Absence of an officer, and who stands in at each place meanwhile. Source: S2.1, S2.2."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from footpath.assignments.models.assignment import Assignment
from footpath.directory.models import Person


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Filters on absences."""

    def in_force(self, day: date) -> AbsenceQuerySet:
        """Return the absences that hold on the day; both ends are included."""
        return self.filter(start__lte=day, until__gte=day, withdrawn_at=None)


class Absence(models.Model):
    """An officer is away from a day until a day, both included; somebody acts at each place.

    Why is a word of a short list, never a diagnosis or a story.
    """

    class Kind(models.TextChoices):
        """Why the officer is away."""

        LEAVE = "leave", pgettext_lazy("days away", "Leave")
        ILLNESS = "illness", _("Illness")
        TRAINING = "training", _("Training")
        MISSION = "mission", _("Mission elsewhere")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.LEAVE)
    start = models.DateField(_("from"))
    until = models.DateField(_("until, included"))
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AbsenceQuerySet] = AbsenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("start")),
                name="absence_ends_after_it_begins",
            ),
        )
        indexes = (models.Index(fields=["person", "start"], name="absence_person"),)
        verbose_name = _("absence")
        verbose_name_plural = _("absences")

    def __str__(self) -> str:
        return f"{self.person}, {self.start}"


class StandIn(models.Model):
    """Who acts for an absent lead in one place: the deputy, or somebody named."""

    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, related_name="stand_ins")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stand_ins")
    start = models.DateField(_("from"))
    until = models.DateField(_("until, included"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("start")),
                name="stand_in_ends_after_it_begins",
            ),
        )
        indexes = (
            models.Index(fields=["assignment", "start"], name="stand_in_assignment"),
            models.Index(fields=["person", "start"], name="stand_in_person"),
        )
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")

    def __str__(self) -> str:
        return f"{self.person}, {self.assignment}"
