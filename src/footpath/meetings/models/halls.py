"""Hall: where people meet, how many fit in, and when it is closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.directory.models import Area


class Hall(models.Model):
    """A room of a place; it holds so many meetings at once, usually one."""

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="halls", verbose_name=_("place")
    )
    name = models.CharField(_("name"), max_length=120)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    at_once = models.PositiveSmallIntegerField(_("meetings at once"), default=1)
    is_active = models.BooleanField(_("may be chosen"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints = (models.UniqueConstraint(fields=["area", "name"], name="hall_name_in_place"),)
        verbose_name = _("hall")
        verbose_name_plural = _("halls")

    def __str__(self) -> str:
        return self.name


class HallClosure(models.Model):
    """Days on which a hall cannot be used; both are included."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="closures")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day, included"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["first", "pk"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="hall_closure_ends_after"
            ),
        )
        verbose_name = _("closure of a hall")
        verbose_name_plural = _("closures of halls")

    def __str__(self) -> str:
        return f"{self.hall}: {self.first} – {self.last}"
