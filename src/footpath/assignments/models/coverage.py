"""What each tier asks for, what each officer can take, and who may not be where. Source: S2.1."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models.assignment import BasisDocument
from footpath.directory.models import Area, Person, Tier


class CoverageRule(models.Model):
    """In this place and below, each place of the tier needs a lead, and a deputy where asked.

    The nearest place above decides; without any rule the tier itself does (``needs_lead``).
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="coverage_rules")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="coverage_rules")
    needs_lead = models.BooleanField(_("each place needs a lead"), default=True)
    needs_deputy = models.BooleanField(_("each place needs a deputy"), default=False)
    officers_of = models.ForeignKey(
        Tier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("officers come from"),
    )
    basis = models.ForeignKey(
        BasisDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "tier"], name="coverage_rule_of_area_and_tier"),
        )
        verbose_name = _("coverage rule")
        verbose_name_plural = _("coverage rules")

    def __str__(self) -> str:
        return f"{self.area}, {self.tier}"


class Limit(models.Model):
    """How many places an officer leads at most; nothing at all when bound to the desk."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="limit")
    places = models.PositiveSmallIntegerField(_("places at most"), default=3)
    load = models.PositiveIntegerField(_("weight at most"), null=True, blank=True)
    bound = models.BooleanField(_("bound to the desk"), default=False)

    class Meta:
        verbose_name = _("limit of an officer")
        verbose_name_plural = _("limits of officers")

    def __str__(self) -> str:
        return f"{self.person}: {self.places}"


class Conflict(models.Model):
    """An officer may not be in charge of a place: lives there, or has relatives there.

    Only that it is so and since when it is declared; never who the relatives are (principle 1).
    """

    class Kind(models.TextChoices):
        """What stands in the way."""

        HOME = "home", _("Lives there")
        RELATIVES = "relatives", _("Has relatives there")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conflicts")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    declared_on = models.DateField(_("declared on"))
    ended_on = models.DateField(_("no longer so since"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "area", "kind"],
                condition=models.Q(ended_on=None),
                name="conflict_declared_once",
            ),
        )
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")

    def __str__(self) -> str:
        return f"{self.person}, {self.area}"
