"""Duty lists: "4 grasps", "4 contributions", "3 checks", or any other titled list. Source: S2.7."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.assignments.models.assignment import Assignment, BasisDocument
from footpath.directory.models import Area


class DutyList(models.Model):
    """A titled list of what a role has to do in a place and below, from a day until a day."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="duty_lists")
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Assignment.Role.choices,
        default=Assignment.Role.LEAD,
    )
    title = models.CharField(_("title"), max_length=200)
    basis = models.ForeignKey(
        BasisDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="duty_lists"
    )
    start = models.DateField(_("from"))
    until = models.DateField(_("until, included"), null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("start")),
                name="duty_list_ends_after_it_begins",
            ),
        )
        verbose_name = _("duty list")
        verbose_name_plural = _("duty lists")

    def __str__(self) -> str:
        return self.title


class DutyItem(models.Model):
    """One line of a duty list."""

    duty_list = models.ForeignKey(DutyList, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("text"), max_length=500)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["duty_list", "position"], name="duty_item_position"),
        )
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return self.text
