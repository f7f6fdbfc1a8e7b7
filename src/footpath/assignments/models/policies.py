"""Policy: how a place wants its assignments planned, in words. Source: S2.1."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Area, Organization, Person, Tier


class Policy(models.Model):
    """How the places of a tier in an area are planned. Cover always comes first."""

    class Weight(models.IntegerChoices):
        """How much a wish counts."""

        NOTHING = 0, _("not at all")
        LITTLE = 1, _("a little")
        MUCH = 2, _("much")
        MOST = 3, _("most of all")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="policies")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="policies")
    keep = models.PositiveSmallIntegerField(
        _("officers stay where they are"), choices=Weight.choices, default=Weight.MUCH
    )
    fair = models.PositiveSmallIntegerField(
        _("the load is shared fairly"), choices=Weight.choices, default=Weight.MUCH
    )
    near = models.PositiveSmallIntegerField(
        _("officers live near"), choices=Weight.choices, default=Weight.LITTLE
    )
    places_each = models.PositiveSmallIntegerField(_("places an officer leads at most"), default=3)
    spread = models.PositiveSmallIntegerField(
        _("leads of one organization in one parent place at most"), null=True, blank=True
    )
    term_limit_years = models.PositiveSmallIntegerField(
        _("years in one place at most"), null=True, blank=True
    )
    organizations_left_out = models.ManyToManyField(
        Organization, blank=True, related_name="+", verbose_name=_("organizations that take none")
    )
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "tier"], name="policy_of_area_and_tier"),
        )
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return f"{self.area}, {self.tier}"
