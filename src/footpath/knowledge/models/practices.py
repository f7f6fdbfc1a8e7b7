"""Good practices, and what became of them in the units they were spread to. Source: S2.5, S4.7."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Area, Organization, Person, Post
from footpath.knowledge.models.items import Item

ONE_UNIT = Q(area=None, organization__isnull=False) | Q(area__isnull=False, organization=None)


class Practice(Item):
    """A way of working that did well somewhere: proposed, assessed, selected or declined."""

    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="practices"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="practices"
    )
    description = models.TextField(_("what is done"))
    result = models.TextField(_("what came of it"))
    assessment = models.CharField(_("assessment"), max_length=500, blank=True)
    assessed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assessed_as = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Practice]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        constraints = (models.CheckConstraint(condition=ONE_UNIT, name="practice_of_one_unit"),)
        verbose_name = _("good practice")
        verbose_name_plural = _("good practices")

    @property
    def origin(self) -> Area | Organization:
        """Return the unit it comes from."""
        return unit_of(self)


class Spread(models.Model):
    """A unit that a practice was spread to, and what it made of it."""

    class Outcome(models.TextChoices):
        """What the unit made of it; the values are those of ``rules.Outcome``."""

        ADOPTED = "adopted", _("Adopted")
        ADAPTED = "adapted", _("Adapted")
        NOT_FOR_US = "not_for_us", _("Not for us")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="spread")
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    outcome_on = models.DateField(_("since"), null=True, blank=True)
    sentence = models.CharField(_("in a sentence"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=ONE_UNIT, name="spread_to_one_unit"),
            models.UniqueConstraint(fields=["practice", "area"], name="spread_once_to_area"),
            models.UniqueConstraint(
                fields=["practice", "organization"], name="spread_once_to_organization"
            ),
            models.CheckConstraint(
                name="spread_outcome_with_day",
                condition=Q(outcome="", outcome_on=None)
                | (~Q(outcome="") & Q(outcome_on__isnull=False) & ~Q(sentence="")),
            ),
        )
        verbose_name = _("spread practice")
        verbose_name_plural = _("spread practices")

    def __str__(self) -> str:
        return f"{self.practice_id}: {self.unit}"

    @property
    def unit(self) -> Area | Organization:
        """Return the unit that received it."""
        return unit_of(self)


def unit_of(thing: Practice | Spread) -> Area | Organization:
    """Return the place or the organization of a thing that has exactly one of them."""
    unit = thing.area or thing.organization
    if unit is None:
        raise ValueError("a practice belongs to a place or an organization")
    return unit
